//! The trigger `http` over TLS.

use super::sink::{Bench, Sink};
use crate::pem::provider;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// A certificate and its key in PEM.
struct Identity {
    certificate: String,
    key: String,
}

/// An authority in PEM, and identities that it signed for a server and for a client.
fn authority() -> (String, Identity, Identity) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let sign = |purpose| {
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.extended_key_usages = vec![purpose];
        let key = KeyPair::generate().unwrap();
        Identity { certificate: params.signed_by(&key, &issuer).unwrap().pem(), key: key.serialize_pem() }
    };
    let pem = issuer.pem();
    (pem, sign(ExtendedKeyUsagePurpose::ServerAuth), sign(ExtendedKeyUsagePurpose::ClientAuth))
}

/// A sink behind TLS; with `client`, one that wants certificates of that authority.
async fn sink(server: &Identity, client: Option<&str>) -> Sink {
    let builder = ServerConfig::builder_with_provider(provider()).with_safe_default_protocol_versions().unwrap();
    let builder = match client {
        None => builder.with_no_client_auth(),
        Some(authority) => {
            let mut roots = RootCertStore::empty();
            roots.add(CertificateDer::from_pem_slice(authority.as_bytes()).unwrap()).unwrap();
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider()).build().unwrap();
            builder.with_client_cert_verifier(verifier)
        }
    };
    let chain = vec![CertificateDer::from_pem_slice(server.certificate.as_bytes()).unwrap()];
    let config =
        builder.with_single_cert(chain, PrivateKeyDer::from_pem_slice(server.key.as_bytes()).unwrap()).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let sink = Sink::unbound(listener.local_addr().unwrap().port(), []);
    let serving = sink.clone();
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            let (sink, acceptor) = (serving.clone(), acceptor.clone());
            tokio::spawn(async move {
                if let Ok(tls) = acceptor.accept(tcp).await {
                    sink.serve(tls).await;
                }
            });
        }
    });
    sink
}

fn action(sink: &Sink, tls: Value) -> Value {
    json!({"url": format!("https://localhost:{}/", sink.port), "tls": tls})
}

fn secret(key: &str) -> Value {
    json!({"name": "s", "key": key})
}

#[tokio::test]
async fn a_server_is_trusted_by_its_authority_only() {
    let (authority, server, _) = authority();
    let (bench, sink) = (Bench::new(), sink(&server, None).await);
    bench.set("s", "ca", &authority);
    bench.set("s", "other", &self::authority().0);
    assert_eq!(bench.attempt(action(&sink, json!({"caCertSecret": secret("ca")}))).await.unwrap(), 200);
    assert_eq!(bench.attempt(action(&sink, json!({"insecureSkipVerify": true}))).await.unwrap(), 200);
    for tls in [json!({"caCertSecret": secret("other")}), json!({"enabled": true}), Value::Null] {
        let failure = bench.attempt(action(&sink, tls)).await.unwrap_err();
        assert!(failure.unsent && failure.error.to_string().contains("certificate"), "{failure:?}");
    }
    let by_address = json!({"url": format!("https://127.0.0.1:{}/", sink.port), "tls": {"caCertSecret": secret("ca")}});
    assert!(bench.attempt(by_address).await.unwrap_err().unsent);
    assert_eq!(sink.requests().len(), 2);
}

#[tokio::test]
async fn a_client_shows_its_certificate() {
    let (authority, server, client) = authority();
    let (bench, sink) = (Bench::new(), sink(&server, Some(&authority)).await);
    bench.set("s", "ca", &authority);
    bench.set("s", "cert", &client.certificate);
    bench.set("s", "key", &client.key);
    let with =
        json!({"caCertSecret": secret("ca"), "clientCertSecret": secret("cert"), "clientKeySecret": secret("key")});
    assert_eq!(bench.attempt(action(&sink, with.clone())).await.unwrap(), 200);
    assert_eq!(bench.attempt(action(&sink, with.clone())).await.unwrap(), 200);
    assert_eq!(sink.connections(), 1);
    assert!(bench.attempt(action(&sink, json!({"caCertSecret": secret("ca")}))).await.is_err());
    bench.set("s", "key", "no key");
    let failure = bench.attempt(action(&sink, with)).await.unwrap_err();
    assert!(
        failure.unsent && failure.error.to_string().contains("clientKeySecret holds no private key"),
        "{failure:?}"
    );
    let half = bench.attempt(action(&sink, json!({"clientCertSecret": secret("cert")}))).await.unwrap_err();
    assert!(half.unsent && half.error.to_string().contains("need each other"), "{half:?}");
}
