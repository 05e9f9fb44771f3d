//! Reads a pattern by Go's rules and writes it for the `regex` crate.

use super::class;
use super::cursor::Cursor;
use crate::CompileError;

/// Groups may be nested this deep.
pub(super) const DEPTH: usize = 100;

/// A repetition, and nested repetitions multiplied, may count up to this.
const REPEAT_LIMIT: u32 = 1000;

/// A pattern for the `regex` crate with no names in it, and the names of its groups.
pub(super) struct Translated {
    pub(super) pattern: String,
    pub(super) names: Vec<Option<String>>,
    /// Whether an ASCII `\B` is in it.
    pub(super) inside: bool,
}

/// The flags in force.
#[derive(Clone, Copy, Default)]
struct Flags {
    /// `i`: letters match in either case.
    fold: bool,
    /// `m`: `^` and `$` match at lines too.
    lines: bool,
    /// `s`: `.` matches a newline too.
    dot_all: bool,
    /// `U`: the meaning of `*` and `*?` is swapped.
    lazy: bool,
}

/// One item of a concatenation, already written.
struct Item {
    text: String,
    /// It ends in a repetition, so another one needs a group around it.
    repeated: bool,
    /// The largest product of the nested repetitions in it.
    weight: u32,
}

/// A group that is being read, or the whole pattern.
struct Group {
    open: &'static str,
    /// The flags to go back to when it ends.
    outer: Flags,
    /// The alternatives that are complete, each with its `|`.
    alternatives: String,
    weight: u32,
    /// The items of the alternative that is being read.
    items: Vec<Item>,
}

impl Group {
    fn new(open: &'static str, outer: Flags) -> Self {
        Self { open, outer, alternatives: String::new(), weight: 1, items: Vec::new() }
    }

    /// Ends the alternative that is being read.
    fn finish_alternative(&mut self) {
        for item in self.items.drain(..) {
            self.alternatives += &item.text;
            self.weight = self.weight.max(item.weight);
        }
    }
}

struct Translator<'a> {
    cursor: Cursor<'a>,
    flags: Flags,
    /// The groups around what is being read.
    outer: Vec<Group>,
    group: Group,
    names: Vec<Option<String>>,
    inside: bool,
    /// Where the repetition that ended just here begins.
    last_repeat: Option<usize>,
}

pub(super) fn translate(pattern: &str) -> Result<Translated, CompileError> {
    let flags = Flags::default();
    let mut translator = Translator {
        cursor: Cursor::new(pattern),
        flags,
        outer: Vec::new(),
        group: Group::new("", flags),
        names: vec![None],
        inside: false,
        last_repeat: None,
    };
    while let Some(next) = translator.cursor.peek() {
        let repeat_before = translator.last_repeat.take();
        translator.step(next, repeat_before)?;
    }
    if !translator.outer.is_empty() {
        return Err(CompileError::new(pattern.len(), "missing closing )"));
    }
    translator.group.finish_alternative();
    Ok(Translated { pattern: translator.group.alternatives, names: translator.names, inside: translator.inside })
}

impl Translator<'_> {
    /// Reads what begins with `next`.
    fn step(&mut self, next: char, repeat_before: Option<usize>) -> Result<(), CompileError> {
        match next {
            '(' => return self.open_group(),
            '[' => {
                self.cursor.at += 1;
                let bracket = class::bracket(&mut self.cursor)?;
                self.push_folded(bracket);
                return Ok(());
            }
            '\\' => return self.escape(),
            '{' => {
                let start = self.cursor.at;
                if let Some((min, max)) = repeat_counts(&mut self.cursor) {
                    return self.repeat(start, min, max, repeat_before);
                }
            }
            _ => {}
        }
        let start = self.cursor.at;
        self.cursor.at += next.len_utf8();
        match next {
            ')' => self.close_group(start)?,
            '|' => {
                self.group.finish_alternative();
                self.group.alternatives.push('|');
            }
            '^' => self.push(if self.flags.lines { "(?m:^)" } else { r"\A" }),
            '$' => self.push(if self.flags.lines { "(?m:$)" } else { r"\z" }),
            '.' => self.push(if self.flags.dot_all { r"(?s:.)" } else { r"[^\n]" }),
            '*' => self.repeat(start, 0, None, repeat_before)?,
            '+' => self.repeat(start, 1, None, repeat_before)?,
            '?' => self.repeat(start, 0, Some(1), repeat_before)?,
            _ => self.push_folded(class::literal(u32::from(next))),
        }
        Ok(())
    }

    fn push(&mut self, text: impl Into<String>) {
        self.group.items.push(Item { text: text.into(), repeated: false, weight: 1 });
    }

    /// Adds an item that the flag `i` applies to.
    fn push_folded(&mut self, text: String) {
        self.push(if self.flags.fold { format!("(?i:{text})") } else { text });
    }

    fn escape(&mut self) -> Result<(), CompileError> {
        const ASSERTIONS: [(&str, &str); 4] =
            [(r"\A", r"\A"), (r"\z", r"\z"), (r"\b", r"(?-u:\b)"), (r"\B", r"(?-u:\B)")];
        for (escape, written) in ASSERTIONS {
            if self.cursor.take(escape) {
                self.inside |= escape == r"\B";
                self.push(written);
                return Ok(());
            }
        }
        if self.cursor.take(r"\Q") {
            let rest = self.cursor.rest();
            let quoted = self.cursor.take_until(r"\E").unwrap_or_else(|| {
                self.cursor.at += rest.len();
                rest
            });
            for c in quoted.chars() {
                self.push_folded(class::literal(u32::from(c)));
            }
            return Ok(());
        }
        match class::escaped_class(&mut self.cursor)? {
            Some(class) => self.push_folded(format!("[{class}]")),
            None => {
                let character = class::escaped_character(&mut self.cursor)?;
                self.push_folded(class::literal(character));
            }
        }
        Ok(())
    }

    fn open_group(&mut self) -> Result<(), CompileError> {
        if self.outer.len() == DEPTH {
            return Err(CompileError::new(self.cursor.at, format!("groups are nested deeper than {DEPTH}")));
        }
        let start = self.cursor.at;
        if !self.cursor.take("(?") {
            self.cursor.at += 1;
            self.names.push(None);
            self.enter("(", self.flags);
            return Ok(());
        }
        if self.cursor.take("P<") || self.cursor.take("<") {
            let name = self.cursor.take_until(">").unwrap_or_default();
            if name.is_empty() || !name.chars().all(|c| c == '_' || c.is_ascii_alphanumeric()) {
                return Err(self.cursor.error(start, "invalid name of a group"));
            }
            self.names.push(Some(name.to_owned()));
            self.enter("(", self.flags);
            return Ok(());
        }
        let (flags, end) = self.read_flags().ok_or_else(|| self.cursor.error(start, "invalid or unsupported group"))?;
        if end == ':' {
            self.enter("(?:", flags);
        } else {
            self.flags = flags;
        }
        Ok(())
    }

    fn enter(&mut self, open: &'static str, flags: Flags) {
        let group = std::mem::replace(&mut self.group, Group::new(open, self.flags));
        self.outer.push(group);
        self.flags = flags;
    }

    /// Reads `i-s:` or `i-s)` after `(?`: the flags then in force and the sign that ends them.
    fn read_flags(&mut self) -> Option<(Flags, char)> {
        let mut flags = self.flags;
        let mut on = true;
        let mut seen = false;
        loop {
            let flag = match self.cursor.next()? {
                'i' => &mut flags.fold,
                'm' => &mut flags.lines,
                's' => &mut flags.dot_all,
                'U' => &mut flags.lazy,
                '-' if on => {
                    (on, seen) = (false, false);
                    continue;
                }
                end @ (':' | ')') if on || seen => return Some((flags, end)),
                _ => return None,
            };
            *flag = on;
            seen = true;
        }
    }

    fn close_group(&mut self, start: usize) -> Result<(), CompileError> {
        let outer = self.outer.pop().ok_or_else(|| self.cursor.error(start, "unexpected )"))?;
        let mut group = std::mem::replace(&mut self.group, outer);
        group.finish_alternative();
        self.flags = group.outer;
        let text = format!("{}{})", group.open, group.alternatives);
        self.group.items.push(Item { text, repeated: false, weight: group.weight });
        Ok(())
    }

    /// Repeats the last item; the sign has been read except for a `?` after it.
    fn repeat(&mut self, start: usize, min: u32, max: Option<u32>, before: Option<usize>) -> Result<(), CompileError> {
        let lazy = self.cursor.take("?") != self.flags.lazy;
        if let Some(before) = before {
            return Err(self.cursor.error(before, "invalid nested repetition"));
        }
        if min > REPEAT_LIMIT || max.is_some_and(|max| max > REPEAT_LIMIT || max < min) {
            return Err(self.cursor.error(start, "invalid repeat count"));
        }
        let Some(item) = self.group.items.pop() else {
            return Err(self.cursor.error(start, "nothing to repeat"));
        };
        let weight = match max {
            Some(0) => 1,
            _ => item.weight.saturating_mul(max.unwrap_or(min).max(1)),
        };
        if (min >= 2 || max.is_some_and(|max| max >= 2)) && weight > REPEAT_LIMIT {
            return Err(self.cursor.error(start, "invalid repeat count"));
        }
        let sign = match (min, max) {
            (0, None) => "*".to_owned(),
            (1, None) => "+".to_owned(),
            (0, Some(1)) => "?".to_owned(),
            (min, None) => format!("{{{min},}}"),
            (min, Some(max)) => format!("{{{min},{max}}}"),
        };
        let operand = if item.repeated { format!("(?:{})", item.text) } else { item.text };
        let text = format!("{operand}{sign}{}", if lazy { "?" } else { "" });
        self.group.items.push(Item { text, repeated: true, weight });
        self.last_repeat = Some(start);
        Ok(())
    }
}

/// Reads `{n}`, `{n,}` or `{n,m}`; anything else is not a repetition and stays unread.
fn repeat_counts(cursor: &mut Cursor) -> Option<(u32, Option<u32>)> {
    let (inner, _) = cursor.rest().strip_prefix('{')?.split_once('}')?;
    let (min, max) = match inner.split_once(',') {
        None => (count(inner)?, Some(count(inner)?)),
        Some((min, "")) => (count(min)?, None),
        Some((min, max)) => (count(min)?, Some(count(max)?)),
    };
    cursor.at += inner.len() + 2;
    Some((min, max))
}

/// Digits without a leading zero; numbers that are too large are cut, since they are refused anyway.
fn count(digits: &str) -> Option<u32> {
    let plain = digits.bytes().all(|b| b.is_ascii_digit()) && (digits == "0" || !digits.starts_with('0'));
    (plain && !digits.is_empty()).then(|| digits.parse().unwrap_or(u32::MAX))
}
