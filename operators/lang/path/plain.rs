//! Paths of names and numbers only, many of them answered in one pass over a document.
//!
//! The paths form a tree. The pass follows it down into the document: at a colon it compares the name in front of it,
//! at a bracket nobody asked for it counts brackets up to the closing one, and it ends when all answers are there.

use super::blocks::{Separator, Structure};
use super::found::{Found, Kind};
use super::program::{Ask, Key, Next, Pick, Program};
use super::scan;
use super::text::decode;
use std::borrow::Cow;

/// How many paths a tree holds; which of them are still unanswered is one mask of bits.
pub(super) const MAX_PATHS: usize = 64;

/// A name and, if it is a number, the place in an array that it names too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Component {
    name: String,
    index: Option<usize>,
}

/// The components of a program that has nothing else; `None` if it does more.
pub(super) fn components(program: &Program) -> Option<Vec<Component>> {
    let Ask::Descend(start) = program.ask(program.start)? else { return None };
    let (mut components, mut next) = (Vec::new(), Next::Step(*start));
    while let Next::Step(id) = next {
        let step = program.step(id)?;
        let Key::Exact(name) = &step.key else { return None };
        // Names are compared as they are written, so they must be written as they are.
        let is_written_so = !name.contains(|c| c == '"' || c == '\\' || c < ' ');
        let index = match step.pick {
            Pick::Nothing if !matches!(step.behind_pick, Next::Pipe(_)) => None,
            Pick::Index(index) if step.behind_pick == step.behind_key && *name == index.to_string() => Some(index),
            _ => return None,
        };
        components.push(Component { name: is_written_so.then(|| name.clone())?, index });
        next = step.behind_key;
    }
    (next == Next::End).then_some(components)
}

/// The paths that go through one value.
#[derive(Debug, Clone, Default)]
pub(super) struct Tree {
    /// Bits of the paths that end at this value.
    here: u64,
    /// Bits of the paths that go on inside of it.
    inside: u64,
    branches: Vec<(Component, Tree)>,
    /// The largest index of the branches.
    last_index: Option<usize>,
}

impl Tree {
    /// Adds a path with the number `path`, below [`MAX_PATHS`].
    pub(super) fn add(&mut self, components: &[Component], path: usize) {
        let bit = 1_u64.checked_shl(path as u32).unwrap_or(0);
        let Some((first, rest)) = components.split_first() else {
            self.here |= bit;
            return;
        };
        self.inside |= bit;
        self.last_index = self.last_index.max(first.index);
        match self.branches.iter_mut().find(|(component, _)| component == first) {
            Some((_, tree)) => tree.add(rest, path),
            None => {
                let mut tree = Self::default();
                tree.add(rest, path);
                self.branches.push((first.clone(), tree));
            }
        }
    }

    /// Hands the answers of a document to `answer`, with the numbers of their paths; whether the document is one that
    /// can be asked so, an object or an array.
    pub(super) fn find<'a>(&self, json: &'a str, answer: impl FnMut(usize, Found<'a>)) -> bool {
        let bytes = json.as_bytes();
        let Some(start) = bytes.iter().position(|byte| *byte > b' ') else { return false };
        if !matches!(bytes.get(start), Some(b'{' | b'[')) {
            return false;
        }
        let mut pass = Pass { json, bytes, structure: Structure::new(bytes, start), wanted: self.inside, answer };
        let _ended_early = pass.value(self, start);
        true
    }
}

/// A pass on its way through a document. Its steps answer `None` once nothing is wanted any more or the text ends.
struct Pass<'a, A> {
    json: &'a str,
    bytes: &'a [u8],
    structure: Structure<'a>,
    /// Bits of the paths without an answer.
    wanted: u64,
    answer: A,
}

impl<'a, A: FnMut(usize, Found<'a>)> Pass<'a, A> {
    /// The value that starts at or behind byte `from`.
    fn value(&mut self, tree: &Tree, from: usize) -> Option<()> {
        let at = from + self.bytes.get(from..)?.iter().position(|byte| *byte > b' ')?;
        match self.bytes.get(at)? {
            b'{' => {
                self.structure.next(Separator::Colon)?;
                let close = self.members(tree)?;
                self.found(tree, Kind::Json, at, close + 1)
            }
            b'[' => {
                self.structure.next(Separator::Comma)?;
                let close = self.elements(tree, at)?;
                self.found(tree, Kind::Json, at, close + 1)
            }
            _ if tree.here & self.wanted == 0 => Some(()),
            _ => match scan::value(self.json, at).filter(|value| value.at == at) {
                Some(value) => self.found(tree, value.kind, at, at + value.raw.len()),
                None => Some(()),
            },
        }
    }

    /// Behind an object's opening bracket; where the closing one stands.
    fn members(&mut self, tree: &Tree) -> Option<usize> {
        let mut behind = 0;
        while tree.inside & self.wanted != 0 {
            let at = self.structure.next(Separator::Colon)?;
            match self.bytes.get(at)? {
                b':' => {
                    if let Some(branch) = self.branch(tree, at, behind) {
                        self.value(branch, at + 1)?;
                    }
                    behind = at;
                }
                b'{' | b'[' => behind = self.structure.leave()?,
                _ => return Some(at),
            }
        }
        self.structure.leave()
    }

    /// The branch whose name stands in front of a colon; the name starts behind byte `behind`.
    fn branch<'t>(&self, tree: &'t Tree, colon: usize, behind: usize) -> Option<&'t Tree> {
        let name_end = self.bytes.get(..colon)?.iter().rposition(|byte| *byte == b'"')?;
        let text = self.bytes.get(..name_end)?;
        let is_named = |(component, _): &&(Component, Tree)| {
            let before = text.strip_suffix(component.name.as_bytes());
            // The quote that opens a name has no backslash in front of it; one within the name has.
            before.is_some_and(|before| before.ends_with(b"\"") && !before.ends_with(b"\\\""))
        };
        let mut branches = tree.branches.iter().filter(|branch| self.is_wanted(branch));
        let branch = if self.structure.may_escape_since(behind) {
            let name = self.decoded_name(name_end)?;
            branches.find(|(component, _)| component.name == name)
        } else {
            branches.find(is_named)
        };
        branch.map(|(_, tree)| tree)
    }

    /// The name whose closing quote stands at byte `end`.
    fn decoded_name(&self, end: usize) -> Option<Cow<'a, str>> {
        let mut start = self.bytes.get(..end)?.iter().rposition(|byte| *byte == b'"')?;
        while start > 0 && self.bytes.get(start - 1) == Some(&b'\\') {
            start = self.bytes.get(..start)?.iter().rposition(|byte| *byte == b'"')?;
        }
        self.json.get(start + 1..end).map(decode)
    }

    /// Behind an array's opening bracket at byte `open`; where the closing one stands.
    fn elements(&mut self, tree: &Tree, open: usize) -> Option<usize> {
        let Some(last) = tree.last_index else { return self.structure.leave() };
        let mut from = open + 1;
        for index in 0..=last {
            if tree.inside & self.wanted == 0 {
                break;
            }
            let is_meant = |(component, _): &&(Component, Tree)| component.index == Some(index);
            if let Some((_, branch)) = tree.branches.iter().filter(|branch| self.is_wanted(branch)).find(is_meant) {
                self.value(branch, from)?;
            }
            loop {
                let at = self.structure.next(Separator::Comma)?;
                match self.bytes.get(at)? {
                    b',' => {
                        from = at + 1;
                        break;
                    }
                    b'{' | b'[' => self.structure.leave()?,
                    _ => return Some(at),
                };
            }
        }
        self.structure.leave()
    }

    fn is_wanted(&self, (_, tree): &(Component, Tree)) -> bool {
        (tree.here | tree.inside) & self.wanted != 0
    }

    fn found(&mut self, tree: &Tree, kind: Kind, from: usize, to: usize) -> Option<()> {
        let answered = tree.here & self.wanted;
        if answered != 0 {
            let raw = self.json.get(from..to)?;
            for path in (0..MAX_PATHS).filter(|path| answered >> path & 1 == 1) {
                (self.answer)(path, Found { kind, raw: raw.into() });
            }
            self.wanted &= !answered;
        }
        (self.wanted != 0).then_some(())
    }
}
