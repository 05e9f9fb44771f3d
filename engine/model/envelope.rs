//! The bytes of an event on a bus: CloudEvents 1.0 as structured JSON, written in the documented or in Argo's own form,
//! and read in every form that either of them, or CloudEvents' binary mode, uses.

use crate::{Attributes, Context, Error, Event, NewRecord, Origin, Record, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

/// What the documented `source` starts with, before `{namespace}/{eventSourceName}/{eventName}`.
pub const SOURCE_PREFIX: &str = "eventsource/";
/// What the documented `type` starts with, before the kind of the source.
pub const TYPE_PREFIX: &str = "com.github.argoproj.argo-events.";
/// The `source` of the records that only move an idle partition's time on.
pub const TICK_SOURCE: &str = "tidegate/tick";
/// The `source` of the records that say which log this is and how many partitions it has.
pub const LOG_SOURCE: &str = "tidegate/log";
/// The `source` under which a bus gives back a record that is no event; its `type` says why, its envelope is what was there.
pub const UNDECODABLE_SOURCE: &str = "tidegate/undecodable";
/// The extension attribute that holds the upstream's own id of a message.
pub const UPSTREAM_ID: &str = "upstreamid";

/// Which form of the envelope a bus is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Form {
    /// As the AsyncAPI document says: long `source` and `type`, JSON data as `data`.
    #[default]
    Documented,
    /// As Argo Events writes it: bare `source` and `type`, data always as `data_base64`.
    Argo,
}

/// What a source knows of an event that is to be written.
#[derive(Debug, Clone, Copy)]
pub struct Draft<'a> {
    /// Where it comes from.
    pub origin: &'a Origin,
    /// CloudEvent id.
    pub id: &'a str,
    /// The upstream's own id of the message, if it has one.
    pub upstream_id: Option<&'a str>,
    /// RFC 3339.
    pub time: &'a str,
    /// One valid JSON text: every source gives its payload as JSON.
    pub data: &'a str,
}

/// The record of a drafted event.
///
/// # Errors
/// An attribute or an event too large for a record.
pub fn write(draft: &Draft<'_>, form: Form) -> Result<NewRecord> {
    let route = &draft.origin.route;
    let (source, kind) = match form {
        Form::Documented => (
            format!("{SOURCE_PREFIX}{}/{}/{}", route.namespace, route.event_source, route.event_name),
            format!("{TYPE_PREFIX}{}", draft.origin.kind),
        ),
        Form::Argo => (route.event_source.clone(), draft.origin.kind.clone()),
    };
    let attributes = Attributes {
        id: draft.id,
        source: &source,
        kind: &kind,
        subject: &route.event_name,
        time: draft.time,
        datacontenttype: "application/json",
        upstream_id: draft.upstream_id.unwrap_or_default(),
    };
    let mut envelope = Vec::with_capacity(draft.data.len() + 384);
    begin(&mut envelope, &attributes)?;
    let data = match form {
        Form::Documented => Some(push_json(&mut envelope, draft.data)),
        Form::Argo => {
            push_base64(&mut envelope, draft.data.as_bytes());
            None
        }
    };
    envelope.push(b'}');
    NewRecord::new(&attributes, &envelope, data)
}

/// The beginning of an envelope: all attributes that are not empty.
fn begin(envelope: &mut Vec<u8>, attributes: &Attributes<'_>) -> Result<()> {
    envelope.extend_from_slice(br#"{"specversion":"1.0""#);
    let members = [
        ("id", attributes.id),
        ("source", attributes.source),
        ("type", attributes.kind),
        ("subject", attributes.subject),
        ("datacontenttype", attributes.datacontenttype),
        ("time", attributes.time),
        (UPSTREAM_ID, attributes.upstream_id),
    ];
    for (name, value) in members.into_iter().filter(|(_, value)| !value.is_empty()) {
        envelope.extend_from_slice(format!(",\"{name}\":").as_bytes());
        serde_json::to_writer(&mut *envelope, value).map_err(|error| Error::internal(error.to_string()))?;
    }
    Ok(())
}

/// Adds data that is one valid JSON text; answers where it stands.
fn push_json(envelope: &mut Vec<u8>, json: &str) -> Range<usize> {
    envelope.extend_from_slice(br#","data":"#);
    let start = envelope.len();
    envelope.extend_from_slice(json.as_bytes());
    start..envelope.len()
}

fn push_base64(envelope: &mut Vec<u8>, data: &[u8]) {
    envelope.extend_from_slice(br#","data_base64":""#);
    envelope.extend_from_slice(BASE64.encode(data).as_bytes());
    envelope.push(b'"');
}

/// A record that carries nothing but the passing of time.
///
/// # Errors
/// None in practice; the type is that of every record.
pub fn tick(time: &str) -> Result<NewRecord> {
    control(TICK_SOURCE, "tidegate.tick", time, time, "null")
}

/// A record of our own that is no event: `source` is one of those that [`is_control`] knows, `data` one valid JSON text.
///
/// # Errors
/// None in practice; the type is that of every record.
pub fn control(source: &str, kind: &str, id: &str, time: &str, data: &str) -> Result<NewRecord> {
    let attributes = Attributes { id, source, kind, time, ..Attributes::default() };
    let envelope = format!(
        r#"{{"specversion":"1.0","id":"{id}","source":"{source}","type":"{kind}","time":"{time}","data":{data}}}"#
    );
    let data = envelope.len() - 1 - data.len()..envelope.len() - 1;
    NewRecord::new(&attributes, envelope.as_bytes(), Some(data))
}

/// Whether records of this `source` are of our own making and no events.
pub fn is_control(source: &[u8]) -> bool {
    source == TICK_SOURCE.as_bytes() || source == LOG_SOURCE.as_bytes()
}

/// A record of an envelope that somebody else wrote, with the attributes that stand in it, in CloudEvents' structured mode.
///
/// # Errors
/// As [`read`], and what is too large for a record.
pub fn adopt(envelope: &[u8]) -> Result<NewRecord> {
    let members = members(envelope)?;
    let text = |name: &str| attribute(&members, name);
    let (id, source, kind, subject) = (text("id")?, text("source")?, text("type")?, text("subject")?);
    let (time, datacontenttype, upstream_id) = (text("time")?, text("datacontenttype")?, text(UPSTREAM_ID)?);
    read(envelope)?;
    let attributes = Attributes {
        id: &id,
        source: &source,
        kind: &kind,
        subject: &subject,
        time: &time,
        datacontenttype: &datacontenttype,
        upstream_id: &upstream_id,
    };
    NewRecord::new(&attributes, envelope, None)
}

/// A record of an event that somebody else wrote in CloudEvents' binary mode.
///
/// # Errors
/// As [`read_binary`], and what is too large for a record.
pub fn adopt_binary<'a>(
    headers: impl IntoIterator<Item = (&'a str, &'a str)> + Clone,
    body: &'a [u8],
) -> Result<NewRecord> {
    let header = |wanted: &str| {
        let same = |(name, _): &(&str, &str)| {
            name.to_ascii_lowercase().strip_prefix("ce").and_then(|rest| rest.get(1..)) == Some(wanted)
        };
        headers.clone().into_iter().find(same).map_or("", |(_, value)| value)
    };
    let event = read_binary(headers.clone(), body)?;
    let attributes = Attributes {
        id: &event.context.id,
        source: header("source"),
        kind: header("type"),
        subject: &event.context.subject,
        time: &event.context.time,
        datacontenttype: &event.context.datacontenttype,
        upstream_id: header(UPSTREAM_ID),
    };
    let mut envelope = Vec::with_capacity(body.len() + 384);
    begin(&mut envelope, &attributes)?;
    let json = is_json(attributes.datacontenttype).then(|| serde_json::from_slice::<&RawValue>(body).ok()).flatten();
    let data = match json {
        Some(json) => Some(push_json(&mut envelope, json.get())),
        None if body.is_empty() => None,
        None => {
            push_base64(&mut envelope, body);
            None
        }
    };
    envelope.push(b'}');
    NewRecord::new(&attributes, &envelope, data)
}

/// The event of a record, in the bare form that manifests see.
///
/// # Errors
/// As [`read`], where the writer noted no place of the data.
pub fn event<'a>(record: &Record<'a>) -> Result<Event<'a>> {
    let Some((attributes, data)) = record.attributes_and_json() else { return read(record.envelope()) };
    let context = Context {
        id: attributes.id.into(),
        source: bare_source(attributes.source).into(),
        specversion: "1.0".into(),
        kind: bare_kind(attributes.kind).into(),
        datacontenttype: attributes.datacontenttype.into(),
        subject: attributes.subject.into(),
        time: attributes.time.into(),
    };
    Ok(Event { context, data: Some(Cow::Borrowed(data)), data_is_json: true })
}

/// Reads a structured envelope, in the bare form that manifests see.
///
/// The rules are those of the CloudEvents SDK that Argo's sensors read with: `specversion` 0.3 or 1.0; attributes are
/// texts; `data_base64` beats `data`; a JSON string in `data` keeps its quotes only for JSON content types, and for others
/// `data` must be a string.
///
/// # Errors
/// Bytes that are no such event; the text says why.
pub fn read(envelope: &[u8]) -> Result<Event<'_>> {
    let members = members(envelope)?;
    let specversion = attribute(&members, "specversion")?;
    if !matches!(&*specversion, "1.0" | "0.3") {
        return Err(Error::data(format!("specversion is {specversion:?}; expected \"1.0\" or \"0.3\"")));
    }
    let source = attribute(&members, "source")?;
    if members.contains_key("source") && !is_uri_reference(&source) {
        return Err(Error::data("source is no URI reference"));
    }
    let time = attribute(&members, "time")?;
    if !time.is_empty() && time.parse::<jiff::Timestamp>().is_err() {
        return Err(Error::data(format!("time {time:?} is not RFC 3339")));
    }
    let datacontenttype = attribute(&members, "datacontenttype")?;
    let kind = attribute(&members, "type")?;
    let data = match (members.get("data_base64"), members.get("data")) {
        (Some(raw), _) => Some(Cow::Owned(decode_base64(raw)?)),
        (None, Some(raw)) => Some(data_member(raw, &datacontenttype)?),
        (None, None) => None,
    };
    let context = Context {
        id: attribute(&members, "id")?,
        source: bare(source, bare_source),
        specversion,
        kind: bare(kind, bare_kind),
        datacontenttype,
        subject: attribute(&members, "subject")?,
        time,
    };
    Ok(Event { context, data, data_is_json: false })
}

/// Reads CloudEvents' binary mode: attributes as `ce_` (or `ce-`) headers and `content-type`, the data as the body.
///
/// # Errors
/// A missing or unknown `ce_specversion`, or a time that is not RFC 3339.
pub fn read_binary<'a>(headers: impl IntoIterator<Item = (&'a str, &'a str)>, body: &'a [u8]) -> Result<Event<'a>> {
    let mut context = Context::default();
    for (name, value) in headers {
        let name = name.to_ascii_lowercase();
        let slot = match name.strip_prefix("ce_").or_else(|| name.strip_prefix("ce-")).unwrap_or(&name) {
            "id" => &mut context.id,
            "source" => &mut context.source,
            "specversion" => &mut context.specversion,
            "type" => &mut context.kind,
            "content-type" => &mut context.datacontenttype,
            "subject" => &mut context.subject,
            "time" => &mut context.time,
            _ => continue,
        };
        *slot = value.into();
    }
    if !matches!(&*context.specversion, "1.0" | "0.3") {
        return Err(Error::data(format!("ce_specversion is {:?}; expected \"1.0\" or \"0.3\"", context.specversion)));
    }
    if !context.time.is_empty() && context.instant().is_none() {
        return Err(Error::data(format!("ce_time {:?} is not RFC 3339", context.time)));
    }
    context.source = bare(context.source, bare_source);
    context.kind = bare(context.kind, bare_kind);
    Ok(Event { context, data: (!body.is_empty()).then_some(Cow::Borrowed(body)), data_is_json: false })
}

/// The namespace of a documented source; `None` for Argo's bare form, which names none.
pub fn namespace_of(source: &str) -> Option<&str> {
    documented(source).map(|(namespace, _)| namespace)
}

/// The EventSource's name in a `source` of either form.
pub fn bare_source(source: &str) -> &str {
    documented(source).map_or(source, |(_, event_source)| event_source)
}

fn documented(source: &str) -> Option<(&str, &str)> {
    let mut parts = source.strip_prefix(SOURCE_PREFIX)?.splitn(3, '/');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(namespace), Some(event_source), Some(_)) => Some((namespace, event_source)),
        _ => None,
    }
}

fn bare_kind(kind: &str) -> &str {
    kind.strip_prefix(TYPE_PREFIX).unwrap_or(kind)
}

fn bare<'a>(text: Cow<'a, str>, strip: fn(&str) -> &str) -> Cow<'a, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(strip(text)),
        Cow::Owned(text) => Cow::Owned(strip(&text).to_owned()),
    }
}

type Members<'a> = BTreeMap<Cow<'a, str>, &'a RawValue>;

fn members(envelope: &[u8]) -> Result<Members<'_>> {
    serde_json::from_slice(envelope)
        .map_err(|error| Error::data(format!("not a JSON object with a CloudEvent: {error}")))
}

fn attribute<'a>(members: &Members<'a>, name: &str) -> Result<Cow<'a, str>> {
    let raw = members.get(name).map(|raw| raw.get()).filter(|raw| *raw != "null");
    raw.map_or(Ok(Cow::Borrowed("")), |raw| {
        string(raw).map_err(|_| Error::data(format!("attribute {name} is not a text")))
    })
}

fn string(raw: &str) -> serde_json::Result<Cow<'_, str>> {
    match raw.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        Some(text) if !text.contains('\\') => Ok(Cow::Borrowed(text)),
        _ => serde_json::from_str::<String>(raw).map(Cow::Owned),
    }
}

fn data_member<'a>(raw: &'a RawValue, datacontenttype: &str) -> Result<Cow<'a, [u8]>> {
    if is_json(datacontenttype) {
        return Ok(Cow::Borrowed(raw.get().as_bytes()));
    }
    let text =
        string(raw.get()).map_err(|_| Error::data(format!("data of type {datacontenttype} must be a JSON string")))?;
    Ok(match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    })
}

/// Whether data of this type stands in an envelope as JSON.
fn is_json(datacontenttype: &str) -> bool {
    let media_type = datacontenttype.split(';').next().unwrap_or_default().trim();
    matches!(media_type, "" | "application/json" | "text/json" | "application/cloudevents+json")
}

fn decode_base64(raw: &RawValue) -> Result<Vec<u8>> {
    let text = string(raw.get()).map_err(|_| Error::data("data_base64 is not a text"))?;
    BASE64.decode(text.as_bytes()).map_err(|error| Error::data(format!("data_base64: {error}")))
}

/// What Go's `url.Parse` refuses: no text, control characters, and percent signs without two hexadecimal digits.
fn is_uri_reference(text: &str) -> bool {
    let escapes = text
        .split('%')
        .skip(1)
        .all(|rest| rest.len() >= 2 && rest.bytes().take(2).all(|byte| byte.is_ascii_hexdigit()));
    !text.is_empty() && !text.chars().any(|c| c.is_ascii_control()) && escapes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Batch, LogTime, Offset, Partition, Route};

    fn origin() -> Origin {
        let route = Route {
            namespace: "ns".into(),
            bus: "default".into(),
            event_source: "hooks".into(),
            event_name: "push".into(),
        };
        Origin { route, kind: "github".into() }
    }

    fn draft(origin: &Origin) -> Draft<'_> {
        Draft {
            origin,
            id: "a\"b",
            upstream_id: Some("d-1"),
            time: "2026-11-24T03:25:42Z",
            data: r#"{"n":12345678901234567890.10}"#,
        }
    }

    fn record(new: &NewRecord) -> Batch {
        let mut batch = Batch::new(Partition(0), new.frame().clone());
        batch.push(Offset(0), LogTime(0), 0..new.frame().len(), true).unwrap();
        batch
    }

    #[test]
    fn both_forms_are_read_as_the_same_bare_event_with_every_digit() {
        let origin = origin();
        for form in [Form::Documented, Form::Argo] {
            let new = write(&draft(&origin), form).unwrap();
            let batch = record(&new);
            for event in [event(&batch.get(0).unwrap()).unwrap(), read(new.envelope()).unwrap()] {
                let context = &event.context;
                assert_eq!(
                    (&*context.id, &*context.source, &*context.kind, &*context.subject),
                    ("a\"b", "hooks", "github", "push")
                );
                assert_eq!(event.text(), Some(r#"{"n":12345678901234567890.10}"#), "{form:?}");
            }
        }
    }

    #[test]
    fn the_documented_form_is_the_documents() {
        let origin = origin();
        let new = write(&draft(&origin), Form::Documented).unwrap();
        assert_eq!(
            std::str::from_utf8(new.envelope()).unwrap(),
            r#"{"specversion":"1.0","id":"a\"b","source":"eventsource/ns/hooks/push","type":"com.github.argoproj.argo-events.github","subject":"push","datacontenttype":"application/json","time":"2026-11-24T03:25:42Z","upstreamid":"d-1","data":{"n":12345678901234567890.10}}"#
        );
        assert_eq!(new.attributes().source, "eventsource/ns/hooks/push");
    }

    #[test]
    fn an_adopted_envelope_keeps_its_bytes_and_shows_its_attributes() {
        let envelope = br#"{"specversion":"1.0","id":"1","type":"webhook","source":"hooks","subject":"push","data_base64":"e30="}"#;
        let new = adopt(envelope).unwrap();
        assert_eq!(new.envelope(), envelope);
        assert_eq!((new.attributes().source, new.attributes().subject), ("hooks", "push"));
        assert_eq!(event(&record(&new).get(0).unwrap()).unwrap().text(), Some("{}"));
    }

    #[test]
    fn what_is_no_event_is_told_why() {
        let cases = [
            ("null", "JSON object"),
            ("[]", "JSON object"),
            (r#"{"specversion":"2.0"}"#, "specversion"),
            (r#"{"specversion":"1.0","source":"%%"}"#, "source"),
            (r#"{"specversion":"1.0","time":"today"}"#, "time"),
            (r#"{"specversion":"1.0","id":7}"#, "attribute id"),
            (r#"{"specversion":"1.0","datacontenttype":"text/plain","data":{}}"#, "must be a JSON string"),
            (r#"{"specversion":"1.0","data_base64":"?"}"#, "data_base64"),
        ];
        for (envelope, part) in cases {
            let error = read(envelope.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(part), "{envelope}: {error}");
        }
    }

    #[test]
    fn binary_mode_reads_headers_and_body() {
        let headers = [
            ("ce_specversion", "1.0"),
            ("ce_source", "eventsource/ns/hooks/push"),
            ("Ce-Type", "x"),
            ("content-type", "text/plain"),
        ];
        let event = read_binary(headers, b"hi").unwrap();
        assert_eq!((&*event.context.source, &*event.context.kind, event.text()), ("hooks", "x", Some("hi")));
        assert!(read_binary([("ce_id", "1")], b"").is_err());
    }

    #[test]
    fn an_adopted_binary_event_is_the_same_event() {
        let cases: [(&str, &[u8]); 5] = [
            ("application/json", br#"{"n": 1.10}"#),
            ("application/json", b"no json"),
            ("text/plain", b"hi"),
            ("application/octet-stream", b"\xff\x00"),
            ("", b""),
        ];
        for (kind, body) in cases {
            let headers = [
                ("ce_specversion", "1.0"),
                ("ce_id", "1"),
                ("ce_source", "eventsource/ns/hooks/push"),
                ("ce_subject", "push"),
                ("ce_upstreamid", "u-1"),
                ("content-type", kind),
            ];
            let new = adopt_binary(headers, body).unwrap();
            assert_eq!((new.attributes().source, new.attributes().upstream_id), ("eventsource/ns/hooks/push", "u-1"));
            let batch = record(&new);
            let (adopted, direct) = (event(&batch.get(0).unwrap()).unwrap(), read_binary(headers, body).unwrap());
            assert_eq!((&adopted.context, &adopted.data), (&direct.context, &direct.data), "{kind}");
        }
    }
}
