//! What the tests stand on: ports that record, sources made of JSON, and a caller that sends raw bytes.

use crate::sources::{Compile, Listening, Ports, Schedule, Sources};
use jiff::Timestamp;
use model::manifest::EventSource;
use model::ports::{Accepted, Arrival, BoxFuture, Cursors, Intake};
use model::secrets::{Secrets, Snapshot};
use model::{Error, Origin, Result};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// An intake that keeps what it was given.
#[derive(Debug, Default)]
pub(crate) struct Recorder {
    pub(crate) arrivals: Mutex<Vec<Arrival>>,
    pub(crate) failed: AtomicUsize,
    /// What the next calls answer instead.
    pub(crate) errors: Mutex<Vec<Error>>,
    /// How long a call takes.
    pub(crate) delay: Mutex<Duration>,
}

impl Intake for Recorder {
    fn publish(&self, arrival: Arrival) -> BoxFuture<'_, Result<Accepted>> {
        Box::pin(async move {
            let delay = *self.delay.lock().unwrap();
            if !delay.is_zero() {
                tokio::time::sleep(delay).await;
            }
            if let Some(error) = self.errors.lock().unwrap().pop() {
                return Err(error);
            }
            let mut arrivals = self.arrivals.lock().unwrap();
            arrivals.push(arrival);
            Ok(Accepted { id: format!("id-{}", arrivals.len()), position: None })
        })
    }

    fn failed(&self, _: &Origin) {
        self.failed.fetch_add(1, Ordering::Relaxed);
    }
}

impl Recorder {
    /// The data of everything that was published.
    pub(crate) fn data(&self) -> Vec<Value> {
        self.arrivals.lock().unwrap().iter().map(|arrival| serde_json::from_str(&arrival.data).unwrap()).collect()
    }

    /// The texts of everything that was published.
    pub(crate) fn texts(&self) -> Vec<String> {
        self.arrivals.lock().unwrap().iter().map(|arrival| arrival.data.clone()).collect()
    }

    /// The upstream ids of everything that was published.
    pub(crate) fn upstream_ids(&self) -> Vec<Option<String>> {
        self.arrivals.lock().unwrap().iter().map(|arrival| arrival.upstream_id.clone()).collect()
    }

    pub(crate) fn failed(&self) -> usize {
        self.failed.load(Ordering::Relaxed)
    }
}

/// Cursors in memory.
#[derive(Debug, Default)]
pub(crate) struct Memory(pub(crate) Mutex<BTreeMap<String, Vec<u8>>>);

impl Cursors for Memory {
    fn read(&self, name: &str) -> Result<Option<Vec<u8>>> {
        Ok(self.0.lock().unwrap().get(name).cloned())
    }

    fn write(&self, name: String, value: Vec<u8>) -> BoxFuture<'_, Result<()>> {
        self.0.lock().unwrap().insert(name, value);
        Box::pin(async { Ok(()) })
    }
}

/// A schedule that reads its text as a number of seconds.
#[derive(Debug)]
struct Seconds(i64);

impl Schedule for Seconds {
    fn next(&self, after: Timestamp) -> Option<Timestamp> {
        Timestamp::from_second((after.as_second() / self.0 + 1) * self.0).ok()
    }
}

pub(crate) const SECONDS: Compile = |text, _| match text.parse() {
    Ok(seconds) => Ok(Box::new(Seconds(seconds))),
    Err(_) => Err(Error::user("not a number of seconds")),
};

/// Sources with recording ports.
pub(crate) struct Stand {
    pub(crate) recorder: Arc<Recorder>,
    pub(crate) secrets: Secrets,
    snapshot: Mutex<Snapshot>,
    pub(crate) sources: Sources,
}

impl Stand {
    pub(crate) fn new() -> Self {
        let recorder = Arc::new(Recorder::default());
        let secrets = Secrets::default();
        let ports = Ports {
            intake: Arc::clone(&recorder) as _,
            cursors: Arc::new(Memory::default()),
            secrets: secrets.clone(),
            compile: SECONDS,
        };
        Self { recorder, secrets, snapshot: Mutex::default(), sources: Sources::new(ports) }
    }

    /// Sets a value of a Secret from now on.
    pub(crate) fn set(&self, name: &str, key: &str, value: &str) {
        let mut snapshot = self.snapshot.lock().unwrap();
        snapshot.add_file(name, key, value.as_bytes());
        self.secrets.replace(snapshot.clone());
    }

    /// A stand with one EventSource of this spec.
    pub(crate) async fn of(spec: Value) -> (Self, Vec<Listening>) {
        let mut stand = Self::new();
        let listening = stand.sources.apply(&[event_source(spec)]).await.unwrap();
        (stand, listening)
    }

    /// A stand with one webhook on a free port, and that port.
    pub(crate) async fn webhook(settings: Value) -> (Self, u16) {
        let mut settings = settings;
        settings["port"] = json!("0");
        let (stand, listening) = Self::of(json!({"webhook": {"hook": settings}})).await;
        let port = port(&listening[0]);
        (stand, port)
    }
}

pub(crate) fn event_source(spec: Value) -> EventSource {
    annotated(spec, json!({}))
}

pub(crate) fn annotated(spec: Value, annotations: Value) -> EventSource {
    let metadata = json!({"name": "es", "namespace": "ns", "annotations": annotations});
    serde_json::from_value(json!({"metadata": metadata, "spec": spec})).unwrap()
}

/// The port in the URL of an endpoint.
pub(crate) fn port(listening: &Listening) -> u16 {
    let (_, rest) = listening.place.split_once("localhost:").unwrap();
    rest.split('/').next().unwrap().parse().unwrap()
}

/// A port that was free a moment ago.
pub(crate) fn free_port() -> u16 {
    std::net::TcpListener::bind("[::]:0").unwrap().local_addr().unwrap().port()
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn parse(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text, ""));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        Self { status, head: head.to_lowercase(), body: body.to_owned() }
    }
}

/// Sends bytes and gives back everything that comes until the other side closes.
pub(crate) async fn raw(port: u16, bytes: impl AsRef<[u8]>) -> String {
    let mut tcp = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    // A server that refuses early may have closed its side by now.
    let _ = tcp.write_all(bytes.as_ref()).await;
    let mut answer = Vec::new();
    let _ = tokio::time::timeout(Duration::from_secs(20), tcp.read_to_end(&mut answer)).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// A request on a connection of its own.
pub(crate) async fn call(port: u16, method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Reply {
    Reply::parse(&raw(port, request(method, target, headers, body, "close")).await)
}

/// A POST of JSON.
pub(crate) async fn post(port: u16, target: &str, body: &str) -> Reply {
    call(port, "POST", target, &[("Content-Type", "application/json")], body).await
}

pub(crate) fn request(method: &str, target: &str, headers: &[(&str, &str)], body: &str, connection: &str) -> String {
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let length = body.len();
    format!(
        "{method} {target} HTTP/1.1\r\nHost: h\r\nConnection: {connection}\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
    )
}
