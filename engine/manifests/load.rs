//! From files to objects.

use std::path::Path;
use std::sync::Arc;

use model::manifest::{self, API_VERSION, ConfigMap, EventBus, EventSource, Mismatch, ObjectMeta, Secret, Sensor};
use serde::de::DeserializeOwned;

use super::files;
use super::finding::{File, FileId, Finding};
use super::rules::{Rule, reading, shape};
use super::tree::{Lines, Node, Span};
use super::yaml;

/// An object and where it stands.
#[derive(Debug, Clone)]
pub struct Loaded<T> {
    /// The object.
    pub object: Arc<T>,
    /// The file.
    pub file: FileId,
    /// The object's tree, for the places of its fields.
    pub node: Node,
    /// Values of the wrong type, which the object lacks.
    pub mismatches: Vec<Mismatch>,
}

/// All objects of some files, and what was found while reading them.
#[derive(Debug, Clone, Default)]
pub struct Manifests {
    /// The files in the order in which they were read.
    pub files: Vec<File>,
    /// The EventBuses.
    pub buses: Vec<Loaded<EventBus>>,
    /// The EventSources.
    pub event_sources: Vec<Loaded<EventSource>>,
    /// The Sensors.
    pub sensors: Vec<Loaded<Sensor>>,
    /// The Secrets.
    pub secrets: Vec<Loaded<Secret>>,
    /// The ConfigMaps.
    pub config_maps: Vec<Loaded<ConfigMap>>,
    /// What was found while reading.
    pub findings: Vec<Finding>,
}

impl Manifests {
    /// Reads files and folders (`recursive` with what is in their folders); `-` is the standard input.
    pub fn read<P: AsRef<Path>>(paths: impl IntoIterator<Item = P>, recursive: bool) -> Self {
        let mut manifests = Self::default();
        for path in paths {
            for (name, text) in files::read(path.as_ref(), recursive) {
                match text {
                    Ok(text) => manifests.add(name, text),
                    Err(error) => manifests.unreadable(name, &error),
                }
            }
        }
        manifests
    }

    /// Reads the documents of one text.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) {
        let text = text.into();
        let file = self.file(name.into(), &text);
        for document in yaml::documents(&text) {
            match document {
                Ok(node) => self.document(file, node),
                Err(error) => self.find(error.rule, file, error.span, error.message, ""),
            }
        }
    }

    /// The place of a byte as `file:line:column`.
    pub fn position(&self, file: FileId, byte: usize) -> String {
        self.files.get(file.0).map_or_else(String::new, |file| {
            let (line, column) = file.lines.position(&file.text, byte);
            format!("{}:{line}:{column}", file.name)
        })
    }

    fn file(&mut self, name: String, text: &str) -> FileId {
        self.files.push(File { name, text: text.to_owned(), lines: Lines::of(text) });
        FileId(self.files.len() - 1)
    }

    fn unreadable(&mut self, name: String, error: &std::io::Error) {
        let message = format!("cannot read {name}: {error}");
        let file = self.file(name, "");
        self.find(&reading::UNREADABLE, file, Span::default(), message, "");
    }

    fn find(&mut self, rule: &'static Rule, file: FileId, span: Span, message: String, help: &str) {
        self.findings.push(Finding { rule, file, span, message, help: help.to_owned() });
    }

    /// Takes in one document: an object, or a list of objects as `kubectl get` prints it.
    fn document(&mut self, file: FileId, node: Node) {
        let (kind, version) = (node.text("kind").unwrap_or_default(), node.text("apiVersion").unwrap_or_default());
        let text = self.files.get(file.0).map_or("", |file| file.text.as_str());
        let source = (file, text);
        let ours = matches!(kind, "EventBus" | "EventSource" | "Sensor");
        match kind {
            _ if ours && version != API_VERSION => {
                let span = node.at("apiVersion").span();
                let message = format!("`{version}` is not an apiVersion of {kind}");
                self.find(&reading::API_VERSION, file, span, message, "write `apiVersion: argoproj.io/v1alpha1`");
            }
            "EventBus" => take(source, node, &mut self.buses, &mut self.findings),
            "EventSource" => take(source, node, &mut self.event_sources, &mut self.findings),
            "Sensor" => take(source, node, &mut self.sensors, &mut self.findings),
            "Secret" if version == "v1" => take(source, node, &mut self.secrets, &mut self.findings),
            "ConfigMap" if version == "v1" => take(source, node, &mut self.config_maps, &mut self.findings),
            "List" | "EventBusList" | "EventSourceList" | "SensorList" => {
                node.into_items("items").into_iter().for_each(|item| self.document(file, item));
            }
            "" => {
                let help = "every document needs `apiVersion`, `kind` and `metadata`";
                let message = "the document has no kind".to_owned();
                self.find(&reading::NOT_AN_OBJECT, file, node.at("kind").span(), message, help);
            }
            other => {
                let message = format!("{other} is not used here; the document is left out");
                self.find(&reading::OTHER_KIND, file, node.at("kind").span(), message, "");
            }
        }
    }
}

/// What the kinds have in common.
pub(super) trait Object: DeserializeOwned + Default {
    /// Name and namespace.
    fn metadata(&self) -> &ObjectMeta;
}

/// Implements [`Object`] for types with a field `metadata`.
macro_rules! objects {
    ($($type:ty),*) => {
        $(impl Object for $type {
            fn metadata(&self) -> &ObjectMeta {
                &self.metadata
            }
        })*
    };
}

objects!(EventBus, EventSource, Sensor, Secret, ConfigMap);

/// Decodes an object and adds it to its kind.
fn take<T: Object>(
    (file, text): (FileId, &str),
    node: Node,
    objects: &mut Vec<Loaded<T>>,
    findings: &mut Vec<Finding>,
) {
    let decoded = manifest::decode::<T>(&node.to_value());
    findings.extend(shape::judge(file, text, &node, decoded.object.metadata(), &decoded.unknown, &decoded.mismatches));
    objects.push(Loaded { object: Arc::new(decoded.object), file, node, mismatches: decoded.mismatches });
}
