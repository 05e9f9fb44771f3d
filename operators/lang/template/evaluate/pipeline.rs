//! Values of pipelines, commands and operands.

use super::{Walk, at};
use crate::EvalError;
use crate::template::functions;
use crate::template::tree::{Command, Number, Operand, Pipeline, Term};
use crate::template::value::{Text, Value};

impl<'a> Walk<'a> {
    /// The value of a pipeline; its variables are declared or set to it.
    pub(super) fn pipeline(&mut self, dot: &Value, pipeline: &'a Pipeline) -> Result<Value, EvalError> {
        self.deeper(|walk| {
            let mut last = None;
            for command in &pipeline.commands {
                walk.evaluation.charge(1)?;
                last = Some(match walk.command(dot, command, last).map_err(|error| at(command.operand.at, error))? {
                    // Go looks inside the interface here, and in a nil one is nothing.
                    Value::Nil => Value::Missing,
                    value => value,
                });
            }
            let value = last.unwrap_or(Value::Missing);
            for name in &pipeline.variables {
                if pipeline.assigns {
                    walk.set_variable(name, value.clone()).map_err(|error| at(pipeline.at, error))?;
                } else {
                    walk.variables.push((name, value.clone()));
                }
            }
            Ok(value)
        })
    }

    /// The value of a command; `last` is that of the command before it in the pipeline.
    fn command(&mut self, dot: &Value, command: &'a Command, last: Option<Value>) -> Result<Value, EvalError> {
        let arguments = &command.arguments;
        match &command.operand.term {
            Term::Fields(path) => self.fields(dot, dot.clone(), path, arguments, last),
            Term::Chain(operand, path) => {
                let receiver = self.chained(dot, operand)?;
                self.fields(dot, receiver, path, arguments, last)
            }
            Term::Function(function) => self.call(dot, function, arguments, last),
            Term::Variable(name, path) if !path.is_empty() => {
                let receiver = self.variable(name)?;
                self.fields(dot, receiver, path, arguments, last)
            }
            _ if last.is_some() || !arguments.is_empty() => Err(EvalError::new("can't give argument to non-function")),
            Term::Nil => Err(EvalError::new("nil is not a command")),
            _ => self.operand(dot, &command.operand),
        }
    }

    /// The value of an operand that stands for itself; a constant number is of the type that its form suggests.
    pub(super) fn operand(&mut self, dot: &Value, operand: &'a Operand) -> Result<Value, EvalError> {
        match &operand.term {
            Term::Dot => Ok(dot.clone()),
            Term::Nil => Ok(Value::Nil),
            Term::Bool(value) => Ok(Value::Bool(*value)),
            Term::Number(number) => constant(*number),
            Term::Text(text) => Ok(Value::Text(text.clone())),
            Term::Function(function) => self.call(dot, function, &[], None),
            Term::Fields(path) => self.fields(dot, dot.clone(), path, &[], None),
            Term::Variable(name, path) => {
                let receiver = self.variable(name)?;
                self.fields(dot, receiver, path, &[], None)
            }
            Term::Pipeline(pipeline) => self.pipeline(dot, pipeline),
            Term::Chain(operand, path) => {
                let receiver = self.chained(dot, operand)?;
                self.fields(dot, receiver, path, &[], None)
            }
        }
    }

    /// What the fields of a chain are fields of.
    fn chained(&mut self, dot: &Value, operand: &'a Operand) -> Result<Value, EvalError> {
        self.operand(dot, operand)
    }

    fn variable(&self, name: &str) -> Result<Value, EvalError> {
        let found = self.variables.iter().rev().find(|(known, _)| *known == name);
        let value = found.map(|(_, value)| value.clone());
        value.ok_or_else(|| EvalError::new(format!("undefined variable: ${name}")))
    }

    /// The member at the end of a path. Only the last name of it can be a method, and take arguments.
    fn fields(
        &mut self,
        dot: &Value,
        mut receiver: Value,
        path: &'a [Text],
        arguments: &'a [Operand],
        last: Option<Value>,
    ) -> Result<Value, EvalError> {
        let Some((name, before)) = path.split_last() else { return Ok(receiver) };
        for name in before {
            receiver = self.field(dot, &receiver, name, &[], None)?;
        }
        self.field(dot, &receiver, name, arguments, last)
    }

    fn field(
        &mut self,
        dot: &Value,
        receiver: &Value,
        name: &'a Text,
        arguments: &'a [Operand],
        last: Option<Value>,
    ) -> Result<Value, EvalError> {
        let has_arguments = last.is_some() || !arguments.is_empty();
        match receiver {
            Value::Missing => Ok(Value::Missing),
            Value::Nil => Err(EvalError::new(format!("nil pointer evaluating interface {{}}.{}", name.to_str()))),
            Value::Dict(_) if has_arguments => {
                Err(EvalError::new(format!("{} is not a method but has arguments", name.to_str())))
            }
            Value::Dict(dict) => Ok(dict.get(name.as_bytes()).unwrap_or(Value::Missing)),
            _ => match functions::find_method(receiver, &name.to_str()) {
                Some(method) => self.call_method(dot, method, receiver, arguments, last),
                None => {
                    let type_name = receiver.type_name();
                    Err(EvalError::new(format!("can't evaluate field {} in type {type_name}", name.to_str())))
                }
            },
        }
    }
}

/// The value of a number constant where no type is asked for.
pub(super) fn constant(number: Number) -> Result<Value, EvalError> {
    match number {
        Number { is_float: true, float: Some(float), .. } => Ok(Value::Float(float)),
        Number { int: Some(int), .. } => Ok(Value::Int(int)),
        _ => Err(EvalError::new("a constant overflows int")),
    }
}
