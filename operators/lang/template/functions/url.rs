//! URLs taken apart and put together, as Go's `net/url` does.

use std::net::Ipv6Addr;

use super::signature::{Arguments, Function, Outcome, Type};
use crate::EvalError;
use crate::template::evaluation::Evaluation;
use crate::template::value::{Dict as Map, Entries, Text, Value};

use Type::{Dict, Text as Str};

pub(super) static FUNCTIONS: &[Function] = &[
    Function::fixed("urlParse", &[Str], |_, a| Url::parse(a.bytes(0)).map(Url::into_dict)),
    Function::fixed("urlJoin", &[Dict], join),
];

/// A part of a URL: which symbols stand in it as they are, besides letters and digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Path,
    Host,
    Zone,
    User,
    Fragment,
}

impl Part {
    fn keeps(self, byte: u8) -> bool {
        let symbols: &[u8] = match self {
            Self::Path => b"-_.~$&+,/:;=@",
            Self::Host | Self::Zone => b"-_.~!$&'()*+,;=:[]<>\"",
            Self::User => b"-_.~$&+,;=",
            Self::Fragment => b"-_.~$&+,/:;=?@!()*",
        };
        byte.is_ascii_alphanumeric() || symbols.contains(&byte)
    }

    fn escape(self, bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(bytes.len());
        for byte in bytes {
            if self.keeps(*byte) {
                out.push(*byte);
            } else {
                out.extend_from_slice(format!("%{byte:02X}").as_bytes());
            }
        }
        out
    }

    fn unescape(self, bytes: &[u8]) -> Result<Vec<u8>, EvalError> {
        let in_host = matches!(self, Self::Host | Self::Zone);
        let mut out = Vec::with_capacity(bytes.len());
        let mut rest = bytes;
        while let Some((byte, after)) = rest.split_first() {
            rest = after;
            if *byte != b'%' {
                if in_host && byte.is_ascii() && !self.keeps(*byte) {
                    return Err(invalid("character in host name"));
                }
                out.push(*byte);
                continue;
            }
            let (digits, after) = rest.split_at_checked(2).ok_or_else(|| invalid("URL escape"))?;
            let digits = std::str::from_utf8(digits).unwrap_or_default();
            let is_hexadecimal = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
            let escaped = u8::from_str_radix(digits, 16).ok().filter(|_| is_hexadecimal);
            let escaped = escaped.ok_or_else(|| invalid("URL escape"))?;
            // In a host only bytes beyond ASCII are escaped, in its zone what could also stand there as it is.
            let is_allowed = match self {
                _ if digits == "25" => true,
                Self::Host => !escaped.is_ascii(),
                Self::Zone => escaped == b' ' || Self::Host.keeps(escaped),
                _ => true,
            };
            if !is_allowed {
                return Err(invalid("URL escape"));
            }
            out.push(escaped);
            rest = after;
        }
        Ok(out)
    }
}

fn invalid(what: &str) -> EvalError {
    EvalError::new(format!("unable to parse url: invalid {what}"))
}

/// The parts of a URL, unescaped but for the query.
#[derive(Debug, Default)]
struct Url {
    scheme: Vec<u8>,
    opaque: Vec<u8>,
    /// The user, and the password if a colon was there.
    user: Option<(Vec<u8>, Option<Vec<u8>>)>,
    host: Vec<u8>,
    path: Vec<u8>,
    query: Vec<u8>,
    fragment: Vec<u8>,
}

fn cut(bytes: &[u8], mark: u8) -> (&[u8], Option<&[u8]>) {
    match memchr::memchr(mark, bytes) {
        Some(at) => (bytes.get(..at).unwrap_or_default(), bytes.get(at + 1..)),
        None => (bytes, None),
    }
}

impl Url {
    fn parse(text: &[u8]) -> Result<Self, EvalError> {
        let (text, fragment) = cut(text, b'#');
        let mut url = Self::default();
        if text.iter().any(u8::is_ascii_control) {
            return Err(invalid("control character in URL"));
        }
        if text == b"*" {
            url.path = text.to_vec();
        } else {
            url.before_fragment(text)?;
        }
        url.fragment = Part::Fragment.unescape(fragment.unwrap_or_default())?;
        Ok(url)
    }

    fn before_fragment(&mut self, text: &[u8]) -> Result<(), EvalError> {
        let (scheme, rest) = scheme(text)?;
        self.scheme = scheme.to_ascii_lowercase();
        let (rest, query) = cut(rest, b'?');
        self.query = query.unwrap_or_default().to_vec();
        if !rest.starts_with(b"/") {
            if !self.scheme.is_empty() {
                self.opaque = rest.to_vec();
                return Ok(());
            }
            if cut(rest, b'/').0.contains(&b':') {
                return Err(invalid("colon in the first path segment"));
            }
        }
        let mut path = rest;
        if (!self.scheme.is_empty() || !rest.starts_with(b"///"))
            && let Some(authority) = rest.strip_prefix(b"//")
        {
            let end = memchr::memchr(b'/', authority).unwrap_or(authority.len());
            let (authority, after) = authority.split_at_checked(end).unwrap_or((authority, b""));
            self.authority(authority)?;
            path = after;
        }
        self.path = Part::Path.unescape(path)?;
        Ok(())
    }

    fn authority(&mut self, authority: &[u8]) -> Result<(), EvalError> {
        let Some(at) = memchr::memrchr(b'@', authority) else {
            self.host = self.parse_host(authority)?;
            return Ok(());
        };
        let (user, host) = (authority.get(..at).unwrap_or_default(), authority.get(at + 1..).unwrap_or_default());
        self.host = self.parse_host(host)?;
        if !user.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(byte)) {
            return Err(invalid("userinfo"));
        }
        let (name, password) = cut(user, b':');
        let password = password.map(|password| Part::User.unescape(password)).transpose()?;
        self.user = Some((Part::User.unescape(name)?, password));
        Ok(())
    }

    fn parse_host(&self, host: &[u8]) -> Result<Vec<u8>, EvalError> {
        match memchr::memrchr(b'[', host) {
            Some(0) => return address(host),
            Some(_) => return Err(invalid("IP literal")),
            None => {}
        }
        if let Some(first) = memchr::memchr(b':', host) {
            // Several colons are tolerated but for the web: some databases list their hosts.
            let is_web = self.scheme == b"http" || self.scheme == b"https";
            let colon = if is_web { first } else { memchr::memrchr(b':', host).unwrap_or(first) };
            if !is_port(host.get(colon..).unwrap_or_default()) {
                return Err(invalid("port"));
            }
        }
        Part::Host.unescape(host)
    }

    /// The host without its port and brackets.
    fn hostname(&self) -> &[u8] {
        let colon = memchr::memrchr(b':', &self.host);
        let host = match colon.and_then(|colon| self.host.split_at_checked(colon)) {
            Some((host, port)) if is_port(port) => host,
            _ => &self.host,
        };
        host.strip_prefix(b"[").and_then(|host| host.strip_suffix(b"]")).unwrap_or(host)
    }

    fn userinfo(&self) -> Vec<u8> {
        match &self.user {
            None => Vec::new(),
            Some((name, None)) => Part::User.escape(name),
            Some((name, Some(password))) => {
                [Part::User.escape(name), Part::User.escape(password)].join(b":".as_slice())
            }
        }
    }

    fn into_dict(self) -> Value {
        let (hostname, userinfo) = (self.hostname().to_vec(), self.userinfo());
        let members = [
            ("scheme", self.scheme),
            ("host", self.host),
            ("hostname", hostname),
            ("path", self.path),
            ("query", self.query),
            ("opaque", self.opaque),
            ("fragment", self.fragment),
            ("userinfo", userinfo),
        ];
        let entries: Entries = members.into_iter().map(|(key, text)| (Text::from(key), Value::text(text))).collect();
        Value::dict(entries)
    }

    fn write(&self) -> Vec<u8> {
        let mut out = Vec::new();
        if !self.scheme.is_empty() {
            out.extend_from_slice(&self.scheme);
            out.push(b':');
        }
        if self.opaque.is_empty() {
            self.write_hierarchy(&mut out);
        } else {
            out.extend_from_slice(&self.opaque);
        }
        if !self.query.is_empty() {
            out.push(b'?');
            out.extend_from_slice(&self.query);
        }
        if !self.fragment.is_empty() {
            out.push(b'#');
            out.extend(Part::Fragment.escape(&self.fragment));
        }
        out
    }

    fn write_hierarchy(&self, out: &mut Vec<u8>) {
        let has_authority = !self.host.is_empty() || self.user.is_some();
        if has_authority || !self.scheme.is_empty() && !self.path.is_empty() {
            out.extend_from_slice(b"//");
        }
        if self.user.is_some() {
            out.extend(self.userinfo());
            out.push(b'@');
        }
        out.extend(Part::Host.escape(&self.host));
        let path = if self.path == b"*" { self.path.clone() } else { Part::Path.escape(&self.path) };
        if !path.is_empty() && !path.starts_with(b"/") && !self.host.is_empty() {
            out.push(b'/');
        }
        // A colon in the first segment would be taken for the end of a scheme.
        if out.is_empty() && cut(&path, b'/').0.contains(&b':') {
            out.extend_from_slice(b"./");
        }
        out.extend(path);
    }
}

/// The scheme, and what follows its colon.
fn scheme(text: &[u8]) -> Result<(&[u8], &[u8]), EvalError> {
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => {}
            b'0'..=b'9' | b'+' | b'-' | b'.' if at > 0 => {}
            b':' if at == 0 => return Err(invalid("protocol scheme")),
            b':' => return Ok((text.get(..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default())),
            _ => break,
        }
    }
    Ok((b"", text))
}

/// An IPv6 address in brackets, with a zone and a port if need be.
fn address(host: &[u8]) -> Result<Vec<u8>, EvalError> {
    let close = memchr::memrchr(b']', host).ok_or_else(|| invalid("IP literal"))?;
    let (name, port) = (host.get(1..close).unwrap_or_default(), host.get(close + 1..).unwrap_or_default());
    if !is_port(port) {
        return Err(invalid("port"));
    }
    let zone = memchr::memmem::find(name, b"%25").unwrap_or(name.len());
    let (address, zone) = name.split_at_checked(zone).unwrap_or((name, b""));
    let name = [Part::Host.unescape(address)?, Part::Zone.unescape(zone)?].concat();
    let text = String::from_utf8_lossy(&name);
    let (address, zone) = text.split_once('%').map_or((text.as_ref(), None), |(address, zone)| (address, Some(zone)));
    if address.parse::<Ipv6Addr>().is_err() || zone == Some("") {
        return Err(invalid("IP literal"));
    }
    Ok([b"[", name.as_slice(), b"]", port].concat())
}

/// Whether this is nothing, or a colon and digits.
fn is_port(text: &[u8]) -> bool {
    text.strip_prefix(b":").map_or(text.is_empty(), |digits| digits.iter().all(u8::is_ascii_digit))
}

fn join(_: &Evaluation, a: Arguments<'_>) -> Outcome {
    let dict = a.dict(0);
    let userinfo = member(&dict, "userinfo")?;
    let user = match userinfo.as_slice() {
        b"" => None,
        userinfo => Url::parse(&[b"proto://", userinfo, b"@host"].concat())?.user,
    };
    let url = Url {
        scheme: member(&dict, "scheme")?,
        host: member(&dict, "host")?,
        path: member(&dict, "path")?,
        query: member(&dict, "query")?,
        opaque: member(&dict, "opaque")?,
        fragment: member(&dict, "fragment")?,
        user,
    };
    Ok(Value::text(url.write()))
}

/// The text at a key; none if it is not there.
fn member(dict: &Map, key: &str) -> Result<Vec<u8>, EvalError> {
    match dict.get(key.as_bytes()) {
        None => Ok(Vec::new()),
        Some(Value::Text(text)) => Ok(text.as_bytes().to_vec()),
        Some(other) => {
            let found = other.kind_name();
            Err(EvalError::new(format!("unable to parse {key} key, must be of type string, but {found} found")))
        }
    }
}
