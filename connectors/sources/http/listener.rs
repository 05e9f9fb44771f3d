//! A port: a socket, the endpoints it serves, and its connections.

use super::connection::serve;
use super::endpoint::{Context, Endpoint};
use super::routes::Routes;
use super::tls::Identity;
use model::ports::Intake;
use model::{Error, Origin, Result};
use rustix::process::{Resource, getrlimit};
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

/// How many connections there are at most, however many files the process may open.
const MOST: usize = 4096;

/// What callers may take of the server.
#[derive(Debug, Clone)]
pub(crate) struct Limits {
    /// How many connections all ports have together; more wait until one ends.
    pub(crate) connections: Arc<Semaphore>,
    /// How long a connection may take for the head of its next request, and for a TLS handshake.
    pub(crate) head_time: Duration,
    /// How long a request may take for its body.
    pub(crate) body_time: Duration,
    /// How long requests that run may go on after a stop.
    pub(crate) stop_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: Arc::new(Semaphore::new(connections())),
            head_time: Duration::from_secs(20),
            body_time: Duration::from_secs(60),
            stop_time: Duration::from_secs(10),
        }
    }
}

/// How far a listener has come to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Requests are taken.
    Serving,
    /// Requests that run are ended, no new ones taken.
    Draining,
    /// Connections are dropped.
    Closed,
}

/// What the connections of a port share.
pub(super) struct Site {
    routes: RwLock<Arc<Routes>>,
    identity: RwLock<Option<Arc<Identity>>>,
    pub(super) intake: Arc<dyn Intake>,
    pub(super) limits: Limits,
}

/// A port that is listened on.
#[derive(Debug)]
pub(crate) struct Listener {
    port: u16,
    site: Arc<Site>,
    phase: watch::Sender<Phase>,
}

impl Listener {
    /// Takes the port on all interfaces; connections wait until [`Listener::serve`].
    ///
    /// # Errors
    /// A port that is in use or not allowed, with what to do about it.
    pub(crate) async fn bind(port: u16) -> Result<TcpListener> {
        match TcpListener::bind((Ipv6Addr::UNSPECIFIED, port)).await {
            Err(error) if !matches!(error.kind(), io::ErrorKind::AddrInUse | io::ErrorKind::PermissionDenied) => {
                TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).await
            }
            bound => bound,
        }
        .map_err(|error| unbound(port, &error))
    }

    /// Serves a bound socket from now on.
    pub(crate) fn serve(
        socket: TcpListener,
        routes: Routes,
        identity: Option<Identity>,
        intake: Arc<dyn Intake>,
        limits: Limits,
    ) -> Self {
        let port = socket.local_addr().map(|address| address.port()).unwrap_or_default();
        let site = Arc::new(Site {
            routes: RwLock::new(Arc::new(routes)),
            identity: RwLock::new(identity.map(Arc::new)),
            intake,
            limits,
        });
        let (phase, watched) = watch::channel(Phase::Serving);
        tokio::spawn(accept(socket, Arc::clone(&site), watched));
        Self { port, site, phase }
    }

    /// Serves other endpoints on the same socket: requests that come from now on are theirs.
    #[must_use]
    pub(crate) fn replace(self, routes: Routes, identity: Option<Identity>) -> Self {
        *self.site.routes.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(routes);
        *self.site.identity.write().unwrap_or_else(PoisonError::into_inner) = identity.map(Arc::new);
        self
    }

    /// Its endpoints with their URLs on this machine.
    pub(crate) fn listening(&self) -> Vec<(Arc<Origin>, String)> {
        let scheme = if self.site.identity().is_some() { "https" } else { "http" };
        let listening = |endpoint: &Arc<Endpoint>| {
            let Context { origin, path, .. } = &endpoint.context;
            (Arc::clone(origin), format!("{scheme}://localhost:{}{path}", self.port))
        };
        self.site.routes().endpoints().map(listening).collect()
    }

    /// Lets the port go at once, and requests that run come to their end for a while.
    pub(crate) async fn stop(self) {
        self.phase.send_replace(Phase::Draining);
        if tokio::time::timeout(self.site.limits.stop_time, self.phase.closed()).await.is_err() {
            tracing::warn!(port = self.port, "requests that did not end in time are dropped");
            self.phase.send_replace(Phase::Closed);
        }
    }
}

impl Site {
    /// The endpoints of this moment.
    pub(super) fn routes(&self) -> Arc<Routes> {
        Arc::clone(&self.routes.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The certificate of this moment; none where the port speaks plain HTTP.
    pub(super) fn identity(&self) -> Option<Arc<Identity>> {
        self.identity.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl fmt::Debug for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Site").field("routes", &self.routes).finish_non_exhaustive()
    }
}

async fn accept(socket: TcpListener, site: Arc<Site>, mut phase: watch::Receiver<Phase>) {
    loop {
        let accepted = tokio::select! {
            accepted = next(&socket, &site.limits) => accepted,
            _ = phase.wait_for(|phase| *phase != Phase::Serving) => return,
        };
        match accepted {
            Ok((tcp, permit)) => {
                let (site, phase) = (Arc::clone(&site), phase.clone());
                tokio::spawn(async move {
                    serve(tcp, site, phase).await;
                    drop(permit);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection cannot be taken");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

/// The next connection, once there may be one more.
async fn next(socket: &TcpListener, limits: &Limits) -> io::Result<(TcpStream, OwnedSemaphorePermit)> {
    let permit = Arc::clone(&limits.connections).acquire_owned().await.map_err(io::Error::other)?;
    let (tcp, _) = socket.accept().await?;
    tcp.set_nodelay(true)?;
    Ok((tcp, permit))
}

/// How many connections there may be: half of the files that the process may open, since the log and the state need some
/// whatever callers do.
fn connections() -> usize {
    let files = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    usize::try_from(files / 2).unwrap_or(MOST).clamp(1, MOST)
}

fn unbound(port: u16, error: &io::Error) -> Error {
    let advice = match error.kind() {
        io::ErrorKind::AddrInUse => "another program listens there; stop it, or choose another port in the manifest",
        io::ErrorKind::PermissionDenied => "ports below 1024 need a privilege; choose another port in the manifest",
        _ => "choose another port in the manifest",
    };
    Error::user(format!("port {port} cannot be listened on ({error}): {advice}"))
}
