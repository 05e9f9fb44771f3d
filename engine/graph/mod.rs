//! The drawing of what runs: each sensor's logical operators, from the sources of its events to its triggers.
//!
//! The dataflow itself is one fixed graph in which sensors are rows; what is drawn here is what those rows mean.

mod dot;
mod mermaid;
mod sensor;
mod text;

use crate::manifests::Manifests;
use sensor::Drawing;
use std::collections::BTreeSet;

/// How the drawing is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Format {
    /// Lines for people.
    #[default]
    Text,
    /// Graphviz.
    Dot,
    /// Mermaid.
    Mermaid,
}

/// What is drawn.
#[derive(Debug)]
pub struct Graph {
    /// The sensors, in the order of the manifests.
    sensors: Vec<Drawing>,
    /// Events that no sensor waits for: `namespace/eventSource/event` and kind.
    unused: Vec<(String, String)>,
}

impl Graph {
    /// The graph of manifests; objects without a namespace belong to `namespace`.
    pub fn of(manifests: &Manifests, namespace: &str) -> Self {
        let home = |own: &str| if own.is_empty() { namespace.to_owned() } else { own.to_owned() };
        let mut sources = Vec::new();
        for source in &manifests.event_sources {
            let object = &source.object;
            for (kind, event, _) in object.spec.sources() {
                let route = format!("{}/{}/{event}", home(&object.metadata.namespace), object.metadata.name);
                sources.push((route, kind.member.to_owned()));
            }
        }
        let drawing = |sensor: &crate::manifests::Loaded<model::manifest::Sensor>| {
            Drawing::of(&sensor.object, &home(&sensor.object.metadata.namespace), &sources)
        };
        let sensors: Vec<_> = manifests.sensors.iter().map(drawing).collect();
        let used: BTreeSet<_> =
            sensors.iter().flat_map(|sensor| &sensor.dependencies).map(|d| d.route.clone()).collect();
        sources.retain(|(route, _)| !used.contains(route));
        Self { sensors, unused: sources }
    }

    /// Whether there is nothing to draw.
    pub fn is_empty(&self) -> bool {
        self.sensors.is_empty() && self.unused.is_empty()
    }

    /// The drawing.
    pub fn write(&self, format: Format) -> String {
        match format {
            Format::Text => text::write(self),
            Format::Dot => dot::write(self),
            Format::Mermaid => mermaid::write(self),
        }
    }
}
