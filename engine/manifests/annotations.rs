//! Reads the annotations that are Tidegate's own from an object.

use model::manifest::annotations::{self, EventSourceAnnotations, SensorAnnotations};
use model::manifest::{EventSource, ObjectMeta, Sensor};
use serde_json::Value;

use super::yaml;

/// An annotation that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnnotationError {
    /// The annotation's name.
    pub name: &'static str,
    /// What is wrong with it.
    pub message: String,
}

/// The annotations of a Sensor.
///
/// # Errors
/// Every annotation that cannot be used.
pub fn of_sensor(sensor: &Sensor) -> Result<SensorAnnotations, Vec<AnnotationError>> {
    let mut reader = Reader { metadata: &sensor.metadata, errors: Vec::new() };
    let read = SensorAnnotations {
        key: reader.read(annotations::KEY, annotations::key),
        window: reader.read(annotations::WINDOW, annotations::window),
        concurrency: reader.read(annotations::CONCURRENCY, annotations::concurrency),
    };
    if reader.errors.is_empty() { Ok(read) } else { Err(reader.errors) }
}

/// The annotations of an EventSource.
///
/// # Errors
/// Every annotation that cannot be used.
pub fn of_event_source(source: &EventSource) -> Result<EventSourceAnnotations, Vec<AnnotationError>> {
    let mut reader = Reader { metadata: &source.metadata, errors: Vec::new() };
    let read = EventSourceAnnotations { hmac: reader.read(annotations::HMAC, annotations::hmac) };
    if reader.errors.is_empty() { Ok(read) } else { Err(reader.errors) }
}

struct Reader<'a> {
    metadata: &'a ObjectMeta,
    errors: Vec<AnnotationError>,
}

impl Reader<'_> {
    /// The value of an annotation, if it is there and can be used.
    fn read<T>(&mut self, name: &'static str, read: impl Fn(&Value) -> Result<T, String>) -> Option<T> {
        let text = self.metadata.annotations.get(name)?;
        match value(text).and_then(|value| read(&value)) {
            Ok(read) => Some(read),
            Err(message) => {
                self.errors.push(AnnotationError { name, message });
                None
            }
        }
    }
}

/// The value that the YAML of an annotation stands for.
fn value(text: &str) -> Result<Value, String> {
    match yaml::documents(text).into_iter().next() {
        Some(Ok(node)) => Ok(node.to_value()),
        Some(Err(error)) => Err(error.message),
        None => Ok(Value::Null),
    }
}

#[cfg(test)]
mod tests {
    use model::manifest::decode;
    use serde_json::json;

    use super::*;

    #[test]
    fn annotations_are_yaml_in_text() {
        let sensor: Sensor = decode(&json!({"metadata": {"annotations": {
            "tidegate.io/key": "a: body.id\nb: body.ref",
            "tidegate.io/window": "10m",
            "tidegate.io/concurrency": "{t: 1}",
            "other.io/key": "["}}}))
        .object;
        let read = of_sensor(&sensor).unwrap();
        assert_eq!(read.key.unwrap().of("b"), Some(&"body.ref".to_owned()));
        assert_eq!(read.window.unwrap().of("t").unwrap().to_string(), "10m0s");
        assert_eq!(read.concurrency.unwrap().of("t"), Some(&1));
    }

    #[test]
    fn every_wrong_annotation_is_named() {
        let sensor: Sensor = decode(&json!({"metadata": {"annotations": {
            "tidegate.io/key": "[", "tidegate.io/window": "soon"}}}))
        .object;
        let errors = of_sensor(&sensor).unwrap_err();
        assert_eq!(
            errors.iter().map(|error| error.name).collect::<Vec<_>>(),
            ["tidegate.io/key", "tidegate.io/window"]
        );
    }
}
