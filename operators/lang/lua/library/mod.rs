//! What scripts find in their global variables: GopherLua's libraries, without any way out of the evaluation.

mod base;
mod coroutines;
mod environments;
mod letters;
mod mathematics;
mod refused;
mod search;
mod sort;
mod substitute;
mod system;
mod tables;
mod texts;

use super::events;
use super::machine::{Arguments, Machine, Trap};
use super::strings::{Strings, Texts};
use super::table::Table;
use super::value::{NativeId, TableId, Value};
use crate::budget::{Budget, Exhausted};
use std::sync::LazyLock;

/// What a function of the library answers: how many results it left.
pub(super) type Done = Result<usize, Trap>;

/// A function of the library.
#[derive(Debug, Clone, Copy)]
pub(super) enum Native {
    /// One that computes.
    Plain(fn(&mut Machine<'_>, Arguments) -> Done),
    /// One that decides what runs next.
    Control(Control),
}

/// What a function of the library does to the course of an evaluation.
#[derive(Debug, Clone, Copy)]
pub(super) enum Control {
    /// `pcall`
    Protect,
    /// `xpcall`
    ProtectWithHandler,
    /// `coroutine.yield`
    Yield,
    /// `coroutine.resume`
    Resume,
}

/// The functions of a module by their names.
type Functions = &'static [(&'static str, Native)];

/// The modules and the global variables that hold them, by the number of their table; the first is the globals' own.
const MODULES: [(&str, Functions); 10] = [
    ("_G", base::FUNCTIONS),
    ("string", texts::FUNCTIONS),
    ("table", tables::FUNCTIONS),
    ("math", mathematics::FUNCTIONS),
    ("os", system::FUNCTIONS),
    ("coroutine", coroutines::FUNCTIONS),
    ("io", refused::IO),
    ("debug", refused::DEBUG),
    ("package", refused::PACKAGE),
    ("channel", refused::CHANNEL),
];

/// The table of global variables.
pub(super) const GLOBALS: TableId = TableId(0);

/// The table `string`, which is also the metatable of all texts.
pub(super) const METHODS_OF_TEXTS: TableId = TableId(1);

/// What loops call, which no table holds: `pairs`, `ipairs` and `gmatch` hand them out.
const ITERATORS: [Native; 3] =
    [Native::Plain(base::next_pair), Native::Plain(base::next_item), Native::Plain(search::next_match)];
const NEXT_PAIR: Value = Value::Native(NativeId(0));
const NEXT_ITEM: Value = Value::Native(NativeId(1));
const NEXT_MATCH: Value = Value::Native(NativeId(2));

struct Library {
    texts: Strings,
    tables: Vec<Table>,
    natives: Vec<Native>,
}

static LIBRARY: LazyLock<Library> = LazyLock::new(|| {
    let none = Strings::default();
    let mut builder = Builder { texts: Texts::over(&none), budget: Budget::unlimited(), natives: ITERATORS.to_vec() };
    // Without a limit nothing can be exhausted.
    let tables = builder.tables().unwrap_or_default();
    let Builder { texts, natives, .. } = builder;
    Library { texts: texts.into_compiled(), tables, natives }
});

/// The texts that every script starts with.
pub(super) fn texts() -> &'static Strings {
    &LIBRARY.texts
}

/// The tables that every evaluation starts with.
pub(super) fn tables() -> &'static [Table] {
    &LIBRARY.tables
}

/// A function of the library.
#[inline]
pub(super) fn native(id: NativeId) -> Native {
    LIBRARY.natives.get(id.0 as usize).copied().unwrap_or(Native::Plain(refused::refuse))
}

struct Builder<'s> {
    texts: Texts<'s>,
    budget: Budget,
    natives: Vec<Native>,
}

impl Builder<'_> {
    fn text(&mut self, text: &str) -> Result<Value, Exhausted> {
        self.texts.intern(text.as_bytes(), &mut self.budget).map(Value::Text)
    }

    fn tables(&mut self) -> Result<Vec<Table>, Exhausted> {
        for event in events::NAMES {
            self.text(event)?;
        }
        let mut tables = Vec::new();
        for (_, functions) in MODULES {
            tables.push(self.module(functions)?);
        }
        self.constants(&mut tables)?;
        Ok(tables)
    }

    fn module(&mut self, functions: Functions) -> Result<Table, Exhausted> {
        let mut table = Table::default();
        for (name, native) in functions {
            let name = self.text(name)?;
            self.natives.push(*native);
            let function = Value::Native(NativeId(self.natives.len() as u32 - 1));
            table.set(name, function, &mut self.budget)?;
        }
        Ok(table)
    }

    /// Everything in the tables that is not a function of its module.
    fn constants(&mut self, tables: &mut [Table]) -> Result<(), Exhausted> {
        let mut members = Vec::new();
        for (number, (name, _)) in (0..).zip(MODULES) {
            members.push((GLOBALS, name, Value::Table(TableId(number))));
        }
        members.push((GLOBALS, "_VERSION", self.text("Lua 5.1")?));
        members.push((GLOBALS, "_GOPHER_LUA_VERSION", self.text("GopherLua 0.1")?));
        members.push((METHODS_OF_TEXTS, "__index", Value::Table(METHODS_OF_TEXTS)));
        for (name, number) in mathematics::CONSTANTS {
            members.push((mathematics::MODULE, name, Value::Number(*number)));
        }
        for (table, name, value) in members {
            let name = self.text(name)?;
            if let Some(table) = tables.get_mut(table.0 as usize) {
                table.set(name, value, &mut self.budget)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_events_come_first() {
        let mut texts = Texts::over(texts());
        for event in [events::Event::Index, events::Event::Power, events::Event::IsArray] {
            let name = texts.get(event.name()).to_vec();
            assert_eq!(texts.intern(&name, &mut Budget::unlimited()), Ok(event.name()));
            assert!(name.starts_with(b"__"));
        }
        assert_eq!(texts.get(events::Event::IsArray.name()), b"__is_array");
    }

    #[test]
    fn modules_stand_where_the_constants_say() {
        for (number, module) in [(GLOBALS, "_G"), (METHODS_OF_TEXTS, "string"), (mathematics::MODULE, "math")] {
            assert_eq!(MODULES[number.0 as usize].0, module);
        }
    }
}
