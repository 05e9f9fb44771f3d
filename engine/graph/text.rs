//! The graph as lines for people: sources on the left, triggers on the right, a bar between them.

use super::Graph;
use super::sensor::{Dependency, Drawing, Firing};
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
    let widest = places.iter().map(|place| place.chars().count()).max().unwrap_or(0);
    let screens: Vec<String> = sensor.dependencies.iter().map(screen).collect();
    let column = screens.iter().map(|screen| screen.chars().count()).max().unwrap_or(0);
    for (n, (place, screen)) in places.iter().zip(&screens).enumerate() {
        let corner = if n == 0 { '┐' } else { '┤' };
        let blanks = " ".repeat(widest - place.chars().count());
        let line = "─".repeat(column + 1 - screen.chars().count());
        let _ = writeln!(out, "  {place}{blanks} ──{screen}{line}{corner}");
    }
    // Under the corners of the lines above.
    let indent = " ".repeat(2 + widest + 3 + column + 1);
    for (n, trigger) in sensor.triggers.iter().enumerate() {
        let last = n + 1 == sensor.triggers.len();
        let _ = writeln!(out, "{indent}{}─ {}", if last { '└' } else { '├' }, fires(trigger));
        let bar = if last { ' ' } else { '│' };
        if !trigger.manner.is_empty() {
            let _ = writeln!(out, "{indent}{bar}    {}", trigger.manner.join(", "));
        }
        if let Some(rescue) = &trigger.rescue {
            let _ = writeln!(out, "{indent}{bar}    failed ─▶ {rescue}");
        }
    }
}

/// Where a dependency's events come from.
fn place(dependency: &Dependency) -> String {
    let route = dependency.route.split_once('/').map_or(dependency.route.as_str(), |(_, route)| route);
    match &dependency.kind {
        Some(kind) => format!("{route} ({kind})"),
        None => format!("{route} (no EventSource has it)"),
    }
}

/// A dependency's name and what its events go through.
fn screen(dependency: &Dependency) -> String {
    let mut steps: Vec<String> = dependency.screen.iter().map(|step| format!("[{step}]─")).collect();
    let key = dependency.key.as_ref().map(|key| format!(" by {key}")).unwrap_or_default();
    steps.push(format!(" {}{key} ", dependency.name));
    steps.concat()
}

fn fires(trigger: &Firing) -> String {
    let mut condition = trigger.condition.clone();
    if !trigger.holds.is_empty() {
        let _ = write!(condition, " ({})", trigger.holds.join(", "));
    }
    format!("{condition} ─▶ {}: {}", trigger.name, trigger.action)
}
