//! Talks to a running process over the socket in its data folder.

use super::Globals;
use crate::admin::SOCKET;
use anyhow::{Context as _, bail};
use serde_json::Value;
use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;

/// The answer of the process on this data folder; `None` where none runs.
///
/// # Errors
/// What the process says is wrong, or an answer that cannot be read.
pub(super) fn call(globals: &Globals, method: &str, path: &str, body: &[u8]) -> anyhow::Result<Option<Value>> {
    let Ok(mut stream) = UnixStream::connect(globals.data_dir.join(SOCKET)) else { return Ok(None) };
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: tidegate\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(&[head.as_bytes(), body].concat()).context("the running process does not take the request")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).context("the running process does not answer")?;
    let (head, body) = answer.split_once("\r\n\r\n").context("the running process broke its answer off")?;
    let body: Value = serde_json::from_str(body).unwrap_or_else(|_| Value::String(body.trim().to_owned()));
    if head.starts_with("HTTP/1.1 200") {
        return Ok(Some(body));
    }
    let error = body.get("error").unwrap_or(&body);
    bail!("{}", error.as_str().unwrap_or("the running process refused"))
}

/// As [`call`], where only a running process can do what is asked.
///
/// # Errors
/// Also when none runs.
pub(super) fn ask(globals: &Globals, method: &str, path: &str, body: &[u8]) -> anyhow::Result<Value> {
    let answer = call(globals, method, path, body)?;
    answer.with_context(|| {
        format!(
            "no process runs on {}; start one with `tidegate run`, or name its folder with --data-dir",
            globals.data_dir.display()
        )
    })
}
