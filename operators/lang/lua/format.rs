//! `string.format`, which in the reference is Go's `fmt.Sprintf` over Lua's values.

use super::machine::whole_number;
use crate::number::format_general;

/// A value to print.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Printed {
    /// A number.
    Number(f64),
    /// A text.
    Text(Vec<u8>),
    /// A truth.
    Boolean(bool),
    /// Anything else, as `tostring` prints it.
    Other(Vec<u8>),
}

/// Prints values as a format says; `None` when that is longer than `most` bytes. What is wrong is said in the text, as
/// Go does.
pub(super) fn format(
    format: &[u8],
    values: &[Printed],
    most: usize,
    read_number: impl Fn(&[u8]) -> Option<f64>,
) -> Option<Vec<u8>> {
    let mut printer = Printer { format, at: 0, values, next: 0, out: Vec::new(), read_number };
    while let Some(byte) = printer.take() {
        if byte == b'%' {
            printer.directive()
        } else {
            printer.out.push(byte)
        }
        if printer.out.len() > most {
            return None;
        }
    }
    printer.extra();
    Some(printer.out)
}

/// The signs before a verb.
#[derive(Debug, Clone, Copy, Default)]
struct Flags {
    sharp: bool,
    zero: bool,
    plus: bool,
    minus: bool,
    space: bool,
    width: Option<usize>,
    precision: Option<usize>,
}

/// Widths and precisions beyond this are refused, as in Go.
const LARGEST: usize = 1_000_000;

struct Printer<'a, R> {
    format: &'a [u8],
    at: usize,
    values: &'a [Printed],
    next: usize,
    out: Vec<u8>,
    read_number: R,
}

impl<R: Fn(&[u8]) -> Option<f64>> Printer<'_, R> {
    fn peek(&self) -> Option<u8> {
        self.format.get(self.at).copied()
    }

    fn take(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn directive(&mut self) {
        let mut flags = Flags::default();
        while let Some(sign) = self.peek() {
            match sign {
                b'#' => flags.sharp = true,
                b'0' => flags.zero = true,
                b'+' => flags.plus = true,
                b'-' => flags.minus = true,
                b' ' => flags.space = true,
                _ => break,
            }
            self.at += 1;
        }
        flags.width = self.size("%!(BADWIDTH)");
        if self.peek() == Some(b'.') && self.at + 1 < self.format.len() {
            self.at += 1;
            let star = self.peek() == Some(b'*');
            let size = self.size("%!(BADPREC)");
            flags.precision = if star { size } else { size.or(Some(0)) };
        }
        let Some(verb) = self.verb() else { return self.out.extend_from_slice(b"%!(NOVERB)") };
        if verb == "%" {
            return self.out.push(b'%');
        }
        let Some(value) = self.values.get(self.next).cloned() else {
            return self.out.extend_from_slice(format!("%!{verb}(MISSING)").as_bytes());
        };
        self.next += 1;
        let printed = self.print(flags, &verb, &value);
        self.out.extend_from_slice(&printed);
    }

    /// A width or precision; `*` would take it from a whole number, which no value of a script is.
    fn size(&mut self, bad: &str) -> Option<usize> {
        if self.peek() == Some(b'*') {
            self.at += 1;
            self.next = (self.next + 1).min(self.values.len());
            self.out.extend_from_slice(bad.as_bytes());
            return None;
        }
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        let digits = self.format.get(start..self.at).unwrap_or_default();
        std::str::from_utf8(digits).ok()?.parse().ok().filter(|size| *size <= LARGEST)
    }

    /// The character that says how to print.
    fn verb(&mut self) -> Option<String> {
        let rest = self.format.get(self.at..).filter(|rest| !rest.is_empty())?;
        let length = rest.iter().skip(1).take_while(|byte| **byte & 0xC0 == 0x80).count() + 1;
        self.at += length;
        Some(String::from_utf8_lossy(rest.get(..length).unwrap_or_default()).into_owned())
    }

    fn print(&self, flags: Flags, verb: &str, value: &Printed) -> Vec<u8> {
        match value {
            Printed::Number(number) => print_number(flags, verb, *number),
            Printed::Text(text) if matches!(verb, "d" | "i") => match (self.read_number)(text) {
                None => print_number(flags, "d", 0.0),
                Some(_) => print_text(flags, "s", text, "string"),
            },
            Printed::Text(text) => print_text(flags, verb, text, "string"),
            Printed::Boolean(truth) => {
                let verb = if verb == "t" { "s" } else { verb };
                print_text(flags, verb, truth.to_string().as_bytes(), "lua.LBool")
            }
            Printed::Other(text) => print_text(flags, verb, text, "lua.LValue"),
        }
    }

    /// Values that no directive asked for are listed, as Go does.
    fn extra(&mut self) {
        let extra = self.values.get(self.next..).unwrap_or_default();
        for (position, value) in extra.iter().enumerate() {
            self.out.extend_from_slice(if position == 0 { b"%!(EXTRA " } else { b", " });
            let kind = match value {
                Printed::Number(_) => "lua.LNumber=",
                Printed::Text(_) => "lua.LString=",
                Printed::Boolean(_) => "lua.LBool=",
                Printed::Other(_) => "lua.LValue=",
            };
            self.out.extend_from_slice(kind.as_bytes());
            let printed = self.print(Flags::default(), "v", value);
            self.out.extend_from_slice(&printed);
        }
        if !extra.is_empty() {
            self.out.push(b')');
        }
    }
}

fn print_number(flags: Flags, verb: &str, number: f64) -> Vec<u8> {
    let whole = whole_number(number);
    let is_whole = whole as f64 == number;
    match verb {
        "q" | "s" => print_text(flags, verb, super::machine::number_text(number).as_bytes(), "string"),
        "d" | "i" => print_whole(flags, whole, 10, false),
        "b" => print_whole(flags, whole, 2, false),
        "o" => print_whole(flags, whole, 8, false),
        "x" => print_whole(flags, whole, 16, false),
        "X" => print_whole(flags, whole, 16, true),
        "c" => {
            let character = u32::try_from(whole).ok().and_then(char::from_u32).unwrap_or('\u{fffd}');
            pad(flags, character.to_string().as_bytes())
        }
        "U" => pad(Flags { zero: false, ..flags }, format!("U+{whole:04X}").as_bytes()),
        "e" | "E" | "f" | "F" | "g" | "G" => print_float(flags, verb, number),
        "v" if is_whole => print_whole(Flags { plus: false, ..flags }, whole, 10, false),
        "v" => print_float(Flags { plus: false, ..flags }, "g", number),
        _ if is_whole => bad_verb(verb, "int64", &print_number(flags, "v", number)),
        _ => bad_verb(verb, "float64", &print_number(flags, "v", number)),
    }
}

fn print_whole(flags: Flags, number: i64, base: u32, upper_case: bool) -> Vec<u8> {
    let magnitude = number.unsigned_abs();
    let mut digits = match (base, upper_case) {
        (2, _) => format!("{magnitude:b}"),
        (8, _) => format!("{magnitude:o}"),
        (16, false) => format!("{magnitude:x}"),
        (16, true) => format!("{magnitude:X}"),
        _ => magnitude.to_string(),
    };
    let sign = sign_of(flags, number < 0);
    let digits_wanted = match (flags.precision, flags.width) {
        (Some(0), width) if number == 0 => return vec![b' '; width.unwrap_or(0)],
        (Some(precision), _) => precision,
        (None, Some(width)) if flags.zero && !flags.minus => width.saturating_sub(sign.len()),
        _ => 0,
    };
    digits = format!("{digits:0>digits_wanted$}");
    let prefix = match (flags.sharp, base, upper_case) {
        (true, 2, _) => "0b",
        (true, 8, _) if !digits.starts_with('0') => "0",
        (true, 16, false) => "0x",
        (true, 16, true) => "0X",
        _ => "",
    };
    pad(Flags { zero: false, ..flags }, format!("{sign}{prefix}{digits}").as_bytes())
}

fn sign_of(flags: Flags, negative: bool) -> &'static str {
    match flags {
        _ if negative => "-",
        Flags { plus: true, .. } => "+",
        Flags { space: true, .. } => " ",
        _ => "",
    }
}

fn print_float(flags: Flags, verb: &str, number: f64) -> Vec<u8> {
    if !number.is_finite() {
        let signed = flags.plus || flags.space;
        let text = match format_general(number).as_str() {
            "NaN" if signed => format!("{}NaN", sign_of(flags, false)),
            "+Inf" if !flags.plus => format!("{}Inf", if flags.space { " " } else { "+" }),
            text => text.to_owned(),
        };
        return pad(Flags { zero: false, ..flags }, text.as_bytes());
    }
    let magnitude = number.abs();
    let mut digits = match (verb, flags.precision) {
        ("e" | "E", precision) => exponent_in_two_digits(&format!("{magnitude:.*e}", precision.unwrap_or(6))),
        ("f" | "F", precision) => format!("{magnitude:.*}", precision.unwrap_or(6)),
        (_, None) => format_general(magnitude),
        (_, Some(precision)) => significant(magnitude, precision.max(1)),
    };
    if matches!(verb, "E" | "G") {
        digits = digits.to_uppercase();
    }
    let sign = sign_of(flags, number.is_sign_negative());
    match flags.width {
        Some(width) if flags.zero && !flags.minus => {
            let width = width.saturating_sub(sign.len());
            format!("{sign}{digits:0>width$}").into_bytes()
        }
        _ => pad(flags, format!("{sign}{digits}").as_bytes()),
    }
}

/// `1.5e7` as `1.5e+07`.
fn exponent_in_two_digits(scientific: &str) -> String {
    match scientific.split_once('e') {
        Some((digits, exponent)) => {
            let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |rest| ('-', rest));
            format!("{digits}e{sign}{exponent:0>2}")
        }
        None => scientific.to_owned(),
    }
}

/// A number with this many significant digits at most, without trailing zeros, as `%g` prints it.
fn significant(magnitude: f64, digits: usize) -> String {
    let scientific = format!("{magnitude:.*e}", digits - 1);
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i64 = exponent.parse().unwrap_or(0);
    let without_zeros = |text: &str| match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text.to_owned(),
    };
    // As Go decides: an exponent where it is below -4 or not below the digits, all of them if they are the number's own.
    let own_digits = without_zeros(mantissa).len() as i64 - i64::from(without_zeros(mantissa).contains('.'));
    let mut limit = digits as i64;
    if limit > own_digits && own_digits > exponent {
        limit = own_digits;
    }
    if exponent < -4 || exponent >= limit.max(1) {
        return exponent_in_two_digits(&format!("{}e{exponent}", without_zeros(mantissa)));
    }
    let decimals = (digits as i64 - 1 - exponent).max(0) as usize;
    without_zeros(&format!("{magnitude:.decimals$}"))
}

fn print_text(flags: Flags, verb: &str, text: &[u8], kind: &str) -> Vec<u8> {
    let cut = match flags.precision {
        Some(precision) => text.get(..length_of_characters(text, precision)).unwrap_or(text),
        None => text,
    };
    match verb {
        "s" | "v" => pad(flags, cut),
        "q" => pad(flags, &quoted(cut)),
        "x" | "X" => {
            let bytes = text.get(..flags.precision.unwrap_or(text.len()).min(text.len())).unwrap_or_default();
            let hexadecimal: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            let hexadecimal = if verb == "X" { hexadecimal.to_uppercase() } else { hexadecimal };
            pad(flags, hexadecimal.as_bytes())
        }
        _ => bad_verb(verb, kind, &pad(flags, cut)),
    }
}

/// What Go prints for a verb that does not fit a value.
fn bad_verb(verb: &str, kind: &str, printed: &[u8]) -> Vec<u8> {
    [format!("%!{verb}({kind}=").as_bytes(), printed, b")"].concat()
}

/// How many bytes the first characters take; each byte that is not UTF-8 counts as one.
fn length_of_characters(text: &[u8], count: usize) -> usize {
    let mut left = count;
    let mut length = 0;
    for chunk in text.utf8_chunks() {
        for size in chunk.valid().chars().map(char::len_utf8).chain(chunk.invalid().iter().map(|_| 1)) {
            if left == 0 {
                return length;
            }
            left -= 1;
            length += size;
        }
    }
    length
}

/// A text in quotes as Go's `strconv.Quote`.
fn quoted(text: &[u8]) -> Vec<u8> {
    let mut out = vec![b'"'];
    for chunk in text.utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                '"' | '\\' => out.extend([b'\\', character as u8]),
                '\u{7}' => out.extend(b"\\a"),
                '\u{8}' => out.extend(b"\\b"),
                '\u{c}' => out.extend(b"\\f"),
                '\n' => out.extend(b"\\n"),
                '\r' => out.extend(b"\\r"),
                '\t' => out.extend(b"\\t"),
                '\u{b}' => out.extend(b"\\v"),
                '\0'..='\u{1f}' | '\u{7f}' => out.extend(format!("\\x{:02x}", u32::from(character)).bytes()),
                '\u{80}'..='\u{a0}' | '\u{ad}' | '\u{2028}' | '\u{2029}' | '\u{feff}' => {
                    out.extend(format!("\\u{:04x}", u32::from(character)).bytes());
                }
                _ => out.extend(character.encode_utf8(&mut [0; 4]).bytes()),
            }
        }
        for byte in chunk.invalid() {
            out.extend(format!("\\x{byte:02x}").bytes());
        }
    }
    out.push(b'"');
    out
}

fn pad(flags: Flags, text: &[u8]) -> Vec<u8> {
    let characters: usize = text.utf8_chunks().map(|chunk| chunk.valid().chars().count() + chunk.invalid().len()).sum();
    let missing = flags.width.unwrap_or(0).saturating_sub(characters);
    let filler = if flags.zero && !flags.minus { b'0' } else { b' ' };
    let padding = vec![filler; missing];
    if flags.minus { [text, &padding].concat() } else { [&padding, text].concat() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn print(text: &str, values: &[Printed]) -> String {
        let read = |text: &[u8]| std::str::from_utf8(text).ok().and_then(crate::lua::syntax::read_number);
        String::from_utf8(format(text.as_bytes(), values, usize::MAX, read).unwrap()).unwrap()
    }

    #[test]
    fn prints_what_go_prints() {
        let number = Printed::Number;
        let text = |text: &str| Printed::Text(text.as_bytes().to_vec());
        for (format, value, expected) in [
            ("%5.2f|", number(3.14559), " 3.15|"),
            ("%d", number(3.7), "3"),
            ("%05d", number(-7.0), "-0007"),
            ("%-5d|", number(7.0), "7    |"),
            ("%+d", number(7.0), "+7"),
            ("%x %%", number(255.0), "ff %"),
            ("%#x", number(255.0), "0xff"),
            ("%g", number(1e20), "1e+20"),
            ("%g", number(0.1), "0.1"),
            ("%.3g", number(1234.5), "1.23e+03"),
            ("%.14g", number(0.1 + 0.2), "0.3"),
            ("%.3g", number(100.0), "100"),
            ("%e", number(12345.678), "1.234568e+04"),
            ("%08.3f", number(-3.14559), "-003.146"),
            ("%s", number(1e21), "1e+21"),
            ("%c", number(233.0), "é"),
            ("%i", number(42.0), "42"),
            ("%u", number(42.0), "%!u(int64=42)"),
            ("%v", number(0.5), "0.5"),
            ("%q", text("q\"\n"), "\"q\\\"\\n\""),
            ("%10s|", text("héllo"), "     héllo|"),
            ("%.2s", text("héllo"), "hé"),
            ("%d", text("12"), "12"),
            ("%d", text("x"), "0"),
            ("%f", text("1.5"), "%!f(string=1.5)"),
            ("%x", text("hi"), "6869"),
            ("%s", Printed::Boolean(true), "true"),
            ("%d", Printed::Boolean(true), "%!d(lua.LBool=true)"),
            ("%s %s", text("a"), "a %!s(MISSING)"),
            ("%", text("a"), "%!(NOVERB)%!(EXTRA lua.LString=a)"),
        ] {
            assert_eq!(print(format, &[value]), expected, "{format}");
        }
    }
}
