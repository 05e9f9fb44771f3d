//! The running sources: what EventSources ask for is made to run, all of it or nothing.

use super::KINDS;
use super::http::{Identity, Limits, Listener, Routes};
use super::outset::{Outset, Part, Placed, Ports, Task};
use model::manifest::EventSource;
use model::{Error, Origin, Result, Route};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// The sources that run.
#[derive(Debug)]
pub struct Sources {
    ports: Ports,
    pub(super) limits: Limits,
    listeners: BTreeMap<u16, Listener>,
    tasks: Vec<Running>,
}

/// A source that runs, and where its events come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listening {
    /// The source.
    pub origin: Arc<Origin>,
    /// The URL of an endpoint, or the schedule of a calendar.
    pub place: String,
}

/// A source that runs on its own. It is asked to stop when this is dropped.
#[derive(Debug)]
struct Running {
    definition: String,
    listening: Listening,
    stop: watch::Sender<()>,
    task: JoinHandle<()>,
}

/// What EventSources ask for.
#[derive(Debug, Default)]
struct Plan {
    sites: BTreeMap<u16, Site>,
    tasks: Vec<(String, Listening, Box<dyn Task>)>,
}

/// What is served on a port.
#[derive(Debug)]
struct Site {
    routes: Routes,
    identity: Option<Identity>,
}

impl Sources {
    /// No sources yet.
    pub fn new(ports: Ports) -> Self {
        Self { ports, limits: Limits::default(), listeners: BTreeMap::new(), tasks: Vec::new() }
    }

    /// Makes exactly these EventSources run, and names what listens where.
    ///
    /// Every new port is bound before anything old is let go. Ports that stay keep their sockets and connections, tasks
    /// that did not change go on.
    ///
    /// # Errors
    /// A source that cannot run: settings that are wrong, a kind this build does not have, a port in use, two endpoints
    /// in one place. What ran before then runs on unchanged.
    pub async fn apply(&mut self, event_sources: &[EventSource]) -> Result<Vec<Listening>> {
        let plan = Plan::new(&self.ports, event_sources)?;
        let mut sockets = self.bind(&plan).await?;
        let mut listeners = BTreeMap::new();
        for (port, site) in plan.sites {
            let listener = match (self.listeners.remove(&port), sockets.remove(&port)) {
                (Some(listener), _) => listener.replace(site.routes, site.identity),
                (None, Some(socket)) => self.serve(socket, site),
                (None, None) => continue,
            };
            listeners.insert(port, listener);
        }
        for (_, listener) in std::mem::replace(&mut self.listeners, listeners) {
            tokio::spawn(listener.stop());
        }
        self.retask(plan.tasks);
        Ok(self.listening())
    }

    /// Stops all sources: no new events, and those that are on their way come to their end for a while.
    pub async fn stop(self) {
        let limit = self.limits.stop_time;
        let listeners: Vec<_> = self.listeners.into_values().map(|listener| tokio::spawn(listener.stop())).collect();
        let tasks: Vec<_> = self.tasks.into_iter().map(|running| tokio::spawn(running.stop(limit))).collect();
        for stopped in listeners.into_iter().chain(tasks) {
            // A task that panicked has nothing left to stop.
            let _ = stopped.await;
        }
    }

    /// The sockets of all ports that are new.
    async fn bind(&self, plan: &Plan) -> Result<BTreeMap<u16, TcpListener>> {
        let mut sockets = BTreeMap::new();
        for (port, site) in plan.sites.iter().filter(|(port, _)| !self.listeners.contains_key(port)) {
            let user = site.routes.endpoints().next().map(|endpoint| event(&endpoint.origin().route));
            let socket = Listener::bind(*port).await;
            sockets.insert(*port, socket.map_err(|error| error.context(user.unwrap_or_default()))?);
        }
        Ok(sockets)
    }

    fn serve(&self, socket: TcpListener, site: Site) -> Listener {
        Listener::serve(socket, site.routes, site.identity, Arc::clone(&self.ports.intake), self.limits.clone())
    }

    /// Lets tasks that are still asked for go on, stops the others and starts what is new.
    fn retask(&mut self, asked: Vec<(String, Listening, Box<dyn Task>)>) {
        let mut before = std::mem::take(&mut self.tasks);
        for (definition, listening, task) in asked {
            let same = before.iter().position(|running| running.definition == definition);
            let running = match same {
                Some(index) => before.swap_remove(index),
                None => Running::start(definition, listening, task),
            };
            self.tasks.push(running);
        }
    }

    fn listening(&self) -> Vec<Listening> {
        let endpoints = self.listeners.values().flat_map(Listener::listening);
        let mut all: Vec<_> = endpoints.map(|(origin, place)| Listening { origin, place }).collect();
        all.extend(self.tasks.iter().map(|running| running.listening.clone()));
        all
    }
}

impl Running {
    fn start(definition: String, listening: Listening, task: Box<dyn Task>) -> Self {
        let (stop, stopped) = watch::channel(());
        Self { definition, listening, stop, task: tokio::spawn(task.run(stopped)) }
    }

    async fn stop(self, limit: Duration) {
        drop(self.stop);
        let mut task = self.task;
        if tokio::time::timeout(limit, &mut task).await.is_err() {
            task.abort();
        }
    }
}

impl Plan {
    fn new(ports: &Ports, event_sources: &[EventSource]) -> Result<Self> {
        let mut plan = Self::default();
        for event_source in event_sources {
            for (kind, name, source) in event_source.spec.sources() {
                let route = Route {
                    namespace: event_source.metadata.namespace.clone(),
                    bus: event_source.spec.bus().to_owned(),
                    event_source: event_source.metadata.name.clone(),
                    event_name: name.to_owned(),
                };
                let named = event(&route);
                let origin = Arc::new(Origin { route, kind: kind.event_type.to_owned() });
                let outset = Outset { ports, event_source, origin };
                let part = KINDS.iter().find_map(|plan| plan(&outset, source)).unwrap_or_else(|| {
                    Err(Error::user(format!("sources of the kind {} are not part of this build", kind.member)))
                });
                part.and_then(|part| plan.add(&outset.origin, part)).map_err(|error| error.context(named))?;
            }
        }
        Ok(plan)
    }

    fn add(&mut self, origin: &Arc<Origin>, part: Part) -> Result<()> {
        match part {
            Part::Endpoint(placed) => {
                let Placed { port, identity, endpoint } = *placed;
                identity.as_ref().map(Identity::config).transpose()?;
                let site = match self.sites.entry(port) {
                    Entry::Vacant(entry) => entry.insert(Site { routes: Routes::default(), identity }),
                    Entry::Occupied(entry) if entry.get().identity == identity => entry.into_mut(),
                    Entry::Occupied(_) => return Err(two_certificates(port)),
                };
                site.routes.add(endpoint).map_err(|error| error.context(format!("port {port}")))?;
            }
            Part::Task { definition, place, task } => {
                let definition = format!("{origin:?} {definition}");
                self.tasks.push((definition, Listening { origin: Arc::clone(origin), place }, task));
            }
        }
        Ok(())
    }
}

fn two_certificates(port: u16) -> Error {
    Error::user(format!(
        "port {port} is used with another certificate, or without TLS, by another endpoint; give all endpoints of a \
         port the same serverCertSecret and serverKeySecret, or another port"
    ))
}

/// How errors name an event of an EventSource.
fn event(route: &Route) -> String {
    format!("EventSource {}/{}, event {}", route.namespace, route.event_source, route.event_name)
}

impl fmt::Display for Listening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Origin { route, kind } = &*self.origin;
        write!(f, "{kind} {}/{} on {}", route.event_source, route.event_name, self.place)
    }
}
