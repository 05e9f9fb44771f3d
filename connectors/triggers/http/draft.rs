//! What a request is made from: everything that the action says, before secrets and events come in.

use super::send::Outgoing;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use hyper::header::{
    ACCEPT_ENCODING, AUTHORIZATION, CONTENT_LENGTH, HOST, HeaderName, HeaderValue, TRAILER, TRANSFER_ENCODING,
    USER_AGENT,
};
use hyper::{HeaderMap, Method, Uri};
use model::manifest::trigger::HttpTrigger;
use model::manifest::{BasicAuth, SecretKeySelector, TlsConfig, ValueFromSource};
use model::ports::Attempt;
use model::secrets::Secrets;
use model::{Error, FiringId, Result};
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use serde::Deserialize;
use serde_json::Value;
use std::time::Duration;

/// How long an attempt takes at most where the manifest does not say.
const TIMEOUT: Duration = Duration::from_secs(60);
/// What the reference's client calls itself.
const AGENT: HeaderValue = HeaderValue::from_static("Go-http-client/1.1");
const GZIP: HeaderValue = HeaderValue::from_static("gzip");
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Headers that the client writes itself; the reference ignores them in a manifest too.
const OWN: [HeaderName; 4] = [HOST, CONTENT_LENGTH, TRANSFER_ENCODING, TRAILER];
/// What a URL of a manifest may hold though it stands for itself only when encoded.
const LOOSE: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'\\').add(b'^').add(b'`').add(b'{').add(b'|').add(b'}');

/// A request without its secrets and events.
#[derive(Debug)]
pub(super) struct Draft {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    secure: Vec<(HeaderName, ValueFromSource)>,
    basic_auth: Option<BasicAuth>,
    pub(super) tls: Option<TlsConfig>,
    pub(super) timeout: Duration,
}

impl Draft {
    /// Reads an action.
    ///
    /// # Errors
    /// A URL, method, header or type that cannot be.
    pub(super) fn new(action: &Value) -> Result<Self> {
        let settings = HttpTrigger::deserialize(action).map_err(|error| Error::user(format!("http: {error}")))?;
        let method = if settings.method.is_empty() { "POST" } else { &settings.method };
        let method =
            Method::from_bytes(method.as_bytes()).map_err(|_| Error::user(format!("{method:?} is no HTTP method")))?;
        let (uri, user) = target(&settings.url)?;
        let mut headers = HeaderMap::new();
        headers.insert(USER_AGENT, AGENT);
        headers.insert(ACCEPT_ENCODING, GZIP);
        user.into_iter().for_each(|user| drop(headers.insert(AUTHORIZATION, user)));
        for (name, value) in &settings.headers {
            insert(&mut headers, self::name(name)?, value.as_bytes())?;
        }
        if !settings.host.is_empty() {
            headers.insert(HOST, self::value(&HOST, settings.host.as_bytes())?);
        }
        let mut secure = Vec::new();
        for header in settings.secure_headers {
            secure.push((self::name(&header.name)?, header.value_from.unwrap_or_default()));
        }
        let timeout = u64::try_from(settings.timeout).ok().filter(|seconds| *seconds > 0);
        Ok(Self {
            method,
            uri,
            headers,
            secure,
            basic_auth: settings.basic_auth,
            tls: settings.tls,
            timeout: timeout.map_or(TIMEOUT, Duration::from_secs),
        })
    }

    /// The request of an attempt. Of a header that is given in several ways the secret wins over the event's value, and
    /// that over the manifest's.
    ///
    /// # Errors
    /// A secret that does not exist, or a value that no header can have; the text does not show the value.
    pub(super) fn request(&self, attempt: &Attempt<'_>, namespace: &str, secrets: &Secrets) -> Result<Outgoing> {
        let mut headers = self.headers.clone();
        for (name, value) in attempt.headers {
            insert(&mut headers, self::name(name)?, value.as_bytes())?;
        }
        let mut secret = Vec::with_capacity(self.secure.len());
        for (name, source) in &self.secure {
            let value = secrets.value_from(namespace, source).map_err(|error| Error::user(error.to_string()))?;
            insert(&mut headers, name.clone(), value.bytes())?;
            secret.push(name.clone());
        }
        if let Some(basic) = &self.basic_auth {
            headers.insert(AUTHORIZATION, credentials(basic, namespace, secrets)?);
        }
        headers.entry(IDEMPOTENCY_KEY).or_insert_with(|| key(attempt.firing));
        let body = attempt.payload.clone().unwrap_or_default();
        Ok(Outgoing { method: self.method.clone(), uri: self.uri.clone(), headers, secret, body })
    }
}

/// Where a URL leads, and the credentials in it.
fn target(url: &str) -> Result<(Uri, Option<HeaderValue>)> {
    let wrong = || Error::user("url is no URL of the form http://host/path or https://host/path");
    let encoded = utf8_percent_encode(url, LOOSE).to_string();
    let uri: Uri = encoded.parse().map_err(|_| wrong())?;
    let authority = uri.authority().ok_or_else(wrong)?.as_str();
    if !matches!(uri.scheme_str(), Some("http" | "https")) || uri.host().is_none_or(str::is_empty) {
        return Err(wrong());
    }
    let Some((user, host)) = authority.rsplit_once('@') else { return Ok((uri, None)) };
    let (user, password) = user.split_once(':').unwrap_or((user, ""));
    let decode = |text| percent_decode_str(text).collect::<Vec<_>>();
    let user = basic(&decode(user), &decode(password))?;
    let mut parts = uri.clone().into_parts();
    parts.authority = Some(host.parse().map_err(|_| wrong())?);
    Ok((Uri::from_parts(parts).map_err(|_| wrong())?, Some(user)))
}

fn credentials(basic_auth: &BasicAuth, namespace: &str, secrets: &Secrets) -> Result<HeaderValue> {
    let read = |selector: &Option<SecretKeySelector>| match selector {
        Some(selector) => secrets.secret(namespace, selector).map(|value| value.bytes().to_vec()),
        None => Ok(Vec::new()),
    };
    let read = |selector| read(selector).map_err(|error| Error::user(error.to_string()));
    basic(&read(&basic_auth.username)?, &read(&basic_auth.password)?)
}

fn basic(user: &[u8], password: &[u8]) -> Result<HeaderValue> {
    let encoded = format!("Basic {}", BASE64.encode([user, b":", password].concat()));
    let mut value = self::value(&AUTHORIZATION, encoded.as_bytes())?;
    value.set_sensitive(true);
    Ok(value)
}

fn key(firing: FiringId) -> HeaderValue {
    let text = format!("{:032x}", u128::from_be_bytes(firing.0));
    HeaderValue::from_maybe_shared(Bytes::from(text)).unwrap_or(HeaderValue::from_static(""))
}

fn insert(headers: &mut HeaderMap, name: HeaderName, bytes: &[u8]) -> Result<()> {
    if !OWN.contains(&name) {
        let value = value(&name, bytes)?;
        headers.insert(name, value);
    }
    Ok(())
}

fn name(name: &str) -> Result<HeaderName> {
    HeaderName::from_bytes(name.as_bytes()).map_err(|_| Error::user(format!("{name:?} is no header name")))
}

fn value(name: &HeaderName, bytes: &[u8]) -> Result<HeaderValue> {
    let wrong = |_| Error::user(format!("the value for the header {name} has characters that a header cannot have"));
    HeaderValue::from_bytes(bytes).map_err(wrong)
}
