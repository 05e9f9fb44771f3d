//! What a trigger's manifest says of its delivery: rate, repeats, rescue, at most once.

use super::stand::{Sink, Tidegate, free_port, until};
use super::{one_trigger, post};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

#[test]
fn a_rate_limit_spaces_requests_and_drops_none() {
    let (sink, port) = (Sink::answering(200, Duration::ZERO), free_port());
    let mut tidegate = Tidegate::new(&one_trigger(port, sink.port, "rateLimit: {unit: Second, requestsPerUnit: 20}"));
    tidegate.start(&[]);
    let begun = Instant::now();
    for number in 0..40 {
        assert_eq!(post(port, "/in", &format!("{{\"number\":{number}}}")), 200);
    }
    until("all have come", || sink.firings() == 40);
    // 20 a second, up to 10 of them saved: the last of 40 comes 1.45 s after the first or later, on any machine.
    assert!(begun.elapsed() > Duration::from_millis(1_400), "{:?}", begun.elapsed());
    tidegate.settle();
    assert_eq!(tidegate.metric("tidegate_ledger_unaccounted", ""), 0.0);
    tidegate.stop();
}

#[test]
fn a_dlq_trigger_rescues_what_all_attempts_could_not() {
    let (bad, good, port) = (Sink::answering(503, Duration::ZERO), Sink::answering(200, Duration::ZERO), free_port());
    let rescue = format!(
        r#"retryStrategy: {{steps: 2, duration: 10ms}}
      atLeastOnce: true
      dlqTrigger:
        atLeastOnce: true
        template:
          name: rescue
          http:
            url: http://127.0.0.1:{}/
            payload: [{{src: {{dependencyName: hit, dataKey: body.number}}, dest: rescued}}]
"#,
        good.port
    );
    let mut tidegate = Tidegate::new(&one_trigger(port, bad.port, &rescue));
    tidegate.start(&[]);
    assert_eq!(post(port, "/in", r#"{"number":7}"#), 200);
    until("it is rescued", || good.firings() == 1);
    tidegate.settle();
    assert_eq!(good.bodies(), [r#"{"rescued":"7"}"#]);
    assert_eq!(bad.requests.load(Ordering::Relaxed), 2, "two attempts before the rescue");
    assert_eq!(tidegate.metric("tidegate_firings_total", "outcome=\"rescued\""), 1.0);
    assert_eq!(tidegate.metric("tidegate_dead_letters", ""), 0.0);
    assert_eq!(tidegate.metric("tidegate_ledger_unaccounted", ""), 0.0);
    tidegate.stop();
}

#[test]
fn at_most_once_is_interrupted_by_a_crash_and_never_tried_again() {
    let (sink, port) = (Sink::answering(200, Duration::from_secs(3600)), free_port());
    let trigger = "atLeastOnce: false\n      retryStrategy: {steps: 5, duration: 1ms}";
    let manifests = one_trigger(port, sink.port, trigger)
        .replace("{name: sensor}", "{name: sensor, annotations: {tidegate.io/concurrency: \"1\"}}");
    let mut tidegate = Tidegate::new(&manifests);
    tidegate.start(&[]);
    for number in 0..3 {
        assert_eq!(post(port, "/in", &format!("{{\"number\":{number}}}")), 200);
    }
    until("the first is in flight", || sink.requests.load(Ordering::Relaxed) == 1);
    until("all are open", || tidegate.metric("tidegate_firings_open", "") == 3.0);
    tidegate.kill();
    tidegate.start(&[]);
    until("the second is in flight", || sink.requests.load(Ordering::Relaxed) == 2);
    until("the first is interrupted", || tidegate.metric("tidegate_firings_total", "outcome=\"interrupted\"") == 1.0);
    let rows = tidegate.verb(&["firings", "--outcome", "interrupted", "-o", "jsonl"]).1;
    assert_eq!(rows.lines().count(), 1, "{rows}");
    assert!(rows.contains("at most once"), "{rows}");
    let seen = sink.seen.lock().unwrap().clone();
    assert!(seen.values().all(|bodies| bodies.len() == 1), "one was tried again: {seen:?}");
    assert_eq!(tidegate.metric("tidegate_ledger_unaccounted", ""), 0.0);
}
