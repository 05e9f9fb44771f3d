//! Values into text as Go's `fmt` prints them.

mod float;
mod integer;
mod quote;
mod verb;

pub(super) use quote::{quote, quote_ascii};
pub(super) use verb::sprintf;

use super::evaluation::{Evaluation, MAX_TEXT};
use super::value::{Text, Value, runes};
use crate::EvalError;

/// How deep lists and dicts may nest.
const MAX_DEPTH: usize = 200;

/// What an action writes for a value: `%v`, but `<no value>` for nothing.
pub(super) fn print(evaluation: &Evaluation, value: &Value) -> Result<Vec<u8>, EvalError> {
    if value.is_nil() { Ok(b"<no value>".to_vec()) } else { sprint(evaluation, std::slice::from_ref(value)) }
}

/// The text that sprig takes a value for: itself if it is one, else `%v`.
pub(super) fn text(evaluation: &Evaluation, value: &Value) -> Result<Text, EvalError> {
    match value {
        Value::Text(text) => Ok(text.clone()),
        other => sprint(evaluation, std::slice::from_ref(other)).map(Text::from),
    }
}

/// Go's `fmt.Sprint`: blanks between two values of which neither is a text.
pub(super) fn sprint(evaluation: &Evaluation, values: &[Value]) -> Result<Vec<u8>, EvalError> {
    let mut printer = Printer::new(evaluation);
    let mut after_text = true;
    for value in values {
        let is_text = matches!(value, Value::Text(_));
        if !is_text && !after_text {
            printer.out.push(b' ');
        }
        printer.argument(value, 'v')?;
        after_text = is_text;
    }
    printer.finish()
}

/// Go's `fmt.Sprintln`: blanks between the values and a line's end behind them.
pub(super) fn sprintln(evaluation: &Evaluation, values: &[Value]) -> Result<Vec<u8>, EvalError> {
    let mut printer = Printer::new(evaluation);
    for (at, value) in values.iter().enumerate() {
        if at > 0 {
            printer.out.push(b' ');
        }
        printer.argument(value, 'v')?;
    }
    printer.out.push(b'\n');
    printer.finish()
}

/// The flags, width and precision of a verb.
#[derive(Debug, Clone, Copy, Default)]
struct Flags {
    width: Option<usize>,
    precision: Option<usize>,
    minus: bool,
    plus: bool,
    sharp: bool,
    space: bool,
    zero: bool,
    /// `%#v`
    go_syntax: bool,
}

struct Printer<'a> {
    evaluation: &'a Evaluation,
    out: Vec<u8>,
    flags: Flags,
    /// Whether a wrong verb is being reported; values then show their kind, not their own text.
    reporting: bool,
}

impl<'a> Printer<'a> {
    fn new(evaluation: &'a Evaluation) -> Self {
        Self { evaluation, out: Vec::new(), flags: Flags::default(), reporting: false }
    }

    fn finish(self) -> Result<Vec<u8>, EvalError> {
        self.evaluation.charge_text(self.out.len())?;
        Ok(self.out)
    }

    /// Refuses to go on when too much has come out.
    fn check(&self, more: usize) -> Result<(), EvalError> {
        if self.out.len() + more > MAX_TEXT {
            return Err(EvalError::new(format!("a text longer than {MAX_TEXT} bytes")));
        }
        Ok(())
    }

    /// Writes a text, filled up to the width.
    fn pad(&mut self, bytes: &[u8]) -> Result<(), EvalError> {
        let fill = self.flags.width.unwrap_or(0).saturating_sub(runes(bytes).count());
        self.check(fill + bytes.len())?;
        if self.flags.minus {
            self.out.extend_from_slice(bytes);
            self.out.extend(std::iter::repeat_n(b' ', fill));
        } else {
            let byte = if self.flags.zero { b'0' } else { b' ' };
            self.out.extend(std::iter::repeat_n(byte, fill));
            self.out.extend_from_slice(bytes);
        }
        Ok(())
    }

    /// Writes a text that is never filled with zeros.
    fn pad_blank(&mut self, bytes: &[u8]) -> Result<(), EvalError> {
        let zero = std::mem::replace(&mut self.flags.zero, false);
        self.pad(bytes)?;
        self.flags.zero = zero;
        Ok(())
    }

    /// Prints an argument of the call.
    fn argument(&mut self, value: &Value, verb: char) -> Result<(), EvalError> {
        match verb {
            'T' if value.is_nil() => self.pad(b"<nil>"),
            'T' => self.string(value.type_name().as_bytes()),
            'v' if value.is_nil() => self.pad(b"<nil>"),
            _ if value.is_nil() => self.wrong(value, verb),
            'p' if matches!(value, Value::List(_) | Value::Dict(_) | Value::Version(_)) => {
                Err(EvalError::new("%p: addresses are not the same in every run"))
            }
            _ => self.value(value, verb, 0),
        }
    }

    /// Prints a value that may be inside another.
    fn value(&mut self, value: &Value, verb: char, depth: usize) -> Result<(), EvalError> {
        self.evaluation.charge(1)?;
        self.check(0)?;
        if depth > MAX_DEPTH {
            return Err(EvalError::new("a value too deep to print"));
        }
        if let Some(own) = self.own_text(value, verb)? {
            return self.text(&Value::text(own.as_str()), own.as_bytes(), verb);
        }
        match value {
            Value::Missing | Value::Nil => {
                let nil: &[u8] = if self.flags.go_syntax { b"interface {}(nil)" } else { b"<nil>" };
                self.out.extend_from_slice(nil);
                Ok(())
            }
            Value::Bool(truth) => match verb {
                't' | 'v' => self.pad(if *truth { b"true" } else { b"false" }),
                _ => self.wrong(value, verb),
            },
            Value::Float(number) => self.float(value, *number, verb),
            Value::Text(text) => self.text(value, text.as_bytes(), verb),
            Value::List(list) => {
                self.open(value, b"[", list.is_nil())?;
                if self.flags.go_syntax && list.is_nil() {
                    return Ok(());
                }
                for (at, item) in list.items().iter().enumerate() {
                    self.separate(at);
                    self.value(item, verb, depth + 1)?;
                }
                self.close(b']');
                Ok(())
            }
            Value::Dict(dict) => {
                self.open(value, b"map[", dict.is_nil())?;
                if self.flags.go_syntax && dict.is_nil() {
                    return Ok(());
                }
                dict.read(|entries| {
                    for (at, (key, item)) in entries.iter().enumerate() {
                        self.separate(at);
                        self.text(&Value::Text(key.clone()), key.as_bytes(), verb)?;
                        self.out.push(b':');
                        self.value(item, verb, depth + 1)?;
                    }
                    Ok::<(), EvalError>(())
                })?;
                self.close(b']');
                Ok(())
            }
            Value::Time(_) | Value::Version(_) => {
                Err(EvalError::new(format!("%{verb} of a {} is not supported", value.type_name())))
            }
            _ => match (value.signed(), value.unsigned()) {
                (Some(number), _) => self.integer(value, number.unsigned_abs(), Some(number < 0), verb),
                (None, number) => self.integer(value, number.unwrap_or(0), None, verb),
            },
        }
    }

    /// The text that a value of a named type has of its own.
    fn own_text(&self, value: &Value, verb: char) -> Result<Option<String>, EvalError> {
        if self.reporting || self.flags.go_syntax || !matches!(verb, 'v' | 's' | 'x' | 'X' | 'q') {
            return Ok(None);
        }
        Ok(match value {
            Value::Time(time) => Some(time.to_string()),
            Value::Version(version) => Some(version.to_string()),
            Value::Duration(nanoseconds) => Some(crate::dates::duration_text(*nanoseconds)),
            Value::Month(month) => Some(crate::dates::month_name(*month).to_owned()),
            Value::Weekday(day) => Some(crate::dates::weekday_name(*day).to_owned()),
            _ => None,
        })
    }

    fn open(&mut self, value: &Value, plain: &[u8], is_nil: bool) -> Result<(), EvalError> {
        if !self.flags.go_syntax {
            self.out.extend_from_slice(plain);
            return Ok(());
        }
        self.out.extend_from_slice(value.type_name().as_bytes());
        self.out.extend_from_slice(if is_nil { b"(nil)" } else { b"{" });
        Ok(())
    }

    fn separate(&mut self, at: usize) {
        if at > 0 {
            self.out.extend_from_slice(if self.flags.go_syntax { b", " } else { b" " });
        }
    }

    fn close(&mut self, plain: u8) {
        self.out.push(if self.flags.go_syntax { b'}' } else { plain });
    }

    /// Writes a text cut to the precision, in characters.
    fn string(&mut self, bytes: &[u8]) -> Result<(), EvalError> {
        self.pad(self.cut(bytes))
    }

    fn cut<'b>(&self, bytes: &'b [u8]) -> &'b [u8] {
        let end = self.flags.precision.and_then(|precision| runes(bytes).nth(precision));
        end.and_then(|(at, _)| bytes.get(..at)).unwrap_or(bytes)
    }

    fn text(&mut self, value: &Value, bytes: &[u8], verb: char) -> Result<(), EvalError> {
        match verb {
            'v' if self.flags.go_syntax => self.quoted(bytes),
            'v' | 's' => self.string(bytes),
            'q' => self.quoted(bytes),
            'x' => self.hexadecimal(bytes, b"0123456789abcdefx"),
            'X' => self.hexadecimal(bytes, b"0123456789ABCDEFX"),
            _ => self.wrong(value, verb),
        }
    }

    fn quoted(&mut self, bytes: &[u8]) -> Result<(), EvalError> {
        let bytes = self.cut(bytes);
        if self.flags.sharp && quote::can_backquote(bytes) {
            return self.pad(&[b"`", bytes, b"`"].concat());
        }
        let text = if self.flags.plus { quote_ascii(bytes) } else { quote(bytes) };
        self.pad(text.as_bytes())
    }

    /// The bytes of a text in hexadecimal.
    fn hexadecimal(&mut self, bytes: &[u8], digits: &[u8; 17]) -> Result<(), EvalError> {
        let bytes = bytes.get(..self.flags.precision.unwrap_or(bytes.len())).unwrap_or(bytes);
        self.check(5 * bytes.len())?;
        let digit = |at: u8| digits.get(usize::from(at)).copied().unwrap_or(b'0');
        let mut out = Vec::with_capacity(2 * bytes.len());
        for (at, byte) in bytes.iter().enumerate() {
            if self.flags.space && at > 0 {
                out.push(b' ');
            }
            if self.flags.sharp && (at == 0 || self.flags.space) {
                out.extend([b'0', digit(16)]);
            }
            out.extend([digit(byte >> 4), digit(byte & 15)]);
        }
        self.pad(&out)
    }

    /// Says that a value has no such verb: `%!d(string=a)`.
    fn wrong(&mut self, value: &Value, verb: char) -> Result<(), EvalError> {
        let reporting = std::mem::replace(&mut self.reporting, true);
        self.out.extend_from_slice(format!("%!{verb}(").as_bytes());
        if value.is_nil() {
            self.out.extend_from_slice(b"<nil>");
        } else {
            self.out.extend_from_slice(value.type_name().as_bytes());
            self.out.push(b'=');
            self.value(value, 'v', 0)?;
        }
        self.out.push(b')');
        self.reporting = reporting;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
