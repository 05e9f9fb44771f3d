//! Regular expressions: well-formed ones and texts of any tokens, on texts that nearly match.

use super::{Answer, Language, Question, Random};
use lang::regex::Regex;
use serde_json::{Value, json};

pub(super) const LANGUAGE: Language = Language { name: "regex", make_up, answer };

#[rustfmt::skip]
const ATOMS: [&str; 50] = [
    "a", "b", "K", "é", "7", "_", " ", "-", ".", ".", "^", "$", r"\A", r"\z", r"\b", r"\B", r"\d", r"\D", r"\w", r"\W",
    r"\s", r"\S", r"\pL", r"\p{Lu}", r"\P{Greek}", r"\p{^L}", "[a-c]", "[^a]", "[[:alpha:]]", "[[:^digit:]_]",
    r"[\d-z]", r"[\W]", "[]a]", "[a-]", r"[\pN.]", r"\Qa.\E", r"\x41", r"\x{e9}", r"\101", r"\n", r"\.", r"\_", "(?i)", "(?s)",
    "(?m)", "(?i-s)", "(?U)", "{", "}", "]",
];

#[rustfmt::skip]
const PIECES: [&str; 46] = [
    "a", "(", ")", "[", "]", "{", "}", "|", "*", "+", "?", "^", "$", ".", "\\", "-", ":", "=", "!", "<", ">", "P", "p", "L",
    "Q", "E", "C", "Z", "x", "0", "1", "2", "1001", ",", "d", "&&", "~", "[:", ":]", "(?", "(?P<n>", "i", "s", "8", "é", "\n",
];

#[rustfmt::skip]
const TEXTS: [&str; 22] = [
    "", "a", "A", "b", "k", "\u{212a}", "é", "É", "7", "٣", "_", " ", "\n", "\u{b}", ".", "-", "z", "]", "{", "α", "ſ", "\t",
];

fn make_up(random: &mut Random) -> Question {
    let program = match random.below(3) {
        0 => random.repeat(1, 9, |r| r.pick(&PIECES).to_owned()),
        _ => alternatives(random, 3),
    };
    let texts: Vec<_> = (0..12).map(|_| random.repeat(0, 5, |r| r.pick(&TEXTS).to_owned())).collect();
    Question { program, input: json!(texts) }
}

fn alternatives(random: &mut Random, depth: usize) -> String {
    let count = [1, 1, 2, 3][random.below(4)];
    (0..count).map(|_| sequence(random, depth)).collect::<Vec<_>>().join("|")
}

fn sequence(random: &mut Random, depth: usize) -> String {
    random.repeat(0, 4, |random| {
        let atom = match random.below(if depth == 0 { 3 } else { 4 }) {
            3 => {
                let open = random.pick(&["(", "(?:", "(?i:", "(?s-i:", "(?P<n>", "(?<m>"]);
                format!("{open}{})", alternatives(random, depth - 1))
            }
            _ => random.pick(&ATOMS).to_owned(),
        };
        let sign = ["", "", "", "", "*", "+", "?", "*?", "{2}", "{0,2}", "{1,}", "{,2}"][random.below(12)];
        atom + sign
    })
}

fn answer(question: &Question) -> Answer {
    let regex = Regex::compile(&question.program).map_err(|error| error.to_string())?;
    let texts = question.input.as_array().unwrap().iter().map(|text| text.as_str().unwrap());
    Ok(texts.map(|text| Value::from(regex.is_match(text))).collect())
}
