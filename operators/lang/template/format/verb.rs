//! The format of `printf`: verbs with their flags, width, precision and argument numbers.

use super::{Flags, Printer};
use crate::EvalError;
use crate::template::evaluation::Evaluation;
use crate::template::value::{REPLACEMENT, Rune, Value, runes};

/// Widths and precisions beyond this are errors, as in Go.
const MAX_NUMBER: i64 = 1_000_000;

/// Go's `fmt.Sprintf`.
pub(in crate::template) fn sprintf(
    evaluation: &Evaluation,
    format: &[u8],
    values: &[Value],
) -> Result<Vec<u8>, EvalError> {
    let printer = Printer::new(evaluation);
    let mut format =
        Format { printer, format, at: 0, values, next: 0, reordered: false, is_good: true, after_number: false };
    format.run()?;
    format.printer.finish()
}

struct Format<'a> {
    printer: Printer<'a>,
    format: &'a [u8],
    at: usize,
    values: &'a [Value],
    /// The argument that the next verb prints.
    next: usize,
    /// Whether an argument was named by its number.
    reordered: bool,
    /// Whether the argument number of this verb was one.
    is_good: bool,
    after_number: bool,
}

impl Format<'_> {
    fn peek(&self) -> Option<u8> {
        self.format.get(self.at).copied()
    }

    fn write(&mut self, text: &str) {
        self.printer.out.extend_from_slice(text.as_bytes());
    }

    fn run(&mut self) -> Result<(), EvalError> {
        loop {
            let rest = self.format.get(self.at..).unwrap_or_default();
            let plain = rest.iter().position(|byte| *byte == b'%').unwrap_or(rest.len());
            self.printer.check(plain)?;
            self.printer.out.extend_from_slice(rest.get(..plain).unwrap_or_default());
            self.at += plain + 1;
            if plain == rest.len() {
                return self.extra();
            }
            self.flags();
            self.numbers();
            let Some((_, rune)) = runes(self.format.get(self.at..).unwrap_or_default()).next() else {
                self.write("%!(NOVERB)");
                return self.extra();
            };
            let (verb, length) = match rune {
                Rune::Char(char) => (char, char.len_utf8()),
                Rune::Byte(_) => (REPLACEMENT, 1),
            };
            self.at += length;
            self.verb(verb)?;
        }
    }

    fn flags(&mut self) {
        let flags = &mut self.printer.flags;
        *flags = Flags::default();
        self.is_good = true;
        self.after_number = false;
        while let Some(byte) = self.format.get(self.at) {
            match byte {
                b'#' => flags.sharp = true,
                b'0' => flags.zero = true,
                b'+' => flags.plus = true,
                b'-' => flags.minus = true,
                b' ' => flags.space = true,
                _ => return,
            }
            self.at += 1;
        }
    }

    /// The argument number, width and precision before a verb.
    fn numbers(&mut self) {
        self.argument_number();
        if self.peek() == Some(b'*') {
            self.at += 1;
            let width = self.number_argument();
            if width.is_none() {
                self.write("%!(BADWIDTH)");
            }
            let flags = &mut self.printer.flags;
            flags.width = width.map(|width| width.unsigned_abs() as usize);
            if width.is_some_and(|width| width < 0) {
                (flags.minus, flags.zero) = (true, false);
            }
            self.after_number = false;
        } else {
            self.printer.flags.width = self.number();
            self.is_good &= !(self.after_number && self.printer.flags.width.is_some());
        }
        if self.peek() == Some(b'.') && self.at + 1 < self.format.len() {
            self.at += 1;
            self.is_good &= !self.after_number;
            self.argument_number();
            self.precision();
        }
        if !self.after_number {
            self.argument_number();
        }
    }

    fn precision(&mut self) {
        if self.peek() != Some(b'*') {
            self.printer.flags.precision = Some(self.number().unwrap_or(0));
            return;
        }
        self.at += 1;
        let precision = self.number_argument().and_then(|number| usize::try_from(number).ok());
        if precision.is_none() {
            self.write("%!(BADPREC)");
        }
        self.printer.flags.precision = precision;
        self.after_number = false;
    }

    /// Digits at this place. More than a million ends the format, as in Go.
    fn number(&mut self) -> Option<usize> {
        let mut number = None;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            let so_far = number.unwrap_or(0);
            if so_far as i64 > MAX_NUMBER {
                self.at = self.format.len();
                return None;
            }
            number = Some(so_far * 10 + usize::from(digit - b'0'));
            self.at += 1;
        }
        number
    }

    /// The next argument as a width or precision.
    fn number_argument(&mut self) -> Option<i64> {
        let value = self.values.get(self.next)?;
        self.next += 1;
        let number = value.signed().or_else(|| value.unsigned().and_then(|number| i64::try_from(number).ok()))?;
        (-MAX_NUMBER..=MAX_NUMBER).contains(&number).then_some(number)
    }

    /// `[3]`: the number of the argument to go on with, from 1.
    fn argument_number(&mut self) {
        self.after_number = false;
        if self.peek() != Some(b'[') {
            return;
        }
        self.reordered = true;
        let rest = self.format.get(self.at..).unwrap_or_default();
        let Some(close) = rest.iter().position(|byte| *byte == b']').filter(|_| rest.len() >= 3) else {
            self.is_good = false;
            self.at += 1;
            return;
        };
        self.at += close + 1;
        let digits = rest.get(1..close).unwrap_or_default();
        let number = std::str::from_utf8(digits).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
        let number = number.and_then(|text| text.parse::<usize>().ok());
        // What is a number counts as one here even when there is no such argument.
        self.after_number = number.is_some();
        match number.and_then(|number| number.checked_sub(1)).filter(|index| *index < self.values.len()) {
            Some(index) => self.next = index,
            None => self.is_good = false,
        }
    }

    fn verb(&mut self, verb: char) -> Result<(), EvalError> {
        let values = self.values;
        match (verb, values.get(self.next)) {
            ('%', _) => self.printer.out.push(b'%'),
            _ if !self.is_good => self.write(&format!("%!{verb}(BADINDEX)")),
            (_, None) => self.write(&format!("%!{verb}(MISSING)")),
            (_, Some(value)) => {
                self.next += 1;
                let flags = &mut self.printer.flags;
                if matches!(verb, 'v' | 'w') {
                    (flags.go_syntax, flags.sharp, flags.plus) = (flags.sharp, false, false);
                }
                self.printer.argument(value, verb)?;
            }
        }
        Ok(())
    }

    /// Names the arguments that no verb printed.
    fn extra(&mut self) -> Result<(), EvalError> {
        let values = self.values.get(self.next..).unwrap_or_default();
        if self.reordered || values.is_empty() {
            return Ok(());
        }
        self.printer.flags = Flags::default();
        self.write("%!(EXTRA ");
        for (at, value) in values.iter().enumerate() {
            if at > 0 {
                self.write(", ");
            }
            if value.is_nil() {
                self.write("<nil>");
            } else {
                self.write(&format!("{}=", value.type_name()));
                self.printer.argument(value, 'v')?;
            }
        }
        self.write(")");
        Ok(())
    }
}
