//! Serves the admin interface on a TCP address and on a Unix socket in the data folder.

use super::api::{self, Call};
use crate::process::Process;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use model::{Error, Result};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, UnixListener};
use tokio::task::JoinHandle;

/// The name of the socket in the data folder.
pub const SOCKET: &str = "admin.sock";
/// A request body may have so many bytes.
const BODY: usize = 64 << 20;

/// The listeners of the admin interface.
#[derive(Debug)]
pub struct Admin {
    address: SocketAddr,
    socket: PathBuf,
    tasks: Vec<JoinHandle<()>>,
}

impl Admin {
    /// Listens on `listen` and on the socket in `data`.
    ///
    /// # Errors
    /// An address or socket that cannot be bound.
    pub async fn start(process: &Arc<Process>, listen: SocketAddr, data: &Path) -> Result<Self> {
        let tcp = TcpListener::bind(listen).await.map_err(|error| {
            Error::user(format!("the admin address {listen} cannot be used: {error}; choose another with --listen"))
        })?;
        let address = tcp.local_addr().map_err(|error| Error::external(error.to_string()))?;
        let socket = data.join(SOCKET);
        // The data folder is held by this process, so a socket that is there is left over from one that ended.
        let _ = std::fs::remove_file(&socket);
        let unix =
            UnixListener::bind(&socket).map_err(|error| Error::external(format!("{}: {error}", socket.display())))?;
        restrict(&socket)?;
        let (of_tcp, of_unix) = (process.clone(), process.clone());
        let tasks = vec![
            tokio::spawn(async move {
                while let Some(stream) = accepted(tcp.accept().await).await {
                    stream.into_iter().for_each(|(stream, _)| drop(tokio::spawn(serve(stream, of_tcp.clone(), false))));
                }
            }),
            tokio::spawn(async move {
                while let Some(stream) = accepted(unix.accept().await).await {
                    stream.into_iter().for_each(|(stream, _)| drop(tokio::spawn(serve(stream, of_unix.clone(), true))));
                }
            }),
        ];
        Ok(Self { address, socket, tasks })
    }

    /// The TCP address that is listened on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops listening and removes the socket.
    pub async fn stop(self) {
        for task in self.tasks {
            task.abort();
            let _ = task.await;
        }
        let _ = std::fs::remove_file(self.socket);
    }
}

/// A connection, or none where accepting failed for now (no file descriptors left, say): the next try is a moment later.
async fn accepted<T>(result: std::io::Result<T>) -> Option<Option<T>> {
    match result {
        Ok(stream) => Some(Some(stream)),
        Err(error) => {
            tracing::warn!(%error, "the admin interface cannot accept a connection");
            tokio::time::sleep(Duration::from_millis(100)).await;
            Some(None)
        }
    }
}

fn restrict(socket: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(socket, std::fs::Permissions::from_mode(0o600))
        .map_err(|error| Error::external(format!("{}: {error}", socket.display())))
}

async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin, process: Arc<Process>, trusted: bool) {
    let weak = Arc::downgrade(&process);
    drop(process);
    let service = service_fn(move |request| {
        let weak = weak.clone();
        async move {
            let Some(process) = weak.upgrade() else { return Ok(api::text(503, "ending")) };
            Ok::<_, Infallible>(answer(process, request, trusted).await)
        }
    });
    let mut builder = hyper::server::conn::http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(Duration::from_secs(10));
    // A peer that breaks off or speaks no HTTP needs no answer.
    let _ = builder.serve_connection(TokioIo::new(stream), service).await;
}

async fn answer(process: Arc<Process>, request: Request<Incoming>, trusted: bool) -> Response<Full<Bytes>> {
    let (head, body) = request.into_parts();
    let Ok(body) = Limited::new(body, BODY).collect().await else {
        return api::text(413, "the request body is too large");
    };
    let call = Call {
        method: head.method,
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        body: body.to_bytes(),
        trusted,
    };
    api::answer(process, call).await
}
