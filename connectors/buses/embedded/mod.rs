//! The embedded bus: a log of one partition in redb files on this machine.
//!
//! Records are appended by one thread, which makes durable in one transaction whatever queued during the last sync.
//! The log is a row of files, each named by its first offset. Retention removes whole files, never one that a
//! subscriber still needs. The newest records are also kept in memory, where readers who keep up find them.

mod file;
mod group;
mod log;
mod options;
mod queue;
mod reader;
mod retention;
mod writer;

use crate::disk::{self, Folder, Reached};
use file::{Header, LogFile, Span, Subscribers};
use group::PARTITION;
use log::{Log, Place};
use model::ports::{BoxFuture, Bus, Extent, Wake};
use model::{Batch, Error, LogId, LogTime, NewRecord, Offset, Partition, Position, Result};
pub use options::Options;
use options::{Limits, free};
use queue::Queue;
use reader::Reader;
use retention::Notice;
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime};
use writer::Writer;

/// The version of what the folder and its files look like; another one is refused.
pub const FORMAT: u32 = 1;

/// How many bytes a record may have.
const RECORD: usize = 64 << 20;

/// Below so many free bytes of its disk the log counts as full.
const RESERVE: u64 = 64 << 20;

/// When a publisher may try again on a full log.
const FULL_RETRY: Duration = Duration::from_secs(10);

/// Told when the log cannot be written any more. What a failed sync left on disk is unknown, so a process that goes on
/// would promise what it cannot keep: it should log the error and abort.
pub type OnFailure = Arc<dyn Fn(&Error) + Send + Sync>;

/// The embedded bus.
#[derive(Debug)]
pub struct Embedded {
    threads: Vec<JoinHandle<()>>,
    retention: Option<mpsc::Sender<Notice>>,
    shared: Arc<Shared>,
}

/// What publishers, readers and the two threads share.
struct Shared {
    log_id: LogId,
    limits: Limits,
    queue: Queue,
    log: Mutex<Log>,
    reader: Mutex<Reader>,
    wakes: Mutex<Vec<Wake>>,
    full: AtomicBool,
    failed: OnceLock<Error>,
    on_failure: OnFailure,
    folder: Folder,
}

impl Embedded {
    /// Opens the log in a folder, which it makes where it is missing and then holds until it is dropped. Publishers are
    /// answered on `runtime`.
    ///
    /// # Errors
    /// A folder that another process holds, or of another format version (user); damaged or missing files (data); a disk
    /// that cannot be read or written (external).
    pub fn open(
        folder: &Path,
        options: &Options,
        runtime: &tokio::runtime::Handle,
        on_failure: OnFailure,
    ) -> Result<Self> {
        Self::open_at(folder, options, runtime, on_failure, now)
    }

    fn open_at(
        folder: &Path,
        options: &Options,
        runtime: &tokio::runtime::Handle,
        on_failure: OnFailure,
        clock: fn() -> LogTime,
    ) -> Result<Self> {
        let mut folder = Folder::open(folder, "log", FORMAT)?;
        let (log, header, span) = recover(&folder)?;
        let (reached, acknowledged) = Reached::open(folder.path())?;
        if log.next.0 < acknowledged {
            return Err(cut(&log, folder.path(), Offset(acknowledged)));
        }
        folder.settle()?;
        let limits = options.limits(folder.path(), log.bytes())?;
        let shared = Arc::new(Shared {
            log_id: header.log_id,
            limits,
            queue: Queue::new(),
            reader: Mutex::new(Reader::new(folder.path(), header.log_id)),
            log: Mutex::new(log.with_memory(options.memory_bytes)),
            wakes: Mutex::default(),
            full: AtomicBool::new(false),
            failed: OnceLock::new(),
            on_failure,
            folder,
        });
        let (published, replies) = tokio::sync::mpsc::unbounded_channel();
        runtime.spawn(writer::reply(replies));
        let (retention, notices) = mpsc::channel();
        let writer = Writer {
            shared: shared.clone(),
            floor: span.map_or(header.floor, |span| span.until),
            since: span.map(|span| span.since),
            clock,
            reached,
            published,
            retention: retention.clone(),
        };
        let mut bus = Self { threads: Vec::new(), retention: Some(retention), shared };
        let shared = bus.shared.clone();
        bus.thread("log retention", move || retention::run(&shared, &notices))?;
        bus.thread("log writer", move || writer.run())?;
        bus.look();
        Ok(bus)
    }

    fn thread(&mut self, name: &str, work: impl FnOnce() + Send + 'static) -> Result<()> {
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(work);
        self.threads.push(thread.map_err(|error| Error::external(format!("no thread for the {name}: {error}")))?);
        Ok(())
    }

    /// Has retention look whether there is something to remove.
    fn look(&self) {
        if let Some(retention) = &self.retention {
            let _ = retention.send(Notice::Look);
        }
    }

    fn refuse_if_full(&self) -> Result<()> {
        let shared = &self.shared;
        if !shared.full.load(Ordering::Relaxed) || !shared.measure() {
            return Ok(());
        }
        self.look();
        let full = held(&shared.log).full(shared.folder.path(), shared.limits.quota);
        Err(Error::external(full).retry_after(FULL_RETRY))
    }
}

impl Bus for Embedded {
    fn log_id(&self, _known: Option<LogId>) -> Result<LogId> {
        Ok(self.shared.log_id)
    }

    fn partitions(&self) -> u16 {
        1
    }

    fn publish(&self, record: NewRecord) -> BoxFuture<'_, Result<Position>> {
        Box::pin(async move {
            let bytes = record.frame().len();
            if bytes > RECORD {
                return Err(Error::user(format!(
                    "an event of {bytes} bytes is too large; the log takes up to {RECORD}"
                )));
            }
            self.refuse_if_full()?;
            let stopped = || self.shared.stopped();
            let durable = self.shared.queue.publish(record).await.map_err(|_| stopped())?;
            let offset = durable.await.map_err(|_| stopped())?;
            Ok(Position { partition: PARTITION, offset })
        })
    }

    fn poll(&self, partition: Partition, from: Offset, records: usize) -> Result<Batch> {
        if partition != PARTITION {
            return Err(Error::user(format!("the embedded bus has one partition, 0, and not {}", partition.0)));
        }
        let place = held(&self.shared.log).place(from, records)?;
        match place {
            Place::End => Ok(Batch::new(PARTITION, bytes::Bytes::new())),
            Place::Tail(batch) => Ok(batch),
            place => held(&self.shared.reader).read(place, from, records),
        }
    }

    fn watch(&self, wake: Wake) {
        held(&self.shared.wakes).push(wake);
    }

    fn release(&self, subscriber: &str, offsets: &[(Partition, Offset)]) -> Result<()> {
        let stopped = |_| self.shared.stopped();
        for (_, offset) in offsets.iter().filter(|(partition, _)| *partition == PARTITION) {
            let known = match held(&self.shared.log).subscribers.get_mut(subscriber) {
                None => false,
                Some(released) => {
                    *released = (*released).max(*offset);
                    self.shared.queue.release(subscriber, *released).map_err(stopped)?;
                    true
                }
            };
            // Losing a newer offset only keeps records for longer; losing the subscriber would lose its records.
            if !known {
                let durable = self.shared.queue.release_now(subscriber, *offset).map_err(stopped)?;
                durable.recv().map_err(|_| self.shared.stopped())?;
                held(&self.shared.log).subscribers.insert(subscriber.to_owned(), *offset);
            }
        }
        if self.shared.full.load(Ordering::Relaxed) {
            self.look();
        }
        Ok(())
    }

    fn extent(&self) -> Extent {
        held(&self.shared.log).extent()
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        self.shared.queue.close();
        self.retention = None;
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

impl Shared {
    /// Looks whether the log is full, and notes it.
    fn measure(&self) -> bool {
        let bytes = held(&self.log).bytes();
        let full = bytes >= self.limits.quota || free(self.folder.path()).is_ok_and(|free| free < RESERVE);
        self.full.store(full, Ordering::Relaxed);
        full
    }

    /// Stops the log for good.
    fn fail(&self, error: &Error) {
        let _ = self.failed.set(error.clone());
        self.queue.fail();
        (self.on_failure)(error);
    }

    /// Why nothing can be written any more.
    fn stopped(&self) -> Error {
        let closed = || Error::external(format!("the log in {} is closed", self.folder.path().display()));
        self.failed.get().cloned().unwrap_or_else(closed)
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("folder", &self.folder).field("log_id", &self.log_id).finish_non_exhaustive()
    }
}

/// The log as its files tell it, and the header and the span of its newest file.
fn recover(folder: &Folder) -> Result<(Log, Header, Option<Span>)> {
    let path = folder.path();
    let failed = |error: std::io::Error| Error::external(format!("{}: {error}", path.display()));
    let mut rolled = BTreeMap::new();
    for entry in std::fs::read_dir(path).map_err(failed)? {
        let name = entry.map_err(failed)?.path();
        if let Some(first) = file::first(&name) {
            rolled.insert(first, disk::bytes(&name));
        }
    }
    let Some((first, _)) = rolled.pop_last() else {
        if folder.is_settled() {
            return Err(Error::data(format!("{}: the files of the log are missing", path.display())));
        }
        let header = Header { log_id: draw()?, first: Offset(0), floor: LogTime(0) };
        let file = LogFile::create(path, header, &Subscribers::new())?;
        return Ok((Log::new(Offset(0), Offset(0), file, rolled), header, None));
    };
    let file = LogFile::open(path, first)?;
    let (header, subscribers) = (file.header()?, file.subscribers()?);
    if header.first != first {
        return Err(Error::data(format!("{}: the file begins with offset {}", file.path().display(), header.first.0)));
    }
    let span = file.span()?;
    let mut log = Log::new(span.map_or(first, |span| span.next), first, file, rolled);
    // What retention removed had been released, even where the newest note of that was lost.
    let kept = log.first();
    log.subscribers = subscribers.into_iter().map(|(name, released)| (name, released.max(kept))).collect();
    Ok((log, header, span))
}

/// Why a log is refused that ends before records that were acknowledged.
fn cut(log: &Log, folder: &Path, acknowledged: Offset) -> Error {
    let (file, folder) = (log.active.path().display(), folder.display());
    Error::data(format!(
        "{file}: offset {}: the log ends there, but all before offset {} was acknowledged: the end of the file was damaged \
         or lost. Restore it, or move {folder} and the state beside it away to begin a new log",
        log.next.0, acknowledged.0
    ))
}

fn draw() -> Result<LogId> {
    let mut id = [0; 16];
    getrandom::fill(&mut id).map_err(|error| Error::external(format!("no random bytes for the log's id: {error}")))?;
    Ok(LogId(id))
}

fn now() -> LogTime {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    LogTime(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// Locks; a thread that panicked with the lock held left nothing half done.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
