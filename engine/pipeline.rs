//! One bus with all that runs on it: feed, dataflow, commit, dispatch; opened at its commit point and changed while running.

use crate::commit::{self, Committer, Learnt, Note, Opening, Reply};
use crate::dataflow::{Dataflow, Parts};
use crate::dispatch::{self, Dispatch, Runners};
use crate::feed::Feed;
use crate::rows::{self, CommitPoint, PlanRow};
use model::ports::{Change, Table};
use model::{Bus, Error, LogId, LogTime, Offset, Result, State, Time, envelope};
use operators::effect::{Firing, Pending};
use operators::join::{Due, Start};
use operators::plan::{self, Plan, Subject, Timeline, TriggerName, cell_id};
use std::sync::Arc;

/// What a pipeline is opened with.
pub struct Setup {
    /// The log.
    pub bus: Arc<dyn Bus>,
    /// The state.
    pub state: Arc<dyn State>,
    /// The sensors of the bus.
    pub subjects: Vec<Subject>,
    /// What runs their firings.
    pub runners: Runners,
    /// Timely workers.
    pub workers: usize,
    /// The duplicate window in milliseconds of log time; 0 switches it off.
    pub window: u64,
    /// Called when something broke that nothing durable can go on after; it must end the process.
    pub fatal: Arc<dyn Fn(&Error) + Send + Sync>,
}

/// A running pipeline.
pub struct Pipeline {
    bus: Arc<dyn Bus>,
    log: LogId,
    state: Arc<dyn State>,
    committer: Committer,
    dispatch: Dispatch,
    dataflow: Dataflow,
    timeline: Timeline,
}

impl Pipeline {
    /// Opens the state, brings the sensors into force and starts to work.
    ///
    /// # Errors
    /// A state that cannot be read or belongs to another log, and sensors that do not compile.
    pub fn open(setup: Setup) -> Result<Self> {
        let Setup { bus, state, subjects, runners, workers, window, fatal } = setup;
        let (log, point) = commit_point(&*bus, &*state)?;
        let timeline = timeline(&*state, &point, &subjects)?;
        let pending = rows::pending(&*state)?;
        let committer = commit::start(Opening {
            state: state.clone(),
            bus: bus.clone(),
            point: point.clone(),
            workers,
            plans: timeline.all().iter().map(|plan| (plan.effective, plan.hash)).collect(),
            cells: timeline.all().iter().flat_map(|plan| cells(plan)).chain(pending.iter().map(pending_cell)).collect(),
            window,
            fatal: {
                let fatal = fatal.clone();
                Box::new(move |error| fatal(error))
            },
        })?;
        let dispatch = Dispatch::start(state.clone(), committer.clone(), runners)?;
        let learnt: Vec<(Vec<u8>, Learnt)> = rows::all(&*state, Table::Duplicates, rows::EVERY)?;
        let learnt = learnt.into_iter().flat_map(|(_, learnt)| learnt).collect();
        let feed = Feed::new(bus.clone(), committer.clone(), timeline.clone(), &point, window, learnt);
        let (due, partitioned) = (Due::new(workers), bus.partitions() > 1);
        let start = Start {
            log,
            timeline: timeline.clone(),
            from: point.frontier,
            pending: Arc::new(pending),
            due,
            partitioned,
        };
        let (fire, tick) = (dispatch.clone(), ticker(bus.clone()));
        let parts = Parts {
            workers,
            start,
            feed,
            committer: committer.clone(),
            fire: Arc::new(move |firings| fire.fire(firings)),
            tick,
            clock: dispatch::now,
            fatal: Box::new(move |error| fatal(error)),
        };
        let dataflow = Dataflow::start(parts)?;
        bus.watch(dataflow.wake());
        Ok(Self { bus, log, state, committer, dispatch, dataflow, timeline })
    }

    /// Brings changed sensors into force; the old ones stay until the new plan is whole. Whether anything changed.
    ///
    /// # Errors
    /// Sensors that do not compile; the old plan then stays.
    pub fn change(&self, subjects: Vec<Subject>, runners: Runners) -> Result<bool> {
        let next = compile(&subjects, Time::default())?;
        if self.timeline.all().last().is_some_and(|plan| plan.hash == next.hash) {
            self.dispatch.change(runners);
            return Ok(false);
        }
        let (hash, cells) = (next.hash, cells(&next));
        let entered = self.dataflow.change(move |effective| next.from(effective))?;
        let row = PlanRow { effective: entered.effective, hash, subjects: text(&subjects)? };
        let durable = entered.durable;
        self.request(|reply| Note::Plan(row, cells, reply))?;
        // A feed that has ended needs no answer.
        let _ = durable.send(());
        self.dispatch.change(runners);
        Ok(true)
    }

    /// Asks something of the committer and waits until it is durable.
    ///
    /// # Errors
    /// A committer that has ended.
    pub fn request(&self, note: impl FnOnce(Reply) -> Note) -> Result<Vec<Arc<Firing>>> {
        let (told, answer) = std::sync::mpsc::channel();
        self.committer.note(note(Box::new(move |result| drop(told.send(result)))));
        answer.recv().map_err(|_| Error::internal("the commit thread has ended"))?
    }

    /// Sends dead letters again; answers how many there were.
    ///
    /// # Errors
    /// A state that cannot be read or written.
    pub fn redrive(&self, ids: Vec<model::FiringId>) -> Result<usize> {
        let firings = self.request(|reply| Note::Redrive(ids, reply))?;
        let n = firings.len();
        self.dispatch.fire(firings);
        Ok(n)
    }

    /// Gives dead letters up for good; answers how many there were.
    ///
    /// # Errors
    /// A state that cannot be read or written.
    pub fn drop_dead(&self, ids: Vec<model::FiringId>) -> Result<usize> {
        Ok(self.request(|reply| Note::Drop(ids, reply))?.len())
    }

    /// Forgets undecodable records; answers how many there were.
    ///
    /// # Errors
    /// A state that cannot be written.
    pub fn forget(&self, records: Vec<Time>) -> Result<usize> {
        let n = records.len();
        if n > 0 {
            self.request(|reply| Note::Forget(records, reply))?;
        }
        Ok(n)
    }

    /// Lets running attempts end, commits, and ends. Queued and retrying firings stay open.
    ///
    /// # Errors
    /// A last commit that failed.
    pub async fn stop(self) -> Result<()> {
        self.dataflow.stop();
        self.dispatch.stop().await;
        self.request(Note::Stop).map(drop)
    }

    /// The committer, for what it shows and for cursors.
    pub fn committer(&self) -> &Committer {
        &self.committer
    }

    /// The state, for reading.
    pub fn state(&self) -> &Arc<dyn State> {
        &self.state
    }

    /// The identity of the bus's log.
    pub fn log(&self) -> LogId {
        self.log
    }

    /// The bus.
    pub fn bus(&self) -> &Arc<dyn Bus> {
        &self.bus
    }

    /// The plans, for drawing.
    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }
}

/// The log, and where the state stands in it; a state of another log is refused, because positions would mean other records.
fn commit_point(bus: &dyn Bus, state: &dyn State) -> Result<(LogId, CommitPoint)> {
    let known = state.get(Table::Meta, rows::LOG)?.and_then(|id| <[u8; 16]>::try_from(id).ok()).map(LogId);
    let log = bus.log_id(known)?;
    if known.is_some_and(|known| known != log) {
        return Err(Error::data(
            "the state belongs to another log: the log was removed or replaced; restore it, or remove the state with it",
        ));
    }
    if let Some(row) = state.get(Table::Meta, rows::COMMIT)? {
        let mut point: CommitPoint = rows::decode(Table::Meta, &row)?;
        // Partitions that were added since begin where the others stand.
        let joined = point.partitions.iter().map(|(_, clamp)| *clamp).max().unwrap_or_default();
        point.partitions.resize(bus.partitions().into(), (Offset::default(), joined));
        return Ok((log, point));
    }
    let partitions = bus.beginnings()?.into_iter().map(|offset| (offset, LogTime::default())).collect();
    let point = CommitPoint { partitions, ..CommitPoint::default() };
    let begun =
        [Change::put(Table::Meta, rows::LOG, log.0), Change::put(Table::Meta, rows::COMMIT, rows::encode(&point)?)];
    state.commit(&begun)?;
    Ok((log, point))
}

/// The plans from the commit point on: those of the state, then today's sensors if they are others.
fn timeline(state: &dyn State, point: &CommitPoint, subjects: &[Subject]) -> Result<Timeline> {
    let stored: Vec<(Vec<u8>, PlanRow)> = rows::all(state, Table::Meta, rows::PLANS)?;
    let past = stored.partition_point(|(_, row)| row.effective <= point.frontier).saturating_sub(1);
    let mut changes: Vec<_> =
        stored.iter().take(past).map(|(key, _)| Change::remove(Table::Meta, key.clone())).collect();
    let mut plans = Vec::new();
    for (_, row) in stored.iter().skip(past) {
        // A plan of an earlier version may not compile any more; records from its instant on then go by the next one.
        let subjects: Vec<Subject> = serde_json::from_str(&row.subjects).unwrap_or_default();
        plans.extend(plan::compile(&subjects, row.effective).ok().filter(|plan| plan.hash == row.hash));
    }
    let today = compile(subjects, Time::default())?;
    if plans.last().is_none_or(|plan| plan.hash != today.hash) {
        let after_last = plans.last().map(|plan| plan.effective).filter(|last| *last > point.frontier);
        let effective = after_last.map_or(point.frontier, |last| Time::instant(LogTime(last.log_time.0 + 1)));
        let row = PlanRow { effective, hash: today.hash, subjects: text(subjects)? };
        changes.push(Change::put(Table::Meta, rows::plan_key(effective), rows::encode(&row)?));
        plans.push(today.from(effective));
    }
    if !changes.is_empty() {
        state.commit(&changes)?;
    }
    Ok(Timeline::new(plans))
}

fn compile(subjects: &[Subject], effective: Time) -> Result<Plan> {
    plan::compile(subjects, effective).map_err(|problems| {
        let lines: Vec<_> = problems
            .iter()
            .map(|problem| format!("{}: {}: {}", problem.sensor, problem.field, problem.message))
            .collect();
        Error::user(lines.join("\n"))
    })
}

fn text(subjects: &[Subject]) -> Result<String> {
    serde_json::to_string(subjects).map_err(|error| Error::internal(format!("the sensors cannot be stored: {error}")))
}

fn cells(plan: &Plan) -> Vec<(u64, Arc<TriggerName>, Arc<str>)> {
    plan.cells().map(|(cell, name, dependency)| (cell, name.clone(), dependency.clone())).collect()
}

fn pending_cell(pending: &Pending) -> (u64, Arc<TriggerName>, Arc<str>) {
    let place = &pending.place;
    (cell_id(&place.trigger, &place.dependency), place.trigger.clone(), place.dependency.clone())
}

/// Appends a tick to the bus without waiting for it.
fn ticker(bus: Arc<dyn Bus>) -> Box<dyn Fn(model::Partition) + Send> {
    let runtime = tokio::runtime::Handle::current();
    Box::new(move |partition| {
        let bus = bus.clone();
        runtime.spawn(async move {
            let time = LogTime(dispatch::now()).timestamp().to_string();
            let written = match envelope::tick(&time) {
                Ok(tick) => bus.publish_to(partition, tick).await.map(drop),
                Err(error) => Err(error),
            };
            if let Err(error) = written {
                tracing::warn!(%error, "a tick could not be written; it will be tried again");
            }
        });
    })
}
