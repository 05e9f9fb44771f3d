//! The graph as lines for people: sources on the left, triggers on the right, a bar between them.

use super::Graph;
use super::sensor::{Dependency, Drawing};
use std::fmt::Write as _;

pub(super) fn write(graph: &Graph) -> String {
    let mut out = String::new();
    for (n, sensor) in graph.sensors.iter().enumerate() {
        if n > 0 {
            out.push('\n');
        }
        write_sensor(sensor, &mut out);
    }
    if !graph.unused.is_empty() {
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str("no sensor waits for\n");
        for (route, kind) in &graph.unused {
            let _ = writeln!(out, "  {route} ({kind})");
        }
    }
    out
}

fn write_sensor(sensor: &Drawing, out: &mut String) {
    let _ = writeln!(out, "sensor {}", sensor.name);
    let places: Vec<String> = sensor.dependencies.iter().map(place).collect();
    let names: Vec<String> = sensor.dependencies.iter().map(name).collect();
    let mut steps = sensor.dependencies.iter().flat_map(|dependency| &dependency.screen);
    let widest = |texts: &mut dyn Iterator<Item = &String>| texts.map(|text| text.chars().count()).max().unwrap_or(0);
    let left = widest(&mut places.iter());
    let middle = widest(&mut names.iter()).max(widest(&mut steps));
    for (n, (dependency, (place, name))) in sensor.dependencies.iter().zip(places.iter().zip(&names)).enumerate() {
        let (bar, corner) = if n == 0 { (' ', '┐') } else { ('│', '┤') };
        for step in &dependency.screen {
            let line = format!("  {:left$}    {step} {}{bar}", "", " ".repeat(room(middle, step)));
            let _ = writeln!(out, "{}", line.trim_end());
        }
        let blanks = " ".repeat(left - place.chars().count());
        let line = "─".repeat(room(middle, name));
        let _ = writeln!(out, "  {place}{blanks} ─▶ {name} {line}{corner}");
    }
    // Under the corners of the lines above.
    let indent = " ".repeat(2 + left + 4 + middle + 2);
    for (n, trigger) in sensor.triggers.iter().enumerate() {
        let last = n + 1 == sensor.triggers.len();
        let _ = writeln!(
            out,
            "{indent}{}─ {} ─▶ {}: {}",
            if last { '└' } else { '├' },
            trigger.condition,
            trigger.name,
            trigger.action
        );
        let bar = if last { ' ' } else { '│' };
        for detail in trigger.holds.iter().chain(&trigger.manner) {
            let _ = writeln!(out, "{indent}{bar}    {detail}");
        }
        if let Some(rescue) = &trigger.rescue {
            let _ = writeln!(out, "{indent}{bar}    failed ─▶ {rescue}");
        }
    }
}

/// How much is left of the middle column.
fn room(middle: usize, text: &str) -> usize {
    middle + 1 - text.chars().count()
}

/// Where a dependency's events come from.
fn place(dependency: &Dependency) -> String {
    let route = dependency.route.split_once('/').map_or(dependency.route.as_str(), |(_, route)| route);
    match &dependency.kind {
        Some(kind) => format!("{route} ({kind})"),
        None => format!("{route} (no EventSource has it)"),
    }
}

/// A dependency's name, and its correlation key.
fn name(dependency: &Dependency) -> String {
    let key = dependency.key.as_ref().map(|key| format!(" by {key}")).unwrap_or_default();
    format!("{}{key}", dependency.name)
}
