//! The examples of the docs, run as their comments say: each `curl` line is pasted into a shell.

use super::stand::{Tidegate, free_port, until};
use std::path::Path;
use std::process::Command;

/// An example on a free port, with the `curl` lines of its comments.
pub(crate) struct Example {
    pub(crate) tidegate: Tidegate,
    lines: Vec<String>,
}

impl Example {
    fn start(file: &str) -> Self {
        Self::beside(file, "")
    }

    /// With a Kafka broker at this address.
    pub(crate) fn beside(file: &str, broker: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/examples").join(file);
        let text = std::fs::read_to_string(path).unwrap().replace("12000", &free_port().to_string());
        let text = text.replace("localhost:9092", broker);
        let lines = text.lines().filter_map(|line| line.strip_prefix("#   curl")).map(|line| format!("curl -sf{line}"));
        let lines = lines.collect();
        let mut tidegate = Tidegate::new(&text);
        tidegate.start(&[]);
        Self { tidegate, lines }
    }

    /// What it printed, without the escapes of texts within texts.
    pub(crate) fn out(&self) -> String {
        self.tidegate.out().replace('\\', "")
    }

    pub(crate) fn paste(&self, line: usize) {
        let pasted = Command::new("sh").args(["-c", &self.lines[line]]).output().unwrap();
        assert!(pasted.status.success(), "{}: {pasted:?}", self.lines[line]);
    }
}

#[test]
fn join_waits_for_the_payment_of_the_same_order() {
    let mut example = Example::start("join/orders.yaml");
    example.paste(0);
    example.paste(1);
    until("the parcel is sent", || example.out().contains(r#"{"order":7,"to":"Ada","paid":1250}"#));
    example.tidegate.stop();
}

#[test]
fn languages_fires_for_the_first_and_not_for_the_second() {
    let mut example = Example::start("languages/alerts.yaml");
    example.paste(1);
    example.paste(0);
    until("both triggers fire", || example.tidegate.metric("tidegate_firings_total", "") >= 2.0);
    example.tidegate.settle();
    assert_eq!(example.tidegate.metric("tidegate_firings_total", "outcome=\"succeeded\""), 2.0);
    assert_eq!(example.tidegate.metric("tidegate_ledger_unaccounted", ""), 0.0);
    let out = example.out();
    assert!(out.contains("\"worst\":9"), "{out}");
    example.tidegate.stop();
}

#[test]
fn dead_letters_keeps_what_nobody_takes() {
    let mut example = Example::start("dead-letters/flaky.yaml");
    example.paste(0);
    until("it is dead", || example.tidegate.metric("tidegate_dead_letters", "") == 1.0);
    assert!(example.tidegate.verb(&["dlq", "list"]).1.contains("jobs"));
    example.tidegate.stop();
}
