//! How the text of a path divides: components, queries, selectors, modifiers and literals.
//!
//! The same text divides differently in an object and in an array (`#(a.b)` is a query there and two names here), so
//! each component is read once for either. All rules are those of gjson 1.19, oddities included.

use super::modifier;
use super::scan::string_end;

/// What stands behind a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rest<'t> {
    /// Nothing.
    End,
    /// A path for the value that the whole path up to here has found, behind `|` or in front of a modifier or multipath.
    Pipe(&'t str),
    /// The next component.
    More(&'t str),
}

/// A component as an object reads it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Member<'t> {
    pub(super) name: String,
    pub(super) is_pattern: bool,
    pub(super) rest: Rest<'t>,
}

/// A component as an array reads it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Element<'t> {
    /// A number, or a name, which no array has (`None`).
    Index(Option<usize>, Rest<'t>),
    /// `#`: how many elements.
    Count(Rest<'t>),
    /// `#.k`: path `k` of each element.
    Each(&'t str),
    /// `#(…)` or `#(…)#`.
    Where(Query<'t>, Rest<'t>),
    /// Any other use of `#`, which finds nothing.
    Nothing(Rest<'t>),
}

/// What stands between the brackets of `#(…)`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Query<'t> {
    pub(super) path: &'t str,
    pub(super) operator: &'t str,
    pub(super) operand: &'t str,
    /// Whether the operand has quotes with escapes in them.
    pub(super) has_escapes: bool,
    /// Whether all matches are wanted, not the first.
    pub(super) all: bool,
}

/// Reads the first component for objects: up to a dot or pipe that no backslash precedes.
pub(super) fn member(text: &str) -> Member<'_> {
    let (mut name, mut is_pattern) = (String::new(), false);
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '|' => return Member { name, is_pattern, rest: Rest::Pipe(behind(text, at)) },
            '.' => return Member { name, is_pattern, rest: behind_dot(behind(text, at)) },
            '\\' => name.extend(chars.next().map(|(_, escaped)| escaped)),
            c => {
                is_pattern |= matches!(c, '*' | '?');
                name.push(c);
            }
        }
    }
    Member { name, is_pattern, rest: Rest::End }
}

/// Reads the first component for arrays.
pub(super) fn element(text: &str) -> Element<'_> {
    if let Some(path) = text.strip_prefix("#.") {
        return Element::Each(path);
    }
    if text.starts_with("#(") || text.starts_with("#[") {
        return match query(text) {
            Some((query, behind_query)) => Element::Where(query, rest_of_array(behind_query, true)),
            None => Element::Where(Query::default(), Rest::End),
        };
    }
    let end = text.find(['|', '.']).unwrap_or(text.len());
    let (part, behind_part) = text.split_at(end);
    let has_hash = part.contains('#');
    let rest = rest_of_array(behind_part, has_hash);
    match part {
        "#" => Element::Count(rest),
        _ if has_hash => Element::Nothing(rest),
        _ => Element::Index(index(part), rest),
    }
}

fn rest_of_array(text: &str, has_hash: bool) -> Rest<'_> {
    match text.find(['|', '.']) {
        None => Rest::End,
        Some(at) if text.as_bytes().get(at) == Some(&b'|') => Rest::Pipe(behind(text, at)),
        Some(at) if has_hash => Rest::More(behind(text, at)),
        Some(at) => behind_dot(behind(text, at)),
    }
}

/// The number of an element; like the reference it wraps around at 2^64, and is none from 2^63 on.
fn index(digits: &str) -> Option<usize> {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number =
        digits.bytes().fold(0_u64, |number, digit| number.wrapping_mul(10).wrapping_add(u64::from(digit - b'0')));
    i64::try_from(number).ok().and_then(|number| usize::try_from(number).ok())
}

fn behind(text: &str, at: usize) -> &str {
    text.get(at + 1..).unwrap_or_default()
}

fn behind_dot(text: &str) -> Rest<'_> {
    let is_pipe = match text.as_bytes().first() {
        Some(b'[' | b'{') => true,
        Some(b'@') => text.get(1..).and_then(|name| name.split(['.', '|', ':']).next()).is_some_and(modifier::is_known),
        _ => false,
    };
    if is_pipe { Rest::Pipe(text) } else { Rest::More(text) }
}

/// Reads the query that the text starts with; `None` if its bracket is never closed.
fn query(text: &str) -> Option<(Query<'_>, &str)> {
    let bytes = text.as_bytes();
    let (mut at, mut depth, mut operator_at, mut has_escapes) = (2, 1, None, false);
    loop {
        match *bytes.get(at)? {
            b'!' | b'=' | b'<' | b'>' | b'%' if depth == 1 && operator_at.is_none() => operator_at = Some(at),
            b'\\' => at += 1,
            b'[' | b'(' => depth += 1,
            b']' | b')' => depth -= 1,
            b'"' => {
                let end = string_end(bytes, at);
                has_escapes |= text.get(at..end).is_some_and(|quoted| quoted.contains('\\'));
                at = end - 1;
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
        at += 1;
    }
    let behind_query = behind(text, at);
    let (operator, operand) = operation(operator_at.and_then(|from| text.get(from..at)).unwrap_or_default());
    let query = Query {
        path: trim(text.get(2..operator_at.unwrap_or(at))?),
        operator,
        operand,
        has_escapes,
        all: behind_query.starts_with('#'),
    };
    Some((query, behind_query))
}

/// Divides what follows a query's path, say `>= 5`.
fn operation(text: &str) -> (&str, &str) {
    let text = trim(text);
    for operator in ["!=", "!%", "<=", ">=", "==", "<", ">", "=", "%"] {
        if let Some(operand) = text.strip_prefix(operator) {
            return (operator, trim(operand));
        }
    }
    if text == "!" { ("!", "") } else { ("", text) }
}

/// Without blanks and control characters around it.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(|c| c <= ' ')
}

/// A path behind `#.` or a query, divided at the first pipe outside of queries, which applies to the whole array.
pub(super) fn split_pipe(text: &str) -> (&str, Option<&str>) {
    let bytes = text.as_bytes();
    let split = |at: usize| (text.get(..at).unwrap_or_default(), Some(behind(text, at)));
    if !text.contains('|') {
        return (text, None);
    }
    if text.starts_with('{') {
        let end = 1 + balanced_end(behind(text, 0));
        return if bytes.get(end) == Some(&b'|') { split(end) } else { (text, None) };
    }
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            b'|' => return split(at),
            b'.' if bytes.get(at + 1) == Some(&b'#') => {
                at += 2;
                match bytes.get(at) {
                    Some(b'[') => at = selector_end(bytes, at, b'[', b']'),
                    Some(b'(') => at = selector_end(bytes, at, b'(', b')'),
                    _ => {}
                }
            }
            _ => {}
        }
        at += 1;
    }
    (text, None)
}

/// Where the bracket at byte `at` closes; only brackets of its own kind count.
fn selector_end(bytes: &[u8], at: usize, open: u8, close: u8) -> usize {
    let (mut at, mut depth) = (at + 1, 1);
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            b'"' => at = string_end(bytes, at) - 1,
            byte if byte == open => depth += 1,
            byte if byte == close => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
        at += 1;
    }
    at
}

/// The length of the bracketed or quoted text at the start; brackets of all kinds count alike.
pub(super) fn balanced_end(text: &str) -> usize {
    let bytes = text.as_bytes();
    if bytes.first() == Some(&b'"') { string_end(bytes, 0) } else { closing_end(bytes) }
}

/// Behind the bracket that closes the one taken to be open behind the first byte.
fn closing_end(bytes: &[u8]) -> usize {
    let (mut at, mut depth) = (1, 1);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => at = string_end(bytes, at) - 1,
            b'{' | b'[' | b'(' => depth += 1,
            b'}' | b']' | b')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
        at += 1;
    }
    bytes.len()
}

/// `@name`, `@name:argument`: the name, the argument and what follows, if there is a modifier of that name.
pub(super) fn modifier(text: &str) -> Option<(&str, &str, &str)> {
    let text = text.strip_prefix('@')?;
    let end = text.find([':', '|', '.']).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    if !modifier::is_known(name) {
        return None;
    }
    let Some(rest) = rest.strip_prefix(':') else { return Some((name, "", rest)) };
    let end = if rest.starts_with(['{', '[', '"']) { balanced_end(rest) } else { argument_end(rest) };
    let (argument, rest) = rest.split_at(end);
    Some((name, argument, rest))
}

fn argument_end(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'|' => break,
            b'{' | b'[' | b'"' | b'(' => at += text.get(at..).map_or(1, balanced_end),
            _ => at += 1,
        }
    }
    at.min(text.len())
}

/// `!literal`: the literal and what follows.
pub(super) fn literal(text: &str) -> Option<(&str, &str)> {
    let text = text.strip_prefix('!')?;
    if text.starts_with(|c: char| matches!(c, '{' | '[' | '"' | '+' | '-') || c.is_ascii_digit()) {
        return Some(text.split_at(closing_end(text.as_bytes())));
    }
    let (name, rest) = text.split_at(text.find(['|', '.']).unwrap_or(text.len()));
    let is_literal = ["true", "false", "null", "nan", "inf"].iter().any(|known| name.eq_ignore_ascii_case(known));
    is_literal.then_some((name, rest))
}

/// One path of a multipath, with the name it was given, which is empty if none was.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Selector<'t> {
    pub(super) name: &'t str,
    pub(super) path: &'t str,
}

/// The selectors of a multipath and what follows its closing bracket; `None` if that is missing.
pub(super) fn selectors(text: &str) -> Option<(Vec<Selector<'_>>, &str)> {
    let bytes = text.as_bytes();
    let (mut selectors, mut at, mut depth) = (Vec::new(), 1, 1);
    let (mut start, mut colon, mut in_modifier) = (1, None, false);
    loop {
        let mut is_boundary = false;
        match *bytes.get(at)? {
            b'\\' => at += 1,
            b'"' => at = string_end(bytes, at) - 1,
            b'@' => in_modifier |= matches!(bytes.get(at - 1), Some(b'.' | b'|')),
            b':' if !in_modifier && colon.is_none() && depth == 1 => colon = Some(at),
            b',' => is_boundary = depth == 1,
            b'[' | b'(' | b'{' => depth += 1,
            b']' | b')' | b'}' => {
                depth -= 1;
                is_boundary = depth == 0;
            }
            _ => {}
        }
        if is_boundary {
            let (name, from) = match colon {
                Some(colon) => (text.get(start..colon)?, colon + 1),
                None => ("", start),
            };
            selectors.push(Selector { name, path: text.get(from..at)? });
            (start, colon, in_modifier) = (at + 1, None, false);
        }
        if depth == 0 {
            return Some((selectors, behind(text, at)));
        }
        at += 1;
    }
}

/// The name that a selector without one gets: its last component, or `_` if that is no plain name.
pub(super) fn last_name(path: &str) -> &str {
    let bytes = path.as_bytes();
    let is_cut =
        |at: &usize| matches!(bytes.get(*at), Some(b'|' | b'.')) && (*at == 0 || bytes.get(at - 1) != Some(&b'\\'));
    let name = (0..bytes.len()).rev().find(is_cut).map_or(path, |at| behind(path, at));
    let is_plain = |byte| byte >= b' ' && !matches!(byte, b'[' | b']' | b'{' | b'}' | b'(' | b')' | b'#' | b'|' | b'!');
    if name.bytes().all(is_plain) { name } else { "_" }
}
