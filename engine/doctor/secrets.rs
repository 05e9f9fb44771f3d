//! The Secrets and ConfigMaps that manifests name: whether each has a value here.

use super::{Notes, Patient};
use crate::manifests::secrets::{add_environment, add_folder};
use model::manifest::{ConfigMapKeySelector, SecretKeySelector, encode};
use model::secrets::{SecretError, Secrets};
use serde_json::Value;
use std::collections::BTreeSet;

/// A reference in a manifest: namespace, whether to a ConfigMap, name, key.
type Reference = (String, bool, String, String);

pub(super) fn check(patient: &Patient, notes: &mut Notes<'_>) {
    let (mut snapshot, wrong) = patient.manifests.secrets(&patient.namespace);
    for finding in wrong {
        notes.error(finding.message, finding.help);
    }
    if let Some(folder) = &patient.secrets
        && let Err(error) = add_folder(&mut snapshot, folder)
    {
        notes.error(format!("--secrets: {error}"), "name a folder with files NAME/KEY");
    }
    add_environment(&mut snapshot, std::env::vars());
    let secrets = Secrets::new(snapshot);
    let mut named = BTreeSet::new();
    let home = |own: &str| if own.is_empty() { patient.namespace.clone() } else { own.to_owned() };
    for source in &patient.manifests.event_sources {
        gather(&encode(&source.object), "", &home(&source.object.metadata.namespace), &mut named);
    }
    for sensor in &patient.manifests.sensors {
        gather(&encode(&sensor.object), "", &home(&sensor.object.metadata.namespace), &mut named);
    }
    let mut missing = 0;
    for (namespace, is_map, name, key) in &named {
        let found = if *is_map {
            let selector = ConfigMapKeySelector { name: name.clone(), key: key.clone(), optional: None };
            secrets.config_map(namespace, &selector).map(drop)
        } else {
            let selector = SecretKeySelector { name: name.clone(), key: key.clone(), optional: None };
            secrets.secret(namespace, &selector).map(drop)
        };
        if let Err(error) = found {
            missing += 1;
            let variable = model::secrets::variable(name, key);
            let help =
                format!("add a document, a file {name}/{key} in the folder of --secrets, or the variable {variable}");
            notes.error(in_namespace(&error, namespace), help);
        }
    }
    if !named.is_empty() {
        notes.ok(format!("{} of {} secrets that manifests name have a value", named.len() - missing, named.len()));
    }
}

fn in_namespace(error: &SecretError, namespace: &str) -> String {
    format!("{error} in the namespace {namespace}")
}

/// Finds every `{name, key}` under a member whose name says that it is one of a Secret or a ConfigMap.
fn gather(value: &Value, member: &str, namespace: &str, named: &mut BTreeSet<Reference>) {
    match value {
        Value::Object(members) => {
            let text = |name: &str| members.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
            let lower = member.to_ascii_lowercase();
            let is_map = lower.contains("configmap");
            let is_optional = members.get("optional") == Some(&Value::Bool(true));
            if let (Some(name), Some(key), true) = (text("name"), text("key"), is_map || is_secret(&lower))
                && !is_optional
            {
                named.insert((namespace.to_owned(), is_map, name.to_owned(), key.to_owned()));
            }
            // Pod templates are for clusters and not read here.
            let here = members.iter().filter(|(name, _)| *name != "template" || member != "spec");
            here.for_each(|(name, value)| gather(value, name, namespace, named));
        }
        Value::Array(items) => items.iter().for_each(|item| gather(item, member, namespace, named)),
        _ => {}
    }
}

/// Whether a member of this name refers to a Secret.
fn is_secret(member: &str) -> bool {
    ["secret", "token", "password", "username", "accesskey", "apikey", "credential", "user"]
        .iter()
        .any(|word| member.contains(word))
}
