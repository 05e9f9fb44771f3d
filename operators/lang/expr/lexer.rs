//! From the text to tokens.

use crate::CompileError;

/// An expression may have this many tokens.
const TOKENS: usize = 10_000;

/// A token's kind with its content.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Content {
    /// A word, also `true`, `false` and `nil`.
    Name(String),
    /// A number as it is written.
    Number(String),
    Text(String),
    /// A sign, or a word that is an operator.
    Operator(String),
    Bracket(char),
    End,
}

/// A token and the byte at which it starts.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) content: Content,
    pub(super) at: usize,
}

/// Words that are operators wherever they stand.
const OPERATOR_WORDS: [&str; 9] = ["not", "in", "or", "and", "matches", "contains", "startsWith", "endsWith", "let"];

/// The tokens of a text, the last of them [`Content::End`].
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, CompileError> {
    let mut lexer = Lexer { text, at: 0 };
    let mut tokens = Vec::new();
    while let Some(first) = lexer.peek() {
        let at = lexer.at;
        if tokens.len() > TOKENS {
            return Err(CompileError::new(at, format!("more than {TOKENS} tokens")));
        }
        if first.is_whitespace() {
            lexer.at += first.len_utf8();
        } else if !lexer.comment()? {
            tokens.push(Token { content: lexer.token(first)?, at });
            // A name right after `#` is its own token; `#index` never has a blank in it.
            if tokens.last().is_some_and(|token| token.content == Content::Operator("#".into())) {
                let at = lexer.at;
                let name = lexer.run(is_word);
                if !name.is_empty() {
                    tokens.push(Token { content: Content::Name(name), at });
                }
            }
        }
    }
    tokens.push(Token { content: Content::End, at: text.len() });
    Ok(tokens)
}

/// A character that a word may begin with.
fn is_letter(c: char) -> bool {
    c == '_' || c == '$' || c.is_alphabetic()
}

/// A character that a word may go on with.
fn is_word(c: char) -> bool {
    is_letter(c) || c.is_ascii_digit() || (!c.is_ascii() && c.is_numeric())
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Reads a character if it is one of these.
    fn take(&mut self, signs: &str) -> Option<char> {
        let next = self.peek().filter(|c| signs.contains(*c))?;
        self.at += next.len_utf8();
        Some(next)
    }

    fn run(&mut self, belongs: fn(char) -> bool) -> String {
        let rest = self.rest();
        let run = rest.split(|c| !belongs(c)).next().unwrap_or_default();
        self.at += run.len();
        run.to_owned()
    }

    /// Skips a comment if one begins here.
    fn comment(&mut self) -> Result<bool, CompileError> {
        let rest = self.rest();
        let length = if rest.starts_with("//") {
            rest.find('\n').map_or(rest.len(), |end| end + 1)
        } else if let Some(body) = rest.strip_prefix("/*") {
            body.find("*/").ok_or_else(|| CompileError::new(self.at, "unclosed comment"))? + 4
        } else {
            return Ok(false);
        };
        self.at += length;
        Ok(true)
    }

    fn token(&mut self, first: char) -> Result<Content, CompileError> {
        let start = self.at;
        match first {
            '\'' | '"' => return self.string(first).map(Content::Text),
            '0'..='9' => return self.number(),
            '.' if self.rest().as_bytes().get(1).is_some_and(|b| b.is_ascii_digit()) => return self.number(),
            _ if is_word(first) => {
                let word = self.run(is_word);
                let operator = OPERATOR_WORDS.contains(&word.as_str());
                return Ok(if operator { Content::Operator(word) } else { Content::Name(word) });
            }
            _ => {}
        }
        self.at += first.len_utf8();
        // The second characters that make one sign with the first.
        let seconds = match first {
            '(' | '[' | '{' | ')' | ']' | '}' => return Ok(Content::Bracket(first)),
            '?' => ".?",
            '|' => "|",
            '#' => "#",
            '.' => ".",
            '&' | '!' | '=' | '*' | '<' | '>' => "&=*",
            ',' | ':' | ';' | '%' | '+' | '-' | '^' | '/' => "",
            _ => return Err(CompileError::new(start, format!("unrecognized character {first:?}"))),
        };
        self.take(seconds);
        Ok(Content::Operator(self.text.get(start..self.at).unwrap_or_default().to_owned()))
    }

    fn number(&mut self) -> Result<Content, CompileError> {
        let start = self.at;
        let mut belongs: fn(char) -> bool = |c| c.is_ascii_digit() || c == '_';
        if self.take("0").is_some() {
            if self.take("xX").is_some() {
                belongs = |c| c.is_ascii_hexdigit() || c == '_';
            } else if self.take("oO").is_some() {
                belongs = |c| matches!(c, '0'..='7' | '_');
            } else if self.take("bB").is_some() {
                belongs = |c| matches!(c, '0' | '1' | '_');
            }
        }
        self.run(belongs);
        // Two dots are a range.
        if !self.rest().starts_with("..") {
            if self.take(".").is_some() {
                self.run(belongs);
            }
            if self.take("eE").is_some() {
                self.take("+-");
                self.run(belongs);
            }
            if self.peek().is_some_and(is_word) {
                return Err(CompileError::new(start, "bad number"));
            }
        }
        Ok(Content::Number(self.text.get(start..self.at).unwrap_or_default().to_owned()))
    }

    fn string(&mut self, quote: char) -> Result<String, CompileError> {
        let start = self.at;
        self.at += 1;
        let mut string = String::new();
        loop {
            let at = self.at;
            let unfinished = || CompileError::new(start, "literal not terminated");
            let c = self.peek().ok_or_else(unfinished)?;
            self.at += c.len_utf8();
            match c {
                '\n' => return Err(unfinished()),
                // Carriage returns are read as line ends.
                '\r' => {
                    if self.peek() == Some('\n') {
                        return Err(unfinished());
                    }
                    string.push('\n');
                }
                '\\' => {
                    let escaped = self.escape(quote).ok_or_else(|| CompileError::new(at, "invalid char escape"))?;
                    string.push(escaped);
                }
                _ if c == quote => return Ok(string),
                _ => string.push(c),
            }
        }
    }

    /// Reads what stands after a backslash.
    fn escape(&mut self, quote: char) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(match c {
            'a' => '\u{7}',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\u{b}',
            '\\' => '\\',
            _ if c == quote => c,
            'x' => self.digits(2, 16, 0)?,
            'u' => self.digits(4, 16, 0)?,
            'U' => self.digits(8, 16, 0)?,
            '0'..='3' => self.digits(2, 8, c.to_digit(8)?)?,
            _ => return None,
        })
    }

    /// Reads exactly so many digits and gives the character of that number.
    fn digits(&mut self, count: usize, base: u32, first: u32) -> Option<char> {
        let digits = self.rest().get(..count)?;
        let mut value = first;
        for digit in digits.chars() {
            value = value.checked_mul(base)?.checked_add(digit.to_digit(base)?)?;
        }
        self.at += count;
        if value > u32::from(char::MAX) {
            return None;
        }
        // Halves of surrogate pairs become the replacement character, as when Go encodes them.
        Some(char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER))
    }
}
