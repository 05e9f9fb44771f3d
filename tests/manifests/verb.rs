//! The verb `lint` as a program: its exit codes, and its outputs for programs.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

const CLEAN: &str = "apiVersion: argoproj.io/v1alpha1\nkind: Sensor\nmetadata: {name: s}\nspec:\n  dependencies:\n  - {name: a, \
                     eventSourceName: x, eventName: z}\n  triggers:\n  - template: {name: t, log: {}}\n";

/// Runs `tidegate lint` with this standard input.
fn lint(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_tidegate"))
        .arg("lint")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn the_exit_code_says_whether_something_is_wrong() {
    let warned = CLEAN.replace("log: {}", "log: {}, atLeastOnce: true");
    let broken = CLEAN.replace("name: t", "nane: t");
    for (arguments, input, code) in [
        (&["-"][..], CLEAN, 0),
        (&["-"], &warned, 0),
        (&["--strict", "-"], &warned, 1),
        (&["-"], &broken, 1),
        (&["--as", "argo", "--strict", "-"], &warned, 0),
        (&["--as", "argo", "-"], &broken, 1),
        (&["/no/such/file"], "", 1),
        (&[], "", 2),
        (&["--no-such-option", "-"], "", 2),
    ] {
        let output = lint(arguments, input);
        assert_eq!(output.status.code(), Some(code), "{arguments:?} {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn simple_and_json_output_have_the_same_findings() {
    let broken = CLEAN.replace("name: t", "nane: t");
    let simple = String::from_utf8(lint(&["-o", "simple", "-"], &broken).stdout).unwrap();
    let json: Value = serde_json::from_slice(&lint(&["-o", "json", "-"], &broken).stdout).unwrap();
    assert_eq!(json["counts"]["errors"], 1);
    for finding in json["findings"].as_array().unwrap() {
        let place = format!("<stdin>:{}:{}: ", finding["line"], finding["column"]);
        let start = format!("{place}{}[{}]", finding["severity"].as_str().unwrap(), finding["code"].as_str().unwrap());
        assert!(simple.contains(&start), "{start} is not in\n{simple}");
    }
}

#[test]
fn argo_says_what_argo_says() {
    let broken = CLEAN.replace("log: {}", "http: {method: HEAD}");
    let output = lint(&["--as", "argo", "-o", "simple", "-"], &broken);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text, "<stdin>:8:25: error[refused]: template t is invalid, server URL is not specified\n");
}
