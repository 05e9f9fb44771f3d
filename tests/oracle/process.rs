//! The Go program that runs the reference's libraries.

use super::{Answer, Question};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

/// The running program; it ends with this value.
pub(super) struct Oracle {
    child: Child,
}

impl Oracle {
    /// Builds and starts the program; this needs Go and, the first time, its module proxy.
    pub(super) fn start() -> Self {
        let program = format!("{}/oracle", env!("CARGO_TARGET_TMPDIR"));
        let build = Command::new("go")
            .args(["build", "-o", &program, "."])
            .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle"))
            .status();
        assert!(build.expect("go is needed for the oracle").success(), "the oracle does not build");
        let child = Command::new(&program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        Self { child }
    }

    /// Puts the questions and gives each back with its answer.
    pub(super) fn ask(&mut self, language: &str, questions: Vec<Question>) -> Vec<(Question, Answer)> {
        let lines: String = questions
            .iter()
            .map(|q| format!("{}\n", json!({"lang": language, "program": q.program, "input": q.input})))
            .collect();
        let mut input = self.child.stdin.take().unwrap();
        let mut output = BufReader::new(self.child.stdout.take().unwrap());
        // Written from another thread, so that neither side waits for the other with a full pipe.
        let writer = std::thread::spawn(move || {
            input.write_all(lines.as_bytes()).unwrap();
            input
        });
        let answered = questions.into_iter().map(|question| {
            let mut line = String::new();
            output.read_line(&mut line).unwrap();
            let mut answer: Value = serde_json::from_str(&line).expect("the oracle stopped");
            let answer = match answer["error"].as_str() {
                Some(error) => Err(error.to_owned()),
                None => Ok(answer["result"].take()),
            };
            (question, answer)
        });
        let answered = answered.collect();
        self.child.stdin = Some(writer.join().unwrap());
        self.child.stdout = Some(output.into_inner());
        answered
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}
