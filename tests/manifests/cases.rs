//! Folders of manifests, and what `lint` says of them, in both outputs for people: made-up cases, and the examples of the docs.
//!
//! `UPDATE_GOLDENS=1` writes what it says now.

use std::fs;
use std::path::{Path, PathBuf};

use tidegate::manifests::rules::Severity;
use tidegate::manifests::{Finding, Format, Manifests};

#[test]
fn findings_are_those_of_the_goldens() {
    let cases = folders("tests/manifests/cases");
    assert!(cases.len() >= 8);
    compare(cases.iter().map(|case| (case.join("input"), case.join("findings.txt"))));
}

#[test]
fn findings_in_the_examples_are_those_of_the_goldens() {
    let examples = folders("docs/examples");
    assert!(examples.len() >= 5);
    let goldens = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/manifests/examples");
    compare(examples.iter().map(|example| {
        let name = example.file_name().unwrap().to_string_lossy();
        (example.clone(), goldens.join(format!("{name}.txt")))
    }));
}

/// The folders in a folder of the project.
fn folders(of: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(of);
    let mut folders: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.retain(|folder| folder.is_dir());
    folders.sort();
    folders
}

/// Compares what `lint` says of each folder with its golden.
fn compare(cases: impl Iterator<Item = (PathBuf, PathBuf)>) {
    let mut wrong = vec![];
    for (input, golden) in cases {
        let manifests = read(&input);
        let (plain, argo) = (manifests.lint(), manifests.lint_as_argo());
        let mut text =
            format!("exit {}, strict {}\n\n", exit(&plain, Severity::Error), exit(&plain, Severity::Warning));
        text.push_str(&printed(&manifests, &plain, Format::Pretty));
        text.push_str(&format!("as argo: exit {}\n", exit(&argo, Severity::Error)));
        text.push_str(&printed(&manifests, &argo, Format::Simple));
        if std::env::var_os("UPDATE_GOLDENS").is_some() {
            fs::write(&golden, &text).unwrap();
        }
        if fs::read_to_string(&golden).unwrap_or_default() != text {
            wrong.push(format!("{}:\n{text}", golden.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Reads the files of a case under their bare names, so that a golden has no path of this machine.
fn read(folder: &Path) -> Manifests {
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut manifests = Manifests::default();
    for file in files {
        manifests.add(file.file_name().unwrap().to_string_lossy(), fs::read_to_string(&file).unwrap());
    }
    manifests
}

fn exit(findings: &[Finding], limit: Severity) -> u8 {
    u8::from(Manifests::any(findings, limit))
}

fn printed(manifests: &Manifests, findings: &[Finding], format: Format) -> String {
    let mut text = vec![];
    manifests.print(findings, format, false, &mut text).unwrap();
    String::from_utf8(text).unwrap()
}
