//! The reference's rules for dependencies and filters.

use lang::dates::{self, Zone};
use model::manifest::{
    ContextFilter, DataFilter, EventBusSpec, EventDependency, EventDependencyFilter, ExprFilter, TimeFilter,
};

use super::super::rules::required;
use super::checks::Checks;

const OPERATORS: [&str; 3] = ["", "and", "or"];
const COMPARATORS: [&str; 7] = ["", ">=", ">", "=", "!=", "<", "<="];

/// Checks the dependencies of a Sensor.
pub(super) fn check(checks: &mut Checks, dependencies: &[EventDependency], bus: &EventBusSpec) {
    let help = "name at least one event that the Sensor waits for";
    checks.need_or(!dependencies.is_empty(), "dependencies", help, "no event dependencies found");
    checks.each("dependencies", dependencies, |checks, index, dependency| {
        checks.need(!dependency.name.is_empty(), "name", "event dependency must define a name");
        let argo = "event dependency must define the EventSourceName";
        checks.need(!dependency.event_source_name.is_empty(), "eventSourceName", argo);
        checks.need(!dependency.event_name.is_empty(), "eventName", "event dependency must define the EventName");
        if bus.nats.is_some() {
            let route =
                |dependency: &EventDependency| (dependency.event_source_name.clone(), dependency.event_name.clone());
            let repeated = dependencies.iter().take(index).any(|other| route(other) == route(dependency));
            repeated_route(checks, repeated, dependency);
        }
        if let Some(filters) = &dependency.filters {
            checks.within("filters", |checks| check_filters(checks, filters));
        }
        operator(checks, &dependency.filters_logical_operator, "filtersLogicalOperator");
    });
}

/// On NATS Streaming the reference takes an event for one dependency only.
fn repeated_route(checks: &mut Checks, repeated: bool, dependency: &EventDependency) {
    let argo = format!(
        "event '{}' from EventSource '{}' is referenced for more than one dependency in this Sensor object",
        dependency.event_name, dependency.event_source_name
    );
    let message = "another dependency has the same event, which Argo Events refuses on a NATS Streaming bus";
    checks.refused(repeated, "eventName", message, "use one dependency, or another bus", argo);
}

fn operator(checks: &mut Checks, value: &str, field: &str) {
    checks.one_of(value, &OPERATORS, field, format!("logical operator {value} not supported"));
}

fn check_filters(checks: &mut Checks, filters: &EventDependencyFilter) {
    operator(checks, &filters.expr_logical_operator, "exprLogicalOperator");
    operator(checks, &filters.data_logical_operator, "dataLogicalOperator");
    checks.each("exprs", &filters.exprs, |checks, _, filter| expression(checks, filter));
    checks.each("data", &filters.data, |checks, _, filter| data(checks, filter));
    if let Some(context) = &filters.context {
        checks.within("context", |checks| check_context(checks, context));
    }
    if let Some(time) = &filters.time {
        checks.within("time", |checks| check_time(checks, time));
    }
}

fn expression(checks: &mut Checks, filter: &ExprFilter) {
    let argo = "one of expr filters is not valid (expr and fields must be not empty)";
    checks.need(!filter.expr.is_empty(), "expr", argo);
    checks.need_or(!filter.fields.is_empty(), "fields", "name the values that the expression uses", argo);
    checks.each("fields", &filter.fields, |checks, _, field| {
        let argo = "one of expr filters is not valid (path and name in a field must be not empty)";
        checks.need(!field.path.is_empty(), "path", argo);
        checks.need(!field.name.is_empty(), "name", argo);
    });
}

fn data(checks: &mut Checks, filter: &DataFilter) {
    let argo = format!("comparator {} not supported", filter.comparator);
    checks.one_of(&filter.comparator, &COMPARATORS, "comparator", argo);
    let argo = "one of data filters is not valid (type, path and value must be not empty)";
    checks.need(!filter.path.is_empty(), "path", argo);
    checks.need_or(!filter.value_type.is_empty(), "type", "write `bool`, `number` or `string`", argo);
    checks.need_or(!filter.value.is_empty(), "value", "name at least one value to compare with", argo);
    checks.each("value", &filter.value, |checks, _, value| {
        if value.is_empty() {
            let argo = "one of data filters is not valid (value must be not empty)";
            let help = "write a value, or `^$` for empty text";
            checks.add(&required::MISSING_FIELD, "", "the value is empty", help, argo);
        }
    });
}

fn check_context(checks: &mut Checks, context: &ContextFilter) {
    let compared = [&context.event_type, &context.subject, &context.source, &context.datacontenttype];
    if compared.iter().all(|value| value.is_empty()) {
        let argo = "no fields specified in ctx filter (aka all events will be discarded)";
        let message = "the filter compares nothing";
        let help = "give `type`, `subject`, `source` or `datacontenttype`, or remove the filter";
        checks.add(&required::MISSING_FIELD, "", message, help, argo);
    }
}

fn check_time(checks: &mut Checks, time: &TimeFilter) {
    if Zone::load(&time.timezone).is_none() {
        let argo = format!("invalid timezone '{}': unknown time zone {}", time.timezone, time.timezone);
        timezone(checks, &time.timezone, argo);
    }
    let start = moment(checks, &time.start, "start");
    let stop = moment(checks, &time.stop, "stop");
    if start.is_some() && start == stop {
        let argo = format!("invalid event time filter: stop '{}' is equal to start '{}", time.stop, time.start);
        checks.bad("stop", "`stop` is the same as `start`", "give another time, or remove the filter", argo);
    }
}

/// A time zone that does not exist.
pub(super) fn timezone(checks: &mut Checks, name: &str, argo: String) {
    let help = "write a name such as `Europe/Berlin` or `UTC`";
    checks.bad("timezone", format!("there is no time zone `{name}`"), help, argo);
}

/// The nanoseconds since midnight of a time of the day.
fn moment(checks: &mut Checks, text: &str, field: &str) -> Option<i128> {
    match dates::parse("15:04:05", text) {
        Ok(time) => Some(time.instant.as_nanosecond()),
        Err(error) => {
            let argo = format!("parsing time \"{text}\" as \"15:04:05\": {error}");
            let message = if text.is_empty() {
                format!("`{field}` is missing")
            } else {
                format!("`{text}` is not a time of the day")
            };
            checks.bad(field, message, "write hours, minutes and seconds, such as `09:30:00`", argo);
            None
        }
    }
}
