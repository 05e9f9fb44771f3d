//! A bus whose dataflow another process may be running: it is opened here when its turn comes.

use super::{Pipelines, end_process};
use crate::dispatch::Runners;
use crate::pipeline::{Pipeline, Setup};
use crate::process::BusName;
use connectors::buses::Claim;
use model::{Bus, Error, Result};
use operators::plan::Subject;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// What is to run once it is this process's turn; `None` once it runs.
#[derive(Default)]
pub(super) struct Standby(Mutex<Option<(Vec<Subject>, Runners)>>);

/// What a dataflow needs beside its state and what is to run.
pub(super) struct Waiting {
    pub(super) name: BusName,
    pub(super) bus: Arc<dyn Bus>,
    pub(super) claim: Claim,
    pub(super) workers: usize,
    pub(super) window: u64,
    pub(super) pipelines: Pipelines,
}

impl Standby {
    pub(super) fn new(subjects: Vec<Subject>, runners: Runners) -> Self {
        Self(Mutex::new(Some((subjects, runners))))
    }

    /// Replaces what is to run; gives it back where the dataflow runs already and must be changed itself.
    pub(super) fn replace(&self, subjects: Vec<Subject>, runners: Runners) -> Option<(Vec<Subject>, Runners)> {
        let mut wanted = self.wanted();
        if wanted.is_none() {
            return Some((subjects, runners));
        }
        *wanted = Some((subjects, runners));
        None
    }

    /// Waits for the turn on a thread of its own and opens the dataflow then. The answer comes when it is open or cannot
    /// be; when nobody waits for it any more, an error ends the process.
    pub(super) fn wait(self: Arc<Self>, waiting: Waiting) -> Result<oneshot::Receiver<Result<()>>> {
        let (told, answer) = oneshot::channel();
        let runtime = tokio::runtime::Handle::current();
        let thread = std::thread::Builder::new().name("standby".into()).spawn(move || {
            let _runtime = runtime.enter();
            if let Err(Err(error)) = told.send(self.open(waiting)) {
                end_process(&error);
            }
        });
        thread.map_err(|error| Error::external(format!("no thread to stand by: {error}")))?;
        Ok(answer)
    }

    fn open(&self, waiting: Waiting) -> Result<()> {
        let Waiting { name, bus, claim, workers, window, pipelines } = waiting;
        let state = claim()?;
        // Held until it runs: whoever changes what is to run finds either the wish or the dataflow.
        let mut wanted = self.wanted();
        let (subjects, runners) = wanted.take().unwrap_or_default();
        let fatal = Arc::new(end_process);
        let pipeline = Pipeline::open(Setup { bus, state, subjects, runners, workers, window, fatal })?;
        tracing::info!(bus = format!("{}/{}", name.0, name.1), "the sensors of this bus run here");
        pipelines.lock().unwrap_or_else(PoisonError::into_inner).insert(name, Arc::new(pipeline));
        Ok(())
    }

    fn wanted(&self) -> MutexGuard<'_, Option<(Vec<Subject>, Runners)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
