//! One connection: TLS where the port has it, then HTTP/1.1 or HTTP/2 until either side ends it.

use super::answer::answer;
use super::listener::{Phase, Site};
use super::stream::Stream;
use hyper::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

/// How many bytes the head of a request may have.
const HEAD: usize = 64 << 10;
/// How many requests of one HTTP/2 connection may be open.
const STREAMS: u32 = 128;
/// How often a quiet HTTP/2 connection is asked whether it is still there.
const PING: Duration = Duration::from_secs(20);

/// Serves a connection until it ends, is idle for too long, or its listener stops.
pub(super) async fn serve(tcp: TcpStream, site: Arc<Site>, phase: watch::Receiver<Phase>) {
    let cut = Arc::new(AtomicBool::new(false));
    let stream = Stream::new(tcp, Arc::clone(&cut));
    let Some(identity) = site.identity() else {
        return converse(stream, false, site, cut, phase).await;
    };
    let config = match identity.config() {
        Ok(config) => config,
        Err(error) => return tracing::error!(%error, "a connection is refused"),
    };
    let handshake = TlsAcceptor::from(config).accept(stream);
    match tokio::time::timeout(site.limits.head_time, handshake).await {
        Ok(Ok(stream)) => {
            let h2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
            converse(stream, h2, site, cut, phase).await;
        }
        Ok(Err(error)) => tracing::debug!(%error, "a TLS handshake failed"),
        Err(_) => tracing::debug!("a TLS handshake took too long"),
    }
}

async fn converse<S>(stream: S, h2: bool, site: Arc<Site>, cut: Arc<AtomicBool>, mut phase: watch::Receiver<Phase>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(|request: Request<Incoming>| {
        let (site, cut) = (Arc::clone(&site), Arc::clone(&cut));
        async move { Ok::<_, Infallible>(answer(request, &site.routes(), &*site.intake, &site.limits, &cut).await) }
    });
    let builder = protocol(h2, site.limits.head_time);
    let mut connection = std::pin::pin!(builder.serve_connection(TokioIo::new(stream), service));
    loop {
        tokio::select! {
            biased;
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!(%error, "a connection ended early");
                }
                return;
            }
            changed = phase.changed() => match changed.map(|()| *phase.borrow_and_update()) {
                Ok(Phase::Serving) => {}
                Ok(Phase::Draining) => connection.as_mut().graceful_shutdown(),
                Ok(Phase::Closed) | Err(_) => return,
            }
        }
    }
}

/// The protocol with its limits against callers that never come to an end.
fn protocol(h2: bool, head_time: Duration) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(head_time)
        .max_buf_size(HEAD)
        .half_close(true)
        .writev(false)
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING)
        .keep_alive_timeout(head_time)
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(HEAD as u32);
    if h2 { builder.http2_only() } else { builder.http1_only() }
}
