//! Integers: `%d %b %o %O %x %X %c %q %U`.

use super::{Printer, quote};
use crate::EvalError;
use crate::template::value::{REPLACEMENT, Value};
use crate::unicode;

impl Printer<'_> {
    /// Prints an integer by its magnitude; `negative` is `None` for an unsigned one.
    pub(super) fn integer(
        &mut self,
        value: &Value,
        magnitude: u64,
        negative: Option<bool>,
        verb: char,
    ) -> Result<(), EvalError> {
        let is_negative = negative == Some(true);
        // What Go calls the value of a character: a negative one wraps to a number that is none.
        let code = if is_negative { u64::MAX } else { magnitude };
        match verb {
            'v' if self.flags.go_syntax && negative.is_none() => {
                let sharp = std::mem::replace(&mut self.flags.sharp, true);
                let result = self.digits(format!("{magnitude:x}"), "0x", false);
                self.flags.sharp = sharp;
                result
            }
            'v' | 'd' => self.digits(magnitude.to_string(), "", is_negative),
            'b' => self.digits(format!("{magnitude:b}"), "0b", is_negative),
            'o' => self.digits(format!("{magnitude:o}"), "0", is_negative),
            'O' => self.octal(magnitude, is_negative),
            'x' => self.digits(format!("{magnitude:x}"), "0x", is_negative),
            'X' => self.digits(format!("{magnitude:X}"), "0X", is_negative),
            'c' => self.pad(character(code).encode_utf8(&mut [0; 4]).as_bytes()),
            'q' => self.pad(quote::quote_char(character(code), self.flags.plus).as_bytes()),
            'U' if is_negative => self.unicode(magnitude.wrapping_neg()),
            'U' => self.unicode(code),
            _ => self.wrong(value, verb),
        }
    }

    fn octal(&mut self, magnitude: u64, is_negative: bool) -> Result<(), EvalError> {
        let digits = self.leading_zeros(format!("{magnitude:o}"), is_negative);
        let digits = if self.flags.sharp && !digits.starts_with('0') { format!("0{digits}") } else { digits };
        self.signed(&format!("0o{digits}"), is_negative)
    }

    /// Digits with the zeros, prefix and sign that the flags ask for.
    fn digits(&mut self, digits: String, prefix: &str, is_negative: bool) -> Result<(), EvalError> {
        // No digit at all for 0 with a precision of 0.
        if self.flags.precision == Some(0) && digits == "0" {
            return self.pad_blank(b"");
        }
        let digits = self.leading_zeros(digits, is_negative);
        let prefix = match prefix {
            _ if !self.flags.sharp => "",
            "0" if digits.starts_with('0') => "",
            prefix => prefix,
        };
        self.signed(&format!("{prefix}{digits}"), is_negative)
    }

    fn leading_zeros(&self, digits: String, is_negative: bool) -> String {
        let flags = self.flags;
        let least = match (flags.precision, flags.width) {
            (Some(precision), _) => precision,
            (None, Some(width)) if flags.zero && !flags.minus => {
                width.saturating_sub(usize::from(is_negative || flags.plus || flags.space))
            }
            _ => 0,
        };
        let zeros = least.saturating_sub(digits.len());
        "0".repeat(zeros) + &digits
    }

    fn signed(&mut self, digits: &str, is_negative: bool) -> Result<(), EvalError> {
        let sign = match (is_negative, self.flags.plus, self.flags.space) {
            (true, ..) => "-",
            (_, true, _) => "+",
            (_, _, true) => " ",
            _ => "",
        };
        self.pad_blank(format!("{sign}{digits}").as_bytes())
    }

    fn unicode(&mut self, code: u64) -> Result<(), EvalError> {
        let digits = self.flags.precision.unwrap_or(4).max(4);
        let mut text = format!("U+{code:0digits$X}");
        let char = u32::try_from(code).ok().and_then(char::from_u32);
        if let (true, Some(char)) = (self.flags.sharp, char.filter(|char| unicode::is_printable(*char))) {
            text.push_str(&format!(" '{char}'"));
        }
        self.pad_blank(text.as_bytes())
    }
}

fn character(code: u64) -> char {
    u32::try_from(code).ok().and_then(char::from_u32).unwrap_or(REPLACEMENT)
}
