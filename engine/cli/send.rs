//! `tidegate send`: publishes an event by hand.

use super::{Answer, Globals, client, print};
use anyhow::Context as _;
use serde_json::json;
use serde_json::value::RawValue;
use std::io::Read as _;

/// Which event, and its data.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The EventSource and the event: SOURCE/EVENT.
    #[arg(value_name = "SOURCE/EVENT")]
    event: String,
    /// The event's data as a Sensor sees it, for a webhook {"body": …}: JSON, @FILE, or - for the standard input.
    #[arg(long, value_name = "JSON|@FILE|-", default_value = "{}")]
    data: String,
    /// The namespace of the EventSource, where several have one of that name.
    #[arg(short = 'n', long)]
    namespace: Option<String>,
}

/// Publishes, past the checks of the source, and prints the event's id.
pub(super) fn run(args: &Args, globals: &Globals) -> anyhow::Result<Answer> {
    let (source, event) = args.event.split_once('/').context("name the event as SOURCE/EVENT")?;
    let text = match args.data.strip_prefix('@') {
        Some(file) => std::fs::read_to_string(file).with_context(|| format!("{file} cannot be read"))?,
        None if args.data == "-" => {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text).context("the standard input cannot be read")?;
            text
        }
        None => args.data.clone(),
    };
    let data: Box<RawValue> = serde_json::from_str(text.trim()).context("the data is not JSON")?;
    let mut body = json!({ "eventSource": source, "event": event }).to_string();
    body.pop();
    if let Some(namespace) = &args.namespace {
        body.push_str(&format!(",\"namespace\":{}", json!(namespace)));
    }
    body.push_str(&format!(",\"data\":{}}}", data.get()));
    let answer = client::ask(globals, "POST", "/api/v1/send", body.as_bytes())?;
    print(answer["id"].as_str().unwrap_or_default())?;
    Ok(Answer::Yes)
}
