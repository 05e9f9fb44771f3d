//! A trigger's conditions: what they are translated into.

use super::{equal, text_of};
use lang::conditions::Condition;
use serde_json::{Value, json};

pub(super) fn translate(case: &Value) -> Result<(), String> {
    let spec = &case["spec"];
    let dependencies: Vec<&str> = spec["dependencies"].as_array().into_iter().flatten().map(text_of).collect();
    let found = match Condition::compile(spec["conditions"].as_str(), &dependencies) {
        Ok(condition) => json!({
            "result": "ok",
            "expression": condition.text(),
            "variables": condition.dependencies().iter().map(|index| dependencies[*index]).collect::<Vec<_>>(),
            "needsState": !condition.is_stateless(),
        }),
        Err(_) => json!({"result": "error"}),
    };
    equal(&found, &case["expect"])
}
