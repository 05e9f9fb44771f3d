//! From the text to tokens, by the library's own rules of where a token ends.

use super::operator::{self, Row, UNARY, Unary};
use crate::{CompileError, dates, number};

/// A program may have this many tokens.
const TOKENS: usize = 10_000;

/// What a token is; which kinds may follow which is the library's whole syntax.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Before the first token.
    Start,
    Number,
    Bool,
    Text,
    Date,
    Name,
    Accessor,
    Open,
    Close,
    Prefix,
    Modifier,
    Comparator,
    Logical,
    Ternary,
    Separator,
}

/// What a token stands for.
#[derive(Debug, Clone)]
pub(super) enum Content {
    Number(f64),
    Bool(bool),
    Text(String),
    /// The seconds since the epoch that a text stands for, since it reads as a date.
    Date(f64),
    Name(String),
    /// `a.B`: a member of a value of the host language, of which no event has any.
    Accessor(String),
    Open,
    Close,
    Prefix(Unary),
    Operator(&'static Row),
}

/// A token and the byte at which it starts.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) content: Content,
    pub(super) at: usize,
}

impl Token {
    pub(super) fn kind(&self) -> Kind {
        match &self.content {
            Content::Number(_) => Kind::Number,
            Content::Bool(_) => Kind::Bool,
            Content::Text(_) => Kind::Text,
            Content::Date(_) => Kind::Date,
            Content::Name(_) => Kind::Name,
            Content::Accessor(_) => Kind::Accessor,
            Content::Open => Kind::Open,
            Content::Close => Kind::Close,
            Content::Prefix(_) => Kind::Prefix,
            Content::Operator(row) => row.kind,
        }
    }
}

/// The tokens of a text.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, CompileError> {
    let mut lexer = Lexer { text, at: 0 };
    let mut tokens: Vec<Token> = Vec::new();
    while let Some(c) = lexer.peek() {
        if c.is_whitespace() {
            lexer.at += c.len_utf8();
            continue;
        }
        if tokens.len() == TOKENS {
            return Err(CompileError::new(lexer.at, format!("more than {TOKENS} tokens")));
        }
        let at = lexer.at;
        let before = tokens.last().map_or(Kind::Start, Token::kind);
        tokens.push(Token { content: lexer.token(c, before)?, at });
    }
    Ok(tokens)
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl Lexer<'_> {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at..)?.chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    /// Reads the token that begins with `first`.
    fn token(&mut self, first: char, before: Kind) -> Result<Content, CompileError> {
        let start = self.at;
        match first {
            '.' => self.number(),
            _ if is_digit(first) => self.number(),
            ',' => {
                self.at += 1;
                operator::binary(",").map(Content::Operator).ok_or_else(|| self.invalid(start, ","))
            }
            '[' => {
                self.at += 1;
                let name = self.until(|c| c == ']')?;
                self.next().ok_or_else(|| CompileError::new(start, "Unclosed parameter bracket"))?;
                Ok(Content::Name(name))
            }
            '\'' | '"' => {
                self.at += 1;
                let text = self.until(|c| matches!(c, '\'' | '"'))?;
                self.next().ok_or_else(|| CompileError::new(start, "Unclosed string literal"))?;
                Ok(date(&text).map_or(Content::Text(text), Content::Date))
            }
            '(' | ')' => {
                self.at += 1;
                Ok(if first == '(' { Content::Open } else { Content::Close })
            }
            _ if first.is_alphabetic() => self.name(),
            _ => self.symbol(before),
        }
    }

    /// Reads up to a character that ends it, blanks included; a backslash takes whatever follows it along.
    fn until(&mut self, ends: fn(char) -> bool) -> Result<String, CompileError> {
        let mut read = String::new();
        while let Some(c) = self.peek().filter(|c| !ends(*c)) {
            self.at += c.len_utf8();
            read.push(if c == '\\' { self.escaped()? } else { c });
        }
        Ok(read)
    }

    /// Reads while characters belong to the token; blanks before it are skipped and a blank after it is taken along.
    fn run(&mut self, belongs: fn(char) -> bool) -> Result<String, CompileError> {
        let mut read = String::new();
        while let Some(c) = self.peek() {
            if c == '\\' {
                self.at += 1;
                read.push(self.escaped()?);
            } else if c.is_whitespace() {
                self.at += c.len_utf8();
                if !read.is_empty() {
                    break;
                }
            } else if belongs(c) {
                self.at += c.len_utf8();
                read.push(c);
            } else {
                break;
            }
        }
        Ok(read)
    }

    fn escaped(&mut self) -> Result<char, CompileError> {
        let at = self.at;
        self.next().ok_or_else(|| CompileError::new(at, "nothing after the backslash"))
    }

    fn number(&mut self) -> Result<Content, CompileError> {
        let start = self.at;
        let rest = self.text.get(start..).unwrap_or_default();
        let value = if rest.starts_with("0x") && rest.len() > 2 {
            self.at += 2;
            let digits = self.run(|c| is_digit(c) || c.is_ascii_hexdigit())?;
            let plain = digits.bytes().all(|b| b.is_ascii_hexdigit());
            u64::from_str_radix(&digits, 16).ok().filter(|_| plain).map(|value| value as f64)
        } else {
            number::parse_float(&self.run(|c| is_digit(c) || c == '.')?).ok()
        };
        value.map(Content::Number).ok_or_else(|| CompileError::new(start, "Unable to parse numeric value"))
    }

    fn name(&mut self) -> Result<Content, CompileError> {
        let start = self.at;
        let name = self.run(|c| c.is_alphabetic() || is_digit(c) || matches!(c, '_' | '.'))?;
        if let Some((_, members)) = name.split_once('.').filter(|(first, _)| !first.is_empty()) {
            if name.ends_with('.') {
                return Err(CompileError::new(start, format!("Hanging accessor on token '{name}'")));
            }
            // A member must look exported in the host language.
            let exported = |member: &str| member.chars().next().is_none_or(|c| !has_other_upper_case(c));
            if let Some(member) = members.split('.').find(|member| !exported(member)) {
                let message = format!("Unable to access unexported field '{member}' in token '{name}'");
                return Err(CompileError::new(start, message));
            }
            return Ok(Content::Accessor(name));
        }
        Ok(match name.as_str() {
            "true" => Content::Bool(true),
            "false" => Content::Bool(false),
            "in" | "IN" => operator::binary("in").map(Content::Operator).ok_or_else(|| self.invalid(start, "in"))?,
            _ => Content::Name(name),
        })
    }

    fn symbol(&mut self, before: Kind) -> Result<Content, CompileError> {
        let start = self.at;
        let symbol =
            self.run(|c| !(c.is_alphabetic() || is_digit(c) || matches!(c, '(' | ')' | '[' | ']' | '\'' | '"')))?;
        // A minus is a prefix wherever one may stand.
        let prefix = UNARY.iter().find(|(text, _)| *text == symbol && before.allows(Kind::Prefix));
        if let Some((_, prefix)) = prefix {
            return Ok(Content::Prefix(*prefix));
        }
        match operator::binary(&symbol) {
            Some(row) if !matches!(row.text, "," | "in") => Ok(Content::Operator(row)),
            _ => Err(self.invalid(start, &symbol)),
        }
    }

    fn invalid(&self, start: usize, token: &str) -> CompileError {
        CompileError::new(start, format!("Invalid token: '{token}'"))
    }
}

impl Kind {
    /// Whether a token of kind `next` may follow one of this kind.
    pub(super) fn allows(self, next: Self) -> bool {
        use Kind::{Accessor, Bool, Close, Comparator, Date, Logical, Modifier, Name, Number};
        use Kind::{Open, Prefix, Separator, Start, Ternary, Text};
        let operand = matches!(next, Number | Bool | Name | Accessor | Open);
        let literal = matches!(next, Text | Date);
        let operator = matches!(next, Modifier | Comparator | Logical | Close | Separator);
        match self {
            Start | Separator => operand || literal || next == Prefix,
            Open | Comparator | Logical => operand || literal || matches!(next, Prefix | Close),
            Modifier => operand || matches!(next, Prefix | Text | Close),
            Prefix => operand || next == Close,
            Ternary => operand || literal || matches!(next, Prefix | Separator),
            Close => operator || next == Ternary || literal || (operand && next != Accessor),
            Date => operator,
            Accessor => operator || matches!(next, Ternary | Open),
            Number | Bool | Text | Name => operator || next == Ternary,
        }
    }

    /// Whether the program may end after a token of this kind.
    pub(super) fn may_end(self) -> bool {
        matches!(self, Self::Close | Self::Number | Self::Bool | Self::Text | Self::Date | Self::Name | Self::Accessor)
    }
}

/// A decimal digit of any script, as far as the standard library can tell.
fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || (!c.is_ascii() && c.is_numeric())
}

fn has_other_upper_case(c: char) -> bool {
    let mut upper = c.to_uppercase();
    upper.next() != Some(c) && upper.next().is_none()
}

/// The seconds since the epoch of a text that reads as a date in one of the library's layouts; UTC without a zone.
fn date(text: &str) -> Option<f64> {
    const LAYOUTS: [&str; 14] = [
        "Mon Jan _2 15:04:05 2006",
        "Mon Jan _2 15:04:05 MST 2006",
        "Mon Jan 02 15:04:05 -0700 2006",
        "3:04PM",
        "2006-01-02T15:04:05Z07:00",
        "2006-01-02T15:04:05.999999999Z07:00",
        "2006-01-02",
        "2006-01-02 15:04",
        "2006-01-02 15:04:05",
        "2006-01-02 15:04:05-07:00",
        "2006-01-02T15Z0700",
        "2006-01-02T15:04Z0700",
        "2006-01-02T15:04:05Z0700",
        "2006-01-02T15:04:05.999999999Z0700",
    ];
    let time = LAYOUTS.iter().find_map(|layout| dates::parse(layout, text).ok())?;
    Some(time.unix() as f64)
}
