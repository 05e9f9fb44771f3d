//! The trigger `log`.

use super::sink::{Bench, FIRING, fired};
use model::ports::Attempt;
use serde_json::{Value, json};
use std::io;
use std::sync::{Arc, Mutex};

#[tokio::test]
async fn every_event_of_a_firing_is_a_line() {
    let bench = Bench::new();
    let events = [fired("a", Some(br#"{"n":1.0}"#)), fired("b", None), fired("c", Some(b"\xff\n"))];
    let action = json!({"intervalSeconds": 10});
    let trigger = bench.open("log");
    for _ in 0..2 {
        let attempt =
            Attempt { firing: FIRING, number: 1, action: &action, payload: None, headers: &[], events: &events };
        assert_eq!(trigger.attempt(attempt).await.unwrap().status, None);
    }
    let written = String::from_utf8(bench.written.lock().unwrap().clone()).unwrap();
    let lines: Vec<Value> = written.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 6);
    let context = json!({
        "id": "1", "source": "es", "specversion": "", "type": "", "datacontenttype": "application/json", "subject": "ev", "time": "",
    });
    let expected = json!({
        "level": "info", "msg": "{\"n\":1.0}", "namespace": "ns", "sensorName": "sensor", "triggerName": "trigger",
        "triggerType": "Log", "dependencyName": "a", "eventContext": context,
        "firing": "000102030405060708090a0b0c0d0eff",
    });
    assert_eq!(lines[0], expected);
    assert_eq!((&lines[1]["msg"], &lines[2]["msg"]), (&json!(""), &json!("\u{fffd}\n")));
}

#[tokio::test]
async fn an_output_that_is_closed_is_a_failure() {
    #[derive(Debug)]
    struct Closed;
    impl io::Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut bench = Bench::new();
    bench.shared.output = Arc::new(Mutex::new(Closed));
    let (action, events) = (json!({}), [fired("a", None)]);
    let attempt = Attempt { firing: FIRING, number: 1, action: &action, payload: None, headers: &[], events: &events };
    let failure = bench.open("log").attempt(attempt).await.unwrap_err();
    assert!(!failure.unsent && failure.error.to_string().contains("broken pipe"), "{failure:?}");
}
