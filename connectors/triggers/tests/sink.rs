//! What the tests stand on: a sink that answers as it is told and keeps what it got, and attempts made of JSON.

use crate::triggers::http::Clients;
use crate::triggers::{KINDS, Opening, Output, Shared};
use bytes::Bytes;
use model::manifest::TriggerTemplate;
use model::ports::{Answer, Attempt, Failure};
use model::secrets::{Secrets, Snapshot};
use model::{Context, Event, FiredEvent, FiringId, LogTime, Offset, Partition, Position, Time, Trigger};
use serde_json::Value;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;

pub(super) const FIRING: FiringId = FiringId([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255]);

/// A request as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) line: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

impl Request {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

/// What a sink does after a request.
#[derive(Debug, Clone)]
pub(super) enum Deed {
    /// Answers these bytes and goes on.
    Answer(String),
    /// Answers these bytes and closes the connection.
    Last(String),
    /// Says nothing for this long, then closes the connection.
    Silence(Duration),
}

/// A sink.
#[derive(Debug, Clone)]
pub(super) struct Sink {
    pub(super) port: u16,
    pub(super) requests: Arc<Mutex<Vec<Request>>>,
    pub(super) connections: Arc<AtomicUsize>,
    deeds: Arc<Mutex<VecDeque<Deed>>>,
}

impl Sink {
    /// A sink on a free port that answers `200 OK` once it has no other deeds to do.
    pub(super) async fn new(deeds: impl IntoIterator<Item = Deed>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let sink = Self::unbound(listener.local_addr().unwrap().port(), deeds);
        let serving = sink.clone();
        tokio::spawn(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                let sink = serving.clone();
                tokio::spawn(async move { sink.serve(tcp).await });
            }
        });
        sink
    }

    pub(super) fn unbound(port: u16, deeds: impl IntoIterator<Item = Deed>) -> Self {
        let deeds = Arc::new(Mutex::new(deeds.into_iter().collect()));
        Self { port, requests: Arc::default(), connections: Arc::default(), deeds }
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub(super) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    pub(super) fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    /// Answers the requests of one connection.
    pub(super) async fn serve(&self, mut io: impl AsyncRead + AsyncWrite + Unpin) {
        self.connections.fetch_add(1, Ordering::Relaxed);
        while let Some(request) = read(&mut io).await {
            self.requests.lock().unwrap().push(request);
            let deed = self.deeds.lock().unwrap().pop_front();
            match deed.unwrap_or_else(|| ok("")) {
                Deed::Answer(text) => io.write_all(text.as_bytes()).await.unwrap(),
                Deed::Last(text) => {
                    io.write_all(text.as_bytes()).await.unwrap();
                    return;
                }
                Deed::Silence(time) => return tokio::time::sleep(time).await,
            }
        }
    }
}

/// An answer of 200 with a body.
pub(super) fn ok(body: &str) -> Deed {
    status(200, "", body)
}

pub(super) fn status(status: u16, headers: &str, body: &str) -> Deed {
    Deed::Answer(format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n{headers}\r\n{body}", body.len()))
}

async fn read(io: &mut (impl AsyncRead + Unpin)) -> Option<Request> {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        bytes.push(io.read_u8().await.ok()?);
    }
    let head = String::from_utf8(bytes).unwrap();
    let mut lines = head.lines();
    let line = lines.next().unwrap_or_default().to_owned();
    let headers: Vec<_> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let mut request = Request { line, headers, body: String::new() };
    let len = request.header("content-length").map_or(0, |len| len.parse().unwrap());
    let mut body = vec![0; len];
    io.read_exact(&mut body).await.ok()?;
    request.body = String::from_utf8(body).unwrap();
    Some(request)
}

/// A bench of triggers over one set of secrets.
pub(super) struct Bench {
    pub(super) shared: Shared,
    pub(super) secrets: Secrets,
    pub(super) written: Arc<Mutex<Vec<u8>>>,
    snapshot: Mutex<Snapshot>,
}

impl Bench {
    pub(super) fn new() -> Self {
        Self::with(Clients::from_env())
    }

    pub(super) fn with(clients: Clients) -> Self {
        let written = Arc::new(Mutex::new(Vec::new()));
        let output: Output = Arc::clone(&written) as _;
        let shared = Shared { clients: Arc::new(clients), producers: Arc::default(), output };
        Self { shared, secrets: Secrets::default(), written, snapshot: Mutex::default() }
    }

    pub(super) fn set(&self, name: &str, key: &str, value: &str) {
        let mut snapshot = self.snapshot.lock().unwrap();
        snapshot.add_file(name, key, value.as_bytes());
        self.secrets.replace(snapshot.clone());
    }

    pub(super) fn open(&self, kind: &str) -> Arc<dyn Trigger> {
        let opening = Opening {
            namespace: "ns",
            sensor: "sensor",
            trigger: "trigger",
            template: &TriggerTemplate::default(),
            secrets: &self.secrets,
            shared: &self.shared,
        };
        let kind = KINDS.iter().find(|known| known.name == kind).unwrap();
        (kind.open)(&opening).unwrap()
    }

    /// One attempt of a new HTTP trigger with the payload `{}`.
    pub(super) async fn attempt(&self, action: Value) -> Result<u16, Failure> {
        attempt(&*self.open("http"), &action, &[]).await.map(|answer| answer.status.unwrap())
    }
}

pub(super) async fn attempt(
    trigger: &dyn Trigger,
    action: &Value,
    headers: &[(String, String)],
) -> Result<Answer, Failure> {
    let payload = Some(Bytes::from_static(b"{}"));
    trigger.attempt(Attempt { firing: FIRING, number: 1, action, payload, headers, events: &[] }).await
}

pub(super) fn fired(dependency: &str, data: Option<&'static [u8]>) -> FiredEvent {
    let context = Context {
        id: "1".into(),
        source: "es".into(),
        subject: "ev".into(),
        datacontenttype: "application/json".into(),
        ..Context::default()
    };
    let event = Event { context, data: data.map(Into::into), data_is_json: false };
    let position = Position { partition: Partition(0), offset: Offset(0) };
    FiredEvent { dependency: dependency.into(), time: Time::of(LogTime(0), position), event: Arc::new(event) }
}
