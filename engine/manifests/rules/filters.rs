//! Rules about filters and transforms: that an event can pass.

use lang::number;
use model::manifest::{DataFilter, EventDependency, EventDependencyFilter, Sensor};

use super::super::judge::Judge;
use super::Rule;
use super::required::BAD_VALUE;

/// A filter that no event passes.
pub static NEVER_PASSES: Rule = Rule::warning("never-passes", "No event can pass a filter.");
/// A filter that every event passes.
pub static ALWAYS_PASSES: Rule = Rule::warning("always-passes", "A filter lets nearly every event pass.");
/// Something written that is not used.
pub static WITHOUT_EFFECT: Rule = Rule::warning("without-effect", "A field has no effect beside another.");

/// All rules of the family.
pub static RULES: &[&Rule] = &[&NEVER_PASSES, &ALWAYS_PASSES, &WITHOUT_EFFECT];

/// Judges the filters and transforms of a Sensor.
pub(in crate::manifests) fn sensor(judge: &mut Judge<'_>, sensor: &Sensor) {
    for (index, dependency) in sensor.spec.dependencies.iter().enumerate() {
        let path = format!("spec.dependencies[{index}]");
        if let Some(transform) = &dependency.transform
            && !transform.jq.is_empty()
            && !transform.script.is_empty()
        {
            let message = "`script` is not used, because `jq` is there too";
            judge.find(&WITHOUT_EFFECT, &format!("{path}.transform.script"), message, "remove one of them");
        }
        if let Some(filters) = &dependency.filters {
            let path = format!("{path}.filters");
            combined(judge, &path, dependency, filters);
            context(judge, &format!("{path}.context"), dependency, filters);
            for (index, filter) in filters.data.iter().enumerate() {
                data(judge, &format!("{path}.data[{index}]"), filter);
            }
        }
    }
}

/// `or` over no filter at all lets nothing pass.
fn combined(judge: &mut Judge<'_>, path: &str, dependency: &EventDependency, filters: &EventDependencyFilter) {
    let none = filters.exprs.is_empty()
        && filters.data.is_empty()
        && filters.context.is_none()
        && filters.time.is_none()
        && filters.script.is_empty();
    if none && dependency.filters_logical_operator == "or" {
        let message = "`or` over no filter lets no event pass";
        judge.find(&NEVER_PASSES, path, message, "add a filter, or remove `filtersLogicalOperator`");
    }
}

/// A dependency sees the events of one source and name only; a filter for others lets none of them pass.
fn context(judge: &mut Judge<'_>, path: &str, dependency: &EventDependency, filters: &EventDependencyFilter) {
    let Some(context) = &filters.context else { return };
    let documented = |kind: &str, wanted: &str| kind == "source" && wanted.starts_with("eventsource/");
    let pairs = [
        ("source", &context.source, "eventSourceName", &dependency.event_source_name),
        ("subject", &context.subject, "eventName", &dependency.event_name),
    ];
    for (field, wanted, other, given) in pairs {
        if !wanted.is_empty() && wanted != given && !documented(field, wanted) {
            let message = format!("the events of this dependency have the {field} `{given}`, never `{wanted}`");
            let help = format!("write `{given}`, or remove `{field}`: `{other}` says it already");
            judge.find(&NEVER_PASSES, &format!("{path}.{field}"), message, help);
        }
    }
}

fn data(judge: &mut Judge<'_>, path: &str, filter: &DataFilter) {
    match filter.value_type.as_str() {
        "bool" => {
            values(judge, path, filter, |value| number::parse_bool(value).is_none(), "write `true` or `false`");
            if !matches!(filter.comparator.as_str(), "" | "=") {
                let message = "`comparator` is not used for `bool`";
                judge.find(
                    &WITHOUT_EFFECT,
                    &format!("{path}.comparator"),
                    message,
                    "remove it, and turn the value round",
                );
            }
        }
        "number" => values(judge, path, filter, |value| number::parse_float(value).is_err(), "write a number"),
        "string" => strings(judge, path, filter),
        "" => {}
        other => {
            let message = format!("`{other}` is not a type, so that every event is discarded");
            judge.find(&NEVER_PASSES, &format!("{path}.type"), message, "write `bool`, `number` or `string`");
        }
    }
    let distinct = filter.value.iter().collect::<std::collections::BTreeSet<_>>().len();
    if filter.comparator == "!=" && filter.value_type != "bool" && distinct > 1 {
        let message = "one of several values is enough, and every event differs from one of them";
        judge.find(&ALWAYS_PASSES, &format!("{path}.comparator"), message, "use one filter for each value");
    }
}

/// Values that cannot be read; they make the filter fail.
fn values(judge: &mut Judge<'_>, path: &str, filter: &DataFilter, wrong: impl Fn(&str) -> bool, help: &str) {
    for (index, value) in filter.value.iter().enumerate().filter(|(_, value)| !value.is_empty() && wrong(value)) {
        let message = format!("`{value}` is not a {}", if filter.value_type == "bool" { "boolean" } else { "number" });
        judge.find(&BAD_VALUE, &format!("{path}.value[{index}]"), message, help);
    }
}

fn strings(judge: &mut Judge<'_>, path: &str, filter: &DataFilter) {
    if matches!(filter.comparator.as_str(), ">" | ">=" | "<" | "<=") {
        let message = format!("text is never `{}` something", filter.comparator);
        judge.find(&NEVER_PASSES, &format!("{path}.comparator"), message, "write `=` or `!=`, or compare a `number`");
    }
}
