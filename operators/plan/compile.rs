//! Compiles sensors into a plan: programs once, rows for all, equal screens shared.

use super::{Offer, Plan, RouteRow, Screen, Slot, Target, TriggerName, TriggerRow, cell_id, trigger_id};
use crate::filter::Filters;
use crate::hash;
use crate::transform::Transform;
use lang::conditions::Condition;
use lang::cron::{Dialect, Schedule};
use lang::path::Path;
use model::Time;
use model::manifest::{EventDependency, Sensor, TriggerTemplate};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A sensor with what its annotations say about correlation.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Subject {
    /// The manifest.
    pub sensor: Arc<Sensor>,
    /// Its namespace, filled in where the manifest names none.
    pub namespace: String,
    /// By dependency name: the gjson path of its correlation key.
    pub keys: BTreeMap<String, String>,
    /// By trigger name: how long a hit waits, in milliseconds.
    pub windows: BTreeMap<String, u64>,
}

/// What is wrong with a sensor, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// `namespace/name` of the sensor.
    pub sensor: String,
    /// The field, such as `spec.triggers[0].template.conditions`.
    pub field: String,
    /// What is wrong.
    pub message: String,
}

/// Compiles the sensors of one bus into a plan that is in force from `effective` on.
///
/// # Errors
/// Every program that does not compile, of all sensors.
pub fn compile(subjects: &[Subject], effective: Time) -> Result<Plan, Vec<Problem>> {
    let mut compiler =
        Compiler { plan: Plan { effective, ..Plan::empty() }, screens: FxHashMap::default(), problems: Vec::new() };
    let mut identity = Vec::new();
    for subject in subjects {
        compiler.sensor(subject);
        identity.push(hash::stable(&[
            subject.namespace.as_bytes(),
            &json(&*subject.sensor),
            &json(&subject.keys),
            &json(&subject.windows),
        ]));
    }
    identity.sort_unstable();
    compiler.plan.hash = hash::stable(&[&json(&identity)]);
    if compiler.problems.is_empty() { Ok(compiler.plan) } else { Err(compiler.problems) }
}

struct Compiler {
    plan: Plan,
    /// The number of each distinct screen, by its definition.
    screens: FxHashMap<u64, u32>,
    problems: Vec<Problem>,
}

/// A dependency with its programs compiled.
struct Compiled<'a> {
    spec: &'a EventDependency,
    screen: u32,
    key: Option<Arc<Path>>,
    key_text: &'a str,
}

impl Compiler {
    fn sensor(&mut self, subject: &Subject) {
        let sensor = format!("{}/{}", subject.namespace, subject.sensor.metadata.name);
        let spec = &subject.sensor.spec;
        let mut report = Report { sensor: &sensor, problems: std::mem::take(&mut self.problems) };
        let dependencies: Vec<_> = spec
            .dependencies
            .iter()
            .enumerate()
            .map(|(n, spec)| self.dependency(n, spec, subject, &mut report))
            .collect();
        for (n, trigger) in spec.triggers.iter().enumerate() {
            if let Some(template) = &trigger.template {
                let name = TriggerName {
                    namespace: subject.namespace.clone(),
                    sensor: subject.sensor.metadata.name.clone(),
                    trigger: template.name.clone(),
                };
                self.trigger(&format!("spec.triggers[{n}]"), name, template, subject, &dependencies, &mut report);
            }
        }
        self.problems = report.problems;
    }

    fn dependency<'a>(
        &mut self,
        n: usize,
        spec: &'a EventDependency,
        subject: &'a Subject,
        report: &mut Report<'_>,
    ) -> Compiled<'a> {
        let field = format!("spec.dependencies[{n}]");
        let key_text = subject.keys.get(&spec.name).map_or("", String::as_str);
        let key = (!key_text.is_empty()).then(|| Path::compile(key_text)).and_then(|path| {
            report.keep("metadata.annotations.tidegate.io/key", path.map_err(|error| error.to_string()))
        });
        Compiled { spec, screen: self.screen(&field, spec, report), key: key.map(Arc::new), key_text }
    }

    fn screen(&mut self, field: &str, spec: &EventDependency, report: &mut Report<'_>) -> u32 {
        let identity =
            hash::stable(&[&json(&spec.transform), &json(&spec.filters), spec.filters_logical_operator.as_bytes()]);
        if let Some(screen) = self.screens.get(&identity) {
            return *screen;
        }
        let transform = spec.transform.as_ref().and_then(|transform| {
            report
                .keep(&format!("{field}.transform"), Transform::compile(transform).map_err(|error| error.to_string()))
                .flatten()
        });
        let filters =
            spec.filters.as_ref().and_then(|filters| match Filters::compile(filters, &spec.filters_logical_operator) {
                Ok(filters) => Some(filters),
                Err(problems) => {
                    problems
                        .into_iter()
                        .for_each(|problem| report.say(&format!("{field}.filters{}", problem.field), problem.message));
                    None
                }
            });
        let screen = self.plan.screens.len() as u32;
        self.plan.screens.push(Screen { transform, filters });
        self.screens.insert(identity, screen);
        screen
    }

    #[allow(clippy::too_many_arguments)]
    fn trigger(
        &mut self,
        field: &str,
        name: TriggerName,
        template: &TriggerTemplate,
        subject: &Subject,
        dependencies: &[Compiled<'_>],
        report: &mut Report<'_>,
    ) {
        let names: Vec<_> = dependencies.iter().map(|dependency| dependency.spec.name.as_str()).collect();
        let text = (!template.conditions.trim().is_empty()).then_some(template.conditions.as_str());
        let condition = Condition::compile(text, &names).map_err(|error| error.to_string());
        let Some(condition) = report.keep(&format!("{field}.template.conditions"), condition) else { return };
        let resets = resets(field, template, report);
        let name = Arc::new(name);
        let mut used: Vec<usize> = condition.dependencies().to_vec();
        used.sort_unstable();
        let slots: Vec<_> = used
            .iter()
            .filter_map(|n| dependencies.get(*n))
            .map(|dependency| Slot {
                dependency: Arc::from(dependency.spec.name.as_str()),
                fingerprint: hash::stable(&[&json(dependency.spec)]),
                cell: cell_id(&name, &dependency.spec.name),
            })
            .collect();
        let window = subject.windows.get(&template.name).copied();
        let keys: Vec<_> =
            used.iter().filter_map(|n| dependencies.get(*n)).map(|dependency| dependency.key_text).collect();
        let row = TriggerRow {
            id: trigger_id(&name),
            fingerprint: hash::stable(&[condition.text().as_bytes(), &json(&keys), &json(&window)]),
            slots,
            stateless: condition.is_stateless(),
            dependencies: used.clone(),
            condition,
            window,
            resets,
            name,
        };
        let number = self.plan.triggers.len() as u32;
        self.plan.triggers.push(Arc::new(row));
        for (slot, dependency) in used.iter().filter_map(|n| dependencies.get(*n)).enumerate() {
            self.offer(dependency, Target { trigger: number, slot: slot as u16, key: dependency.key.clone() });
        }
    }

    fn offer(&mut self, dependency: &Compiled<'_>, target: Target) {
        let plan = &mut self.plan;
        let names =
            (Box::from(dependency.spec.event_source_name.as_str()), Box::from(dependency.spec.event_name.as_str()));
        let route = *plan.index.entry(names.clone()).or_insert_with(|| {
            plan.routes.push(RouteRow { event_source: names.0, event_name: names.1, offers: Vec::new() });
            plan.routes.len() as u32 - 1
        });
        let offers = &mut plan.routes[route as usize].offers;
        match offers.iter_mut().find(|offer| offer.screen == dependency.screen) {
            Some(offer) => offer.targets.push(target),
            None => offers.push(Offer { screen: dependency.screen, targets: vec![target] }),
        }
    }
}

fn resets(field: &str, template: &TriggerTemplate, report: &mut Report<'_>) -> Vec<Schedule> {
    let entries = template.conditions_reset.iter().enumerate();
    let by_time = entries.filter_map(|(n, reset)| {
        Some((format!("{field}.template.conditionsReset[{n}].byTime"), reset.by_time.as_ref()?))
    });
    by_time
        .filter_map(|(field, by_time)| {
            let zone = if by_time.timezone.is_empty() {
                Ok(jiff::tz::TimeZone::UTC)
            } else {
                jiff::tz::TimeZone::get(&by_time.timezone)
            };
            let zone = report.keep(&format!("{field}.timezone"), zone.map_err(|error| error.to_string()))?;
            report.keep(
                &format!("{field}.cron"),
                Schedule::parse(&by_time.cron, Dialect::default(), &zone).map_err(|error| error.to_string()),
            )
        })
        .collect()
}

/// The problems found, with the sensor they are in.
struct Report<'a> {
    sensor: &'a str,
    problems: Vec<Problem>,
}

impl Report<'_> {
    fn say(&mut self, field: &str, message: String) {
        self.problems.push(Problem { sensor: self.sensor.to_owned(), field: field.to_owned(), message });
    }

    fn keep<T>(&mut self, field: &str, result: Result<T, String>) -> Option<T> {
        result.map_err(|message| self.say(field, message)).ok()
    }
}

fn json(value: &impl serde::Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}
