//! Findings for people and for programs.

use std::io::{self, Write};

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde::Serialize;

use super::finding::{File, Finding};
use super::load::Manifests;
use super::rules::Severity;

/// How findings are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Format {
    /// With the lines of the source, and a caret below what is wrong.
    #[default]
    Pretty,
    /// One JSON document.
    Json,
    /// One line for each finding, as `path:line:column: severity[code]: message`.
    Simple,
}

/// A finding for programs.
#[derive(Debug, Serialize)]
struct Entry<'a> {
    code: &'static str,
    severity: &'static str,
    file: &'a str,
    line: usize,
    column: usize,
    message: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    help: &'a str,
}

/// How many findings there are of each severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    /// Findings that fail a check.
    pub errors: usize,
    /// Findings that fail a strict check.
    pub warnings: usize,
    /// Findings that never fail a check.
    pub notes: usize,
}

impl Counts {
    /// Counts findings.
    pub fn of(findings: &[Finding]) -> Self {
        let count = |severity| findings.iter().filter(|finding| finding.severity() == severity).count();
        Self { errors: count(Severity::Error), warnings: count(Severity::Warning), notes: count(Severity::Note) }
    }
}

impl Manifests {
    /// Prints findings; `color` for a terminal.
    ///
    /// # Errors
    /// If writing fails.
    pub fn print(&self, findings: &[Finding], format: Format, color: bool, to: &mut impl Write) -> io::Result<()> {
        match format {
            Format::Pretty => {
                let renderer = if color { Renderer::styled() } else { Renderer::plain() };
                findings.iter().try_for_each(|finding| self.pretty(finding, &renderer, to))
            }
            Format::Simple => findings.iter().try_for_each(|finding| self.simple(finding, to)),
            Format::Json => self.json(findings, to),
        }
    }

    fn pretty(&self, finding: &Finding, renderer: &Renderer, to: &mut impl Write) -> io::Result<()> {
        let level = match finding.severity() {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
            Severity::Note => Level::NOTE,
        };
        let mut group = Group::with_title(level.primary_title(&finding.message).id(finding.rule.code));
        if let Some(file) = self.files.get(finding.file.0).filter(|file| !file.text.is_empty()) {
            group = group.element(snippet(file, finding));
        }
        if !finding.help.is_empty() {
            group = group.element(Level::HELP.message(&finding.help));
        }
        writeln!(to, "{}\n", renderer.render(&[group]))
    }

    fn simple(&self, finding: &Finding, to: &mut impl Write) -> io::Result<()> {
        let place = self.position(finding.file, finding.span.start);
        let (severity, code) = (finding.severity().word(), finding.rule.code);
        write!(to, "{place}: {severity}[{code}]: {}", finding.message)?;
        if finding.help.is_empty() { writeln!(to) } else { writeln!(to, "; {}", finding.help) }
    }

    fn json(&self, findings: &[Finding], to: &mut impl Write) -> io::Result<()> {
        let entries: Vec<_> = findings.iter().filter_map(|finding| self.entry(finding)).collect();
        let report = serde_json::json!({ "findings": entries, "counts": Counts::of(findings) });
        serde_json::to_writer_pretty(&mut *to, &report)?;
        writeln!(to)
    }

    fn entry<'a>(&'a self, finding: &'a Finding) -> Option<Entry<'a>> {
        let file = self.files.get(finding.file.0)?;
        let (line, column) = file.lines.position(&file.text, finding.span.start);
        let (code, severity) = (finding.rule.code, finding.severity().word());
        Some(Entry { code, severity, file: &file.name, line, column, message: &finding.message, help: &finding.help })
    }
}

/// The lines of the source that a finding is about, at most the first eight.
fn snippet<'a>(file: &'a File, finding: &Finding) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let (text, span) = (&file.text, finding.span);
    let end = text.len();
    let start = text.get(..span.start.min(end)).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1);
    let lines = text.get(start..).unwrap_or_default().split_inclusive('\n').take(8).map(str::len);
    let mut stop = start;
    for length in lines {
        stop += length;
        if stop >= span.end {
            break;
        }
    }
    let (line, _) = file.lines.position(text, span.start);
    let within = (span.start - start).min(stop - start)..(span.end.max(span.start + 1) - start).min(stop - start);
    Snippet::source(text.get(start..stop).unwrap_or_default())
        .path(&file.name)
        .line_start(line)
        .annotation(AnnotationKind::Primary.span(within.start..within.end.max(within.start)))
}
