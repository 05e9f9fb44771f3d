//! The small languages against the reference's own libraries: made-up programs, and answers recorded from them.
//!
//! The Go program beside this file answers what the libraries make of a program. `recorded/` keeps answers of it, which
//! every run checks. With `TIDEGATE_ORACLE` set, thousands of programs are made up and put to it afresh; with
//! `TIDEGATE_ORACLE=record` the recorded answers are written anew.

mod conditions;
mod cron;
mod documents;
mod expr;
mod gjson;
mod govaluate;
mod jq;
mod lua;
mod process;
mod random;
mod regex;
mod sjson;

use process::Oracle;
use random::Random;
use serde_json::{Value, json};

/// How many programs are made up for a language.
const MADE_UP: usize = 5_000;

/// How many of them are recorded.
const RECORDED: usize = 400;

/// A program of a language and what it is run on, as the language's Go file expects it.
struct Question {
    program: String,
    input: Value,
}

/// What comes of a program; of an error only that it is one.
type Answer = Result<Value, String>;

/// One language: how questions are made up and what the own implementation answers.
struct Language {
    name: &'static str,
    make_up: fn(&mut Random) -> Question,
    answer: fn(&Question) -> Answer,
}

const LANGUAGES: &[Language] = &[
    conditions::LANGUAGE,
    cron::LANGUAGE,
    expr::LANGUAGE,
    govaluate::LANGUAGE,
    jq::LANGUAGE,
    lua::LANGUAGE,
    regex::LANGUAGE,
    gjson::LANGUAGE,
    sjson::LANGUAGE,
];

#[test]
fn recorded_answers() {
    let mut differing = 0;
    for language in LANGUAGES {
        let text = std::fs::read_to_string(recorded_file(language)).unwrap();
        let cases: Vec<_> = text.lines().map(recorded_case).collect();
        assert!(!cases.is_empty(), "{}: no recorded answer", language.name);
        differing += compare(language, &cases);
    }
    assert_eq!(differing, 0, "programs with another answer");
}

#[test]
fn made_up_programs() {
    let Some(mode) = std::env::var_os("TIDEGATE_ORACLE") else {
        println!("oracle: TIDEGATE_ORACLE is not set, only the recorded answers are checked");
        return;
    };
    let oracle = Oracle::build();
    let mut differing = 0;
    let only = std::env::var("TIDEGATE_ORACLE_LANGUAGE").ok();
    for language in LANGUAGES.iter().filter(|language| only.as_ref().is_none_or(|only| only == language.name)) {
        let mut random = Random::new(seed());
        let questions = (0..MADE_UP).map(|_| (language.make_up)(&mut random));
        let cases = oracle.ask(language.name, questions.collect());
        if mode == "record" {
            let lines: Vec<_> = cases.iter().take(RECORDED).map(recorded_line).collect();
            std::fs::write(recorded_file(language), lines.concat()).unwrap();
        }
        differing += compare(language, &cases);
    }
    assert_eq!(differing, 0, "programs with another answer");
}

/// Where made-up programs begin: `TIDEGATE_ORACLE_SEED`, or always the same.
fn seed() -> u64 {
    std::env::var("TIDEGATE_ORACLE_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1)
}

/// Prints the first few programs that the own implementation answers differently, and counts them all.
fn compare(language: &Language, cases: &[(Question, Answer)]) -> usize {
    let mut differing = 0;
    let started = std::time::Instant::now();
    for (question, theirs) in cases {
        let ours = (language.answer)(question);
        let agree = match (&ours, theirs) {
            (Ok(ours), Ok(theirs)) => same(ours, theirs),
            (ours, theirs) => ours.is_err() && theirs.is_err(),
        };
        if !agree {
            differing += 1;
            if differing <= 20 {
                println!("{}: {:?} on {}", language.name, question.program, question.input);
                println!("    reference {}", line(theirs));
                println!("    tidegate  {}", line(&ours));
            }
        }
    }
    let elapsed = started.elapsed().as_millis();
    let errors = cases.iter().filter(|(_, answer)| answer.is_err()).count();
    println!("{}: {} programs, {errors} of them errors, {differing} differ, {elapsed} ms", language.name, cases.len());
    differing
}

/// Equality that takes 1 and 1.0 for the same number, and lets the last digit of a power go: the reference's own
/// depends on its machine.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => {
            let (a_float, b_float) = (a.as_f64().unwrap(), b.as_f64().unwrap());
            a == b || (a_float - b_float).abs() <= a_float.abs() * 1e-15
        }
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        (a, b) => a == b,
    }
}

fn line(answer: &Answer) -> String {
    match answer {
        Ok(value) => value.to_string(),
        Err(message) => message.clone(),
    }
}

fn recorded_file(language: &Language) -> String {
    format!("{}/tests/oracle/recorded/{}.jsonl", env!("CARGO_MANIFEST_DIR"), language.name)
}

/// A recorded case as a line; without a result it is an error.
fn recorded_line((question, answer): &(Question, Answer)) -> String {
    let case = match answer {
        Ok(result) => json!({"program": question.program, "input": question.input, "result": result}),
        Err(_) => json!({"program": question.program, "input": question.input}),
    };
    format!("{case}\n")
}

fn recorded_case(line: &str) -> (Question, Answer) {
    let case: Value = serde_json::from_str(line).unwrap();
    let question = Question { program: case["program"].as_str().unwrap().to_owned(), input: case["input"].clone() };
    (question, case.get("result").cloned().ok_or_else(|| "error".to_owned()))
}
