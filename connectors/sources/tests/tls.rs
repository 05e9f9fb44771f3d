//! Endpoints behind TLS.

use super::stand::{Stand, event_source, free_port, request};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

fn identity(stand: &Stand) -> String {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    stand.set("tls", "cert", &made.cert.pem());
    stand.set("tls", "key", &made.signing_key.serialize_pem());
    made.cert.pem()
}

fn spec(port: u16) -> Value {
    let (cert, key) = (json!({"name": "tls", "key": "cert"}), json!({"name": "tls", "key": "key"}));
    json!({"webhook": {"hook": {"port": port.to_string(), "serverCertSecret": cert, "serverKeySecret": key}}})
}

async fn connect(port: u16, trusted: &str, alpn: &[&str]) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(trusted.as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let mut config = builder.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
    let tcp = TcpStream::connect(("127.0.0.1", port)).await?;
    TlsConnector::from(Arc::new(config)).connect(ServerName::try_from("localhost").unwrap(), tcp).await
}

async fn status(port: u16, trusted: &str) -> std::io::Result<String> {
    let mut tls = connect(port, trusted, &[]).await?;
    tls.write_all(request("POST", "/webhook/hook", &[], "{}", "close").as_bytes()).await?;
    let mut answer = String::new();
    tls.read_to_string(&mut answer).await?;
    Ok(answer[9..12].to_owned())
}

#[tokio::test]
async fn a_changed_certificate_holds_from_the_next_connection_and_a_broken_one_never() {
    let (mut stand, port) = (Stand::new(), free_port());
    let first = identity(&stand);
    let listening = stand.sources.apply(&[event_source(spec(port))]).await.unwrap();
    assert_eq!(listening[0].place, format!("https://localhost:{port}/webhook/hook"));
    assert_eq!(status(port, &first).await.unwrap(), "200");
    let second = identity(&stand);
    assert!(status(port, &first).await.is_err());
    assert_eq!(status(port, &second).await.unwrap(), "200");
    stand.set("tls", "cert", "no certificate");
    assert_eq!(status(port, &second).await.unwrap(), "200");
    let error = Stand::new().sources.apply(&[event_source(spec(port))]).await.unwrap_err().to_string();
    assert!(error.contains("no Secret `tls` with the key `cert`"), "{error}");
}

#[tokio::test]
async fn a_port_changes_between_plain_and_tls_on_one_socket() {
    let (mut stand, port) = (Stand::new(), free_port());
    let trusted = identity(&stand);
    let plain = json!({"webhook": {"hook": {"port": port.to_string()}}});
    stand.sources.apply(&[event_source(plain)]).await.unwrap();
    assert_eq!(super::stand::post(port, "/webhook/hook", "{}").await.status, 200);
    assert!(status(port, &trusted).await.is_err());
    stand.sources.apply(&[event_source(spec(port))]).await.unwrap();
    assert_eq!(status(port, &trusted).await.unwrap(), "200");
    let mixed = json!({"webhook": {"hook": spec(port)["webhook"]["hook"], "plain": {"port": port.to_string()}}});
    let error = stand.sources.apply(&[event_source(mixed)]).await.unwrap_err().to_string();
    assert!(error.contains("another certificate, or without TLS"), "{error}");
}

#[tokio::test]
async fn http2_is_spoken_where_the_caller_asks_for_it() {
    let (mut stand, port) = (Stand::new(), free_port());
    let trusted = identity(&stand);
    stand.sources.apply(&[event_source(spec(port))]).await.unwrap();
    let tls = connect(port, &trusted, &["h2"]).await.unwrap();
    let (mut send, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(tls)).await.unwrap();
    let driver = tokio::spawn(connection);
    let body = http_body_util::Full::new(bytes::Bytes::from_static(b"{\"n\":1.0}"));
    let request = hyper::Request::post("https://localhost/webhook/hook").body(body).unwrap();
    assert_eq!(send.send_request(request).await.unwrap().status(), 200);
    assert!(stand.recorder.texts()[0].contains(r#""body":{"n":1.0}"#));
    drop(send);
    driver.await.unwrap().unwrap();
}
