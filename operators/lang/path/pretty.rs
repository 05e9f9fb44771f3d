//! `@pretty`: one member or element a line, short arrays on one line, as `tidwall/pretty` 1.2 writes it.

use super::modifier::options;
use super::scan::{self, Entry, Slice};
use super::text::decode;
use crate::number;
use std::cmp::Ordering;

/// Containers within containers that are laid out; deeper ones are written as they are.
const MAX_DEPTH: usize = 128;

/// How a text is laid out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layout {
    /// Columns that an array on one line may reach; 0 or less gives every element its own line.
    width: i64,
    /// In front of every line.
    prefix: String,
    /// In front of every line, once a level.
    indent: String,
    sort_keys: bool,
}

impl Layout {
    /// The layout that an argument such as `{"sortKeys":true}` asks for.
    pub(super) fn new(argument: &str) -> Self {
        let mut layout = Self { width: 80, prefix: String::new(), indent: "  ".to_owned(), sort_keys: false };
        for (name, value) in options(argument) {
            match &*name {
                "sortKeys" => layout.sort_keys = value.bool_view(),
                "indent" => layout.indent = blanks(&value.string_view()),
                "prefix" => layout.prefix = blanks(&value.string_view()),
                "width" => layout.width = value.number_view() as i64,
                _ => {}
            }
        }
        layout
    }

    /// The text laid out, with a line break at its end.
    pub(super) fn write(&self, text: &str) -> String {
        let mut page = Page { layout: self, out: self.prefix.clone(), line: 0 };
        if let Some(value) = scan::value(text, 0) {
            page.value(value, 0);
        }
        if !page.out.is_empty() {
            page.out.push('\n');
        }
        page.out
    }
}

fn blanks(text: &str) -> String {
    text.chars().filter(|c| matches!(c, ' ' | '\t' | '\n' | '\r')).collect()
}

/// What is written so far.
struct Page<'l> {
    layout: &'l Layout,
    out: String,
    /// Where the last line break stands, or the next one would have stood; columns are counted from here.
    line: usize,
}

impl Page<'_> {
    fn value(&mut self, value: Slice<'_>, level: usize) {
        if !value.is_container() || level == MAX_DEPTH {
            self.out.push_str(value.raw);
        } else if value.is_object() {
            self.members(value, level);
        } else if !self.one_line(value) {
            self.elements(value, level);
        }
    }

    /// Writes an array of scalars and such arrays on this line, if it fits.
    fn one_line(&mut self, array: Slice<'_>) -> bool {
        let column = (self.out.len() - self.line) as i64;
        let room = self.layout.width - column;
        if self.layout.width <= 0 || room <= 3 {
            return false;
        }
        let Some(line) = line(array, room as usize, 0) else { return false };
        self.out.push_str(&line);
        true
    }

    fn elements(&mut self, array: Slice<'_>, level: usize) {
        self.out.push('[');
        for (place, entry) in scan::entries(array.raw, 0).enumerate() {
            self.break_line(place > 0, level + 1);
            self.value(entry.value, level + 1);
        }
        self.close('[', ']', level);
    }

    fn members(&mut self, object: Slice<'_>, level: usize) {
        self.out.push('{');
        let mut entries: Vec<_> = scan::entries(object.raw, 0).collect();
        if self.layout.sort_keys {
            entries.sort_by(|a, b| by_name(a, b));
        }
        for (place, entry) in entries.into_iter().enumerate() {
            self.break_line(place > 0, level + 1);
            self.out.push_str(entry.quoted_name);
            self.out.push_str(": ");
            self.value(entry.value, level + 1);
        }
        self.close('{', '}', level);
    }

    fn break_line(&mut self, comma: bool, level: usize) {
        if comma {
            self.out.push(',');
        }
        self.line = self.out.len();
        self.out.push('\n');
        self.indent(level);
    }

    fn close(&mut self, open: char, close: char, level: usize) {
        if !self.out.ends_with(open) {
            self.break_line(false, level);
        }
        self.out.push(close);
    }

    fn indent(&mut self, level: usize) {
        self.out.push_str(&self.layout.prefix);
        (0..level).for_each(|_| self.out.push_str(&self.layout.indent));
    }
}

/// An array on one line of at most `room` bytes; `None` if there is an object in it or it is too long.
fn line(array: Slice<'_>, room: usize, depth: usize) -> Option<String> {
    let mut out = String::from("[");
    for (place, entry) in scan::entries(array.raw, 0).enumerate() {
        if place > 0 {
            out.push_str(", ");
        }
        match entry.value {
            value if !value.is_container() => out.push_str(value.raw),
            value if value.is_object() || depth == MAX_DEPTH => return None,
            value => out.push_str(&line(value, room, depth + 1)?),
        }
        if out.len() > room {
            return None;
        }
    }
    out.push(']');
    (out.len() <= room).then_some(out)
}

/// By name, then by value: null, false, numbers, strings, true, containers.
fn by_name(a: &Entry<'_>, b: &Entry<'_>) -> Ordering {
    let names = decode(a.name()).cmp(&decode(b.name()));
    names.then_with(|| by_value(a.value, b.value))
}

fn by_value(a: Slice<'_>, b: Slice<'_>) -> Ordering {
    use super::found::Kind;
    let kinds = (a.kind as u8).cmp(&(b.kind as u8));
    kinds.then_with(|| match a.kind {
        Kind::String => decode(scan::unquote(a.raw)).cmp(&decode(scan::unquote(b.raw))),
        Kind::Number => {
            let (a, b) = (number::float_or_zero(a.raw), number::float_or_zero(b.raw));
            a.partial_cmp(&b).unwrap_or(Ordering::Equal)
        }
        _ => a.raw.cmp(b.raw),
    })
}
