//! Cuts the text of a script into tokens, with the rules and tolerances of GopherLua's scanner.

use super::read_number;
use crate::CompileError;

/// A word, sign or literal of a script.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    /// A name that is not reserved.
    Name(String),
    /// A reserved word or sign, as it is written.
    Sign(&'static str),
    /// A number; NaN where the text is not one, as in the reference.
    Number(f64),
    /// A text with its escapes resolved.
    Text(Vec<u8>),
    /// The end of the script.
    End,
}

/// A token and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Placed {
    pub(super) token: Token,
    /// Byte offset of its first byte.
    pub(super) at: usize,
    /// Line number, from 1.
    pub(super) line: u32,
    /// The first token on its line.
    pub(super) starts_line: bool,
}

const RESERVED: [&str; 22] = [
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil",
    "not", "or", "repeat", "return", "then", "true", "until", "while",
];

/// Signs, longer ones first.
const SIGNS: [&str; 25] = [
    "...", "..", "==", "~=", "<=", ">=", "::", "+", "-", "*", "/", "%", "^", "#", "<", ">", "=", "(", ")", "{", "}",
    "]", ";", ":", ",",
];

/// Cuts a whole script; the last token is the end.
pub(super) fn tokens(text: &str) -> Result<Vec<Placed>, CompileError> {
    let mut lexer = Lexer { text: text.as_bytes(), at: 0, line: 1 };
    let mut tokens: Vec<Placed> = Vec::new();
    loop {
        let before = lexer.line;
        lexer.skip_blanks()?;
        let (at, line) = (lexer.at, lexer.line);
        let token = lexer.token()?;
        let is_end = token == Token::End;
        tokens.push(Placed { token, at, line, starts_line: line != before });
        if is_end {
            return Ok(tokens);
        }
    }
}

struct Lexer<'a> {
    text: &'a [u8],
    at: usize,
    line: u32,
}

impl Lexer<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    /// Takes one byte; the two bytes of a line end count as one `\n`.
    fn take(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        if byte != b'\n' && byte != b'\r' {
            return Some(byte);
        }
        self.line += 1;
        if matches!((byte, self.peek()), (b'\n', Some(b'\r')) | (b'\r', Some(b'\n'))) {
            self.at += 1;
        }
        Some(b'\n')
    }

    fn rest_starts_with(&self, sign: &str) -> bool {
        self.text.get(self.at..).is_some_and(|rest| rest.starts_with(sign.as_bytes()))
    }

    fn skip_blanks(&mut self) -> Result<(), CompileError> {
        loop {
            if matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
                self.take();
            } else if self.rest_starts_with("--") {
                self.at += 2;
                self.skip_comment()?;
            } else {
                return Ok(());
            }
        }
    }

    fn skip_comment(&mut self) -> Result<(), CompileError> {
        if self.rest_starts_with("[[") || self.rest_starts_with("[=") {
            return self.long_text("a long comment").map(drop);
        }
        while !matches!(self.peek(), None | Some(b'\n' | b'\r')) {
            self.at += 1;
        }
        Ok(())
    }

    fn token(&mut self) -> Result<Token, CompileError> {
        let Some(byte) = self.peek() else { return Ok(Token::End) };
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => Ok(self.word()),
            b'0'..=b'9' => self.number(),
            b'.' if self.text.get(self.at + 1).is_some_and(u8::is_ascii_digit) => self.number(),
            b'"' | b'\'' => self.quoted_text(byte),
            b'[' if self.rest_starts_with("[[") || self.rest_starts_with("[=") => {
                self.long_text("a long text").map(Token::Text)
            }
            b'[' => Ok(self.sign("[")),
            _ => match SIGNS.iter().find(|sign| self.rest_starts_with(sign)) {
                Some(sign) => Ok(self.sign(sign)),
                None if byte == b'.' => Ok(self.sign(".")),
                None => Err(CompileError::new(self.at, "this character does not belong to Lua 5.1")),
            },
        }
    }

    fn sign(&mut self, sign: &'static str) -> Token {
        self.at += sign.len();
        Token::Sign(sign)
    }

    fn word(&mut self) -> Token {
        let start = self.at;
        while matches!(self.peek(), Some(b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_')) {
            self.at += 1;
        }
        let word = String::from_utf8_lossy(self.text.get(start..self.at).unwrap_or_default()).into_owned();
        match RESERVED.iter().find(|reserved| **reserved == word) {
            Some(reserved) => Token::Sign(reserved),
            None => Token::Name(word),
        }
    }

    fn number(&mut self) -> Result<Token, CompileError> {
        let start = self.at;
        let mut digits = Vec::new();
        if self.rest_starts_with("0x") || self.rest_starts_with("0X") {
            self.at += 2;
            digits.extend_from_slice(b"0x");
            self.digits(&mut digits, u8::is_ascii_hexdigit);
            if digits.len() == 2 {
                return Err(CompileError::new(start, "0x needs hexadecimal digits after it"));
            }
        } else {
            // The scanner drops one zero in front of further digits; without that, "010" would be octal.
            if self.peek() == Some(b'0') && self.text.get(self.at + 1).is_some_and(u8::is_ascii_digit) {
                self.at += 1;
            }
            self.digits(&mut digits, u8::is_ascii_digit);
            self.fraction_and_exponent(&mut digits);
        }
        let text = String::from_utf8_lossy(&digits);
        Ok(Token::Number(read_number(&text).unwrap_or(f64::NAN)))
    }

    fn fraction_and_exponent(&mut self, digits: &mut Vec<u8>) {
        if self.peek() == Some(b'.') {
            self.at += 1;
            digits.push(b'.');
            self.digits(digits, u8::is_ascii_digit);
        }
        if let Some(letter @ (b'e' | b'E')) = self.peek() {
            self.at += 1;
            digits.push(letter);
            if let Some(sign @ (b'+' | b'-')) = self.peek() {
                self.at += 1;
                digits.push(sign);
            }
            self.digits(digits, u8::is_ascii_digit);
        }
    }

    fn digits(&mut self, digits: &mut Vec<u8>, is_digit: impl Fn(&u8) -> bool) {
        while let Some(digit) = self.peek().filter(&is_digit) {
            digits.push(digit);
            self.at += 1;
        }
    }

    fn quoted_text(&mut self, quote: u8) -> Result<Token, CompileError> {
        let start = self.at;
        self.at += 1;
        let mut text = Vec::new();
        loop {
            match self.take() {
                Some(byte) if byte == quote => return Ok(Token::Text(text)),
                None | Some(b'\n') => {
                    return Err(CompileError::new(start, "this text has no closing quote on its line"));
                }
                Some(b'\\') => self.escape(&mut text),
                Some(byte) => text.push(byte),
            }
        }
    }

    fn escape(&mut self, text: &mut Vec<u8>) {
        let Some(byte) = self.take() else { return };
        text.push(match byte {
            b'a' => 7,
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'v' => 11,
            b'0'..=b'9' => {
                let mut code = u32::from(byte - b'0');
                for _ in 0..2 {
                    if let Some(digit) = self.peek().filter(u8::is_ascii_digit) {
                        self.at += 1;
                        code = code * 10 + u32::from(digit - b'0');
                    }
                }
                // As in the reference, a code above 255 keeps its low byte.
                code as u8
            }
            other => other,
        });
    }

    /// Reads from a `[` on to the closing bracket with as many `=` between its two.
    fn long_text(&mut self, what: &str) -> Result<Vec<u8>, CompileError> {
        let start = self.at;
        self.at += 1;
        let level = self.equals_signs();
        if self.take() != Some(b'[') {
            return Err(CompileError::new(start, format!("{what} opens with [[ or [=[")));
        }
        if matches!(self.peek(), Some(b'\n' | b'\r')) {
            self.take();
        }
        let mut text = Vec::new();
        loop {
            match self.take() {
                None => return Err(CompileError::new(start, format!("{what} has no closing brackets"))),
                Some(b']') => {
                    let found = self.equals_signs();
                    if found == level && self.peek() == Some(b']') {
                        self.at += 1;
                        return Ok(text);
                    }
                    text.push(b']');
                    text.extend(std::iter::repeat_n(b'=', found));
                }
                Some(byte) => text.push(byte),
            }
        }
    }

    fn equals_signs(&mut self) -> usize {
        let start = self.at;
        while self.peek() == Some(b'=') {
            self.at += 1;
        }
        self.at - start
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<Token> {
        tokens(text).unwrap().into_iter().map(|placed| placed.token).collect()
    }

    #[test]
    fn words_signs_and_comments() {
        let found = cut("local x=...--[[ a\nb ]] y\n--c\nreturn a..b --[==[ ]] ]==]");
        let expected = ["local", "x", "=", "...", "y", "return", "a", "..", "b"];
        assert_eq!(found.len(), expected.len() + 1);
        for (token, word) in found.iter().zip(expected) {
            assert!(matches!(token, Token::Name(name) if name == word) || *token == Token::Sign(word), "{token:?}");
        }
    }

    #[test]
    fn numbers_are_read_as_gopher_lua_reads_them() {
        for (text, value) in
            [("0x1F", 31.0), ("010", 10.0), ("0010", 8.0), (".5", 0.5), ("1e3", 1000.0), ("3.", 3.0), ("1E-2", 0.01)]
        {
            assert_eq!(cut(text), [Token::Number(value), Token::End], "{text}");
        }
        assert!(matches!(cut("1e")[..], [Token::Number(value), Token::End] if value.is_nan()));
    }

    #[test]
    fn texts_and_escapes() {
        for (text, value) in [
            (r#""tab\tq\"""#, &b"tab\tq\""[..]),
            (r"'\65\066\300\q'", b"AB,q"),
            ("[[\nlong\r\nx]]", b"long\nx"),
            ("[=[a]]b]=]", b"a]]b"),
            ("'a\\\nb'", b"a\nb"),
        ] {
            assert_eq!(cut(text), [Token::Text(value.to_vec()), Token::End], "{text}");
        }
    }

    #[test]
    fn what_lua_5_1_does_not_have_is_refused_at_its_place() {
        for (text, at) in [("a = b ? c", 6), ("`x`", 0), ("x = 'abc", 4), ("[=x", 0), ("0x", 0), ("a ~ b", 2)] {
            assert_eq!(tokens(text).map_err(|error| error.at), Err(at), "{text}");
        }
    }

    #[test]
    fn lines_are_counted_over_all_line_ends() {
        let found = tokens("a\r\nb\n\rc\nd 'x\\\ny' e").unwrap();
        let lines: Vec<_> = found.iter().map(|placed| placed.line).collect();
        assert_eq!(lines, [1, 2, 3, 4, 4, 5, 5]);
    }
}
