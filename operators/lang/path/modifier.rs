//! The modifiers of the path language, `@name` or `@name:argument`, each of which makes another text of a text.

use super::found::Found;
use super::pretty::Layout;
use super::scan::{self, Entry, Slice};
use super::syntax::trim;
use super::text::decode;
use crate::json;
use std::borrow::Cow;
use std::collections::HashMap;

/// A modifier with its argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Modifier {
    /// The text itself.
    This,
    /// The text itself if it is valid JSON, else nothing.
    Valid,
    /// Without white space.
    Ugly,
    /// One member a line.
    Pretty(Layout),
    /// Elements or members in reverse order.
    Reverse,
    /// The elements of inner arrays in place of them; with `deep`, of their inner arrays too.
    Flatten { deep: bool },
    /// One object of an array's objects; with `preserve`, members with the same name stay.
    Join { preserve: bool },
    /// The names of the members.
    Keys,
    /// The values of the members.
    Values,
    /// The text as a JSON string.
    ToText,
    /// The text that a JSON string stands for.
    FromText,
    /// An object of arrays as an array of objects.
    Group,
    /// Every answer to the path in its argument, at any depth; the evaluation knows how.
    Dig,
}

/// Makes a modifier of its argument.
type Make = fn(&str) -> Modifier;

/// All modifiers by name.
const MODIFIERS: [(&str, Make); 13] = [
    ("this", |_| Modifier::This),
    ("valid", |_| Modifier::Valid),
    ("ugly", |_| Modifier::Ugly),
    ("pretty", |argument| Modifier::Pretty(Layout::new(argument))),
    ("reverse", |_| Modifier::Reverse),
    ("flatten", |argument| Modifier::Flatten { deep: flag(argument, "deep") }),
    ("join", |argument| Modifier::Join { preserve: flag(argument, "preserve") }),
    ("keys", |_| Modifier::Keys),
    ("values", |_| Modifier::Values),
    ("tostr", |_| Modifier::ToText),
    ("fromstr", |_| Modifier::FromText),
    ("group", |_| Modifier::Group),
    ("dig", |_| Modifier::Dig),
];

/// Whether there is a modifier of this name.
pub(super) fn is_known(name: &str) -> bool {
    MODIFIERS.iter().any(|(known, _)| *known == name)
}

/// The values of an argument's members, in order, as what they are named.
pub(super) fn options(argument: &str) -> impl Iterator<Item = (Cow<'_, str>, Found<'_>)> {
    each(argument).map(|entry| (decode(entry.name()), Found::from(entry.value)))
}

fn flag(argument: &str, name: &str) -> bool {
    options(argument).filter(|(option, _)| option == name).last().is_some_and(|(_, value)| value.bool_view())
}

impl Modifier {
    /// The modifier of this name, if there is one.
    pub(super) fn new(name: &str, argument: &str) -> Option<Self> {
        MODIFIERS.iter().find_map(|(known, modifier)| (*known == name).then(|| modifier(argument)))
    }

    /// The text that it makes of a text.
    pub(super) fn apply<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match self {
            Self::This | Self::Dig => Cow::Borrowed(text),
            Self::Valid if json::valid(text.as_bytes()) => Cow::Borrowed(text),
            Self::FromText if json::valid(text.as_bytes()) => Cow::Owned(string_view(text)),
            Self::Valid | Self::FromText => Cow::Borrowed(""),
            Self::Ugly => Cow::Owned(ugly(text)),
            Self::Pretty(layout) => Cow::Owned(layout.write(text)),
            Self::Reverse => changed(text, Slice::is_container, reverse),
            Self::Flatten { deep } => changed(text, Slice::is_array, |array| flatten(array, *deep)),
            Self::Join { preserve: true } => changed(text, Slice::is_array, join_all),
            Self::Join { preserve: false } => changed(text, Slice::is_array, join),
            Self::Keys => Cow::Owned(keys(text)),
            Self::Values if scan::document(text).is_some_and(|value| value.is_array()) => Cow::Borrowed(text),
            Self::Values => Cow::Owned(list(ARRAY, each(text).map(|entry| entry.value.raw))),
            Self::ToText => {
                let mut quoted = String::new();
                json::quote(text, &mut quoted);
                Cow::Owned(quoted)
            }
            Self::Group => Cow::Owned(group(text)),
        }
    }
}

/// The entries of a text that is a container; a scalar counts as one entry without a name, no value as none.
fn each(text: &str) -> impl Iterator<Item = Entry<'_>> {
    let document = scan::document(text);
    let scalar = document.filter(|value| !value.is_container()).map(|value| Entry { quoted_name: "", value });
    let entries = document.filter(Slice::is_container).map(|value| scan::entries(value.raw, 0));
    scalar.into_iter().chain(entries.into_iter().flatten())
}

/// What a change makes of the text's value, if that is of the kind to be changed; else the text itself.
fn changed<'a>(text: &'a str, is_kind: fn(&Slice<'a>) -> bool, change: impl Fn(Slice<'a>) -> String) -> Cow<'a, str> {
    match scan::document(text).filter(is_kind) {
        Some(value) => Cow::Owned(change(value)),
        None => Cow::Borrowed(text),
    }
}

/// Texts with commas between and brackets around them.
fn list<'a>(brackets: [char; 2], texts: impl IntoIterator<Item = &'a str>) -> String {
    let [open, close] = brackets;
    let mut out = String::from(open);
    for (place, text) in texts.into_iter().enumerate() {
        if place > 0 {
            out.push(',');
        }
        out.push_str(text);
    }
    out.push(close);
    out
}

const ARRAY: [char; 2] = ['[', ']'];
const OBJECT: [char; 2] = ['{', '}'];

fn string_view(text: &str) -> String {
    scan::document(text).map(|value| Found::from(value).string_view().into_owned()).unwrap_or_default()
}

fn ugly(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('"') {
        let (outside, string) = rest.split_at(at);
        out.extend(outside.chars().filter(|c| *c > ' '));
        let (string, behind) = string.split_at(scan::string_end(string.as_bytes(), 0));
        out.push_str(string);
        rest = behind;
    }
    out.extend(rest.chars().filter(|c| *c > ' '));
    out
}

fn reverse(container: Slice<'_>) -> String {
    let mut entries: Vec<_> = scan::entries(container.raw, 0).collect();
    entries.reverse();
    if container.is_object() { object_of(&entries) } else { list(ARRAY, entries.iter().map(|entry| entry.value.raw)) }
}

fn object_of(members: &[Entry<'_>]) -> String {
    let members: Vec<_> = members.iter().map(|entry| format!("{}:{}", entry.quoted_name, entry.value.raw)).collect();
    list(OBJECT, members.iter().map(String::as_str))
}

fn flatten(array: Slice<'_>, deep: bool) -> String {
    let mut texts = Vec::new();
    let mut open = vec![scan::entries(array.raw, 0)];
    while let Some(entries) = open.last_mut() {
        let Some(Entry { value, .. }) = entries.next() else {
            open.pop();
            continue;
        };
        if !value.is_array() {
            texts.push(value.raw);
        } else if deep {
            open.push(scan::entries(value.raw, 0));
        } else {
            texts.push(inside(value.raw));
        }
    }
    list(ARRAY, texts.into_iter().filter(|text| !text.is_empty()))
}

/// What stands between the brackets, without blanks around it.
fn inside(container: &str) -> &str {
    let container = trim(container);
    trim(container.get(1..container.len().saturating_sub(1)).unwrap_or_default())
}

/// With members of the same name kept, objects are strung together as they are written.
fn join_all(array: Slice<'_>) -> String {
    let objects = scan::entries(array.raw, 0).map(|entry| entry.value).filter(Slice::is_object);
    list(OBJECT, objects.map(|object| object.raw.get(1..object.raw.len() - 1).unwrap_or_default()))
}

/// Members stand where their name came first, with the value that came last.
fn join(array: Slice<'_>) -> String {
    let mut members: Vec<Entry<'_>> = Vec::new();
    let mut places = HashMap::new();
    for object in scan::entries(array.raw, 0).map(|entry| entry.value).filter(Slice::is_object) {
        for entry in scan::entries(object.raw, 0) {
            let place = *places.entry(decode(entry.name())).or_insert(members.len());
            match members.get_mut(place) {
                Some(member) => member.value = entry.value,
                None => members.push(entry),
            }
        }
    }
    object_of(&members)
}

fn keys(text: &str) -> String {
    list(ARRAY, each(text).map(|entry| if entry.quoted_name.is_empty() { "null" } else { entry.quoted_name }))
}

fn group(text: &str) -> String {
    let Some(object) = scan::document(text).filter(Slice::is_object) else { return String::new() };
    let mut groups: Vec<String> = Vec::new();
    for entry in scan::entries(object.raw, 0).filter(|entry| entry.value.is_array()) {
        for (place, element) in scan::entries(entry.value.raw, 0).enumerate() {
            if place == groups.len() {
                groups.push(String::from("{"));
            }
            if let Some(group) = groups.get_mut(place) {
                let comma = if group.len() > 1 { "," } else { "" };
                group.push_str(&format!("{comma}{}:{}", entry.quoted_name, element.value.raw));
            }
        }
    }
    groups.iter_mut().for_each(|group| group.push('}'));
    list(ARRAY, groups.iter().map(String::as_str))
}
