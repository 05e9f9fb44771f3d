//! The words of a program's text, read one at a time.

use crate::CompileError;

/// A word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'t> {
    /// A name or keyword; with `::` in it, of a module.
    Name(&'t str),
    /// `$name`, without the `$`.
    Variable(&'t str),
    /// `.name`, without the dot.
    Field(&'t str),
    Number(&'t str),
    /// `@name`.
    Format(&'t str),
    /// A punctuation mark or operator.
    Mark(&'t str),
    /// The opening quote of a text; what follows is read by [`Lexer::text_part`].
    Quote,
    End,
}

/// A place in a text.
#[derive(Debug, Clone)]
pub(super) struct Lexer<'t> {
    text: &'t str,
    pub(super) at: usize,
}

/// Marks, the longer ones first.
const MARKS: [&str; 33] = [
    "?//", "//=", "..", "|=", "+=", "-=", "*=", "/=", "%=", "==", "!=", "<=", ">=", "//", ".", "|", ",", "=", "<", ">",
    "+", "-", "*", "/", "%", "(", ")", "[", "]", "{", "}", ":", ";",
];

/// How a part of a text ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PartEnd {
    /// The closing quote.
    Quote,
    /// `\(`: a query and a closing parenthesis follow.
    Query,
}

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// The last bytes that were read.
    pub(super) fn text_before(&self, length: usize) -> &'t str {
        self.text.get(self.at.saturating_sub(length)..self.at).unwrap_or_default()
    }

    fn byte(&self, ahead: usize) -> u8 {
        self.text.as_bytes().get(self.at + ahead).copied().unwrap_or(0)
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Skips blanks and comments; a backslash before the end of a line continues a comment.
    fn blanks(&mut self) {
        loop {
            match self.byte(0) {
                b' ' | b'\t' | b'\r' | b'\n' => self.at += 1,
                b'#' => self.comment(),
                _ => return,
            }
        }
    }

    fn comment(&mut self) {
        while self.at < self.text.len() {
            match self.byte(0) {
                b'\\' => {
                    self.at += 1;
                    match (self.byte(0), self.byte(1)) {
                        (b'\r', b'\n') => self.at += 2,
                        (b'\\' | b'\n' | b'\r', _) => self.at += 1,
                        _ => {}
                    }
                }
                b'\n' | b'\r' => return,
                _ => self.at += 1,
            }
        }
    }

    /// Where the next word begins.
    pub(super) fn start(&mut self) -> usize {
        self.blanks();
        self.at
    }

    /// The next word.
    pub(super) fn next(&mut self) -> Result<Token<'t>, CompileError> {
        self.blanks();
        let start = self.at;
        let (first, second) = (self.byte(0), self.byte(1));
        match first {
            _ if self.at >= self.text.len() => Ok(Token::End),
            b'0'..=b'9' => self.number(),
            b'.' if second.is_ascii_digit() => self.number(),
            b'.' if is_start(second) => {
                self.at += 1;
                Ok(Token::Field(self.name()))
            }
            b'$' if is_start(second) => {
                self.at += 1;
                Ok(Token::Variable(self.module_name()))
            }
            b'@' if is_part(second) => {
                self.at += 1;
                self.name();
                Ok(Token::Format(self.text.get(start..self.at).unwrap_or_default()))
            }
            b'"' => {
                self.at += 1;
                Ok(Token::Quote)
            }
            _ if is_start(first) => Ok(Token::Name(self.module_name())),
            b'?' if !self.rest().starts_with("?//") => {
                self.at += 1;
                Ok(Token::Mark("?"))
            }
            _ => match MARKS.into_iter().find(|mark| self.rest().starts_with(mark)) {
                Some(mark) => {
                    self.at += mark.len();
                    Ok(Token::Mark(mark))
                }
                None => {
                    let char = self.rest().chars().next().unwrap_or_default();
                    Err(CompileError::new(start, format!("{char:?} has no meaning here")))
                }
            },
        }
    }

    fn name(&mut self) -> &'t str {
        let start = self.at;
        while is_part(self.byte(0)) {
            self.at += 1;
        }
        self.text.get(start..self.at).unwrap_or_default()
    }

    fn module_name(&mut self) -> &'t str {
        let start = self.at;
        self.name();
        if self.rest().starts_with("::") && is_start(self.byte(2)) {
            self.at += 2;
            self.name();
        }
        self.text.get(start..self.at).unwrap_or_default()
    }

    fn number(&mut self) -> Result<Token<'t>, CompileError> {
        let length = number_length(self.rest());
        let (start, text) = (self.at, self.rest().get(..length).unwrap_or_default());
        self.at += length;
        if length == 0 || is_start(self.byte(0)) || self.byte(0) == b'.' {
            return Err(CompileError::new(start, "this is no number"));
        }
        Ok(Token::Number(text))
    }

    /// The text up to the closing quote or the next query in it, its escapes resolved.
    pub(super) fn text_part(&mut self) -> Result<(String, PartEnd), CompileError> {
        let mut part = String::new();
        loop {
            let rest = self.rest();
            let plain = rest.find(['"', '\\']).unwrap_or(rest.len());
            part.push_str(rest.get(..plain).unwrap_or_default());
            self.at += plain;
            let start = self.at;
            match (self.byte(0), self.byte(1)) {
                (b'"', _) => {
                    self.at += 1;
                    return Ok((part, PartEnd::Quote));
                }
                (b'\\', b'(') => {
                    self.at += 2;
                    return Ok((part, PartEnd::Query));
                }
                (b'\\', b'u') => part.push(self.escaped_unit()?),
                (b'\\', escape) => {
                    part.push(match escape {
                        b'"' | b'/' | b'\\' => char::from(escape),
                        b'b' => '\u{8}',
                        b'f' => '\u{c}',
                        b'n' => '\n',
                        b'r' => '\r',
                        b't' => '\t',
                        _ => {
                            let message =
                                "this is no escape; expected one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u \\(";
                            return Err(CompileError::new(start, message));
                        }
                    });
                    self.at += 2;
                }
                _ => return Err(CompileError::new(start, "the text has no closing quote")),
            }
        }
    }

    /// A `\u` escape, with its second half where it is one of a pair; a lone half is U+FFFD.
    fn escaped_unit(&mut self) -> Result<char, CompileError> {
        let unit = |lexer: &Self, ahead: usize| {
            let digits = lexer.rest().get(ahead + 2..ahead + 6)?;
            let is_escape = lexer.rest().get(ahead..ahead + 2) == Some("\\u");
            (is_escape && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
                .then(|| u32::from_str_radix(digits, 16).ok())?
        };
        let Some(first) = unit(self, 0) else {
            return Err(CompileError::new(self.at, "\\u needs four hexadecimal digits"));
        };
        let pair = unit(self, 6)
            .filter(|second| (0xd800..0xdc00).contains(&first) && (0xdc00..0xe000).contains(second))
            .and_then(|second| char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)));
        self.at += if pair.is_some() { 12 } else { 6 };
        Ok(pair.or_else(|| char::from_u32(first)).unwrap_or('\u{fffd}'))
    }
}

/// How many bytes of a text are a number: digits with a fraction and an exponent, either of them optional.
pub(super) fn number_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digits = |from: usize| bytes.iter().skip(from).take_while(|byte| byte.is_ascii_digit()).count();
    let mut at = digits(0);
    let whole = at;
    if bytes.get(at) == Some(&b'.') {
        at += 1 + digits(at + 1);
        if at == 1 {
            return 0;
        }
    } else if whole == 0 {
        return 0;
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        match digits(at + 1 + sign) {
            0 => return 0,
            exponent => at += 1 + sign + exponent,
        }
    }
    at
}

fn is_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_'
}

fn is_part(byte: u8) -> bool {
    is_start(byte) || byte.is_ascii_digit()
}
