//! Names between cases: `snakecase`, `kebabcase` and `camelcase` (which gives `PascalCase`), word by word as the
//! reference's library tells words.

use super::signature::{Function, Type};
use crate::template::value::Value;
use crate::unicode;

pub(super) static FUNCTIONS: &[Function] = &[
    Function::fixed("camelcase", &[Type::Text], |_, a| Ok(Value::text(pascal_case(&a.str(0))))),
    Function::fixed("kebabcase", &[Type::Text], |_, a| Ok(Value::text(connected(&a.str(0), '-')))),
    Function::fixed("snakecase", &[Type::Text], |_, a| Ok(Value::text(connected(&a.str(0), '_')))),
];

fn is_connector(char: char) -> bool {
    matches!(char, '-' | '_') || char.is_whitespace()
}

/// Words joined, each with a capital; connectors at the start and one of several in a row stay.
fn pascal_case(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(connector) = chars.next_if(|char| is_connector(*char)) {
        out.push(connector);
    }
    let Some(first) = chars.next() else {
        // Of nothing but connectors the last one doubles.
        out.extend(text.chars().next_back());
        return out;
    };
    // Within a word that began with a capital, capitals right behind it become small.
    let mut in_capitals = unicode::is_upper(first);
    let mut last = unicode::to_upper(first);
    for char in chars {
        let before = last;
        last = char;
        if is_connector(char) && is_connector(before) {
            out.push(before);
            continue;
        }
        if is_connector(before) {
            in_capitals = unicode::is_upper(char);
            last = unicode::to_upper(char);
        } else {
            if in_capitals {
                if unicode::is_upper(char) {
                    last = unicode::to_lower(char);
                } else {
                    in_capitals = false;
                }
            }
            out.push(before);
        }
    }
    out.push(last);
    out
}

/// The kinds of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Nothing is left.
    Nothing,
    Number,
    Capital,
    Letters,
    Connector,
    Punctuation,
    Other,
}

impl Kind {
    fn of(char: char) -> Self {
        match char {
            char if is_connector(char) => Self::Connector,
            char if unicode::is_punctuation(char) => Self::Punctuation,
            char if unicode::is_upper(char) => Self::Capital,
            char if is_alphabetic(char) => Self::Letters,
            char if char.is_numeric() => Self::Number,
            _ => Self::Other,
        }
    }
}

/// A letter that is no Chinese, Japanese or Korean character.
fn is_alphabetic(char: char) -> bool {
    let is_han = matches!(u32::from(char), 0x4e00..=0x9fcc | 0x3400..=0x4d85 | 0x20000..=0x2b81d);
    unicode::is_letter(char) && !is_han
}

/// The words of a text in order, and nothing at the end.
struct Words<'a> {
    rest: &'a str,
}

impl<'a> Words<'a> {
    fn next(&mut self) -> (Kind, &'a str) {
        let Some(first) = self.rest.chars().next() else { return (Kind::Nothing, "") };
        let kind = Kind::of(first);
        let length = match kind {
            Kind::Capital => self.capitals(),
            kind => self.while_of(|found| found == kind),
        };
        let (word, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.rest = rest;
        (kind, word)
    }

    fn while_of(&self, belongs: impl Fn(Kind) -> bool) -> usize {
        self.rest.find(|char| !belongs(Kind::of(char))).unwrap_or(self.rest.len())
    }

    /// Capitals but the last before a small letter (`HTTP` of `HTTPStatus`), or a capital and its small letters.
    fn capitals(&self) -> usize {
        let capitals = self.while_of(|kind| kind == Kind::Capital);
        let after = self.rest.get(capitals..).unwrap_or_default();
        let letters = after.find(|char| Kind::of(char) != Kind::Letters).unwrap_or(after.len());
        let last = self.rest.get(..capitals).and_then(|text| text.chars().next_back()).map_or(0, char::len_utf8);
        match (letters, capitals > last) {
            (0, _) => capitals,
            (_, true) => capitals - last,
            (letters, false) => capitals + letters,
        }
    }
}

/// Small words with `connector` between them.
fn connected(text: &str, connector: char) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    if text.is_empty() {
        return out;
    }
    let mut words = Words { rest: text };
    let (mut kind, mut word) = words.next();
    while !words.rest.is_empty() {
        if kind != Kind::Connector {
            push(&mut out, kind, word, connector);
        }
        let (before, last) = (kind, word);
        (kind, word) = words.next();
        match before {
            Kind::Number => {
                (kind, word) = letters_and_numbers(&mut out, &mut words, (kind, word), connector);
                if !matches!(kind, Kind::Nothing | Kind::Punctuation | Kind::Connector) {
                    out.push(connector);
                }
            }
            Kind::Connector => push(&mut out, before, last, connector),
            Kind::Punctuation => {}
            _ if kind != Kind::Number => {
                if !matches!(kind, Kind::Connector | Kind::Punctuation) {
                    out.push(connector);
                }
            }
            _ if words.rest.is_empty() => {}
            _ => {
                let number = word;
                (kind, word) = words.next();
                // A number belongs to the word before it (`Bld4Floor`) unless small letters follow it (`HTTP2xx`).
                if kind != Kind::Letters {
                    push(&mut out, Kind::Number, number, connector);
                    if !matches!(kind, Kind::Connector | Kind::Punctuation) {
                        out.push(connector);
                    }
                    continue;
                }
                out.push(connector);
                push(&mut out, Kind::Number, number, connector);
                (kind, word) = letters_and_numbers(&mut out, &mut words, (kind, word), connector);
                if !matches!(kind, Kind::Nothing | Kind::Connector | Kind::Punctuation) {
                    out.push(connector);
                }
            }
        }
    }
    push(&mut out, kind, word, connector);
    out
}

/// Writes words of small letters and numbers, and gives the first other one.
fn letters_and_numbers<'a>(
    out: &mut String,
    words: &mut Words<'a>,
    (mut kind, mut word): (Kind, &'a str),
    connector: char,
) -> (Kind, &'a str) {
    while matches!(kind, Kind::Letters | Kind::Number) {
        push(out, kind, word, connector);
        (kind, word) = words.next();
    }
    (kind, word)
}

fn push(out: &mut String, kind: Kind, word: &str, connector: char) {
    match kind {
        Kind::Connector => out.extend(word.chars().map(|_| connector)),
        Kind::Capital => out.extend(word.chars().map(unicode::to_lower)),
        _ => out.push_str(word),
    }
}
