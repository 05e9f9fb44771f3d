//! Reads a JSON text into whatever values a language has, without recursion.
//!
//! The grammar and its tolerance are those of Go's `encoding/json`: a lone half of a surrogate pair becomes U+FFFD, a
//! number too large for a float is an error, nothing but white space may follow the value.

use crate::json::MAX_DEPTH;
use std::borrow::Cow;

/// Where the values of a text go, in the order of the text.
pub(crate) trait Sink {
    /// Why the receiver gives up.
    type Error: From<SyntaxError>;
    /// A `null`, `true`, `false`, number or text.
    fn scalar(&mut self, scalar: Scalar<'_>) -> Result<(), Self::Error>;
    /// An array or object begins.
    fn open(&mut self, object: bool) -> Result<(), Self::Error>;
    /// The name of the member whose value follows.
    fn key(&mut self, name: Cow<'_, str>) -> Result<(), Self::Error>;
    /// The innermost open array or object ends.
    fn close(&mut self) -> Result<(), Self::Error>;
}

/// A value without parts.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Scalar<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A finite number, and its text.
    Number(f64, &'a str),
    /// A text with its escapes resolved.
    Text(Cow<'a, str>),
}

/// The text is not JSON; where in it that was noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not valid JSON at byte {at}")]
pub(crate) struct SyntaxError {
    /// Byte offset into the text.
    pub(crate) at: usize,
}

/// Reads one value, with white space around it.
pub(crate) fn read<S: Sink>(text: &str, sink: &mut S) -> Result<(), S::Error> {
    let mut reader = Reader { text, at: 0, open: Vec::new() };
    reader.value(sink)?;
    while let Some(object) = reader.open.last().copied() {
        reader.next_member(object, sink)?;
    }
    reader.blanks();
    if reader.at < text.len() { Err(reader.error().into()) } else { Ok(()) }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    /// What is open, outermost first: true for an object.
    open: Vec<bool>,
}

impl<'a> Reader<'a> {
    fn error(&self) -> SyntaxError {
        SyntaxError { at: self.at }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, byte: u8) -> Result<(), SyntaxError> {
        if self.take(byte) { Ok(()) } else { Err(self.error()) }
    }

    /// Reads a scalar whole, or the opening of an array or object with its first value.
    fn value<S: Sink>(&mut self, sink: &mut S) -> Result<(), S::Error> {
        loop {
            self.blanks();
            let object = match self.peek() {
                Some(b'{') => true,
                Some(b'[') => false,
                _ => return self.scalar(sink),
            };
            self.at += 1;
            if self.open.len() == MAX_DEPTH {
                return Err(self.error().into());
            }
            self.open.push(object);
            sink.open(object)?;
            self.blanks();
            if self.take(if object { b'}' } else { b']' }) {
                return self.close(sink);
            }
            if object {
                self.key(sink)?;
            }
        }
    }

    /// Reads what follows a value inside an array or object: its end, or a comma and the next value.
    fn next_member<S: Sink>(&mut self, object: bool, sink: &mut S) -> Result<(), S::Error> {
        self.blanks();
        if self.take(if object { b'}' } else { b']' }) {
            return self.close(sink);
        }
        self.expect(b',')?;
        if object {
            self.key(sink)?;
        }
        self.value(sink)
    }

    fn close<S: Sink>(&mut self, sink: &mut S) -> Result<(), S::Error> {
        self.open.pop();
        sink.close()
    }

    fn key<S: Sink>(&mut self, sink: &mut S) -> Result<(), S::Error> {
        self.blanks();
        self.expect(b'"')?;
        let name = self.string()?;
        self.blanks();
        self.expect(b':')?;
        sink.key(name)
    }

    fn scalar<S: Sink>(&mut self, sink: &mut S) -> Result<(), S::Error> {
        let scalar = match self.peek() {
            Some(b'"') => {
                self.at += 1;
                Scalar::Text(self.string()?)
            }
            Some(b'n') => self.word("null", Scalar::Null)?,
            Some(b't') => self.word("true", Scalar::Boolean(true))?,
            Some(b'f') => self.word("false", Scalar::Boolean(false))?,
            _ => self.number()?,
        };
        sink.scalar(scalar)
    }

    fn word(&mut self, word: &str, scalar: Scalar<'a>) -> Result<Scalar<'a>, SyntaxError> {
        if !self.text.get(self.at..).is_some_and(|rest| rest.starts_with(word)) {
            return Err(self.error());
        }
        self.at += word.len();
        Ok(scalar)
    }

    fn number(&mut self) -> Result<Scalar<'a>, SyntaxError> {
        let start = self.at;
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _ = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        let text = self.text.get(start..self.at).unwrap_or_default();
        match text.parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(Scalar::Number(value, text)),
            _ => Err(SyntaxError { at: start }),
        }
    }

    fn digits(&mut self) -> Result<(), SyntaxError> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start { Err(self.error()) } else { Ok(()) }
    }

    /// Reads a text after its opening quote; borrowed unless it has escapes.
    fn string(&mut self) -> Result<Cow<'a, str>, SyntaxError> {
        let mut text = Cow::Borrowed("");
        loop {
            let plain = self.plain_run()?;
            if text.is_empty() {
                text = Cow::Borrowed(plain);
            } else {
                text.to_mut().push_str(plain);
            }
            if self.take(b'"') {
                return Ok(text);
            }
            self.expect(b'\\')?;
            let character = self.escape()?;
            text.to_mut().push(character);
        }
    }

    /// The characters up to the next quote or backslash.
    fn plain_run(&mut self) -> Result<&'a str, SyntaxError> {
        let start = self.at;
        loop {
            match self.peek() {
                Some(b'"' | b'\\') => return Ok(self.text.get(start..self.at).unwrap_or_default()),
                Some(0x20..) => self.at += 1,
                _ => return Err(self.error()),
            }
        }
    }

    fn escape(&mut self) -> Result<char, SyntaxError> {
        let byte = self.peek().ok_or(self.error())?;
        let character = match byte {
            b'"' | b'\\' | b'/' => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.code_point(),
            _ => return Err(self.error()),
        };
        self.at += 1;
        Ok(character)
    }

    fn code_point(&mut self) -> Result<char, SyntaxError> {
        let first = self.code_unit().ok_or(self.error())?;
        if (0xD800..0xDC00).contains(&first) {
            let after_first = self.at;
            if self.take(b'\\')
                && let Some(second @ 0xDC00..=0xDFFF) = self.code_unit()
            {
                let joined = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
                return Ok(char::from_u32(joined).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.at = after_first;
        }
        Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    /// Reads `u` and four hexadecimal digits; stays where it is if they are not there.
    fn code_unit(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 5)?.strip_prefix('u')?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        self.at += 5;
        u32::from_str_radix(digits, 16).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes what arrives as a line, so that a case is a pair of texts.
    #[derive(Default)]
    struct Log(String);

    impl Sink for Log {
        type Error = SyntaxError;
        fn scalar(&mut self, scalar: Scalar<'_>) -> Result<(), SyntaxError> {
            self.0 += &match scalar {
                Scalar::Null => "null ".to_owned(),
                Scalar::Boolean(value) => format!("{value} "),
                Scalar::Number(value, text) => format!("{value}={text} "),
                Scalar::Text(text) => format!("{text:?} "),
            };
            Ok(())
        }
        fn open(&mut self, object: bool) -> Result<(), SyntaxError> {
            self.0.push(if object { '{' } else { '[' });
            Ok(())
        }
        fn key(&mut self, name: Cow<'_, str>) -> Result<(), SyntaxError> {
            self.0 += &format!("{name}:");
            Ok(())
        }
        fn close(&mut self) -> Result<(), SyntaxError> {
            self.0 += "] ";
            Ok(())
        }
    }

    fn log(text: &str) -> Option<String> {
        let mut log = Log::default();
        read(text, &mut log).ok().map(|()| log.0.trim_end().to_owned())
    }

    #[test]
    fn values_arrive_in_the_order_of_the_text() {
        for (text, expected) in [
            ("null", "null"),
            (" [1, 2.50,[], {}] ", "[1=1 2.5=2.50 [] {] ]"),
            (r#"{"a":{"b":[true,false]},"c":"x"}"#, "{a:{b:[true false ] ] c:\"x\" ]"),
            (r#""\u00e9\n\ud83d\ude00""#, "\"é\\n😀\""),
            (r#""\ud83d\u0041\udc00x""#, "\"\u{fffd}A\u{fffd}x\""),
            ("-0", "-0=-0"),
        ] {
            assert_eq!(log(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_go_refuses_is_refused() {
        for text in [
            "",
            "nul",
            "[1,]",
            "[1 2]",
            "{\"a\"}",
            "{a:1}",
            "{\"a\":1,}",
            "01",
            "1.",
            ".5",
            "+1",
            "1e400",
            "\"\n\"",
            "\"\\x\"",
            "\"\\u12g4\"",
            "\"a",
            "1 x",
            "[",
            "]",
            "NaN",
        ] {
            assert_eq!(log(text), None, "{text}");
        }
    }

    #[test]
    fn nesting_is_bounded() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(log(&nested(MAX_DEPTH)).is_some());
        assert_eq!(log(&nested(MAX_DEPTH + 1)), None);
    }
}
