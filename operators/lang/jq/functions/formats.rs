//! The formats of texts: `@html`, `@csv` and the like.

use super::{Native, Surroundings, argument, failed, refused, row, shown, written};
use crate::jq::raise::Raise;
use crate::jq::value::Value;
use crate::jq::write::{to_json, typed};
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::{DecodeError, Engine as _};
use std::fmt::Write as _;

pub(super) const ROWS: &[Native] = &[
    row("_base64", 0, |around, input, _| written(around, BASE64.encode(shown(input)))),
    row("_base64d", 0, |_, input, _| {
        let text = shown(input);
        let digits = text.split('=').next().unwrap_or_default();
        let digits: String = digits.chars().filter(|char| !matches!(char, '\r' | '\n')).collect();
        match BASE64.decode(&digits) {
            Ok(bytes) => Ok(Value::text(String::from_utf8_lossy(&bytes))),
            Err(error) => {
                let at = match error {
                    DecodeError::InvalidByte(at, _) => at,
                    _ => digits.len() - digits.len() % 4,
                };
                Err(failed("@base64d", input, &format!("illegal base64 data at input byte {at}")))
            }
        }
    }),
    row("_csv", 0, |around, input, _| {
        joined(around, "csv", input, ",", |text| format!("\"{}\"", text.replace('"', "\"\"").replace('\0', "\\0")))
    }),
    row("_html", 0, |around, input, _| {
        let mut out = String::new();
        for char in shown(input).chars() {
            match char {
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '&' => out.push_str("&amp;"),
                '\'' => out.push_str("&apos;"),
                '"' => out.push_str("&quot;"),
                char => out.push(char),
            }
        }
        written(around, out)
    }),
    row("_sh", 0, |around, input, _| {
        let list = match input {
            Value::Array(_) => input.clone(),
            other => Value::array(vec![other.clone()]),
        };
        joined(around, "sh", &list, " ", |text| format!("'{}'", text.replace('\'', "'\\''").replace('\0', "\\0")))
    }),
    row("_tsv", 0, |around, input, _| {
        joined(around, "tsv", input, "\t", |text| {
            let escape = |char: char| match char {
                '\t' => "\\t".to_owned(),
                '\r' => "\\r".to_owned(),
                '\n' => "\\n".to_owned(),
                '\\' => "\\\\".to_owned(),
                '\0' => "\\0".to_owned(),
                char => char.to_string(),
            };
            text.chars().map(escape).collect()
        })
    }),
    row("_uri", 0, |around, input, _| {
        let mut out = String::new();
        for byte in shown(input).bytes() {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(byte.into()),
                byte => {
                    let _ = write!(out, "%{byte:02X}");
                }
            }
        }
        written(around, out)
    }),
    row("_urid", 0, |_, input, _| {
        decode_uri(&shown(input)).map(Value::text).ok_or_else(|| failed("@urid", input, "invalid URL escape"))
    }),
    row("format", 1, |around, input, given| {
        let Value::Text(name) = argument(given, 0) else { return Err(refused("format", argument(given, 0))) };
        let known = match &**name {
            "text" => "tostring",
            "json" => "tojson",
            "html" => "_html",
            "uri" => "_uri",
            "urid" => "_urid",
            "csv" => "_csv",
            "tsv" => "_tsv",
            "sh" => "_sh",
            "base64" => "_base64",
            "base64d" => "_base64d",
            other => return Err(Raise::message(format!("format not defined: @{other}"))),
        };
        super::find(known, 0).unwrap_or(&Native::MISSING).call(around, input, &[])
    }),
];

/// Base64 as Go's `StdEncoding` writes it and its `RawStdEncoding` reads it: bits that are left over do not matter.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Items side by side: texts escaped, others as JSON; null is nothing except in a shell's words.
fn joined(
    around: &mut Surroundings<'_>,
    format: &str,
    input: &Value,
    by: &str,
    escape: impl Fn(&str) -> String,
) -> Result<Value, Raise> {
    let Value::Array(array) = input else { return Err(refused(&format!("@{format}"), input)) };
    let item = |item: &Value| match item {
        Value::Array(_) | Value::Object(_) => {
            Err(Raise::message(format!("@{format} cannot format an array including: {}", typed(item))))
        }
        Value::Text(text) => Ok(escape(text)),
        Value::Null if format != "sh" => Ok(String::new()),
        // A number that JSON does not have is shown as null, and so as nothing.
        other => Ok(Some(to_json(other)).filter(|text| text != "null" || format == "sh").unwrap_or_default()),
    };
    let items: Vec<String> = array.items.iter().map(item).collect::<Result<_, _>>()?;
    around.budget.allocate(items.iter().map(|item| item.len() + by.len()).sum())?;
    written(around, items.join(by))
}

fn decode_uri(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
                let (high, low) = (digit(rest.next())?, digit(rest.next())?);
                (high * 16 + low) as u8
            }
            byte => byte,
        });
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}
