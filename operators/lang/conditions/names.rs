//! The first reading of a condition: names are resolved, blanks go away, and a comparison leaves only a constant.
//!
//! The reference rewrites the text into an expression that joins strings (`a && b` becomes `a + "&&" + b`) and
//! evaluates that with each name bound to the dependency's own name. The oddities follow: a comparison compares the
//! joined text on its left with that on its right, whatever the parentheses say.

use crate::{CompileError, expr};

/// Words of the reference's expression language that cannot be names.
const RESERVED: [&str; 7] = ["not", "in", "or", "and", "matches", "let", "nil"];

type Compare = fn(&str, &str) -> bool;

/// What a comparison makes of the text on its two sides; the longer of two signs that begin alike stands first.
const COMPARISONS: [(&str, Compare); 9] = [
    ("==", |a, b| a == b),
    ("!=", |a, b| a != b),
    ("<=", |a, b| a <= b),
    (">=", |a, b| a >= b),
    ("<", |a, b| a < b),
    (">", |a, b| a > b),
    ("contains", |a, b| a.contains(b)),
    ("startsWith", |a, b| a.starts_with(b)),
    ("endsWith", |a, b| a.ends_with(b)),
];

/// Rewrites a condition with the dependencies' own names.
pub(super) fn resolve(text: &str, dependencies: &[&str]) -> Result<String, CompileError> {
    // A constant is taken as it is, and the name of one of the language's functions as a name, only if it stands alone.
    let alone = text.trim();
    if matches!(alone, "true" | "false") {
        return Ok(alone.to_owned());
    }
    if expr::is_function(alone) {
        return dependency(alone, 0, dependencies).map(str::to_owned);
    }
    let mut joined = String::new();
    let mut compared = None;
    let mut operand_next = true;
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let token = Token::first(rest).ok_or_else(|| CompileError::new(at, "expected a name, &&, ||, ( or )"))?;
        let wants_operand = matches!(token, Token::Name(_) | Token::Open);
        if !matches!(token, Token::Blank(_)) && wants_operand != operand_next {
            let expected = if operand_next { "a name or (" } else { "&&, || or )" };
            return Err(CompileError::new(at, format!("expected {expected}, found {}", token.text())));
        }
        match token {
            Token::Blank(_) => {}
            Token::Name(name) => joined.push_str(dependency(name, at, dependencies)?),
            Token::Comparison(_, holds) => {
                if compared.replace((std::mem::take(&mut joined), holds)).is_some() {
                    return Err(CompileError::new(at, "expected at most one comparison"));
                }
            }
            Token::Open | Token::Close | Token::Operator(_) => joined.push_str(token.text()),
        }
        match token {
            Token::Blank(_) => {}
            Token::Name(_) | Token::Close => operand_next = false,
            Token::Open | Token::Operator(_) | Token::Comparison(..) => operand_next = true,
        }
        at += token.text().len();
    }
    if operand_next {
        return Err(CompileError::new(text.len(), "expected a name or (, found the end"));
    }
    Ok(match compared {
        Some((left, holds)) => holds(&left, &joined).to_string(),
        None => joined,
    })
}

/// The own name of the dependency that a name in the text means.
fn dependency<'a>(name: &str, at: usize, dependencies: &[&'a str]) -> Result<&'a str, CompileError> {
    let alike = |c: char| if c == '-' { '_' } else { c };
    if RESERVED.contains(&name) {
        return Err(CompileError::new(at, format!("a condition cannot use the reserved word {name}")));
    }
    let same = |dependency: &&&str| dependency.chars().map(alike).eq(name.chars().map(alike));
    match dependencies.iter().rev().find(same) {
        Some(dependency) => Ok(dependency),
        None => Err(CompileError::new(at, format!("unknown dependency {name}"))),
    }
}

/// A token of a condition, with its text.
#[derive(Clone, Copy)]
enum Token<'a> {
    Blank(&'a str),
    Name(&'a str),
    Open,
    Close,
    /// `&&` or `||`.
    Operator(&'a str),
    Comparison(&'static str, Compare),
}

impl<'a> Token<'a> {
    /// The token at the front of `text`.
    fn first(text: &'a str) -> Option<Self> {
        let until = |end: fn(char) -> bool| text.split_at(text.find(end).unwrap_or(text.len())).0;
        let first = text.chars().next()?;
        if first.is_whitespace() {
            return Some(Self::Blank(until(|c| !c.is_whitespace())));
        }
        if first.is_alphabetic() || matches!(first, '_' | '-') {
            let name = until(|c| !c.is_alphanumeric() && !matches!(c, '_' | '-'));
            return match comparison(|word| word == name) {
                Some(comparison) => Some(comparison),
                None if matches!(name, "true" | "false") || expr::is_function(name) => None,
                None => Some(Self::Name(name)),
            };
        }
        match first {
            '(' => Some(Self::Open),
            ')' => Some(Self::Close),
            '&' | '|' => text.get(..2).filter(|sign| matches!(*sign, "&&" | "||")).map(Self::Operator),
            _ => comparison(|sign| text.starts_with(sign)),
        }
    }

    fn text(&self) -> &'a str {
        match self {
            Self::Blank(text) | Self::Name(text) | Self::Operator(text) | Self::Comparison(text, _) => text,
            Self::Open => "(",
            Self::Close => ")",
        }
    }
}

/// The comparison that a sign or word stands for.
fn comparison(is: impl Fn(&str) -> bool) -> Option<Token<'static>> {
    COMPARISONS.iter().find(|(sign, _)| is(sign)).map(|(sign, holds)| Token::Comparison(sign, *holds))
}
