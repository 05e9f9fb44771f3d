//! The graph for Graphviz: a cluster for each sensor.

use super::Graph;
use super::sensor::Drawing;
use std::collections::BTreeMap;
use std::fmt::Write as _;

pub(super) fn write(graph: &Graph) -> String {
    let mut out = String::from(
        "digraph tidegate {\n  rankdir=LR;\n  node [shape=box, style=rounded, fontname=\"sans-serif\"];\n  edge [fontname=\"sans-serif\"];\n",
    );
    let mut sources: BTreeMap<&str, String> = BTreeMap::new();
    for dependency in graph.sensors.iter().flat_map(|sensor| &sensor.dependencies) {
        let kind = dependency.kind.as_deref().unwrap_or("no EventSource has it");
        sources.insert(&dependency.route, format!("{}\n{kind}", dependency.route));
    }
    sources.extend(graph.unused.iter().map(|(route, kind)| (route.as_str(), format!("{route}\n{kind}"))));
    for (route, label) in &sources {
        let _ =
            writeln!(out, "  {} [label={}, shape=cds, style=\"\"];", quoted(&format!("source {route}")), quoted(label));
    }
    for (n, sensor) in graph.sensors.iter().enumerate() {
        write_sensor(n, sensor, &mut out);
    }
    out.push_str("}\n");
    out
}

fn write_sensor(number: usize, sensor: &Drawing, out: &mut String) {
    let _ = writeln!(out, "  subgraph cluster_{number} {{\n    label={};", quoted(&format!("sensor {}", sensor.name)));
    let id = |what: &str, name: &str| quoted(&format!("{what} {} {name}", sensor.name));
    for dependency in &sensor.dependencies {
        let mut lines = vec![dependency.name.clone()];
        lines.extend(dependency.screen.iter().cloned());
        lines.extend(dependency.key.iter().map(|key| format!("by {key}")));
        let _ = writeln!(out, "    {} [label={}];", id("dependency", &dependency.name), quoted(&lines.join("\n")));
    }
    for trigger in &sensor.triggers {
        if trigger.joins {
            let lines = [std::slice::from_ref(&trigger.condition), &trigger.holds].concat();
            let _ = writeln!(
                out,
                "    {} [label={}, shape=diamond, style=\"\"];",
                id("join", &trigger.name),
                quoted(&lines.join("\n"))
            );
        }
        let lines = [&[trigger.name.clone(), trigger.action.clone()], trigger.manner.as_slice()].concat();
        let _ = writeln!(
            out,
            "    {} [label={}, style=\"rounded,bold\"];",
            id("trigger", &trigger.name),
            quoted(&lines.join("\n"))
        );
        if let Some(rescue) = &trigger.rescue {
            let _ = writeln!(out, "    {} [label={}];", id("rescue", &trigger.name), quoted(rescue));
        }
    }
    out.push_str("  }\n");
    for dependency in &sensor.dependencies {
        let source = quoted(&format!("source {}", dependency.route));
        let _ = writeln!(out, "  {source} -> {};", id("dependency", &dependency.name));
    }
    for trigger in &sensor.triggers {
        let to = if trigger.joins { id("join", &trigger.name) } else { id("trigger", &trigger.name) };
        for name in &trigger.uses {
            let _ = writeln!(out, "  {} -> {to};", id("dependency", name));
        }
        if trigger.joins {
            let _ = writeln!(out, "  {to} -> {};", id("trigger", &trigger.name));
        }
        if trigger.rescue.is_some() {
            let (from, to) = (id("trigger", &trigger.name), id("rescue", &trigger.name));
            let _ = writeln!(out, "  {from} -> {to} [label=failed, style=dashed];");
        }
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}
