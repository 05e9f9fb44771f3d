//! A YAML document as a tree whose every node knows where it stands in the text.

use serde_json::{Map, Number, Value};

/// A range of bytes of a file's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

/// How a text was written, which says how its characters lie in the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// Without quotes.
    Plain,
    /// In single or double quotes.
    Quoted,
    /// A block after `|`.
    Literal,
    /// A block after `>`.
    Folded,
}

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Where it stands; of a value that comes from an alias, where its anchor stands.
    pub span: Span,
    pub(super) kind: Kind,
}

/// What a node is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    Null,
    Bool(bool),
    Number(Number),
    Text(String, Style),
    List(Vec<Node>),
    Map(Vec<Member>),
}

/// A member of a map.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Member {
    pub(super) key: String,
    pub(super) key_span: Span,
    pub(super) value: Node,
}

/// What a path leads to.
#[derive(Debug, Clone, Copy)]
pub struct Found<'a> {
    /// The node itself, or, if it does not exist, the innermost one on its way.
    pub node: &'a Node,
    /// The key of the node, if it is a member.
    pub key: Option<Span>,
    /// Whether the path led to its end.
    pub whole: bool,
}

impl Found<'_> {
    /// What a finding about the node points at: the value if it fits on a line, else the key that leads to it.
    pub fn span(&self) -> Span {
        match (&self.node.kind, self.key) {
            (Kind::List(_) | Kind::Map(_) | Kind::Null, Some(key)) => key,
            (Kind::Map(members), None) => members.first().map_or(self.node.span, |member| member.key_span),
            _ => self.node.span,
        }
    }
}

impl Node {
    /// The value without its places.
    pub fn to_value(&self) -> Value {
        match &self.kind {
            Kind::Null => Value::Null,
            Kind::Bool(value) => Value::Bool(*value),
            Kind::Number(value) => Value::Number(value.clone()),
            Kind::Text(value, _) => Value::String(value.clone()),
            Kind::List(items) => Value::Array(items.iter().map(Node::to_value).collect()),
            Kind::Map(members) => {
                let members = members.iter().map(|member| (member.key.clone(), member.value.to_value()));
                Value::Object(members.collect::<Map<_, _>>())
            }
        }
    }

    /// The member of this name.
    pub fn get(&self, name: &str) -> Option<&Node> {
        self.member(name).map(|member| &member.value)
    }

    /// The text of the member of this name.
    pub fn text(&self, name: &str) -> Option<&str> {
        match &self.get(name)?.kind {
            Kind::Text(text, _) => Some(text),
            _ => None,
        }
    }

    /// The items of the list that the member of this name is.
    pub(super) fn into_items(self, name: &str) -> Vec<Node> {
        let Kind::Map(members) = self.kind else { return Vec::new() };
        match members.into_iter().find(|member| member.key == name).map(|member| member.value.kind) {
            Some(Kind::List(items)) => items,
            _ => Vec::new(),
        }
    }

    fn member(&self, name: &str) -> Option<&Member> {
        match &self.kind {
            Kind::Map(members) => members.iter().find(|member| member.key == name),
            _ => None,
        }
    }

    /// Follows a path such as `spec.triggers[0].template.name` or `spec.webhook["a.b"]` as far as it leads.
    pub fn at(&self, path: &str) -> Found<'_> {
        let mut found = Found { node: self, key: None, whole: true };
        for step in steps(path) {
            let next = match step {
                Step::Index(index) => match &found.node.kind {
                    Kind::List(items) => items.get(index).map(|node| (node, None)),
                    _ => None,
                },
                Step::Member(name) => found.node.member(&name).map(|member| (&member.value, Some(member.key_span))),
            };
            let Some((node, key)) = next else {
                found.whole = false;
                break;
            };
            (found.node, found.key) = (node, key);
        }
        found
    }

    /// Where byte `at` of this text stands in `source`.
    pub(super) fn inside(&self, source: &str, at: usize) -> usize {
        let Kind::Text(text, style) = &self.kind else { return self.span.start };
        let written = source.get(self.span.start..self.span.end).unwrap_or_default().as_bytes();
        let quote = written.first().copied().filter(|_| *style == Style::Quoted);
        self.span.start + walk(written, quote, text.as_bytes(), at)
    }
}

/// The place, in a text as it is written, of byte `at` of its value. Blanks differ between the two, as lines are folded
/// and indented, so that the other bytes are counted; in quotes an escaped one counts as one.
fn walk(written: &[u8], quote: Option<u8>, text: &[u8], at: usize) -> usize {
    let mut left = text.iter().take(at).filter(|byte| !byte.is_ascii_whitespace()).count();
    let mut place = usize::from(quote.is_some());
    while left > 0 {
        let Some(byte) = written.get(place) else { return written.len() };
        let escapes = quote.is_some_and(|quote| *byte == if quote == b'"' { b'\\' } else { quote });
        let escaped = written.get(place + 1).filter(|_| escapes);
        let blank = byte.is_ascii_whitespace() || matches!(escaped, Some(b'n' | b't' | b'r' | b' ' | b'\n'));
        left -= usize::from(!blank);
        place += 1 + usize::from(escaped.is_some());
    }
    if text.get(at).is_some_and(|next| !next.is_ascii_whitespace()) {
        place += written.iter().skip(place).take_while(|byte| byte.is_ascii_whitespace()).count();
    }
    place.min(written.len())
}

/// One step of a path.
enum Step {
    Member(String),
    Index(usize),
}

/// The steps of a path; a path is always made by the program, so what cannot be read ends it.
fn steps(path: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        if let Some(quoted) = rest.strip_prefix("[\"") {
            let mut stream = serde_json::Deserializer::from_str(&rest[1..]).into_iter::<String>();
            let Some(Ok(name)) = stream.next() else { break };
            rest = quoted.get(stream.byte_offset()..).unwrap_or_default();
            steps.push(Step::Member(name));
        } else if let Some(after) = rest.strip_prefix('[') {
            let Some((index, after)) = after.split_once(']') else { break };
            let Ok(index) = index.parse() else { break };
            steps.push(Step::Index(index));
            rest = after;
        } else {
            rest = rest.strip_prefix('.').unwrap_or(rest);
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            steps.push(Step::Member(rest[..end].to_owned()));
            rest = &rest[end..];
        }
    }
    steps
}

/// The lines of a text, to tell the line and column of a byte.
#[derive(Debug, Clone, Default)]
pub struct Lines(Vec<usize>);

impl Lines {
    /// Finds the lines of a text.
    pub fn of(text: &str) -> Self {
        let starts = memchr::memchr_iter(b'\n', text.as_bytes()).map(|newline| newline + 1);
        Self(std::iter::once(0).chain(starts).collect())
    }

    /// Line and column of a byte, both from 1; columns count characters.
    pub fn position(&self, text: &str, byte: usize) -> (usize, usize) {
        let line = self.0.partition_point(|start| *start <= byte).saturating_sub(1);
        let start = self.0.get(line).copied().unwrap_or(0);
        let before = text.get(start..byte.min(text.len())).unwrap_or_default();
        (line + 1, before.chars().count() + 1)
    }
}
