//! Quoted texts and characters, as Go's `strconv.Quote` writes them.

use crate::template::value::{REPLACEMENT, Rune, runes};
use crate::unicode;

/// A text in double quotes; what cannot be shown is escaped.
pub(in crate::template) fn quote(bytes: &[u8]) -> String {
    quote_with(bytes, false)
}

/// A text in double quotes with everything beyond ASCII escaped.
pub(in crate::template) fn quote_ascii(bytes: &[u8]) -> String {
    quote_with(bytes, true)
}

fn quote_with(bytes: &[u8], ascii: bool) -> String {
    let mut out = String::with_capacity(bytes.len() + 2);
    out.push('"');
    for (_, rune) in runes(bytes) {
        match rune {
            Rune::Char(char) => escape(&mut out, char, '"', ascii),
            Rune::Byte(byte) => out.push_str(&format!("\\x{byte:02x}")),
        }
    }
    out.push('"');
    out
}

/// A character in single quotes.
pub(super) fn quote_char(char: char, ascii: bool) -> String {
    let mut out = String::from('\'');
    escape(&mut out, char, '\'', ascii);
    out.push('\'');
    out
}

fn escape(out: &mut String, char: char, quote: char, ascii: bool) {
    let short = match char {
        '\u{7}' => 'a',
        '\u{8}' => 'b',
        '\u{c}' => 'f',
        '\n' => 'n',
        '\r' => 'r',
        '\t' => 't',
        '\u{b}' => 'v',
        '\\' => '\\',
        _ if char == quote => quote,
        _ if unicode::is_printable(char) && (!ascii || char.is_ascii()) => return out.push(char),
        _ => {
            let code = u32::from(char);
            return out.push_str(&match code {
                0..0x20 | 0x7f => format!("\\x{code:02x}"),
                0..0x10000 => format!("\\u{code:04x}"),
                _ => format!("\\U{code:08x}"),
            });
        }
    };
    out.extend(['\\', short]);
}

/// Whether a text may stand between backquotes: one line of characters without a backquote.
pub(super) fn can_backquote(bytes: &[u8]) -> bool {
    runes(bytes).all(|(_, rune)| match rune {
        Rune::Char('\t') => true,
        Rune::Char(char) => char >= ' ' && !matches!(char, '`' | '\u{7f}' | '\u{feff}' | REPLACEMENT),
        Rune::Byte(_) => false,
    })
}
