//! Tables as GopherLua keeps them: an array for the keys 1, 2, 3, … and members in the order of their first assignment.

use super::super::budget::{Budget, Exhausted};
use super::value::{TableId, Value};

/// Whole numbers from here on are members, not array items (`MaxArrayIndex`).
const ARRAY_END: f64 = 67_108_864.0;

/// From how many members on a table keeps an index of them.
const INDEXED_FROM: usize = 9;

/// A table; a member that was set to `nil` keeps its place in the order.
#[derive(Debug, Clone, Default)]
pub(super) struct Table {
    /// The values of the keys 1, 2, 3, …; may hold `nil`.
    pub(super) array: Vec<Value>,
    members: Vec<(Value, Value)>,
    /// Position in `members` plus one, 0 where empty; empty while members are few, else a power of two long.
    index: Vec<u32>,
    /// The metatable.
    pub(super) metatable: Option<TableId>,
}

/// The array position of a key that belongs to the array.
#[inline]
fn array_position(key: f64) -> Option<usize> {
    ((1.0..ARRAY_END).contains(&key) && key.trunc() == key).then(|| key as usize - 1)
}

impl Table {
    /// A table with these items.
    pub(super) fn of_items(array: Vec<Value>) -> Self {
        Self { array, ..Self::default() }
    }

    /// The value of a key; `nil` when absent.
    #[inline]
    pub(super) fn get(&self, key: Value) -> Value {
        if let Value::Number(number) = key
            && let Some(position) = array_position(number)
        {
            return self.array.get(position).copied().unwrap_or(Value::Nil);
        }
        self.member(key)
    }

    /// The item at a one-based position of the array.
    pub(super) fn item(&self, position: i64) -> Value {
        let position = usize::try_from(position).ok().and_then(|position| position.checked_sub(1));
        position.and_then(|position| self.array.get(position)).copied().unwrap_or(Value::Nil)
    }

    fn member(&self, key: Value) -> Value {
        let found = self.find(key).and_then(|at| self.members.get(at));
        found.map_or(Value::Nil, |(_, value)| *value)
    }

    /// Sets or, with `nil`, removes a key. A key that is `nil` or not a number is never found again.
    pub(super) fn set(&mut self, key: Value, value: Value, budget: &mut Budget) -> Result<(), Exhausted> {
        match key {
            Value::Number(number) => match array_position(number) {
                Some(position) => self.set_item(position, value, budget),
                None if number.is_nan() => Ok(()),
                None => self.set_member(key, value, budget),
            },
            _ => self.set_member(key, value, budget),
        }
    }

    fn set_item(&mut self, position: usize, value: Value, budget: &mut Budget) -> Result<(), Exhausted> {
        if let Some(item) = self.array.get_mut(position) {
            *item = value;
            return Ok(());
        }
        budget.allocate((position + 1 - self.array.len()) * size_of::<Value>())?;
        self.array.resize(position, Value::Nil);
        self.array.push(value);
        Ok(())
    }

    fn set_member(&mut self, key: Value, value: Value, budget: &mut Budget) -> Result<(), Exhausted> {
        if let Some(at) = self.find_counted(key, budget)? {
            if let Some(member) = self.members.get_mut(at) {
                member.1 = value;
            }
            return Ok(());
        }
        if value == Value::Nil {
            return Ok(());
        }
        budget.allocate(size_of::<(Value, Value)>() + 8)?;
        self.members.push((key, value));
        if self.members.len() >= INDEXED_FROM {
            self.index_last(budget)?;
        }
        Ok(())
    }

    fn find(&self, key: Value) -> Option<usize> {
        if self.index.is_empty() {
            return self.members.iter().position(|(member, _)| *member == key);
        }
        let mut places = self.places(key);
        places.find_map(|slot| (slot == 0 || self.key_at(slot) == Some(key)).then(|| slot.checked_sub(1))).flatten()
    }

    /// As `find`, before a key is added. Each further place costs more steps than the one before, so that keys chosen to
    /// collide end the evaluation before finding them is slow.
    fn find_counted(&self, key: Value, budget: &mut Budget) -> Result<Option<usize>, Exhausted> {
        if self.index.is_empty() {
            return Ok(self.find(key));
        }
        for (distance, slot) in self.places(key).enumerate() {
            if slot == 0 || self.key_at(slot) == Some(key) {
                return Ok(slot.checked_sub(1));
            }
            budget.steps(distance as u64)?;
        }
        Ok(None)
    }

    fn key_at(&self, slot: usize) -> Option<Value> {
        self.members.get(slot.wrapping_sub(1)).map(|(key, _)| *key)
    }

    /// The slots of the index in the order in which a key may be there.
    fn places(&self, key: Value) -> impl Iterator<Item = usize> + '_ {
        let mask = self.index.len().wrapping_sub(1);
        let start = hash_of(key);
        (0..self.index.len()).filter_map(move |step| self.index.get((start + step) & mask).map(|slot| *slot as usize))
    }

    fn index_last(&mut self, budget: &mut Budget) -> Result<(), Exhausted> {
        if self.members.len() * 2 <= self.index.len() {
            return self.place(self.members.len() - 1, budget);
        }
        self.index = vec![0; (self.members.len() * 4).next_power_of_two()];
        (0..self.members.len()).try_for_each(|at| self.place(at, budget))
    }

    fn place(&mut self, at: usize, budget: &mut Budget) -> Result<(), Exhausted> {
        let Some((key, _)) = self.members.get(at) else { return Ok(()) };
        let mask = self.index.len().wrapping_sub(1);
        let mut place = hash_of(*key) & mask;
        let mut distance = 0;
        while self.index.get(place).is_some_and(|slot| *slot != 0) {
            budget.steps(distance)?;
            distance += 1;
            place = (place + 1) & mask;
        }
        if let Some(slot) = self.index.get_mut(place) {
            *slot = at as u32 + 1;
        }
        Ok(())
    }

    /// What `#` answers: the largest position of the array that holds a value.
    pub(super) fn length(&self, budget: &mut Budget) -> Result<usize, Exhausted> {
        let length = self.array.iter().rposition(|item| *item != Value::Nil).map_or(0, |last| last + 1);
        budget.scan(self.array.len() - length)?;
        Ok(length)
    }

    /// The key and value after `key`, array first; `nil` begins, and `None` is the end.
    pub(super) fn next(&self, key: Value, budget: &mut Budget) -> Result<Option<(Value, Value)>, Exhausted> {
        let members_from = match self.array_after(key) {
            Some(start) => {
                let rest = self.array.get(start..).unwrap_or_default();
                let skipped = rest.iter().position(|item| *item != Value::Nil).unwrap_or(rest.len());
                budget.scan(skipped)?;
                if let Some(item) = rest.get(skipped) {
                    return Ok(Some((Value::Number((start + skipped + 1) as f64), *item)));
                }
                0
            }
            // As the reference does, a key that was never there continues after the first member.
            None => self.find(key).unwrap_or(0) + 1,
        };
        let rest = self.members.get(members_from..).unwrap_or_default();
        let skipped = rest.iter().position(|(_, value)| *value != Value::Nil).unwrap_or(rest.len());
        budget.scan(skipped)?;
        Ok(rest.get(skipped).copied())
    }

    /// Where in the array to go on after `key`; `None` when the key is a member.
    fn array_after(&self, key: Value) -> Option<usize> {
        match key {
            Value::Nil => Some(0),
            Value::Number(number) => {
                array_position(number).map(|position| position + 1).filter(|start| *start <= self.array.len())
            }
            _ => None,
        }
    }

    /// The members with a value, in order.
    pub(super) fn members(&self) -> impl Iterator<Item = (Value, Value)> + '_ {
        self.members.iter().copied().filter(|(_, value)| *value != Value::Nil)
    }
}

fn hash_of(key: Value) -> usize {
    let bits = match key {
        // Positive and negative zero are one key.
        Value::Number(number) => (number + 0.0).to_bits(),
        Value::Text(id) => u64::from(id.number()),
        Value::Nil => 0,
        Value::Boolean(value) => 1 + u64::from(value),
        Value::Table(TableId(number)) => u64::from(number) << 3 | 1,
        Value::Closure(id) => u64::from(id.0) << 3 | 2,
        Value::Native(id) => u64::from(id.0) << 3 | 3,
        Value::Thread(id) => u64::from(id.0) << 3 | 4,
        Value::Wrapped(id) => u64::from(id.0) << 3 | 5,
        Value::Object(id) => u64::from(id.0) << 3 | 6,
        Value::Cell(id) => u64::from(id.0) << 3 | 7,
    };
    let mixed = bits.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed ^ mixed >> 32) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use Value::{Boolean, Nil, Number};

    fn table(pairs: &[(Value, Value)]) -> Table {
        let mut table = Table::default();
        let mut budget = Budget::unlimited();
        for (key, value) in pairs {
            table.set(*key, *value, &mut budget).unwrap();
        }
        table
    }

    fn keys(table: &Table) -> Vec<Value> {
        let mut keys = vec![];
        let mut key = Nil;
        while let Some((next, _)) = table.next(key, &mut Budget::unlimited()).unwrap() {
            keys.push(next);
            key = next;
        }
        keys
    }

    #[test]
    fn a_hole_counts_for_the_length() {
        let holed = table(&[(Number(1.0), Boolean(true)), (Number(4.0), Boolean(true))]);
        assert_eq!(holed.length(&mut Budget::unlimited()), Ok(4));
        assert_eq!(keys(&holed), [Number(1.0), Number(4.0)]);
    }

    #[test]
    fn members_come_in_the_order_of_their_first_assignment() {
        let numbers = [-3.0, 0.5, 0.0, -1.0].map(Number);
        let mut found = table(&numbers.map(|key| (key, key)));
        found.set(numbers[0], Nil, &mut Budget::unlimited()).unwrap();
        assert_eq!(keys(&found), numbers[1..]);
        found.set(numbers[0], Boolean(true), &mut Budget::unlimited()).unwrap();
        assert_eq!(keys(&found), numbers);
    }

    #[test]
    fn many_members_are_found_through_the_index() {
        let pairs: Vec<_> = (0..1000).map(|n| (Number(-f64::from(n)), Number(f64::from(n) * 2.0))).collect();
        let found = table(&pairs);
        assert!(pairs.iter().all(|(key, value)| found.get(*key) == *value));
        assert_eq!(found.get(Number(0.5)), Nil);
        assert_eq!(found.get(Number(-0.0)), Number(0.0));
    }

    #[test]
    fn a_far_key_costs_its_memory() {
        let mut far = Table::default();
        let refused = far.set(Number(60_000_000.0), Nil, &mut Budget::new(1 << 40, 1 << 20));
        assert_eq!(refused, Err(Exhausted::Bytes));
    }
}
