//! Reads an object from a JSON value by the rules of the reference's decoder.
//!
//! Member names match letter by letter; `null` is the same as absent; a whole number may be written with a fraction of
//! zero. An unknown member is left out and reported, a member of the wrong type too: what is read is everything else.
//! (argo-events reads objects with the API machinery's JSON decoder, which stops at the first wrong type.)

use std::cell::RefCell;
use std::fmt;

use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use serde_json::{Map, Value};

use super::path;

/// An object and what could not be used of its text. Paths look like `spec.triggers[0].template.name`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Decoded<T> {
    /// The object.
    pub object: T,
    /// Members that no field has the name of.
    pub unknown: Vec<UnknownMember>,
    /// Members whose value has the wrong type; their fields are empty.
    pub mismatches: Vec<Mismatch>,
}

/// A member that no field has the name of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownMember {
    /// Where it stands.
    pub path: String,
    /// The names that exist there.
    pub known: &'static [&'static str],
}

/// A member whose value has the wrong type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// Where it stands.
    pub path: String,
    /// What it should be, such as `text`.
    pub expected: &'static str,
    /// What it is, such as `a number`.
    pub found: &'static str,
}

/// Reads an object, and reports what could not be used.
pub fn decode<T: DeserializeOwned + Default>(value: &Value) -> Decoded<T> {
    let log = Log::default();
    let object = T::deserialize(Node { value, path: Path::Root, log: &log }).unwrap_or_else(|Stop| {
        log.mismatch(&Path::Root, "an object of this kind", value);
        T::default()
    });
    Decoded { object, unknown: log.unknown.into_inner(), mismatches: log.mismatches.into_inner() }
}

/// What has been found so far.
#[derive(Default)]
struct Log {
    unknown: RefCell<Vec<UnknownMember>>,
    mismatches: RefCell<Vec<Mismatch>>,
}

impl Log {
    fn mismatch(&self, path: &Path<'_>, expected: &'static str, found: &Value) {
        let found = kind_of(found);
        self.mismatches.borrow_mut().push(Mismatch { path: path.to_string(), expected, found });
    }
}

/// What a JSON value is, in words.
fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a map",
    }
}

/// The way from the root to a value.
#[derive(Clone, Copy)]
enum Path<'a> {
    Root,
    Member(&'a Path<'a>, &'a str),
    Index(&'a Path<'a>, usize),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Path::Root => Ok(()),
            Path::Member(parent, name) => f.write_str(&path::member(&parent.to_string(), name)),
            Path::Index(parent, index) => write!(f, "{parent}[{index}]"),
        }
    }
}

/// A value cannot be read at all; nothing more is known because everything that goes wrong is in the [`Log`].
#[derive(Debug)]
struct Stop;

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the value has the wrong type")
    }
}

impl std::error::Error for Stop {}

impl de::Error for Stop {
    fn custom<M: fmt::Display>(_: M) -> Self {
        Stop
    }
}

/// One value on its way into a field.
#[derive(Clone, Copy)]
struct Node<'a> {
    value: &'a Value,
    path: Path<'a>,
    log: &'a Log,
}

impl Node<'_> {
    /// A whole number, also when it is written as `3.0`; 0 for null and for anything else, which is reported.
    fn whole<N: TryFrom<i128> + Default>(&self, expected: &'static str) -> N {
        let number = match self.value {
            Value::Null => return N::default(),
            Value::Number(number) => whole(number),
            _ => None,
        };
        number.and_then(|number| N::try_from(number).ok()).unwrap_or_else(|| {
            self.log.mismatch(&self.path, expected, self.value);
            N::default()
        })
    }
}

/// The number as a whole one, if it is.
#[allow(clippy::cast_possible_truncation)]
fn whole(number: &serde_json::Number) -> Option<i128> {
    let wide = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
    wide.or_else(|| number.as_f64().filter(|n| n.fract() == 0.0 && n.abs() < 1e19).map(|n| n as i128))
}

/// Methods that read a whole number of one type.
macro_rules! whole_numbers {
    ($($method:ident $visit:ident $expected:literal;)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
            visitor.$visit(self.whole($expected))
        })*
    };
}

impl<'de> Deserializer<'de> for Node<'_> {
    type Error = Stop;

    /// Free-form parts are taken as they are, nulls included.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        self.value.clone().into_deserializer().deserialize_any(visitor).map_err(|_: serde_json::Error| Stop)
    }

    whole_numbers! {
        deserialize_i32 visit_i32 "a whole number of 32 bits";
        deserialize_i64 visit_i64 "a whole number";
        deserialize_u32 visit_u32 "a whole number that is not negative";
        deserialize_u64 visit_u64 "a whole number that is not negative";
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        match self.value {
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Null => visitor.visit_bool(false),
            other => {
                self.log.mismatch(&self.path, "true or false", other);
                visitor.visit_bool(false)
            }
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        match self.value {
            Value::String(value) => visitor.visit_str(value),
            Value::Null => visitor.visit_str(""),
            other => {
                self.log.mismatch(&self.path, "text", other);
                visitor.visit_str("")
            }
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        match self.value {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Stop> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        let items: &[Value] = match self.value {
            Value::Array(items) => items,
            Value::Null => &[],
            other => {
                self.log.mismatch(&self.path, "a list", other);
                &[]
            }
        };
        visitor.visit_seq(Items { items: items.iter().enumerate(), path: &self.path, log: self.log })
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        self.members(&[], visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Stop> {
        self.members(fields, visitor)
    }

    forward_to_deserialize_any! {
        i8 i16 i128 u8 u16 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct enum identifier
        ignored_any
    }
}

impl<'a> Node<'a> {
    /// Visits the members of a map; of a struct those that are no field are reported instead.
    fn members<'de, V: Visitor<'de>>(&self, fields: &'static [&'static str], visitor: V) -> Result<V::Value, Stop> {
        let empty = Map::new();
        let members = match self.value {
            Value::Object(members) => members,
            Value::Null => &empty,
            other => {
                self.log.mismatch(&self.path, "a map", other);
                &empty
            }
        };
        let known = |name: &str| fields.is_empty() || fields.contains(&name);
        for name in members.keys().filter(|name| !known(name)) {
            let path = Path::Member(&self.path, name).to_string();
            self.log.unknown.borrow_mut().push(UnknownMember { path, known: fields });
        }
        let members: Vec<_> = members.iter().filter(|(name, _)| known(name)).collect();
        visitor.visit_map(Members { members: members.into_iter(), next: None, path: &self.path, log: self.log })
    }
}

/// The items of a list.
struct Items<'a> {
    items: std::iter::Enumerate<std::slice::Iter<'a, Value>>,
    path: &'a Path<'a>,
    log: &'a Log,
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Stop;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Stop> {
        let Some((index, value)) = self.items.next() else { return Ok(None) };
        seed.deserialize(Node { value, path: Path::Index(self.path, index), log: self.log }).map(Some)
    }

    // A list that is made to measure: most have one item or two, of some hundred bytes.
    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

/// The members of a map.
struct Members<'a> {
    members: std::vec::IntoIter<(&'a String, &'a Value)>,
    next: Option<(&'a String, &'a Value)>,
    path: &'a Path<'a>,
    log: &'a Log,
}

impl<'de> MapAccess<'de> for Members<'_> {
    type Error = Stop;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Stop> {
        self.next = self.members.next();
        self.next.map(|(name, _)| seed.deserialize(name.as_str().into_deserializer())).transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Stop> {
        let Some((name, value)) = self.next.take() else { return Err(Stop) };
        seed.deserialize(Node { value, path: Path::Member(self.path, name), log: self.log })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{Sensor, Trigger, encode};
    use super::*;

    #[test]
    fn null_is_the_same_as_absent() {
        let with = json!({"template": {"name": null, "conditionsReset": null, "http": {"url": "u", "headers": null,
            "payload": null, "secureHeaders": [null]}}, "atLeastOnce": null, "parameters": [null]});
        let decoded = decode::<Trigger>(&with);
        assert_eq!((&decoded.unknown[..], &decoded.mismatches[..]), (&[][..], &[][..]));
        let template = decoded.object.template.unwrap();
        let http = template.http.unwrap();
        assert_eq!((http.payload, http.secure_headers.len()), (None, 1));
        assert_eq!((decoded.object.at_least_once, decoded.object.parameters.len()), (None, 1));
    }

    #[test]
    fn an_empty_list_is_not_an_absent_one() {
        let decoded = decode::<Trigger>(&json!({"template": {"http": {"payload": []}}}));
        assert_eq!(decoded.object.template.unwrap().http.unwrap().payload, Some(vec![]));
    }

    #[test]
    fn unknown_members_are_reported_with_their_places() {
        let value = json!({"kind": "Sensor", "Metadata": {}, "spec": {"triggers": [{"template": {"Name": "x"}}]}});
        let decoded = decode::<Sensor>(&value);
        let paths: Vec<_> = decoded.unknown.iter().map(|unknown| unknown.path.as_str()).collect();
        assert_eq!(paths, ["Metadata", "spec.triggers[0].template.Name"]);
        assert!(decoded.unknown[1].known.contains(&"name"));
    }

    #[test]
    fn wrong_types_are_all_reported_and_the_rest_is_read() {
        let value = json!({"template": {"name": 5, "http": {"url": "u", "timeout": "10", "payload": {}}}, "policy":
            {"status": {"allow": [200, 2.0, "x", 1e12]}}, "rateLimit": "fast", "atLeastOnce": "yes"});
        let decoded = decode::<Trigger>(&value);
        let found: Vec<_> =
            decoded.mismatches.iter().map(|m| format!("{}: {}, not {}", m.path, m.expected, m.found)).collect();
        let wanted = [
            "atLeastOnce: true or false, not text",
            "policy.status.allow[2]: a whole number of 32 bits, not text",
            "policy.status.allow[3]: a whole number of 32 bits, not a number",
            "rateLimit: a map, not text",
            "template.http.payload: a list, not a map",
            "template.http.timeout: a whole number, not text",
            "template.name: text, not a number",
        ];
        assert_eq!(found, wanted);
        assert_eq!(decoded.object.policy.unwrap().status.unwrap().allow, Some(vec![200, 2, 0, 0]));
        assert_eq!(decoded.object.template.unwrap().http.unwrap().url, "u");
    }

    #[test]
    fn free_form_parts_keep_their_nulls() {
        let value = json!({"template": {"k8s": {"source": {"resource": {"spec": {"a": null, "b": {}, "c": 1.5}}}}}});
        let decoded = decode::<Trigger>(&value);
        assert_eq!(encode(&decoded.object), value);
    }

    #[test]
    fn names_with_special_characters_are_quoted_in_paths() {
        let decoded = decode::<super::super::EventSource>(&json!({"spec": {"webhook": {"a.b": {"port": 1}}}}));
        assert_eq!(decoded.mismatches[0].path, r#"spec.webhook["a.b"].port"#);
    }
}
