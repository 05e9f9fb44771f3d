//! What a trigger does, with everything that its manifest leaves to events resolved for one firing.

use crate::effect::Firing;
use crate::hash;
use crate::parameters::{Given, Parameters, Payload, Source, Wrong};
use lang::Moment;
use model::manifest::{Trigger, TriggerParameter, TriggerTemplate, decode};
use serde_json::Value;
use std::borrow::Cow;

/// A compiled action.
#[derive(Debug)]
pub struct Action {
    /// The template as JSON text, for parameters that change the template itself.
    template: String,
    parameters: Parameters,
    section: Section,
}

/// The member of the template that says what is done.
#[derive(Debug, Default)]
struct Section {
    /// Its name in the template.
    member: &'static str,
    value: Value,
    parameters: Parameters,
    payload: Option<Payload>,
    headers: Vec<(String, Source)>,
}

/// An action as one attempt makes it.
#[derive(Debug)]
pub struct Resolved<'a> {
    /// The action's section of the template.
    pub section: Cow<'a, Value>,
    /// The payload; `None` where the manifest has no payload list.
    pub payload: Option<String>,
    /// The dynamic headers.
    pub headers: Vec<(String, String)>,
}

impl Action {
    /// Compiles a trigger's action.
    ///
    /// # Errors
    /// What does not compile, by field.
    pub fn compile(trigger: &Trigger) -> Result<Self, Vec<Wrong>> {
        let default = TriggerTemplate::default();
        let template = trigger.template.as_ref().unwrap_or(&default);
        let within = |field: &'static str| {
            move |wrong: Vec<Wrong>| {
                wrong.into_iter().map(|(member, error)| (format!("{field}{member}"), error)).collect::<Vec<_>>()
            }
        };
        let text = model::manifest::encode(template).to_string();
        Ok(Self {
            template: text,
            parameters: Parameters::compile(&trigger.parameters).map_err(within(".parameters"))?,
            section: Section::compile(template)?,
        })
    }

    /// The action for a firing.
    ///
    /// # Errors
    /// The first parameter that cannot be resolved or written; the same for every attempt.
    pub fn resolve<'a>(&'a self, firing: &Firing) -> Result<Resolved<'a>, String> {
        let seed = hash::stable(&[&firing.id.0]);
        let given = Given { events: &firing.events, moment: Moment { now: firing.time.log_time.timestamp(), seed } };
        if self.parameters.is_empty() {
            return self.section.resolve(&given);
        }
        let text = self.parameters.apply(&self.template, &given)?;
        let value: Value = serde_json::from_str(&text)
            .map_err(|error| format!("the template with its parameters is not JSON: {error}"))?;
        let decoded = decode::<TriggerTemplate>(&value);
        if let Some(mismatch) = decoded.mismatches.first() {
            return Err(format!("the template with its parameters does not fit: {mismatch:?}"));
        }
        let section = Section::compile(&decoded.object).map_err(|wrong| texts(&wrong))?;
        let Resolved { section, payload, headers } = section.resolve(&given)?;
        Ok(Resolved { section: Cow::Owned(section.into_owned()), payload, headers })
    }
}

impl Section {
    fn compile(template: &TriggerTemplate) -> Result<Self, Vec<Wrong>> {
        let Some((member, _)) = template.action() else { return Ok(Self::default()) };
        let value = model::manifest::encode(template).get(member).cloned().unwrap_or_default();
        Self::of(member, value)
    }

    /// The section `member` of a template.
    fn of(member: &'static str, value: Value) -> Result<Self, Vec<Wrong>> {
        let list = |name: &str| -> Result<Option<Vec<TriggerParameter>>, Vec<Wrong>> {
            let list = value.get(name).filter(|list| !list.is_null()).cloned();
            list.map(serde_json::from_value)
                .transpose()
                .map_err(|error| vec![(format!(".template.{member}.{name}"), error.to_string())])
        };
        let within = |name: &'static str| {
            move |wrong: Vec<Wrong>| {
                wrong
                    .into_iter()
                    .map(|(at, error)| (format!(".template.{member}.{name}{at}"), error))
                    .collect::<Vec<_>>()
            }
        };
        let parameters = Parameters::compile(&list("parameters")?.unwrap_or_default()).map_err(within("parameters"))?;
        let payload = list("payload")?.map(|list| Payload::compile(&list)).transpose().map_err(within("payload"))?;
        let headers = list("dynamicHeaders")?
            .unwrap_or_default()
            .iter()
            .map(header)
            .collect::<Result<_, _>>()
            .map_err(|wrong| within("dynamicHeaders")(vec![wrong]))?;
        Ok(Self { member, value, parameters, payload, headers })
    }

    fn resolve(&self, given: &Given<'_>) -> Result<Resolved<'_>, String> {
        if self.parameters.is_empty() {
            let (payload, headers) = self.lists(given)?;
            return Ok(Resolved { section: Cow::Borrowed(&self.value), payload, headers });
        }
        let text = self.parameters.apply(&self.value.to_string(), given)?;
        let section: Value = serde_json::from_str(&text)
            .map_err(|error| format!("the section with its parameters is not JSON: {error}"))?;
        let (payload, headers) = if LISTS.iter().all(|list| section.get(list) == self.value.get(list)) {
            self.lists(given)?
        } else {
            // The parameters changed what the payload or the headers are made of.
            Self::of(self.member, section.clone()).map_err(|wrong| texts(&wrong))?.lists(given)?
        };
        Ok(Resolved { section: Cow::Owned(section), payload, headers })
    }

    /// Payload and headers.
    fn lists(&self, given: &Given<'_>) -> Result<Lists, String> {
        let payload = self.payload.as_ref().map(|payload| payload.build(given)).transpose()?;
        let mut headers = Vec::with_capacity(self.headers.len());
        for (name, source) in &self.headers {
            headers.extend(source.resolve(given)?.map(|value| (name.clone(), value.text)));
        }
        Ok((payload, headers))
    }
}

/// A payload, and headers with their values.
type Lists = (Option<String>, Vec<(String, String)>);

/// The members of a section that are compiled.
const LISTS: [&str; 2] = ["payload", "dynamicHeaders"];

fn texts(wrong: &[Wrong]) -> String {
    wrong.iter().map(|(member, error)| format!("{member}: {error}")).collect::<Vec<_>>().join("; ")
}

fn header(spec: &TriggerParameter) -> Result<(String, Source), Wrong> {
    let source = spec.src.as_ref().ok_or_else(|| (".src".to_owned(), "it is missing".to_owned()))?;
    Ok((spec.dest.clone(), Source::compile(source)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::TriggerName;
    use model::{Context, Event, FiredEvent, FiringId, Time};
    use serde_json::json;
    use std::sync::Arc;

    fn firing(data: &str) -> Firing {
        let context = Context { datacontenttype: "application/json".into(), ..Context::default() };
        let event = Event { context, data: Some(data.as_bytes().to_vec().into()), data_is_json: false };
        let fired = FiredEvent { dependency: "d".into(), time: Time::default(), event: Arc::new(event) };
        let trigger = Arc::new(TriggerName { namespace: "n".into(), sensor: "s".into(), trigger: "t".into() });
        Firing { id: FiringId([1; 16]), time: Time::default(), trigger, key: None, events: vec![fired] }
    }

    #[test]
    fn parameters_of_the_section_change_what_its_payload_is_made_of() {
        let source = |key: &str| json!({"dependencyName": "d", "dataKey": key});
        let trigger: Trigger = serde_json::from_value(json!({"template": {"name": "t", "http": {
            "url": "http://here/",
            "payload": [{"src": source("a"), "dest": "x"}],
            "parameters": [
                {"src": source("where"), "dest": "payload.0.dest"},
                {"src": source("which"), "dest": "payload.0.src.dataKey"},
                {"src": source("where"), "dest": "url", "operation": "append"}
            ]
        }}}))
        .unwrap();
        let action = Action::compile(&trigger).unwrap();
        let firing = firing(r#"{"a":1,"b":2,"where":"y","which":"b"}"#);
        let resolved = action.resolve(&firing).unwrap();
        assert_eq!(resolved.payload.as_deref(), Some(r#"{"y":"2"}"#));
        assert_eq!(resolved.section["url"], "http://here/y");
    }
}
