//! One process: the pipelines of all buses, the sources, and the manifests that say what they do.

mod buses;
mod desired;
mod runners;
mod standby;

use crate::cursors::Kept;
use crate::intake::{Gate, Outlet};
use crate::metrics::{BusMeters, Meters, Page, write_buses};
use crate::pipeline::{Pipeline, Setup};
pub(crate) use buses::BusSpec;
use connectors::buses::{Opened, Turn};
use connectors::sources::{Listening, Ports, Sources};
use connectors::triggers::Shared;
use desired::Desired;
use model::secrets::Secrets;
use model::{Error, Result};
use runners::Surroundings;
use standby::{Standby, Waiting};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

pub use desired::{Inputs, Refused};

/// What a process is started with.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where manifests and secrets are.
    pub inputs: Inputs,
    /// Where everything durable is kept.
    pub data: PathBuf,
    /// Timely workers of each bus.
    pub workers: usize,
    /// Which part of the work is done here.
    pub role: Role,
}

/// Which part of the work a process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Role {
    /// Everything.
    #[default]
    All,
    /// Sources, which publish to buses that processes share.
    Sources,
    /// Sensors with their triggers, which read such buses.
    Sensors,
}

/// The name of a bus: namespace and name of its EventBus.
pub type BusName = (String, String);

/// So long a start waits for a bus that another process may be running.
const TURN: Duration = Duration::from_secs(3);

/// The dataflows that run here, by bus.
type Pipelines = Arc<Mutex<BTreeMap<BusName, Arc<Pipeline>>>>;

/// A running process.
pub struct Process {
    options: Options,
    secrets: Secrets,
    meters: Arc<Meters>,
    gate: Arc<Gate>,
    shared: Shared,
    sources: tokio::sync::Mutex<Sources>,
    pipelines: Pipelines,
    /// The buses whose dataflow had to wait for its turn.
    standbys: Mutex<BTreeMap<BusName, Arc<Standby>>>,
    listening: Mutex<Vec<Listening>>,
    hints: Vec<String>,
    _cursors: Kept,
    reloads: AtomicU64,
}

/// Why a process did not start or did not change.
#[derive(Debug)]
pub enum Failed {
    /// The manifests are wrong: every finding, ready to be printed.
    Manifests(Box<Refused>),
    /// Something else.
    Error(Error),
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl Process {
    /// Reads the manifests, opens the buses and starts sources and dataflows: all of it or nothing.
    ///
    /// # Errors
    /// Manifests that are wrong or ask for what this build cannot do, a data folder that cannot be used, a port in use.
    pub async fn start(options: Options) -> Result<Self, Failed> {
        let desired = Desired::read(&options.inputs).map_err(Failed::Manifests)?;
        if desired.event_sources.is_empty() && desired.buses.is_empty() {
            return Err(Error::user("there is no EventSource and no Sensor in what was given").into());
        }
        let cursors = Kept::open(&options.data)?;
        let meters = Arc::new(Meters::default());
        let gate = Arc::new(Gate::new(meters.clone()));
        let secrets = Secrets::new(desired.secrets.clone());
        let ports = Ports {
            intake: gate.clone(),
            cursors: Arc::new(cursors.clone()),
            secrets: secrets.clone(),
            compile: desired::compile_schedule,
        };
        let process = Self {
            options,
            secrets,
            meters,
            gate,
            shared: Shared::new(Arc::new(Mutex::new(std::io::stdout()))),
            sources: tokio::sync::Mutex::new(Sources::new(ports)),
            pipelines: Arc::default(),
            standbys: Mutex::default(),
            listening: Mutex::default(),
            hints: desired.hints(),
            _cursors: cursors,
            reloads: AtomicU64::new(0),
        };
        process.bring_about(desired).await?;
        Ok(process)
    }

    /// Reads the manifests again and goes over to them. On any error everything stays as it was.
    ///
    /// # Errors
    /// As [`Process::start`].
    pub async fn reload(&self) -> Result<bool, Failed> {
        let desired = Desired::read(&self.options.inputs).map_err(Failed::Manifests)?;
        self.secrets.replace(desired.secrets.clone());
        let changed = self.bring_about(desired).await?;
        self.reloads.fetch_add(1, Ordering::Relaxed);
        Ok(changed)
    }

    /// Stops the sources, lets running attempts end, commits.
    ///
    /// # Errors
    /// A last commit that failed.
    pub async fn stop(self) -> Result<()> {
        self.sources.into_inner().stop().await;
        let pipelines = std::mem::take(&mut *self.pipelines.lock().unwrap_or_else(PoisonError::into_inner));
        for (_, pipeline) in pipelines {
            match Arc::try_unwrap(pipeline) {
                Ok(pipeline) => pipeline.stop().await?,
                Err(_) => return Err(Error::internal("a pipeline is still being used while the process ends")),
            }
        }
        Ok(())
    }

    /// Makes the process be what the manifests say; sensors before sources, so that no event finds no one.
    async fn bring_about(&self, desired: Desired) -> Result<bool, Failed> {
        let mut changed = false;
        for (name, bus) in &desired.buses {
            let runners = runners::build(
                bus,
                &Surroundings { secrets: &self.secrets, meters: &self.meters, shared: &self.shared },
            )?;
            if self.options.role == Role::Sources {
                changed |= self.publish_to(name, bus)?;
                continue;
            }
            let standby = self.standbys.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
            let subjects = bus.subjects.clone();
            let (subjects, runners) = match standby.map(|standby| standby.replace(subjects.clone(), runners.clone())) {
                Some(None) => continue,
                _ => (subjects, runners),
            };
            changed |= match self.pipeline(name) {
                Some(pipeline) => {
                    let change = tokio::task::spawn_blocking(move || pipeline.change(subjects, runners));
                    change.await.map_err(|error| Error::internal(error.to_string()))??
                }
                None => {
                    self.open(name, bus, runners).await?;
                    true
                }
            };
        }
        for (name, pipeline) in self.pipelines() {
            if !desired.buses.contains_key(&name) {
                let change = tokio::task::spawn_blocking(move || pipeline.change(Vec::new(), Default::default()));
                changed |= change.await.map_err(|error| Error::internal(error.to_string()))??;
            }
        }
        self.gate.filter(desired.filters);
        let event_sources = if self.options.role == Role::Sensors { &[] } else { &*desired.event_sources };
        let listening = self.sources.lock().await.apply(event_sources).await?;
        for listening in &listening {
            self.meters.source(&listening.origin.route).running(true);
        }
        let mut before = self.listening.lock().unwrap_or_else(PoisonError::into_inner);
        changed |= *before != listening;
        *before = listening;
        Ok(changed)
    }

    /// Opens a bus for publishing only; whether it was not open before.
    fn publish_to(&self, name: &BusName, spec: &BusSpec) -> Result<bool> {
        if self.gate.outlet(name).is_some() {
            return Ok(false);
        }
        let Opened { bus, .. } = self.opened(name, spec)?;
        self.gate.open(&name.0, &name.1, Outlet { bus, form: spec.form });
        Ok(true)
    }

    fn opened(&self, name: &BusName, spec: &BusSpec) -> Result<Opened> {
        if self.options.role != Role::All && !spec.is_shared() {
            return Err(Error::user(format!(
                "--role needs a bus that several processes share, and the EventBus {}/{} is embedded in one: give it `kafka`, or run without --role",
                name.0, name.1
            )));
        }
        let folder = self.options.data.join("buses").join(&name.0).join(&name.1);
        buses::open(&folder, name, spec, &self.secrets)
    }

    async fn open(&self, name: &BusName, spec: &BusSpec, runners: crate::dispatch::Runners) -> Result<()> {
        let Opened { bus, state } = self.opened(name, spec)?;
        let (workers, window, subjects) = (self.options.workers, spec.window, spec.subjects.clone());
        match state {
            Turn::Ours(state) => {
                let (bus, fatal) = (bus.clone(), Arc::new(end_process));
                let pipeline = Pipeline::open(Setup { bus, state, subjects, runners, workers, window, fatal })?;
                self.pipelines.lock().unwrap_or_else(PoisonError::into_inner).insert(name.clone(), Arc::new(pipeline));
            }
            Turn::Waiting(claim) => {
                let standby = Arc::new(Standby::new(subjects, runners));
                self.standbys.lock().unwrap_or_else(PoisonError::into_inner).insert(name.clone(), standby.clone());
                let (name, bus, pipelines) = (name.clone(), bus.clone(), self.pipelines.clone());
                let shown = format!("{}/{}", name.0, name.1);
                let opened = standby.wait(Waiting { name, bus, claim, workers, window, pipelines })?;
                match tokio::time::timeout(TURN, opened).await {
                    Ok(Ok(opened)) => opened?,
                    Ok(Err(_)) => return Err(Error::internal("the thread that stands by has ended")),
                    Err(_) => tracing::info!(bus = shown, "another process runs the sensors of this bus; standing by"),
                }
            }
        }
        self.gate.open(&name.0, &name.1, Outlet { bus, form: spec.form });
        Ok(())
    }

    /// The pipeline of a bus.
    pub fn pipeline(&self, name: &BusName) -> Option<Arc<Pipeline>> {
        self.pipelines.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// All pipelines.
    pub fn pipelines(&self) -> Vec<(BusName, Arc<Pipeline>)> {
        self.pipelines
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .map(|(name, pipeline)| (name.clone(), pipeline.clone()))
            .collect()
    }

    /// What listens where.
    pub fn listening(&self) -> Vec<Listening> {
        self.listening.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How the sources say that they can be tried.
    pub fn hints(&self) -> &[String] {
        &self.hints
    }

    /// The intake, for events that come in by hand.
    pub fn gate(&self) -> &Arc<Gate> {
        &self.gate
    }

    /// The page of metrics.
    pub fn metrics(&self) -> String {
        let mut page = Page::default();
        self.meters.write(&mut page);
        let buses: Vec<_> = self.pipelines().into_iter().map(|(name, pipeline)| bus_meters(name, &pipeline)).collect();
        write_buses(&buses, &mut page);
        page.into_text()
    }
}

fn bus_meters((namespace, bus): BusName, pipeline: &Pipeline) -> BusMeters {
    let view = pipeline.committer().view();
    let extent = pipeline.bus().extent();
    let point = view.point();
    let lag = if view.is_behind(&extent.partitions) {
        crate::intake::now().0.saturating_sub(point.frontier.log_time.0) as f64 / 1000.0
    } else {
        0.0
    };
    BusMeters {
        namespace,
        bus,
        ledger: view.ledger().clone(),
        commits: view.commits.load(Ordering::Relaxed),
        commit_seconds: view.micros.load(Ordering::Relaxed) as f64 / 1e6,
        frontier_lag_seconds: lag,
        state_bytes: pipeline.state().bytes(),
        log_bytes: extent.bytes,
    }
}

/// Ends the process after an error that nothing durable can go on after.
fn end_process(error: &Error) {
    tracing::error!(%error, "the process ends: what was acknowledged is durable, the rest is read again at the next start");
    std::process::exit(2);
}
