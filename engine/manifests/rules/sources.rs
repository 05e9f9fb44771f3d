//! Rules about sources: that calls can arrive, and that programs and times can be read.

use lang::dates::{self, Zone};
use model::manifest::event_source::CalendarEventSource;
use model::manifest::{EventSource, Source, WebhookContext, path};

use super::super::judge::Judge;
use super::Rule;
use super::filters::WITHOUT_EFFECT;
use super::required::{BAD_VALUE, MISSING_FIELD};
use super::shape::MISPLACED_FIELD;
use super::triggers::WORKS_ONLY_HERE;

/// An endpoint that no call can reach.
pub static UNREACHABLE: Rule = Rule::warning("unreachable-endpoint", "No call can reach an endpoint.");

/// All rules of the family.
pub static RULES: &[&Rule] = &[&UNREACHABLE];

/// Judges the sources of an EventSource.
pub(in crate::manifests) fn event_source(judge: &mut Judge<'_>, source: &EventSource) {
    for (kind, name, source) in source.spec.sources() {
        let path = path::member(&format!("spec.{}", kind.member), name);
        if let Some(webhook) = source.webhook() {
            let is_source = matches!(source, Source::Webhook(_));
            let path = if is_source { path.clone() } else { format!("{path}.webhook") };
            endpoint(judge, &path, webhook, is_source);
        }
        match source {
            Source::Calendar(calendar) => schedule(judge, &path, calendar),
            Source::Minio(minio) if minio.bucket.is_none() => {
                let message = "`bucket` is missing; Argo Events crashes without it";
                judge.find(&MISSING_FIELD, &format!("{path}.bucket"), message, "name the bucket");
            }
            _ => {}
        }
    }
}

fn endpoint(judge: &mut Judge<'_>, path: &str, webhook: &WebhookContext, is_source: bool) {
    if !webhook.endpoint.is_empty() && !webhook.endpoint.starts_with('/') {
        let message = "Argo Events matches no call without `/` in front; Tidegate adds it";
        judge.find(&WORKS_ONLY_HERE, &format!("{path}.endpoint"), message, format!("write `/{}`", webhook.endpoint));
    }
    if webhook.port.parse::<i64>().is_ok_and(|port| !(1..=65535).contains(&port)) {
        let message = format!("there is no port {}", webhook.port);
        judge.find(&BAD_VALUE, &format!("{path}.port"), message, "write a number from 1 to 65535");
    }
    if is_source {
        method(judge, path, &webhook.method);
    } else if webhook.filter.is_some() {
        let message = "`filter` has no effect here";
        judge.find(&MISPLACED_FIELD, &format!("{path}.filter"), message, "write it beside `webhook`");
    }
    if webhook.server_cert_secret.is_some() != webhook.server_key_secret.is_some() {
        let field = if webhook.server_cert_secret.is_some() { "serverKeySecret" } else { "serverCertSecret" };
        let message = format!("`{field}` is missing; Argo Events speaks plain HTTP without it");
        judge.find(&MISSING_FIELD, &format!("{path}.{field}"), message, "give both, or none");
    }
}

/// The source `webhook` takes `GET` and `POST`; the reference compares letter by letter, and without a method accepts
/// nothing.
fn method(judge: &mut Judge<'_>, path: &str, method: &str) {
    let path = format!("{path}.method");
    match method.to_ascii_uppercase().as_str() {
        _ if matches!(method, "GET" | "POST") => {}
        "" => {
            let message = "Argo Events refuses every call without `method`; Tidegate takes `POST`";
            judge.find(&WORKS_ONLY_HERE, &path, message, "add `method: POST`");
        }
        upper @ ("GET" | "POST") => {
            let message = format!("Argo Events refuses every call for `{method}`; Tidegate reads it as `{upper}`");
            judge.find(&WORKS_ONLY_HERE, &path, message, format!("write `{upper}`"));
        }
        _ => {
            let message = format!("calls with the method `{method}` are refused");
            judge.find(&UNREACHABLE, &path, message, "write `POST` or `GET`");
        }
    }
}

fn schedule(judge: &mut Judge<'_>, path: &str, calendar: &CalendarEventSource) {
    if Zone::load(&calendar.timezone).is_none() {
        let message = format!("there is no time zone `{}`", calendar.timezone);
        judge.find(&BAD_VALUE, &format!("{path}.timezone"), message, "write a name such as `Europe/Berlin` or `UTC`");
    }
    if !calendar.schedule.is_empty() && !calendar.interval.is_empty() {
        let message = "`interval` is not used, because `schedule` is there too";
        judge.find(&WITHOUT_EFFECT, &format!("{path}.interval"), message, "remove one of them");
    } else if dates::duration(&calendar.interval).is_some_and(|interval| interval < SECOND) {
        let message = "the interval is shorter than a second";
        judge.find(&BAD_VALUE, &format!("{path}.interval"), message, "write at least `1s`");
    }
    for (index, date) in calendar.exclusion_dates.iter().enumerate().filter(|(_, date)| !date.starts_with("EXDATE:")) {
        let message = format!("`{date}` is not used, because it does not start with `EXDATE:`");
        let help = "write for example `EXDATE:20260131T000000Z`";
        judge.find(&WITHOUT_EFFECT, &format!("{path}.exclusionDates[{index}]"), message, help);
    }
    let catchup = calendar.persistence.as_ref().and_then(|persistence| persistence.catchup.as_ref());
    if let Some(catchup) = catchup
        && !catchup.max_duration.is_empty()
        && dates::duration(&catchup.max_duration).is_none()
    {
        let path = format!("{path}.persistence.catchup.maxDuration");
        let message = format!("`{}` is not a duration", catchup.max_duration);
        judge.find(&BAD_VALUE, &path, message, "write one such as `24h`");
    }
}

/// The shortest interval, in nanoseconds.
const SECOND: i64 = 1_000_000_000;
