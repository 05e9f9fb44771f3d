//! Lists and dicts: shared by reference, as Go's slices and maps are, and released without recursion.

use std::cell::{Ref, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use super::{Text, Value};

/// What Go declares a list's or dict's members to be; it shows in `typeOf` and decides which calls are well-typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Members {
    /// `interface {}`: anything, also nil.
    Any,
    /// `string`.
    Text,
    /// `int`; lists only.
    Int,
    /// `[]interface {}`; lists only.
    Lists,
}

impl Members {
    /// Go's name of the member type.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Any => "interface {}",
            Self::Text => "string",
            Self::Int => "int",
            Self::Lists => "[]interface {}",
        }
    }
}

/// A Go slice. Nothing changes a list after it was made.
#[derive(Debug)]
pub struct List {
    members: Members,
    items: Option<Vec<Value>>,
}

impl List {
    /// A list of these items.
    pub fn new(members: Members, items: Vec<Value>) -> Self {
        Self { members, items: Some(items) }
    }

    /// Go's nil slice: an empty list that JSON writes as `null`.
    pub fn nil(members: Members) -> Self {
        Self { members, items: None }
    }

    /// What its members are declared to be.
    pub fn members(&self) -> Members {
        self.members
    }

    /// The items, in order.
    pub fn items(&self) -> &[Value] {
        self.items.as_deref().unwrap_or_default()
    }

    /// Whether this is Go's nil slice.
    pub fn is_nil(&self) -> bool {
        self.items.is_none()
    }
}

impl Drop for List {
    fn drop(&mut self) {
        release(self.items.take().unwrap_or_default());
    }
}

/// The entries of a dict, by key in the order of their bytes.
pub type Entries = BTreeMap<Text, Value>;

/// A Go map with string keys. `set`, `unset` and the merging functions change it for everyone who holds it.
#[derive(Debug)]
pub struct Dict {
    members: Members,
    entries: Option<RefCell<Entries>>,
}

impl Dict {
    /// A dict with these entries.
    pub fn new(members: Members, entries: Entries) -> Self {
        Self { members, entries: Some(RefCell::new(entries)) }
    }

    /// Go's nil map: reads as empty, cannot be written, is `null` in JSON.
    pub fn nil(members: Members) -> Self {
        Self { members, entries: None }
    }

    /// What its members are declared to be.
    pub fn members(&self) -> Members {
        self.members
    }

    /// Whether this is Go's nil map.
    pub fn is_nil(&self) -> bool {
        self.entries.is_none()
    }

    /// The number of entries.
    pub fn len(&self) -> usize {
        self.read(|entries| entries.len())
    }

    /// Whether it has no entry.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value at `key`.
    pub fn get(&self, key: &[u8]) -> Option<Value> {
        self.read(|entries| entries.get(key).cloned())
    }

    /// The entries as they stand, by key.
    pub fn entries(&self) -> Entries {
        self.read(Entries::clone)
    }

    /// What indexing gives for a key that is not there: the zero of its members.
    pub fn zero(&self) -> Value {
        if self.members == Members::Text { Value::text("") } else { Value::Nil }
    }

    /// Reads the entries in place. They must not be written meanwhile; nothing that `read` calls can.
    pub(in crate::template) fn read<T>(&self, read: impl FnOnce(&Entries) -> T) -> T {
        match self.entries.as_ref().map(RefCell::try_borrow) {
            Some(Ok(entries)) => read(&entries as &Ref<'_, Entries>),
            _ => read(&Entries::new()),
        }
    }

    /// Writes the entries; `None` when this is the nil map. The caller answers for the dict not holding itself.
    pub(in crate::template) fn write<T>(&self, write: impl FnOnce(&mut Entries) -> T) -> Option<T> {
        self.entries.as_ref()?.try_borrow_mut().ok().map(|mut entries| write(&mut entries))
    }
}

impl Drop for Dict {
    fn drop(&mut self) {
        if let Some(entries) = self.entries.take() {
            release(entries.into_inner().into_values().collect());
        }
    }
}

/// Drops values without recursion: a template can nest them deeper than the stack is.
fn release(mut pending: Vec<Value>) {
    while let Some(value) = pending.pop() {
        match value {
            Value::List(list) => {
                if let Some(mut last) = Rc::into_inner(list) {
                    pending.append(&mut last.items.take().unwrap_or_default());
                }
            }
            Value::Dict(dict) => {
                if let Some(entries) = Rc::into_inner(dict).and_then(|mut last| last.entries.take()) {
                    pending.extend(entries.into_inner().into_values());
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deep_nesting_is_released_without_recursion() {
        let mut list = Value::list(vec![]);
        let outer = Rc::new(Dict::new(Members::Any, Entries::new()));
        let mut inner = outer.clone();
        for _ in 0..200_000 {
            list = Value::list(vec![list]);
            let next = Rc::new(Dict::new(Members::Any, Entries::new()));
            inner.write(|entries| entries.insert("x".into(), Value::Dict(next.clone())));
            inner = next;
        }
        drop((list, outer));
    }

    #[test]
    fn the_nil_map_reads_as_empty_and_cannot_be_written() {
        let nil = Dict::nil(Members::Any);
        assert!(nil.is_nil() && nil.is_empty() && nil.get(b"a").is_none());
        assert_eq!(nil.write(|_| ()), None);
    }
}
