//! The command line: one file for each verb, and the table of them.

mod lint;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Argo Events' EventSources and Sensors as one durable dataflow.
#[derive(Debug, Parser)]
#[command(name = "tidegate", version, max_term_width = 100)]
struct Command {
    #[command(subcommand)]
    verb: Verb,
}

/// The verbs.
#[derive(Debug, Subcommand)]
enum Verb {
    /// Check manifests and point at what is wrong with them.
    Lint(lint::Args),
}

/// The answer of a verb, as an exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    /// It is done, or the answer is yes.
    Yes,
    /// The answer is no: there are findings or differences.
    No,
}

/// Runs the verb that the arguments name: 0 done, 1 the answer is no, 2 wrong use or it could not run.
pub fn run() -> ExitCode {
    let answer = match Command::parse().verb {
        Verb::Lint(args) => lint::run(&args),
    };
    match answer {
        Ok(Answer::Yes) => ExitCode::SUCCESS,
        Ok(Answer::No) => ExitCode::FAILURE,
        Err(error) => {
            say(&format!("error: {error:#}"));
            ExitCode::from(2)
        }
    }
}

/// One line for people, on stderr; nobody is there to hear that it could not be written.
fn say(line: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "{line}");
}
