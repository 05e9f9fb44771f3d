//! The reference's recorded behaviour: every case of a folder is run and counted, file by file.
//!
//! A case is data: `spec` and `event` go in, `expect` is what the reference made of them. `TIDEGATE_CONFORMANCE` names
//! the folder; without it the folder `../shared/conformance` is taken where it exists. Each kind of case is one row of
//! the table below and one file; a kind without a row is counted as not built.

mod backoff;
mod conditions;
mod cron_previous;
mod data_string;
mod event_decode;
mod filters;
mod parameters;
mod status_policy;
mod transforms;
mod validation;

use serde_json::Value;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

/// Runs one case; the error says what differs.
type Run = fn(&Value) -> Result<(), String>;

/// How the cases of a kind are run. A kind is its file's name, and the case's own `kind` after a slash if it has one; of
/// transforms it is their language.
const KINDS: &[(&str, Run)] = &[
    ("conditions/sequence", conditions::sequence),
    ("conditions/translate", conditions::translate),
    ("cron_previous", cron_previous::run),
    ("filter_ctx", filters::kind),
    ("filter_data", filters::kind),
    ("filter_event", filters::together),
    ("filter_expr", filters::kind),
    ("filter_script", filters::kind),
    ("filter_time", filters::kind),
    ("misc/backoff", backoff::run),
    ("misc/dataString", data_string::run),
    ("misc/eventDecode", event_decode::run),
    ("misc/statusPolicy", status_policy::run),
    ("params_apply", parameters::apply),
    ("params_resolve", parameters::resolve),
    ("payload", parameters::payload),
    ("transforms/jq", transforms::run),
    ("transforms/script", transforms::run),
    ("validation", validation::run),
];

#[test]
fn cases() {
    let Some(folder) = folder() else {
        println!("conformance: TIDEGATE_CONFORMANCE is not set and ../shared/conformance is absent, nothing is run");
        return;
    };
    let mut total = 0;
    let mut failed = 0;
    for file in files(&folder) {
        let counts = run_file(&file);
        total += counts.passed + counts.failed + counts.not_built;
        failed += counts.failed;
    }
    assert!(total > 0, "no case in {}", folder.display());
    assert_eq!(failed, 0, "cases with another outcome than the reference's");
}

/// What became of a file's cases.
#[derive(Default)]
struct Counts {
    passed: usize,
    failed: usize,
    not_built: usize,
}

/// Runs the cases of a file and prints its line, then the failed cases.
fn run_file(path: &Path) -> Counts {
    let file = path.file_stem().unwrap().to_string_lossy();
    let text = std::fs::read_to_string(path).unwrap();
    let cases: Vec<Value> = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"));
    let mut counts = Counts::default();
    let mut failures = vec![];
    for case in &cases {
        let Some(run) = run_function(&file, case) else {
            counts.not_built += 1;
            continue;
        };
        let outcome = catch_unwind(AssertUnwindSafe(|| run(case))).unwrap_or_else(|_| Err("panicked".to_owned()));
        match outcome {
            Ok(()) => counts.passed += 1,
            Err(difference) => failures.push(format!("    {}: {difference}", text_of(&case["name"]))),
        }
    }
    counts.failed = failures.len();
    println!("{file}: {} passed, {} failed, {} not built", counts.passed, counts.failed, counts.not_built);
    for failure in failures {
        println!("{failure}");
    }
    counts
}

fn run_function(file: &str, case: &Value) -> Option<Run> {
    let kind = match (case["kind"].as_str(), file) {
        (Some(kind), _) => format!("{file}/{kind}"),
        (None, "transforms") => format!("{file}/{}", if case["spec"]["jq"].is_string() { "jq" } else { "script" }),
        (None, _) => file.to_owned(),
    };
    KINDS.iter().find(|(name, _)| *name == kind).map(|(_, run)| *run)
}

fn folder() -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os("TIDEGATE_CONFORMANCE") {
        return Some(PathBuf::from(folder));
    }
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/conformance");
    beside.is_dir().then_some(beside)
}

/// The case files of the folder, in order of their names.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    files
}

/// A member that must be a text.
fn text_of(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("expected a text in the case, found {value}"))
}

/// Nothing if both are equal, otherwise both of them.
fn equal<T: PartialEq + std::fmt::Debug>(found: &T, expected: &T) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("expected {expected:?}, found {found:?}")) }
}
