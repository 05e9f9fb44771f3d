//! The names of types and kinds.

use super::signature::{Function, Type};
use crate::template::value::Value;

use Type::{Any, Text as Str};

pub(super) static FUNCTIONS: &[Function] = &[
    Function::fixed("typeOf", &[Any], |_, a| Ok(Value::text(a.any(0).type_name()))),
    Function::fixed("typeIs", &[Str, Any], |_, a| Ok(Value::Bool(a.any(1).type_name().as_bytes() == a.bytes(0)))),
    Function::fixed("typeIsLike", &[Str, Any], |_, a| {
        let name = a.any(1).type_name();
        let pointed = name.strip_prefix('*').unwrap_or(&name);
        Ok(Value::Bool(name.as_bytes() == a.bytes(0) || pointed.as_bytes() == a.bytes(0)))
    }),
    Function::fixed("kindOf", &[Any], |_, a| Ok(Value::text(a.any(0).kind_name()))),
    Function::fixed("kindIs", &[Str, Any], |_, a| Ok(Value::Bool(a.any(1).kind_name().as_bytes() == a.bytes(0)))),
];
