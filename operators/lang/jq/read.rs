//! JSON texts as values.

use super::number::Number;
use super::value::{MAX_DEPTH, Members, Value};
use crate::document::{Scalar, Sink, SyntaxError, read};
use std::borrow::Cow;

/// How numbers are read.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Numbers {
    /// As floats: event data.
    Floats,
    /// With their digits kept: `fromjson`.
    Digits,
}

/// Why a text is no value.
#[derive(Debug)]
pub(super) struct NotRead;

impl From<SyntaxError> for NotRead {
    fn from(_: SyntaxError) -> Self {
        Self
    }
}

/// The value of a JSON text.
pub(super) fn value(text: &str, numbers: Numbers) -> Result<Value, NotRead> {
    let mut reader = Reader { numbers, open: Vec::new(), key: String::new(), root: None };
    read(text, &mut reader)?;
    reader.root.ok_or(NotRead)
}

struct Reader {
    numbers: Numbers,
    open: Vec<Open>,
    key: String,
    root: Option<Value>,
}

/// An array or object that is not complete, with the name under which the object around it holds it.
enum Open {
    Array(String, Vec<Value>),
    Object(String, Members),
}

impl Reader {
    fn add(&mut self, value: Value, key: String) {
        match self.open.last_mut() {
            None => self.root = Some(value),
            Some(Open::Array(_, items)) => items.push(value),
            Some(Open::Object(_, members)) => drop(members.insert(key.into(), value)),
        }
    }
}

impl Sink for Reader {
    type Error = NotRead;

    fn scalar(&mut self, scalar: Scalar<'_>) -> Result<(), NotRead> {
        let value = match scalar {
            Scalar::Null => Value::Null,
            Scalar::Boolean(value) => Value::Bool(value),
            Scalar::Number(value, _) if self.numbers == Numbers::Floats => Value::float(value),
            Scalar::Number(_, digits) => Value::Number(Number::Digits(digits.into())),
            Scalar::Text(text) => Value::text(text),
        };
        let key = std::mem::take(&mut self.key);
        self.add(value, key);
        Ok(())
    }

    fn open(&mut self, object: bool) -> Result<(), NotRead> {
        if self.open.len() as u32 >= MAX_DEPTH {
            return Err(NotRead);
        }
        let key = std::mem::take(&mut self.key);
        self.open.push(if object { Open::Object(key, Members::new()) } else { Open::Array(key, Vec::new()) });
        Ok(())
    }

    fn key(&mut self, name: Cow<'_, str>) -> Result<(), NotRead> {
        self.key = name.into_owned();
        Ok(())
    }

    fn close(&mut self) -> Result<(), NotRead> {
        let (key, value) = match self.open.pop() {
            Some(Open::Array(key, items)) => (key, Value::array(items)),
            Some(Open::Object(key, members)) => (key, Value::object(members)),
            None => return Err(NotRead),
        };
        self.add(value, key);
        Ok(())
    }
}
