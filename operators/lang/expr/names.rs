//! The names that an expression can use: the members of the event's data and the functions of the surroundings.

use super::function;
use super::value::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A name with more parts than this stays as it is.
const PARTS: usize = 50;

/// The names of an event with these members: `_` for `-`, dotted names as objects in objects, and the functions.
pub(super) fn of(members: serde_json::Map<String, serde_json::Value>) -> Value {
    let renamed: BTreeMap<String, Value> =
        members.into_iter().map(|(name, member)| (name.replace('-', "_"), Value::from(member))).collect();
    let mut root = BTreeMap::new();
    for (name, member) in without_parents(renamed) {
        let parts: Vec<&str> = name.split('.').collect();
        match parts.split_last() {
            Some((last, above)) if parts.len() <= PARTS => insert(&mut root, above, last, member),
            _ => insert(&mut root, &[], &name, member),
        }
    }
    let mut names = values(root);
    function::add_to(&mut names);
    Value::map(names)
}

/// Leaves out each name whose next one in order is a dotted name below it.
fn without_parents(members: BTreeMap<String, Value>) -> Vec<(String, Value)> {
    let mut members = members.into_iter().peekable();
    let mut kept = Vec::new();
    while let Some((name, member)) = members.next() {
        let below = |next: &str| next.strip_prefix(&name).is_some_and(|rest| rest.starts_with('.'));
        if !members.peek().is_some_and(|(next, _)| below(next)) {
            kept.push((name, member));
        }
    }
    kept
}

/// What a name stands for while dotted names are taken apart.
enum Place {
    Value(Value),
    Below(BTreeMap<String, Place>),
}

/// Puts a member below the names above it; where a plain and a dotted name meet, the dotted one wins.
fn insert(mut places: &mut BTreeMap<String, Place>, above: &[&str], name: &str, member: Value) {
    for part in above {
        let place = places.entry((*part).to_owned()).or_insert_with(|| Place::Below(BTreeMap::new()));
        if let Place::Value(_) = place {
            *place = Place::Below(BTreeMap::new());
        }
        let Place::Below(below) = place else { return };
        places = below;
    }
    places.entry(name.to_owned()).or_insert(Place::Value(member));
}

fn values(places: BTreeMap<String, Place>) -> BTreeMap<Arc<str>, Value> {
    let value = |place| match place {
        Place::Value(value) => value,
        Place::Below(below) => Value::map(values(below)),
    };
    places.into_iter().map(|(name, place)| (Arc::from(name), value(place))).collect()
}
