//! Everything that one evaluation makes; dropped whole at its end, so nothing is collected and nothing survives.

use super::super::budget::{Budget, Exhausted};
use super::code::Function;
use super::machine::{Thread, number_text};
use super::pattern::Matches;
use super::strings::{StringId, Strings, Texts};
use super::table::Table;
use super::value::{CellId, ClosureId, ObjectId, TableId, ThreadId, Value};
use std::borrow::Cow;
use std::sync::Arc;

/// A function of the script with what it shares with its surroundings.
#[derive(Debug, Clone)]
pub(super) struct Closure {
    /// Its code.
    pub(super) function: Arc<Function>,
    /// The local variables of enclosing functions that it uses.
    pub(super) shared: Vec<CellId>,
    /// The table that its global variables live in.
    pub(super) globals: TableId,
}

/// What an opaque object holds.
#[derive(Debug)]
pub(super) enum Object {
    /// The state of a `gmatch`: the text, all its matches, and which comes next.
    Matches(StringId, Vec<Matches>, usize),
    /// What `newproxy` makes: nothing but a metatable.
    Proxy(Option<TableId>),
}

/// The memory of one evaluation, and what it may still use.
#[derive(Debug)]
pub(super) struct Heap<'p> {
    /// What is left to use.
    pub(super) budget: Budget,
    /// All texts.
    pub(super) texts: Texts<'p>,
    /// The library's tables are borrowed until something is assigned to one of them.
    tables: Vec<Cow<'p, Table>>,
    closures: Vec<Closure>,
    cells: Vec<Value>,
    objects: Vec<Object>,
    /// Coroutines; the first is the script itself.
    pub(super) threads: Vec<Thread>,
}

impl<'p> Heap<'p> {
    /// A heap that holds the library's tables and a script's texts.
    pub(super) fn new(budget: Budget, texts: &'p Strings, library: &'p [Table]) -> Self {
        Self {
            budget,
            texts: Texts::over(texts),
            tables: library.iter().map(Cow::Borrowed).collect(),
            closures: Vec::new(),
            cells: Vec::new(),
            objects: Vec::new(),
            threads: vec![Thread::default()],
        }
    }

    /// A new empty table.
    pub(super) fn new_table(&mut self) -> Result<TableId, Exhausted> {
        self.add_table(Table::default())
    }

    /// A new table with these array items.
    pub(super) fn new_list(&mut self, items: Vec<Value>) -> Result<TableId, Exhausted> {
        self.budget.allocate(items.len() * size_of::<Value>())?;
        self.add_table(Table::of_items(items))
    }

    fn add_table(&mut self, table: Table) -> Result<TableId, Exhausted> {
        self.budget.allocate(size_of::<Table>())?;
        self.tables.push(Cow::Owned(table));
        Ok(TableId(self.tables.len() as u32 - 1))
    }

    /// A table; an unknown id is an empty one, which cannot happen.
    #[inline]
    pub(super) fn table(&self, id: TableId) -> &Table {
        static NONE: std::sync::LazyLock<Table> = std::sync::LazyLock::new(Table::default);
        self.tables.get(id.0 as usize).map_or(&NONE, |table| table)
    }

    /// Changes a table, with the budget that pays for it.
    #[inline]
    pub(super) fn change<T>(&mut self, id: TableId, change: impl FnOnce(&mut Table, &mut Budget) -> T) -> T {
        match self.tables.get_mut(id.0 as usize) {
            Some(table) => change(table.to_mut(), &mut self.budget),
            None => change(&mut Table::default(), &mut self.budget),
        }
    }

    /// Sets a key of a table without asking its metatable.
    #[inline]
    pub(super) fn set(&mut self, id: TableId, key: Value, value: Value) -> Result<(), Exhausted> {
        self.change(id, |table, budget| table.set(key, value, budget))
    }

    /// The key and value after `key` in a table.
    pub(super) fn next(&mut self, id: TableId, key: Value) -> Result<Option<(Value, Value)>, Exhausted> {
        let Some(table) = self.tables.get(id.0 as usize) else { return Ok(None) };
        table.next(key, &mut self.budget)
    }

    /// What `#` answers for a table.
    pub(super) fn length(&mut self, id: TableId) -> Result<usize, Exhausted> {
        let Some(table) = self.tables.get(id.0 as usize) else { return Ok(0) };
        table.length(&mut self.budget)
    }

    /// A text as a value.
    pub(super) fn text(&mut self, text: impl AsRef<[u8]>) -> Result<Value, Exhausted> {
        self.texts.intern(text.as_ref(), &mut self.budget).map(Value::Text)
    }

    /// The bytes of a text.
    pub(super) fn bytes(&self, id: StringId) -> &[u8] {
        self.texts.get(id)
    }

    /// A new function of the script.
    pub(super) fn new_closure(&mut self, closure: Closure) -> Result<Value, Exhausted> {
        self.budget.allocate(size_of::<Closure>() + closure.shared.len() * size_of::<CellId>())?;
        self.closures.push(closure);
        Ok(Value::Closure(ClosureId(self.closures.len() as u32 - 1)))
    }

    /// A function of the script.
    #[inline]
    pub(super) fn closure(&self, id: ClosureId) -> Option<&Closure> {
        self.closures.get(id.0 as usize)
    }

    /// Lets a function find its global variables in another table.
    pub(super) fn set_globals(&mut self, id: ClosureId, globals: TableId) {
        if let Some(closure) = self.closures.get_mut(id.0 as usize) {
            closure.globals = globals;
        }
    }

    /// A new shared local variable.
    #[inline]
    pub(super) fn new_cell(&mut self, value: Value) -> Result<CellId, Exhausted> {
        self.budget.allocate(size_of::<Value>())?;
        self.cells.push(value);
        Ok(CellId(self.cells.len() as u32 - 1))
    }

    /// The value of a shared local variable.
    #[inline]
    pub(super) fn cell(&self, id: CellId) -> Value {
        self.cells.get(id.0 as usize).copied().unwrap_or(Value::Nil)
    }

    /// Assigns a shared local variable.
    #[inline]
    pub(super) fn set_cell(&mut self, id: CellId, value: Value) {
        if let Some(cell) = self.cells.get_mut(id.0 as usize) {
            *cell = value;
        }
    }

    /// A new opaque object.
    pub(super) fn new_object(&mut self, object: Object) -> Result<Value, Exhausted> {
        self.budget.allocate(size_of::<Object>())?;
        self.objects.push(object);
        Ok(Value::Object(ObjectId(self.objects.len() as u32 - 1)))
    }

    /// What an opaque object holds.
    pub(super) fn object(&self, id: ObjectId) -> Option<&Object> {
        self.objects.get(id.0 as usize)
    }

    /// Changes what an opaque object holds.
    pub(super) fn object_mut(&mut self, id: ObjectId) -> Option<&mut Object> {
        self.objects.get_mut(id.0 as usize)
    }

    /// A new coroutine that has not started.
    pub(super) fn new_thread(&mut self, thread: Thread) -> Result<ThreadId, Exhausted> {
        self.budget.allocate(size_of::<Thread>())?;
        self.threads.push(thread);
        Ok(ThreadId(self.threads.len() as u32 - 1))
    }

    /// A value as `tostring` prints it without a metatable.
    pub(super) fn display(&self, value: Value) -> Vec<u8> {
        match value {
            Value::Nil | Value::Cell(_) => b"nil".to_vec(),
            Value::Boolean(value) => value.to_string().into_bytes(),
            Value::Number(number) => number_text(number).into_bytes(),
            Value::Text(text) => self.bytes(text).to_vec(),
            Value::Table(id) => address("table", id.0),
            Value::Closure(id) => address("function", id.0 << 2),
            Value::Native(id) => address("function", id.0 << 2 | 1),
            Value::Wrapped(id) => address("function", id.0 << 2 | 2),
            Value::Thread(id) => address("thread", id.0),
            Value::Object(id) => address("userdata", id.0),
        }
    }
}

/// What stands for the address of an object: equal for equal objects, and the same in every evaluation.
fn address(kind: &str, number: u32) -> Vec<u8> {
    format!("{kind}: 0xc{number:09x}").into_bytes()
}
