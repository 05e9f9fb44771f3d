//! A value of an event: by template, by path, by default, or the whole event.

use super::{Given, Wrong};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use lang::path::{Kind, Path};
use lang::template::{Template, Value};
use lang::{Moment, json, yaml};
use model::manifest::TriggerParameterSource;
use model::{Context, Event};
use serde_json::json;
use std::borrow::Cow;

/// A compiled source of a value.
#[derive(Debug)]
pub struct Source {
    dependency: String,
    selector: Selector,
    default: Option<String>,
    raw: bool,
}

/// What of the event is looked at.
#[derive(Debug)]
enum Selector {
    /// The event as one JSON text.
    Whole,
    Context(Look),
    Data(Look),
}

/// A template is tried before a path.
#[derive(Debug)]
struct Look {
    template: Option<Template>,
    path: Option<Path>,
}

/// A value that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// Its text.
    pub text: String,
    /// What it is.
    pub tag: Tag,
    /// The parameter asks for it as it is, where it is not a text.
    pub raw: bool,
}

/// What a value is in the event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Tag {
    String,
    Number,
    True,
    False,
    Null,
    Json,
}

impl Source {
    /// Compiles a source. Of context and data selectors the data's win, as in the reference.
    ///
    /// # Errors
    /// Paths and templates that do not compile, by member.
    pub fn compile(spec: &TriggerParameterSource) -> Result<Self, Wrong> {
        let data = !spec.data_key.is_empty() || !spec.data_template.is_empty();
        let context = !spec.context_key.is_empty() || !spec.context_template.is_empty();
        let selector = match (data, context) {
            (true, _) => {
                Selector::Data(Look::compile(("dataTemplate", &spec.data_template), ("dataKey", &spec.data_key))?)
            }
            (false, true) => Selector::Context(Look::compile(
                ("contextTemplate", &spec.context_template),
                ("contextKey", &spec.context_key),
            )?),
            (false, false) => Selector::Whole,
        };
        Ok(Self {
            dependency: spec.dependency_name.clone(),
            selector,
            default: spec.value.clone(),
            raw: spec.use_raw_data,
        })
    }

    /// The value; `None` where the dependency has no event and there is no default, which is no error.
    ///
    /// # Errors
    /// A selector that finds nothing, without a default.
    pub fn resolve(&self, given: &Given<'_>) -> Result<Option<Resolved>, String> {
        let default = || self.default.clone().map(|text| Resolved { text, tag: Tag::String, raw: self.raw });
        let Some(event) = given.event(&self.dependency) else { return Ok(default()) };
        let found = match &self.selector {
            Selector::Whole => {
                return Ok(Some(default().unwrap_or_else(|| Resolved {
                    text: whole(event),
                    tag: Tag::String,
                    raw: self.raw,
                })));
            }
            Selector::Context(look) => look.at(&context(&event.context).to_string(), &given.moment),
            Selector::Data(look) => document(event).and_then(|text| look.at(&text, &given.moment)),
        };
        match found {
            Ok((text, tag)) => Ok(Some(Resolved { text, tag, raw: self.raw })),
            Err(error) => default().map(Some).ok_or_else(|| format!("dependency {}: {error}", self.dependency)),
        }
    }
}

impl Look {
    fn compile(template: (&str, &str), path: (&str, &str)) -> Result<Self, Wrong> {
        let wrong = |member: &str, error: lang::CompileError| (member.to_owned(), error.to_string());
        Ok(Self {
            // A template that does not compile falls through to the path and the default, as in the reference; lint tells it.
            template: (!template.1.is_empty()).then(|| Template::compile(template.1)).and_then(Result::ok),
            path: (!path.1.is_empty())
                .then(|| Path::compile(path.1))
                .transpose()
                .map_err(|error| wrong(path.0, error))?,
        })
    }

    fn at(&self, document: &str, moment: &Moment) -> Result<(String, Tag), String> {
        if let Some(template) = &self.template {
            let input = Value::of_json(document).map_err(|error| error.to_string())?;
            let rendered = template.render(Value::dict([("Input".into(), input)].into()), moment);
            if let Ok(text) = rendered
                && !text.is_empty()
                && text != "<no value>"
            {
                return Ok((text, Tag::String));
            }
        }
        let path = self.path.as_ref().ok_or("the template gives nothing")?;
        let found = path.get(document).ok_or("there is nothing at its path")?;
        Ok(match found.kind() {
            Kind::Null => ("null".to_owned(), Tag::Null),
            Kind::Json => (found.raw().to_owned(), Tag::Json),
            Kind::String => (found.string_view().into_owned(), Tag::String),
            Kind::Number => (found.string_view().into_owned(), Tag::Number),
            Kind::True => (found.string_view().into_owned(), Tag::True),
            Kind::False => (found.string_view().into_owned(), Tag::False),
        })
    }
}

/// The data as a JSON text; only the exact content types of JSON and of YAML are taken for such data.
fn document<'a>(event: &'a Event<'_>) -> Result<Cow<'a, str>, String> {
    let text = event.text().ok_or("its event has no data that is text")?;
    match &*event.context.datacontenttype {
        "application/json" if event.data_is_json || json::valid(text.as_bytes()) => Ok(Cow::Borrowed(text)),
        "application/json" => Err("its event's data is not JSON".to_owned()),
        "application/yaml" => yaml::to_json(text)
            .map(Cow::Owned)
            .map_err(|error| format!("its event's data cannot be read as YAML: {error}")),
        other => Err(format!(
            "its event's data has the content type {other:?}; expected \"application/json\" or \"application/yaml\""
        )),
    }
}

/// The context attributes as the reference writes them: all members, time in whole seconds of UTC or null.
fn context(context: &Context<'_>) -> serde_json::Value {
    let time = context.instant().map(|at| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
    json!({
        "id": context.id, "source": context.source, "specversion": context.specversion, "type": context.kind,
        "datacontenttype": context.datacontenttype, "subject": context.subject, "time": time,
    })
}

/// The event as one JSON text, in the reference's order of members, its data in base64.
fn whole(event: &Event<'_>) -> String {
    let text = |text: &str| {
        let mut quoted = String::new();
        json::quote(text, &mut quoted);
        quoted
    };
    let context = &event.context;
    let time =
        context.instant().map_or_else(|| "null".to_owned(), |at| text(&at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()));
    let data = event.data.as_deref().map_or_else(|| "null".to_owned(), |data| text(&BASE64.encode(data)));
    format!(
        r#"{{"context":{{"id":{},"source":{},"specversion":{},"type":{},"datacontenttype":{},"subject":{},"time":{time}}},"data":{data}}}"#,
        text(&context.id),
        text(&context.source),
        text(&context.specversion),
        text(&context.kind),
        text(&context.datacontenttype),
        text(&context.subject),
    )
}
