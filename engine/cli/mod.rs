//! The command line: one file for each verb, and the table of them.

mod asyncapi;
mod client;
mod completions;
mod doctor;
mod graph;
mod lint;
mod rows;
mod run;
mod schema;
mod send;

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::bail;
use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use crate::manifests::rules::Severity;
use crate::manifests::{Format, Manifests};

/// Argo Events' EventSources and Sensors as one durable dataflow.
#[derive(Debug, Parser)]
#[command(name = "tidegate", version, max_term_width = 100)]
struct Command {
    #[command(flatten)]
    globals: Globals,
    #[command(subcommand)]
    verb: Verb,
}

/// What every verb understands.
#[derive(Debug, clap::Args)]
struct Globals {
    /// The folder with everything durable.
    #[arg(long, global = true, value_name = "DIR", env = "TIDEGATE_DATA_DIR", default_value = ".tidegate")]
    data_dir: PathBuf,
    /// How log lines are written, on stderr.
    #[arg(long, global = true, value_enum, default_value_t)]
    log_format: LogFormat,
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// An object a line.
    Json,
}

/// The verbs.
#[derive(Debug, Subcommand)]
enum Verb {
    /// Run EventSources and Sensors: sources, bus, dataflow and triggers in one process.
    Run(run::Args),
    /// Publish an event by hand.
    Send(send::Args),
    /// List the hits that conditions wait with.
    Pending(rows::Args),
    /// List how firings ended.
    Firings {
        #[command(flatten)]
        args: rows::Args,
        /// Go on with new ones as they are committed.
        #[arg(long)]
        follow: bool,
    },
    /// List, show, send again or give up dead letters.
    #[command(subcommand)]
    Dlq(rows::Dlq),
    /// Check manifests and point at what is wrong with them.
    Lint(lint::Args),
    /// Print an AsyncAPI document of Tidegate, or of what manifests expose and publish.
    Asyncapi(asyncapi::Args),
    /// Print the JSON Schema of manifests, for editors.
    Schema(schema::Args),
    /// Draw each sensor's logical operators, from the sources of its events to its triggers.
    Graph(graph::Args),
    /// Tell what keeps manifests from running well on this machine, and what to do.
    Doctor(doctor::Args),
    /// Print the script that lets a shell complete verbs and flags.
    Completions(completions::Args),
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
    let Command { globals, verb } = Command::parse();
    log(globals.log_format);
    let answer = match verb {
        Verb::Run(args) => run::run(&args, &globals),
        Verb::Send(args) => send::run(&args, &globals),
        Verb::Pending(args) => rows::pending(&args, &globals),
        Verb::Firings { args, follow } => rows::firings(&args, follow, &globals),
        Verb::Dlq(verb) => rows::dlq(&verb, &globals),
        Verb::Asyncapi(args) => asyncapi::run(&args),
        Verb::Lint(args) => lint::run(&args),
        Verb::Schema(args) => schema::run(&args),
        Verb::Graph(args) => graph::run(&args),
        Verb::Doctor(args) => doctor::run(&args, &globals),
        Verb::Completions(args) => completions::run(&args),
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

/// Log lines go to stderr; `RUST_LOG` says which.
fn log(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let color = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(color).with_writer(std::io::stderr);
    // Only a second call could fail, and there is none.
    let _ = match format {
        LogFormat::Text => lines.with_target(false).try_init(),
        LogFormat::Json => lines.json().try_init(),
    };
}

/// Fails where a manifest has errors, which it prints.
fn refuse(manifests: &Manifests) -> anyhow::Result<()> {
    let mut findings = manifests.lint();
    findings.retain(|finding| finding.severity() == Severity::Error);
    if findings.is_empty() {
        return Ok(());
    }
    let mut text = Vec::new();
    manifests.print(&findings, Format::Pretty, false, &mut text)?;
    say(&String::from_utf8_lossy(&text));
    bail!("the manifests have errors")
}

/// One line of results, on stdout.
fn print(line: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    writeln!(std::io::stdout().lock(), "{line}")
}

/// One line for people, on stderr; nobody is there to hear that it could not be written.
fn say(line: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "{line}");
}
