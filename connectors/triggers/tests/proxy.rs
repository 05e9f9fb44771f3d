//! Requests through a proxy.

use super::sink::{Bench, Deed, Sink, status};
use crate::triggers::http::Clients;
use hyper_util::client::proxy::matcher::Matcher;
use serde_json::json;

async fn bench(deeds: Vec<Deed>) -> (Bench, Sink) {
    let proxy = Sink::new(deeds).await;
    let url = format!("http://user:pass@127.0.0.1:{}", proxy.port);
    let matcher = Matcher::builder().all(url).no("straight.invalid").build();
    (Bench::with(Clients::through(matcher)), proxy)
}

#[tokio::test]
async fn a_plain_request_goes_to_the_proxy_as_a_whole() {
    let (bench, proxy) = bench(vec![]).await;
    assert_eq!(bench.attempt(json!({"url": "http://sink.invalid:81/x?y"})).await.unwrap(), 200);
    let request = proxy.requests().remove(0);
    assert_eq!(request.line, "POST http://sink.invalid:81/x?y HTTP/1.1");
    assert_eq!(request.header("Proxy-Authorization"), Some("Basic dXNlcjpwYXNz"));
    assert_eq!(request.header("Host"), Some("sink.invalid:81"));
}

#[tokio::test]
async fn a_tls_request_asks_the_proxy_for_a_tunnel() {
    let (bench, proxy) = bench(vec![status(502, "", "")]).await;
    let failure = bench.attempt(json!({"url": "https://sink.invalid/x"})).await.unwrap_err();
    assert!(failure.unsent && !failure.error.to_string().contains("pass"), "{failure:?}");
    let request = proxy.requests().remove(0);
    assert_eq!(request.line, "CONNECT sink.invalid:443 HTTP/1.1");
    assert_eq!(request.header("Proxy-Authorization"), Some("Basic dXNlcjpwYXNz"));
}

#[tokio::test]
async fn this_machine_and_hosts_left_out_are_reached_straight() {
    let ((bench, proxy), sink) = (bench(vec![]).await, Sink::new([]).await);
    assert_eq!(bench.attempt(json!({"url": sink.url("/")})).await.unwrap(), 200);
    assert_eq!(bench.attempt(json!({"url": format!("http://localhost:{}/", sink.port)})).await.unwrap(), 200);
    assert!(bench.attempt(json!({"url": "http://straight.invalid/"})).await.unwrap_err().unsent);
    assert!(proxy.requests().is_empty());
    assert_eq!(sink.requests()[0].header("Proxy-Authorization"), None);
}
