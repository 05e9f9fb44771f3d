//! Prints an object as JSON without its empty members, as the reference does.
//!
//! An empty text, map or list, `false` and 0 are left out unless the field tells absent from empty (`Option`): then
//! only an absent one is. Free-form parts are printed as they are.

use serde::Serialize;
use serde_json::{Map, Value};

/// The object as a JSON value; null if it cannot be one, which no type of this module is.
pub fn encode<T: Serialize>(object: &T) -> Value {
    object.serialize(fields::Fields).map_or(Value::Null, |printed| printed.value)
}

/// A printed value, and whether a field that holds it is left out.
struct Printed {
    value: Value,
    empty: bool,
}

impl Printed {
    /// A value that is always printed.
    fn kept(value: Value) -> Self {
        Self { value, empty: false }
    }
}

/// Members in the making.
struct Members {
    members: Map<String, Value>,
    next_key: String,
}

mod fields {
    //! The serializer behind [`encode`](super::encode).

    use std::fmt::Display;

    use serde::ser::{self, Impossible, Serialize, SerializeMap, SerializeSeq, SerializeStruct, Serializer};
    use serde_json::{Error, Map, Value};

    use super::{Members, Printed};

    /// Prints one value.
    pub(super) struct Fields;

    /// A number or boolean, left out when it is the empty one.
    macro_rules! plain {
        ($($method:ident $type:ty;)*) => {
            $(fn $method(self, value: $type) -> Result<Printed, Error> {
                Ok(Printed { value: Value::from(value), empty: value == <$type>::default() })
            })*
        };
    }

    impl Serializer for Fields {
        type Ok = Printed;
        type Error = Error;
        type SerializeSeq = Items;
        type SerializeTuple = Impossible<Printed, Error>;
        type SerializeTupleStruct = Impossible<Printed, Error>;
        type SerializeTupleVariant = Impossible<Printed, Error>;
        type SerializeMap = Members;
        type SerializeStruct = Members;
        type SerializeStructVariant = Impossible<Printed, Error>;

        plain! {
            serialize_bool bool;
            serialize_i8 i8;
            serialize_i16 i16;
            serialize_i32 i32;
            serialize_i64 i64;
            serialize_u8 u8;
            serialize_u16 u16;
            serialize_u32 u32;
            serialize_u64 u64;
            serialize_f32 f32;
            serialize_f64 f64;
        }

        fn serialize_str(self, value: &str) -> Result<Printed, Error> {
            Ok(Printed { value: Value::from(value), empty: value.is_empty() })
        }

        fn serialize_char(self, value: char) -> Result<Printed, Error> {
            Ok(Printed::kept(Value::from(value.to_string())))
        }

        fn serialize_bytes(self, value: &[u8]) -> Result<Printed, Error> {
            Ok(Printed { value: Value::from(value), empty: value.is_empty() })
        }

        fn serialize_none(self) -> Result<Printed, Error> {
            self.serialize_unit()
        }

        /// What is in an `Option` is printed even when it is empty. A free-form part prints itself.
        fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Printed, Error> {
            Ok(Printed::kept(value.serialize(self)?.value))
        }

        fn serialize_unit(self) -> Result<Printed, Error> {
            Ok(Printed { value: Value::Null, empty: true })
        }

        fn serialize_unit_struct(self, _: &'static str) -> Result<Printed, Error> {
            self.serialize_unit()
        }

        fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<Printed, Error> {
            self.serialize_str(variant)
        }

        fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<Printed, Error> {
            value.serialize(self)
        }

        fn serialize_newtype_variant<T: Serialize + ?Sized>(
            self,
            _: &'static str,
            _: u32,
            _: &'static str,
            value: &T,
        ) -> Result<Printed, Error> {
            value.serialize(self)
        }

        fn serialize_seq(self, _: Option<usize>) -> Result<Items, Error> {
            Ok(Items(Vec::new()))
        }

        fn serialize_map(self, _: Option<usize>) -> Result<Members, Error> {
            Ok(Members { members: Map::new(), next_key: String::new() })
        }

        fn serialize_struct(self, _: &'static str, len: usize) -> Result<Members, Error> {
            self.serialize_map(Some(len))
        }

        fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Error> {
            Err(unused("tuple"))
        }

        fn serialize_tuple_struct(self, name: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, Error> {
            Err(unused(name))
        }

        fn serialize_tuple_variant(
            self,
            name: &'static str,
            _: u32,
            _: &'static str,
            _: usize,
        ) -> Result<Self::SerializeTupleVariant, Error> {
            Err(unused(name))
        }

        fn serialize_struct_variant(
            self,
            name: &'static str,
            _: u32,
            _: &'static str,
            _: usize,
        ) -> Result<Self::SerializeStructVariant, Error> {
            Err(unused(name))
        }
    }

    fn unused(name: impl Display) -> Error {
        ser::Error::custom(format_args!("manifests have no {name}"))
    }

    /// The items of a list; all are printed.
    pub(super) struct Items(Vec<Value>);

    impl SerializeSeq for Items {
        type Ok = Printed;
        type Error = Error;

        fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
            self.0.push(value.serialize(Fields)?.value);
            Ok(())
        }

        fn end(self) -> Result<Printed, Error> {
            Ok(Printed { empty: self.0.is_empty(), value: Value::Array(self.0) })
        }
    }

    impl SerializeMap for Members {
        type Ok = Printed;
        type Error = Error;

        fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
            match key.serialize(Fields)?.value {
                Value::String(key) => self.next_key = key,
                other => self.next_key = other.to_string(),
            }
            Ok(())
        }

        /// Every member of a map is printed.
        fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
            let key = std::mem::take(&mut self.next_key);
            self.members.insert(key, value.serialize(Fields)?.value);
            Ok(())
        }

        fn end(self) -> Result<Printed, Error> {
            Ok(Printed { empty: self.members.is_empty(), value: Value::Object(self.members) })
        }
    }

    impl SerializeStruct for Members {
        type Ok = Printed;
        type Error = Error;

        /// A field of a struct is printed unless it is empty.
        fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Error> {
            let printed = value.serialize(Fields)?;
            if !printed.empty {
                self.members.insert(name.to_owned(), printed.value);
            }
            Ok(())
        }

        fn end(self) -> Result<Printed, Error> {
            SerializeMap::end(self)
        }
    }
}
