//! `tidegate doctor`: tells what keeps manifests from running well on this machine, and what to do.

use super::{Answer, Globals, client, print};
use crate::doctor::{Finding, Level, Patient, Running, examine};
use crate::manifests::Manifests;
use serde_json::Value;
use std::io::IsTerminal as _;
use std::net::SocketAddr;
use std::path::PathBuf;

/// What to examine.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Files and folders with manifests, whose ports and secrets are looked at; `-` is the standard input.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The same, as kubectl spells it; may be repeated.
    #[arg(short = 'f', long = "filename", value_name = "PATH")]
    files: Vec<PathBuf>,
    /// Read the folders within folders too.
    #[arg(short = 'R', long)]
    recursive: bool,
    /// The namespace of objects that name none.
    #[arg(short = 'n', long, default_value = "default")]
    namespace: String,
    /// A folder with secrets as files DIR/name/key.
    #[arg(long, value_name = "DIR")]
    secrets: Option<PathBuf>,
    /// Where the admin interface is to listen.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7777")]
    listen: SocketAddr,
    /// How findings are printed.
    #[arg(short = 'o', long, value_enum, default_value_t)]
    output: Format,
}

/// How findings are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
enum Format {
    /// Lines for people.
    #[default]
    Text,
    /// One JSON array.
    Json,
}

/// Prints the findings; the answer is no if something does not work.
pub(super) fn run(args: &Args, globals: &Globals) -> anyhow::Result<Answer> {
    let patient = Patient {
        manifests: Manifests::read(args.paths.iter().chain(&args.files), args.recursive),
        namespace: args.namespace.clone(),
        secrets: args.secrets.clone(),
        data: globals.data_dir.clone(),
        listen: args.listen,
        running: running(globals)?,
    };
    let findings = examine(&patient);
    match args.output {
        Format::Json => print(&serde_json::to_string_pretty(&findings)?)?,
        Format::Text => findings.iter().flat_map(lines).try_for_each(|line| print(&line))?,
    }
    let broken = findings.iter().any(|finding| finding.level == Level::Error);
    Ok(if broken { Answer::No } else { Answer::Yes })
}

/// What the process on this data folder says of itself.
fn running(globals: &Globals) -> anyhow::Result<Option<Running>> {
    let Some(status) = client::call(globals, "GET", "/api/v1/status", b"")? else { return Ok(None) };
    let dead = match client::call(globals, "GET", "/api/v1/dead", b"")? {
        Some(Value::Array(rows)) => rows,
        _ => Vec::new(),
    };
    let metrics = match client::call(globals, "GET", "/metrics", b"")? {
        Some(Value::String(page)) => page,
        _ => String::new(),
    };
    Ok(Some(Running { status, dead, metrics }))
}

fn lines(finding: &Finding) -> Vec<String> {
    let color = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let (word, code) = match finding.level {
        Level::Ok => ("ok", 32),
        Level::Warning => ("warning", 33),
        Level::Error => ("error", 31),
    };
    let word = format!("{word:<8}");
    let word = if color { format!("\x1b[{code}m{word}\x1b[0m") } else { word };
    let mut lines = vec![format!("{word} {:<12} {}", finding.check, finding.message)];
    if !finding.help.is_empty() {
        lines.push(format!("{:21} → {}", "", finding.help));
    }
    lines
}
