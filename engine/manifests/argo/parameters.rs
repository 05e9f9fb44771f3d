//! The reference's rules for parameters and payloads.

use model::manifest::TriggerParameter;

use super::checks::Checks;

const OPERATIONS: [&str; 4] = ["", "append", "overwrite", "prepend"];

/// Checks the entries of `list`. The reference calls each of them `word index: N`; `whole` entries may lack a
/// destination, because then the value is the whole payload.
pub(super) fn check<'a>(
    checks: &mut Checks,
    list: &str,
    word: &str,
    whole: bool,
    parameters: impl IntoIterator<Item = &'a TriggerParameter>,
) {
    checks.each(list, parameters, |checks, index, parameter| {
        checks.prefixed(&format!("{word} index: {index}. err: "), |checks| one(checks, parameter, whole));
    });
}

fn one(checks: &mut Checks, parameter: &TriggerParameter, whole: bool) {
    let help = "say which event the value comes from";
    checks.need_or(parameter.src.is_some(), "src", help, "parameter source can't be empty");
    if let Some(src) = &parameter.src {
        let argo = "parameter dependency name can't be empty";
        checks.within("src", |checks| checks.need(!src.dependency_name.is_empty(), "dependencyName", argo));
    }
    let argo = "parameter destination can't be empty";
    checks.need_or(whole || !parameter.dest.is_empty(), "dest", "say where the value goes", argo);
    let argo = format!("parameter operation {} is invalid", parameter.operation);
    checks.one_of(&parameter.operation, &OPERATIONS, "operation", argo);
}
