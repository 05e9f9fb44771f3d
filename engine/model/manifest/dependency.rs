//! What a Sensor depends on: a named event with a transform and filters.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A named event of a named EventSource, changed by a transform and let through by filters.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["name", "eventSourceName", "eventName"]))]
pub struct EventDependency {
    /// The name by which conditions and parameters speak of this dependency.
    pub name: String,
    /// The EventSource's name; compared letter by letter.
    pub event_source_name: String,
    /// The event's name within the EventSource; compared letter by letter.
    pub event_name: String,
    /// What an event must fulfil. The filters see the transformed event.
    pub filters: Option<EventDependencyFilter>,
    /// How the event's data is changed before the filters see it.
    pub transform: Option<EventDependencyTransformer>,
    /// How the kinds of filters work together: `and` (default) or `or`.
    #[schemars(extend("enum" = ["", "and", "or"]))]
    pub filters_logical_operator: String,
}

/// A program that makes new data from an event's data. The data must be a JSON object.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct EventDependencyTransformer {
    /// A jq program; its first output, an object, becomes the data. It wins over `script`.
    pub jq: String,
    /// A Lua script that finds the data in the global `event` and returns a table.
    pub script: String,
}

/// What an event must fulfil; all kinds of filters are optional.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct EventDependencyFilter {
    /// Hours of the day in which events pass.
    pub time: Option<TimeFilter>,
    /// Attributes that the event must have.
    pub context: Option<ContextFilter>,
    /// Comparisons of single values of the data.
    pub data: Vec<DataFilter>,
    /// Expressions over values of the data.
    pub exprs: Vec<ExprFilter>,
    /// How the entries of `data` work together: `and` (default) or `or`.
    #[schemars(extend("enum" = ["", "and", "or"]))]
    pub data_logical_operator: String,
    /// How the entries of `exprs` work together: `and` (default) or `or`.
    #[schemars(extend("enum" = ["", "and", "or"]))]
    pub expr_logical_operator: String,
    /// A Lua script that finds the data in the global `event` and returns whether it passes.
    pub script: String,
}

/// An expression that must be true.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["expr", "fields"]))]
pub struct ExprFilter {
    /// The expression, over the names that `fields` binds: `a == "x" && b > 3`.
    pub expr: String,
    /// The values that the expression uses. A path that leads to nothing is an error of the filter.
    pub fields: Vec<PayloadField>,
}

/// A name for the value at a path of the data.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["path", "name"]))]
pub struct PayloadField {
    /// A gjson path into the data: keys and indices separated by dots.
    pub path: String,
    /// The name of the value in the expression.
    pub name: String,
}

/// Hours of the day in which events pass. A stop that is before the start is on the next day.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["start", "stop"]))]
pub struct TimeFilter {
    /// The first moment that passes, as `HH:MM:SS`.
    pub start: String,
    /// The first moment that does not pass any more, as `HH:MM:SS`.
    pub stop: String,
    /// The time zone of both, such as `Europe/Berlin`; UTC if it is not given.
    pub timezone: String,
}

/// Attributes that an event must have; those that are given must all be equal.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct ContextFilter {
    /// Accepted; not compared.
    pub id: String,
    /// The event's source: the EventSource's name.
    pub source: String,
    /// Accepted; not compared.
    pub specversion: String,
    /// The event's type: the kind of the source, such as `webhook`.
    #[serde(rename = "type")]
    pub event_type: String,
    /// The media type of the data.
    pub datacontenttype: String,
    /// The event's subject: the event's name.
    pub subject: String,
    /// Accepted; not compared.
    pub time: Option<String>,
}

/// A comparison of one value of the data.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["path", "type", "value"]))]
pub struct DataFilter {
    /// A gjson path into the data. A path that leads to nothing is an error of the filter.
    pub path: String,
    /// What the value is taken as: `bool`, `number` or `string`.
    #[serde(rename = "type")]
    #[schemars(extend("enum" = ["bool", "number", "string"]))]
    pub value_type: String,
    /// What the value is compared with; one that matches is enough. Always written as text. For `string` each entry is
    /// a regular expression that may match anywhere: write `^done$` to match the whole value.
    #[schemars(length(min = 1))]
    pub value: Vec<String>,
    /// `=` (default), `!=`, `>`, `>=`, `<` or `<=`; the last four for numbers only. Not used for `bool`.
    #[schemars(extend("enum" = ["", "=", "!=", ">", ">=", "<", "<="]))]
    pub comparator: String,
    /// A Go template that makes the text to compare from the value, which it sees as `.Input`.
    pub template: String,
}
