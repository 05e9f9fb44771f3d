//! Texts made safe for HTML, JavaScript and URL queries, as Go's templates make them.

use crate::template::value::{Rune, runes};
use crate::unicode;

pub(super) fn html(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for byte in bytes {
        match byte {
            0 => out.extend_from_slice("\u{fffd}".as_bytes()),
            b'"' => out.extend_from_slice(b"&#34;"),
            b'\'' => out.extend_from_slice(b"&#39;"),
            b'&' => out.extend_from_slice(b"&amp;"),
            b'<' => out.extend_from_slice(b"&lt;"),
            b'>' => out.extend_from_slice(b"&gt;"),
            byte => out.push(*byte),
        }
    }
    out
}

pub(super) fn javascript(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for (_, rune) in runes(bytes) {
        match rune {
            Rune::Char(char @ ('\\' | '\'' | '"')) => out.extend([b'\\', char as u8]),
            Rune::Char(char @ ('\0'..' ' | '<' | '>' | '&' | '=')) => {
                out.extend_from_slice(format!("\\u{:04X}", u32::from(char)).as_bytes());
            }
            Rune::Char(char) if char.is_ascii() || unicode::is_printable(char) => {
                out.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
            }
            Rune::Char(char) => out.extend_from_slice(format!("\\u{:04X}", u32::from(char)).as_bytes()),
            // Go decodes the byte as U+FFFD, which can be shown, and copies what it decoded.
            Rune::Byte(byte) => out.push(byte),
        }
    }
    out
}

/// For the query of a URL: blanks as `+`, all but letters, digits and `-_.~` as `%XX`.
pub(super) fn query(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for byte in bytes {
        match byte {
            b' ' => out.push(b'+'),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(*byte),
            byte => out.extend_from_slice(format!("%{byte:02X}").as_bytes()),
        }
    }
    out
}
