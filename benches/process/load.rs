//! The load: connections that post numbered events, and when each was sent and accepted.

use super::payloads::Payloads;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Posts to `/in` of a port.
pub(crate) struct Load<'a> {
    port: u16,
    payloads: &'a Payloads,
}

/// One event that was answered 200.
#[derive(Clone, Copy)]
pub(crate) struct Accepted {
    pub(crate) number: usize,
    pub(crate) sent: Instant,
    pub(crate) answered: Instant,
}

/// What a load came to.
pub(crate) struct Report {
    pub(crate) accepted: Vec<Accepted>,
    seconds: f64,
}

impl Report {
    /// Accepted events a second.
    pub(crate) fn rate(&self) -> f64 {
        self.accepted.len() as f64 / self.seconds
    }

    /// Milliseconds from sending to the answer.
    pub(crate) fn quantile(&self, part: f64) -> f64 {
        quantile(self.accepted.iter().map(|one| (one.answered - one.sent).as_secs_f64() * 1e3), part)
    }
}

/// The value below which `part` of the values lie.
pub(crate) fn quantile(values: impl Iterator<Item = f64>, part: f64) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[((values.len() - 1) as f64 * part) as usize]
}

impl<'a> Load<'a> {
    pub(crate) fn new(port: u16, payloads: &'a Payloads) -> Self {
        Self { port, payloads }
    }

    /// Posts `events` events as fast as they are answered.
    pub(crate) async fn run(&self, connections: usize, events: usize) -> Report {
        let next = Cell::new(0);
        self.closed(connections, || next.replace(next.get() + 1).lt(&events).then(|| next.get() - 1)).await
    }

    /// Posts for a time as fast as events are answered.
    pub(crate) async fn run_for(&self, connections: usize, time: Duration) -> Report {
        let (next, end) = (Cell::new(0), Instant::now() + time);
        self.closed(connections, || (Instant::now() < end).then(|| next.replace(next.get() + 1))).await
    }

    /// Connections that each post what `next` gives until it gives nothing.
    async fn closed(&self, connections: usize, next: impl Fn() -> Option<usize>) -> Report {
        let start = Instant::now();
        let accepted = RefCell::new(Vec::new());
        let work = (0..connections).map(|_| async {
            let mut connection = Connection::open(self.port).await;
            while let Some(number) = next() {
                let one = connection.post(number, self.payloads.body(number)).await;
                accepted.borrow_mut().push(one);
            }
        });
        all(work).await;
        Report { accepted: accepted.take(), seconds: start.elapsed().as_secs_f64() }
    }

    /// Posts `rate` events a second at an even pace, whatever the answers take.
    pub(crate) async fn paced(&self, rate: usize, time: Duration) -> Report {
        let start = Instant::now();
        let events = rate * time.as_secs() as usize;
        let idle = Rc::new(RefCell::new(Vec::new()));
        let mut pace = tokio::time::interval(Duration::from_secs(1) / rate as u32);
        pace.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Burst);
        let mut posting = Vec::new();
        for number in 0..events {
            pace.tick().await;
            let kept = idle.borrow_mut().pop();
            let (idle, port, body) = (idle.clone(), self.port, self.payloads.body(number).to_owned());
            posting.push(tokio::task::spawn_local(async move {
                let mut connection = match kept {
                    Some(kept) => kept,
                    None => Connection::open(port).await,
                };
                let one = connection.post(number, &body).await;
                idle.borrow_mut().push(connection);
                one
            }));
        }
        let mut accepted = Vec::new();
        for one in posting {
            accepted.push(one.await.unwrap());
        }
        Report { accepted, seconds: start.elapsed().as_secs_f64() }
    }
}

/// Awaits all futures at once, on this thread.
async fn all<F: Future<Output = ()>>(work: impl Iterator<Item = F>) {
    let mut work: Vec<_> = work.map(Box::pin).collect();
    std::future::poll_fn(|context| {
        work.retain_mut(|one| one.as_mut().poll(context).is_pending());
        if work.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
}

/// A connection with its buffers.
struct Connection {
    stream: TcpStream,
    request: Vec<u8>,
    answer: Vec<u8>,
}

impl Connection {
    async fn open(port: u16) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, request: Vec::new(), answer: Vec::new() }
    }

    async fn post(&mut self, number: usize, body: &str) -> Accepted {
        use std::io::Write as _;
        self.request.clear();
        write!(
            self.request,
            "POST /in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nX-Number: {number}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let sent = Instant::now();
        self.stream.write_all(&self.request).await.unwrap();
        self.answer.clear();
        loop {
            assert!(self.stream.read_buf(&mut self.answer).await.unwrap() > 0, "the connection was closed");
            let Some(head) = find(&self.answer, b"\r\n\r\n") else { continue };
            assert!(self.answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&self.answer));
            if self.answer.len() >= head + 4 + content_length(&self.answer[..head]) {
                return Accepted { number, sent, answered: Instant::now() };
            }
        }
    }
}

/// Where `wanted` begins.
pub(crate) fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    memchr::memmem::find(bytes, wanted)
}

/// The value of a header in a head whose names may be of any case; 0 where it is missing.
pub(crate) fn content_length(head: &[u8]) -> usize {
    header(head, "content-length").and_then(|value| value.parse().ok()).unwrap_or(0)
}

/// The value of a header.
pub(crate) fn header<'h>(head: &'h [u8], name: &str) -> Option<&'h str> {
    std::str::from_utf8(head).ok()?.split("\r\n").find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}
