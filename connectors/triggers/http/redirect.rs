//! Redirects, followed as Go's client follows them.

use super::send::Outgoing;
use bytes::Bytes;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HOST, LOCATION};
use hyper::{HeaderMap, Method, StatusCode, Uri};
use model::{Error, Result};

/// How many redirects are followed.
pub(super) const MOST: usize = 10;

/// The request that an answer leads to; `None` where it is no redirect.
///
/// 301, 302 and 303 are followed by a GET without a body (a HEAD stays one), 307 and 308 by the same request. What is
/// secret is not shown to another host, or over a connection that is not protected any more.
///
/// # Errors
/// A place that is no HTTP URL.
pub(super) fn next(request: &Outgoing, status: StatusCode, answer: &HeaderMap) -> Result<Option<Outgoing>> {
    let keep = match status.as_u16() {
        301..=303 => false,
        307 | 308 => true,
        _ => return Ok(None),
    };
    let Some(location) = answer.get(LOCATION) else { return Ok(None) };
    let wrong = || Error::external("the sink redirects to a place that is no HTTP URL");
    let uri = location.to_str().ok().and_then(|location| join(&request.uri, location)).ok_or_else(wrong)?;
    let mut next = Outgoing { uri, ..request.clone() };
    if !keep {
        next.body = Bytes::new();
        next.headers.remove(CONTENT_TYPE);
        if next.method != Method::HEAD {
            next.method = Method::GET;
        }
    }
    if next.uri.authority() != request.uri.authority() {
        next.headers.remove(HOST);
    }
    if next.uri.authority() != request.uri.authority() || next.uri.scheme() != request.uri.scheme() {
        for name in next.secret.drain(..).chain([AUTHORIZATION, COOKIE]) {
            next.headers.remove(name);
        }
    }
    Ok(Some(next))
}

/// The URL that `location` means when it is met at `base` (RFC 3986, section 5.2).
fn join(base: &Uri, location: &str) -> Option<Uri> {
    let location = location.split('#').next().unwrap_or_default();
    let (scheme, authority) = (base.scheme_str()?, base.authority()?);
    let is_absolute =
        location.split_once("://").is_some_and(|(scheme, _)| scheme.bytes().all(|b| b.is_ascii_alphanumeric()));
    let text = if is_absolute {
        location.to_owned()
    } else if location.starts_with("//") {
        format!("{scheme}:{location}")
    } else if location.starts_with('?') || location.is_empty() {
        format!("{scheme}://{authority}{}{location}", base.path())
    } else {
        let (path, query) = location.split_at(location.find('?').unwrap_or(location.len()));
        let folder = base.path().rsplit_once('/').map_or("", |(folder, _)| folder);
        let path = if path.starts_with('/') { path.to_owned() } else { format!("{folder}/{path}") };
        format!("{scheme}://{authority}{}{query}", without_dots(&path))
    };
    let uri: Uri = text.parse().ok()?;
    matches!(uri.scheme_str(), Some("http" | "https")).then_some(uri).filter(|uri| uri.authority().is_some())
}

/// A path without the segments `.` and `..`.
fn without_dots(path: &str) -> String {
    let mut segments = Vec::new();
    let mut parts = path.split('/').skip(1).peekable();
    while let Some(part) = parts.next() {
        match part {
            ".." => drop(segments.pop()),
            "." => {}
            part => segments.push(part),
        }
        if matches!(part, "." | "..") && parts.peek().is_none() {
            segments.push("");
        }
    }
    format!("/{}", segments.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_joined_as_the_standard_says() {
        let base = "http://a/b/c/d?q".parse().unwrap();
        let cases = [
            ("g", "http://a/b/c/g"),
            ("./g", "http://a/b/c/g"),
            ("g/", "http://a/b/c/g/"),
            ("/g", "http://a/g"),
            ("//g", "http://g/"),
            ("?y", "http://a/b/c/d?y"),
            ("g?y", "http://a/b/c/g?y"),
            ("g#s", "http://a/b/c/g"),
            (".", "http://a/b/c/"),
            ("..", "http://a/b/"),
            ("../g", "http://a/b/g"),
            ("../../../g", "http://a/g"),
            ("g?y/../x", "http://a/b/c/g?y/../x"),
            ("https://h:1/x?u=http://y", "https://h:1/x?u=http://y"),
            ("x?u=http://y", "http://a/b/c/x?u=http://y"),
        ];
        for (location, expected) in cases {
            assert_eq!(join(&base, location).map(|uri| uri.to_string()).as_deref(), Some(expected), "{location}");
        }
        for location in ["ftp://h/", "http://", "http://[", "\u{7f}"] {
            assert_eq!(join(&base, location), None, "{location}");
        }
    }
}
