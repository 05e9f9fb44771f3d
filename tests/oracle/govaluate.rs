//! Filter expressions: well-formed ones of all operators, and texts of any tokens, on one odd object.

use super::{Answer, Language, Question, Random};
use lang::govaluate::{Program, Value as Operand};
use serde_json::{Value, json};

pub(super) const LANGUAGE: Language = Language { name: "govaluate", make_up, answer };

#[rustfmt::skip]
const OPERATORS: [&str; 26] = [
    ",", "?", ":", "??", "||", "&&", "==", "!=", ">", ">=", "<", "<=", "=~", "!~", "in", "&", "|", "^", "<<", ">>", "+",
    "-", "*", "/", "%", "**",
];

#[rustfmt::skip]
const OPERANDS: [&str; 40] = [
    "a", "b", "s", "t", "f", "nul", "list", "o", "[x-y]", r"x\-y", "missing", "0", "1", "2.5", "64", "0x1f", "1e3", ".5", "1.",
    "true", "false", "'a'", "\"b\"", "'x.*'", "'('", "'it\\'s'", "'2014-01-02'", "'2014-01-02 14:00'", "'2014-13-02'",
    "'2014-01-02T15:04:05Z'", "'2014-01-02T15:04:05.5+02:00'", "'3:04PM'", "'Mon Jan  2 15:04:05 2006'", "()", "(1, 2)",
    "('a', 's')", "a.B", "a.b", "9223372036854775808", "é",
];

#[rustfmt::skip]
const PIECES: [&str; 40] = [
    "a", "s", "1", "(", ")", "[", "]", "'", "\"", ",", "+", "-", "!", "&&", "||", "==", "=~", "~", "?", ":", "??", " ", " ", " ",
    "in", "IN", ".", "_", "\\", "0x", "**", "<<", "%", "true", "é", "9", "^", "&", "\t", "'x'",
];

fn make_up(random: &mut Random) -> Question {
    let program = match random.below(8) {
        0 => random.repeat(1, 10, |r| r.pick(&PIECES).to_owned()),
        1 => expression(random, 3),
        2..4 => numeric(random, 4),
        _ => truth(random, 4),
    };
    let input = json!({
        "a": random.pick(&[0.0, 1.0, -1.0, 2.5, 1e6, 1e21, 1e300, -9.3e18]),
        "b": random.below(9),
        "s": random.pick(&["", "a", "it's", "x1", "2014-01-02"]),
        "t": true,
        "f": false,
        "nul": null,
        "list": [1, "a", null, true],
        "o": {"k": [1, {"l": "m"}], "a": 1e9},
        "x-y": 3,
        "é": "é",
    });
    Question { program, input }
}

/// Most likely a bool.
fn truth(random: &mut Random, depth: usize) -> String {
    if depth == 0 {
        return random.pick(&["t", "f", "true", "false", "! t", "! f", "(t)", "missing"]).to_owned();
    }
    let depth = depth - 1;
    match random.below(12) {
        0..4 => {
            let operator = random.pick(&["&&", "||", "&&", "||", "==", "!=", "??"]);
            format!("{} {operator} {}", truth(random, depth), truth(random, depth))
        }
        4 | 5 => format!("({})", truth(random, depth)),
        6 => format!("({} ? {} : {})", truth(random, depth), truth(random, depth), truth(random, depth)),
        7 => {
            let pattern = random.pick(&["'^a'", "'x'", "'[a-c]$'", "s", "'t' + s", "'('"]);
            format!("{} {} {pattern}", text(random), random.pick(&["=~", "!~"]))
        }
        8 => {
            format!("{} in {}", random.pick(&OPERANDS), random.pick(&["list", "(1, 2)", "('a', s, nul)", "(list, 7)"]))
        }
        9 => format!("{} {} {}", text(random), random.pick(&["<", ">=", "==", "!="]), text(random)),
        _ => {
            let operator = random.pick(&["<", "<=", ">", ">=", "==", "!="]);
            format!("{} {operator} {}", numeric(random, depth), numeric(random, depth))
        }
    }
}

/// Most likely a number.
fn numeric(random: &mut Random, depth: usize) -> String {
    if depth == 0 {
        return random.pick(&["a", "b", "1", "2.5", "0x1f", "- 3", "-b", "~b", "x\\-y", "'2014-01-02'"]).to_owned();
    }
    let depth = depth - 1;
    match random.below(8) {
        0 => format!("({})", numeric(random, depth)),
        1 => format!("({} ? {} : {})", truth(random, depth), numeric(random, depth), numeric(random, depth)),
        _ => {
            let operator = random.pick(&OPERATORS[15..]);
            format!("{} {operator} {}", numeric(random, depth), numeric(random, depth))
        }
    }
}

/// A string.
fn text(random: &mut Random) -> String {
    let parts = ["s", "'a'", "'b' + b", "s + a", "(1 + s)", "s + list", "o + s", "nul + 'x'", "t + \"y\""];
    random.pick(&parts).to_owned()
}

/// Anything.
fn expression(random: &mut Random, depth: usize) -> String {
    if depth == 0 || random.one_in(6) {
        let prefix = ["", "", "", "", "", "-", "!", "~"][random.below(8)];
        return format!("{prefix}{}", random.pick(&OPERANDS));
    }
    let (left, right) = (expression(random, depth - 1), expression(random, depth - 1));
    let operator = random.pick(&OPERATORS);
    match random.below(8) {
        0 | 1 => format!("({left} {operator} {right})"),
        2 => format!("{left} ? {right} : {}", expression(random, depth - 1)),
        3 => format!("({left}) {right}"),
        // Symbols that run together are rare.
        4 if random.one_in(8) => format!("{left}{operator}{right}"),
        _ => format!("{left} {operator} {right}"),
    }
}

fn answer(question: &Question) -> Answer {
    let program = Program::compile(&question.program).map_err(|error| error.to_string())?;
    let parameter = |name: &str| question.input.get(name).cloned().map(Operand::from);
    program.eval(&parameter).map(json_of).map_err(|error| error.to_string())
}

fn json_of(value: Operand) -> Value {
    match value {
        Operand::Null => Value::Null,
        Operand::Bool(truth) => json!(truth),
        Operand::Number(number) if number.is_finite() => json!(number),
        Operand::Number(number) if number.is_nan() => json!("number NaN"),
        Operand::Number(number) => json!(if number > 0.0 { "number +Inf" } else { "number -Inf" }),
        Operand::Text(text) => json!(text),
        Operand::List(members) => members.into_iter().map(json_of).collect(),
        Operand::Object(members) => members.into_iter().map(|(name, member)| (name, json_of(member))).collect(),
    }
}
