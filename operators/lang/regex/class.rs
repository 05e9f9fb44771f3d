//! Escapes and classes of characters.

use super::cursor::Cursor;
use crate::CompileError;
use std::fmt::Write;

/// The classes of Perl and POSIX by name, all of ASCII, as members of a bracket.
const NAMED: [(&str, &str); 17] = [
    ("d", "0-9"),
    ("s", r"\t\n\x0C\r "),
    ("w", "0-9A-Za-z_"),
    ("alnum", "0-9A-Za-z"),
    ("alpha", "A-Za-z"),
    ("ascii", r"\x00-\x7F"),
    ("blank", r"\t "),
    ("cntrl", r"\x00-\x1F\x7F"),
    ("digit", "0-9"),
    ("graph", r"!-\~"),
    ("lower", "a-z"),
    ("print", r" -\~"),
    ("punct", r"!-/:-@\[-`\{-\~"),
    ("space", r"\t\n\x0B\x0C\r "),
    ("upper", "A-Z"),
    ("word", "0-9A-Za-z_"),
    ("xdigit", "0-9A-Fa-f"),
];

/// Scripts whose whole name has four letters; the other four-letter names are codes, which Go does not know.
const SHORT_SCRIPTS: [&str; 9] = ["ahom", "cham", "kawi", "lisu", "miao", "modi", "newa", "thai", "toto"];

/// A class that holds no character.
const NOTHING: &str = r"[^\x{0}-\x{10FFFF}]";

/// A named class as a member of a bracket, negated or not.
fn named(name: &str, negated: bool) -> Option<String> {
    let members = NAMED.iter().find(|(known, _)| *known == name)?.1;
    Some(if negated { format!("[^{members}]") } else { members.to_owned() })
}

/// Reads `\d`, `\pL`, `\p{Greek}` and the like as a member of a bracket; `None`, and nothing read, for anything else.
pub(super) fn escaped_class(cursor: &mut Cursor) -> Result<Option<String>, CompileError> {
    let mut following = cursor.rest().chars().skip(1);
    match following.next() {
        Some(letter @ ('d' | 's' | 'w' | 'D' | 'S' | 'W')) => {
            cursor.at += 2;
            Ok(named(letter.to_lowercase().to_string().as_str(), letter.is_uppercase()))
        }
        Some(letter @ ('p' | 'P')) => unicode_class(cursor, letter == 'P').map(Some),
        _ => Ok(None),
    }
}

/// Reads `\pL` or `\p{Name}`: a general category or a script.
fn unicode_class(cursor: &mut Cursor, mut negated: bool) -> Result<String, CompileError> {
    let start = cursor.at;
    cursor.at += 2;
    let name = match cursor.next() {
        Some('{') => cursor.take_until("}").map(str::to_owned),
        Some(letter) => Some(letter.to_string()),
        None => None,
    };
    let Some(name) = name else {
        return Err(cursor.error(start, "unfinished class"));
    };
    let name = match name.strip_prefix('^') {
        Some(name) => {
            negated = !negated;
            name
        }
        None => &name,
    };
    let simple: String = name.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).collect::<String>().to_lowercase();
    let sign = if negated { 'P' } else { 'p' };
    let known = |class: &String| regex::Regex::new(class).is_ok();
    let candidates = match simple.as_str() {
        "any" | "assigned" | "ascii" => vec![format!(r"\{sign}{{{simple}}}")],
        _ if simple.is_empty() || !simple.chars().all(|c| c.is_ascii_alphabetic()) => vec![],
        _ if simple.len() == 4 && !SHORT_SCRIPTS.contains(&simple.as_str()) => {
            vec![format!(r"\{sign}{{gc={simple}}}")]
        }
        _ => vec![format!(r"\{sign}{{gc={simple}}}"), format!(r"\{sign}{{sc={simple}}}")],
    };
    candidates.into_iter().find(known).ok_or_else(|| cursor.error(start, "unknown class"))
}

/// Reads a bracket, the cursor standing after its `[`, and gives it as a bracket of the `regex` crate.
pub(super) fn bracket(cursor: &mut Cursor) -> Result<String, CompileError> {
    let start = cursor.at - 1;
    let negated = cursor.take("^");
    let mut members = String::new();
    let mut first = true;
    loop {
        match cursor.peek() {
            None => return Err(cursor.error(start, "missing closing ]")),
            Some(']') if !first => break,
            _ => first = false,
        }
        if let Some(class) = posix_class(cursor)? {
            members += &class;
            continue;
        }
        if cursor.rest().starts_with('\\')
            && let Some(class) = escaped_class(cursor)?
        {
            members += &class;
            continue;
        }
        let range_start = cursor.at;
        let low = bracket_character(cursor, start)?;
        let mut ahead = cursor.rest().chars();
        let high = if ahead.next() == Some('-') && ahead.next().is_some_and(|after| after != ']') {
            cursor.at += 1;
            bracket_character(cursor, start)?
        } else {
            low
        };
        if high < low {
            return Err(cursor.error(range_start, "the range ends before it begins"));
        }
        push_range(&mut members, low, high);
    }
    cursor.at += 1;
    // Surrogates alone leave no member, and the crate reads `[]` otherwise.
    Ok(match (members.is_empty(), negated) {
        (false, false) => format!("[{members}]"),
        (false, true) => format!("[^{members}]"),
        (true, false) => NOTHING.to_owned(),
        (true, true) => "(?s:.)".to_owned(),
    })
}

/// Reads `[:name:]` or `[:^name:]`; without a `:]` it is nothing special and stays unread.
fn posix_class(cursor: &mut Cursor) -> Result<Option<String>, CompileError> {
    let name = cursor.rest().strip_prefix("[:").and_then(|rest| rest.split_once(":]"));
    let Some((name, _)) = name else { return Ok(None) };
    let start = cursor.at;
    cursor.at += name.len() + 4;
    let (plain, negated) = name.strip_prefix('^').map_or((name, false), |plain| (plain, true));
    // The one-letter names are Perl's and not for here.
    let class = if plain.len() > 1 { named(plain, negated) } else { None };
    class.map(Some).ok_or_else(|| cursor.error(start, "unknown class"))
}

fn bracket_character(cursor: &mut Cursor, start: usize) -> Result<u32, CompileError> {
    match cursor.peek() {
        None => Err(cursor.error(start, "missing closing ]")),
        Some('\\') => escaped_character(cursor),
        Some(c) => {
            cursor.at += c.len_utf8();
            Ok(u32::from(c))
        }
    }
}

/// Adds a range of code points to a bracket; no text holds the surrogates between, which Rust has no characters for.
fn push_range(members: &mut String, low: u32, high: u32) {
    for (low, high) in [(low, high.min(0xD7FF)), (low.max(0xE000), high)] {
        if low <= high {
            // Writing to a String cannot fail.
            let _ = write!(members, r"\x{{{low:X}}}-\x{{{high:X}}}");
        }
    }
}

/// A single character as an item of a pattern; a surrogate, which no text holds, matches nothing.
pub(super) fn literal(code_point: u32) -> String {
    match char::from_u32(code_point) {
        Some(c) if c.is_alphanumeric() => c.to_string(),
        Some(c) => format!(r"\x{{{:X}}}", u32::from(c)),
        None => NOTHING.to_owned(),
    }
}

/// Reads an escaped character, the cursor standing at its `\`, and gives its code point.
pub(super) fn escaped_character(cursor: &mut Cursor) -> Result<u32, CompileError> {
    let start = cursor.at;
    cursor.at += 1;
    let Some(c) = cursor.next() else {
        return Err(cursor.error(start, "trailing backslash"));
    };
    let code_point = match c {
        '0' => octal(cursor, 0),
        '1'..='7' if matches!(cursor.peek(), Some('0'..='7')) => octal(cursor, u32::from(c) - u32::from('0')),
        'x' => hexadecimal(cursor),
        'a' => Some(7),
        'f' => Some(12),
        'n' => Some(10),
        'r' => Some(13),
        't' => Some(9),
        'v' => Some(11),
        _ if c.is_ascii() && !c.is_ascii_alphanumeric() => Some(u32::from(c)),
        _ => None,
    };
    code_point.ok_or_else(|| cursor.error(start, "invalid escape"))
}

/// Reads up to two more octal digits.
fn octal(cursor: &mut Cursor, first: u32) -> Option<u32> {
    let mut value = first;
    for _ in 0..2 {
        let Some(digit) = cursor.peek().and_then(|c| c.to_digit(8)) else { break };
        cursor.at += 1;
        value = value * 8 + digit;
    }
    Some(value)
}

/// Reads `{…}` with hexadecimal digits, or two of them.
fn hexadecimal(cursor: &mut Cursor) -> Option<u32> {
    if !cursor.take("{") {
        let (high, low) = (cursor.next()?.to_digit(16)?, cursor.next()?.to_digit(16)?);
        return Some(high * 16 + low);
    }
    let mut value = 0u32;
    let mut digits = 0;
    loop {
        match cursor.next()? {
            '}' if digits > 0 => return Some(value),
            c => {
                value = value.checked_mul(16)? + c.to_digit(16)?;
                digits += 1;
            }
        }
        if value > u32::from(char::MAX) {
            return None;
        }
    }
}
