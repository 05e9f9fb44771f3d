//! The trigger `http` over plain connections.

use super::sink::{Bench, Deed, Sink, attempt, ok, status};
use model::Trigger;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

fn owned(headers: &[(&str, &str)]) -> Vec<(String, String)> {
    headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

async fn once(trigger: &Arc<dyn Trigger>, action: &Value) -> u16 {
    attempt(&**trigger, action, &[]).await.unwrap().status.unwrap()
}

#[tokio::test]
async fn a_request_is_what_the_reference_sends_and_the_firing_id() {
    let (bench, sink) = (Bench::new(), Sink::new([]).await);
    let url = format!("http://127.0.0.1:{}/a b/é?q=1#part", sink.port);
    assert_eq!(bench.attempt(json!({"url": url})).await.unwrap(), 200);
    let request = sink.requests().remove(0);
    assert_eq!(request.line, "POST /a%20b/%C3%A9?q=1 HTTP/1.1");
    let mut headers = request.headers.clone();
    headers.sort();
    let expected = owned(&[
        ("Accept-Encoding", "gzip"),
        ("Content-Length", "2"),
        ("Host", &format!("127.0.0.1:{}", sink.port)),
        ("Idempotency-Key", "000102030405060708090a0b0c0d0eff"),
        ("User-Agent", "Go-http-client/1.1"),
    ]);
    assert_eq!((headers, request.body.as_str()), (expected, "{}"));
}

#[tokio::test]
async fn of_a_header_given_twice_the_secret_wins_over_the_event_and_that_over_the_manifest() {
    let (bench, sink) = (Bench::new(), Sink::new([]).await);
    bench.set("s", "k", "from secret");
    bench.set("s", "user", "u");
    bench.set("s", "password", "p:w");
    let secret = |key: &str| json!({"name": "s", "key": key});
    let action = json!({
        "url": sink.url("/"), "method": "PUT", "host": "other.example",
        "headers": {"X-A": "manifest", "X-B": "manifest", "X-C": "manifest", "Host": "no", "Content-Length": "99",
            "User-Agent": "mine", "authorization": "no"},
        "secureHeaders": [{"name": "x-c", "valueFrom": {"secretKeyRef": secret("k")}}],
        "basicAuth": {"username": secret("user"), "password": secret("password")},
    });
    let dynamic = owned(&[("X-B", "event"), ("X-C", "event"), ("Transfer-Encoding", "chunked")]);
    attempt(&*bench.open("http"), &action, &dynamic).await.unwrap();
    let request = sink.requests().remove(0);
    assert_eq!(request.line, "PUT / HTTP/1.1");
    let expected = [
        ("X-A", Some("manifest")),
        ("X-B", Some("event")),
        ("X-C", Some("from secret")),
        ("Host", Some("other.example")),
        ("User-Agent", Some("mine")),
        ("Authorization", Some("Basic dTpwOnc=")),
        ("Content-Length", Some("2")),
        ("Transfer-Encoding", None),
    ];
    for (name, value) in expected {
        assert_eq!(request.header(name), value, "{name}");
    }
}

#[tokio::test]
async fn a_changed_secret_and_a_changed_action_hold_from_the_next_attempt() {
    let (bench, sink) = (Bench::new(), Sink::new([]).await);
    let header = json!([{"name": "X", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}]);
    let action = |path: &str| json!({"url": sink.url(path), "secureHeaders": header});
    let trigger = bench.open("http");
    let missing = attempt(&*trigger, &action("/1"), &[]).await.unwrap_err();
    assert!(missing.unsent && missing.error.to_string().contains("no Secret `s` with the key `k`"));
    for (value, path) in [("one", "/1"), ("two", "/1"), ("two", "/2")] {
        bench.set("s", "k", value);
        assert_eq!(once(&trigger, &action(path)).await, 200);
    }
    let seen: Vec<_> =
        sink.requests().iter().map(|r| (r.header("X").unwrap().to_owned(), r.line[5..7].to_owned())).collect();
    assert_eq!(seen, owned(&[("one", "/1"), ("two", "/1"), ("two", "/2")]));
    assert_eq!(sink.connections(), 1);
}

#[tokio::test]
async fn actions_that_cannot_be_are_refused_before_anything_is_sent() {
    let bench = Bench::new();
    bench.set("s", "k", "hunter2\u{0}");
    let secure = json!([{"name": "X", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}]);
    let cases = [
        (json!({}), "url is no URL"),
        (json!({"url": "ftp://h/"}), "url is no URL"),
        (json!({"url": "http://"}), "url is no URL"),
        (json!({"url": "/path"}), "url is no URL"),
        (json!({"url": "http://h", "method": "A B"}), "\"A B\" is no HTTP method"),
        (json!({"url": "http://h", "headers": {"a b": "c"}}), "\"a b\" is no header name"),
        (json!({"url": "http://h", "headers": {"a": "b\nc"}}), "the value for the header a"),
        (json!({"url": "http://h", "secureHeaders": secure}), "the value for the header x"),
        (json!({"url": "http://h", "secureHeaders": [{"name": "X"}]}), "neither secretKeyRef nor configMapKeyRef"),
        (json!({"url": "https://h", "tls": {}}), "tls: name a certificate"),
        (json!({"url": "http://h", "timeout": "soon"}), "http: "),
    ];
    for (action, expected) in cases {
        let failure = bench.attempt(action).await.unwrap_err();
        let text = failure.error.to_string();
        assert!(failure.unsent && text.contains(expected) && !text.contains("hunter2"), "{text}");
    }
}

#[tokio::test]
async fn credentials_in_a_url_are_sent_and_not_told() {
    let (bench, sink) = (Bench::new(), Sink::new([]).await);
    let url = |port: u16| format!("http://us%40er:hunter2@127.0.0.1:{port}/?token=hunter3");
    assert_eq!(bench.attempt(json!({"url": url(sink.port)})).await.unwrap(), 200);
    assert_eq!(sink.requests()[0].header("Authorization"), Some("Basic dXNAZXI6aHVudGVyMg=="));
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let failure = bench.attempt(json!({"url": url(free)})).await.unwrap_err();
    let text = failure.error.to_string();
    assert!(failure.unsent && text.starts_with(&format!("POST http://127.0.0.1:{free}: ")), "{text}");
    assert!(text.contains("refused") && !text.contains("hunter"), "{text}");
}

#[tokio::test]
async fn answers_of_every_status_are_answers() {
    let deeds =
        [status(204, "", ""), status(404, "", "no"), status(500, "", "oh"), status(304, "Location: /x\r\n", "")];
    let (bench, sink) = (Bench::new(), Sink::new(deeds).await);
    for expected in [204, 404, 500, 304] {
        assert_eq!(bench.attempt(json!({"url": sink.url("/")})).await.unwrap(), expected);
    }
    assert_eq!(sink.connections(), 1);
}

#[tokio::test]
async fn bodies_are_taken_in_so_that_connections_are_used_again() {
    let large = "x".repeat(60 << 10);
    let (bench, sink) = (Bench::new(), Sink::new([ok(&large), ok("small"), ok(&large)]).await);
    for _ in 0..10 {
        assert_eq!(bench.attempt(json!({"url": sink.url("/")})).await.unwrap(), 200);
    }
    assert_eq!(sink.connections(), 1);
}

#[tokio::test]
async fn a_body_without_an_end_costs_its_connection_and_little_time() {
    let endless = Deed::Answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n".to_owned());
    let huge = Deed::Answer(format!("HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n{}", "x".repeat(100 << 10)));
    let (bench, sink) = (Bench::new(), Sink::new([endless, huge]).await);
    let start = Instant::now();
    for connections in 1..=3 {
        assert_eq!(bench.attempt(json!({"url": sink.url("/")})).await.unwrap(), 200);
        assert_eq!(sink.connections(), connections);
    }
    assert!(start.elapsed() < Duration::from_secs(20));
}

#[tokio::test]
async fn a_sink_that_says_nothing_runs_into_the_timeout() {
    let (bench, sink) = (Bench::new(), Sink::new([Deed::Silence(Duration::from_secs(60))]).await);
    let failure = bench.attempt(json!({"url": sink.url("/"), "timeout": 1})).await.unwrap_err();
    assert!(!failure.unsent && failure.error.to_string().ends_with("no answer within 1 s"), "{failure:?}");
}

#[tokio::test]
async fn a_sink_that_cannot_be_reached_in_time_got_nothing() {
    // A listener whose queue is full answers no handshake.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener: TcpListener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut full = Vec::new();
    while let Ok(Ok(tcp)) =
        tokio::time::timeout(Duration::from_millis(200), tokio::net::TcpStream::connect(address)).await
    {
        full.push(tcp);
    }
    let failure = Bench::new().attempt(json!({"url": format!("http://{address}/"), "timeout": 1})).await.unwrap_err();
    assert!(failure.unsent, "{failure:?}");
}

#[tokio::test]
async fn half_an_answer_is_a_failure_until_its_head_is_whole() {
    let half_head = Deed::Last("HTTP/1.1 200 OK\r\nContent-Le".to_owned());
    let none = Deed::Last(String::new());
    let half_body = Deed::Last("HTTP/1.1 201 OK\r\nContent-Length: 10\r\n\r\nhalf".to_owned());
    let nonsense = Deed::Last("nonsense\r\n\r\n".to_owned());
    let (bench, sink) = (Bench::new(), Sink::new([half_head, none, nonsense, half_body]).await);
    let action = json!({"url": sink.url("/")});
    for _ in 0..3 {
        let failure = bench.attempt(action.clone()).await.unwrap_err();
        assert!(!failure.unsent, "{failure:?}");
    }
    assert_eq!(bench.attempt(action).await.unwrap(), 201);
    assert_eq!(sink.requests().len(), 4);
}

#[tokio::test]
async fn a_host_without_an_address_got_nothing() {
    let failure = Bench::new().attempt(json!({"url": "http://no.such.host.invalid/"})).await.unwrap_err();
    assert!(failure.unsent, "{failure:?}");
}

#[tokio::test]
async fn redirects_are_followed_as_go_follows_them() {
    let deeds = [
        status(307, "Location: /second?x=1\r\n", "moved"),
        status(303, "Location: third\r\n", ""),
        status(302, "Location: ./\r\n", ""),
        ok(""),
    ];
    let (bench, sink) = (Bench::new(), Sink::new(deeds).await);
    let headers = json!({"Content-Type": "application/json", "Authorization": "mine"});
    assert_eq!(bench.attempt(json!({"url": sink.url("/first"), "headers": headers})).await.unwrap(), 200);
    let requests = sink.requests();
    let lines: Vec<_> = requests.iter().map(|request| (request.line.as_str(), request.body.as_str())).collect();
    let expected = [
        ("POST /first HTTP/1.1", "{}"),
        ("POST /second?x=1 HTTP/1.1", "{}"),
        ("GET /third HTTP/1.1", ""),
        ("GET / HTTP/1.1", ""),
    ];
    assert_eq!(lines, expected);
    assert!(requests.iter().all(|request| request.header("Authorization") == Some("mine")));
    assert!(requests.iter().all(|request| request.header("Idempotency-Key").is_some()));
    assert_eq!(requests[1].header("Content-Type"), Some("application/json"));
    assert_eq!(requests[2].header("Content-Type"), None);
}

#[tokio::test]
async fn another_host_sees_no_secret() {
    let other = Sink::new([]).await;
    let (bench, sink) =
        (Bench::new(), Sink::new([status(308, &format!("Location: {}\r\n", other.url("/x")), "")]).await);
    bench.set("s", "k", "hunter2");
    let secret = json!({"name": "s", "key": "k"});
    let action = json!({
        "url": sink.url("/"), "host": "first.example", "headers": {"X-Open": "yes", "Cookie": "c"},
        "secureHeaders": [{"name": "X-Token", "valueFrom": {"secretKeyRef": secret}}],
        "basicAuth": {"username": secret, "password": secret},
    });
    assert_eq!(bench.attempt(action).await.unwrap(), 200);
    let request = other.requests().remove(0);
    assert_eq!((request.line.as_str(), request.body.as_str()), ("POST /x HTTP/1.1", "{}"));
    assert_eq!(request.header("X-Open"), Some("yes"));
    assert_eq!(request.header("Host"), Some(format!("127.0.0.1:{}", other.port).as_str()));
    for name in ["Authorization", "Cookie", "X-Token"] {
        assert_eq!(request.header(name), None, "{name}");
    }
}

#[tokio::test]
async fn redirects_without_end_or_place_are_failures() {
    let turn = || status(302, "Location: /again\r\n", "");
    let (bench, sink) = (Bench::new(), Sink::new(std::iter::repeat_with(turn).take(100)).await);
    let failure = bench.attempt(json!({"url": sink.url("/")})).await.unwrap_err();
    assert!(!failure.unsent && failure.error.to_string().ends_with("stopped after 10 redirects"), "{failure:?}");
    assert_eq!(sink.requests().len(), 11);
    let sink = Sink::new([status(302, "Location: gopher://h/\r\n", "")]).await;
    let failure = bench.attempt(json!({"url": sink.url("/")})).await.unwrap_err();
    assert!(!failure.unsent && failure.error.to_string().contains("no HTTP URL"), "{failure:?}");
    let sink = Sink::new([status(302, "", "")]).await;
    assert_eq!(bench.attempt(json!({"url": sink.url("/")})).await.unwrap(), 302);
}

#[tokio::test]
async fn attempts_at_once_each_have_a_connection() {
    let (bench, sink) = (Bench::new(), Sink::new([]).await);
    let (trigger, action) = (bench.open("http"), json!({"url": sink.url("/"), "method": "GET"}));
    let all: Vec<_> = (0..16)
        .map(|_| {
            let (trigger, action) = (Arc::clone(&trigger), action.clone());
            tokio::spawn(async move { once(&trigger, &action).await })
        })
        .collect();
    for one in all {
        assert_eq!(one.await.unwrap(), 200);
    }
    assert!(sink.connections() <= 16);
    assert_eq!(sink.requests().len(), 16);
}
