//! The functions that the surroundings of a filter add to the language, and values that can be called.

use super::builtin;
use super::jsonpath;
use super::meter::Meter;
use super::method::Method;
use super::sprig;
use super::value::Value;
use crate::EvalError;
use crate::template::functions;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A value that can be called.
#[derive(Debug, Clone)]
pub(super) enum Callable {
    Own(&'static Function),
    /// A method and the time or duration it is of.
    Method(&'static Method, Box<Value>),
    /// What `sprig` stands for: no function itself, but functions are its members.
    Sprig,
    /// One of these members.
    SprigFunction(&'static functions::Function),
}

/// A function of the surroundings.
#[derive(Debug)]
pub(super) struct Function {
    name: &'static str,
    run: fn(&[Value], &mut Meter) -> Result<Value, EvalError>,
}

/// What `filter.expression` has besides the language.
static FUNCTIONS: [Function; 4] = [
    Function { name: "asInt", run: |arguments, _| builtin::int(arguments) },
    Function { name: "asFloat", run: |arguments, _| builtin::float(arguments) },
    Function { name: "jsonpath", run: jsonpath::call },
    Function { name: "toJson", run: to_json },
];

impl Callable {
    /// Calls the value.
    pub(super) fn call(&self, arguments: &[Value], meter: &mut Meter) -> Result<Value, EvalError> {
        match self {
            Self::Own(function) => (function.run)(arguments, meter),
            Self::Method(method, value) => method.run(value, arguments),
            Self::Sprig => Err(EvalError::new("sprig cannot be called")),
            Self::SprigFunction(function) => sprig::call(function, arguments, meter),
        }
    }
}

/// Adds the functions to the names of an event; they win over members of the same name.
pub(super) fn add_to(names: &mut BTreeMap<Arc<str>, Value>) {
    for function in &FUNCTIONS {
        names.insert(Arc::from(function.name), Value::Function(Callable::Own(function)));
    }
    names.insert(Arc::from("sprig"), Value::Function(Callable::Sprig));
}

/// JSON without blanks; nothing for a value that JSON does not have.
fn to_json(arguments: &[Value], meter: &mut Meter) -> Result<Value, EvalError> {
    let [value] = arguments else { return Err(EvalError::new("toJson takes one argument")) };
    meter.step(value.weight())?;
    meter.reserve(value.size())?;
    Ok(Value::text(value.to_json(None).unwrap_or_default()))
}
