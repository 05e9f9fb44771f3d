//! Asks a program of a document, step by step: for every path that is more than names and numbers.
//!
//! Like the reference, an array query that wants all matches goes on looking after it has an answer, and a pipe holds
//! once its component was reached, even if nothing was found there.

use super::found::{Found, Kind};
use super::modifier::Modifier;
use super::program::{Ask, AskId, Key, Next, Pick, Program, Query, Selector, StepId};
use super::scan::{self, Entries, Slice};
use super::text::decode;
use std::borrow::Cow;
use std::ops::Range;

/// Bytes that one evaluation may look at, besides [`WORK_PER_BYTE`] for each of the document's.
const WORK: usize = 16 << 20;
const WORK_PER_BYTE: usize = 8;

/// An answer and where in the document it stands.
#[derive(Debug)]
pub(super) struct Hit<'a> {
    pub(super) found: Found<'a>,
    pub(super) place: Place,
}

/// Where an answer stands in the text that was asked.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Nowhere: it was made up, or a pipe lost it.
    Unknown,
    /// From this byte on.
    At(usize),
    /// It is an array of these parts of the text.
    Each(Vec<Range<usize>>),
}

/// The answer of a program; `None` if there is none or it would take too much work.
pub(super) fn evaluate<'a>(program: &Program, json: &'a str) -> Option<Hit<'a>> {
    let work = WORK.saturating_add(json.len().saturating_mul(WORK_PER_BYTE));
    let mut run = Run { program, work, exhausted: false };
    let hit = run.ask(program.start, json);
    hit.filter(|_| !run.exhausted)
}

struct Run<'p> {
    program: &'p Program,
    /// Bytes that may still be looked at.
    work: usize,
    exhausted: bool,
}

/// What the components of one path have found so far.
#[derive(Default)]
struct Walk<'a> {
    hit: Option<Hit<'a>>,
    pipe: Option<AskId>,
}

impl<'a> Hit<'a> {
    fn at(slice: Slice<'a>) -> Self {
        Self { place: Place::At(slice.at), found: Found::from(slice) }
    }

    fn made(text: String) -> Self {
        Self { found: Found { kind: Kind::Json, raw: Cow::Owned(text) }, place: Place::Unknown }
    }

    fn number(number: usize) -> Self {
        Self { found: Found { kind: Kind::Number, raw: Cow::Owned(number.to_string()) }, place: Place::Unknown }
    }

    fn moved(mut self, by: usize) -> Self {
        match &mut self.place {
            Place::Unknown => {}
            Place::At(at) => *at += by,
            Place::Each(ranges) => ranges.iter_mut().for_each(|range| *range = range.start + by..range.end + by),
        }
        self
    }
}

/// Answers strung together to an array.
struct Gathered {
    text: String,
    /// Where the answers stand, as long as that is known of all.
    ranges: Option<Vec<Range<usize>>>,
}

impl Gathered {
    fn new() -> Self {
        Self { text: String::from("["), ranges: Some(Vec::new()) }
    }

    fn push(&mut self, hit: &Hit<'_>) {
        if self.text.len() > 1 {
            self.text.push(',');
        }
        self.text.push_str(hit.found.raw());
        match (&mut self.ranges, &hit.place) {
            (Some(ranges), Place::At(at)) => ranges.push(*at..at + hit.found.raw().len()),
            (ranges, _) => *ranges = None,
        }
    }

    fn finish<'a>(mut self) -> Hit<'a> {
        self.text.push(']');
        let place = self.ranges.map_or(Place::Unknown, Place::Each);
        Hit { place, ..Hit::made(self.text) }
    }
}

impl Run<'_> {
    /// Notes that so many bytes are looked at; `None` once they are too many.
    fn spend(&mut self, bytes: usize) -> Option<()> {
        match self.work.checked_sub(bytes.saturating_add(16)) {
            Some(rest) => self.work = rest,
            None => (self.work, self.exhausted) = (0, true),
        }
        (!self.exhausted).then_some(())
    }

    fn ask<'a>(&mut self, id: AskId, json: &'a str) -> Option<Hit<'a>> {
        self.spend(json.len())?;
        let program = self.program;
        match program.ask(id)? {
            Ask::Modify { modifier: Modifier::Dig, argument, then } => {
                let text = self.dig((*argument)?, json);
                self.then(*then, Cow::Owned(text))
            }
            Ask::Modify { modifier, then, .. } => self.then(*then, modifier.apply(json)),
            Ask::Literal { text, then } => self.then(*then, Cow::Owned(text.clone())),
            Ask::Gather { selectors, is_object, then } => {
                let text = self.gather(selectors, *is_object, json);
                if then.is_some() { self.then(*then, Cow::Owned(text)) } else { Some(Hit::made(text)) }
            }
            Ask::Lines(step) => {
                let mut walk = Walk::default();
                self.array(*step, scan::lines(json), &mut walk);
                self.finish(walk)
            }
            Ask::Descend(step) => {
                let mut walk = Walk::default();
                let at = json.bytes().position(|byte| matches!(byte, b'{' | b'['))?;
                self.container(*step, json, at, &mut walk);
                self.finish(walk)
            }
        }
    }

    /// What a made text answers to the rest of the path, or the value that it holds.
    fn then<'a>(&mut self, ask: Option<AskId>, text: Cow<'a, str>) -> Option<Hit<'a>> {
        self.spend(text.len())?;
        match (ask, text) {
            (None, Cow::Borrowed(text)) => scan::document(text).map(Hit::at),
            (Some(ask), Cow::Borrowed(text)) => self.ask(ask, text).map(|hit| Hit { place: Place::Unknown, ..hit }),
            (ask, Cow::Owned(text)) => {
                let hit = self.then(ask, Cow::Borrowed(&text))?;
                Some(Hit { found: hit.found.into_owned(), place: Place::Unknown })
            }
        }
    }

    fn finish<'a>(&mut self, walk: Walk<'a>) -> Option<Hit<'a>> {
        match walk.pipe {
            None => walk.hit,
            Some(ask) => self.then(Some(ask), walk.hit.map_or(Cow::Borrowed(""), |hit| hit.found.raw)),
        }
    }

    /// Asks a component of the container at byte `at`; whether that settles the path.
    fn container<'a>(&mut self, id: StepId, json: &'a str, at: usize, walk: &mut Walk<'a>) -> bool {
        let entries = scan::entries(json, at);
        if json.as_bytes().get(at) == Some(&b'{') {
            self.object(id, entries, walk)
        } else {
            self.array(id, entries, walk)
        }
    }

    fn object<'a>(&mut self, id: StepId, entries: Entries<'a>, walk: &mut Walk<'a>) -> bool {
        let program = self.program;
        let Some(step) = program.step(id) else { return false };
        self.note_pipe(step.behind_key, walk);
        let json = entries.text();
        for entry in entries {
            let is_meant = match &step.key {
                Key::Exact(name) if entry.name().contains('\\') => *name == decode(entry.name()),
                Key::Exact(name) => name == entry.name(),
                Key::Wild(pattern) => pattern.matches(&decode(entry.name())),
            };
            if is_meant && self.value(step.behind_key, json, entry.value, walk) {
                return true;
            }
        }
        false
    }

    /// The value of a component that was found: the answer, or to be asked further.
    fn value<'a>(&mut self, next: Next, json: &'a str, value: Slice<'a>, walk: &mut Walk<'a>) -> bool {
        match next {
            Next::Step(step) => value.is_container() && self.container(step, json, value.at, walk),
            Next::End | Next::Pipe(_) => {
                walk.hit = Some(Hit::at(value));
                true
            }
        }
    }

    fn array<'a>(&mut self, id: StepId, mut entries: Entries<'a>, walk: &mut Walk<'a>) -> bool {
        let program = self.program;
        let Some(step) = program.step(id) else { return false };
        self.note_pipe(step.behind_pick, walk);
        match &step.pick {
            Pick::Nothing => false,
            Pick::Index(index) => {
                let json = entries.text();
                entries.nth(*index).is_some_and(|entry| self.value(step.behind_pick, json, entry.value, walk))
            }
            Pick::Count => {
                walk.hit = Some(Hit::number(entries.count()));
                true
            }
            Pick::Each { ask, pipe } => {
                walk.pipe = pipe.or(walk.pipe);
                let mut gathered = Gathered::new();
                for value in entries.map(|entry| entry.value) {
                    if let Some(hit) = self.ask(*ask, value.raw) {
                        gathered.push(&hit.moved(value.at));
                    }
                }
                walk.hit = Some(gathered.finish());
                true
            }
            Pick::Where(query) => self.select(query, entries, walk),
        }
    }

    fn note_pipe(&self, next: Next, walk: &mut Walk<'_>) {
        if let Next::Pipe(ask) = next {
            walk.pipe = Some(ask);
        }
    }

    /// The first element that passes a query settles the path; all of them are an answer that a later one may replace.
    fn select<'a>(&mut self, query: &Query, entries: Entries<'a>, walk: &mut Walk<'a>) -> bool {
        let mut gathered = Gathered::new();
        for value in entries.map(|entry| entry.value) {
            if !self.passes(query, value) {
                continue;
            }
            let hit = match query.behind {
                None => Some(Hit::at(value)),
                Some((ask, pipe)) => {
                    walk.pipe = pipe.or(walk.pipe);
                    self.ask(ask, value.raw).map(|hit| hit.moved(value.at))
                }
            };
            if !query.all {
                walk.hit = hit;
                return true;
            }
            hit.iter().for_each(|hit| gathered.push(hit));
        }
        if query.all && walk.hit.is_none() {
            walk.hit = Some(gathered.finish());
        }
        false
    }

    fn passes(&mut self, query: &Query, value: Slice<'_>) -> bool {
        if value.is_container() {
            let hit = self.ask(query.ask, value.raw);
            query.test.accepts(hit.map(|hit| hit.found).as_ref())
        } else {
            query.takes_scalars && query.test.accepts(Some(&Found::from(value)))
        }
    }

    fn gather(&mut self, selectors: &[Selector], is_object: bool, json: &str) -> String {
        let [open, close] = if is_object { ['{', '}'] } else { ['[', ']'] };
        let mut text = String::from(open);
        for selector in selectors {
            let Some(hit) = self.ask(selector.ask, json) else { continue };
            if text.len() > 1 {
                text.push(',');
            }
            if is_object {
                text.push_str(&selector.quoted_name);
                text.push(':');
            }
            text.push_str(hit.found.raw());
        }
        text.push(close);
        text
    }

    /// The answers of a document and everything in it, outer before inner ones.
    fn dig(&mut self, ask: AskId, json: &str) -> String {
        let mut gathered = Gathered::new();
        let mut open: Vec<Entries<'_>> = Vec::new();
        let mut next = Some(scan::document(json).unwrap_or(Slice { kind: Kind::Null, raw: "", at: 0 }));
        while let Some(value) = next {
            if let Some(hit) = self.ask(ask, value.raw) {
                gathered.push(&hit);
            }
            if self.exhausted {
                break;
            }
            if value.is_container() {
                open.push(scan::entries(value.raw, 0));
            }
            next = loop {
                match open.last_mut().map(Iterator::next) {
                    None => break None,
                    Some(None) => open.pop(),
                    Some(Some(entry)) => break Some(entry.value),
                };
            };
        }
        gathered.text.push(']');
        gathered.text
    }
}
