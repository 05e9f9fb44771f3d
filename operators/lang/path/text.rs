//! The text that a JSON string stands for.

use std::borrow::Cow;

/// The text between the quotes of a JSON string, with escapes resolved; borrowed when there are none.
///
/// As in gjson, a surrogate that is not half of a pair is U+FFFD (and takes a following escape with it), and the text
/// ends at the first escape or control character that is not JSON.
pub(super) fn decode(quoted: &str) -> Cow<'_, str> {
    if !quoted.contains('\\') {
        return Cow::Borrowed(quoted);
    }
    let mut text = String::with_capacity(quoted.len());
    let mut rest = quoted;
    while let Some(at) = rest.find(|c| c == '\\' || c < ' ') {
        let (plain, special) = rest.split_at(at);
        text.push_str(plain);
        match escape(special) {
            Some((c, length)) => {
                text.push(c);
                rest = special.get(length..).unwrap_or_default();
            }
            None => return Cow::Owned(text),
        }
    }
    text.push_str(rest);
    Cow::Owned(text)
}

/// The character that an escape stands for and the escape's length in bytes.
fn escape(text: &str) -> Option<(char, usize)> {
    let short = |c| Some((c, 2));
    match text.strip_prefix('\\')?.bytes().next()? {
        byte @ (b'"' | b'\\' | b'/') => short(char::from(byte)),
        b'b' => short('\u{8}'),
        b'f' => short('\u{c}'),
        b'n' => short('\n'),
        b'r' => short('\r'),
        b't' => short('\t'),
        b'u' => {
            let first = code_unit(text.get(2..6)?);
            if !(0xd800..0xe000).contains(&first) {
                return Some((char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER), 6));
            }
            let second = text.get(6..12).and_then(|next| next.strip_prefix("\\u")).map(code_unit);
            let pair = second.and_then(|second| char::decode_utf16([first as u16, second as u16]).next()?.ok());
            Some((pair.unwrap_or(char::REPLACEMENT_CHARACTER), if second.is_some() { 12 } else { 6 }))
        }
        _ => None,
    }
}

fn code_unit(hexadecimal: &str) -> u32 {
    u32::from_str_radix(hexadecimal, 16).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_resolved() {
        for (quoted, text) in [
            ("plain é", "plain é"),
            (r#"\"\\\/\b\f\n\r\t"#, "\"\\/\u{8}\u{c}\n\r\t"),
            (r"\u00e9\ud83d\ude00!", "é😀!"),
            (r"\ud800!", "\u{fffd}!"),
            (r"\ud800\u0041!", "\u{fffd}!"),
            (r"\udc00\ud800", "\u{fffd}"),
            (r"a\xb", "a"),
            (r"a\u12", "a"),
            ("a\\", "a"),
            ("a\\n\u{1}b", "a\n"),
        ] {
            assert_eq!(decode(quoted), text, "{quoted}");
        }
    }
}
