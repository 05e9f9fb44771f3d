//! Every rule has its page, and every page tells the truth: its first example breaks the rule, its second does not.

use std::fs;
use std::path::{Path, PathBuf};

use tidegate::manifests::Manifests;
use tidegate::manifests::rules::{FAMILIES, Rule};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/errors")
}

fn rules() -> impl Iterator<Item = &'static Rule> {
    FAMILIES.iter().flat_map(|(_, rules)| rules.iter().copied())
}

/// The codes that the findings of a text have.
fn codes(text: &str) -> Vec<&'static str> {
    let mut manifests = Manifests::default();
    manifests.add("example.yaml", text);
    manifests.lint().iter().map(|finding| finding.rule.code).collect()
}

#[test]
fn every_rule_has_a_page_and_every_page_a_rule() {
    let mut codes: Vec<_> = rules().map(|rule| rule.code.to_owned()).collect();
    codes.push("README".to_owned());
    codes.sort();
    let mut pages: Vec<_> = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    pages.sort();
    let pages: Vec<_> = pages.iter().map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect();
    codes.sort();
    assert_eq!(codes, pages);
}

#[test]
fn codes_are_unique_and_lead_to_their_rules() {
    for rule in rules() {
        assert_eq!(tidegate::manifests::rules::find(rule.code), Some(rule));
        assert_eq!(rules().filter(|other| other.code == rule.code).count(), 1, "{}", rule.code);
    }
}

#[test]
fn pages_say_what_their_rules_say() {
    let index = fs::read_to_string(folder().join("README.md")).unwrap();
    for rule in rules() {
        let page = fs::read_to_string(folder().join(format!("{}.md", rule.code))).unwrap();
        let head = format!("# {}\n\n{}\n\nSeverity: {}\n", rule.code, rule.title, rule.severity.word());
        assert!(page.starts_with(&head), "{} does not start with\n{head}", rule.code);
        assert!(page.contains("\n## Why\n") && page.contains("\n## What to do\n"), "{}", rule.code);
        assert!(index.contains(&format!("[{0}]({0}.md)", rule.code)), "{} is not in the index", rule.code);
    }
}

#[test]
fn examples_break_their_rules_until_they_are_mended() {
    for rule in rules() {
        let page = fs::read_to_string(folder().join(format!("{}.md", rule.code))).unwrap();
        let mut examples = page.split("```yaml\n").skip(1).map(|rest| rest.split("\n```").next().unwrap());
        if let Some(wrong) = examples.next() {
            assert!(codes(wrong).contains(&rule.code), "{}: {:?} in\n{wrong}", rule.code, codes(wrong));
        }
        if let Some(right) = examples.next() {
            assert_eq!(codes(right), Vec::<&str>::new(), "{} in\n{right}", rule.code);
        }
    }
}
