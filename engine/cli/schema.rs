//! `tidegate schema`: prints the JSON Schema of manifests, for editors.

use std::io::{self, Write};

use anyhow::Context;

use super::Answer;
use crate::manifests::schema::{self, Kind};

/// What to print.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The kind; without it, one schema that fits all three.
    #[arg(value_enum, value_name = "KIND")]
    kind: Option<Kind>,
}

/// Prints the schema.
pub(super) fn run(args: &Args) -> anyhow::Result<Answer> {
    let schema = args.kind.map_or_else(schema::all, schema::of);
    let mut to = io::stdout().lock();
    serde_json::to_writer_pretty(&mut to, &schema).context("cannot print the schema")?;
    writeln!(to).context("cannot print the schema")?;
    Ok(Answer::Yes)
}
