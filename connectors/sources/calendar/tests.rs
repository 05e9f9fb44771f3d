//! Calendars under a clock of their own, which the tests turn.

use super::{Calendar, task};
use crate::sources::outset::{Outset, Ports, Task};
use crate::sources::tests::stand::{Memory, Recorder, SECONDS, event_source};
use jiff::{SignedDuration, Timestamp};
use model::manifest::event_source::Source;
use model::secrets::Secrets;
use model::{Error, Origin, Route};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

const START: &str = "2026-03-28T23:59:50.25Z";
const CURSOR: &str = "calendar/ns/default/es/tick";

/// One calendar, its ports, and a clock that goes with tokio's paused time.
struct Desk {
    recorder: Arc<Recorder>,
    cursors: Arc<Memory>,
    step: Arc<Mutex<SignedDuration>>,
    stop: Option<watch::Sender<()>>,
    running: Option<tokio::task::JoinHandle<()>>,
}

impl Desk {
    fn new() -> Self {
        Self { recorder: Arc::default(), cursors: Arc::default(), step: Arc::default(), stop: None, running: None }
    }

    fn calendar(&self, settings: Value) -> model::Result<Calendar> {
        let ports = Ports {
            intake: Arc::clone(&self.recorder) as _,
            cursors: Arc::clone(&self.cursors) as _,
            secrets: Secrets::default(),
            compile: SECONDS,
        };
        let event_source = event_source(json!({"calendar": {"tick": settings}}));
        let route = Route {
            namespace: "ns".to_owned(),
            bus: "default".to_owned(),
            event_source: "es".to_owned(),
            event_name: "tick".to_owned(),
        };
        let origin = Arc::new(Origin { route, kind: "calendar".to_owned() });
        let outset = Outset { ports: &ports, event_source: &event_source, origin };
        let [(_, _, Source::Calendar(settings))] = event_source.spec.sources()[..] else { panic!() };
        let mut calendar = task(&outset, settings)?;
        let (began, start, step) = (Instant::now(), START.parse::<Timestamp>().unwrap(), Arc::clone(&self.step));
        calendar.now = Arc::new(move || start + began.elapsed() + *step.lock().unwrap());
        Ok(calendar)
    }

    fn run(&mut self, settings: Value) {
        let (stop, stopped) = watch::channel(());
        self.stop = Some(stop);
        self.running = Some(tokio::spawn(Box::new(self.calendar(settings).unwrap()).run(stopped)));
    }

    fn cursor(&self, at: &str) {
        self.cursors.0.lock().unwrap().insert(CURSOR.to_owned(), at.as_bytes().to_vec());
    }

    fn step(&self, seconds: i64) {
        *self.step.lock().unwrap() += SignedDuration::from_secs(seconds);
    }

    /// The instants that were published, without the names before them.
    fn instants(&self) -> Vec<String> {
        let ids = self.recorder.upstream_ids();
        ids.into_iter().map(|id| id.unwrap().strip_prefix("es/tick/").unwrap().to_owned()).collect()
    }
}

async fn pass(seconds: u64) {
    sleep(Duration::from_secs(seconds)).await;
}

#[tokio::test(start_paused = true)]
async fn an_interval_fires_on_whole_seconds_and_notes_where_it_is() {
    let mut desk = Desk::new();
    desk.run(json!({"interval": "10s", "metadata": {"a": "b"}}));
    pass(25).await;
    assert_eq!(desk.instants(), ["2026-03-29T00:00:00Z", "2026-03-29T00:00:10Z"]);
    let expected = r#"{"eventTime":"2026-03-29 00:00:00 +0000 UTC","metadata":{"a":"b"}}"#;
    assert_eq!(desk.recorder.texts()[0], expected);
    assert_eq!(desk.cursors.0.lock().unwrap()[CURSOR], b"2026-03-29T00:00:10Z");
}

#[tokio::test(start_paused = true)]
async fn a_schedule_wins_over_an_interval_and_shows_local_time() {
    let mut desk = Desk::new();
    desk.run(json!({"schedule": "3600", "interval": "1s", "timezone": "Europe/Berlin"}));
    pass(2 * 3600).await;
    let times: Vec<_> =
        desk.recorder.data().iter().map(|data| data["eventTime"].as_str().unwrap().to_owned()).collect();
    assert_eq!(times, ["2026-03-29 01:00:00 +0100 CET", "2026-03-29 03:00:00 +0200 CEST"]);
}

#[tokio::test(start_paused = true)]
async fn days_are_left_out_as_they_are_in_the_time_zone() {
    let mut desk = Desk::new();
    let dates = json!(["EXDATE:20260329T120000Z,20260330T000000Z", "2026-03-31"]);
    desk.run(json!({"schedule": "43200", "timezone": "America/New_York", "exclusionDates": dates}));
    pass(4 * 86400).await;
    // The 28th has its last hours, then all of the 29th and 30th in New York are left out.
    let expected = ["2026-03-29T00:00:00Z", "2026-03-31T12:00:00Z", "2026-04-01T00:00:00Z", "2026-04-01T12:00:00Z"];
    assert_eq!(desk.instants(), expected);
}

#[tokio::test(start_paused = true)]
async fn missed_instants_are_made_up_for_within_the_limit_and_only_once() {
    let catch_up =
        |limit: &str| json!({"schedule": "600", "persistence": {"catchup": {"enabled": true, "maxDuration": limit}}});
    let mut desk = Desk::new();
    desk.cursor("2026-03-28T23:00:00Z");
    desk.run(catch_up("25m"));
    pass(1).await;
    assert_eq!(desk.instants(), ["2026-03-28T23:40:00Z", "2026-03-28T23:50:00Z"]);
    desk.run(catch_up(""));
    pass(5).await;
    assert_eq!(desk.instants().len(), 2);
    let mut desk = Desk::new();
    desk.cursor("2026-03-28T23:00:00Z");
    desk.run(catch_up(""));
    pass(1).await;
    assert_eq!(desk.instants().len(), 5);
    let mut desk = Desk::new();
    desk.cursor("2026-03-28T23:00:00Z");
    desk.run(json!({"schedule": "600"}));
    pass(1).await;
    assert!(desk.instants().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_set_back_fires_nothing_twice() {
    let mut desk = Desk::new();
    desk.run(json!({"schedule": "10"}));
    pass(25).await;
    desk.step(-15);
    pass(15).await;
    assert_eq!(desk.instants().len(), 2);
    pass(60).await;
    let all = desk.instants();
    assert_eq!((all.len(), &*all[2]), (8, "2026-03-29T00:00:20Z"));
    assert!(all.is_sorted());
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_set_back_during_downtime_fires_nothing_twice_unless_it_was_far_off() {
    let mut desk = Desk::new();
    desk.cursor("2026-03-29T00:00:20Z");
    desk.run(json!({"schedule": "10"}));
    pass(25).await;
    assert!(desk.instants().is_empty());
    pass(20).await;
    assert_eq!(desk.instants(), ["2026-03-29T00:00:30Z"]);
    let mut desk = Desk::new();
    desk.cursor("2027-01-01T00:00:00Z");
    desk.run(json!({"schedule": "10"}));
    pass(15).await;
    assert_eq!(desk.instants(), ["2026-03-29T00:00:00Z"]);
}

#[tokio::test(start_paused = true)]
async fn a_machine_that_slept_goes_on_with_the_next_instant() {
    let mut desk = Desk::new();
    desk.run(json!({"schedule": "600"}));
    pass(15).await;
    desk.step(3600);
    pass(31).await;
    // The instant that was waited for comes late, those between are not made up for.
    assert_eq!(desk.instants(), ["2026-03-29T00:00:00Z", "2026-03-29T00:10:00Z"]);
    pass(600).await;
    assert_eq!(desk.instants()[2], "2026-03-29T01:10:00Z");
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_published_is_tried_until_it_can() {
    let mut desk = Desk::new();
    *desk.recorder.errors.lock().unwrap() = vec![Error::external("full"); 5];
    desk.run(json!({"schedule": "60"}));
    pass(20).await;
    assert_eq!(desk.instants(), ["2026-03-29T00:00:00Z"]);
    *desk.recorder.errors.lock().unwrap() = vec![Error::user("too large")];
    pass(120).await;
    assert_eq!(desk.instants()[1], "2026-03-29T00:02:00Z");
    assert_eq!(desk.recorder.failed(), 1);
    *desk.recorder.errors.lock().unwrap() = vec![Error::external("full"); 1000];
    pass(60).await;
    drop(desk.stop.take());
    desk.running.take().unwrap().await.unwrap();
    assert_eq!(desk.instants().len(), 2);
}

#[tokio::test]
async fn settings_that_cannot_work_are_errors() {
    let desk = Desk::new();
    let cases = [
        (json!({}), "needs a schedule or an interval"),
        (json!({"interval": "soon"}), "interval: invalid duration"),
        (json!({"schedule": "x"}), "schedule \"x\": not a number"),
        (json!({"interval": "1s", "timezone": "Mars/Base"}), "timezone \"Mars/Base\" is not known"),
        (json!({"interval": "1s", "exclusionDates": ["EXDATE:tomorrow"]}), "exclusion date \"tomorrow\""),
        (json!({"interval": "1s", "persistence": {"catchup": {"enabled": true, "maxDuration": "x"}}}), "maxDuration"),
    ];
    for (settings, expected) in cases {
        let error = desk.calendar(settings).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}
