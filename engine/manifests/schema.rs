//! The JSON Schema of the three kinds, for editors: made from the model, whose doc comments are the descriptions.
//!
//! It is draft 7, which editors know best. What it cannot say, `lint` says; free-form parts stay open, and so do unknown
//! members, because Argo Events ignores them.

use model::manifest::{EventBus, EventSource, Sensor};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

/// The schema that fits all three kinds and leaves other objects alone.
pub fn all() -> Value {
    let mut generator = generator();
    let kinds = [subschema::<EventBus>(&mut generator), subschema::<EventSource>(&mut generator)];
    let [bus, source] = kinds;
    let sensor = subschema::<Sensor>(&mut generator);
    let cases = [("EventBus", bus), ("EventSource", source), ("Sensor", sensor)];
    let cases: Vec<_> = cases.into_iter().map(|(kind, schema)| case(kind, schema)).collect();
    let mut schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Argo Events manifests, as Tidegate reads them",
        "type": "object",
        "required": ["apiVersion", "kind", "metadata"],
        "allOf": cases,
        "definitions": generator.take_definitions(true),
    });
    tidy(&mut schema);
    schema
}

/// The schema of one kind.
pub fn of(kind: Kind) -> Value {
    let mut generator = generator();
    let schema = match kind {
        Kind::EventBus => generator.root_schema_for::<EventBus>(),
        Kind::EventSource => generator.root_schema_for::<EventSource>(),
        Kind::Sensor => generator.root_schema_for::<Sensor>(),
    };
    let mut schema = schema.to_value();
    tidy(&mut schema);
    schema
}

/// A kind that has a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
#[clap(rename_all = "PascalCase")]
pub enum Kind {
    /// The EventBus.
    EventBus,
    /// The EventSource.
    EventSource,
    /// The Sensor.
    Sensor,
}

fn generator() -> SchemaGenerator {
    SchemaSettings::draft07().into_generator()
}

fn subschema<T: JsonSchema>(generator: &mut SchemaGenerator) -> Value {
    generator.subschema_for::<T>().to_value()
}

/// What holds for objects of this kind.
fn case(kind: &str, schema: Value) -> Value {
    json!({ "if": { "properties": { "kind": { "const": kind } }, "required": ["kind"] }, "then": schema })
}

/// Takes out what says nothing: the defaults of empty fields, which are all that the model has, and the names of Rust's
/// number types.
fn tidy(schema: &mut Value) {
    let Value::Object(members) = schema else {
        if let Value::Array(schemas) = schema {
            schemas.iter_mut().for_each(tidy);
        }
        return;
    };
    members.remove("default");
    members.remove("format");
    for (keyword, value) in members.iter_mut() {
        match keyword.as_str() {
            "properties" | "definitions" => named(value),
            "const" | "enum" | "required" | "description" | "title" => {}
            _ => tidy(value),
        }
    }
}

/// Tidies the schemas of a map from names to schemas.
fn named(schemas: &mut Value) {
    let empty = &mut Map::new();
    schemas.as_object_mut().unwrap_or(empty).values_mut().for_each(tidy);
}
