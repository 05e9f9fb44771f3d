//! Callers that send too much, too little, too slowly or nonsense.

use super::stand::{Reply, Stand, call, post, raw};
use serde_json::json;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const TOO_LARGE: &str = "failed to parse request body, http: request body too large";

#[tokio::test]
async fn a_body_over_the_limit_is_refused_once_and_ends_the_connection() {
    let (stand, port) = Stand::webhook(json!({"maxPayloadSize": 10})).await;
    assert_eq!(post(port, "/webhook/hook", "1234567890").await.status, 200);
    let reply = call(port, "POST", "/webhook/hook", &[], "12345678901").await;
    assert_eq!((reply.status, reply.body.as_str()), (400, TOO_LARGE));
    let head = "POST /webhook/hook HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
    let reply = Reply::parse(&raw(port, format!("{head}8\r\n12345678\r\n8\r\n12345678\r\n0\r\n\r\n")).await);
    assert_eq!((reply.status, reply.body.as_str()), (400, TOO_LARGE));
    assert!(reply.head.contains("connection: close"));
    assert_eq!((stand.recorder.data().len(), stand.recorder.failed()), (1, 2));
}

#[tokio::test]
async fn an_announced_size_over_the_limit_is_refused_before_the_body() {
    let (_stand, port) = Stand::webhook(json!({})).await;
    let head = "POST /webhook/hook HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999\r\nExpect: 100-continue\r\n\r\n";
    let reply = Reply::parse(&raw(port, head).await);
    assert_eq!((reply.status, reply.body.as_str()), (400, TOO_LARGE));
}

#[tokio::test]
async fn a_refused_caller_that_goes_on_sending_still_reads_the_answer() {
    let (_stand, port) = Stand::webhook(json!({})).await;
    let reply = call(port, "POST", "/webhook/hook", &[], &"1".repeat(8 << 20)).await;
    assert_eq!((reply.status, reply.body.as_str()), (400, TOO_LARGE));
    assert_eq!(post(port, "/webhook/hook", "1").await.status, 200);
}

#[tokio::test]
async fn half_a_body_publishes_nothing() {
    let (stand, port) = Stand::webhook(json!({})).await;
    let head = "POST /webhook/hook HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n";
    let mut tcp = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    tcp.write_all(format!("{head}{{\"a\":").as_bytes()).await.unwrap();
    tcp.shutdown().await.unwrap();
    let mut answer = String::new();
    tcp.read_to_string(&mut answer).await.unwrap();
    assert!(answer.is_empty() || Reply::parse(&answer).status == 400, "{answer}");
    let mut tcp = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    tcp.write_all(format!("{head}{{\"a\":").as_bytes()).await.unwrap();
    tcp.set_zero_linger().unwrap();
    drop(tcp);
    assert_eq!(post(port, "/webhook/hook", "1").await.status, 200);
    assert_eq!(stand.recorder.data().len(), 1);
}

#[tokio::test]
async fn a_caller_that_closed_its_side_still_gets_its_answer() {
    let (stand, port) = Stand::webhook(json!({})).await;
    *stand.recorder.delay.lock().unwrap() = Duration::from_millis(50);
    let mut tcp = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    tcp.write_all(b"POST /webhook/hook HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}").await.unwrap();
    tcp.shutdown().await.unwrap();
    let mut answer = String::new();
    tcp.read_to_string(&mut answer).await.unwrap();
    assert_eq!(Reply::parse(&answer).status, 200);
}

#[tokio::test]
async fn header_bombs_are_refused() {
    let (_stand, port) = Stand::webhook(json!({})).await;
    let many: String = (0..5000).map(|n| format!("X-{n}: v\r\n")).collect();
    let reply = Reply::parse(&raw(port, format!("POST /webhook/hook HTTP/1.1\r\nHost: h\r\n{many}\r\n")).await);
    assert_eq!(reply.status, 431);
    let long = "v".repeat(1 << 20);
    let reply = Reply::parse(&raw(port, format!("POST /webhook/hook HTTP/1.1\r\nHost: h\r\nX: {long}\r\n\r\n")).await);
    assert!(matches!(reply.status, 431 | 0), "{reply:?}");
    let target = "a".repeat(100_000);
    let reply = Reply::parse(&raw(port, format!("POST /{target} HTTP/1.1\r\nHost: h\r\n\r\n")).await);
    assert!(matches!(reply.status, 414 | 431 | 0), "{reply:?}");
    for nonsense in ["\0\0\0\0\r\n\r\n", "GET\r\n\r\n", "POST /webhook/hook HTTP/1.1\r\nContent-Length: -1\r\n\r\n"] {
        assert_eq!(Reply::parse(&raw(port, nonsense).await).status, 400, "{nonsense:?}");
    }
    assert_eq!(post(port, "/webhook/hook", "1").await.status, 200);
}

#[tokio::test]
async fn slow_callers_are_cut_off() {
    let mut stand = Stand::new();
    stand.sources.limits.head_time = Duration::from_millis(300);
    stand.sources.limits.body_time = Duration::from_millis(300);
    let event_source = super::stand::event_source(json!({"webhook": {"hook": {"port": "0"}}}));
    let port = super::stand::port(&stand.sources.apply(&[event_source]).await.unwrap()[0]);
    let drip = async |first: &str| {
        let mut tcp = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        tcp.write_all(first.as_bytes()).await.unwrap();
        let (mut read, mut write) = tcp.into_split();
        let dripping = tokio::spawn(async move {
            while write.write_all(b"X").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        let mut answer = Vec::new();
        // The connection may be reset, since bytes keep coming.
        let _ = read.read_to_end(&mut answer).await;
        dripping.await.unwrap();
        Reply::parse(&String::from_utf8_lossy(&answer)).status
    };
    assert_eq!(drip("POST /webhook/hook HTTP/1.1\r\nX-Header: ").await, 0);
    let body = "POST /webhook/hook HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n";
    assert_eq!(drip(body).await, 408);
    let idle = TcpStream::connect(("127.0.0.1", port)).await.unwrap().read(&mut [0; 8]).await.unwrap();
    assert_eq!(idle, 0);
    assert!(stand.recorder.data().is_empty());
}

#[tokio::test]
async fn connections_over_the_bound_wait_for_their_turn() {
    let mut stand = Stand::new();
    stand.sources.limits.connections = std::sync::Arc::new(tokio::sync::Semaphore::new(1));
    stand.sources.limits.head_time = Duration::from_millis(300);
    let event_source = super::stand::event_source(json!({"webhook": {"hook": {"port": "0"}}}));
    let port = super::stand::port(&stand.sources.apply(&[event_source]).await.unwrap()[0]);
    let start = Instant::now();
    let _idle = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    assert_eq!(post(port, "/webhook/hook", "1").await.status, 200);
    assert!(start.elapsed() >= Duration::from_millis(300));
}
