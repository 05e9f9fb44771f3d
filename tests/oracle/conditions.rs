//! Conditions: well-formed ones over odd names, and texts of any tokens.

use super::{Answer, Language, Question, Random};
use lang::conditions::Condition;
use serde_json::{Value, json};

pub(super) const LANGUAGE: Language = Language { name: "conditions", make_up, answer };

const NAMES: [&str; 12] = ["a", "b", "dep-1", "dep_1", "d-e-f", "x1", "filter", "in", "true", "_u", "p.q", "9z"];

fn make_up(random: &mut Random) -> Question {
    // Odd names are rare, so that most conditions can be compiled.
    let dependencies: Vec<&str> = (0..1 + random.below(5))
        .map(|_| if random.one_in(20) { random.pick(&NAMES) } else { random.pick(&NAMES[..6]) })
        .collect();
    let program = match random.below(8) {
        0 => String::new(),
        1 => random.repeat(1, 9, |r| {
            r.pick(&["a", "b", "dep-1", " ", "(", ")", "&&", "||", "==", "!=", "<", ">=", "&", "true", "x1"]).to_owned()
        }),
        2 => format!(
            "{} {} {}",
            condition(random, 2, &dependencies),
            random.pick(&["==", "<", "endsWith"]),
            condition(random, 2, &dependencies)
        ),
        3 => random.pick(&NAMES).to_owned(),
        _ => condition(random, 4, &dependencies),
    };
    Question { program, input: json!(dependencies) }
}

fn condition(random: &mut Random, depth: usize, dependencies: &[&str]) -> String {
    match random.below(if depth == 0 { 1 } else { 4 }) {
        0 => {
            let name = if random.one_in(40) { random.pick(&NAMES) } else { random.pick(dependencies) };
            if random.one_in(5) { name.replace('-', "_") } else { name.to_owned() }
        }
        1 => format!("({})", condition(random, depth - 1, dependencies)),
        _ => {
            let sign = random.pick(&["&&", " && ", "||", " ||\n"]);
            format!(
                "{}{sign}{}",
                condition(random, depth - 1, dependencies),
                condition(random, depth - 1, dependencies)
            )
        }
    }
}

fn answer(question: &Question) -> Answer {
    let dependencies: Vec<&str> =
        question.input.as_array().unwrap().iter().map(|dependency| dependency.as_str().unwrap()).collect();
    let condition = Condition::compile(Some(&question.program), &dependencies).map_err(|error| error.to_string())?;
    let variables: Vec<&str> = condition.dependencies().iter().map(|index| dependencies[*index]).collect();
    let holds: Vec<bool> = (0..1 << variables.len().min(6))
        .map(|hits: usize| {
            condition.holds(|index| {
                let bit = condition.dependencies().iter().position(|dependency| *dependency == index);
                bit.is_some_and(|bit| hits >> bit & 1 == 1)
            })
        })
        .collect();
    Ok::<Value, String>(json!({"expression": condition.text(), "variables": variables, "holds": holds}))
}
