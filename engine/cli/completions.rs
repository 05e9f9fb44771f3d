//! `tidegate completions`: the script that lets a shell complete verbs and flags.

use super::{Answer, Command};
use anyhow::Context as _;
use clap::CommandFactory as _;
use clap_complete::{Shell, generate};
use std::io::Write as _;

/// For which shell.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The shell.
    #[arg(value_enum)]
    shell: Shell,
}

/// Prints the script; for bash: `source <(tidegate completions bash)`.
pub(super) fn run(args: &Args) -> anyhow::Result<Answer> {
    let mut script = Vec::new();
    generate(args.shell, &mut Command::command(), "tidegate", &mut script);
    std::io::stdout().lock().write_all(&script).context("cannot print the script")?;
    Ok(Answer::Yes)
}
