//! The graph for Mermaid: a subgraph for each sensor.

use super::Graph;
use super::sensor::Drawing;
use std::collections::BTreeMap;
use std::fmt::Write as _;

pub(super) fn write(graph: &Graph) -> String {
    let mut out = String::from("flowchart LR\n");
    let mut sources: BTreeMap<&str, &str> = BTreeMap::new();
    for dependency in graph.sensors.iter().flat_map(|sensor| &sensor.dependencies) {
        sources.insert(&dependency.route, dependency.kind.as_deref().unwrap_or("no EventSource has it"));
    }
    sources.extend(graph.unused.iter().map(|(route, kind)| (route.as_str(), kind.as_str())));
    let mut ids = BTreeMap::new();
    for (n, (route, kind)) in sources.iter().enumerate() {
        let _ = writeln!(out, "  source{n}>{}]", quoted(&[route, kind]));
        ids.insert(*route, format!("source{n}"));
    }
    for (n, sensor) in graph.sensors.iter().enumerate() {
        write_sensor(n, sensor, &ids, &mut out);
    }
    out
}

fn write_sensor(number: usize, sensor: &Drawing, sources: &BTreeMap<&str, String>, out: &mut String) {
    let _ = writeln!(out, "  subgraph sensor{number} [{}]", quoted(&[&format!("sensor {}", sensor.name)]));
    let dependency_id = |n: usize| format!("s{number}d{n}");
    for (n, dependency) in sensor.dependencies.iter().enumerate() {
        let key = dependency.key.as_ref().map(|key| format!("by {key}"));
        let lines: Vec<&str> =
            std::iter::once(&dependency.name).chain(&dependency.screen).chain(&key).map(String::as_str).collect();
        let _ = writeln!(out, "    {}({})", dependency_id(n), quoted(&lines));
    }
    for (n, trigger) in sensor.triggers.iter().enumerate() {
        if trigger.joins {
            let lines: Vec<&str> =
                std::iter::once(&trigger.condition).chain(&trigger.holds).map(String::as_str).collect();
            let _ = writeln!(out, "    s{number}j{n}{{{}}}", quoted(&lines));
        }
        let lines: Vec<&str> =
            [&trigger.name, &trigger.action].into_iter().chain(&trigger.manner).map(String::as_str).collect();
        let _ = writeln!(out, "    s{number}t{n}[{}]", quoted(&lines));
        if let Some(rescue) = &trigger.rescue {
            let _ = writeln!(out, "    s{number}r{n}[{}]", quoted(&[rescue]));
        }
    }
    out.push_str("  end\n");
    for (n, dependency) in sensor.dependencies.iter().enumerate() {
        if let Some(source) = sources.get(dependency.route.as_str()) {
            let _ = writeln!(out, "  {source} --> {}", dependency_id(n));
        }
    }
    for (n, trigger) in sensor.triggers.iter().enumerate() {
        let to = if trigger.joins { format!("s{number}j{n}") } else { format!("s{number}t{n}") };
        for name in &trigger.uses {
            // Of two dependencies with one name the later counts.
            if let Some(used) = sensor.dependencies.iter().rposition(|dependency| dependency.name == *name) {
                let _ = writeln!(out, "  {} --> {to}", dependency_id(used));
            }
        }
        if trigger.joins {
            let _ = writeln!(out, "  {to} --> s{number}t{n}");
        }
        if trigger.rescue.is_some() {
            let _ = writeln!(out, "  s{number}t{n} -. failed .-> s{number}r{n}");
        }
    }
}

/// Lines in one label; what Mermaid would read as its own is written as entities.
fn quoted(lines: &[&str]) -> String {
    let escape = |line: &&str| {
        line.replace('&', "&amp;")
            .replace('"', "&quot;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
            .replace('#', "&num;")
    };
    format!("\"{}\"", lines.iter().map(escape).collect::<Vec<_>>().join("<br/>"))
}
