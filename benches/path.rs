//! Two plain paths out of a webhook event, as a data filter asks for them, against other readers in the same run.
//!
//! `cargo bench --bench path` prints nanoseconds per event (best round) and how many times faster than the reader a
//! row is. Other readers get what suits them best: a fresh mutable copy where one is needed is part of their time.

#![allow(clippy::print_stdout)] // a bench prints

use std::hint::black_box;
use std::time::{Duration, Instant};

use lang::path::PathSet;
use sonic_rs::JsonValueTrait as _;

const PATHS: [&str; 2] = ["body.repository.owner.login", "body.sender.id"];
const ROUNDS: usize = 60;

fn main() {
    for commits in [1, 23] {
        let event = event(commits);
        println!("{} bytes", event.len());
        let mut paths = PathSet::default();
        for path in PATHS {
            assert!(paths.add(path).is_ok());
        }
        let ours = time(|| {
            both(paths.get(black_box(&event)).iter().map(|found| found.as_ref().map(|found| found.number_view())))
        });
        report("tidegate", ours, ours);
        for (name, reader) in READERS {
            report(name, time(|| reader(black_box(&event))), ours);
        }
    }
}

type Reader = fn(&str) -> bool;

const READERS: [(&str, Reader); 6] = [
    ("serde_json::Value", |event| {
        let Ok(event) = serde_json::from_str::<serde_json::Value>(event) else { return false };
        event.pointer("/body/repository/owner/login").is_some() && event.pointer("/body/sender/id").is_some()
    }),
    ("gjson", |event| PATHS.iter().all(|path| gjson::get(event, path).exists())),
    ("sonic-rs, checked", |event| {
        let login = sonic_rs::get(event, &["body", "repository", "owner", "login"]);
        login.is_ok() && sonic_rs::get(event, &["body", "sender", "id"]).is_ok()
    }),
    ("sonic-rs, lazy members", |event| {
        let Ok(body) = sonic_rs::get(event, &["body"]) else { return false };
        body.get("repository").is_some() && body.get("sender").is_some()
    }),
    ("sonic-rs, whole value", |event| {
        let Ok(event) = sonic_rs::from_str::<sonic_rs::Value>(event) else { return false };
        let login = event.pointer(["body", "repository", "owner", "login"]);
        login.is_some() && event.pointer(["body", "sender", "id"]).is_some()
    }),
    ("simd-json, tape", |event| {
        let mut copy = event.as_bytes().to_vec();
        let Ok(tape) = simd_json::to_tape(&mut copy) else { return false };
        !tape.0.is_empty()
    }),
];

fn both(found: impl Iterator<Item = Option<f64>>) -> bool {
    found.filter(Option::is_some).count() == PATHS.len()
}

/// The time of one run in the best of the rounds.
fn time(mut run: impl FnMut() -> bool) -> Duration {
    let runs = 400;
    let round = |_| {
        let start = Instant::now();
        assert!((0..runs).all(|_| run()));
        start.elapsed() / runs
    };
    (0..ROUNDS).map(round).min().unwrap_or_default()
}

fn report(name: &str, time: Duration, ours: Duration) {
    let ratio = time.as_nanos() as f64 / ours.as_nanos().max(1) as f64;
    println!("  {name:24}{:>8} ns{ratio:>8.1}", time.as_nanos());
}

/// A push as a code host sends it, with so many commits in front of what the filter asks for.
fn event(commits: usize) -> String {
    let commit = |number: usize| {
        format!(
            r#"{{"id":"{number:040x}","message":"Fix \"parser\" of {number}\n\nlong text","distinct":true,"url":"https://code.example/r/commit/{number}","author":{{"name":"Kim {number}","email":"kim@example.com"}},"added":["src/a{number}.rs"],"removed":[],"modified":["README.md","Cargo.toml"]}}"#
        )
    };
    let commits: Vec<_> = (0..commits).map(commit).collect();
    format!(
        r#"{{"header":{{"Accept":["*/*"],"Content-Type":["application/json"],"User-Agent":["Hookshot/044aadd"],"X-Event":["push"],"X-Delivery":["72d3162e-cc78-11e3-81ab-4c9367dc0958"]}},"body":{{"ref":"refs/heads/main","before":"{:040x}","after":"{:040x}","created":false,"forced":false,"commits":[{}],"repository":{{"id":186853002,"name":"hello","private":false,"owner":{{"login":"octo","id":21031067,"type":"User"}},"stars":42,"ratio":0.25}},"sender":{{"login":"octo","id":21031067}}}}}}"#,
        1,
        2,
        commits.join(",")
    )
}
