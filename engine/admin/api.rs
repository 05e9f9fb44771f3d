//! What the admin interface answers: one row a path.

use super::listing::{self, Filter};
use crate::intake::Outlet;
use crate::pipeline::Pipeline;
use crate::process::{BusName, Failed, Process};
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::{Method, Response};
use model::ports::BoxFuture;
use model::{Error, ErrorKind, Result};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// A request.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) query: String,
    pub(super) body: Bytes,
    /// It came over the socket in the data folder, whose owner may change things.
    pub(super) trusted: bool,
}

type Answer = BoxFuture<'static, Result<Value>>;
type Handler = fn(Arc<Process>, Call) -> Answer;

/// Method, path, whether it changes something, what answers.
const API: &[(Method, &str, bool, Handler)] = &[
    (Method::GET, "/api/v1/status", false, |process, _| Box::pin(async move { Ok(status(&process)) })),
    (Method::GET, "/api/v1/pending", false, |process, call| read(process, call, listing::pending)),
    (Method::GET, "/api/v1/firings", false, |process, call| read(process, call, listing::firings)),
    (Method::GET, "/api/v1/dead", false, |process, call| read(process, call, listing::dead)),
    (Method::POST, "/api/v1/dead/redrive", true, |process, call| dead_letters(process, call, true)),
    (Method::POST, "/api/v1/dead/drop", true, |process, call| dead_letters(process, call, false)),
    (Method::POST, "/api/v1/send", true, |process, call| Box::pin(send(process, call))),
    (Method::POST, "/api/v1/reload", true, |process, _| Box::pin(reload(process))),
];

/// The answer to a request.
pub(super) async fn answer(process: Arc<Process>, call: Call) -> Response<Full<Bytes>> {
    match (&call.method, call.path.as_str()) {
        (&Method::GET, "/healthz" | "/livez") => return text(200, "ok"),
        (&Method::GET, "/readyz") => return ready(&process),
        (&Method::GET, "/metrics") => {
            return respond(200, "text/plain; version=0.0.4; charset=utf-8", process.metrics());
        }
        _ => {}
    }
    let Some((_, _, changes, handler)) =
        API.iter().find(|(method, path, ..)| *method == call.method && *path == call.path)
    else {
        return text(404, "there is nothing here; see /healthz /livez /readyz /metrics /api/v1/status");
    };
    if *changes && !call.trusted {
        return text(403, "what changes something goes through the socket in the data folder");
    }
    match handler(process, call).await {
        Ok(value) => respond(200, "application/json", value.to_string()),
        Err(error) => {
            let status = match error.kind() {
                ErrorKind::User => 400,
                ErrorKind::External => 503,
                ErrorKind::Internal | ErrorKind::Data => 500,
            };
            respond(status, "application/json", json!({ "error": error.to_string() }).to_string())
        }
    }
}

/// A response of plain text.
pub(super) fn text(status: u16, body: &str) -> Response<Full<Bytes>> {
    respond(status, "text/plain; charset=utf-8", format!("{body}\n"))
}

fn respond(status: u16, media_type: &str, body: String) -> Response<Full<Bytes>> {
    let response = Response::builder().status(status).header("content-type", media_type);
    response.body(Full::new(Bytes::from(body))).unwrap_or_default()
}

/// Ready while every bus works and the ledger comes out even: sources are bound before the admin interface answers at all.
fn ready(process: &Process) -> Response<Full<Bytes>> {
    let outlets = process.gate().outlets();
    let trouble = |((namespace, bus), outlet): (&(String, String), &Outlet)| {
        Some(format!("the bus {namespace}/{bus}: {}", outlet.bus.trouble()?))
    };
    let mut wrong: Vec<_> = outlets.iter().filter_map(trouble).collect();
    let off = |(_, pipeline): (BusName, Arc<Pipeline>)| pipeline.committer().view().ledger().unaccounted();
    if process.pipelines().into_iter().flat_map(off).any(|(_, off)| off != 0) {
        wrong.push("the ledger does not come out even: see tidegate_ledger_unaccounted".to_owned());
    }
    if wrong.is_empty() { text(200, "ok") } else { text(503, &wrong.join("\n")) }
}

fn status(process: &Process) -> Value {
    let buses = process.pipelines().into_iter().map(|((namespace, bus), pipeline)| {
        let (extent, point) = (pipeline.bus().extent(), pipeline.committer().view().point());
        let subscribers: Vec<_> = extent.subscribers.iter().map(|(name, offset)| json!({ "name": name, "offset": offset.0 })).collect();
        let partitions: Vec<_> = extent.partitions.iter().map(|(first, next)| json!({ "first": first.0, "next": next.0 })).collect();
        let committed: Vec<_> = point.partitions.iter().map(|(offset, _)| offset.0).collect();
        let behind = pipeline.committer().view().is_behind(&extent.partitions);
        json!({ "namespace": namespace, "bus": bus, "behind": behind, "logId": pipeline.log().to_string(), "partitions": partitions, "committed": committed,
                "frontier": point.frontier.log_time.timestamp().to_string(), "logBytes": extent.bytes, "stateBytes": pipeline.state().bytes(), "subscribers": subscribers })
    });
    let running = process.pipelines();
    let elsewhere = process.gate().outlets().into_keys().filter(|name| !running.iter().any(|(known, _)| known == name));
    let buses =
        buses.chain(elsewhere.map(|(namespace, bus)| json!({ "namespace": namespace, "bus": bus, "elsewhere": true })));
    let sources = process.listening().into_iter().map(|listening| json!({ "route": listening.origin.route.path(), "type": listening.origin.kind, "place": listening.place }));
    json!({ "version": env!("CARGO_PKG_VERSION"), "buses": buses.collect::<Vec<_>>(), "sources": sources.collect::<Vec<_>>() })
}

/// A listing of every bus, read off the runtime's threads.
fn read(
    process: Arc<Process>,
    call: Call,
    list: fn(&BusName, &dyn model::State, &Filter) -> Result<Vec<Value>>,
) -> Answer {
    Box::pin(async move {
        let filter = Filter::parse(&call.query)?;
        let read = move || {
            let mut rows = Vec::new();
            for (name, pipeline) in process.pipelines() {
                rows.extend(list(&name, &**pipeline.state(), &filter)?);
            }
            Ok(Value::Array(rows))
        };
        tokio::task::spawn_blocking(read).await.map_err(|error| Error::internal(error.to_string()))?
    })
}

/// Sends dead letters again or gives them up: those that the query's filter names.
fn dead_letters(process: Arc<Process>, call: Call, again: bool) -> Answer {
    Box::pin(async move {
        let filter = Filter::parse(&call.query)?;
        if filter.is_empty() {
            return Err(Error::user("say which: an id, --trigger, --since, --reason, or --all"));
        }
        if again && filter.record.is_some() {
            return Err(Error::user(
                "a record that is no event cannot be sent again; look at it with `dlq show`, then `dlq drop` it",
            ));
        }
        let work = move || {
            let mut n = 0;
            for (name, pipeline) in process.pipelines() {
                let ids = listing::dead_ids(&name, &**pipeline.state(), &filter)?;
                n += if again { pipeline.redrive(ids)? } else { pipeline.drop_dead(ids)? };
                if !again {
                    n += pipeline.forget(listing::undecodable(&**pipeline.state(), &filter)?)?;
                }
            }
            Ok(json!({ "count": n }))
        };
        tokio::task::spawn_blocking(work).await.map_err(|error| Error::internal(error.to_string()))?
    })
}

/// An event that comes in by hand, past the checks of its source.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Sent {
    event_source: String,
    event: String,
    namespace: Option<String>,
    data: Box<serde_json::value::RawValue>,
}

async fn send(process: Arc<Process>, call: Call) -> Result<Value> {
    let sent: Sent = serde_json::from_slice(&call.body)
        .map_err(|error| Error::user(format!("the event cannot be read: {error}")))?;
    let known = process.listening();
    let matches = |listening: &&connectors::sources::Listening| {
        let route = &listening.origin.route;
        route.event_source == sent.event_source
            && route.event_name == sent.event
            && sent.namespace.as_ref().is_none_or(|namespace| *namespace == route.namespace)
    };
    let Some(listening) = known.iter().find(matches) else {
        let names: Vec<_> = known
            .iter()
            .map(|listening| format!("{}/{}", listening.origin.route.event_source, listening.origin.route.event_name))
            .collect();
        return Err(Error::user(format!(
            "there is no event {}/{}; there are: {}",
            sent.event_source,
            sent.event,
            names.join(", ")
        )));
    };
    let accepted = process.gate().send(&listening.origin, sent.data.get()).await?;
    Ok(json!({ "id": accepted.id, "offset": accepted.position.map(|position| position.offset.0) }))
}

async fn reload(process: Arc<Process>) -> Result<Value> {
    match process.reload().await {
        Ok(changed) => Ok(json!({ "changed": changed })),
        Err(Failed::Error(error)) => Err(error),
        Err(Failed::Manifests(refused)) => Err(Error::user(refused.to_string())),
    }
}
