//! `tidegate graph`: draws each sensor's logical operators, from the sources of its events to its triggers.

use super::{Answer, print, refuse};
use crate::graph::{Format, Graph};
use crate::manifests::Manifests;
use anyhow::bail;
use std::path::PathBuf;

/// What to draw, and how.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Files and folders with EventSources and Sensors; `-` is the standard input.
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
    /// How the drawing is written.
    #[arg(short = 'o', long, value_enum, default_value_t)]
    output: Format,
}

/// Prints the drawing.
pub(super) fn run(args: &Args) -> anyhow::Result<Answer> {
    let paths: Vec<_> = args.paths.iter().chain(&args.files).collect();
    if paths.is_empty() {
        bail!("name the manifests to draw: tidegate graph PATH…");
    }
    let manifests = Manifests::read(paths, args.recursive);
    refuse(&manifests)?;
    let graph = Graph::of(&manifests, &args.namespace);
    if graph.is_empty() {
        bail!("there is no EventSource and no Sensor in what was given");
    }
    print(graph.write(args.output).trim_end())?;
    Ok(Answer::Yes)
}
