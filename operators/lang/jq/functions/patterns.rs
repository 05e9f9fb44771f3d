//! Functions of regular expressions, which are Go's.

use super::{Native, Surroundings, argument, refused, row};
use crate::jq::raise::Raise;
use crate::jq::value::{Members, Value};
use crate::jq::write::{preview, typed};
use crate::regex::{Groups, Regex};

pub(super) const ROWS: &[Native] = &[row("_match", 3, find), row("_pieces", 1, pieces)];

/// How many bytes compiling one byte of a pattern is counted as.
const COST: usize = 256;

/// All matches, or whether there is one. Arguments: pattern, flags, whether only that is asked.
fn find(around: &mut Surroundings<'_>, input: &Value, given: &[Value]) -> Result<Value, Raise> {
    let (pattern, flags) = (argument(given, 0), argument(given, 1));
    let testing = argument(given, 2).is_true();
    let (Value::Text(text), Value::Text(pattern_text), Value::Text(_) | Value::Null) = (input, pattern, flags) else {
        let name = if testing { "test" } else { "match" };
        let (pattern, flags) = (preview(pattern), preview(flags));
        return Err(Raise::message(format!("{name}({pattern}; {flags}) cannot be applied to: {}", typed(input))));
    };
    let flags = if let Value::Text(flags) = flags { flags } else { "" };
    around.budget.allocate(COST * pattern_text.len())?;
    let regex = compile(pattern_text, flags)?;
    around.budget.scan(text.len() * (1 + pattern_text.len()))?;
    if testing {
        return Ok(Value::Bool(regex.is_match(text)));
    }
    let found = regex.find_all(text, if flags.contains('g') { usize::MAX } else { 1 });
    around.budget.allocate(512 * found.len() * regex.group_names().len())?;
    let mut at = Position { text, byte: 0, char: 0 };
    Ok(Value::array(found.iter().map(|groups| described(&regex, groups, &mut at)).collect()))
}

fn compile(pattern: &str, flags: &str) -> Result<Regex, Raise> {
    if flags.chars().any(|flag| !matches!(flag, 'g' | 'i' | 'm')) {
        return Err(Raise::message(format!("unsupported regular expression flag: {flags:?}")));
    }
    let case = if flags.contains('i') { "(?i)" } else { "" };
    let lines = if flags.contains('m') { "(?s)" } else { "" };
    Regex::compile(&format!("{lines}{case}{pattern}"))
        .map_err(|error| Raise::message(format!("invalid regular expression {pattern:?}: {error}")))
}

/// Counts characters up to growing places in a text.
struct Position<'t> {
    text: &'t str,
    byte: usize,
    char: usize,
}

impl Position<'_> {
    /// The number of characters before a byte.
    fn chars_before(&mut self, byte: usize) -> usize {
        if byte < self.byte {
            return self.text.get(..byte).map_or(0, |before| before.chars().count());
        }
        self.char += self.text.get(self.byte..byte).map_or(0, |between| between.chars().count());
        self.byte = byte;
        self.char
    }
}

fn described(regex: &Regex, groups: &Groups, at: &mut Position<'_>) -> Value {
    let mut members = |range: &Option<std::ops::Range<usize>>| match range {
        None => Members::from([
            ("offset".into(), Value::whole(-1)),
            ("length".into(), Value::whole(0)),
            ("string".into(), Value::Null),
        ]),
        Some(range) => {
            let text = at.text.get(range.clone()).unwrap_or_default();
            Members::from([
                ("offset".into(), Value::whole(at.chars_before(range.start))),
                ("length".into(), Value::whole(text.chars().count())),
                ("string".into(), Value::text(text)),
            ])
        }
    };
    let mut whole = groups.first().map(&mut members).unwrap_or_default();
    let captures = groups.iter().zip(regex.group_names()).skip(1).map(|(range, name)| {
        let mut capture = members(range);
        capture.insert("name".into(), name.as_ref().map_or(Value::Null, Value::text));
        Value::object(capture)
    });
    let captures = captures.collect();
    whole.insert("captures".into(), Value::array(captures));
    Value::object(whole)
}

/// The parts of a text between matches, one more than there are matches.
fn pieces(around: &mut Surroundings<'_>, input: &Value, given: &[Value]) -> Result<Value, Raise> {
    let (Value::Text(text), Value::Array(found)) = (input, argument(given, 0)) else {
        return Err(refused("split", input));
    };
    around.budget.allocate(text.len() + 32 * found.items.len())?;
    let mut letters = text.chars();
    let (mut parts, mut at) = (Vec::new(), 0);
    for one in &found.items {
        let number = |name: &str| match one {
            Value::Object(one) => match one.members.get(name) {
                Some(Value::Number(number)) => usize::try_from(number.to_whole()).unwrap_or(0),
                _ => 0,
            },
            _ => 0,
        };
        let (offset, length) = (number("offset"), number("length"));
        parts.push(Value::text(letters.by_ref().take(offset.saturating_sub(at)).collect::<String>()));
        letters.by_ref().take(length).for_each(drop);
        at = offset + length;
    }
    parts.push(Value::text(letters.collect::<String>()));
    Ok(Value::array(parts))
}
