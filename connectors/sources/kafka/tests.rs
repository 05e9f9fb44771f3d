//! Records on their way to a bus that refuses, is full, or is slow.

use super::flight::Flights;
use super::record::{Position, Record};
use super::{Kafka, Reading};
use crate::kafka::Connection;
use crate::sources::tests::stand::{Memory, Recorder};
use model::secrets::Secrets;
use model::{Error, Origin, Route};
use rdkafka::message::{Header, OwnedHeaders, OwnedMessage, Timestamp};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

fn kafka(recorder: &Arc<Recorder>, json_body: bool) -> Kafka {
    let route = Route { namespace: "ns".into(), bus: "b".into(), event_source: "es".into(), event_name: "ev".into() };
    Kafka {
        origin: Arc::new(Origin { route, kind: "kafka".into() }),
        connection: Connection::new("h:1,h:2", None, None, "ns", &Secrets::default()).unwrap(),
        topic: "t".into(),
        reading: Reading::Partition(7),
        json_body,
        metadata: String::new(),
        pace: None,
        intake: Arc::clone(recorder) as _,
        cursors: Arc::new(Memory::default()),
    }
}

fn message(offset: i64, payload: Option<&[u8]>, key: Option<&[u8]>, at: Timestamp) -> OwnedMessage {
    let value = Some(b"\xe2\x82".as_slice());
    let headers =
        OwnedHeaders::new().insert(Header { key: "h", value }).insert(Header::<&[u8]> { key: "a", value: None });
    OwnedMessage::new(payload.map(Into::into), key.map(Into::into), "t".into(), at, 7, offset, Some(headers))
}

fn record(kafka: &Kafka, offset: i64) -> Record {
    let payload = offset.to_string();
    Record::new(kafka, &message(offset, Some(payload.as_bytes()), None, Timestamp::CreateTime(0)))
}

fn offsets(recorder: &Recorder) -> Vec<i64> {
    recorder.data().iter().map(|data| data["body"].as_i64().unwrap()).collect()
}

fn at(offset: i64) -> Position {
    Position { partition: 7, offset }
}

#[test]
fn payloads_are_written_as_the_reference_writes_them() {
    let recorder = Arc::default();
    let data = |json_body: bool, payload: Option<&[u8]>, key: Option<&[u8]>, at: Timestamp| {
        let record = Record::new(&kafka(&recorder, json_body), &message(9, payload, key, at));
        record.arrival.map(|arrival| (arrival.upstream_id.unwrap(), arrival.data))
    };
    let (id, text) =
        data(true, Some(b"{\"n\": 1.50}"), Some(b"k\xff\xfe"), Timestamp::CreateTime(1_700_000_000_120)).unwrap();
    assert_eq!(id, "es:ev:h:1:t:7:9");
    let expected = concat!(
        "{\"topic\":\"t\",\"key\":\"k\u{fffd}\u{fffd}\",\"partition\":7,\"body\":{\"n\": 1.50},",
        "\"timestamp\":\"2023-11-14 22:13:20.12 +0000 UTC\",\"headers\":{\"a\":\"\",\"h\":\"\u{fffd}\u{fffd}\"}}"
    );
    assert_eq!(text, expected);
    let (_, text) = data(false, None, None, Timestamp::NotAvailable).unwrap();
    assert!(
        text.contains(r#""key":"","partition":7,"body":null,"timestamp":"0001-01-01 00:00:00 +0000 UTC""#),
        "{text}"
    );
    assert!(data(false, Some(b"\xff"), None, Timestamp::CreateTime(i64::MAX)).unwrap().1.contains(r#""body":"/w==""#));
    assert!(data(true, Some(b"{"), None, Timestamp::NotAvailable).is_err());
    assert!(data(true, Some(b""), None, Timestamp::NotAvailable).is_err());
}

#[tokio::test(start_paused = true)]
async fn what_the_bus_refuses_for_now_is_tried_again_and_nothing_overtakes_it() {
    let recorder = Arc::new(Recorder::default());
    let kafka = kafka(&recorder, true);
    let (_stop, mut stopped) = watch::channel(());
    let mut flights = Flights::new(&kafka);
    *recorder.errors.lock().unwrap() =
        vec![Error::external("full"), Error::internal("closed"), Error::external("full")];
    flights.start(record(&kafka, 0)).await;
    assert!(!flights.has_room());
    assert_eq!(flights.settle(&mut stopped).await, Some(at(0)));
    assert!(flights.has_room() && flights.is_empty());
    flights.start(record(&kafka, 1)).await;
    assert_eq!(flights.settle(&mut stopped).await, Some(at(1)));
    assert_eq!((offsets(&recorder), recorder.failed()), (vec![0, 1], 0));
}

#[tokio::test(start_paused = true)]
async fn what_can_never_be_an_event_is_counted_and_passed() {
    let recorder = Arc::new(Recorder::default());
    let kafka = kafka(&recorder, true);
    let (_stop, mut stopped) = watch::channel(());
    let mut flights = Flights::new(&kafka);
    *recorder.errors.lock().unwrap() = vec![Error::user("too large")];
    flights.start(record(&kafka, 0)).await;
    assert_eq!(flights.settle(&mut stopped).await, Some(at(0)));
    flights.start(Record::new(&kafka, &message(1, Some(b"{"), None, Timestamp::NotAvailable))).await;
    assert_eq!(flights.drain().await, Some(at(1)));
    flights.start(record(&kafka, 2)).await;
    assert_eq!(flights.drain().await, Some(at(2)));
    assert_eq!((offsets(&recorder), recorder.failed()), (vec![2], 2));
}

#[tokio::test(start_paused = true)]
async fn a_stop_passes_nothing_that_is_not_published() {
    let recorder = Arc::new(Recorder::default());
    *recorder.delay.lock().unwrap() = Duration::from_millis(50);
    let kafka = kafka(&recorder, true);
    let (stop, mut stopped) = watch::channel(());
    let mut flights = Flights::new(&kafka);
    for offset in 0..3 {
        flights.start(record(&kafka, offset)).await;
    }
    assert!(flights.has_room());
    *recorder.errors.lock().unwrap() = vec![Error::external("away"); 9];
    drop(stop);
    assert_eq!(flights.settle(&mut stopped).await, None);
    assert!(flights.is_empty() && flights.drain().await.is_none());
    flights.start(record(&kafka, 3)).await;
    flights.start(record(&kafka, 4)).await;
    assert_eq!(flights.drain().await, None);
    assert!(flights.is_empty());
}
