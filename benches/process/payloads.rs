//! Bodies to post: 1 KiB of JSON, or what GitHub sends.

use std::path::Path;

/// A set of bodies that are posted in turn.
pub(crate) struct Payloads {
    pub(crate) name: &'static str,
    bodies: Vec<String>,
}

impl Payloads {
    /// One body of 1,024 bytes.
    pub(crate) fn small() -> Self {
        let filler = "x".repeat(64);
        let mut body = String::from(r#"{"order":{"total":199.5,"currency":"EUR"},"lines":["#);
        while body.len() < 880 {
            body.push_str(&format!(r#"{{"sku":"{filler}","count":3}},"#));
        }
        body.push_str(r#"{"last":""#);
        let rest = 1_024 - body.len() - r#""}]}"#.len();
        body.push_str(&"y".repeat(rest));
        body.push_str(r#""}]}"#);
        Self { name: "1 KiB", bodies: vec![body] }
    }

    /// Every example payload of `@octokit/webhooks-examples`, where its folder is named.
    pub(crate) fn github() -> Option<Self> {
        let Some(folder) = std::env::var_os("TIDEGATE_GITHUB_EXAMPLES") else {
            println!("TIDEGATE_GITHUB_EXAMPLES is not set: no GitHub payloads are posted (tests/run fetches them)");
            return None;
        };
        let text = std::fs::read_to_string(Path::new(&folder).join("api.github.com/index.json")).unwrap();
        let hooks: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
        let examples = hooks.iter().flat_map(|hook| hook["examples"].as_array().into_iter().flatten());
        Some(Self { name: "GitHub payloads", bodies: examples.map(ToString::to_string).collect() })
    }

    /// The body of event `number`.
    pub(crate) fn body(&self, number: usize) -> &str {
        &self.bodies[number % self.bodies.len()]
    }
}
