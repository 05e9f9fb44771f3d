//! Destinations: names, numbers and paths into made-up documents, most of them partly there.

use super::documents::{component, document};
use super::{Answer, Language, Question, Random};
use lang::set::{Dest, Insert};
use serde_json::json;

pub(super) const LANGUAGE: Language = Language { name: "sjson", make_up, answer };

const PATHS: [&str; 12] =
    ["*", "a*", "?", "#", "#.a", "#.b.c", "#(a==1)", "#(a)#", "#(a)#.b", "#(>0)#", "a@b", r"a\@b"];

const TEXTS: [&str; 10] = ["", "x", "1", "é", "a\"b", "n\nl", "<&>", "<&>\"", "\u{7f}", "\u{2028}"];

const RAWS: [&str; 6] = ["1", "true", "null", r#"{"x": [1]}"#, "[ ]", r#""s""#];

fn make_up(random: &mut Random) -> Question {
    let mut program = part(random);
    for _ in 0..random.below(4) {
        program.push('.');
        program.push_str(&part(random));
    }
    let raw = random.one_in(2);
    let value = if raw { random.pick(&RAWS) } else { random.pick(&TEXTS) };
    let document = match random.below(8) {
        0 => random.pick(&["", " ", "{}", "[]", "1", "\"s\"", "null", " {} ", "[ ] "]).to_owned(),
        _ => document(random, 4),
    };
    Question { program, input: json!({"Document": document, "Value": value, "Raw": raw}) }
}

fn part(random: &mut Random) -> String {
    match random.below(16) {
        0 => {
            random.pick(&["", "0", "-1", ":0", ":-1", ":a", "\\:a", "5", "[a]", "{a}", "!1", "!true", "\\"]).to_owned()
        }
        1 | 2 => "-1".to_owned(),
        3 => random.pick(&["new", "0", "2", "x y", "\\.", "n\\.w"]).to_owned(),
        4 => random.pick(&PATHS).to_owned(),
        _ => component(random),
    }
}

fn answer(question: &Question) -> Answer {
    let text = |name: &str| question.input[name].as_str().unwrap();
    let dest = Dest::compile(&question.program).map_err(|error| error.to_string())?;
    let insert = match question.input["Raw"].as_bool() {
        Some(true) => Insert::Raw(text("Value")),
        _ => Insert::Text(text("Value")),
    };
    dest.set(text("Document"), insert).map(|doc| json!(doc)).map_err(|error| error.to_string())
}
