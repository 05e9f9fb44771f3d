//! Reads YAML and JSON into trees, within limits that no file can break.

use base64::Engine as _;
use granit_parser::{Event, Parser, ScalarStyle, ScanError, Span as Range, Tag};
use lang::yaml::{self, Plain};
use rustc_hash::{FxHashMap, FxHashSet};

use super::rules::{Rule, reading};
use super::tree::{Kind, Member, Node, Span, Style};

/// How deep a document may be nested.
const MAX_DEPTH: usize = 100;
/// How many nodes a document may have, those of its aliases counted each time.
const MAX_NODES: usize = 500_000;
/// How many bytes of text the scalars of a document may have together: twice what etcd stores of an object.
const MAX_TEXT: usize = 3 * 1024 * 1024;
/// How many bytes a file may have.
pub(super) const MAX_FILE: u64 = 64 * 1024 * 1024;

/// Why a document cannot be read.
#[derive(Debug, Clone)]
pub(super) struct ReadError {
    pub(super) rule: &'static Rule,
    pub(super) span: Span,
    pub(super) message: String,
}

/// The documents of a text, each a tree or an error. After an error reading goes on with the next document.
pub(super) fn documents(text: &str) -> Vec<Result<Node, ReadError>> {
    let mut options = granit_parser::Options::default();
    options.set_emit_comments(false);
    options.flow_nesting_limit = MAX_DEPTH;
    options.block_nesting_limit = MAX_DEPTH;
    let mut parser = Parser::new_from_str_with_options(text, options);
    let mut documents = Vec::new();
    let mut loader = Loader::default();
    loop {
        let error = match parser.next_event() {
            None | Some(Ok((Event::StreamEnd, _))) => break,
            Some(Ok((Event::DocumentEnd, _))) => {
                documents.extend(loader.finish().map(Ok));
                continue;
            }
            Some(Ok((event, range))) => match loader.event(event, span(range)) {
                Ok(()) => continue,
                Err(error) => error,
            },
            Some(Err(error)) => syntax(text, &error),
        };
        documents.push(Err(error));
        loader = Loader::default();
        if !matches!(parser.proceed_next_document(), Ok(true)) {
            break;
        }
    }
    documents
}

fn syntax(text: &str, error: &ScanError) -> ReadError {
    let start = error.marker().byte_offset().unwrap_or(0).min(text.len());
    ReadError { rule: &reading::SYNTAX, span: Span { start, end: start }, message: error.info() }
}

fn span(range: Range) -> Span {
    range.byte_range().map_or_else(Span::default, |range| Span { start: range.start, end: range.end })
}

/// A collection that is still open.
enum Open {
    List { span: Span, anchor: usize, items: Vec<Node> },
    Map(OpenMap),
}

/// A map that is still open.
#[derive(Default)]
struct OpenMap {
    span: Span,
    anchor: usize,
    members: Vec<Member>,
    names: FxHashSet<String>,
    key: Option<(String, Span)>,
    merges: Vec<Node>,
}

/// A node with what the limits need to know of it.
struct Anchored {
    node: Node,
    nodes: usize,
    text: usize,
    height: usize,
}

/// Builds the tree of one document.
#[derive(Default)]
struct Loader {
    open: Vec<Open>,
    root: Option<Node>,
    anchors: FxHashMap<usize, Anchored>,
    nodes: usize,
    text: usize,
}

impl Loader {
    /// The finished tree; none for an empty document.
    fn finish(&mut self) -> Option<Node> {
        std::mem::take(self).root
    }

    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), ReadError> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.count(span, 1, text.len())?;
                let is_key = matches!(self.open.last(), Some(Open::Map(OpenMap { key: None, .. })));
                let node = scalar(&text, style, tag.as_deref(), span)?;
                if is_key && matches!((&node.kind, style), (Kind::Text(text, _), ScalarStyle::Plain) if text == "<<") {
                    return self.merge_key(span);
                }
                self.anchor(anchor, &node);
                self.add(node)
            }
            Event::SequenceStart(_, anchor, _) => self.start(Open::List { span, anchor, items: Vec::new() }, span),
            Event::MappingStart(_, anchor, _) => {
                self.start(Open::Map(OpenMap { span, anchor, ..OpenMap::default() }), span)
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(span),
            Event::Alias(id) => self.alias(id, span),
            _ => Ok(()),
        }
    }

    /// Counts nodes and text against the limits.
    fn count(&mut self, span: Span, nodes: usize, text: usize) -> Result<(), ReadError> {
        self.nodes += nodes;
        self.text += text;
        if self.nodes > MAX_NODES {
            return limit(span, format!("the document has more than {MAX_NODES} values"));
        }
        if self.text > MAX_TEXT {
            return limit(span, format!("the document has more than {MAX_TEXT} bytes of text"));
        }
        Ok(())
    }

    fn start(&mut self, open: Open, span: Span) -> Result<(), ReadError> {
        self.count(span, 1, 0)?;
        if self.open.len() >= MAX_DEPTH {
            return limit(span, format!("the document is nested more than {MAX_DEPTH} levels deep"));
        }
        self.open.push(open);
        Ok(())
    }

    fn end(&mut self, end: Span) -> Result<(), ReadError> {
        let (node, anchor) = match self.open.pop() {
            Some(Open::List { span, anchor, mut items }) => {
                items.shrink_to_fit();
                (Node { span: until(span, end), kind: Kind::List(items) }, anchor)
            }
            Some(Open::Map(mut map)) => {
                std::mem::take(&mut map.merges).into_iter().for_each(|merged| map.merge(merged));
                map.members.shrink_to_fit();
                (Node { span: until(map.span, end), kind: Kind::Map(map.members) }, map.anchor)
            }
            None => return Ok(()),
        };
        self.anchor(anchor, &node);
        self.add(node)
    }

    /// Remembers the node of an anchor.
    fn anchor(&mut self, anchor: usize, node: &Node) {
        if anchor > 0 {
            let (nodes, text, height) = measure(node);
            self.anchors.insert(anchor, Anchored { node: node.clone(), nodes, text, height });
        }
    }

    fn alias(&mut self, id: usize, span: Span) -> Result<(), ReadError> {
        let Some(anchored) = self.anchors.get(&id) else {
            return fail(&reading::SYNTAX, span, "the alias stands inside the value that it names");
        };
        let (nodes, text, height) = (anchored.nodes, anchored.text, anchored.height);
        if self.open.len() + height > MAX_DEPTH {
            return limit(span, format!("the document is nested more than {MAX_DEPTH} levels deep"));
        }
        self.count(span, nodes, text)?;
        match self.anchors.get(&id).map(|anchored| anchored.node.clone()) {
            Some(node) => self.add(node),
            None => Ok(()),
        }
    }

    /// Puts a finished node where it belongs.
    fn add(&mut self, node: Node) -> Result<(), ReadError> {
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some(Open::List { items, .. }) => items.push(node),
            Some(Open::Map(map)) => match map.key.take() {
                None => map.key = Some((map.name(&node)?, node.span)),
                Some((name, _)) if name == MERGE => map.merges.push(node),
                Some((key, key_span)) => map.members.push(Member { key, key_span, value: node }),
            },
        }
        Ok(())
    }

    /// A plain `<<`: the value that follows is merged into the map.
    fn merge_key(&mut self, span: Span) -> Result<(), ReadError> {
        if let Some(Open::Map(map)) = self.open.last_mut() {
            map.key = Some((MERGE.to_owned(), span));
        }
        Ok(())
    }
}

/// Stands for a merge key; no key can contain the character.
const MERGE: &str = "\0<<";

fn until(start: Span, end: Span) -> Span {
    Span { start: start.start, end: end.end.max(start.end) }
}

fn limit<T>(span: Span, message: String) -> Result<T, ReadError> {
    fail(&reading::LIMIT, span, message)
}

fn fail<T>(rule: &'static Rule, span: Span, message: impl Into<String>) -> Result<T, ReadError> {
    Err(ReadError { rule, span, message: message.into() })
}

/// Nodes, bytes of text and levels of a tree.
fn measure(node: &Node) -> (usize, usize, usize) {
    let children: Vec<_> = match &node.kind {
        Kind::Text(text, _) => return (1, text.len(), 0),
        Kind::List(items) => items.iter().map(measure).collect(),
        Kind::Map(members) => members.iter().map(|member| measure(&member.value)).collect(),
        _ => return (1, 0, 0),
    };
    children
        .into_iter()
        .fold((1, 0, 1), |(nodes, text, height), child| (nodes + child.0, text + child.1, height.max(child.2 + 1)))
}

impl OpenMap {
    /// The text of a key, which must be new in the map. As JSON has only text for keys, numbers and booleans become
    /// text.
    fn name(&mut self, key: &Node) -> Result<String, ReadError> {
        let name = match &key.kind {
            Kind::Text(text, _) => text.replace('\0', "\u{fffd}"),
            Kind::Bool(value) => value.to_string(),
            Kind::Number(value) => value.to_string(),
            Kind::Null => return fail(&reading::KEY, key.span, "a key cannot be null"),
            Kind::List(_) | Kind::Map(_) => return fail(&reading::KEY, key.span, "a key must be text"),
        };
        if !self.names.insert(name.clone()) {
            return fail(&reading::DUPLICATE_KEY, key.span, format!("the key `{name}` stands twice in this map"));
        }
        Ok(name)
    }

    /// Adds what a merge key brings; what is there already stays.
    fn merge(&mut self, merged: Node) {
        match merged.kind {
            Kind::Map(more) => {
                let new = more.into_iter().filter(|member| self.names.insert(member.key.clone()));
                self.members.extend(new);
            }
            Kind::List(maps) => maps.into_iter().for_each(|map| self.merge(map)),
            _ => {}
        }
    }
}

/// A scalar with its tag and style taken into account.
fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>, span: Span) -> Result<Node, ReadError> {
    let written = match style {
        ScalarStyle::Plain => Style::Plain,
        ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Style::Quoted,
        ScalarStyle::Literal => Style::Literal,
        ScalarStyle::Folded => Style::Folded,
    };
    let as_text = |text: String| Ok(Node { span, kind: Kind::Text(text, written) });
    match tag.and_then(core_tag) {
        None if style != ScalarStyle::Plain || tag.is_some() => as_text(text.to_owned()),
        Some("str") => as_text(text.to_owned()),
        Some("binary") => as_text(binary(text, span)?),
        Some(wanted @ ("int" | "float" | "bool" | "null")) => {
            let node = plain_node(text, span)?;
            let fits = match &node.kind {
                Kind::Number(_) => wanted == "float" || wanted == "int",
                Kind::Bool(_) => wanted == "bool",
                Kind::Null => wanted == "null",
                _ => false,
            };
            if fits {
                Ok(node)
            } else {
                fail(&reading::SYNTAX, span, format!("`{text}` is not of the type `!!{wanted}`"))
            }
        }
        _ => plain_node(text, span),
    }
}

/// The name of a tag of YAML itself, such as `int`.
fn core_tag(tag: &Tag) -> Option<&str> {
    (tag.handle() == "tag:yaml.org,2002:").then(|| tag.suffix())
}

fn plain_node(text: &str, span: Span) -> Result<Node, ReadError> {
    let kind = match yaml::resolve(text) {
        Plain::NotFinite => {
            return fail(&reading::NOT_FINITE, span, format!("`{text}` is a number that JSON does not have"));
        }
        Plain::Value(serde_json::Value::Null) => Kind::Null,
        Plain::Value(serde_json::Value::Bool(value)) => Kind::Bool(value),
        Plain::Value(serde_json::Value::Number(value)) => Kind::Number(value),
        Plain::Value(_) => Kind::Text(text.to_owned(), Style::Plain),
    };
    Ok(Node { span, kind })
}

/// The text that base64 stands for.
fn binary(text: &str, span: Span) -> Result<String, ReadError> {
    let compact: String = text.split_ascii_whitespace().collect();
    let bytes = base64::engine::general_purpose::STANDARD.decode(compact).ok();
    match bytes.and_then(|bytes| String::from_utf8(bytes).ok()) {
        Some(text) => Ok(text),
        None => fail(&reading::SYNTAX, span, "the value is not text in base64"),
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn read(text: &str) -> Value {
        let documents = documents(text);
        assert_eq!(documents.len(), 1, "{documents:?}");
        documents.into_iter().next().unwrap().unwrap().to_value()
    }

    fn refused(text: &str) -> &'static str {
        documents(text).into_iter().find_map(Result::err).map_or("", |error| error.rule.code)
    }

    #[test]
    fn words_of_yaml_1_1_quotes_and_tags() {
        assert_eq!(
            read("a: yes\nb: 'yes'\nc: !!str yes\nd: 010\ne: !!int '7'\nf: ~\n"),
            json!({
            "a": true, "b": "yes", "c": "yes", "d": 8, "e": 7, "f": null})
        );
        assert_eq!(read("on: {1: x, 1.5: z}"), json!({"true": {"1": "x", "1.5": "z"}}));
        assert_eq!(read("!!binary aGVsbG8="), json!("hello"));
        assert_eq!(read("!custom 5"), json!("5"));
    }

    #[test]
    fn json_is_yaml() {
        let text = "{\"a\": [1, 2.5, \"\\ud83d\\ude00\\/\", null],\n\t\"b\": {\"c\": true}}";
        assert_eq!(read(text), json!({"a": [1, 2.5, "😀/", null], "b": {"c": true}}));
    }

    #[test]
    fn aliases_and_merge_keys_are_resolved() {
        let text = "base: &b {x: 1, w: 2}\nuse:\n  <<: *b\n  w: 3\nlist: [*b]\nmore: {<<: [{x: 5}, {x: 6, z: 7}]}\n";
        assert_eq!(
            read(text),
            json!({"base": {"x": 1, "w": 2}, "use": {"x": 1, "w": 3}, "list": [{"x": 1, "w": 2}],
            "more": {"x": 5, "z": 7}})
        );
    }

    #[test]
    fn a_broken_document_does_not_hide_the_next() {
        let found = documents("a: 1\n---\nb: [1\n---\nc: 3\n---\n---\nd: 4\n");
        let kinds: Vec<_> = found.iter().map(|document| document.as_ref().map(Node::to_value).ok()).collect();
        assert_eq!(kinds.first(), Some(&Some(json!({"a": 1}))));
        assert!(
            kinds.contains(&None) && kinds.contains(&Some(json!({"c": 3}))) && kinds.contains(&Some(json!({"d": 4})))
        );
    }

    #[test]
    fn what_no_object_can_be_is_refused() {
        let deep = |open: &str, close: &str, levels: usize| open.repeat(levels) + &close.repeat(levels);
        assert_eq!(refused(&deep("[", "]", 5_000)), "yaml-syntax");
        assert_eq!(refused(&deep("{a: ", "}", 150)), "yaml-syntax");
        assert_eq!(refused("a: 1\na: 2"), "duplicate-key");
        assert_eq!(refused("{1: x, '1': y}"), "duplicate-key");
        assert_eq!(refused("? [a]\n: 1"), "bad-key");
        assert_eq!(refused("~: 1"), "bad-key");
        assert_eq!(refused("a: .inf"), "not-finite");
        assert_eq!(refused("a: *nowhere"), "yaml-syntax");
        assert_eq!(refused("a: &a [*a]"), "yaml-syntax");
        assert_eq!(refused(&format!("a: {}", "x".repeat(4 * 1024 * 1024))), "too-large");
        assert_eq!(refused(&format!("[{}]", "1,".repeat(600_000))), "too-large");
    }

    #[test]
    fn bombs_end_before_they_grow() {
        let mut laughs = String::from("a: &a [x,x,x,x,x,x,x,x,x]\n");
        for pair in ('a'..='h').zip('b'..='i') {
            writeln!(laughs, "{1}: &{1} [*{0},*{0},*{0},*{0},*{0},*{0},*{0},*{0},*{0}]", pair.0, pair.1).unwrap();
        }
        assert_eq!(refused(&laughs), "too-large");
        let tall = (1..200).fold("a0: &a0 [x]\n".to_owned(), |text, n| format!("{text}a{n}: &a{n} [*a{}]\n", n - 1));
        assert_eq!(refused(&tall), "too-large");
        let long = format!("a: &a {}\nb: [{}]", "x".repeat(100_000), "*a,".repeat(1_000));
        assert_eq!(refused(&long), "too-large");
    }

    #[test]
    fn places_lead_back_to_the_text() {
        let text = "a:\n  b: [1, two]\n  \"c.d\": é x\n  e: |\n    first\n    second\n";
        let node = documents(text).remove(0).unwrap();
        let slice = |path: &str| {
            let span = node.at(path).span();
            text[span.start..span.end].to_owned()
        };
        assert_eq!(slice("a.b[1]"), "two");
        assert_eq!(slice(r#"a["c.d"]"#), "é x");
        assert_eq!(slice("a.b.missing"), "b");
        assert_eq!(slice("a"), "a");
    }

    #[test]
    fn places_within_texts_are_found_in_every_style() {
        let text = concat!(
            "plain: one two\n  three\nsingle: 'it''s  \n  three'\ndouble: \"a \\\"b\\\" three\"\n",
            "literal: |\n  one\n    two\n  three\nfolded: >-\n   one\n   two\n\n   three\n"
        );
        let node = documents(text).remove(0).unwrap();
        for name in ["plain", "single", "double", "literal", "folded"] {
            let value = node.text(name).unwrap();
            let place = node.get(name).unwrap().inside(text, value.find("three").unwrap());
            assert!(text[place..].starts_with("three"), "{name}: {:?}", &text[place..]);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_text_breaks_the_reader(text in r##"[-a-c:{}\[\],&*!|>'"#?%~<0-9. \n\t]{0,80}"##) {
            for node in documents(&text).into_iter().flatten() {
                let span = node.at("a.b[0].c").span();
                prop_assert!(span.start <= span.end && span.end <= text.len());
                node.inside(&text, 7);
            }
        }

        #[test]
        fn json_values_read_as_themselves(value in json_value()) {
            prop_assert_eq!(read(&serde_json::to_string_pretty(&value).unwrap()), value);
        }
    }

    fn json_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "\\PC{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::btree_map("[a-zA-Z0-9 .-]{1,8}", inner, 0..5)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }
}
