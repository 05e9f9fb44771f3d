//! Placeholder.
use crate::effect::Firing;
use model::manifest::Trigger;
/// a
#[derive(Debug)]
pub struct Action {
    section: serde_json::Value,
}
/// r
#[derive(Debug)]
pub struct Resolved {
    /// s
    pub section: serde_json::Value,
    /// p
    pub payload: Option<String>,
    /// h
    pub headers: Vec<(String, String)>,
}
impl Action {
    /// c
    /// # Errors
    pub fn compile(trigger: &Trigger) -> Result<Self, Vec<(String, String)>> {
        let template = trigger.template.clone().unwrap_or_default();
        let section = template.http.as_ref().and_then(|h| serde_json::to_value(h).ok()).unwrap_or_default();
        Ok(Self { section })
    }
    /// r
    /// # Errors
    pub fn resolve(&self, _: &Firing) -> Result<Resolved, String> {
        Ok(Resolved { section: self.section.clone(), payload: None, headers: vec![] })
    }
}
