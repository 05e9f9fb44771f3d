//! Changes an event's data before its filters see it.

use lang::jq::Filter;
use lang::lua::Script;
use lang::{CompileError, EvalError, Moment};
use model::Event;
use model::manifest::EventDependencyTransformer;
use std::borrow::Cow;

/// A compiled transform.
#[derive(Debug)]
pub enum Transform {
    /// A program in jq.
    Jq(Filter),
    /// A script in Lua.
    Script(Script),
}

impl Transform {
    /// Compiles a transform; `None` where it asks for nothing. Of both languages jq is taken, as in the reference.
    ///
    /// # Errors
    /// A text that is no program of its language.
    pub fn compile(spec: &EventDependencyTransformer) -> Result<Option<Self>, CompileError> {
        if !spec.jq.is_empty() {
            return Filter::compile(&spec.jq).map(Self::Jq).map(Some);
        }
        (!spec.script.is_empty()).then(|| Script::compile(&spec.script).map(Self::Script)).transpose()
    }

    /// The event with its data transformed; without data it stays as it is. The new data is JSON.
    ///
    /// # Errors
    /// Data that is no JSON object, a program that fails or gives no object.
    pub fn apply<'a>(&self, event: &Event<'a>, moment: &Moment) -> Result<Event<'a>, EvalError> {
        let mut event = event.clone();
        if event.data.is_none() {
            return Ok(event);
        }
        let text = event.text().ok_or_else(|| EvalError::new("the data is not text"))?;
        let data = match self {
            Self::Jq(filter) => filter.transform(text, moment),
            Self::Script(script) => script.transform(text, moment),
        }?;
        event.data = Some(Cow::Owned(data.into_bytes()));
        event.context.datacontenttype = Cow::Borrowed("application/json");
        event.data_is_json = true;
        Ok(event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(script: &str, jq: &str) -> EventDependencyTransformer {
        EventDependencyTransformer { script: script.into(), jq: jq.into() }
    }

    fn event(data: Option<&'static [u8]>) -> Event<'static> {
        Event { data: data.map(Cow::Borrowed), ..Event::default() }
    }

    #[test]
    fn a_script_makes_new_data_that_is_json() {
        let transform = Transform::compile(&spec("event.a = event.a + 1 return event", "")).unwrap().unwrap();
        let changed = transform.apply(&event(Some(br#"{"a":1}"#)), &Moment::EPOCH).unwrap();
        assert_eq!(changed.text(), Some(r#"{"a":2}"#));
        assert_eq!((&*changed.context.datacontenttype, changed.data_is_json), ("application/json", true));
        assert_eq!(transform.apply(&event(None), &Moment::EPOCH).unwrap(), event(None));
        assert!(transform.apply(&event(Some(b"[1]")), &Moment::EPOCH).is_err());
    }

    #[test]
    fn of_both_languages_jq_is_taken_and_nothing_asks_for_nothing() {
        let transform = Transform::compile(&spec("return {}", ".a += 1 | .at = now")).unwrap().unwrap();
        let moment = Moment { now: "2024-07-15T10:20:30Z".parse().unwrap(), seed: 0 };
        let changed = transform.apply(&event(Some(br#"{"a":1}"#)), &moment).unwrap();
        assert_eq!(changed.text(), Some(r#"{"a":2,"at":1721038830}"#));
        assert!(transform.apply(&event(Some(b"[1]")), &Moment::EPOCH).is_err());
        assert_eq!(Transform::compile(&spec("", ".a +")).unwrap_err().at, 4);
        assert!(Transform::compile(&spec("", "")).unwrap().is_none());
    }
}
