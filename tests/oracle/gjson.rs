//! Paths: of every kind of component, well-formed and not, into made-up documents.

use super::documents::{component, document};
use super::{Answer, Language, Question, Random};
use lang::path::{Kind, Path, PathSet};
use serde_json::{Value, json};

pub(super) const LANGUAGE: Language = Language { name: "gjson", make_up, answer };

#[rustfmt::skip]
const MODIFIERS: [&str; 34] = [
    "@reverse", "@ugly", "@pretty", "@this", "@valid", "@flatten", "@join", "@keys", "@values", "@fromstr", "@group", "@dig",
    "@nope", "@flatten:{\"deep\":true}", "@flatten:true", "@join:{\"preserve\":true}", "@join:{\"preserve\":1}",
    "@pretty:{\"indent\":\"\\t\"}", "@pretty:{\"prefix\":\"  \"}", "@pretty:{\"width\":0}", "@pretty:{\"width\":20}",
    "@pretty:{\"width\":-1}", "@pretty:x", "@dig:a", "@dig:b", "@dig:#", "@dig:0", "@dig:@this", "@dig:#.a", "@keys:", "@values:1",
    "@reverse:\"x\"", "@ugly:[1]", "@this:{}x",
];

/// Components that mean more than one name, and a number that wraps around.
const WILD: [&str; 11] = ["18446744073709551616", "*", "?", "a*", "*a*", "**", "a?b", "*.b", r"\*", r"a\*", r"k\**"];

const LITERALS: [&str; 16] = [
    "!true",
    "!false",
    "!null",
    "!1",
    r#"!"x""#,
    r#"!"a\"b""#,
    "![1,2]",
    r#"!{"a":1}"#,
    "!nan",
    "!inf",
    "!TRUE",
    "!NULL",
    "!x",
    "!",
    "!-1.5",
    r#"!"x"y"#,
];

const OPERATORS: [&str; 12] = ["", "==", "==", "=", "!=", "<", "<=", ">", ">=", "%", "!%", "!"];

#[rustfmt::skip]
const OPERANDS: [&str; 26] = [
    r#""a""#, "a", "1", "2", r#""2""#, r#""kim""#, "true", "false", "null", "~true", "~false", "~null", "~*", "~x", r#""*""#,
    r#""k*""#, r#""a\"b""#, "", "1.0", r#""~true""#, "k?m", "\"", "3.5", r#""z\\z""#, "*a*", "Inf",
];

#[rustfmt::skip]
const PIECES: [&str; 24] = [
    "a", "b", "0", "#", ".", "|", "@", "(", ")", "[", "]", "{", "}", "\"", "\\", "*", "?", "!", ":", "=", "<", "%", "~", ",",
];

fn make_up(random: &mut Random) -> Question {
    let program = match random.below(16) {
        0 => random.repeat(0, 12, |r| r.pick(&PIECES).to_owned()),
        1 => format!("..{}", path(random, 2, 3)),
        2 => path(random, 2, 3) + random.pick(&PIECES),
        _ => path(random, 3, 4),
    };
    Question { program, input: json!(document(random, 4)) }
}

fn path(random: &mut Random, depth: usize, length: usize) -> String {
    let mut path = part(random, depth);
    for _ in 0..random.below(length) {
        path.push_str(random.pick(&[".", ".", ".", ".", "|"]));
        path.push_str(&part(random, depth));
    }
    path
}

fn part(random: &mut Random, depth: usize) -> String {
    match random.below(if depth == 0 { 9 } else { 16 }) {
        0..=5 => component(random),
        6 => random.pick(&WILD).to_owned(),
        7 | 8 => "#".to_owned(),
        9..=11 => query(random, depth - 1),
        12 => multipath(random, depth - 1),
        13 | 14 => random.pick(&MODIFIERS).to_owned(),
        _ => random.pick(&LITERALS).to_owned(),
    }
}

fn query(random: &mut Random, depth: usize) -> String {
    let path = if random.one_in(3) { String::new() } else { path(random, depth, 2) };
    let blank = random.pick(&["", "", "", " "]);
    let close = random.pick(&[")", ")", ")", ")", ")", "]", ""]);
    let all = random.pick(&["", "#", "", "#", "", "#", "x", "##"]);
    format!("#({path}{}{blank}{}{close}{all}", random.pick(&OPERATORS), random.pick(&OPERANDS))
}

fn multipath(random: &mut Random, depth: usize) -> String {
    let count = random.below(4);
    if random.one_in(2) {
        let paths: Vec<_> = (0..count).map(|_| path(random, depth, 2)).collect();
        return format!("[{}]", paths.join(","));
    }
    let name = |random: &mut Random| random.pick(&["", "", r#""n":"#, "n:", r#""a b":"#, r#""q\"":"#, "é:", ":"]);
    let members: Vec<_> = (0..count).map(|_| name(random).to_owned() + &path(random, depth, 2)).collect();
    format!("{{{}}}", members.join(","))
}

fn answer(question: &Question) -> Answer {
    let document = question.input.as_str().unwrap();
    let path = Path::compile(&question.program).map_err(|error| error.to_string())?;
    let found = path.get(document);
    let mut set = PathSet::default();
    let places = ["a.b", &question.program, "b", "a.0"].map(|text| set.add(text).unwrap());
    assert_eq!(set.get(document)[places[1]], found, "the path {:?} among others in {document}", question.program);
    let Some(found) = found else {
        return Ok(json!({"exists": false, "type": "Null", "raw": "", "string": "", "number": 0, "bool": false}));
    };
    let kind = match found.kind() {
        Kind::Json => "JSON".to_owned(),
        kind => format!("{kind:?}"),
    };
    Ok(json!({
        "exists": true,
        "type": kind,
        "raw": found.raw(),
        "string": found.string_view(),
        "number": number(found.number_view()),
        "bool": found.bool_view(),
    }))
}

/// As the oracle writes numbers that JSON does not have.
fn number(value: f64) -> Value {
    match value {
        f64::INFINITY => json!("number +Inf"),
        f64::NEG_INFINITY => json!("number -Inf"),
        value if value.is_nan() => json!("number NaN"),
        value => json!(value),
    }
}
