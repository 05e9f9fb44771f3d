//! Reading and assigning members and globals, with what metatables say about absent ones.

use super::{Machine, Trap};
use crate::lua::events::Event;
use crate::lua::library::METHODS_OF_TEXTS;
use crate::lua::value::{TableId, Value};

/// How many tables a lookup passes on to before it gives up (`MaxTableGetLoop`).
const PASSES: usize = 100;

impl Machine<'_> {
    /// The metatable of a value; all texts share the library's table `string`.
    pub(in crate::lua) fn metatable(&self, value: Value) -> Option<TableId> {
        match value {
            Value::Table(table) => self.heap.table(table).metatable,
            Value::Text(_) => Some(METHODS_OF_TEXTS),
            Value::Object(object) => match self.heap.object(object) {
                Some(crate::lua::heap::Object::Proxy(metatable)) => *metatable,
                _ => None,
            },
            _ => None,
        }
    }

    /// What the metatable of a value says about an event.
    pub(in crate::lua) fn meta(&self, value: Value, event: Event) -> Value {
        let metatable = self.metatable(value);
        metatable.map_or(Value::Nil, |metatable| self.heap.table(metatable).get(Value::Text(event.name())))
    }

    /// What the metatable of the one or the other value says about an event.
    pub(super) fn meta_of_either(&self, left: Value, right: Value, event: Event) -> Value {
        match self.meta(left, event) {
            Value::Nil => self.meta(right, event),
            found => found,
        }
    }

    /// An object's value of a key.
    pub(in crate::lua) fn get(&mut self, object: Value, key: Value) -> Result<Value, Trap> {
        let mut object = object;
        for _ in 0..PASSES {
            if let Value::Table(table) = object {
                let table = self.heap.table(table);
                let found = table.get(key);
                if found != Value::Nil || table.metatable.is_none() {
                    return Ok(found);
                }
            }
            match self.meta(object, Event::Index) {
                Value::Nil if matches!(object, Value::Table(_)) => return Ok(Value::Nil),
                Value::Nil => return Err(self.index_error(object, key)),
                function if function.is_function() => return self.call_for_one(function, &[object, key]),
                other => object = other,
            }
        }
        Err(self.error("too many recursions in gettable"))
    }

    /// Sets an object's value of a key.
    pub(in crate::lua) fn set(&mut self, object: Value, key: Value, value: Value) -> Result<(), Trap> {
        let mut object = object;
        for _ in 0..PASSES {
            if let Value::Table(id) = object {
                let table = self.heap.table(id);
                if table.metatable.is_none() || table.get(key) != Value::Nil {
                    return self.set_raw(id, key, value);
                }
            }
            match (self.meta(object, Event::NewIndex), object) {
                (Value::Nil, Value::Table(id)) => return self.set_raw(id, key, value),
                (Value::Nil, _) => return Err(self.index_error(object, key)),
                (function, _) if function.is_function() => {
                    return self.call_value(function, &[object, key, value]).map(drop);
                }
                (other, _) => object = other,
            }
        }
        Err(self.error("too many recursions in settable"))
    }

    /// Sets a table's value of a key without asking its metatable.
    pub(in crate::lua) fn set_raw(&mut self, table: TableId, key: Value, value: Value) -> Result<(), Trap> {
        match key {
            Value::Nil => Err(self.error("table index is nil")),
            Value::Number(number) if number.is_nan() => Err(self.error("table index is NaN")),
            _ => Ok(self.heap.set(table, key, value)?),
        }
    }

    fn index_error(&mut self, object: Value, key: Value) -> Trap {
        let kind = object.type_name();
        let mut message = format!("attempt to index a non-table object({kind}) with key '").into_bytes();
        message.extend_from_slice(&self.display(key));
        message.push(b'\'');
        self.error_with(&message, format!("attempt to index a {kind} value"))
    }

    /// Replaces the object on top by its member.
    #[inline]
    pub(super) fn member(&mut self, key: Value) -> Result<(), Trap> {
        let object = self.pop();
        let value = self.get(object, key)?;
        self.stack.push(value);
        Ok(())
    }

    pub(super) fn method(&mut self, name: u32) -> Result<(), Trap> {
        let object = self.pop();
        let function = self.get(object, self.constant(name))?;
        self.stack.extend([function, object]);
        Ok(())
    }

    pub(super) fn global(&mut self, name: u32) -> Result<(), Trap> {
        let globals = self.activation().map_or(self.globals, |running| running.globals);
        let value = self.get(Value::Table(globals), self.constant(name))?;
        self.stack.push(value);
        Ok(())
    }

    pub(super) fn set_global_variable(&mut self, name: u32) -> Result<(), Trap> {
        let value = self.pop();
        let globals = self.activation().map_or(self.globals, |running| running.globals);
        self.set(Value::Table(globals), self.constant(name), value)
    }

    pub(super) fn set_index(&mut self, slot: u32) -> Result<(), Trap> {
        let value = self.pop();
        self.set(self.slot(slot), self.slot(slot + 1), value)
    }

    pub(super) fn set_member(&mut self, slot: u32) -> Result<(), Trap> {
        let value = self.pop();
        let key = self.pop();
        self.set(self.slot(slot), key, value)
    }

    pub(super) fn push_table(&mut self) -> Result<(), Trap> {
        let table = self.heap.new_table()?;
        self.stack.push(Value::Table(table));
        Ok(())
    }

    pub(super) fn append(&mut self, slot: u32, first: u32) -> Result<(), Trap> {
        let Value::Table(table) = self.slot(slot) else { return Ok(()) };
        let from = (self.base + slot as usize + 1).min(self.stack.len());
        let items = self.stack.split_off(from);
        self.heap.budget.scan(items.len())?;
        for (item, position) in items.into_iter().zip(first..) {
            self.heap.set(table, Value::Number(f64::from(position)), item)?;
        }
        Ok(())
    }
}
