//! Parameters: a value of an event, and where it goes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A value of an event and the place where it is written.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct TriggerParameter {
    /// Where the value comes from.
    pub src: Option<TriggerParameterSource>,
    /// Where the value goes: an sjson path, keys and indices separated by dots; `-1` appends to a list.
    pub dest: String,
    /// What happens to a value that is there already: `overwrite` (default), `append` or `prepend`.
    /// In a `payload` it is not used.
    #[schemars(extend("enum" = ["", "overwrite", "append", "prepend"]))]
    pub operation: String,
}

/// Which value of which event.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["dependencyName"]))]
pub struct TriggerParameterSource {
    /// The dependency whose event is used.
    pub dependency_name: String,
    /// A gjson path into the event's attributes.
    pub context_key: String,
    /// A Go template over the event's attributes; tried before `contextKey`.
    pub context_template: String,
    /// A gjson path into the event's data.
    pub data_key: String,
    /// A Go template over the event's data; tried before `dataKey`.
    pub data_template: String,
    /// What is used when the value cannot be found.
    pub value: Option<String>,
    /// Write numbers, booleans, objects and lists as they are; without it everything becomes text.
    pub use_raw_data: bool,
}
