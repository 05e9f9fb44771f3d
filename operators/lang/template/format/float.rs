//! Floats: `%e %E %f %F %g %G %b %x %X`, as Go's `strconv.FormatFloat` writes them.

use super::Printer;
use crate::EvalError;
use crate::number;
use crate::template::value::Value;

impl Printer<'_> {
    pub(super) fn float(&mut self, value: &Value, number: f64, verb: char) -> Result<(), EvalError> {
        let (form, precision) = match verb {
            'v' => ('g', None),
            'b' | 'g' | 'G' | 'x' | 'X' => (verb, None),
            'f' | 'e' | 'E' => (verb, Some(6)),
            'F' => ('f', Some(6)),
            _ => return self.wrong(value, verb),
        };
        let precision = self.flags.precision.or(precision);
        self.check(precision.unwrap_or(0) + 400)?;
        let text = format_float(number, form, precision);
        let (sign, digits) = match text.strip_prefix(['-', '+']) {
            Some(digits) if text.starts_with('-') => ('-', digits.to_owned()),
            Some(digits) => ('+', digits.to_owned()),
            None => ('+', text),
        };
        let sign = if sign == '+' && self.flags.space && !self.flags.plus { ' ' } else { sign };
        let is_shown = self.flags.plus || sign != '+';
        if !number.is_finite() {
            let is_shown = if number.is_nan() { self.flags.plus || self.flags.space } else { is_shown };
            let text = if is_shown { format!("{sign}{digits}") } else { digits };
            return self.pad_blank(text.as_bytes());
        }
        let digits = if self.flags.sharp && form != 'b' { with_point(&digits, form, precision) } else { digits };
        if !is_shown {
            return self.pad(digits.as_bytes());
        }
        // Zeros go between the sign and the digits.
        match self.flags.width {
            Some(width) if self.flags.zero && !self.flags.minus && width > digits.len() + 1 => {
                let zeros = "0".repeat(width - digits.len() - 1);
                self.check(width)?;
                self.out.extend_from_slice(format!("{sign}{zeros}{digits}").as_bytes());
                Ok(())
            }
            _ => self.pad(format!("{sign}{digits}").as_bytes()),
        }
    }
}

/// The number in a form of Go's (`e E f g G b x X`), with so many digits or the fewest that read back the same.
fn format_float(number: f64, form: char, precision: Option<usize>) -> String {
    if !number.is_finite() {
        return number::format_general(number);
    }
    match (form, precision) {
        ('f', None) => number::format_decimal(number),
        ('f', Some(digits)) => format!("{number:.digits$}"),
        ('e' | 'E', None) => exponential(&format!("{number:e}"), form),
        ('e' | 'E', Some(digits)) => exponential(&format!("{number:.digits$e}"), form),
        ('b', _) => binary(number),
        ('x' | 'X', _) => hexadecimal(number, form, precision),
        ('G', None) => number::format_general(number).replace('e', "E"),
        (_, None) => number::format_general(number),
        (_, Some(digits)) => general(number, form, digits.max(1)),
    }
}

/// Rust's `1e5` with Go's sign and two digits of exponent.
fn exponential(text: &str, form: char) -> String {
    let (digits, exponent) = text.split_once('e').unwrap_or((text, "0"));
    format!("{digits}{form}{:+03}", exponent.parse::<i32>().unwrap_or(0))
}

/// `%g` with a precision: that many digits, zeros at the end left out, an exponent when it is small or large.
fn general(number: f64, form: char, precision: usize) -> String {
    let rounded = format!("{number:.*e}", precision - 1);
    let (mantissa, exponent) = rounded.split_once('e').unwrap_or((&rounded, "0"));
    let exponent = exponent.parse::<i32>().unwrap_or(0);
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let digits = mantissa.replace('.', "");
    let digits = digits.trim_end_matches('0');
    if digits.is_empty() {
        return format!("{sign}0");
    }
    let (count, point) = (digits.len() as i32, exponent + 1);
    let precision = i32::try_from(precision).unwrap_or(i32::MAX);
    let limit = if precision > count && count >= point { count } else { precision };
    if exponent < -4 || exponent >= limit {
        let digits = match digits.split_at_checked(1) {
            Some((first, rest)) if !rest.is_empty() => format!("{first}.{rest}"),
            _ => digits.to_owned(),
        };
        let e = if form == 'G' { 'E' } else { 'e' };
        return format!("{sign}{digits}{e}{exponent:+03}");
    }
    let digits = match usize::try_from(point) {
        Ok(point) if point > 0 => match digits.split_at_checked(point) {
            Some((whole, "")) => whole.to_owned(),
            Some((whole, fraction)) => format!("{whole}.{fraction}"),
            None => digits.to_owned() + &"0".repeat(point - digits.len()),
        },
        _ => format!("0.{}{digits}", "0".repeat(point.unsigned_abs() as usize)),
    };
    sign.to_owned() + &digits
}

/// The mantissa, its binary exponent and whether the number is negative; the mantissa has 53 bits unless tiny.
fn parts(number: f64) -> (u64, i32, bool) {
    let bits = number.to_bits();
    let (exponent, fraction) = ((bits >> 52 & 0x7ff) as i32, bits & ((1 << 52) - 1));
    let negative = number.is_sign_negative();
    if exponent == 0 { (fraction, -1074, negative) } else { (fraction | 1 << 52, exponent - 1075, negative) }
}

fn binary(number: f64) -> String {
    let (mantissa, exponent, negative) = parts(number);
    format!("{}{mantissa}p{exponent:+}", if negative { "-" } else { "" })
}

/// `0x1.8p+01`: one digit before the point unless the number is 0.
fn hexadecimal(number: f64, form: char, precision: Option<usize>) -> String {
    let (mut mantissa, mut exponent, negative) = parts(number);
    if mantissa == 0 {
        exponent = 0;
    } else {
        // The highest bit goes to bit 60: one hexadecimal digit, and 15 behind the point.
        let shift = mantissa.leading_zeros() as i32 - 3;
        mantissa <<= shift;
        exponent += 60 - shift;
    }
    if let Some(digits) = precision.filter(|digits| *digits < 15) {
        let dropped = 60 - 4 * digits as u32;
        let (half, rest) = (1_u64 << (dropped - 1), mantissa & ((1 << dropped) - 1));
        let kept = mantissa >> dropped;
        mantissa = (kept + u64::from(rest > half || rest == half && kept & 1 == 1)) << dropped;
        if mantissa >> 61 != 0 {
            mantissa >>= 1;
            exponent += 1;
        }
    }
    let fraction = format!("{:015x}", mantissa & ((1 << 60) - 1));
    let fraction = match precision {
        Some(digits) => format!("{fraction:0<digits$.digits$}"),
        None => fraction.trim_end_matches('0').to_owned(),
    };
    let point = if fraction.is_empty() { "" } else { "." };
    let text = format!("{}0x{}{point}{fraction}p{exponent:+03}", if negative { "-" } else { "" }, mantissa >> 60);
    if form == 'X' { text.to_uppercase() } else { text }
}

/// What the `#` flag asks for: always a point, and the zeros at the end that `%g` leaves out.
fn with_point(text: &str, form: char, precision: Option<usize>) -> String {
    let marks: &[char] = if matches!(form, 'x' | 'X') { &['p', 'P'] } else { &['e', 'E', 'p', 'P'] };
    let (digits, tail) = text.split_at(text.find(marks).unwrap_or(text.len()));
    let wanted = if matches!(form, 'g' | 'x') {
        precision.unwrap_or(6)
    } else {
        usize::from(form == 'G') * precision.unwrap_or(6)
    };
    let counted = digits.chars().filter(|char| *char != '.').skip_while(|char| *char == '0').count();
    let has_point = digits.contains('.');
    // A lone 0 counts as one digit.
    let counted = counted + usize::from(!has_point && digits == "0");
    let point = if has_point { "" } else { "." };
    format!("{digits}{point}{}{tail}", "0".repeat(wanted.saturating_sub(counted)))
}
