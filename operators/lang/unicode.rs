//! Kinds and cases of characters as Go's `unicode` tells them: one character at a time, by general category.

use std::sync::LazyLock;

use regex_syntax::hir::{Class, ClassUnicode, HirKind};

static LETTER: LazyLock<ClassUnicode> = LazyLock::new(|| class(r"\p{L}"));
static DIGIT: LazyLock<ClassUnicode> = LazyLock::new(|| class(r"\p{Nd}"));
static UPPER: LazyLock<ClassUnicode> = LazyLock::new(|| class(r"\p{Lu}"));
static LOWER: LazyLock<ClassUnicode> = LazyLock::new(|| class(r"\p{Ll}"));
static PUNCTUATION: LazyLock<ClassUnicode> = LazyLock::new(|| class(r"\p{P}"));
static PRINTABLE: LazyLock<ClassUnicode> = LazyLock::new(|| class(r"[\p{L}\p{M}\p{N}\p{P}\p{S} ]"));

/// The characters of a class; the patterns above are fixed and well-formed.
fn class(pattern: &str) -> ClassUnicode {
    let parsed = regex_syntax::parse(pattern).map(|hir| hir.into_kind());
    if let Ok(HirKind::Class(Class::Unicode(class))) = parsed { class } else { ClassUnicode::empty() }
}

fn contains(class: &ClassUnicode, char: char) -> bool {
    let ranges = class.ranges();
    let after = ranges.partition_point(|range| range.start() <= char);
    after.checked_sub(1).and_then(|at| ranges.get(at)).is_some_and(|range| char <= range.end())
}

/// Go's `unicode.IsLetter`.
pub(crate) fn is_letter(char: char) -> bool {
    if char.is_ascii() { char.is_ascii_alphabetic() } else { contains(&LETTER, char) }
}

/// Go's `unicode.IsDigit`.
pub(crate) fn is_digit(char: char) -> bool {
    if char.is_ascii() { char.is_ascii_digit() } else { contains(&DIGIT, char) }
}

/// Go's `unicode.IsUpper`.
pub(crate) fn is_upper(char: char) -> bool {
    if char.is_ascii() { char.is_ascii_uppercase() } else { contains(&UPPER, char) }
}

/// Go's `unicode.IsLower`.
pub(crate) fn is_lower(char: char) -> bool {
    if char.is_ascii() { char.is_ascii_lowercase() } else { contains(&LOWER, char) }
}

/// Go's `unicode.IsTitle`: letters that are one character of two.
pub(crate) fn is_title(char: char) -> bool {
    matches!(char, '\u{1c5}' | '\u{1c8}' | '\u{1cb}' | '\u{1f2}' | '\u{1fbc}' | '\u{1fcc}' | '\u{1ffc}')
        || matches!(u32::from(char), 0x1f88..=0x1f8f | 0x1f98..=0x1f9f | 0x1fa8..=0x1faf)
}

/// Go's `unicode.IsPunct`.
pub(crate) fn is_punctuation(char: char) -> bool {
    contains(&PUNCTUATION, char)
}

/// Go's `strconv.IsPrint`: what a quoted text shows as it is.
pub(crate) fn is_printable(char: char) -> bool {
    if char.is_ascii() { (' '..='~').contains(&char) } else { contains(&PRINTABLE, char) }
}

/// Go's `unicode.ToUpper`: one character for one, so that `\u{df}` stays.
pub(crate) fn to_upper(char: char) -> char {
    only(char.to_uppercase()).unwrap_or_else(|| with_iota(char).unwrap_or(char))
}

/// Go's `unicode.ToLower`.
pub(crate) fn to_lower(char: char) -> char {
    only(char.to_lowercase()).unwrap_or(if char == '\u{130}' { 'i' } else { char })
}

/// Go's `unicode.ToTitle`, which is the upper case for most.
pub(crate) fn to_title(char: char) -> char {
    match u32::from(char) {
        0x1c4..=0x1c6 => '\u{1c5}',
        0x1c7..=0x1c9 => '\u{1c8}',
        0x1ca..=0x1cc => '\u{1cb}',
        0x1f1..=0x1f3 => '\u{1f2}',
        0x10d0..=0x10fa | 0x10fd..=0x10ff => char,
        _ => to_upper(char),
    }
}

fn only(mut chars: impl Iterator<Item = char>) -> Option<char> {
    let first = chars.next()?;
    if chars.next().is_none() { Some(first) } else { None }
}

/// The one character that is the capital of a Greek letter with a iota below.
fn with_iota(char: char) -> Option<char> {
    let distance = match u32::from(char) {
        0x1f80..=0x1f87 | 0x1f90..=0x1f97 | 0x1fa0..=0x1fa7 => 8,
        0x1fb3 | 0x1fc3 | 0x1ff3 => 9,
        _ => return None,
    };
    char::from_u32(u32::from(char) + distance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases_are_of_one_character() {
        let cases = [
            ('a', 'A', 'a', 'A'),
            ('\u{df}', '\u{df}', '\u{df}', '\u{df}'),
            ('\u{1c6}', '\u{1c4}', '\u{1c6}', '\u{1c5}'),
            ('\u{130}', '\u{130}', 'i', '\u{130}'),
            ('\u{1f80}', '\u{1f88}', '\u{1f80}', '\u{1f88}'),
            ('\u{10d0}', '\u{1c90}', '\u{10d0}', '\u{10d0}'),
        ];
        for (char, upper, lower, title) in cases {
            assert_eq!((to_upper(char), to_lower(char), to_title(char)), (upper, lower, title), "{char}");
        }
    }

    #[test]
    fn kinds_go_by_category() {
        assert!(is_letter('\u{e9}') && is_letter('\u{4e00}') && !is_letter('\u{2160}') && !is_letter('\u{345}'));
        assert!(is_digit('\u{663}') && !is_digit('\u{b2}'));
        assert!(is_upper('\u{c9}') && !is_upper('\u{24b6}') && is_lower('\u{df}') && !is_lower('\u{aa}'));
        assert!(is_punctuation('-') && is_punctuation('\u{ab}') && !is_punctuation('+'));
        assert!(is_printable(' ') && is_printable('\u{e9}') && !is_printable('\u{a0}') && !is_printable('\u{7f}'));
    }
}
