//! A template's text into tokens: text between actions as it is, and what stands in actions.

use crate::CompileError;
use crate::unicode;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text between actions, trimmed where an action asks for it.
    Text,
    /// `{{`
    Open,
    /// `}}`
    Close,
    /// A run of blanks between operands.
    Space,
    /// A keyword or a truth.
    Word(Word),
    /// The name of a function.
    Identifier,
    /// `.name`
    Field,
    /// `$name` or `$`
    Variable,
    /// `.`
    Dot,
    /// Anything that begins as a number does.
    Number,
    /// `'c'`
    Char,
    /// `"text"`
    Quoted,
    /// A text between backquotes.
    Raw,
    /// `:=`
    Declare,
    /// `=`
    Assign,
    /// `|`
    Pipe,
    /// `,`
    Comma,
    /// `(`
    OpenParen,
    /// `)`
    CloseParen,
    /// Another printable ASCII character; nothing takes it.
    Other,
    /// The end of the text.
    End,
}

/// The words that no function can have as its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    Block,
    Break,
    Continue,
    Define,
    Else,
    End,
    If,
    Nil,
    Range,
    Template,
    With,
    True,
    False,
}

const WORDS: [(&str, Word); 13] = [
    ("block", Word::Block),
    ("break", Word::Break),
    ("continue", Word::Continue),
    ("define", Word::Define),
    ("else", Word::Else),
    ("end", Word::End),
    ("if", Word::If),
    ("nil", Word::Nil),
    ("range", Word::Range),
    ("template", Word::Template),
    ("with", Word::With),
    ("true", Word::True),
    ("false", Word::False),
];

/// A token and the place in the text that it covers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    pub(super) text: &'a str,
    pub(super) at: usize,
}

const OPEN: &str = "{{";
const CLOSE: &str = "}}";

/// Splits the whole text. The parser meets an error where it would have met the token, so that what is wrong before
/// it is said first: the tokens until then are given along.
pub(super) fn tokens(text: &str) -> (Vec<Token<'_>>, Option<CompileError>) {
    let mut lexer = Lexer { text, at: 0, tokens: Vec::new(), parens: 0 };
    let error = lexer.run().err();
    if error.is_none() {
        lexer.tokens.push(Token { kind: Kind::End, text: "", at: text.len() });
    }
    (lexer.tokens, error)
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    tokens: Vec<Token<'a>>,
    parens: usize,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn error<T>(&self, message: impl Into<String>) -> Result<T, CompileError> {
        Err(CompileError::new(self.at, message))
    }

    /// Makes a token of the next `length` bytes.
    fn push(&mut self, kind: Kind, length: usize) {
        let text = self.rest().get(..length).unwrap_or_default();
        self.tokens.push(Token { kind, text, at: self.at });
        self.at += length;
    }

    fn run(&mut self) -> Result<(), CompileError> {
        loop {
            let rest = self.rest();
            let Some(open) = rest.find(OPEN) else {
                if !rest.is_empty() {
                    self.push(Kind::Text, rest.len());
                }
                return Ok(());
            };
            let (before, action) = rest.split_at(open);
            let trims = begins_with_trim(action.get(OPEN.len()..).unwrap_or_default());
            let kept = if trims { before.trim_end_matches(is_space).len() } else { open };
            if kept > 0 {
                self.push(Kind::Text, kept);
            }
            self.at += open - kept;
            let marker = if trims { 2 } else { 0 };
            if action.get(OPEN.len() + marker..).is_some_and(|inside| inside.starts_with("/*")) {
                self.at += OPEN.len() + marker;
                self.comment()?;
            } else {
                self.push(Kind::Open, OPEN.len());
                self.at += marker;
                self.parens = 0;
                self.action()?;
            }
        }
    }

    fn comment(&mut self) -> Result<(), CompileError> {
        // The search begins behind the opening mark, so that `/*/` does not close itself.
        let Some(length) = self.rest().get(2..).and_then(|rest| rest.find("*/")) else {
            return self.error("unclosed comment");
        };
        self.at += length + 4;
        match self.closing() {
            Some(trims) => {
                self.close(trims);
                self.tokens.pop();
                Ok(())
            }
            None => self.error("comment ends before closing delimiter"),
        }
    }

    /// Whether the action closes here, and whether it trims what follows.
    fn closing(&self) -> Option<bool> {
        let rest = self.rest();
        if rest.starts_with(CLOSE) {
            return Some(false);
        }
        ends_with_trim(rest).then_some(true)
    }

    fn close(&mut self, trims: bool) {
        if trims {
            self.at += 2;
        }
        self.push(Kind::Close, CLOSE.len());
        if trims {
            let rest = self.rest();
            self.at += rest.len() - rest.trim_start_matches(is_space).len();
        }
    }

    /// Everything up to and with the closing `}}`.
    fn action(&mut self) -> Result<(), CompileError> {
        loop {
            if let Some(trims) = self.closing() {
                if self.parens > 0 {
                    return self.error("unclosed left paren");
                }
                self.close(trims);
                return Ok(());
            }
            let Some(char) = self.peek() else { return self.error("unclosed action") };
            match char {
                char if is_space(char) => self.space(),
                '=' => self.push(Kind::Assign, 1),
                ':' if self.rest().starts_with(":=") => self.push(Kind::Declare, 2),
                ':' => return self.error("expected :="),
                '|' => self.push(Kind::Pipe, 1),
                ',' => self.push(Kind::Comma, 1),
                '"' => self.quoted('"', Kind::Quoted)?,
                '\'' => self.quoted('\'', Kind::Char)?,
                '`' => match self.rest().get(1..).and_then(|rest| rest.find('`')) {
                    Some(length) => self.push(Kind::Raw, length + 2),
                    None => return self.error("unterminated raw quoted string"),
                },
                '$' => self.name(1, Kind::Variable)?,
                '.' if !self.rest().as_bytes().get(1).is_none_or(u8::is_ascii_digit) => self.field()?,
                '.' | '+' | '-' | '0'..='9' => self.number()?,
                '(' => {
                    self.parens += 1;
                    self.push(Kind::OpenParen, 1);
                }
                ')' if self.parens == 0 => return self.error("unexpected right paren"),
                ')' => {
                    self.parens -= 1;
                    self.push(Kind::CloseParen, 1);
                }
                char if is_alphanumeric(char) => self.identifier()?,
                ' '..='~' => self.push(Kind::Other, 1),
                char => return self.error(format!("unrecognized character in action: {char:?}")),
            }
        }
    }

    fn space(&mut self) {
        let rest = self.rest();
        let mut length = rest.len() - rest.trim_start_matches(is_space).len();
        // The last blank may belong to a trimming close.
        if rest.get(length - 1..).is_some_and(ends_with_trim) {
            length -= 1;
        }
        if length > 0 {
            self.push(Kind::Space, length);
        }
    }

    /// A text or character up to its closing quote, which a backslash takes away.
    fn quoted(&mut self, quote: char, kind: Kind) -> Result<(), CompileError> {
        let mut escaped = false;
        for (at, char) in self.rest().char_indices().skip(1) {
            match char {
                '\n' => break,
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                char if char == quote => {
                    self.push(kind, at + 1);
                    return Ok(());
                }
                _ => {}
            }
        }
        let what = if quote == '"' { "quoted string" } else { "character constant" };
        self.error(format!("unterminated {what}"))
    }

    fn field(&mut self) -> Result<(), CompileError> {
        let after = self.rest().get(1..).unwrap_or_default();
        if is_end_of_word(after) {
            self.push(Kind::Dot, 1);
            return Ok(());
        }
        self.name(1, Kind::Field)
    }

    /// A name of any length behind its mark of `start` bytes.
    fn name(&mut self, start: usize, kind: Kind) -> Result<(), CompileError> {
        let rest = self.rest();
        let after = rest.get(start..).unwrap_or_default();
        let name = after.len() - after.trim_start_matches(is_alphanumeric).len();
        let following = after.get(name..).unwrap_or_default();
        if !is_end_of_word(following) {
            self.at += start + name;
            return self.error(format!("bad character {:?}", following.chars().next().unwrap_or_default()));
        }
        self.push(kind, start + name);
        Ok(())
    }

    fn identifier(&mut self) -> Result<(), CompileError> {
        self.name(0, Kind::Identifier)?;
        if let Some(token) = self.tokens.last_mut()
            && let Some((_, word)) = WORDS.iter().find(|(word, _)| *word == token.text)
        {
            token.kind = Kind::Word(*word);
        }
        Ok(())
    }

    /// What looks like a number; whether it is one is told by its value.
    fn number(&mut self) -> Result<(), CompileError> {
        let rest = self.rest();
        let mut length = number_length(rest);
        if let Some('+' | '-') = rest.get(length..).and_then(|rest| rest.chars().next()) {
            length += number_length(rest.get(length..).unwrap_or_default());
        }
        if rest.get(length..).and_then(|rest| rest.chars().next()).is_some_and(is_alphanumeric) {
            return self.error("bad number syntax");
        }
        self.push(Kind::Number, length);
        Ok(())
    }
}

/// The length of a sign, digits of the base that the prefix names, a fraction, an exponent and an `i`.
fn number_length(text: &str) -> usize {
    let mut at = 0;
    let mut accept = |set: &dyn Fn(u8) -> bool, most: usize| {
        let rest = text.as_bytes().get(at..).unwrap_or_default();
        let count = rest.iter().take(most).take_while(|byte| set(**byte)).count();
        at += count;
        count > 0
    };
    accept(&|byte| matches!(byte, b'+' | b'-'), 1);
    let mut digits: fn(u8) -> bool = |byte| byte.is_ascii_digit() || byte == b'_';
    let mut exponent: &[u8] = b"eE";
    if accept(&|byte| byte == b'0', 1) {
        if accept(&|byte| matches!(byte, b'x' | b'X'), 1) {
            (digits, exponent) = (|byte: u8| byte.is_ascii_hexdigit() || byte == b'_', b"pP");
        } else if accept(&|byte| matches!(byte, b'o' | b'O'), 1) {
            (digits, exponent) = (|byte: u8| matches!(byte, b'0'..=b'7' | b'_'), b"");
        } else if accept(&|byte| matches!(byte, b'b' | b'B'), 1) {
            (digits, exponent) = (|byte: u8| matches!(byte, b'0' | b'1' | b'_'), b"");
        }
    }
    accept(&digits, usize::MAX);
    if accept(&|byte| byte == b'.', 1) {
        accept(&digits, usize::MAX);
    }
    if accept(&|byte| exponent.contains(&byte), 1) {
        accept(&|byte| matches!(byte, b'+' | b'-'), 1);
        accept(&|byte| byte.is_ascii_digit() || byte == b'_', usize::MAX);
    }
    accept(&|byte| byte == b'i', 1);
    at
}

/// Whether a name may end before `text`.
fn is_end_of_word(text: &str) -> bool {
    let ends = |char: char| is_space(char) || matches!(char, '.' | ',' | '|' | ':' | ')' | '(');
    text.starts_with(CLOSE) || text.chars().next().is_none_or(ends)
}

/// Blanks of the language, and of trimming.
fn is_space(char: char) -> bool {
    matches!(char, ' ' | '\t' | '\r' | '\n')
}

fn is_alphanumeric(char: char) -> bool {
    char == '_' || unicode::is_letter(char) || unicode::is_digit(char)
}

/// Whether what follows `{{` is the mark that trims the text before it.
fn begins_with_trim(text: &str) -> bool {
    text.strip_prefix('-').is_some_and(|rest| rest.starts_with(is_space))
}

/// Whether this is a closing that trims the text after it.
fn ends_with_trim(text: &str) -> bool {
    text.strip_prefix(is_space).and_then(|rest| rest.strip_prefix('-')).is_some_and(|rest| rest.starts_with(CLOSE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> String {
        let (tokens, error) = tokens(text);
        let tokens: Vec<String> = tokens.iter().map(|token| format!("{:?}:{}", token.kind, token.text)).collect();
        tokens.join(" ") + &error.map_or(String::new(), |error| format!(" !{} at {}", error.message, error.at))
    }

    #[test]
    fn trims_only_with_a_blank_beside_the_dash() {
        assert_eq!(split("a \n{{- 3 -}} \tb"), "Text:a Open:{{ Number:3 Close:}} Text:b End:");
        assert_eq!(split("a {{-3}} b"), "Text:a  Open:{{ Number:-3 Close:}} Text: b End:");
        assert_eq!(split(" {{- /* c */ -}} x"), "Text:x End:");
        assert_eq!(split("{{/*/*/}}"), "End:");
    }

    #[test]
    fn operands() {
        assert_eq!(
            split("{{$x.y | f \"a\\\"}}\" 'b' `c` 0x1p4 .5 ... }}").replace("Space: ", "_"),
            "Open:{{ Variable:$x Field:.y _ Pipe:| _ Identifier:f _ Quoted:\"a\\\"}}\" _ Char:'b' _ Raw:`c` _ \
             Number:0x1p4 _ Number:.5 _ Dot:. Dot:. Dot:. _ Close:}} End:"
        );
        assert_eq!(split("{{range $i,$e:=.}}").matches("Space").count(), 1);
    }

    #[test]
    fn errors_name_their_place() {
        for (text, error) in [
            ("ab{{", "unclosed action at 4"),
            ("{{(}}", "unclosed left paren at 3"),
            ("{{)}}", "unexpected right paren at 2"),
            ("{{\"a}}\n\"}}", "unterminated quoted string at 2"),
            ("{{ 3x }}", "bad number syntax at 3"),
            ("{{ a+b }}", "bad character '+' at 4"),
            ("{{ \u{1} }}", "unrecognized character in action: '\\u{1}' at 3"),
            ("{{/* }}", "unclosed comment at 2"),
            ("{{/**/ x}}", "comment ends before closing delimiter at 6"),
        ] {
            assert!(split(text).ends_with(&format!("!{error}")), "{text}: {}", split(text));
        }
    }
}
