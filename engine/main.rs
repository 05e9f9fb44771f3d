//! Parses the command line, runs one verb and turns its result into an exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    tidegate::cli::run()
}
