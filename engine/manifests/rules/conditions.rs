//! Rules about conditions: that they can be read, and that every dependency has a part in them.

use std::collections::BTreeSet;

use lang::conditions::Condition;
use model::manifest::{Sensor, TriggerTemplate};

use super::super::judge::Judge;
use super::super::words;
use super::Rule;

/// A condition that cannot be read.
pub static BAD_CONDITION: Rule = Rule::error("bad-condition", "A condition cannot be read; its trigger never fires.");
/// A condition without dependencies.
pub static CONSTANT_CONDITION: Rule =
    Rule::warning("constant-condition", "A condition depends on no event; its trigger never fires.");
/// Two dependencies of the same name.
pub static SHADOWED_DEPENDENCY: Rule =
    Rule::warning("shadowed-dependency", "Two dependencies have names that conditions cannot tell apart.");
/// A dependency that no condition names.
pub static UNUSED_DEPENDENCY: Rule = Rule::warning("unused-dependency", "No trigger waits for a dependency.");

/// All rules of the family.
pub static RULES: &[&Rule] = &[&BAD_CONDITION, &CONSTANT_CONDITION, &SHADOWED_DEPENDENCY, &UNUSED_DEPENDENCY];

/// Judges the conditions of a Sensor.
pub(in crate::manifests) fn sensor(judge: &mut Judge<'_>, sensor: &Sensor) {
    let names: Vec<&str> = sensor.spec.dependencies.iter().map(|dependency| dependency.name.as_str()).collect();
    shadowed(judge, &names);
    let mut used = BTreeSet::new();
    let mut all_read = true;
    for (index, trigger) in sensor.spec.triggers.iter().enumerate() {
        let Some(template) = &trigger.template else { continue };
        match condition(judge, &format!("spec.triggers[{index}].template"), template, &names) {
            Some(condition) => used.extend(condition.dependencies().iter().copied()),
            None => all_read = false,
        }
    }
    if all_read && !sensor.spec.triggers.is_empty() {
        unused(judge, &names, &used);
    }
}

/// Compiles the condition of a trigger; what is wrong with it is found.
fn condition(judge: &mut Judge<'_>, path: &str, template: &TriggerTemplate, names: &[&str]) -> Option<Condition> {
    let path = format!("{path}.conditions");
    if names.iter().any(|name| name.is_empty()) {
        return None;
    }
    match Condition::compile(Some(&template.conditions), names) {
        Ok(condition) => {
            if condition.dependencies().is_empty() {
                let help = "name dependencies, joined with `&&` and `||`";
                judge.find(&CONSTANT_CONDITION, &path, "the condition is the same for all events", help);
            }
            Some(condition)
        }
        Err(error) => {
            let help = help(&template.conditions, error.at, names);
            judge.find_inside(&BAD_CONDITION, &path, error.at, error.message, help);
            None
        }
    }
}

/// The nearest name to the word at byte `at` of a condition, or what a condition may hold.
fn help(text: &str, at: usize, names: &[&str]) -> String {
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let rest = text.get(at..).unwrap_or_default();
    let word = &rest[..rest.find(|c| !is_word(c)).unwrap_or(rest.len())];
    if names.contains(&word) {
        return format!("`{word}` is a reserved word of conditions; give the dependency another name");
    }
    if let Some(near) = words::nearest(word, names.iter().copied()) {
        return format!("did you mean `{near}`?");
    }
    if text.is_empty() {
        return "give the dependency a name of letters, digits, `_` and `-`".to_owned();
    }
    "use names of dependencies, `&&`, `||` and parentheses".to_owned()
}

/// `-` and `_` are alike in conditions, and of two names that are alike the later counts.
fn shadowed(judge: &mut Judge<'_>, names: &[&str]) {
    let mut seen = BTreeSet::new();
    for (index, name) in names.iter().enumerate().rev() {
        if !name.is_empty() && !seen.insert(name.replace('-', "_")) {
            let path = format!("spec.dependencies[{index}].name");
            let message = format!("a later dependency is called `{name}` too, and conditions mean that one");
            judge.find(&SHADOWED_DEPENDENCY, &path, message, "give it another name; `-` and `_` count as the same");
        }
    }
}

fn unused(judge: &mut Judge<'_>, names: &[&str], used: &BTreeSet<usize>) {
    for (index, name) in names.iter().enumerate().filter(|(index, _)| !used.contains(index)) {
        let path = format!("spec.dependencies[{index}].name");
        let message = format!("no trigger waits for `{name}`");
        judge.find(&UNUSED_DEPENDENCY, &path, message, "name it in a condition, or remove it");
    }
}
