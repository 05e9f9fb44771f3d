//! Functions of lists.

use super::wrong;
use crate::EvalError;
use crate::expr::operate;
use crate::expr::value::Value;

pub(super) fn len(arguments: &[Value]) -> Result<Value, EvalError> {
    let length = operate::length(arguments.first().unwrap_or(&Value::Nil))?;
    Ok(Value::Int(i64::try_from(length).unwrap_or(i64::MAX)))
}

/// The member at an index, or nil where there is none.
pub(super) fn at(arguments: &[Value], index: i64) -> Result<Value, EvalError> {
    let list = arguments.first().unwrap_or(&Value::Nil);
    Ok(operate::fetch(list, &Value::Int(index)).unwrap_or(Value::Nil))
}

/// A member, or nil where there is none.
pub(super) fn get(arguments: &[Value]) -> Result<Value, EvalError> {
    match arguments {
        [object, key] => Ok(operate::fetch(object, key).unwrap_or(Value::Nil)),
        _ => Err(EvalError::new("get takes two arguments")),
    }
}

/// The first members of a list, all of them if it has fewer.
pub(super) fn take(arguments: &[Value]) -> Result<Value, EvalError> {
    match arguments {
        [Value::List(list), Value::Int(count) | Value::Duration(count)] => {
            let count = usize::try_from(*count).map_err(|_| EvalError::new("take: the count is negative"))?;
            Ok(Value::List(list.slice(0, count.min(list.len()))))
        }
        [Value::List(_), other] | [other, ..] => Err(wrong("take", other)),
        [] => Err(EvalError::new("take takes two arguments")),
    }
}
