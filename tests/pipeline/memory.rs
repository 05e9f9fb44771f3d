//! A bus, a state and a sink in memory: what a pipeline needs, without a disk and with partitions and log times to order.

use model::ports::{Answer, Attempt, BoxFuture, Change, Extent, Failure, Table, Wake};
use model::{Batch, Bus, FiringId, LogId, LogTime, NewRecord, Offset, Partition, Position, Result, State, Trigger};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Mutex;
use std::time::{SystemTime, UNIX_EPOCH};

/// A log of several partitions, filled by the test or by publishing.
#[derive(Default)]
pub struct MemoryBus {
    partitions: Mutex<Vec<Vec<(LogTime, NewRecord)>>>,
    wakes: Mutex<Vec<Wake>>,
}

impl std::fmt::Debug for MemoryBus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MemoryBus")
    }
}

impl MemoryBus {
    pub fn new(partitions: usize) -> Self {
        Self { partitions: Mutex::new(vec![Vec::new(); partitions]), wakes: Mutex::default() }
    }

    /// Appends a record with a log time of the test's choice, which may lie before that of the record before it.
    pub fn append(&self, partition: Partition, log_time: LogTime, record: NewRecord) -> Position {
        let offset = {
            let mut partitions = self.partitions.lock().unwrap();
            let records = &mut partitions[usize::from(partition.0)];
            records.push((log_time, record));
            Offset(records.len() as u64 - 1)
        };
        self.wakes.lock().unwrap().iter().for_each(|wake| wake());
        Position { partition, offset }
    }

    /// How many records a partition has.
    pub fn len(&self, partition: usize) -> usize {
        self.partitions.lock().unwrap()[partition].len()
    }
}

impl Bus for MemoryBus {
    fn log_id(&self, _known: Option<LogId>) -> Result<LogId> {
        Ok(LogId([7; 16]))
    }

    fn partitions(&self) -> u16 {
        self.partitions.lock().unwrap().len() as u16
    }

    fn publish(&self, record: NewRecord) -> BoxFuture<'_, Result<Position>> {
        self.publish_to(Partition(0), record)
    }

    fn publish_to(&self, partition: Partition, record: NewRecord) -> BoxFuture<'_, Result<Position>> {
        let now = LogTime(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as u64);
        let position = self.append(partition, now, record);
        Box::pin(async move { Ok(position) })
    }

    fn poll(&self, partition: Partition, from: Offset, records: usize) -> Result<Batch> {
        let partitions = self.partitions.lock().unwrap();
        let wanted = partitions[usize::from(partition.0)].iter().enumerate().skip(from.0 as usize).take(records);
        let mut buffer = Vec::new();
        let mut places = Vec::new();
        for (offset, (log_time, record)) in wanted {
            let start = buffer.len();
            buffer.extend_from_slice(record.frame());
            places.push((Offset(offset as u64), *log_time, start..buffer.len()));
        }
        let mut batch = Batch::new(partition, buffer.into());
        places.into_iter().try_for_each(|(offset, log_time, frame)| batch.push(offset, log_time, frame, true))?;
        Ok(batch)
    }

    fn watch(&self, wake: Wake) {
        self.wakes.lock().unwrap().push(wake);
    }

    fn release(&self, _: &str, _: &[(Partition, Offset)]) -> Result<()> {
        Ok(())
    }

    fn extent(&self) -> Extent {
        Extent::default()
    }
}

type Rows = BTreeMap<(Table, Vec<u8>), Vec<u8>>;

/// Tables of rows.
#[derive(Debug, Default)]
pub struct MemoryState {
    rows: Mutex<Rows>,
}

impl MemoryState {
    /// The state as a crash at this moment leaves it.
    pub fn copy(&self) -> Self {
        Self { rows: Mutex::new(self.rows.lock().unwrap().clone()) }
    }
}

impl State for MemoryState {
    fn commit(&self, changes: &[Change]) -> Result<()> {
        let mut rows = self.rows.lock().unwrap();
        for Change { table, key, value } in changes {
            match value {
                Some(value) => drop(rows.insert((*table, key.clone()), value.clone())),
                None => drop(rows.remove(&(*table, key.clone()))),
            }
        }
        Ok(())
    }

    fn scan(&self, table: Table, keys: Range<&[u8]>, row: &mut dyn FnMut(&[u8], &[u8]) -> bool) -> Result<()> {
        let rows = self.rows.lock().unwrap();
        for ((_, key), value) in rows.range((table, keys.start.to_vec())..(table, keys.end.to_vec())) {
            if !row(key, value) {
                break;
            }
        }
        Ok(())
    }

    fn bytes(&self) -> u64 {
        0
    }
}

/// One event of a recorded firing: the dependency and where its record stands.
pub type Carried = (String, u16, u64);

/// A sink that remembers every attempt.
#[derive(Debug, Default)]
pub struct Recorder {
    seen: Mutex<BTreeMap<FiringId, (Vec<Carried>, usize)>>,
}

impl Recorder {
    /// Every firing with its events and how often it came.
    pub fn seen(&self) -> BTreeMap<FiringId, (Vec<Carried>, usize)> {
        self.seen.lock().unwrap().clone()
    }
}

impl Trigger for Recorder {
    fn attempt<'a>(&'a self, attempt: Attempt<'a>) -> BoxFuture<'a, Result<Answer, Failure>> {
        let events = attempt.events.iter().map(|event| {
            let position = event.time.position();
            (event.dependency.to_string(), position.partition.0, position.offset.0)
        });
        let carried: Vec<_> = events.collect();
        let mut seen = self.seen.lock().unwrap();
        let entry = seen.entry(attempt.firing).or_insert((carried.clone(), 0));
        assert_eq!(entry.0, carried, "a repeat carries the same events");
        entry.1 += 1;
        Box::pin(async { Ok(Answer::default()) })
    }
}
