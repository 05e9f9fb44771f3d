//! Texts: cutting, joining, replacing, and their cases. Lengths and places are bytes, as in the reference.

use super::signature::{Arguments, Function, Outcome, Type};
use super::values::{strval, texts_of};
use crate::EvalError;
use crate::template::evaluation::Evaluation;
use crate::template::format;
use crate::template::value::{REPLACEMENT, Rune, Text, Value, runes};
use crate::unicode;

use Type::{Any, Int, Text as Str};

pub(super) static FUNCTIONS: &[Function] = &[
    Function::fixed("hello", &[], |_, _| Ok(Value::text("Hello!"))),
    Function::fixed("trim", &[Str], |_, a| Ok(Value::text(trim(a.bytes(0), char::is_whitespace)))),
    Function::fixed("trimAll", &[Str, Str], trim_all),
    Function::fixed("trimall", &[Str, Str], trim_all),
    Function::fixed("trimPrefix", &[Str, Str], |_, a| {
        Ok(Value::text(a.bytes(1).strip_prefix(a.bytes(0)).unwrap_or(a.bytes(1))))
    }),
    Function::fixed("trimSuffix", &[Str, Str], |_, a| {
        Ok(Value::text(a.bytes(1).strip_suffix(a.bytes(0)).unwrap_or(a.bytes(1))))
    }),
    Function::fixed("upper", &[Str], |_, a| Ok(Value::text(upper(&a.str(0))))),
    Function::fixed("lower", &[Str], |_, a| Ok(Value::text(lower(&a.str(0))))),
    Function::fixed("title", &[Str], |_, a| Ok(Value::text(title(&a.str(0))))),
    Function::fixed("untitle", &[Str], |_, a| Ok(Value::text(untitle(&a.str(0))))),
    Function::fixed("swapcase", &[Str], |_, a| Ok(Value::text(swap_case(&a.str(0))))),
    Function::fixed("initials", &[Str], |_, a| Ok(Value::text(initials(a.bytes(0))))),
    Function::fixed("nospace", &[Str], |_, a| Ok(Value::text(without_spaces(a.bytes(0))))),
    Function::fixed("substr", &[Int, Int, Str], substring),
    Function::fixed("trunc", &[Int, Str], truncate),
    Function::fixed("repeat", &[Int, Str], repeat),
    Function::fixed("replace", &[Str, Str, Str], replace),
    Function::fixed("contains", &[Str, Str], |_, a| Ok(Value::Bool(find(a.bytes(1), a.bytes(0)).is_some()))),
    Function::fixed("hasPrefix", &[Str, Str], |_, a| Ok(Value::Bool(a.bytes(1).starts_with(a.bytes(0))))),
    Function::fixed("hasSuffix", &[Str, Str], |_, a| Ok(Value::Bool(a.bytes(1).ends_with(a.bytes(0))))),
    Function::variadic("quote", &[], Any, quote),
    Function::variadic("squote", &[], Any, single_quote),
    Function::variadic("cat", &[], Any, concatenate),
    Function::fixed("indent", &[Int, Str], |e, a| Ok(Value::text(indent(e, a)?))),
    Function::fixed("nindent", &[Int, Str], |e, a| {
        let mut text = indent(e, a)?;
        text.insert(0, b'\n');
        Ok(Value::text(text))
    }),
    Function::fixed("plural", &[Str, Str, Int], |_, a| Ok(a.any(usize::from(a.int(2) != 1)).clone())),
    Function::fixed("split", &[Str, Str], |e, a| numbered(e, pieces(a.bytes(1), a.bytes(0), None))),
    Function::fixed("splitn", &[Str, Int, Str], |e, a| {
        // A negative number of pieces is any.
        numbered(e, pieces(a.bytes(2), a.bytes(0), usize::try_from(a.int(1)).ok()))
    }),
    Function::fixed("splitList", &[Str, Str], |e, a| {
        let pieces = pieces(a.bytes(1), a.bytes(0), None);
        e.charge(pieces.len())?;
        Ok(Value::texts(pieces))
    }),
    Function::fixed("join", &[Str, Any], join),
    Function::fixed("sortAlpha", &[Any], sort_alphabetically),
    Function::fixed("toStrings", &[Any], |e, a| Ok(Value::texts(texts_of(e, a.any(0))?))),
    Function::fixed("toString", &[Any], |e, a| Ok(Value::Text(strval(e, a.any(0))?))),
];

/// The bytes without the characters at both ends that `cuts` picks.
fn trim(bytes: &[u8], cuts: impl Fn(char) -> bool) -> &[u8] {
    let is_kept = |(_, rune): &(usize, Rune)| match rune {
        Rune::Char(char) => !cuts(*char),
        Rune::Byte(_) => !cuts(REPLACEMENT),
    };
    let Some((start, _)) = runes(bytes).find(is_kept) else { return &[] };
    let end = runes(bytes).filter(is_kept).last().map_or(start, |(at, rune)| match rune {
        Rune::Char(char) => at + char.len_utf8(),
        Rune::Byte(_) => at + 1,
    });
    bytes.get(start..end).unwrap_or_default()
}

fn trim_all(evaluation: &Evaluation, a: Arguments<'_>) -> Outcome {
    let cut: Vec<char> = a.str(0).chars().collect();
    evaluation.charge(cut.len())?;
    // A text of many characters is looked through for every character of the other.
    evaluation.charge_bytes(a.bytes(1).len().saturating_mul(cut.len()))?;
    Ok(Value::text(trim(a.bytes(1), |char| cut.contains(&char))))
}

pub(super) fn upper(text: &str) -> String {
    text.chars().map(unicode::to_upper).collect()
}

pub(super) fn lower(text: &str) -> String {
    text.chars().map(unicode::to_lower).collect()
}

/// The first letter of each word in title case, as Go's `strings.Title`; an apostrophe begins a word.
fn title(text: &str) -> String {
    let mut before = ' ';
    let title = |char: char| {
        let is_separator = match before {
            before if before.is_ascii() => !(before.is_ascii_alphanumeric() || before == '_'),
            before => !unicode::is_letter(before) && !unicode::is_digit(before) && before.is_whitespace(),
        };
        before = char;
        if is_separator { unicode::to_title(char) } else { char }
    };
    text.chars().map(title).collect()
}

fn untitle(text: &str) -> String {
    let mut starts = true;
    let untitle = |char: char| {
        let first = starts && !char.is_whitespace();
        starts = char.is_whitespace();
        if first { unicode::to_lower(char) } else { char }
    };
    text.chars().map(untitle).collect()
}

/// Upper and title case to lower, lower to upper, and to title behind a blank.
fn swap_case(text: &str) -> String {
    let mut after_blank = true;
    let swap = |char: char| {
        if unicode::is_upper(char) || unicode::is_title(char) {
            after_blank = false;
            unicode::to_lower(char)
        } else if unicode::is_lower(char) {
            if std::mem::replace(&mut after_blank, false) { unicode::to_title(char) } else { unicode::to_upper(char) }
        } else {
            after_blank = char.is_whitespace();
            char
        }
    };
    text.chars().map(swap).collect()
}

/// The first byte of each word. The reference takes bytes for characters here and in [`without_spaces`].
fn initials(bytes: &[u8]) -> String {
    let mut after_blank = true;
    let initial = |byte: &u8| {
        let char = char::from(*byte);
        let is_initial = after_blank && !char.is_whitespace();
        after_blank = char.is_whitespace();
        is_initial.then_some(char)
    };
    bytes.iter().filter_map(initial).collect()
}

fn without_spaces(bytes: &[u8]) -> Text {
    let kept: String = bytes.iter().map(|byte| char::from(*byte)).filter(|char| !char.is_whitespace()).collect();
    if kept.chars().count() == bytes.len() { bytes.into() } else { kept.into() }
}

fn out_of_range() -> EvalError {
    EvalError::new("slice bounds out of range")
}

/// A part of a text; where it would end before it starts, or start beyond the end, is an error.
fn part(bytes: &[u8], start: i64, end: i64) -> Outcome {
    let place = |place: i64| usize::try_from(place).map_err(|_| out_of_range());
    bytes.get(place(start)?..place(end)?).map(Value::text).ok_or_else(out_of_range)
}

fn substring(_: &Evaluation, a: Arguments<'_>) -> Outcome {
    let (start, end, text) = (a.int(0), a.int(1), a.bytes(2));
    let length = text.len() as i64;
    match (start, end) {
        (..0, end) => part(text, 0, end),
        (start, end) if end < 0 || end > length => part(text, start, length),
        (start, end) => part(text, start, end),
    }
}

/// The first bytes, or with a negative count the last.
fn truncate(_: &Evaluation, a: Arguments<'_>) -> Outcome {
    let (count, text) = (a.int(0), a.bytes(1));
    let length = text.len() as i64;
    match count {
        ..0 if length.saturating_add(count) > 0 => part(text, length + count, length),
        0.. if length > count => part(text, 0, count),
        _ => Ok(Value::text(text)),
    }
}

fn repeat(evaluation: &Evaluation, a: Arguments<'_>) -> Outcome {
    let count = usize::try_from(a.int(0)).map_err(|_| EvalError::new("strings: negative Repeat count"))?;
    evaluation.charge_text(a.bytes(1).len().saturating_mul(count))?;
    Ok(Value::text(if a.bytes(1).is_empty() { Vec::new() } else { a.bytes(1).repeat(count) }))
}

/// The place of `part` in `bytes`.
pub(super) fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    memchr::memmem::find(bytes, part)
}

fn replace(evaluation: &Evaluation, a: Arguments<'_>) -> Outcome {
    replace_all(evaluation, a.bytes(2), a.bytes(0), a.bytes(1)).map(Value::text)
}

/// Every `old` in `bytes` made `new`; an empty one stands before every character and at the end.
pub(super) fn replace_all(evaluation: &Evaluation, bytes: &[u8], old: &[u8], new: &[u8]) -> Result<Vec<u8>, EvalError> {
    let places: Vec<usize> = if old.is_empty() {
        runes(bytes).map(|(at, _)| at).chain([bytes.len()]).collect()
    } else {
        memchr::memmem::find_iter(bytes, old).collect()
    };
    evaluation.charge(places.len())?;
    evaluation.charge_text(bytes.len() + places.len().saturating_mul(new.len()))?;
    let mut out = Vec::with_capacity(bytes.len());
    let mut after = 0;
    for place in places {
        out.extend_from_slice(bytes.get(after..place).unwrap_or_default());
        out.extend_from_slice(new);
        after = place + old.len();
    }
    out.extend_from_slice(bytes.get(after..).unwrap_or_default());
    Ok(out)
}

fn quote(evaluation: &Evaluation, a: Arguments<'_>) -> Outcome {
    let mut quoted = Vec::new();
    for value in a.all().iter().filter(|value| !value.is_nil()) {
        quoted.push(format::quote(strval(evaluation, value)?.as_bytes()));
    }
    Ok(Value::text(quoted.join(" ")))
}

fn single_quote(evaluation: &Evaluation, a: Arguments<'_>) -> Outcome {
    let mut quoted = Vec::new();
    for value in a.all().iter().filter(|value| !value.is_nil()) {
        quoted.push([b"'", strval(evaluation, value)?.as_bytes(), b"'"].concat());
    }
    Ok(Value::text(quoted.join(b" ".as_slice())))
}

fn concatenate(evaluation: &Evaluation, a: Arguments<'_>) -> Outcome {
    let mut texts = Vec::new();
    for value in a.all().iter().filter(|value| !value.is_nil()) {
        texts.push(strval(evaluation, value)?);
    }
    join_texts(evaluation, &texts, b" ")
}

fn indent(evaluation: &Evaluation, a: Arguments<'_>) -> Result<Vec<u8>, EvalError> {
    let width = usize::try_from(a.int(0)).map_err(|_| EvalError::new("strings: negative Repeat count"))?;
    let lines = 1 + memchr::memchr_iter(b'\n', a.bytes(1)).count();
    evaluation.charge_text(a.bytes(1).len().saturating_add(lines.saturating_mul(width)))?;
    let pad = b" ".repeat(width);
    let indented = replace_all(evaluation, a.bytes(1), b"\n", &[b"\n", pad.as_slice()].concat())?;
    Ok([pad, indented].concat())
}

/// The pieces between separators, at most `most` of them; an empty separator stands between characters.
pub(super) fn pieces<'a>(bytes: &'a [u8], separator: &[u8], most: Option<usize>) -> Vec<&'a [u8]> {
    let most = most.unwrap_or(usize::MAX);
    if most == 0 {
        return Vec::new();
    }
    let ends: Vec<usize> = if separator.is_empty() {
        runes(bytes).map(|(at, _)| at).skip(1).take(most - 1).collect()
    } else {
        memchr::memmem::find_iter(bytes, separator).take(most - 1).collect()
    };
    if separator.is_empty() && bytes.is_empty() {
        return Vec::new();
    }
    let starts = std::iter::once(0).chain(ends.iter().map(|end| end + separator.len()));
    let ends = ends.iter().copied().chain([bytes.len()]);
    starts.zip(ends).map(|(start, end)| bytes.get(start..end).unwrap_or_default()).collect()
}

/// The pieces as a dict: `_0`, `_1`, …
fn numbered(evaluation: &Evaluation, pieces: Vec<&[u8]>) -> Outcome {
    evaluation.charge(4 * pieces.len())?;
    let entries = pieces.into_iter().enumerate().map(|(at, piece)| (format!("_{at}").into(), Value::text(piece)));
    Ok(Value::text_dict(entries.collect()))
}

fn join(evaluation: &Evaluation, a: Arguments<'_>) -> Outcome {
    join_texts(evaluation, &texts_of(evaluation, a.any(1))?, a.bytes(0))
}

fn join_texts(evaluation: &Evaluation, texts: &[Text], separator: &[u8]) -> Outcome {
    let size = texts.iter().map(|text| text.as_bytes().len() + separator.len()).sum();
    evaluation.charge_text(size)?;
    let parts: Vec<&[u8]> = texts.iter().map(Text::as_bytes).collect();
    Ok(Value::text(parts.join(separator)))
}

fn sort_alphabetically(evaluation: &Evaluation, a: Arguments<'_>) -> Outcome {
    let mut texts = match a.any(0) {
        list @ Value::List(_) => texts_of(evaluation, list)?,
        other => vec![strval(evaluation, other)?],
    };
    evaluation.charge(texts.len() * (texts.len().max(1).ilog2() as usize + 1))?;
    texts.sort();
    Ok(Value::texts(texts))
}
