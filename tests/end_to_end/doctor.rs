//! `doctor`, `graph` and `completions` as their users call them.

use super::stand::{Sink, Tidegate, free_port, until};
use super::{both, one_trigger, post};
use serde_json::Value;
use std::net::TcpListener;
use std::process::Command;
use std::time::Duration;

/// The findings of a run with these arguments, and its exit code.
fn doctor(tidegate: &Tidegate, more: &[&str]) -> (i32, Vec<Value>) {
    let manifests = tidegate.folder.path().join("manifests.yaml");
    let listen = format!("127.0.0.1:{}", tidegate.admin);
    let mut arguments = vec!["doctor", manifests.to_str().unwrap(), "-o", "json", "--listen", &listen];
    arguments.extend(more);
    let (code, text) = tidegate.verb(&arguments);
    (code, serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}")))
}

/// Whether a finding of this level and check has the text in its message or help.
fn has(findings: &[Value], level: &str, check: &str, text: &str) -> bool {
    findings.iter().any(|finding| {
        let said = |member: &str| finding[member].as_str().unwrap().contains(text);
        finding["level"] == level && finding["check"] == check && (said("message") || said("help"))
    })
}

#[test]
fn it_finds_what_is_wrong_and_says_what_to_do() {
    let held = TcpListener::bind("0.0.0.0:0").unwrap();
    let port = held.local_addr().unwrap().port();
    let mut manifests =
        one_trigger(port, 9, "").replace("method: POST}", "method: POST, authSecret: {name: door, key: token}}");
    manifests = manifests.replace(
        "url: http://127.0.0.1:9/",
        "url: http://127.0.0.1:9/\n          basicAuth: {password: {name: door, key: other}}",
    );
    let tidegate = Tidegate::new(&manifests);
    let (code, findings) = doctor(&tidegate, &[]);
    assert_eq!(code, 1, "{findings:?}");
    assert!(has(&findings, "error", "ports", &format!("in use by process {}", std::process::id())), "{findings:?}");
    assert!(has(&findings, "error", "secrets", "no Secret `door` with the key `token` in the namespace default"));
    assert!(has(&findings, "error", "secrets", "TIDEGATE_SECRET_DOOR_OTHER"));
    assert!(has(&findings, "ok", "process", "none runs"));
    drop(held);
    let secrets = tidegate.folder.path().join("secrets");
    std::fs::create_dir_all(secrets.join("door")).unwrap();
    for key in ["token", "other"] {
        std::fs::write(secrets.join("door").join(key), "value").unwrap();
    }
    let (code, findings) = doctor(&tidegate, &["--secrets", secrets.to_str().unwrap()]);
    assert_eq!(code, 0, "{findings:?}");
    assert!(has(&findings, "ok", "secrets", "2 of 2"), "{findings:?}");
}

#[test]
fn it_looks_into_the_data_folder_and_the_running_process() {
    let (sink, port) = (Sink::answering(500, Duration::ZERO), free_port());
    let mut tidegate = Tidegate::new(&one_trigger(port, sink.port, ""));
    tidegate.start(&[]);
    assert_eq!(post(port, "/in", r#"{"number":1}"#), 200);
    until("it is dead", || tidegate.metric("tidegate_dead_letters", "") == 1.0);
    let (code, findings) = doctor(&tidegate, &[]);
    assert_eq!(code, 0, "a dead letter is a warning: {findings:?}");
    assert!(has(&findings, "warning", "process", "1 dead letters; the first one: "), "{findings:?}");
    assert!(has(&findings, "warning", "process", "dlq redrive"));
    assert!(has(&findings, "ok", "process", "the bus default/default holds"));
    assert!(has(&findings, "ok", "ports", "in use by the running process"));
    assert!(has(&findings, "ok", "clock", "not behind any log"));
    tidegate.stop();
    let state = tidegate.data().join("buses/default/default/state/format");
    std::fs::write(&state, "tidegate state 99\n").unwrap();
    let (code, findings) = doctor(&tidegate, &[]);
    assert_eq!(code, 1);
    assert!(has(&findings, "error", "data folder", "this build reads \"tidegate state 2\""), "{findings:?}");
    let (code, told) = tidegate.fails(&[]);
    assert!(code == 2 && told.contains("tidegate state 99"), "{told}");
}

#[test]
fn a_graph_is_drawn_and_graphviz_reads_it() {
    let tidegate = Tidegate::new(&both(1, 2, "x"));
    let manifests = tidegate.folder.path().join("manifests.yaml");
    let draw = |format: &str| tidegate.verb(&["graph", manifests.to_str().unwrap(), "-o", format]);
    let (code, text) = draw("text");
    assert_eq!(code, 0);
    assert!(text.contains("a && b ─▶ post: http POST http://127.0.0.1:2/"), "{text}");
    let (_, dot) = draw("dot");
    match Command::new("dot").args(["-Tsvg", "-o", "/dev/null"]).stdin(std::process::Stdio::piped()).spawn() {
        Ok(mut graphviz) => {
            use std::io::Write as _;
            graphviz.stdin.take().unwrap().write_all(dot.as_bytes()).unwrap();
            assert!(graphviz.wait().unwrap().success(), "{dot}");
        }
        Err(_) => println!("graphviz is not here: that it reads the drawing is not checked"),
    }
    assert!(draw("mermaid").1.starts_with("flowchart LR\n"));
    assert_eq!(tidegate.verb(&["graph"]).0, 2, "nothing to draw");
}

#[test]
fn a_shell_completes_verbs_and_flags() {
    let tidegate = Tidegate::new("");
    for shell in ["zsh", "fish", "powershell", "elvish"] {
        let (code, script) = tidegate.verb(&["completions", shell]);
        assert!(code == 0 && script.contains("doctor"), "{shell}");
    }
    let (_, script) = tidegate.verb(&["completions", "bash"]);
    let path = tidegate.folder.path().join("completions");
    std::fs::write(&path, script).unwrap();
    // What bash itself does when a word is completed: the function fills COMPREPLY.
    let ask = "source \"$1\"; COMP_WORDS=(tidegate gr); COMP_CWORD=1; _tidegate tidegate gr tidegate; echo \"${COMPREPLY[@]}\"";
    let answer = Command::new("bash").args(["-c", ask, "bash", path.to_str().unwrap()]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&answer.stdout).trim(), "graph", "{answer:?}");
}
