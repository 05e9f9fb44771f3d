//! An event as a message of a topic: which key and headers it has, and how a message of anybody becomes a record.

use model::envelope::{UNDECODABLE_SOURCE, UPSTREAM_ID, adopt, adopt_binary, bare_source};
use model::{Attributes, Error, NewRecord, Result, write_frame};
use rdkafka::Message;
use rdkafka::message::{Header, Headers, OwnedHeaders};
use std::ops::Range;

/// The content type of an envelope in CloudEvents' structured mode.
const STRUCTURED: &str = "application/cloudevents+json; charset=UTF-8";
/// Our own header: `{start},{length},{crc}`, where the event's JSON text stands in the envelope, and the CRC-32 of the
/// envelope in hexadecimal digits. A reader to whom the CRC proves that the envelope is the writer's reads no JSON.
const SEAL: &str = "tidegate";
/// How much of a message that is no event is kept to be looked at.
const KEPT: usize = 4096;

/// The key of a record: events of one route keep their order.
pub(super) fn key(attributes: &Attributes<'_>) -> String {
    format!("{}.{}", bare_source(attributes.source), attributes.subject)
}

/// The headers of a record: the context attributes, as routing needs them.
pub(super) fn headers(record: &NewRecord) -> OwnedHeaders {
    let attributes = record.attributes();
    let upstream_id = format!("ce_{UPSTREAM_ID}");
    let mut headers = OwnedHeaders::new_with_capacity(10)
        .insert(Header { key: "content-type", value: Some(STRUCTURED) })
        .insert(Header { key: "ce_specversion", value: Some("1.0") });
    let texts = [
        ("ce_id", attributes.id),
        ("ce_source", attributes.source),
        ("ce_type", attributes.kind),
        ("ce_subject", attributes.subject),
        ("ce_time", attributes.time),
        ("ce_datacontenttype", attributes.datacontenttype),
        (&upstream_id, attributes.upstream_id),
    ];
    for (key, value) in texts.into_iter().filter(|(_, value)| !value.is_empty()) {
        headers = headers.insert(Header { key, value: Some(value) });
    }
    let Some(data) = record.data() else { return headers };
    let seal = format!("{},{},{:x}", data.start, data.len(), crc32fast::hash(record.envelope()));
    headers.insert(Header { key: SEAL, value: Some(&seal) })
}

/// Appends the frame of a message to `buffer`. What is no event becomes an undecodable record, which says why.
///
/// # Errors
/// None in practice: even what is undecodable fits into a frame.
pub(super) fn frame(message: &impl Message, buffer: &mut Vec<u8>) -> Result<Range<usize>> {
    let value = message.payload().unwrap_or_default();
    if let Some((attributes, data)) = sealed(message, value)
        && let Ok(frame) = write_frame(buffer, &attributes, value, Some(data))
    {
        return Ok(frame);
    }
    match adopted(message, value) {
        Ok(record) => {
            let begin = buffer.len();
            buffer.extend_from_slice(record.frame());
            Ok(begin..buffer.len())
        }
        Err(error) => {
            let (reason, id) = (error.to_string(), format!("{}/{}", message.partition(), message.offset()));
            let attributes =
                Attributes { id: &id, source: UNDECODABLE_SOURCE, kind: cut(&reason), ..Attributes::default() };
            write_frame(buffer, &attributes, value.get(..KEPT).unwrap_or(value), None)
        }
    }
}

/// Attributes and place of the data of a message that one of us wrote.
fn sealed<'a>(message: &'a impl Message, value: &[u8]) -> Option<(Attributes<'a>, Range<usize>)> {
    let mut attributes = Attributes::default();
    let mut data = None;
    for header in message.headers()?.iter() {
        let text = std::str::from_utf8(header.value.unwrap_or_default()).ok()?;
        match header.key {
            "ce_id" => attributes.id = text,
            "ce_source" => attributes.source = text,
            "ce_type" => attributes.kind = text,
            "ce_subject" => attributes.subject = text,
            "ce_time" => attributes.time = text,
            "ce_datacontenttype" => attributes.datacontenttype = text,
            "ce_upstreamid" => attributes.upstream_id = text,
            SEAL => {
                let (start, rest) = text.split_once(',')?;
                let (len, crc) = rest.split_once(',')?;
                let (start, len): (usize, usize) = (start.parse().ok()?, len.parse().ok()?);
                let end = start.checked_add(len).filter(|end| *end <= value.len())?;
                data = (u32::from_str_radix(crc, 16).ok()? == crc32fast::hash(value)).then_some(start..end);
            }
            _ => {}
        }
    }
    Some((attributes, data?))
}

/// The record of a message that somebody else wrote.
fn adopted(message: &impl Message, value: &[u8]) -> Result<NewRecord> {
    let mut headers = Vec::new();
    for header in message.headers().into_iter().flat_map(|headers| headers.iter()) {
        match std::str::from_utf8(header.value.unwrap_or_default()) {
            Ok(text) => headers.push((header.key, text)),
            // Only what CloudEvents gives a meaning must be text.
            Err(_) if header.key.len() < 3 || !header.key.is_char_boundary(2) => {}
            Err(_) if header.key[..2].eq_ignore_ascii_case("ce") => {
                return Err(Error::data(format!("the header {:?} is not UTF-8", header.key)));
            }
            Err(_) => {}
        }
    }
    let given =
        |wanted: &str| headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, text)| *text);
    let structured = given("content-type").is_some_and(|kind| kind.starts_with("application/cloudevents"));
    let binary = given("ce_specversion").or_else(|| given("ce-specversion")).is_some();
    if binary && !structured {
        return adopt_binary(headers.iter().copied(), value);
    }
    if value.is_empty() {
        return Err(Error::data("the record has no value and no CloudEvents headers"));
    }
    adopt(value)
}

/// As much of a reason as an attribute takes.
fn cut(reason: &str) -> &str {
    let end = reason.char_indices().map(|(at, _)| at).take_while(|at| *at <= KEPT).last().unwrap_or(0);
    if reason.len() <= KEPT { reason } else { &reason[..end] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::envelope::{Draft, Form, event, write};
    use model::{Batch, LogTime, Offset, Origin, Partition, Route};
    use proptest::prelude::*;
    use rdkafka::Timestamp;
    use rdkafka::message::OwnedMessage;

    fn message(headers: Option<OwnedHeaders>, value: Option<&[u8]>) -> OwnedMessage {
        let value = value.map(<[u8]>::to_vec);
        OwnedMessage::new(value, None, "t".into(), Timestamp::LogAppendTime(7), 3, 41, headers)
    }

    fn batch(message: &OwnedMessage) -> Batch {
        let mut buffer = Vec::new();
        let frame = frame(message, &mut buffer).unwrap();
        let mut batch = Batch::new(Partition(3), buffer.into());
        batch.push(Offset(41), LogTime(7), frame, true).unwrap();
        batch
    }

    fn written(form: Form) -> NewRecord {
        let route = Route {
            namespace: "ns".into(),
            bus: "default".into(),
            event_source: "hooks".into(),
            event_name: "push".into(),
        };
        let origin = Origin { route, kind: "github".into() };
        let draft = Draft {
            origin: &origin,
            id: "1",
            upstream_id: Some("u"),
            time: "2026-11-24T03:25:42Z",
            data: r#"{"n":1.10}"#,
        };
        write(&draft, form).unwrap()
    }

    #[test]
    fn what_we_write_comes_back_as_it_was() {
        for form in [Form::Documented, Form::Argo] {
            let new = written(form);
            assert_eq!(key(&new.attributes()), "hooks.push");
            let batch = batch(&message(Some(headers(&new)), Some(new.envelope())));
            let record = batch.get(0).unwrap();
            assert_eq!((record.attributes(), record.envelope()), (new.attributes(), new.envelope()));
            assert_eq!(record.json().is_some(), form == Form::Documented);
        }
    }

    #[test]
    fn a_broken_seal_is_not_believed() {
        let new = written(Form::Documented);
        let mut value = new.envelope().to_vec();
        value.truncate(value.len() - 2);
        let batch = batch(&message(Some(headers(&new)), Some(&value)));
        assert_eq!(batch.get(0).unwrap().attributes().source, UNDECODABLE_SOURCE);
        let forged = OwnedHeaders::new().insert(Header { key: SEAL, value: Some("9,18446744073709551615,0") });
        let batch = self::batch(&message(Some(forged), Some(new.envelope())));
        assert_eq!(batch.get(0).unwrap().attributes().id, "1");
    }

    #[test]
    fn what_the_reference_and_others_write_is_understood() {
        let argo = br#"{"specversion":"1.0","id":"1","source":"hooks","type":"webhook","subject":"push","datacontenttype":"application/json","data_base64":"e30="}"#;
        let binary = [("ce_specversion", "1.0"), ("ce_id", "1"), ("ce_source", "hooks"), ("ce_subject", "push")]
            .into_iter()
            .fold(OwnedHeaders::new(), |all, (key, value)| all.insert(Header { key, value: Some(value) }));
        for (headers, value) in [(None, &argo[..]), (Some(binary), b"{}")] {
            let batch = batch(&message(headers, Some(value)));
            let event = event(&batch.get(0).unwrap()).unwrap();
            assert_eq!((&*event.context.source, &*event.context.subject, event.text()), ("hooks", "push", Some("{}")));
        }
    }

    #[test]
    fn what_is_no_event_says_why_and_where() {
        let hostile = OwnedHeaders::new().insert(Header { key: "ce_id", value: Some(&b"\xff"[..]) });
        let old = OwnedHeaders::new().insert(Header { key: "ce_specversion", value: Some("0.1") });
        let cases = [
            (message(None, None), "no value"),
            (message(None, Some(b"hello")), "not a JSON object"),
            (message(None, Some(b"\xff\xfe")), "not a JSON object"),
            (message(None, Some(b"{}")), "specversion"),
            (message(Some(hostile), Some(b"{}")), "\"ce_id\" is not UTF-8"),
            (message(Some(old), Some(b"{}")), "ce_specversion"),
        ];
        for (message, part) in cases {
            let batch = batch(&message);
            let record = batch.get(0).unwrap();
            let attributes = record.attributes();
            assert_eq!((attributes.source, attributes.id), (UNDECODABLE_SOURCE, "3/41"));
            assert!(attributes.kind.contains(part), "{}", attributes.kind);
            assert_eq!(record.envelope(), message.payload().unwrap_or_default());
        }
    }

    proptest! {
        #[test]
        fn any_message_becomes_a_record(
            value in proptest::option::of(proptest::collection::vec(any::<u8>(), 0..64)),
            names in proptest::collection::vec("(ce_|CE-|)(id|source|specversion|x)|content-type|tidegate", 0..6),
            bytes in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..9), 6),
        ) {
            let headers = names.iter().zip(&bytes).fold(OwnedHeaders::new(), |all, (key, value)| {
                all.insert(Header { key, value: Some(value) })
            });
            let batch = batch(&message(Some(headers), value.as_deref()));
            prop_assert_eq!(batch.len(), 1);
        }
    }
}
