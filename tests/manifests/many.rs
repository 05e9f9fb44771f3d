//! Ten thousand Sensors: all are judged, and each costs as much as when there are few.

use std::fmt::Write;
use std::time::Instant;

use tidegate::manifests::Manifests;

/// So many Sensors that wait for two events of one EventSource; every hundredth names an event that is not there.
fn sensors(number: usize) -> String {
    let mut text =
        "apiVersion: argoproj.io/v1alpha1\nkind: EventSource\nmetadata: {name: orders}\nspec:\n  webhook:\n".to_owned();
    for event in 0..number / 10 {
        writeln!(text, "    e{event}: {{port: '12000', endpoint: /e{event}, method: POST}}").unwrap();
    }
    for sensor in 0..number {
        let event = if sensor % 100 == 7 { number } else { sensor % (number / 10) };
        write!(
            text,
            "---\napiVersion: argoproj.io/v1alpha1\nkind: Sensor\nmetadata: {{name: s{sensor}}}\nspec:\n  dependencies:\n  \
             - {{name: a, eventSourceName: orders, eventName: e{event}, filters: {{data: [{{path: body.x, type: string, \
             value: ['^x{sensor}$']}}]}}}}\n  - {{name: b, eventSourceName: orders, eventName: e0}}\n  triggers:\n  - template: \
             {{name: t, conditions: a && b, http: {{url: 'http://localhost/'}}}}\n"
        )
        .unwrap();
    }
    text
}

/// How long it takes to read and judge so many Sensors, in nanoseconds for each.
fn cost(number: usize) -> u128 {
    let text = sensors(number);
    let start = Instant::now();
    let mut manifests = Manifests::default();
    manifests.add("many.yaml", text);
    let findings = manifests.lint();
    let cost = start.elapsed().as_nanos() / number as u128;
    assert_eq!(manifests.sensors.len(), number);
    assert_eq!(findings.iter().filter(|finding| finding.rule.code == "no-such-event").count(), number / 100);
    assert_eq!(findings.len(), number / 100, "{:?}", findings.iter().find(|f| f.rule.code != "no-such-event"));
    cost
}

#[test]
fn the_cost_of_a_sensor_does_not_grow() {
    let few = cost(1_000).min(cost(1_000));
    let many = cost(10_000);
    // Work that grows with the number of objects would make it ten times as much.
    assert!(many < 5 * few, "{few} ns for each of 1,000, {many} ns for each of 10,000");
}
