//! `tidegate asyncapi`: prints an AsyncAPI document of Tidegate, or of what manifests expose and publish.

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::Context;

use super::{Answer, refuse};
use crate::manifests::Manifests;
use crate::manifests::asyncapi::{self, Spec};

/// What to describe, and in which form.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Manifests: files and folders, with what is in their folders; `-` is the standard input. Without any, Tidegate
    /// itself is described.
    #[arg(short = 'f', long = "filename", value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The namespace of objects that name none.
    #[arg(short = 'n', long, default_value = "default")]
    namespace: String,
    /// The version of AsyncAPI.
    #[arg(long, value_enum, default_value_t)]
    spec: Spec,
    /// The form of the document.
    #[arg(short = 'o', long, value_enum, default_value_t)]
    output: Output,
}

/// The form of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
enum Output {
    /// YAML.
    #[default]
    Yaml,
    /// JSON.
    Json,
}

/// Prints the document. Manifests with errors have none.
pub(super) fn run(args: &Args) -> anyhow::Result<Answer> {
    let description = if args.paths.is_empty() {
        asyncapi::itself()
    } else {
        let manifests = Manifests::read(&args.paths, true);
        refuse(&manifests)?;
        asyncapi::manifests(&manifests, &args.namespace)
    };
    let document = description.document(args.spec);
    let text = match args.output {
        Output::Json => serde_json::to_string_pretty(&document)? + "\n",
        Output::Yaml => serde_saphyr::to_string(&document).context("cannot print the document")?,
    };
    io::stdout().lock().write_all(text.as_bytes()).context("cannot print the document")?;
    Ok(Answer::Yes)
}
