//! The values of a program: JSON with whole numbers of any size, shared instead of copied.

use super::number::Number;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How many containers a value may have within each other.
pub(super) const MAX_DEPTH: u32 = 1_000;

/// The members of an object, by their names' bytes.
pub(super) type Members = BTreeMap<Arc<str>, Value>;

/// A value.
#[derive(Debug, Clone, Default)]
pub(super) enum Value {
    #[default]
    Null,
    Bool(bool),
    Number(Number),
    Text(Arc<str>),
    Array(Arc<Items>),
    Object(Arc<Map>),
}

/// The items of an array, with its depth.
#[derive(Debug, Clone, Default)]
pub(super) struct Items {
    pub(super) items: Vec<Value>,
    /// At least the levels of containers within each other, this one included.
    depth: u32,
}

/// The members of an object, with its depth.
#[derive(Debug, Clone, Default)]
pub(super) struct Map {
    pub(super) members: Members,
    depth: u32,
}

impl Value {
    /// A text.
    pub(super) fn text(text: impl AsRef<str>) -> Self {
        Self::Text(text.as_ref().into())
    }

    /// A whole number.
    pub(super) fn whole(value: impl TryInto<i64>) -> Self {
        Self::Number(Number::Whole(value.try_into().unwrap_or(i64::MAX)))
    }

    /// A floating-point number.
    pub(super) fn float(value: f64) -> Self {
        Self::Number(Number::Float(value))
    }

    /// An array.
    pub(super) fn array(items: Vec<Self>) -> Self {
        let depth = 1 + items.iter().map(Self::depth).max().unwrap_or(0);
        Self::Array(Arc::new(Items { items, depth }))
    }

    /// An object.
    pub(super) fn object(members: Members) -> Self {
        let depth = 1 + members.values().map(Self::depth).max().unwrap_or(0);
        Self::Object(Arc::new(Map { members, depth }))
    }

    /// At least how many containers it has within each other.
    pub(super) fn depth(&self) -> u32 {
        match self {
            Self::Array(array) => array.depth,
            Self::Object(object) => object.depth,
            _ => 0,
        }
    }

    /// False for null and false, true for everything else.
    pub(super) fn is_true(&self) -> bool {
        !matches!(self, Self::Null | Self::Bool(false))
    }

    /// What `type` calls it.
    pub(super) fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "boolean",
            Self::Number(_) => "number",
            Self::Text(_) => "string",
            Self::Array(_) => "array",
            Self::Object(_) => "object",
        }
    }

    /// The order of kinds: null, false, true, numbers, texts, arrays, objects.
    fn rank(&self) -> u8 {
        match self {
            Self::Null => 0,
            Self::Bool(false) => 1,
            Self::Bool(true) => 2,
            Self::Number(_) => 3,
            Self::Text(_) => 4,
            Self::Array(_) => 5,
            Self::Object(_) => 6,
        }
    }

    /// The order of all values. A NaN is less than every number, itself included.
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => a.compare(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (Self::Array(a), Self::Array(b)) => compare_all(&a.items, &b.items),
            (Self::Object(a), Self::Object(b)) => a.members.keys().cmp(b.members.keys()).then_with(|| {
                let pairs = a.members.values().zip(b.members.values());
                pairs.map(|(a, b)| a.compare(b)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
            }),
            _ => self.rank().cmp(&other.rank()),
        }
    }

    /// Whether it is the very value that a path leads to: the same container, or an equal scalar.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Array(a), Self::Array(b)) => Arc::ptr_eq(a, b) || (a.items.is_empty() && b.items.is_empty()),
            (Self::Object(a), Self::Object(b)) => Arc::ptr_eq(a, b),
            (Self::Number(a), Self::Number(b)) => a.is_same(b),
            (Self::Array(_) | Self::Object(_), _) | (_, Self::Array(_) | Self::Object(_)) => false,
            (a, b) => a.compare(b).is_eq(),
        }
    }

    /// The bytes that a copy of its outermost level takes, for budgets.
    pub(super) fn size(&self) -> usize {
        16 + match self {
            Self::Text(text) => text.len(),
            Self::Array(array) => 24 * array.items.len(),
            Self::Object(object) => 64 * object.members.len(),
            _ => 0,
        }
    }
}

fn compare_all(a: &[Value], b: &[Value]) -> Ordering {
    let pairs = a.iter().zip(b);
    pairs.map(|(a, b)| a.compare(b)).find(|order| order.is_ne()).unwrap_or_else(|| a.len().cmp(&b.len()))
}

impl Items {
    /// Changes the items; what stands deeper afterwards is noted.
    pub(super) fn change<T>(&mut self, change: impl FnOnce(&mut Vec<Value>) -> T) -> T {
        let result = change(&mut self.items);
        self.depth = 1 + self.items.iter().map(Value::depth).max().unwrap_or(0);
        result
    }

    /// Puts `value` at `index`, nulls up to it where the array is shorter.
    pub(super) fn put(&mut self, index: usize, value: Value) {
        self.depth = self.depth.max(1 + value.depth());
        if index >= self.items.len() {
            self.items.resize(index + 1, Value::Null);
        }
        if let Some(slot) = self.items.get_mut(index) {
            *slot = value;
        }
    }
}

impl Map {
    /// Puts `value` under `name`.
    pub(super) fn put(&mut self, name: Arc<str>, value: Value) {
        self.depth = self.depth.max(1 + value.depth());
        self.members.insert(name, value);
    }
}
