//! `tidegate pending`, `firings` and `dlq`: rows of the state, beside a running process or without one.

use super::{Answer, Globals, client, print};
use crate::admin::listing::{self, Filter};
use crate::process::BusName;
use anyhow::{Context as _, bail};
use connectors::state::Redb;
use model::State;
use model::manifest::GoDuration;
use serde_json::Value;
use std::time::Duration;

/// A listing of one bus.
type List = fn(&BusName, &dyn State, &Filter) -> model::Result<Vec<Value>>;

/// Which rows, and how they are printed.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Only of this trigger: NAME, SENSOR/NAME or NAMESPACE/SENSOR/NAME.
    #[arg(long)]
    trigger: Option<String>,
    /// Only what ended since then: a duration such as 10m, or a moment in RFC 3339.
    #[arg(long)]
    since: Option<String>,
    /// Only where the reason contains this text.
    #[arg(long)]
    reason: Option<String>,
    /// Only what ended so: succeeded, rescued, dead, dropped or interrupted.
    #[arg(long)]
    outcome: Option<String>,
    /// At most so many rows.
    #[arg(long)]
    limit: Option<usize>,
    /// Everything; for `dlq redrive` and `dlq drop`.
    #[arg(long)]
    all: bool,
    /// How rows are printed.
    #[arg(short = 'o', long, value_enum, default_value_t)]
    output: Format,
}

/// How rows are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
enum Format {
    /// Columns for people.
    #[default]
    Table,
    /// One JSON array.
    Json,
    /// A JSON object a line.
    Jsonl,
}

/// What is done with dead letters.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Dlq {
    /// List the dead letters with their reasons.
    List(Args),
    /// Show one with its events.
    Show {
        /// The firing's id, or partition and offset of a record, such as 0/41.
        id: String,
    },
    /// Send dead letters again.
    Redrive(Chosen),
    /// Give dead letters up for good.
    Drop(Chosen),
}

/// Dead letters by id or by filter.
#[derive(Debug, clap::Args)]
pub(super) struct Chosen {
    /// Ids of firings, or partitions and offsets of records.
    ids: Vec<String>,
    #[command(flatten)]
    filter: Args,
}

/// `tidegate pending`.
pub(super) fn pending(args: &Args, globals: &Globals) -> anyhow::Result<Answer> {
    let rows = read(globals, "/api/v1/pending", &args.filter()?, listing::pending)?;
    show(&rows, args.output, &["sensor", "trigger", "key", "dependency", "since", "event"])
}

/// `tidegate firings`; with `follow`, new ones as they are committed.
pub(super) fn firings(args: &Args, follow: bool, globals: &Globals) -> anyhow::Result<Answer> {
    let mut filter = args.filter()?;
    loop {
        let rows = read(globals, "/api/v1/firings", &filter, listing::firings)?;
        show(&rows, args.output, &["id", "sensor", "trigger", "outcome", "attempts", "ended", "detail"])?;
        if !follow {
            return Ok(Answer::Yes);
        }
        filter.after = rows.iter().filter_map(|row| row["commit"].as_u64()).max().or(filter.after);
        std::thread::sleep(Duration::from_secs(1));
    }
}

/// `tidegate dlq`.
pub(super) fn dlq(verb: &Dlq, globals: &Globals) -> anyhow::Result<Answer> {
    match verb {
        Dlq::List(args) => {
            let rows = read(globals, "/api/v1/dead", &args.filter()?, listing::dead)?;
            show(&rows, args.output, &["id", "sensor", "trigger", "attempts", "since", "reason"])
        }
        Dlq::Show { id } => {
            let mut filter = Filter::default();
            filter.identify(id)?;
            let rows = read(globals, "/api/v1/dead", &filter, listing::dead)?;
            let row = rows.first().with_context(|| format!("there is no dead letter {id}"))?;
            print(&serde_json::to_string_pretty(row)?)?;
            Ok(Answer::Yes)
        }
        Dlq::Redrive(chosen) => change(chosen, "redrive", globals),
        Dlq::Drop(chosen) => change(chosen, "drop", globals),
    }
}

fn change(chosen: &Chosen, what: &str, globals: &Globals) -> anyhow::Result<Answer> {
    let mut filters = Vec::new();
    for id in &chosen.ids {
        let mut filter = Filter::default();
        filter.identify(id)?;
        filters.push(filter);
    }
    if filters.is_empty() {
        filters.push(chosen.filter.filter()?);
    }
    let mut count = 0;
    for filter in filters {
        let path = format!("/api/v1/dead/{what}?{}", filter.query());
        count += client::ask(globals, "POST", &path, b"")?["count"].as_u64().unwrap_or(0);
    }
    print(&count.to_string())?;
    Ok(if count > 0 { Answer::Yes } else { Answer::No })
}

/// The rows of a listing: of the running process, else of the states in the data folder.
fn read(globals: &Globals, path: &str, filter: &Filter, list: List) -> anyhow::Result<Vec<Value>> {
    if let Some(Value::Array(rows)) = client::call(globals, "GET", &format!("{path}?{}", filter.query()), b"")? {
        return Ok(rows);
    }
    let buses = globals.data_dir.join("buses");
    if !buses.is_dir() {
        bail!("{} is no data folder of Tidegate; name it with --data-dir", globals.data_dir.display());
    }
    let mut rows = Vec::new();
    for namespace in std::fs::read_dir(&buses)?.flatten() {
        for bus in std::fs::read_dir(namespace.path())?.flatten() {
            let name =
                (namespace.file_name().to_string_lossy().into_owned(), bus.file_name().to_string_lossy().into_owned());
            rows.extend(list(&name, &Redb::open(&bus.path().join("state"))?, filter)?);
        }
    }
    Ok(rows)
}

impl Args {
    fn filter(&self) -> anyhow::Result<Filter> {
        Ok(Filter {
            all: self.all,
            trigger: self.trigger.clone(),
            reason: self.reason.clone(),
            outcome: self.outcome.as_deref().map(listing::outcome).transpose()?,
            since: self.since.as_deref().map(since).transpose()?,
            limit: self.limit,
            ..Filter::default()
        })
    }
}

/// Milliseconds since 1970 of a moment, or of a duration ago.
fn since(text: &str) -> anyhow::Result<u64> {
    if let Ok(ago) = text.parse::<GoDuration>() {
        return Ok(crate::intake::now().0.saturating_sub(ago.unsigned().as_millis() as u64));
    }
    let moment: jiff::Timestamp =
        text.parse().with_context(|| format!("--since {text}: expected a duration such as 10m, or RFC 3339"))?;
    Ok(model::LogTime::from_timestamp(moment).0)
}

fn show(rows: &[Value], output: Format, columns: &[&str]) -> anyhow::Result<Answer> {
    match output {
        Format::Json => print(&serde_json::to_string_pretty(rows)?)?,
        Format::Jsonl => rows.iter().try_for_each(|row| print(&row.to_string()))?,
        Format::Table => {
            let cell = |row: &Value, column: &str| match &row[column] {
                Value::String(text) => text.clone(),
                Value::Null => "-".to_owned(),
                other => other.to_string(),
            };
            let head: Vec<_> = columns.iter().map(|column| column.to_uppercase()).collect();
            let lines: Vec<Vec<_>> =
                rows.iter().map(|row| columns.iter().map(|column| cell(row, column)).collect()).collect();
            let lines: Vec<_> = std::iter::once(head).chain(lines).collect();
            let width = |n: usize| lines.iter().map(|line| line[n].chars().count()).max().unwrap_or(0);
            let widths: Vec<_> = (0..columns.len()).map(width).collect();
            for line in &lines {
                let cells: Vec<_> = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
                print(cells.join("  ").trim_end())?;
            }
        }
    }
    Ok(Answer::Yes)
}
