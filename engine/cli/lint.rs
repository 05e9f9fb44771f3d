//! `tidegate lint`: checks manifests and points at what is wrong with them.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use anyhow::Context;

use super::{Answer, say};
use crate::manifests::rules::Severity;
use crate::manifests::{Counts, Format, Manifests};

/// What to check, and how to say it.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Files and folders; `-` is the standard input.
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    /// Read the folders within folders too.
    #[arg(short = 'R', long)]
    recursive: bool,
    /// Let warnings fail the check.
    #[arg(long)]
    strict: bool,
    /// How findings are printed.
    #[arg(short = 'o', long, value_enum, default_value_t)]
    output: Format,
    /// Give another program's verdict, in its own words, and nothing more.
    #[arg(long = "as", value_enum, value_name = "PROGRAM")]
    dialect: Option<Dialect>,
}

/// Whose verdict is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Dialect {
    /// Argo Events 1.9.
    Argo,
}

/// Prints what is found. The answer is no if there is an error, or, with `--strict`, a warning.
pub(super) fn run(args: &Args) -> anyhow::Result<Answer> {
    let manifests = Manifests::read(&args.paths, args.recursive);
    let findings = match args.dialect {
        None => manifests.lint(),
        Some(Dialect::Argo) => manifests.lint_as_argo(),
    };
    let out = io::stdout();
    let color = out.is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let mut to = io::BufWriter::new(out.lock());
    let printed = manifests.print(&findings, args.output, color, &mut to).and_then(|()| to.flush());
    printed.context("cannot write the findings")?;
    if args.output != Format::Json {
        say(&summary(&manifests, Counts::of(&findings)));
    }
    let limit = if args.strict { Severity::Warning } else { Severity::Error };
    Ok(if Manifests::any(&findings, limit) { Answer::No } else { Answer::Yes })
}

fn summary(manifests: &Manifests, counts: Counts) -> String {
    let objects = manifests.buses.len() + manifests.event_sources.len() + manifests.sensors.len();
    format!(
        "{} and {} in {} ({})",
        count(counts.errors, "error"),
        count(counts.warnings, "warning"),
        count(objects, "object"),
        count(manifests.files.len(), "file")
    )
}

fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
