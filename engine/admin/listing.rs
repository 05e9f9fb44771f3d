//! Rows of the state as people and programs read them; the same beside a running process and without one.

use crate::process::BusName;
use crate::rows::{self, DeadRow, JournalRow, Outcome, UndecodableRow};
use model::ports::Table;
use model::{Error, Event, FiringId, LogTime, Offset, Partition, Position, Result, State, Time};
use operators::effect::Firing;
use serde_json::{Value, json};

/// Which rows are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Everything.
    pub all: bool,
    /// This firing.
    pub id: Option<FiringId>,
    /// The undecodable record that stands there.
    pub record: Option<Position>,
    /// The trigger's name, or `sensor/trigger`, or `namespace/sensor/trigger`.
    pub trigger: Option<String>,
    /// Firings that ended this way.
    pub outcome: Option<Outcome>,
    /// Nothing before it; milliseconds since 1970.
    pub since: Option<u64>,
    /// Rows whose reason contains it.
    pub reason: Option<String>,
    /// At most so many rows, the newest.
    pub limit: Option<usize>,
    /// Only what was journaled after this commit.
    pub after: Option<u64>,
}

impl Filter {
    /// Reads a query such as `trigger=t&since=1700000000000&all=true`.
    ///
    /// # Errors
    /// Members that are not known or not readable.
    pub fn parse(query: &str) -> Result<Self> {
        let mut filter = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let number = || value.parse::<u64>().map_err(|_| Error::user(format!("{name}={value}: expected a number")));
            match &*name {
                "all" => filter.all = value == "true",
                "id" => filter.identify(&value)?,
                "trigger" => filter.trigger = Some(value.into_owned()),
                "reason" => filter.reason = Some(value.into_owned()),
                "outcome" => filter.outcome = Some(outcome(&value)?),
                "since" => filter.since = Some(number()?),
                "limit" => filter.limit = Some(number()? as usize),
                "after" => filter.after = Some(number()?),
                _ => {
                    return Err(Error::user(format!(
                        "{name} is not a filter; there are all, id, trigger, reason, outcome, since, limit and after"
                    )));
                }
            }
        }
        Ok(filter)
    }

    /// Wants one dead letter: the id of a firing, or `{partition}/{offset}` of a record.
    ///
    /// # Errors
    /// A text that is neither.
    pub fn identify(&mut self, id: &str) -> Result<()> {
        let Some((partition, offset)) = id.split_once('/') else {
            self.id = Some(id.parse()?);
            return Ok(());
        };
        let wrong = || Error::user(format!("{id:?} is no record; expected its partition and offset, such as 0/41"));
        let partition = Partition(partition.parse().map_err(|_| wrong())?);
        self.record = Some(Position { partition, offset: Offset(offset.parse().map_err(|_| wrong())?) });
        Ok(())
    }

    /// The query that [`Filter::parse`] reads.
    pub fn query(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let mut put = |name: &str, value: Option<String>| value.map(|value| _ = query.append_pair(name, &value));
        put("all", self.all.then(|| "true".to_owned()));
        put("id", self.id.map(|id| id.to_string()));
        put("id", self.record.map(|record| format!("{}/{}", record.partition.0, record.offset.0)));
        put("trigger", self.trigger.clone());
        put("reason", self.reason.clone());
        put("outcome", self.outcome.map(|outcome| word(outcome).to_owned()));
        put("since", self.since.map(|since| since.to_string()));
        put("limit", self.limit.map(|limit| limit.to_string()));
        put("after", self.after.map(|after| after.to_string()));
        query.finish()
    }

    /// Whether it names nothing, not even everything.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether an undecodable record is wanted.
    fn wants_record(&self, row: &UndecodableRow) -> bool {
        self.id.is_none()
            && self.trigger.is_none()
            && self.record.is_none_or(|wanted| wanted == row.time.position())
            && self.since.is_none_or(|since| row.time.log_time.0 >= since)
            && self.reason.as_ref().is_none_or(|wanted| row.reason.contains(wanted))
    }

    fn wants(&self, id: FiringId, trigger: &operators::plan::TriggerName, at: u64, reason: &str) -> bool {
        let full = trigger.to_string();
        let named = |wanted: &String| full == *wanted || full.ends_with(&format!("/{wanted}"));
        self.record.is_none()
            && self.id.is_none_or(|wanted| wanted == id)
            && self.trigger.as_ref().is_none_or(named)
            && self.since.is_none_or(|since| at >= since)
            && self.reason.as_ref().is_none_or(|wanted| reason.contains(wanted))
    }
}

/// The outcome of that name.
///
/// # Errors
/// Another word.
pub fn outcome(text: &str) -> Result<Outcome> {
    let all = [Outcome::Succeeded, Outcome::Rescued, Outcome::Dead, Outcome::Dropped, Outcome::Interrupted];
    let words = || all.map(word).join(", ");
    all.into_iter()
        .find(|outcome| word(*outcome) == text)
        .ok_or_else(|| Error::user(format!("{text:?} is no outcome; there are {}", words())))
}

/// The word for an outcome.
pub fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Succeeded => "succeeded",
        Outcome::Rescued => "rescued",
        Outcome::Dead => "dead",
        Outcome::Dropped => "dropped",
        Outcome::Interrupted => "interrupted",
    }
}

/// The hits that conditions wait with.
///
/// # Errors
/// Rows that cannot be read.
pub fn pending((_, bus): &BusName, state: &dyn State, filter: &Filter) -> Result<Vec<Value>> {
    let rows = rows::pending(state)?
        .into_iter()
        .filter(|row| filter.wants(FiringId([0; 16]), &row.place.trigger, row.time.log_time.0, ""));
    let row = |row: operators::effect::Pending| {
        let (place, position) = (&row.place, row.time.position());
        json!({ "namespace": place.trigger.namespace, "bus": bus, "sensor": place.trigger.sensor, "trigger": place.trigger.trigger, "dependency": place.dependency,
                "key": place.key, "since": time(row.time.log_time), "event": row.event.context.id, "partition": position.partition.0, "offset": position.offset.0 })
    };
    Ok(rows.map(row).take(filter.limit.unwrap_or(usize::MAX)).collect())
}

/// The journal: how firings ended.
///
/// # Errors
/// Rows that cannot be read.
pub fn firings((_, bus): &BusName, state: &dyn State, filter: &Filter) -> Result<Vec<Value>> {
    let (mut found, mut failed) = (std::collections::VecDeque::new(), None);
    let start = filter.after.map_or_else(Vec::new, |after| rows::journal_key(after + 1, 0));
    state.scan(Table::Journal, &start..rows::EVERY.end, &mut |key, value| {
        let commit = key.first_chunk().map_or(0, |number| u64::from_be_bytes(*number));
        match rows::decode::<Vec<JournalRow>>(Table::Journal, value) {
            Ok(rows) => {
                let wanted = |row: &JournalRow| {
                    filter.wants(row.id, &row.trigger, row.ended, &row.detail)
                        && filter.outcome.is_none_or(|outcome| outcome == row.outcome)
                };
                found.extend(rows.into_iter().filter(wanted).map(|row| (commit, row)));
                while filter.limit.is_some_and(|limit| found.len() > limit) {
                    found.pop_front();
                }
            }
            Err(error) => failed = Some(error),
        }
        failed.is_none()
    })?;
    failed.map_or(Ok(()), Err)?;
    let row = |(commit, row): (u64, JournalRow)| {
        let events: Vec<_> = row.events.iter().map(|event| json!({ "dependency": event.dependency, "id": event.id, "partition": event.position.partition.0, "offset": event.position.offset.0 })).collect();
        json!({ "id": row.id.to_string(), "namespace": row.trigger.namespace, "bus": bus, "sensor": row.trigger.sensor, "trigger": row.trigger.trigger, "key": row.key,
                "outcome": word(row.outcome), "attempts": row.attempts, "fired": time(row.time.log_time), "began": time(LogTime(row.began)), "ended": time(LogTime(row.ended)),
                "detail": row.detail, "plan": format!("{:016x}", row.plan), "events": events, "commit": commit })
    };
    Ok(found.into_iter().map(row).collect())
}

/// The dead letters: firings, with their events where one is asked for by its id, and records that are no events, with
/// what they hold where one is asked for.
///
/// # Errors
/// Rows that cannot be read.
pub fn dead((_, bus): &BusName, state: &dyn State, filter: &Filter) -> Result<Vec<Value>> {
    let row = |row: DeadRow| {
        let firing = &row.firing;
        let mut value = json!({ "id": firing.id.to_string(), "namespace": firing.trigger.namespace, "bus": bus, "sensor": firing.trigger.sensor, "trigger": firing.trigger.trigger,
                "key": firing.key, "fired": time(firing.time.log_time), "since": time(LogTime(row.since)), "attempts": row.attempts, "reason": row.reason });
        if let (Some(_), Some(members)) = (filter.id, value.as_object_mut()) {
            members.insert("events".to_owned(), events(firing));
        }
        value
    };
    let record = |row: UndecodableRow| {
        let (position, since) = (row.time.position(), time(row.time.log_time));
        let id = format!("{}/{}", position.partition.0, position.offset.0);
        let mut value = json!({ "id": id, "bus": bus, "partition": position.partition.0, "offset": position.offset.0, "since": since,
                "attempts": 0, "reason": row.reason });
        if let (Some(_), Some(members)) = (filter.record, value.as_object_mut()) {
            members.insert("value".to_owned(), String::from_utf8_lossy(&row.bytes).into());
        }
        value
    };
    let firings = dead_rows(state, filter)?.into_iter().map(row);
    let records = undecodable_rows(state, filter)?.into_iter().map(record);
    Ok(firings.chain(records).take(filter.limit.unwrap_or(usize::MAX)).collect())
}

/// The times of undecodable records.
///
/// # Errors
/// Rows that cannot be read.
pub fn undecodable(state: &dyn State, filter: &Filter) -> Result<Vec<Time>> {
    Ok(undecodable_rows(state, filter)?.into_iter().map(|row| row.time).collect())
}

fn undecodable_rows(state: &dyn State, filter: &Filter) -> Result<Vec<UndecodableRow>> {
    let rows: Vec<(Vec<u8>, UndecodableRow)> = rows::all(state, Table::Undecodable, rows::EVERY)?;
    Ok(rows.into_iter().map(|(_, row)| row).filter(|row| filter.wants_record(row)).collect())
}

/// The ids of dead letters.
///
/// # Errors
/// Rows that cannot be read.
pub fn dead_ids(_: &BusName, state: &dyn State, filter: &Filter) -> Result<Vec<FiringId>> {
    Ok(dead_rows(state, filter)?.into_iter().map(|row| row.firing.id).collect())
}

fn dead_rows(state: &dyn State, filter: &Filter) -> Result<Vec<DeadRow>> {
    let rows: Vec<(Vec<u8>, DeadRow)> = rows::all(state, Table::Dead, rows::EVERY)?;
    let mut rows: Vec<_> = rows
        .into_iter()
        .map(|(_, row)| row)
        .filter(|row| filter.wants(row.firing.id, &row.firing.trigger, row.since, &row.reason))
        .collect();
    rows.sort_by_key(|row| (row.since, row.firing.time));
    Ok(rows)
}

fn events(firing: &Firing) -> Value {
    let event = |event: &model::FiredEvent| {
        let position = event.time.position();
        json!({ "dependency": event.dependency, "partition": position.partition.0, "offset": position.offset.0, "context": context(&event.event), "data": data(&event.event) })
    };
    firing.events.iter().map(event).collect()
}

fn context(event: &Event<'_>) -> Value {
    serde_json::to_value(&event.context).unwrap_or_default()
}

/// The data as JSON, or as text where it is none.
fn data(event: &Event<'_>) -> Value {
    let text = event.data.as_deref().map(String::from_utf8_lossy);
    text.map_or(Value::Null, |text| serde_json::from_str(&text).unwrap_or_else(|_| Value::String(text.into_owned())))
}

fn time(at: LogTime) -> String {
    at.timestamp().to_string()
}
