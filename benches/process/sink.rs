//! The sink: answers every trigger with a body, as sinks do, and remembers which event came when.

use super::load::{Accepted, Report, content_length, find, header, quantile};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// A sink on a free port.
pub(crate) struct Sink {
    pub(crate) port: u16,
    seen: Rc<RefCell<Seen>>,
}

#[derive(Default)]
struct Seen {
    /// By event number: when its first trigger came, and how many.
    events: HashMap<usize, (Instant, usize)>,
    times: Vec<Instant>,
}

impl Sink {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let sink = Self { port: listener.local_addr().unwrap().port(), seen: Rc::default() };
        let seen = Rc::downgrade(&sink.seen);
        tokio::task::spawn_local(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let Some(seen) = seen.upgrade() else { return };
                tokio::task::spawn_local(serve(stream, seen));
            }
        });
        sink
    }

    /// Waits until so many requests came.
    pub(crate) async fn wait(&self, requests: usize) {
        let begun = Instant::now();
        while self.seen.borrow().times.len() < requests {
            assert!(begun.elapsed() < Duration::from_secs(60), "{} of {requests}", self.seen.borrow().times.len());
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Every accepted event came exactly `times` times, and no other.
    pub(crate) fn check(&self, accepted: &[Accepted], times: usize) {
        let seen = self.seen.borrow();
        assert_eq!(seen.events.len(), accepted.len(), "events at the sink, and accepted ones");
        for one in accepted {
            assert_eq!(seen.events.get(&one.number).map(|event| event.1), Some(times), "event {}", one.number);
        }
    }

    /// Requests a second over the middle 80 % of them.
    pub(crate) fn rate(&self) -> f64 {
        let seen = self.seen.borrow();
        let (first, last) = (seen.times.len() / 10, seen.times.len() * 9 / 10);
        (last - first) as f64 / (seen.times[last] - seen.times[first]).as_secs_f64()
    }

    /// Milliseconds from the POST of an event to its trigger's request.
    pub(crate) fn latency(&self, report: &Report, part: f64) -> f64 {
        let seen = self.seen.borrow();
        quantile(report.accepted.iter().map(|one| (seen.events[&one.number].0 - one.sent).as_secs_f64() * 1e3), part)
    }
}

async fn serve(mut stream: TcpStream, seen: Rc<RefCell<Seen>>) {
    stream.set_nodelay(true).unwrap();
    let mut buffer = Vec::new();
    loop {
        let end = loop {
            let whole = find(&buffer, b"\r\n\r\n").map(|head| head + 4 + content_length(&buffer[..head]));
            match whole.filter(|end| buffer.len() >= *end) {
                Some(end) => break end,
                None if matches!(stream.read_buf(&mut buffer).await, Ok(1..)) => {}
                None => return,
            }
        };
        let now = Instant::now();
        let head = find(&buffer, b"\r\n\r\n").unwrap();
        let number = header(&buffer[..head], "x-number").unwrap().parse().unwrap();
        {
            let mut seen = seen.borrow_mut();
            seen.events.entry(number).or_insert((now, 0)).1 += 1;
            seen.times.push(now);
        }
        buffer.drain(..end);
        if stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{\"stored\":true}").await.is_err() {
            return;
        }
    }
}
