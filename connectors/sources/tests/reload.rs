//! Applying other EventSources while sources run, and stopping.

use super::stand::{Reply, Stand, event_source, free_port, port, post, request};
use serde_json::json;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

fn hook(port: u16, endpoint: &str) -> serde_json::Value {
    json!({"port": port.to_string(), "endpoint": endpoint})
}

#[tokio::test]
async fn an_unchanged_port_keeps_its_connections() {
    let (mut stand, a) = (Stand::new(), free_port());
    stand.sources.apply(&[event_source(json!({"webhook": {"a": hook(a, "/a")}}))]).await.unwrap();
    let mut tcp = TcpStream::connect(("127.0.0.1", a)).await.unwrap();
    let mut ask = async |target: &str| {
        tcp.write_all(request("POST", target, &[], "{}", "keep-alive").as_bytes()).await.unwrap();
        let mut answer = [0; 1024];
        let read = tcp.read(&mut answer).await.unwrap();
        Reply::parse(&String::from_utf8_lossy(&answer[..read])).status
    };
    assert_eq!(ask("/a").await, 200);
    stand.sources.apply(&[event_source(json!({"webhook": {"b": hook(a, "/b")}}))]).await.unwrap();
    assert_eq!(ask("/a").await, 404);
    assert_eq!(ask("/b").await, 200);
}

#[tokio::test]
async fn a_port_in_use_is_named_and_leaves_everything_as_it_was() {
    let (mut stand, a) = (Stand::new(), free_port());
    stand.sources.apply(&[event_source(json!({"webhook": {"a": hook(a, "/a")}}))]).await.unwrap();
    let keeper = std::net::TcpListener::bind("[::]:0").unwrap();
    let taken = keeper.local_addr().unwrap().port();
    let other = event_source(json!({"webhook": {"d": hook(a, "/d"), "e": hook(taken, "/e")}}));
    let error = stand.sources.apply(&[other]).await.unwrap_err().to_string();
    assert!(error.starts_with("EventSource ns/es, event e: port"), "{error}");
    assert!(error.contains(&taken.to_string()) && error.contains("another program listens there"), "{error}");
    assert_eq!(post(a, "/a", "{}").await.status, 200);
    assert_eq!(post(a, "/d", "{}").await.status, 404);
}

#[tokio::test]
async fn a_removed_port_is_free_again() {
    let (mut stand, a) = (Stand::new(), free_port());
    stand.sources.apply(&[event_source(json!({"webhook": {"a": hook(a, "/a")}}))]).await.unwrap();
    assert!(stand.sources.apply(&[]).await.unwrap().is_empty());
    let mut free = std::net::TcpListener::bind(("::", a)).is_ok();
    for _ in 0..100 {
        if free {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
        free = std::net::TcpListener::bind(("::", a)).is_ok();
    }
    assert!(free);
}

#[tokio::test]
async fn clashes_are_errors() {
    let mut stand = Stand::new();
    let secret = |key: &str| json!({"name": "s", "key": key});
    let tls =
        json!({"port": "12000", "endpoint": "/t", "serverCertSecret": secret("c"), "serverKeySecret": secret("k")});
    let half = json!({"serverCertSecret": secret("c")});
    let cases = [
        (
            json!({"webhook": {"a": hook(12000, "/x"), "b": hook(12000, "/x")}}),
            "endpoint /x is taken by ns/default/es/a",
        ),
        (json!({"webhook": {"a": hook(12000, "/x/{a}"), "b": hook(12000, "/x/{a}")}}), "endpoint /x/{a} is taken"),
        (json!({"webhook": {"a": hook(12000, "/x")}, "github": {"b": {"webhook": hook(12000, "/x")}}}), "/x is taken"),
        (json!({"webhook": {"a": hook(12000, "/health")}}), "/health is the health check"),
        (json!({"webhook": {"a": {"port": "http"}}}), "port \"http\" is no port number"),
        (json!({"webhook": {"a": {"method": "A B"}}}), "method \"A B\" is no HTTP method"),
        (json!({"webhook": {"a": half}}), "need each other"),
        (json!({"webhook": {"a": tls}}), "no Secret `s` with the key `c`"),
        (json!({"amqp": {"k": {"url": "amqp://localhost"}}}), "kind amqp are not part of this build"),
        (json!({"bitbucketserver": {"b": {"skipBranchRefsChangedOnOpenPR": true}}}), "does not do"),
    ];
    for (spec, expected) in cases {
        let error = stand.sources.apply(&[event_source(spec)]).await.unwrap_err().to_string();
        assert!(error.starts_with("EventSource ns/es, event ") && error.contains(expected), "{error}");
    }
}

#[tokio::test]
async fn a_stop_lets_a_running_request_end() {
    let (stand, port) = Stand::webhook(json!({})).await;
    *stand.recorder.delay.lock().unwrap() = Duration::from_millis(200);
    let mut idle = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let call = tokio::spawn(async move { post(port, "/webhook/hook", "{}").await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    stand.sources.stop().await;
    assert_eq!(call.await.unwrap().status, 200);
    assert_eq!(idle.read(&mut [0; 8]).await.unwrap(), 0);
    assert!(TcpStream::connect(("127.0.0.1", port)).await.is_err());
}

#[tokio::test]
async fn several_event_sources_share_a_port_and_are_all_named() {
    let (mut stand, a) = (Stand::new(), free_port());
    let mut other =
        event_source(json!({"calendar": {"tick": {"interval": "1h"}}, "gitlab": {"g": {"webhook": hook(a, "/g")}}}));
    other.metadata.name = "other".to_owned();
    let listening =
        stand.sources.apply(&[event_source(json!({"webhook": {"a": hook(a, "/a")}})), other]).await.unwrap();
    let lines: Vec<_> = listening.iter().map(ToString::to_string).collect();
    assert!(lines.contains(&format!("webhook es/a on http://localhost:{a}/a")), "{lines:?}");
    assert!(lines.contains(&format!("gitlab other/g on http://localhost:{a}/g")), "{lines:?}");
    assert!(lines.contains(&"calendar other/tick on every 1h".to_owned()), "{lines:?}");
    assert_eq!(port(&listening[0]), a);
}
