//! An event on a bus: its frame before it is published, and the records of a batch as a bus gives them back.
//!
//! A frame is the bus-independent bytes of a record: a CRC-32 of all that follows, seven attributes with their lengths
//! (the record headers `ce_*` of the documented envelope), where the data stands in the envelope, and the envelope.
//!
//! ```text
//! crc:u32  (len:u16)*7  attribute bytes*7  data start:u32  data length:u32  envelope…      all little-endian
//! ```

use crate::{Error, LogTime, Offset, Partition, Position, Result, Time};
use bytes::Bytes;
use std::ops::Range;

const ATTRIBUTES: usize = 7;
const LENGTHS: Range<usize> = 4..4 + 2 * ATTRIBUTES;
const UNKNOWN: u32 = u32::MAX;

/// The context attributes beside an envelope, so that routing reads no JSON. An absent one is the empty text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Attributes<'a> {
    /// `ce_id`.
    pub id: &'a str,
    /// `ce_source`: `eventsource/{namespace}/{eventSourceName}/{eventName}`, or the bare name in Argo's form.
    pub source: &'a str,
    /// `ce_type`: `com.github.argoproj.argo-events.{kind}`, or the bare kind in Argo's form.
    pub kind: &'a str,
    /// `ce_subject`: the event's name.
    pub subject: &'a str,
    /// `ce_time`, RFC 3339.
    pub time: &'a str,
    /// `content-type` of the data.
    pub datacontenttype: &'a str,
    /// `ce_upstreamid`: what the upstream calls this message, the same when it sends it again.
    pub upstream_id: &'a str,
}

/// A record to be published: one checked frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRecord {
    frame: Bytes,
}

/// A durable record, borrowed from its batch.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    /// Where it stands.
    pub position: Position,
    /// When its bus appended it.
    pub log_time: LogTime,
    frame: &'a [u8],
}

/// Durable records of one partition in offset order over one buffer.
#[derive(Debug, Clone)]
pub struct Batch {
    partition: Partition,
    buffer: Bytes,
    rows: Vec<Row>,
}

#[derive(Debug, Clone, Copy)]
struct Row {
    offset: Offset,
    log_time: LogTime,
    start: u32,
    len: u32,
}

impl NewRecord {
    /// The frame of an envelope and its attributes; `data` is where the event's JSON text stands in the envelope, given
    /// only by a writer that has checked that it is one valid JSON text.
    ///
    /// # Errors
    /// An attribute longer than 65,535 bytes, or an envelope of 4 GiB and more.
    pub fn new(attributes: &Attributes<'_>, envelope: &[u8], data: Option<Range<usize>>) -> Result<Self> {
        let mut frame = Vec::new();
        write_frame(&mut frame, attributes, envelope, data)?;
        Ok(Self { frame: frame.into() })
    }

    /// The bytes a bus stores and gives back in a [`Batch`].
    pub fn frame(&self) -> &Bytes {
        &self.frame
    }

    /// Its attributes.
    pub fn attributes(&self) -> Attributes<'_> {
        parse(&self.frame).map(|parts| parts.attributes).unwrap_or_default()
    }

    /// Its envelope.
    pub fn envelope(&self) -> &[u8] {
        parse(&self.frame).map(|parts| parts.envelope).unwrap_or_default()
    }

    /// Where the event's JSON text stands in the envelope, if its writer noted it.
    pub fn data(&self) -> Option<Range<usize>> {
        parse(&self.frame)?.data
    }
}

impl Batch {
    /// An empty batch of a partition over `buffer`, to which rows are then added.
    pub fn new(partition: Partition, buffer: Bytes) -> Self {
        Self { partition, buffer, rows: Vec::new() }
    }

    /// Adds the record whose frame stands at `frame` in the buffer; offsets must grow.
    ///
    /// # Errors
    /// Bytes at `frame` that are no frame; with `check`, also bytes that do not have the CRC they were written with.
    pub fn push(&mut self, offset: Offset, log_time: LogTime, frame: Range<usize>, check: bool) -> Result<()> {
        let bytes = self.buffer.get(frame.clone()).unwrap_or_default();
        let sound =
            is_frame(bytes) && (!check || bytes.first_chunk() == Some(&crc32fast::hash(&bytes[4..]).to_le_bytes()));
        if !sound {
            let partition = self.partition.0;
            return Err(Error::data(format!(
                "the record at partition {partition}, offset {} is damaged: its checksum does not match",
                offset.0
            )));
        }
        self.rows.push(Row { offset, log_time, start: frame.start as u32, len: frame.len() as u32 });
        Ok(())
    }

    /// The partition of all its records.
    pub fn partition(&self) -> Partition {
        self.partition
    }

    /// The memory of its records, and of others that were read or published with them.
    pub fn buffer(&self) -> &Bytes {
        &self.buffer
    }

    /// How many records it has.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// How many bytes its records have together.
    pub fn bytes(&self) -> usize {
        self.rows.iter().map(|row| row.len as usize).sum()
    }

    /// The record in row `index`; `None` past the end.
    pub fn get(&self, index: usize) -> Option<Record<'_>> {
        let row = self.rows.get(index)?;
        let frame = self.buffer.get(row.start as usize..row.start as usize + row.len as usize)?;
        Some(Record {
            position: Position { partition: self.partition, offset: row.offset },
            log_time: row.log_time,
            frame,
        })
    }

    /// Its records in offset order.
    pub fn iter(&self) -> impl Iterator<Item = Record<'_>> {
        (0..self.rows.len()).filter_map(|index| self.get(index))
    }

    /// Raises the log time of every record to at least `clamp` and to that of the record before it; returns the last.
    pub fn clamp(&mut self, clamp: LogTime) -> LogTime {
        self.rows.iter_mut().fold(clamp, |clamp, row| {
            row.log_time = row.log_time.max(clamp);
            row.log_time
        })
    }

    /// Splits off the records from row `at` on into a batch over the same buffer.
    #[must_use]
    pub fn split_off(&mut self, at: usize) -> Self {
        Self {
            partition: self.partition,
            buffer: self.buffer.clone(),
            rows: self.rows.split_off(at.min(self.rows.len())),
        }
    }

    /// Keeps the records whose row number passes.
    pub fn retain(&mut self, mut keep: impl FnMut(usize) -> bool) {
        let mut index = 0;
        self.rows.retain(|_| {
            index += 1;
            keep(index - 1)
        });
    }
}

impl<'a> Record<'a> {
    /// Its attributes.
    pub fn attributes(&self) -> Attributes<'a> {
        parse(self.frame).map(|parts| parts.attributes).unwrap_or_default()
    }

    /// The bytes of its `source` and `subject`: all that routing reads.
    pub fn names(&self) -> (&'a [u8], &'a [u8]) {
        let len = |n: usize| {
            let len = self.frame.get(LENGTHS.start + 2 * n..).and_then(|rest| rest.first_chunk());
            len.map_or(0, |len| usize::from(u16::from_le_bytes(*len)))
        };
        let (id, source, kind, subject) = (len(0), len(1), len(2), len(3));
        let text = |start: usize, len: usize| {
            self.frame.get(LENGTHS.end + start..LENGTHS.end + start + len).unwrap_or_default()
        };
        (text(id, source), text(id + source + kind, subject))
    }

    /// Whether it is one of our own that is no event: a tick, or what says which log this is.
    pub fn is_control(&self) -> bool {
        crate::envelope::is_control(self.names().0)
    }

    /// Its envelope.
    pub fn envelope(&self) -> &'a [u8] {
        parse(self.frame).map(|parts| parts.envelope).unwrap_or_default()
    }

    /// The event's data where its writer noted that it is valid JSON; else `None`, and the envelope must be read.
    pub fn json(&self) -> Option<&'a [u8]> {
        let parts = parse(self.frame)?;
        parts.data.and_then(|data| parts.envelope.get(data))
    }

    /// Its attributes, and its data as [`Record::json`] gives it, read in one pass.
    pub fn attributes_and_json(&self) -> Option<(Attributes<'a>, &'a [u8])> {
        let parts = parse(self.frame)?;
        let json = parts.data.and_then(|data| parts.envelope.get(data))?;
        Some((parts.attributes, json))
    }

    /// Its time in the order of all records.
    pub fn time(&self) -> Time {
        Time::of(self.log_time, self.position)
    }
}

impl<'a> Attributes<'a> {
    fn texts(&self) -> [&'a str; ATTRIBUTES] {
        [self.id, self.source, self.kind, self.subject, self.time, self.datacontenttype, self.upstream_id]
    }
}

/// Appends the frame of an envelope and its attributes to `buffer`, as [`NewRecord::new`] makes it; answers where it stands.
///
/// # Errors
/// As [`NewRecord::new`]; nothing is then appended.
pub fn write_frame(
    buffer: &mut Vec<u8>,
    attributes: &Attributes<'_>,
    envelope: &[u8],
    data: Option<Range<usize>>,
) -> Result<Range<usize>> {
    let texts = attributes.texts();
    if let Some(long) = texts.iter().find(|text| text.len() > usize::from(u16::MAX)) {
        return Err(Error::user(format!("a context attribute has {} bytes; at most 65,535 are allowed", long.len())));
    }
    if u32::try_from(envelope.len()).is_err() {
        return Err(Error::user(format!("an event of {} bytes is too large for a record", envelope.len())));
    }
    let begin = buffer.len();
    let size: usize = texts.iter().map(|text| text.len()).sum();
    buffer.reserve(LENGTHS.end + size + 8 + envelope.len());
    buffer.extend_from_slice(&[0; 4]);
    texts.iter().for_each(|text| buffer.extend_from_slice(&(text.len() as u16).to_le_bytes()));
    texts.iter().for_each(|text| buffer.extend_from_slice(text.as_bytes()));
    let (start, len) = data.map_or((UNKNOWN, 0), |data| (data.start as u32, data.len() as u32));
    buffer.extend_from_slice(&start.to_le_bytes());
    buffer.extend_from_slice(&len.to_le_bytes());
    buffer.extend_from_slice(envelope);
    let crc = crc32fast::hash(&buffer[begin + 4..]);
    buffer[begin..begin + 4].copy_from_slice(&crc.to_le_bytes());
    Ok(begin..buffer.len())
}

/// Whether the attributes and what follows them have room in a frame.
fn is_frame(frame: &[u8]) -> bool {
    let lengths = frame.get(LENGTHS).unwrap_or_default().as_chunks().0;
    let texts: usize = lengths.iter().map(|len| usize::from(u16::from_le_bytes(*len))).sum();
    lengths.len() == ATTRIBUTES && frame.len() >= LENGTHS.end + texts + 8
}

struct Parts<'a> {
    attributes: Attributes<'a>,
    data: Option<Range<usize>>,
    envelope: &'a [u8],
}

fn parse(frame: &[u8]) -> Option<Parts<'_>> {
    let lengths = frame.get(LENGTHS)?;
    let mut rest = frame.get(LENGTHS.end..)?;
    let mut texts = [""; ATTRIBUTES];
    for (text, len) in texts.iter_mut().zip(lengths.chunks_exact(2)) {
        let len = usize::from(u16::from_le_bytes([*len.first()?, *len.last()?]));
        let (bytes, after) = rest.split_at_checked(len)?;
        *text = std::str::from_utf8(bytes).ok()?;
        rest = after;
    }
    let (start, rest) = rest.split_first_chunk::<4>()?;
    let (len, envelope) = rest.split_first_chunk::<4>()?;
    let (start, len) = (u32::from_le_bytes(*start), u32::from_le_bytes(*len) as usize);
    let data = (start != UNKNOWN).then(|| start as usize..start as usize + len);
    let [id, source, kind, subject, time, datacontenttype, upstream_id] = texts;
    Some(Parts {
        attributes: Attributes { id, source, kind, subject, time, datacontenttype, upstream_id },
        data,
        envelope,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames() -> (Bytes, Vec<Range<usize>>) {
        let mut buffer = Vec::new();
        let mut ranges = Vec::new();
        for n in 0..3 {
            let id = n.to_string();
            let attributes = Attributes { id: &id, source: "s", subject: "e", ..Attributes::default() };
            let record = NewRecord::new(&attributes, br#"{"data":{"a":1}}"#, Some(8..15)).unwrap();
            ranges.push(buffer.len()..buffer.len() + record.frame().len());
            buffer.extend_from_slice(record.frame());
        }
        (buffer.into(), ranges)
    }

    #[test]
    fn a_batch_gives_back_what_was_framed() {
        let (buffer, ranges) = frames();
        let mut batch = Batch::new(Partition(3), buffer);
        for (n, range) in ranges.into_iter().enumerate() {
            batch.push(Offset(n as u64 * 2), LogTime(5), range, true).unwrap();
        }
        let record = batch.get(1).unwrap();
        assert_eq!((record.attributes().id, record.attributes().subject), ("1", "e"));
        assert_eq!(record.json(), Some(&br#"{"a":1}"#[..]));
        assert_eq!(record.position, Position { partition: Partition(3), offset: Offset(2) });
        assert!(batch.get(3).is_none());
    }

    #[test]
    fn every_flipped_bit_is_noticed() {
        let (buffer, ranges) = frames();
        let frame = ranges[0].clone();
        for byte in frame.clone() {
            for bit in 0..8 {
                let mut damaged = buffer.to_vec();
                damaged[byte] ^= 1 << bit;
                assert!(
                    Batch::new(Partition(0), damaged.into()).push(Offset(0), LogTime(0), frame.clone(), true).is_err()
                );
            }
        }
    }

    #[test]
    fn log_time_never_falls_within_a_partition() {
        let (buffer, ranges) = frames();
        let mut batch = Batch::new(Partition(0), buffer);
        for (range, ms) in ranges.into_iter().zip([7, 3, 9]) {
            batch.push(Offset(ms), LogTime(ms), range, false).unwrap();
        }
        assert_eq!(batch.clamp(LogTime(5)), LogTime(9));
        assert_eq!(batch.iter().map(|r| r.log_time.0).collect::<Vec<_>>(), [7, 7, 9]);
    }
}
