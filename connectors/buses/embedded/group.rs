//! Records that one transaction makes durable, and how they are laid out as values of a log file.
//!
//! ```text
//! key: offset of the first record
//! value: crc:u32  log time:u64  count:u32  (frame length:u32)*count  frames…      all little-endian
//! ```
//! The CRC-32 covers the key and the value up to the frames, which carry their own.

use bytes::{Bytes, BytesMut};
use model::{Batch, Error, LogTime, NewRecord, Offset, Partition, Result};
use std::ops::Range;

/// The only partition.
pub(super) const PARTITION: Partition = Partition(0);

const HEAD: usize = 4 + 8 + 4;

/// How long a value of several records gets: a little less than a power of two, the size of a page of redb.
const VALUE: usize = (64 << 10) - 64;

/// Records of one append: a batch for readers, over the same buffer as the values for the file.
#[derive(Debug)]
pub(super) struct Group {
    /// The records.
    pub(super) batch: Batch,
    buffer: Bytes,
    values: Vec<(Offset, Range<usize>)>,
}

impl Group {
    /// Lays out records that follow each other from offset `first` on.
    ///
    /// # Errors
    /// None, unless a record has no valid frame.
    pub(super) fn new(first: Offset, log_time: LogTime, mut records: &[NewRecord]) -> Result<Self> {
        let size: usize = records.iter().map(size).sum();
        let mut buffer = Vec::with_capacity(size + HEAD * (1 + size / (VALUE / 2)));
        let (mut values, mut frames) = (Vec::new(), Vec::with_capacity(records.len()));
        let mut next = first.0;
        while !records.is_empty() {
            let (these, rest) = records.split_at(fitting(records));
            let start = buffer.len();
            write(&mut buffer, next, log_time, these, &mut frames);
            values.push((Offset(next), start..buffer.len()));
            next += these.len() as u64;
            records = rest;
        }
        let buffer = Bytes::from(buffer);
        let mut batch = Batch::new(PARTITION, buffer.clone());
        for (offset, frame) in (first.0..).zip(frames) {
            batch.push(Offset(offset), log_time, frame, false)?;
        }
        Ok(Self { batch, buffer, values })
    }

    /// The values with their keys.
    pub(super) fn values(&self) -> impl Iterator<Item = (Offset, &[u8])> {
        self.values.iter().map(|(first, range)| (*first, self.buffer.get(range.clone()).unwrap_or_default()))
    }
}

/// Values read back, gathered into one buffer.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    buffer: BytesMut,
    rows: Vec<(Offset, LogTime, Range<usize>)>,
}

impl Chunk {
    /// An empty chunk that gathers into `buffer`, of which nothing is kept.
    pub(super) fn reusing(mut buffer: BytesMut) -> Self {
        buffer.clear();
        Self { buffer, rows: Vec::new() }
    }

    /// Adds the records of the value at `first` whose offsets are not below `from`; returns the offset after the last.
    ///
    /// # Errors
    /// A value that is not as it was written; its offset is in the text.
    pub(super) fn add(&mut self, first: Offset, value: &[u8], from: Offset) -> Result<Offset> {
        let damaged = || {
            Error::data(format!("offset {}: the records from there on are damaged: a checksum does not match", first.0))
        };
        let (log_time, lengths, frames) = parse(first.0, value).ok_or_else(damaged)?;
        let mut frame = self.buffer.len();
        self.buffer.extend_from_slice(frames);
        for (offset, len) in (first.0..).zip(&lengths) {
            if offset >= from.0 {
                self.rows.push((Offset(offset), log_time, frame..frame + len));
            }
            frame += len;
        }
        Ok(Offset(first.0 + lengths.len() as u64))
    }

    /// How many bytes it has.
    pub(super) fn bytes(&self) -> usize {
        self.buffer.len()
    }

    /// All records, each compared with its checksum.
    ///
    /// # Errors
    /// A damaged record, with its offset.
    pub(super) fn finish(self) -> Result<Batch> {
        let mut batch = Batch::new(PARTITION, self.buffer.freeze());
        for (offset, log_time, frame) in self.rows {
            batch.push(offset, log_time, frame, true)?;
        }
        Ok(batch)
    }
}

fn size(record: &NewRecord) -> usize {
    4 + record.frame().len()
}

/// How many of the records go into one value: at least one.
fn fitting(records: &[NewRecord]) -> usize {
    let mut room = VALUE - HEAD;
    let fits = records.iter().take_while(|record| match room.checked_sub(size(record)) {
        Some(left) => {
            room = left;
            true
        }
        None => false,
    });
    fits.count().max(1)
}

fn write(buffer: &mut Vec<u8>, first: u64, log_time: LogTime, records: &[NewRecord], frames: &mut Vec<Range<usize>>) {
    let start = buffer.len();
    buffer.extend_from_slice(&[0; 4]);
    buffer.extend_from_slice(&log_time.0.to_le_bytes());
    buffer.extend_from_slice(&(records.len() as u32).to_le_bytes());
    for record in records {
        buffer.extend_from_slice(&(record.frame().len() as u32).to_le_bytes());
    }
    let crc = checksum(first, buffer.get(start + 4..).unwrap_or_default());
    if let Some(place) = buffer.get_mut(start..start + 4) {
        place.copy_from_slice(&crc);
    }
    for record in records {
        let at = buffer.len();
        buffer.extend_from_slice(record.frame());
        frames.push(at..buffer.len());
    }
}

/// The log time, the frames' lengths and the frames of a value; `None` where it is not as it was written.
fn parse(first: u64, value: &[u8]) -> Option<(LogTime, Vec<usize>, &[u8])> {
    let (crc, rest) = value.split_first_chunk::<4>()?;
    let (log_time, after) = rest.split_first_chunk::<8>()?;
    let (count, after) = after.split_first_chunk::<4>()?;
    let (lengths, frames) = after.split_at_checked((u32::from_le_bytes(*count) as usize).checked_mul(4)?)?;
    let head = rest.get(..rest.len() - frames.len())?;
    if *crc != checksum(first, head) {
        return None;
    }
    let lengths: Vec<_> = lengths.as_chunks().0.iter().map(|len| u32::from_le_bytes(*len) as usize).collect();
    let whole = !lengths.is_empty() && lengths.iter().sum::<usize>() == frames.len();
    whole.then_some((LogTime(u64::from_le_bytes(*log_time)), lengths, frames))
}

fn checksum(first: u64, head: &[u8]) -> [u8; 4] {
    let mut crc = crc32fast::Hasher::new();
    crc.update(&first.to_le_bytes());
    crc.update(head);
    crc.finalize().to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Attributes;

    fn record(n: usize, len: usize) -> NewRecord {
        let id = n.to_string();
        NewRecord::new(&Attributes { id: &id, ..Attributes::default() }, &vec![b'x'; len], None).unwrap()
    }

    #[test]
    fn a_group_reads_back_from_its_values() {
        for lens in [vec![0], vec![100; 1000], vec![200_000, 1, 200_000], vec![VALUE; 3]] {
            let records: Vec<_> = lens.iter().enumerate().map(|(n, len)| record(n, *len)).collect();
            let group = Group::new(Offset(7), LogTime(5), &records).unwrap();
            let mut chunk = Chunk::default();
            let mut next = Offset(7);
            for (first, value) in group.values() {
                assert_eq!(first, next);
                next = chunk.add(first, value, Offset(8)).unwrap();
            }
            assert_eq!(next.0, 7 + lens.len() as u64);
            let (read, written) = (chunk.finish().unwrap(), group.batch.clone().split_off(1));
            assert_eq!(read.len(), lens.len() - 1);
            for (read, written) in read.iter().zip(written.iter()) {
                assert_eq!((read.position, read.log_time), (written.position, LogTime(5)));
                assert_eq!(read.envelope(), written.envelope());
                assert_eq!(read.attributes(), written.attributes());
            }
        }
    }

    #[test]
    fn every_changed_byte_and_every_cut_is_noticed() {
        let group = Group::new(Offset(3), LogTime(9), &[record(0, 5), record(1, 8)]).unwrap();
        let (first, value) = group.values().next().unwrap();
        let read = |first, value: &[u8]| {
            let mut chunk = Chunk::default();
            chunk.add(first, value, first).and_then(|_| chunk.finish())
        };
        assert_eq!(read(first, value).unwrap().len(), 2);
        assert!(read(Offset(4), value).is_err());
        for at in 0..value.len() {
            assert!(read(first, &value[..at]).is_err(), "cut at {at}");
            let mut damaged = value.to_vec();
            damaged[at] ^= 0x40;
            assert!(read(first, &damaged).is_err(), "byte {at}");
        }
    }
}
