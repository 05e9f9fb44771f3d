//! The trigger that invokes an AWS Lambda function.

use super::super::{SecretKeySelector, TriggerParameter};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An invocation of an AWS Lambda function.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct AwsLambdaTrigger {
    /// The function's name.
    pub function_name: String,
    /// The access key; without it, and without `roleARN`, the credentials of the surroundings are used.
    pub access_key: Option<SecretKeySelector>,
    /// The secret key.
    pub secret_key: Option<SecretKeySelector>,
    /// The function's region.
    pub region: String,
    /// The payload, built entry by entry.
    pub payload: Option<Vec<TriggerParameter>>,
    /// Values of events that are written into this section before it is used.
    pub parameters: Vec<TriggerParameter>,
    /// `RequestResponse` (default), `Event` or `DryRun`.
    #[schemars(extend("enum" = ["", "RequestResponse", "Event", "DryRun", null]))]
    pub invocation_type: Option<String>,
    /// A role to assume; it wins over the keys.
    #[serde(rename = "roleARN")]
    pub role_arn: String,
}
