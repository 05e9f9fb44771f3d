//! The examples that Argo Events' users start from: all are read, and printing one loses nothing.

use std::path::{Path, PathBuf};

use model::manifest::{Decoded, EventBus, EventSource, Sensor, decode, encode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tidegate::manifests::{Loaded, Manifests};

/// The folder of the examples, if it is there.
pub(super) fn folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    if folder.is_dir() {
        return Some(folder);
    }
    println!("corpus: ../shared/corpus is absent, nothing is read");
    None
}

#[test]
fn every_example_is_read() {
    let Some(folder) = folder() else { return };
    let manifests = Manifests::read([folder], true);
    let errors: Vec<_> = manifests
        .findings
        .iter()
        .filter(|finding| finding.severity() > tidegate::manifests::rules::Severity::Warning)
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    assert!(manifests.sensors.len() >= 40 && manifests.event_sources.len() >= 15 && manifests.buses.len() == 1);
}

#[test]
fn printing_an_example_loses_only_what_is_reported() {
    let Some(folder) = folder() else { return };
    let manifests = Manifests::read([folder], true);
    manifests.sensors.iter().for_each(round_trip::<Sensor>);
    manifests.event_sources.iter().for_each(round_trip::<EventSource>);
    manifests.buses.iter().for_each(round_trip::<EventBus>);
}

/// Reads, prints and reads an object again; what is printed is what was written, but for unknown members.
pub(super) fn round_trip<T>(loaded: &Loaded<T>)
where
    T: Serialize + DeserializeOwned + Default + PartialEq + std::fmt::Debug,
{
    let written = loaded.node.to_value();
    let printed = encode(&loaded.object);
    let Decoded { object, unknown, mismatches } = decode::<T>(&printed);
    assert_eq!(object, *loaded.object);
    assert!(unknown.is_empty() && mismatches.is_empty());
    let reported = decode::<T>(&written).unknown;
    let reported: Vec<_> = reported.iter().map(|unknown| unknown.path.as_str()).collect();
    assert_eq!(trimmed(&written, "", &reported), trimmed(&printed, "", &[]));
}

/// A value without the members at these paths, and without empty ones.
fn trimmed(value: &Value, path: &str, without: &[&str]) -> Option<Value> {
    match value {
        _ if without.contains(&path) => None,
        Value::Object(members) => {
            let kept = members.iter().filter_map(|(name, value)| {
                let path = model::manifest::path::member(path, name);
                Some((name.clone(), trimmed(value, &path, without)?))
            });
            Some(Value::Object(kept.collect())).filter(|value| value != &serde_json::json!({}))
        }
        Value::Array(items) => {
            let kept = items.iter().enumerate();
            let kept = kept.map(|(n, item)| trimmed(item, &format!("{path}[{n}]"), without).unwrap_or_default());
            Some(Value::Array(kept.collect())).filter(|value| value != &serde_json::json!([]))
        }
        Value::Null | Value::Bool(false) => None,
        Value::String(text) if text.is_empty() => None,
        Value::Number(number) if number.as_f64() == Some(0.0) => None,
        other => Some(other.clone()),
    }
}
