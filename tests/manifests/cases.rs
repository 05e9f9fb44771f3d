//! Cases: a folder of manifests, and what `lint` says of it, in both outputs for people.
//!
//! `UPDATE_GOLDENS=1` writes what it says now.

use std::fs;
use std::path::Path;

use tidegate::manifests::rules::Severity;
use tidegate::manifests::{Finding, Format, Manifests};

#[test]
fn findings_are_those_of_the_goldens() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/manifests/cases");
    let mut cases: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    assert!(cases.len() >= 8);
    let mut wrong = vec![];
    for case in cases {
        let manifests = read(&case.join("input"));
        let (plain, argo) = (manifests.lint(), manifests.lint_as_argo());
        let mut text =
            format!("exit {}, strict {}\n\n", exit(&plain, Severity::Error), exit(&plain, Severity::Warning));
        text.push_str(&printed(&manifests, &plain, Format::Pretty));
        text.push_str(&format!("as argo: exit {}\n", exit(&argo, Severity::Error)));
        text.push_str(&printed(&manifests, &argo, Format::Simple));
        let golden = case.join("findings.txt");
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
