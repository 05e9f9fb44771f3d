//! JSON text into values, as Go reads it.

use crate::EvalError;
use crate::number;

use super::{Entries, Value};

/// Which value an object keeps of a member that is written twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::template) enum Repeated {
    /// The first, and numbers beyond the largest float become infinite: how gjson shows a value.
    First,
    /// The last, and numbers beyond the largest float are errors: how `encoding/json` decodes one.
    Last,
}

/// How deep arrays and objects may nest.
const MAX_DEPTH: usize = 200;

/// Reads one JSON document.
pub(in crate::template) fn from_json(text: &[u8], repeated: Repeated) -> Result<Value, EvalError> {
    let mut reader = Reader { text, at: 0, repeated };
    let value = reader.value(0)?;
    reader.blanks();
    if reader.at == text.len() { Ok(value) } else { Err(reader.error()) }
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    repeated: Repeated,
}

impl Reader<'_> {
    fn error(&self) -> EvalError {
        EvalError::new(format!("not valid JSON at byte {}", self.at))
    }

    fn blanks(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.text.get(self.at) {
            self.at += 1;
        }
    }

    /// The next byte that is no blank, without taking it.
    fn peek(&mut self) -> Option<u8> {
        self.blanks();
        self.text.get(self.at).copied()
    }

    fn take(&mut self, expected: u8) -> Result<(), EvalError> {
        if self.peek() != Some(expected) {
            return Err(self.error());
        }
        self.at += 1;
        Ok(())
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, EvalError> {
        if !self.text.get(self.at..).is_some_and(|rest| rest.starts_with(word.as_bytes())) {
            return Err(self.error());
        }
        self.at += word.len();
        Ok(value)
    }

    fn value(&mut self, depth: usize) -> Result<Value, EvalError> {
        if depth > MAX_DEPTH {
            return Err(EvalError::new(format!("JSON nested deeper than {MAX_DEPTH}")));
        }
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => self.string().map(Value::text),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Nil),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => Err(self.error()),
        }
    }

    fn array(&mut self, depth: usize) -> Result<Value, EvalError> {
        let mut items = Vec::new();
        self.at += 1;
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Value::list(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            if self.peek() == Some(b']') {
                self.at += 1;
                return Ok(Value::list(items));
            }
            self.take(b',')?;
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, EvalError> {
        let mut entries = Entries::new();
        self.at += 1;
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Value::dict(entries));
        }
        loop {
            if self.peek() != Some(b'"') {
                return Err(self.error());
            }
            let key = self.string()?.into();
            self.take(b':')?;
            let value = self.value(depth + 1)?;
            match self.repeated {
                Repeated::First => drop(entries.entry(key).or_insert(value)),
                Repeated::Last => drop(entries.insert(key, value)),
            }
            if self.peek() == Some(b'}') {
                self.at += 1;
                return Ok(Value::dict(entries));
            }
            self.take(b',')?;
        }
    }

    fn number(&mut self) -> Result<Value, EvalError> {
        let start = self.at;
        if self.text.get(self.at) == Some(&b'-') {
            self.at += 1;
        }
        let whole = self.digits();
        let first = self.text.get(self.at - whole);
        if whole == 0 || whole > 1 && first == Some(&b'0') {
            return Err(self.error());
        }
        if self.text.get(self.at) == Some(&b'.') {
            self.at += 1;
            if self.digits() == 0 {
                return Err(self.error());
            }
        }
        if let Some(b'e' | b'E') = self.text.get(self.at) {
            self.at += 1;
            if let Some(b'+' | b'-') = self.text.get(self.at) {
                self.at += 1;
            }
            if self.digits() == 0 {
                return Err(self.error());
            }
        }
        let text = self.text.get(start..self.at).map(String::from_utf8_lossy).unwrap_or_default();
        match (number::parse_float(&text), self.repeated) {
            (Ok(number), _) | (Err(number::NumberError::Range(number)), Repeated::First) => Ok(Value::Float(number)),
            _ => Err(EvalError::new("a JSON number is out of range")),
        }
    }

    /// Takes digits and says how many.
    fn digits(&mut self) -> usize {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += count;
        count
    }

    /// A string at its opening quote; what is no UTF-8 and halves of surrogate pairs become U+FFFD.
    fn string(&mut self) -> Result<String, EvalError> {
        self.at += 1;
        let mut text = String::new();
        loop {
            let rest = self.text.get(self.at..).unwrap_or_default();
            let plain = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20)).unwrap_or(rest.len());
            text.push_str(&super::decode(rest.get(..plain).unwrap_or_default()));
            self.at += plain;
            match rest.get(plain) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text);
                }
                Some(b'\\') => text.push(self.escape()?),
                _ => return Err(self.error()),
            }
        }
    }

    /// One escape at its backslash.
    fn escape(&mut self) -> Result<char, EvalError> {
        let char = match self.text.get(self.at + 1) {
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(),
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(*byte),
            _ => return Err(self.error()),
        };
        self.at += 2;
        Ok(char)
    }

    fn unicode(&mut self) -> Result<char, EvalError> {
        let unit = self.hexadecimal(self.at).ok_or_else(|| self.error())?;
        self.at += 6;
        if let (0xd800..0xdc00, Some(low @ 0xdc00..0xe000)) = (unit, self.hexadecimal(self.at)) {
            self.at += 6;
            let code = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
            return Ok(char::from_u32(code).unwrap_or(super::REPLACEMENT));
        }
        Ok(char::from_u32(unit).unwrap_or(super::REPLACEMENT))
    }

    /// The four digits of the `\u` escape at `at`.
    fn hexadecimal(&self, at: usize) -> Option<u32> {
        let digits = self.text.get(at..at + 6)?.strip_prefix(b"\\u")?;
        digits.iter().try_fold(0, |unit, digit| Some(unit << 4 | char::from(*digit).to_digit(16)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        match from_json(text.as_bytes(), Repeated::Last) {
            Ok(value) => super::super::to_json(&value, super::super::Escape::Plain).unwrap().unwrap(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn reads_what_go_reads() {
        assert_eq!(
            read(r#" {"b":[1,-0,2.50,1e3,{}],"a":null,"b2":true} "#),
            r#"{"a":null,"b":[1,-0,2.5,1000,{}],"b2":true}"#
        );
        assert_eq!(read(r#""\ud83d\ude00\ud83d\u0041\u00e9\n""#), "\"\u{1f600}\u{fffd}A\u{e9}\\n\"");
        assert_eq!(read(r#"{"a":1,"a":2}"#), r#"{"a":2}"#);
        let first = from_json(br#"{"a":1,"a":1e999}"#, Repeated::First).unwrap();
        assert_eq!(super::super::to_json(&first, super::super::Escape::Plain).unwrap().unwrap(), r#"{"a":1}"#);
    }

    #[test]
    fn what_is_no_json_is_an_error() {
        for text in ["", "01", "1.", "+1", "nul", "[1,]", "{\"a\"}", "{a:1}", "\"\n\"", "\"\\x\"", "1 2", "[", "1e999"]
        {
            assert!(from_json(text.as_bytes(), Repeated::Last).is_err(), "{text}");
        }
        assert!(from_json(&b"[".repeat(100_000), Repeated::Last).is_err());
    }
}
