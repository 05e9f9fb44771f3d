//! Regular expressions of Go. A pattern is compiled once in an evaluation.

use std::rc::Rc;

use super::signature::{Arguments, Function, Outcome, Type};
use crate::EvalError;
use crate::regex::Regex;
use crate::template::evaluation::Evaluation;
use crate::template::value::{List, Members, Value};

use Type::{Int, Text as Str};

pub(super) static FUNCTIONS: &[Function] = &[
    Function::fixed("regexMatch", &[Str, Str], |e, a| match pattern(e, a) {
        // A pattern that is none matches nothing; used-up work is an error all the same.
        Ok(pattern) => Ok(Value::Bool(pattern.is_match(&a.str(1)))),
        Err(_) => e.charge(1).map(|()| Value::Bool(false)),
    }),
    Function::fixed("mustRegexMatch", &[Str, Str], |e, a| Ok(Value::Bool(pattern(e, a)?.is_match(&a.str(1))))),
    Function::fixed("regexFind", &[Str, Str], find),
    Function::fixed("mustRegexFind", &[Str, Str], find),
    Function::fixed("regexFindAll", &[Str, Str, Int], find_all),
    Function::fixed("mustRegexFindAll", &[Str, Str, Int], find_all),
    Function::fixed("regexReplaceAll", &[Str, Str, Str], |e, a| replace(e, a, true)),
    Function::fixed("mustRegexReplaceAll", &[Str, Str, Str], |e, a| replace(e, a, true)),
    Function::fixed("regexReplaceAllLiteral", &[Str, Str, Str], |e, a| replace(e, a, false)),
    Function::fixed("mustRegexReplaceAllLiteral", &[Str, Str, Str], |e, a| replace(e, a, false)),
    Function::fixed("regexSplit", &[Str, Str, Int], split),
    Function::fixed("mustRegexSplit", &[Str, Str, Int], split),
    Function::fixed("regexQuoteMeta", &[Str], |_, a| Ok(Value::text(quote(a.bytes(0))))),
];

/// The compiled first argument, with the work of a look through the second taken.
fn pattern(evaluation: &Evaluation, a: Arguments<'_>) -> Result<Rc<Regex>, EvalError> {
    evaluation.charge(a.bytes(1).len())?;
    evaluation.pattern(&a.str(0))
}

/// How many matches are wanted; a negative number is all.
fn limit(count: i64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

fn find(evaluation: &Evaluation, a: Arguments<'_>) -> Outcome {
    let text = a.str(1);
    let found = pattern(evaluation, a)?.find_at(&text, 0);
    let range = found.and_then(|groups| groups.into_iter().next().flatten());
    Ok(Value::text(range.and_then(|range| text.get(range)).unwrap_or_default()))
}

fn find_all(evaluation: &Evaluation, a: Arguments<'_>) -> Outcome {
    let text = a.str(1);
    let all = pattern(evaluation, a)?.find_all(&text, limit(a.int(2)));
    evaluation.charge(all.len())?;
    if all.is_empty() {
        return Ok(Value::List(Rc::new(List::nil(Members::Text))));
    }
    let whole = all.into_iter().filter_map(|groups| groups.into_iter().next().flatten());
    Ok(Value::texts(whole.map(|range| text.get(range).unwrap_or_default())))
}

/// Every match replaced; `$1`, `${name}` in the replacement stand for groups when it is no literal.
fn replace(evaluation: &Evaluation, a: Arguments<'_>, expands: bool) -> Outcome {
    let (text, replacement) = (a.str(1), a.str(2));
    let pattern = pattern(evaluation, a)?;
    let mut out = String::with_capacity(text.len());
    let mut after = 0;
    for groups in pattern.find_all(&text, usize::MAX) {
        let Some(whole) = groups.first().cloned().flatten() else { continue };
        out.push_str(text.get(after..whole.start).unwrap_or_default());
        if expands {
            expand(&mut out, &replacement, &text, &groups, pattern.group_names());
        } else {
            out.push_str(&replacement);
        }
        evaluation.charge_text(out.len() - after.min(out.len()))?;
        after = whole.end;
    }
    out.push_str(text.get(after..).unwrap_or_default());
    Ok(Value::text(out))
}

/// Writes a replacement. `$name` takes as many letters, digits and underscores as there are; `$$` is a dollar.
fn expand(
    out: &mut String,
    replacement: &str,
    text: &str,
    groups: &[Option<std::ops::Range<usize>>],
    names: &[Option<String>],
) {
    let mut rest = replacement;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        if let Some(after) = after.strip_prefix('$') {
            out.push('$');
            rest = after;
            continue;
        }
        let Some((name, after)) = group_name(after) else {
            out.push('$');
            rest = after;
            continue;
        };
        rest = after;
        let range = match group_number(name) {
            Some(number) => groups.get(number).cloned().flatten(),
            None => {
                let named = names.iter().zip(groups).filter(|(known, _)| known.as_deref() == Some(name));
                named.filter_map(|(_, range)| range.clone()).next()
            }
        };
        out.push_str(range.and_then(|range| text.get(range)).unwrap_or_default());
    }
    out.push_str(rest);
}

/// The name behind a dollar, in braces or not, and what follows it.
fn group_name(text: &str) -> Option<(&str, &str)> {
    let braced = text.strip_prefix('{');
    let inside = braced.unwrap_or(text);
    let is_name = |char: char| char == '_' || crate::unicode::is_letter(char) || crate::unicode::is_digit(char);
    let (name, after) = inside.split_at(inside.find(|char| !is_name(char)).unwrap_or(inside.len()));
    if name.is_empty() {
        return None;
    }
    if braced.is_some() { Some((name, after.strip_prefix('}')?)) } else { Some((name, after)) }
}

/// The number that a name of digits is; more than nine digits, or a zero before others, are none.
fn group_number(name: &str) -> Option<usize> {
    let is_number = name.bytes().all(|byte| byte.is_ascii_digit()) && !(name.len() > 1 && name.starts_with('0'));
    if is_number { name.parse().ok().filter(|number| *number < 100_000_000) } else { None }
}

/// The texts between matches, at most so many; an empty match at the start or end splits nothing.
fn split(evaluation: &Evaluation, a: Arguments<'_>) -> Outcome {
    let (text, count) = (a.str(1), a.int(2));
    let pattern = pattern(evaluation, a)?;
    if count == 0 {
        return Ok(Value::List(Rc::new(List::nil(Members::Text))));
    }
    if !a.bytes(0).is_empty() && text.is_empty() {
        return Ok(Value::texts([""]));
    }
    let matches = pattern.find_all(&text, limit(count));
    evaluation.charge(matches.len())?;
    let (mut pieces, mut start, mut end) = (Vec::new(), 0, 0);
    for range in matches.into_iter().filter_map(|groups| groups.into_iter().next().flatten()) {
        if count > 0 && pieces.len() as i64 >= count - 1 {
            break;
        }
        end = range.start;
        if range.end != 0 {
            pieces.push(text.get(start..end).unwrap_or_default());
        }
        start = range.end;
    }
    if end != text.len() {
        pieces.push(text.get(start..).unwrap_or_default());
    }
    Ok(Value::texts(pieces))
}

/// A pattern that matches just this text.
fn quote(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for byte in bytes {
        if b"\\.+*?()|[]{}^$".contains(byte) {
            out.push(b'\\');
        }
        out.push(*byte);
    }
    out
}
