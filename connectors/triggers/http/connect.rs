//! Connections: straight to the sink or through a proxy, plain or in TLS.

use crate::tls::Material;
use hyper::Uri;
use hyper::header::HeaderValue;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use hyper_util::rt::TokioIo;
use model::ports::BoxFuture;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tower_service::Service;

/// How long making a TCP connection may take.
const CONNECT: Duration = Duration::from_secs(30);

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Which requests go through which proxy.
#[derive(Debug)]
pub(super) struct Proxies(Matcher);

impl Proxies {
    /// As `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` say, in capitals or not.
    pub(super) fn from_env() -> Self {
        Self(Matcher::from_env())
    }

    #[cfg(test)]
    pub(super) fn new(matcher: Matcher) -> Self {
        Self(matcher)
    }

    /// The proxy for a URL. This machine is always reached straight, as by Go's client.
    fn of(&self, uri: &Uri) -> Option<Intercept> {
        let host = uri.host()?.trim_matches(['[', ']']);
        let here = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        if here { None } else { self.0.intercept(uri) }
    }

    /// What a proxy that sees the request itself wants to see of us.
    pub(super) fn credentials(&self, uri: &Uri) -> Option<HeaderValue> {
        if uri.scheme_str() != Some("http") {
            return None;
        }
        self.of(uri)?.basic_auth().cloned()
    }
}

/// Makes the connections of one pool.
#[derive(Debug, Clone)]
pub(super) struct Connector {
    tcp: HttpConnector,
    proxies: Arc<Proxies>,
    /// Filled at the first TLS connection for the system's authorities, which take their time to read.
    tls: Arc<OnceLock<Arc<ClientConfig>>>,
}

impl Connector {
    /// With the system's authorities.
    pub(super) fn of_system(proxies: Arc<Proxies>) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(CONNECT));
        Self { tcp, proxies, tls: Arc::new(OnceLock::new()) }
    }

    /// With a TLS setting of a trigger.
    pub(super) fn new(proxies: Arc<Proxies>, tls: Arc<ClientConfig>) -> Self {
        Self { tls: Arc::new(OnceLock::from(tls)), ..Self::of_system(proxies) }
    }

    async fn connect(mut self, uri: Uri) -> Result<Stream, BoxError> {
        let secure = uri.scheme_str() == Some("https");
        let proxy = self.proxies.of(&uri);
        let by_proxy = proxy.is_some() && !secure;
        let tcp = match proxy {
            None => self.tcp.call(uri.clone()).await?,
            Some(proxy) if proxy.uri().scheme_str() != Some("http") => {
                return Err("only proxies with an http:// URL can be used".into());
            }
            Some(proxy) if secure => {
                let mut tunnel = Tunnel::new(proxy.uri().clone(), self.tcp.clone());
                if let Some(credentials) = proxy.basic_auth() {
                    tunnel = tunnel.with_auth(credentials.clone());
                }
                tunnel.call(uri.clone()).await?
            }
            Some(proxy) => self.tcp.call(proxy.uri().clone()).await?,
        };
        let tcp = tcp.into_inner();
        if !secure {
            return Ok(Stream::Plain { tcp, by_proxy });
        }
        let host = uri.host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let tls = TlsConnector::from(self.config()?).connect(ServerName::try_from(host)?, tcp).await?;
        Ok(Stream::Tls(Box::new(tls)))
    }

    fn config(&self) -> Result<Arc<ClientConfig>, BoxError> {
        if let Some(config) = self.tls.get() {
            return Ok(Arc::clone(config));
        }
        let config = Material::System.config()?;
        Ok(Arc::clone(self.tls.get_or_init(|| config)))
    }
}

impl Service<Uri> for Connector {
    type Response = TokioIo<Stream>;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Self::Response, BoxError>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.tcp.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let connector = self.clone();
        Box::pin(async move { connector.connect(uri).await.map(TokioIo::new) })
    }
}

/// A connection to a sink or a proxy.
#[derive(Debug)]
pub(super) enum Stream {
    Plain { tcp: TcpStream, by_proxy: bool },
    Tls(Box<TlsStream<TcpStream>>),
}

impl Connection for Stream {
    fn connected(&self) -> Connected {
        Connected::new().proxy(matches!(self, Self::Plain { by_proxy: true, .. }))
    }
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain { tcp, .. } => Pin::new(tcp).poll_read(context, buffer),
            Self::Tls(tls) => Pin::new(tls).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain { tcp, .. } => Pin::new(tcp).poll_write(context, bytes),
            Self::Tls(tls) => Pin::new(tls).poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain { tcp, .. } => Pin::new(tcp).poll_flush(context),
            Self::Tls(tls) => Pin::new(tls).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain { tcp, .. } => Pin::new(tcp).poll_shutdown(context),
            Self::Tls(tls) => Pin::new(tls).poll_shutdown(context),
        }
    }
}
