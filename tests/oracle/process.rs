//! The Go program that runs the reference's libraries.

use super::{Answer, Question};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

/// The program, ready to be run.
pub(super) struct Oracle {
    program: String,
}

impl Oracle {
    /// Builds the program; this needs Go and, the first time, its module proxy.
    pub(super) fn build() -> Self {
        let program = format!("{}/oracle", env!("CARGO_TARGET_TMPDIR"));
        let build = Command::new("go")
            .args(["build", "-o", &program, "."])
            .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle"))
            .status();
        assert!(build.expect("go is needed for the oracle").success(), "the oracle does not build");
        Self { program }
    }

    /// Puts the questions and gives each back with its answer.
    pub(super) fn ask(&self, language: &str, questions: Vec<Question>) -> Vec<(Question, Answer)> {
        let lines: Vec<String> = questions
            .iter()
            .map(|q| format!("{}\n", json!({"lang": language, "program": q.program, "input": q.input})))
            .collect();
        let mut answers = Vec::new();
        // A library that runs for ever or crashes the program has given no answer; another run answers the rest.
        while let Some(rest) = lines.get(answers.len()..).filter(|rest| !rest.is_empty()) {
            answers.extend(self.run(rest.concat()));
            if answers.len() < lines.len() {
                answers.push(Err("no answer".to_owned()));
            }
        }
        questions.into_iter().zip(answers).collect()
    }

    fn run(&self, lines: String) -> Vec<Answer> {
        let mut child = Command::new(&self.program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        // Written from another thread, so that neither side waits for the other with a full pipe; a program that has
        // ended takes no more.
        let writer = std::thread::spawn(move || input.write_all(lines.as_bytes()).ok());
        // A line that is cut off is no answer.
        let lines = output.split(b'\n').map_while(|line| serde_json::from_slice::<Value>(&line.unwrap()).ok());
        let answers = lines.map(|mut answer| match answer["error"].as_str() {
            Some(error) => Err(error.to_owned()),
            None => Ok(answer["result"].take()),
        });
        let answers = answers.collect();
        writer.join().unwrap();
        child.wait().unwrap();
        answers
    }
}
