//! What a function takes, by Go's types, and how it is called.

use std::borrow::Cow;
use std::rc::Rc;

use super::semver::Version;
use crate::EvalError;
use crate::dates::Time;
use crate::template::evaluation::Evaluation;
use crate::template::value::{Dict, Members, Value, decode};

/// The type of a parameter. A call whose argument is not of it fails, as Go's does; nothing is converted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// `interface {}`
    Any,
    /// `string`
    Text,
    /// `bool`
    Bool,
    /// `int`
    Int,
    /// `float64`
    Float,
    /// `map[string]interface {}`; a missing value is the nil map.
    Dict,
    /// `time.Time`
    Time,
    /// `time.Duration`, which a number constant can be.
    Duration,
    /// `*semver.Version`
    Version,
}

impl Type {
    /// Go's name of the type.
    pub(in crate::template) fn name(self) -> &'static str {
        match self {
            Self::Any => "interface {}",
            Self::Text => "string",
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Float => "float64",
            Self::Dict => "map[string]interface {}",
            Self::Time => "time.Time",
            Self::Duration => "time.Duration",
            Self::Version => "*semver.Version",
        }
    }

    /// The value as an argument of this type.
    pub(in crate::template) fn accept(self, value: Value) -> Result<Value, EvalError> {
        match (self, value) {
            (Self::Any, Value::Missing) => Ok(Value::Nil),
            (Self::Dict, Value::Missing) => Ok(Value::Dict(Rc::new(Dict::nil(Members::Any)))),
            (_, Value::Missing) => Err(EvalError::new(format!("invalid value; expected {}", self.name()))),
            (Self::Dict, Value::Dict(dict)) if dict.members() == Members::Any => Ok(Value::Dict(dict)),
            (_, value) if self.is_type_of(&value) => Ok(value),
            (_, value) => {
                let (expected, found) = (self.name(), value.type_name());
                Err(EvalError::new(format!("wrong type for value; expected {expected}; got {found}")))
            }
        }
    }

    fn is_type_of(self, value: &Value) -> bool {
        match self {
            Self::Any => true,
            Self::Text => matches!(value, Value::Text(_)),
            Self::Bool => matches!(value, Value::Bool(_)),
            Self::Int => matches!(value, Value::Int(_)),
            Self::Float => matches!(value, Value::Float(_)),
            Self::Time => matches!(value, Value::Time(_)),
            Self::Duration => matches!(value, Value::Duration(_)),
            Self::Version => matches!(value, Value::Version(_)),
            Self::Dict => false,
        }
    }
}

/// What a function gives.
pub(super) type Outcome = Result<Value, EvalError>;

/// The body of a function.
pub(super) type Body = fn(&Evaluation, Arguments<'_>) -> Outcome;

/// A row of the table: a function's name, what it takes, and what it does.
#[derive(Debug)]
pub struct Function {
    name: &'static str,
    parameters: &'static [Type],
    rest: Option<Type>,
    body: Body,
}

impl Function {
    /// A function of just these parameters.
    pub(super) const fn fixed(name: &'static str, parameters: &'static [Type], body: Body) -> Self {
        Self { name, parameters, rest: None, body }
    }

    /// A function of these parameters and any number of `rest`.
    pub(super) const fn variadic(name: &'static str, parameters: &'static [Type], rest: Type, body: Body) -> Self {
        Self { name, parameters, rest: Some(rest), body }
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The type of the parameter at `index`.
    pub fn parameter(&self, index: usize) -> Option<Type> {
        self.parameters.get(index).copied().or(self.rest)
    }

    /// Whether it may be called with so many arguments.
    ///
    /// # Errors
    /// Says how many it wants.
    pub fn accept_count(&self, count: usize) -> Result<(), EvalError> {
        let (least, name) = (self.parameters.len(), self.name);
        match self.rest {
            None if count != least => {
                Err(EvalError::new(format!("wrong number of args for {name}: want {least} got {count}")))
            }
            Some(_) if count < least => {
                Err(EvalError::new(format!("wrong number of args for {name}: want at least {least} got {count}")))
            }
            _ => Ok(()),
        }
    }

    /// Calls it. What it costs is taken from the evaluation.
    ///
    /// # Errors
    /// A wrong number of arguments, one of a wrong type, what the function itself refuses, and used-up work.
    pub fn call(&self, evaluation: &Evaluation, arguments: &[Value]) -> Result<Value, EvalError> {
        self.accept_count(arguments.len())?;
        let mut accepted = Vec::with_capacity(arguments.len());
        for (index, value) in arguments.iter().enumerate() {
            let parameter = self.parameter(index).unwrap_or(Type::Any);
            accepted.push(parameter.accept(value.clone()).map_err(|error| self.failed(error))?);
        }
        self.call_accepted(evaluation, &accepted)
    }

    /// Calls it with arguments whose number and types were accepted.
    pub(in crate::template) fn call_accepted(
        &self,
        evaluation: &Evaluation,
        arguments: &[Value],
    ) -> Result<Value, EvalError> {
        evaluation.charge(1)?;
        evaluation.charge_bytes(arguments.iter().map(Value::size).sum())?;
        let value = (self.body)(evaluation, Arguments(arguments)).map_err(|error| self.failed(error))?;
        evaluation.charge_bytes(value.size())?;
        Ok(value)
    }

    fn failed(&self, error: EvalError) -> EvalError {
        EvalError::new(format!("error calling {}: {error}", self.name))
    }
}

/// The arguments of a call. They have the types of the function's row, so that reading one as its type cannot fail;
/// read as another type it is that type's zero.
#[derive(Debug, Clone, Copy)]
pub(in crate::template) struct Arguments<'a>(&'a [Value]);

impl<'a> Arguments<'a> {
    /// All of them.
    pub(super) fn all(self) -> &'a [Value] {
        self.0
    }

    /// Those from `index` on.
    pub(super) fn from(self, index: usize) -> &'a [Value] {
        self.0.get(index..).unwrap_or_default()
    }

    /// One of any type.
    pub(super) fn any(self, index: usize) -> &'a Value {
        self.0.get(index).unwrap_or(&Value::Nil)
    }

    /// The bytes of a text.
    pub(super) fn bytes(self, index: usize) -> &'a [u8] {
        if let Some(Value::Text(text)) = self.0.get(index) { text.as_bytes() } else { &[] }
    }

    /// The characters of a text.
    pub(super) fn str(self, index: usize) -> Cow<'a, str> {
        decode(self.bytes(index))
    }

    pub(super) fn int(self, index: usize) -> i64 {
        if let Some(Value::Int(number)) = self.0.get(index) { *number } else { 0 }
    }

    pub(super) fn float(self, index: usize) -> f64 {
        if let Some(Value::Float(number)) = self.0.get(index) { *number } else { 0.0 }
    }

    pub(super) fn bool(self, index: usize) -> bool {
        matches!(self.0.get(index), Some(Value::Bool(true)))
    }

    pub(super) fn dict(self, index: usize) -> Rc<Dict> {
        if let Some(Value::Dict(dict)) = self.0.get(index) { dict.clone() } else { Rc::new(Dict::nil(Members::Any)) }
    }

    pub(super) fn time(self, index: usize) -> Time {
        if let Some(Value::Time(time)) = self.0.get(index) { (**time).clone() } else { Time::zero() }
    }

    pub(super) fn version(self, index: usize) -> Rc<Version> {
        if let Some(Value::Version(version)) = self.0.get(index) { version.clone() } else { Rc::default() }
    }
}
