//! What is measured: Argo's own families by their own names, and the ledger's, in Prometheus' text form.

use crate::ledger::{Account, Ledger, TriggerCounter, labels};
use model::Route;
use operators::effect::{BusCounter, Counter};
use operators::plan::TriggerName;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// All meters of the process; a meter lives as long as the process, so that a changed manifest resets nothing.
#[derive(Debug, Default)]
pub struct Meters {
    triggers: Mutex<BTreeMap<TriggerName, TriggerMeters>>,
    sources: Mutex<BTreeMap<Route, SourceMeters>>,
}

/// What is measured of one trigger.
#[derive(Debug, Clone, Default)]
pub struct TriggerMeters(Arc<[AtomicU64; 5]>);

/// What is measured of one event of an EventSource.
#[derive(Debug, Clone, Default)]
pub struct SourceMeters(Arc<[AtomicU64; 6]>);

const TRIGGERED: usize = 0;
const FAILED: usize = 1;
const GAVE_UP: usize = 2;
const MILLIS: usize = 3;
const COUNT: usize = 4;

const SENT: usize = 0;
const SEND_FAILED: usize = 1;
const PROCESSING_FAILED: usize = 2;
const PROCESSING_MILLIS: usize = 3;
const PROCESSED: usize = 4;
const RUNNING: usize = 5;

fn add(meters: &[AtomicU64], which: usize, n: u64) {
    if let Some(meter) = meters.get(which) {
        meter.fetch_add(n, Ordering::Relaxed);
    }
}

fn value(meters: &[AtomicU64], which: usize) -> u64 {
    meters.get(which).map_or(0, |meter| meter.load(Ordering::Relaxed))
}

impl TriggerMeters {
    /// An attempt ended after `took`.
    pub fn attempted(&self, succeeded: bool, took: Duration) {
        add(&*self.0, if succeeded { TRIGGERED } else { FAILED }, 1);
        add(&*self.0, MILLIS, took.as_millis() as u64);
        add(&*self.0, COUNT, 1);
    }

    /// All attempts of a firing failed.
    pub fn gave_up(&self) {
        add(&*self.0, GAVE_UP, 1);
    }
}

impl SourceMeters {
    /// An event is durable, `took` after its source gave it.
    pub fn sent(&self, took: Duration) {
        add(&*self.0, SENT, 1);
        add(&*self.0, PROCESSING_MILLIS, took.as_millis() as u64);
        add(&*self.0, PROCESSED, 1);
    }

    /// The bus did not take an event.
    pub fn send_failed(&self) {
        add(&*self.0, SEND_FAILED, 1);
        add(&*self.0, PROCESSING_FAILED, 1);
    }

    /// A message could not become an event.
    pub fn processing_failed(&self) {
        add(&*self.0, PROCESSING_FAILED, 1);
    }

    /// Whether the source listens.
    pub fn running(&self, running: bool) {
        if let Some(meter) = self.0.get(RUNNING) {
            meter.store(running.into(), Ordering::Relaxed);
        }
    }
}

impl Meters {
    /// The meters of a trigger.
    pub fn trigger(&self, name: &TriggerName) -> TriggerMeters {
        self.triggers.lock().unwrap_or_else(PoisonError::into_inner).entry(name.clone()).or_default().clone()
    }

    /// The meters of a source.
    pub fn source(&self, route: &Route) -> SourceMeters {
        self.sources.lock().unwrap_or_else(PoisonError::into_inner).entry(route.clone()).or_default().clone()
    }

    /// Argo's families.
    pub fn write(&self, page: &mut Page) {
        let triggers = self.triggers.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let of_trigger = |name: &TriggerName| {
            labels_of(&[("namespace", &name.namespace), ("sensor_name", &name.sensor), ("trigger_name", &name.trigger)])
        };
        for (family, kind, which, help) in [
            ("argo_events_action_triggered_total", "counter", TRIGGERED, "How many attempts of a trigger succeeded."),
            ("argo_events_action_failed_total", "counter", FAILED, "How many attempts of a trigger failed."),
            (
                "argo_events_action_retries_failed_total",
                "counter",
                GAVE_UP,
                "How many firings of a trigger used up all their attempts.",
            ),
        ] {
            page.family(family, kind, help);
            triggers
                .iter()
                .for_each(|(name, meters)| page.sample(family, &of_trigger(name), value(&*meters.0, which) as f64));
        }
        page.family("argo_events_action_duration_milliseconds", "summary", "How long attempts of a trigger took.");
        for (name, meters) in &triggers {
            page.sample(
                "argo_events_action_duration_milliseconds_sum",
                &of_trigger(name),
                value(&*meters.0, MILLIS) as f64,
            );
            page.sample(
                "argo_events_action_duration_milliseconds_count",
                &of_trigger(name),
                value(&*meters.0, COUNT) as f64,
            );
        }
        self.write_sources(page);
        page.family("build_info", "gauge", "The program that answers.");
        page.sample(
            "build_info",
            &labels_of(&[
                ("version", env!("CARGO_PKG_VERSION")),
                ("goversion", ""),
                ("goarch", std::env::consts::ARCH),
                ("commit", ""),
            ]),
            1.0,
        );
    }

    fn write_sources(&self, page: &mut Page) {
        let sources = self.sources.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let of_source = |route: &Route| {
            labels_of(&[
                ("namespace", &route.namespace),
                ("eventsource_name", &route.event_source),
                ("event_name", &route.event_name),
            ])
        };
        let mut running = BTreeMap::new();
        for (route, meters) in &sources {
            *running.entry((&route.namespace, &route.event_source)).or_insert(0) += value(&*meters.0, RUNNING);
        }
        page.family(
            "argo_events_event_service_running_total",
            "gauge",
            "How many events of an EventSource are being listened for.",
        );
        for ((namespace, name), n) in running {
            page.sample(
                "argo_events_event_service_running_total",
                &labels_of(&[("namespace", namespace), ("eventsource_name", name)]),
                n as f64,
            );
        }
        for (family, which, help) in [
            ("argo_events_events_sent_total", SENT, "How many events became durable."),
            ("argo_events_events_sent_failed_total", SEND_FAILED, "How many events the bus did not take."),
            (
                "argo_events_events_processing_failed_total",
                PROCESSING_FAILED,
                "How many messages could not become durable events.",
            ),
        ] {
            page.family(family, "counter", help);
            sources
                .iter()
                .for_each(|(route, meters)| page.sample(family, &of_source(route), value(&*meters.0, which) as f64));
        }
        page.family(
            "argo_events_event_processing_duration_milliseconds",
            "summary",
            "How long it took from an event's arrival until it was durable.",
        );
        for (route, meters) in &sources {
            page.sample(
                "argo_events_event_processing_duration_milliseconds_sum",
                &of_source(route),
                value(&*meters.0, PROCESSING_MILLIS) as f64,
            );
            page.sample(
                "argo_events_event_processing_duration_milliseconds_count",
                &of_source(route),
                value(&*meters.0, PROCESSED) as f64,
            );
        }
    }
}

/// What one bus shows of itself.
#[derive(Debug, Clone)]
pub struct BusMeters {
    /// Namespace of the bus.
    pub namespace: String,
    /// Name of the bus.
    pub bus: String,
    /// Its ledger.
    pub ledger: Ledger,
    /// How many commits this process made.
    pub commits: u64,
    /// How long they took together, in seconds.
    pub commit_seconds: f64,
    /// How far the commit point is behind the end of the log, in seconds of log time.
    pub frontier_lag_seconds: f64,
    /// Size of the state on disk.
    pub state_bytes: u64,
    /// Size of the log on disk.
    pub log_bytes: u64,
}

/// Our own families, for all buses.
pub fn write_buses(buses: &[BusMeters], page: &mut Page) {
    let of_bus = |bus: &BusMeters| vec![("namespace", bus.namespace.clone()), ("bus", bus.bus.clone())];
    let with = |bus: &BusMeters, name: &'static str, value: &str| {
        let mut labels = of_bus(bus);
        labels.push((name, value.to_owned()));
        labels
    };
    page.family(
        "tidegate_ledger_unaccounted",
        "gauge",
        "What was counted in and not counted out; anything but zero is a defect.",
    );
    buses.iter().for_each(|bus| {
        bus.ledger
            .unaccounted()
            .iter()
            .for_each(|(sum, off)| page.sample("tidegate_ledger_unaccounted", &with(bus, "sum", sum), *off as f64))
    });
    page.family("tidegate_events_total", "counter", "Events on the bus, by what became of them.");
    for bus in buses {
        for (counter, label) in [
            (BusCounter::Received, "received"),
            (BusCounter::Routed, "routed"),
            (BusCounter::Unrouted, "unrouted"),
            (BusCounter::Duplicate, "duplicate"),
            (BusCounter::Undecodable, "undecodable"),
        ] {
            page.sample(
                "tidegate_events_total",
                &with(bus, "result", label),
                bus.ledger.get(&Account::Bus(counter)) as f64,
            );
        }
    }
    write_accounts(buses, page);
    for (family, kind, help, value) in [
        (
            "tidegate_firings_open",
            "gauge",
            "Firings that are not done.",
            (|bus| bus.ledger.firings(TriggerCounter::Open) as f64) as fn(&BusMeters) -> f64,
        ),
        ("tidegate_dead_letters", "gauge", "Firings in the dead letter.", |bus| {
            bus.ledger.firings(TriggerCounter::Dead) as f64
        }),
        ("tidegate_frontier_lag_seconds", "gauge", "How far the commit point is behind the log, in log time.", |bus| {
            bus.frontier_lag_seconds
        }),
        ("tidegate_state_bytes", "gauge", "Size of the state on disk.", |bus| bus.state_bytes as f64),
        ("tidegate_log_bytes", "gauge", "Size of the log on disk.", |bus| bus.log_bytes as f64),
    ] {
        page.family(family, kind, help);
        buses.iter().for_each(|bus| page.sample(family, &of_bus(bus), value(bus)));
    }
    page.family("tidegate_commit_seconds", "summary", "How long commits took.");
    for bus in buses {
        page.sample("tidegate_commit_seconds_sum", &of_bus(bus), bus.commit_seconds);
        page.sample("tidegate_commit_seconds_count", &of_bus(bus), bus.commits as f64);
    }
}

/// The families whose samples are single accounts of the ledger.
fn write_accounts(buses: &[BusMeters], page: &mut Page) {
    page.family("tidegate_firings_total", "counter", "Firings that ended, by their outcome.");
    for (bus, account, n) in buses.iter().flat_map(|bus| bus.ledger.iter().map(move |(account, n)| (bus, account, n))) {
        if let Account::Trigger(name, counter) = account
            && !matches!(counter, TriggerCounter::Firings | TriggerCounter::Open)
        {
            let labels = labels_of(&[
                ("namespace", &name.namespace),
                ("bus", &bus.bus),
                ("sensor_name", &name.sensor),
                ("trigger_name", &name.trigger),
                ("outcome", counter.label()),
            ]);
            page.sample("tidegate_firings_total", &labels, n as f64);
        }
    }
    for (family, kind, wanted, help) in [
        ("tidegate_pending", "gauge", "pending", "Hits that a condition waits with."),
        ("tidegate_filtered_total", "counter", "filtered", "Events that did not become hits, by reason."),
        ("tidegate_expired_total", "counter", "expired", "Hits cleared without a firing, by reason."),
        ("tidegate_superseded_total", "counter", "superseded", "Hits replaced by a later one of the same dependency."),
    ] {
        page.family(family, kind, help);
        for (bus, account, n) in
            buses.iter().flat_map(|bus| bus.ledger.iter().map(move |(account, n)| (bus, account, n)))
        {
            let Account::Dependency(name, dependency, counter) = account else { continue };
            let (label, reason) = labels(*counter);
            if label == wanted {
                let mut labels = labels_of(&[
                    ("namespace", &name.namespace),
                    ("bus", &bus.bus),
                    ("sensor_name", &name.sensor),
                    ("trigger_name", &name.trigger),
                    ("dependency", dependency),
                ]);
                labels.extend(reason.map(|reason| ("reason", reason.to_owned())));
                page.sample(family, &labels, n as f64);
            }
        }
    }
}

/// A page of samples in Prometheus' text form.
#[derive(Debug, Default)]
pub struct Page(String);

type Labels = Vec<(&'static str, String)>;

fn labels_of(pairs: &[(&'static str, &str)]) -> Labels {
    pairs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
}

impl Page {
    /// Begins a family; its samples follow.
    pub fn family(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    /// Adds a sample.
    pub fn sample(&mut self, name: &str, labels: &[(&'static str, String)], value: f64) {
        self.0.push_str(name);
        for (n, (label, text)) in labels.iter().enumerate() {
            let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            let _ = write!(self.0, "{}{label}=\"{text}\"", if n == 0 { '{' } else { ',' });
        }
        let _ = writeln!(self.0, "{} {value}", if labels.is_empty() { "" } else { "}" });
    }

    /// The page.
    pub fn into_text(self) -> String {
        self.0
    }
}

/// Total of a counter that is summed over dependencies, for listings.
pub fn pending(ledger: &Ledger) -> i64 {
    ledger.total(Counter::Pending)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_escaped() {
        let mut page = Page::default();
        page.sample("m", &labels_of(&[("a", "x\"y\\z\n"), ("b", "")]), 1.5);
        assert_eq!(page.into_text(), "m{a=\"x\\\"y\\\\z\\n\",b=\"\"} 1.5\n");
    }
}
