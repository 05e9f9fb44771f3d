//! Path templates: `{name}` stands for any text without a slash, `{name:pattern}` for what the pattern matches.

use super::endpoint::Endpoint;
use model::{Error, Result};
use percent_encoding::percent_decode_str;
use regex::Regex;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// The path of the health check, which every port has.
pub(crate) const HEALTH: &str = "/health";

/// The endpoints of one port. A path without a variable comes first, then templates in the order they were added.
#[derive(Debug, Default)]
pub(crate) struct Routes {
    exact: FxHashMap<String, Arc<Endpoint>>,
    templates: Vec<(String, Regex, Arc<Endpoint>)>,
}

impl Routes {
    /// Adds an endpoint.
    ///
    /// # Errors
    /// A path that another endpoint has already, or that is no template.
    pub(crate) fn add(&mut self, endpoint: Endpoint) -> Result<()> {
        let endpoint = Arc::new(endpoint);
        let path = &endpoint.context.path;
        if path == HEALTH {
            return Err(Error::user(format!("{HEALTH} is the health check of every port; choose another endpoint")));
        }
        if let Some(other) = self.named(path) {
            return Err(Error::user(format!(
                "endpoint {path} is taken by {} of the same port; give one of them another endpoint or port",
                other.context.origin.route.path()
            )));
        }
        if path.contains('{') {
            self.templates.push((path.clone(), pattern(path)?, endpoint));
        } else {
            self.exact.insert(path.clone(), endpoint);
        }
        Ok(())
    }

    fn named(&self, path: &str) -> Option<&Arc<Endpoint>> {
        let template = self.templates.iter().find(|(template, ..)| template == path);
        self.exact.get(path).or(template.map(|(.., endpoint)| endpoint))
    }

    /// The endpoint for the path of a request as it was sent, percent-encoded.
    pub(crate) fn find(&self, path: &str) -> Option<&Arc<Endpoint>> {
        if !path.contains('%') {
            return self.find_decoded(path);
        }
        self.find_decoded(&percent_decode_str(path).decode_utf8().ok()?)
    }

    fn find_decoded(&self, path: &str) -> Option<&Arc<Endpoint>> {
        self.exact.get(path).or_else(|| {
            let found = self.templates.iter().find(|(_, pattern, _)| pattern.is_match(path));
            found.map(|(.., endpoint)| endpoint)
        })
    }

    /// The templates of all paths.
    pub(crate) fn endpoints(&self) -> impl Iterator<Item = &Arc<Endpoint>> {
        self.exact.values().chain(self.templates.iter().map(|(.., endpoint)| endpoint))
    }
}

/// The regular expression of a template.
fn pattern(template: &str) -> Result<Regex> {
    let wrong = |why: &str| Error::user(format!("endpoint {template}: {why}"));
    let mut pattern = String::from("^");
    let mut rest = template;
    while let Some(start) = rest.find(['{', '}']) {
        let (literal, variable) = rest.split_at(start);
        let end = closing(variable).ok_or_else(|| wrong("the braces are not balanced"))?;
        let inner = variable.get(1..end).unwrap_or_default();
        let (name, part) = inner.split_once(':').unwrap_or((inner, "[^/]+"));
        if name.is_empty() || part.is_empty() {
            return Err(wrong("a variable needs a name, as in {name} or {name:pattern}"));
        }
        pattern += &format!("{}(?:{part})", regex::escape(literal));
        rest = variable.get(end + 1..).unwrap_or_default();
    }
    pattern += &regex::escape(rest);
    pattern.push('$');
    Regex::new(&pattern).map_err(|_| wrong("a pattern in it is no regular expression"))
}

/// Where the brace that opens `text` is closed.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(template: &str, path: &str) -> bool {
        pattern(template).unwrap().is_match(path)
    }

    #[test]
    fn variables_match_within_a_segment() {
        assert!(matches("/hooks/{name}", "/hooks/a-b"));
        assert!(!matches("/hooks/{name}", "/hooks/a/b"));
        assert!(!matches("/hooks/{name}", "/hooks/"));
        assert!(matches("/v{n:[0-9]{1,3}}/x.y", "/v12/x.y"));
        assert!(!matches("/v{n:[0-9]{1,3}}/x.y", "/v12/xzy"));
        assert!(!matches("/v{n:[0-9]+}", "/v1a"));
    }

    #[test]
    fn what_is_no_template_is_refused() {
        for template in ["/{", "/}", "/{a", "/{}", "/{a:}", "/{:x}", "/{a:(}", "/a}{b"] {
            assert!(pattern(template).is_err(), "{template}");
        }
    }
}
