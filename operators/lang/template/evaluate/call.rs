//! Calls of functions and methods.

use super::{Walk, at, pipeline};
use crate::EvalError;
use crate::template::functions::{Function, Type};
use crate::template::tree::{Operand, Term};
use crate::template::value::Value;

impl<'a> Walk<'a> {
    pub(super) fn call(
        &mut self,
        dot: &Value,
        function: &'static Function,
        operands: &'a [Operand],
        last: Option<Value>,
    ) -> Result<Value, EvalError> {
        function.accept_count(operands.len() + usize::from(last.is_some()))?;
        // `and` ends at the first false argument and `or` at the first true one; the others are not even evaluated.
        let ends_at = match function.name() {
            "and" => Some(false),
            "or" => Some(true),
            _ => None,
        };
        let mut arguments = Vec::with_capacity(operands.len() + 1);
        for operand in operands {
            let parameter = function.parameter(arguments.len()).unwrap_or(Type::Any);
            let argument = self.argument(dot, parameter, operand).map_err(|error| at(operand.at, error))?;
            if ends_at == Some(argument.is_true()) {
                return Ok(argument);
            }
            arguments.push(argument);
        }
        if let Some(last) = last {
            let parameter = function.parameter(arguments.len()).unwrap_or(Type::Any);
            arguments.push(parameter.accept(last)?);
        }
        function.call_accepted(self.evaluation, &arguments)
    }

    /// Calls a method; its receiver is the first argument.
    pub(super) fn call_method(
        &mut self,
        dot: &Value,
        method: &'static Function,
        receiver: &Value,
        operands: &'a [Operand],
        last: Option<Value>,
    ) -> Result<Value, EvalError> {
        let mut arguments = vec![receiver.clone()];
        method.accept_count(1 + operands.len() + usize::from(last.is_some()))?;
        for operand in operands {
            let parameter = method.parameter(arguments.len()).unwrap_or(Type::Any);
            arguments.push(self.argument(dot, parameter, operand).map_err(|error| at(operand.at, error))?);
        }
        if let Some(last) = last {
            let parameter = method.parameter(arguments.len()).unwrap_or(Type::Any);
            arguments.push(parameter.accept(last)?);
        }
        method.call_accepted(self.evaluation, &arguments)
    }

    /// The value of an operand as an argument. A constant takes the parameter's type if it can.
    fn argument(&mut self, dot: &Value, parameter: Type, operand: &'a Operand) -> Result<Value, EvalError> {
        let expected = |what: &str| Err(EvalError::new(format!("expected {what}")));
        match (&operand.term, parameter) {
            (Term::Nil, Type::Any) => Ok(Value::Nil),
            (Term::Nil, Type::Dict) => parameter.accept(Value::Missing),
            (Term::Nil, _) => Err(EvalError::new(format!("cannot assign nil to {}", parameter.name()))),
            (Term::Bool(value), Type::Any | Type::Bool) => Ok(Value::Bool(*value)),
            (Term::Text(text), Type::Any | Type::Text) => Ok(Value::Text(text.clone())),
            (Term::Number(number), Type::Any) => pipeline::constant(*number),
            (Term::Number(number), Type::Int) => {
                number.int.map_or_else(|| expected("integer"), |int| Ok(Value::Int(int)))
            }
            (Term::Number(number), Type::Duration) => {
                number.int.map_or_else(|| expected("integer"), |int| Ok(Value::Duration(int)))
            }
            (Term::Number(number), Type::Float) => {
                number.float.map_or_else(|| expected("float"), |float| Ok(Value::Float(float)))
            }
            (Term::Bool(_) | Term::Text(_) | Term::Number(_), _) => expected(parameter.name()),
            _ => parameter.accept(self.operand(dot, operand)?),
        }
    }
}
