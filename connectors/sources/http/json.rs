//! JSON texts of headers and queries, written straight into a payload.

use hyper::HeaderMap;
use hyper::header::{HOST, HeaderName, TRAILER, TRANSFER_ENCODING};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Headers that Go's server takes out of the map that a handler sees.
const TAKEN_OUT: [HeaderName; 3] = [HOST, TRAILER, TRANSFER_ENCODING];

/// Bytes as text; those that are not UTF-8 are replaced, each for itself, as Go does.
pub(crate) fn text(bytes: &[u8]) -> Cow<'_, str> {
    // Checking first is several times as fast as replacing what need not be replaced.
    std::str::from_utf8(bytes).map_or_else(|_| Cow::Owned(replaced(bytes)), Cow::Borrowed)
}

fn replaced(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() + 8);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    text
}

/// Adds a JSON string.
pub(crate) fn push_string(out: &mut String, text: &str) {
    out.push('"');
    if text.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
        out.push_str(text);
    } else {
        text.chars().for_each(|char| match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if control < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(control))),
            other => out.push(other),
        });
    }
    out.push('"');
}

/// Adds an object of lists of texts: `{"Accept":["*/*"],…}`, names in Go's canonical form and in order.
pub(crate) fn header_lists(out: &mut String, headers: &HeaderMap) {
    object(out, names(headers), |out, name| {
        push_canonical(out, name);
        out.push(':');
        list(out, headers.get_all(name).iter().map(|value| text(value.as_bytes())));
    });
}

/// Adds an object of texts, the values of a header that came several times joined as HTTP joins them.
pub(crate) fn header_texts(out: &mut String, headers: &HeaderMap) {
    object(out, names(headers), |out, name| {
        push_canonical(out, name);
        out.push(':');
        let mut values = headers.get_all(name).iter().map(|value| text(value.as_bytes()));
        let first = values.next().unwrap_or_default();
        push_string(out, &values.fold(first, |all, value| Cow::Owned(format!("{all}, {value}"))));
    });
}

/// Adds the pairs of a query or a form as an object of lists of texts.
pub(crate) fn query_lists(out: &mut String, query: &[u8]) {
    object(out, pairs(query), |out, (name, values)| {
        push_string(out, &name);
        out.push(':');
        list(out, values.into_iter());
    });
}

/// Adds the pairs of a query as an object of texts; of a name that comes several times the first value.
pub(crate) fn query_texts(out: &mut String, query: &[u8]) {
    object(out, pairs(query), |out, (name, values)| {
        push_string(out, &name);
        out.push(':');
        push_string(out, values.first().map_or("", |value| value));
    });
}

fn object<T>(out: &mut String, members: impl IntoIterator<Item = T>, write: impl Fn(&mut String, T)) {
    out.push('{');
    for (index, member) in members.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write(out, member);
    }
    out.push('}');
}

fn list<'a>(out: &mut String, values: impl Iterator<Item = Cow<'a, str>>) {
    out.push('[');
    for (index, value) in values.enumerate() {
        if index > 0 {
            out.push(',');
        }
        push_string(out, &value);
    }
    out.push(']');
}

fn names(headers: &HeaderMap) -> Vec<&HeaderName> {
    let mut names: Vec<_> = headers.keys().filter(|name| !TAKEN_OUT.contains(name)).collect();
    names.sort_unstable_by_key(|name| name.as_str());
    names
}

fn pairs(query: &[u8]) -> BTreeMap<Cow<'_, str>, Vec<Cow<'_, str>>> {
    let mut pairs = BTreeMap::<_, Vec<_>>::new();
    for (name, value) in form_urlencoded::parse(query) {
        pairs.entry(name).or_default().push(value);
    }
    pairs
}

/// Adds a header's name with a capital letter at the start of each part, as Go writes it.
fn push_canonical(out: &mut String, name: &HeaderName) {
    out.push('"');
    let mut start = true;
    for byte in name.as_str().bytes() {
        let byte = if start { byte.to_ascii_uppercase() } else { byte };
        start = byte == b'-';
        out.push(char::from(byte));
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(write: impl Fn(&mut String)) -> String {
        let mut out = String::new();
        write(&mut out);
        out
    }

    #[test]
    fn headers_are_written_as_go_writes_them() {
        let mut headers = HeaderMap::new();
        headers.append("x-b", "2".parse().unwrap());
        headers.append("host", "h".parse().unwrap());
        headers.append("content-type", "a\"b".parse().unwrap());
        headers.append("x-b", "1".parse().unwrap());
        let lists = written(|out| header_lists(out, &headers));
        assert_eq!(lists, r#"{"Content-Type":["a\"b"],"X-B":["2","1"]}"#);
        assert_eq!(written(|out| header_texts(out, &headers)), r#"{"Content-Type":"a\"b","X-B":"2, 1"}"#);
    }

    #[test]
    fn queries_keep_every_value_in_lists_and_the_first_in_texts() {
        let query = b"b=2&a=x+y&b=1&c";
        assert_eq!(written(|out| query_lists(out, query)), r#"{"a":["x y"],"b":["2","1"],"c":[""]}"#);
        assert_eq!(written(|out| query_texts(out, query)), r#"{"a":"x y","b":"2","c":""}"#);
        assert_eq!(written(|out| query_texts(out, b"")), "{}");
    }

    #[test]
    fn each_byte_that_is_no_text_is_replaced_for_itself() {
        assert_eq!(text(b"a\xe2\x82b\xff"), "a\u{fffd}\u{fffd}b\u{fffd}");
        assert!(matches!(text("å".as_bytes()), Cow::Borrowed("å")));
    }

    proptest! {
        #[test]
        fn every_text_reads_back(text in any::<String>()) {
            let json = written(|out| push_string(out, &text));
            prop_assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        }
    }
}
