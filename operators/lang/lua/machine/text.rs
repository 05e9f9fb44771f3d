//! Values as texts, and the arguments of library functions.

use super::{Arguments, Machine, Trap};
use crate::lua::strings::StringId;
use crate::lua::value::{TableId, ThreadId, Value};
use crate::number::format_general;

/// A number as the reference prints it: whole numbers in full, others with as few digits as read back.
pub(in crate::lua) fn number_text(number: f64) -> String {
    let whole = whole_number(number);
    if whole as f64 == number { whole.to_string() } else { format_general(number) }
}

/// A number cut to a whole one as Go converts on amd64: what does not fit is the smallest.
pub(in crate::lua) fn whole_number(number: f64) -> i64 {
    const END: f64 = 9_223_372_036_854_775_808.0;
    if (-END..END).contains(&number) { number as i64 } else { i64::MIN }
}

impl Machine<'_> {
    /// A value as `tostring` prints it without a metatable.
    pub(in crate::lua) fn display(&self, value: Value) -> Vec<u8> {
        self.heap.display(value)
    }

    /// The arguments of a library function.
    pub(in crate::lua) fn values(&self, arguments: Arguments) -> &[Value] {
        self.stack.get(arguments.first..arguments.first + arguments.count).unwrap_or_default()
    }

    /// An argument, from 1; `nil` when absent.
    pub(in crate::lua) fn argument(&self, arguments: Arguments, number: usize) -> Value {
        self.values(arguments).get(number.wrapping_sub(1)).copied().unwrap_or(Value::Nil)
    }

    /// An argument that must be there, `nil` included.
    pub(in crate::lua) fn required(&mut self, arguments: Arguments, number: usize) -> Result<Value, Trap> {
        if number > arguments.count {
            return Err(self.argument_error(number, "value expected"));
        }
        Ok(self.argument(arguments, number))
    }

    pub(in crate::lua) fn type_error(&mut self, arguments: Arguments, number: usize, expected: &str) -> Trap {
        let found = self.argument(arguments, number).type_name();
        self.argument_error(number, &format!("{expected} expected, got {found}"))
    }

    /// An argument that must be a table.
    pub(in crate::lua) fn table(&mut self, arguments: Arguments, number: usize) -> Result<TableId, Trap> {
        match self.argument(arguments, number) {
            Value::Table(table) => Ok(table),
            _ => Err(self.type_error(arguments, number, "table")),
        }
    }

    /// An argument that must be a function.
    pub(in crate::lua) fn function(&mut self, arguments: Arguments, number: usize) -> Result<Value, Trap> {
        let function = self.argument(arguments, number);
        if function.is_function() { Ok(function) } else { Err(self.type_error(arguments, number, "function")) }
    }

    /// An argument that must be a coroutine.
    pub(in crate::lua) fn thread(&mut self, arguments: Arguments, number: usize) -> Result<ThreadId, Trap> {
        match self.argument(arguments, number) {
            Value::Thread(thread) => Ok(thread),
            _ => Err(self.type_error(arguments, number, "thread")),
        }
    }

    /// An argument that must be a number or a text that reads as one.
    pub(in crate::lua) fn number(&mut self, arguments: Arguments, number: usize) -> Result<f64, Trap> {
        match self.number_of(self.argument(arguments, number)) {
            Some(value) => Ok(value),
            None => Err(self.type_error(arguments, number, "number")),
        }
    }

    /// An argument that must be a number, cut to a whole one. Texts do not count, as in the reference.
    pub(in crate::lua) fn whole(&mut self, arguments: Arguments, number: usize) -> Result<i64, Trap> {
        match self.argument(arguments, number) {
            Value::Number(value) => Ok(whole_number(value)),
            _ => Err(self.type_error(arguments, number, "number")),
        }
    }

    /// As `whole`, with a value to take when it is absent or `nil`.
    pub(in crate::lua) fn whole_or(&mut self, arguments: Arguments, number: usize, or: i64) -> Result<i64, Trap> {
        match self.argument(arguments, number) {
            Value::Nil => Ok(or),
            _ => self.whole(arguments, number),
        }
    }

    /// An argument that must be a text or a number.
    pub(in crate::lua) fn text(&mut self, arguments: Arguments, number: usize) -> Result<StringId, Trap> {
        match self.argument(arguments, number) {
            Value::Text(text) => Ok(text),
            Value::Number(value) => Ok(self.heap.texts.intern(number_text(value).as_bytes(), &mut self.heap.budget)?),
            _ => Err(self.type_error(arguments, number, "string")),
        }
    }

    /// An argument that must be a text, with a text to take when it is absent or `nil`.
    pub(in crate::lua) fn text_or(&mut self, arguments: Arguments, number: usize, or: &str) -> Result<StringId, Trap> {
        match self.argument(arguments, number) {
            Value::Nil => Ok(self.heap.texts.intern(or.as_bytes(), &mut self.heap.budget)?),
            Value::Text(text) => Ok(text),
            _ => Err(self.type_error(arguments, number, "string")),
        }
    }

    /// Leaves one result of a library function.
    pub(in crate::lua) fn result(&mut self, value: Value) -> Result<usize, Trap> {
        self.stack.push(value);
        Ok(1)
    }

    /// Leaves a text as the one result of a library function.
    pub(in crate::lua) fn text_result(&mut self, text: impl AsRef<[u8]>) -> Result<usize, Trap> {
        let text = self.heap.text(text)?;
        self.result(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_print_as_in_the_reference() {
        for (number, text) in [
            (1e15, "1000000000000000"),
            (9_007_199_254_740_992.0, "9007199254740992"),
            (1e21, "1e+21"),
            (0.1 + 0.2, "0.30000000000000004"),
            (-0.0, "0"),
            (1e18, "1000000000000000000"),
            (9_223_372_036_854_775_808.0, "9.223372036854776e+18"),
            (-9_223_372_036_854_775_808.0, "-9223372036854775808"),
            (1e-5, "1e-05"),
            (123_456.5, "123456.5"),
            (1_234_567.5, "1.2345675e+06"),
            (f64::INFINITY, "+Inf"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(number_text(number), text);
        }
    }
}
