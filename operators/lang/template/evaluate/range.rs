//! `range`: a list, a dict by its sorted keys, or so many integers from 0.

use super::{Flow, Walk, at};
use crate::EvalError;
use crate::template::tree::{Branch, Pipeline};
use crate::template::value::Value;

impl<'a> Walk<'a> {
    pub(super) fn range(&mut self, dot: &Value, branch: &'a Branch) -> Result<(), EvalError> {
        let outer = self.variables.len();
        let value = self.pipeline(dot, &branch.pipeline)?;
        let mark = self.variables.len();
        let pipeline = &branch.pipeline;
        let mut is_empty = true;
        let mut step = |walk: &mut Self, index: Value, element: Value| {
            is_empty = false;
            walk.iteration(branch, mark, index, element)
        };
        match &value {
            Value::List(list) => {
                for (index, element) in list.items().iter().enumerate() {
                    if step(self, Value::Int(index as i64), element.clone())? == Flow::Break {
                        break;
                    }
                }
            }
            Value::Dict(dict) => {
                for (key, element) in dict.entries() {
                    if step(self, Value::Text(key), element)? == Flow::Break {
                        break;
                    }
                }
            }
            Value::Missing | Value::Nil => {}
            other => {
                for element in integers(other, pipeline)? {
                    if step(self, Value::Missing, element)? == Flow::Break {
                        break;
                    }
                }
            }
        }
        if let (true, Some(otherwise)) = (is_empty, &branch.otherwise) {
            self.list(dot, otherwise)?;
        }
        self.variables.truncate(outer);
        Ok(())
    }

    fn iteration(&mut self, branch: &'a Branch, mark: usize, index: Value, element: Value) -> Result<Flow, EvalError> {
        self.evaluation.charge(1)?;
        let pipeline = &branch.pipeline;
        let values: &[&Value] = match pipeline.variables.len() {
            0 => &[],
            1 => &[&element],
            _ => &[&index, &element],
        };
        for (place, (name, value)) in pipeline.variables.iter().zip(values).enumerate() {
            if pipeline.assigns {
                self.set_variable(name, (*value).clone())?;
            } else if let Some((_, held)) =
                (mark + place).checked_sub(values.len()).and_then(|at| self.variables.get_mut(at))
            {
                *held = (*value).clone();
            }
        }
        let flow = self.list(&element, &branch.then)?;
        self.variables.truncate(mark);
        Ok(flow)
    }
}

/// The integers from 0 up to an integer, of its type.
fn integers(value: &Value, pipeline: &Pipeline) -> Result<Box<dyn Iterator<Item = Value>>, EvalError> {
    let fail = |message: String| Err(at(pipeline.at, EvalError::new(message)));
    let (signed, unsigned) = (value.signed(), value.unsigned());
    if signed.or(unsigned.map(|_| 0)).is_none() {
        return fail(format!("range can't iterate over a {}", value.type_name()));
    }
    if pipeline.variables.len() > 1 {
        return fail(format!("can't use a {} to iterate over more than one variable", value.type_name()));
    }
    Ok(match value {
        Value::Int64(end) => Box::new((0..*end).map(Value::Int64)),
        Value::Uint8(end) => Box::new((0..*end).map(Value::Uint8)),
        Value::Uint64(end) => Box::new((0..*end).map(Value::Uint64)),
        _ => Box::new((0..signed.unwrap_or(0)).map(Value::Int)),
    })
}
