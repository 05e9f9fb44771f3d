//! Texts made narrower: wrapped at a column or abbreviated. Columns are bytes, as in the reference.

use super::signature::{Arguments, Function, Outcome, Type};
use crate::EvalError;
use crate::template::evaluation::Evaluation;
use crate::template::value::Value;

use Type::{Int, Text as Str};

pub(super) static FUNCTIONS: &[Function] = &[
    Function::fixed("abbrev", &[Int, Str], |_, a| match a.int(0) {
        ..4 => Ok(a.any(1).clone()),
        width => Ok(Value::text(abbreviate(a.bytes(1), 0, width))),
    }),
    Function::fixed("abbrevboth", &[Int, Int, Str], |_, a| match (a.int(0), a.int(1)) {
        (_, ..4) | (1.., ..7) => Ok(a.any(2).clone()),
        (start, width) => Ok(Value::text(abbreviate(a.bytes(2), start, width))),
    }),
    Function::fixed("wrap", &[Int, Str], |e, a| wrap(e, a.bytes(1), a.int(0), b"", false)),
    Function::fixed("wrapWith", &[Int, Str, Str], |e, a: Arguments<'_>| {
        wrap(e, a.bytes(2), a.int(0), a.bytes(1), true)
    }),
];

const MARK: &[u8] = b"...";

/// At most `width` bytes of a text, from about `start` on, with dots where it was cut; `width` is at least 4, and at
/// least 7 when it starts behind the start.
fn abbreviate(text: &[u8], start: i64, width: i64) -> Vec<u8> {
    let length = text.len() as i64;
    if length <= width {
        return text.to_vec();
    }
    let start = start.min(length);
    let start = if length - start < width - 3 { length - (width - 3) } else { start };
    let part = |from: i64, to: i64| {
        let place = |at: i64| usize::try_from(at).unwrap_or(0);
        text.get(place(from)..place(to)).unwrap_or_default()
    };
    if start <= 4 {
        return [part(0, width - 3), MARK].concat();
    }
    if width < 7 {
        return Vec::new();
    }
    if start + width - 3 < length {
        return [MARK, &abbreviate(part(start, length), 0, width - 3)].concat();
    }
    [MARK, part(length - (width - 3), length)].concat()
}

/// Breaks a text into lines of at most `width` bytes at its blanks; words longer than that only if asked to.
fn wrap(evaluation: &Evaluation, text: &[u8], width: i64, line_end: &[u8], breaks_words: bool) -> Outcome {
    let line_end = if line_end.is_empty() { b"\n" } else { line_end };
    let width = usize::try_from(width).unwrap_or(1).max(1);
    let lines = text.len() / width + memchr::memchr_iter(b' ', text).count() + 1;
    evaluation.charge_text(text.len().saturating_add(lines.saturating_mul(line_end.len())))?;
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while rest.len() > width {
        if let Some(after) = rest.strip_prefix(b" ") {
            rest = after;
            continue;
        }
        let line = rest.get(..=width).unwrap_or(rest);
        let (end, next) = match memchr::memrchr(b' ', line) {
            Some(blank) => (blank, blank + 1),
            None if breaks_words => (width, width),
            None => match memchr::memchr(b' ', rest.get(width..).unwrap_or_default()) {
                Some(blank) => (width + blank, width + blank + 1),
                None => break,
            },
        };
        evaluation.charge(1)?;
        out.extend_from_slice(rest.get(..end).unwrap_or_default());
        out.extend_from_slice(line_end);
        rest = rest.get(next..).ok_or_else(|| EvalError::new("a wrapped line beyond its text"))?;
    }
    out.extend_from_slice(rest);
    Ok(Value::text(out))
}
