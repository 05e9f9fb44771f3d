//! What a layout is made of: elements of a date, and text between them.

/// An element of a date in a layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Element {
    LongMonth,
    Month,
    NumberMonth,
    ZeroMonth,
    LongWeekday,
    Weekday,
    Day,
    BlankDay,
    ZeroDay,
    BlankYearDay,
    ZeroYearDay,
    Hour,
    Hour12,
    ZeroHour12,
    Minute,
    ZeroMinute,
    Second,
    ZeroSecond,
    LongYear,
    Year,
    UpperHalf,
    LowerHalf,
    Abbreviation,
    Offset(Offset),
    Fraction(Fraction),
}

/// How a distance from UTC is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Offset {
    /// Whether `Z` stands for no distance.
    pub(super) z: bool,
    /// Whether minutes follow the hours, and seconds the minutes.
    pub(super) parts: Parts,
    /// Whether colons stand between them.
    pub(super) colon: bool,
}

/// The parts of a distance from UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Parts {
    Hours,
    Minutes,
    Seconds,
}

/// How what is below a second is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fraction {
    /// `.` or `,`
    pub(super) separator: u8,
    /// The number of digits.
    pub(super) digits: usize,
    /// Whether zeros at the end are left out.
    pub(super) trim: bool,
}

/// Every fixed form, the longer before the shorter where one begins the other. Names in letters count only when no
/// lower-case letter follows (`Month` is not `Mon`): those are told by the third part.
const FORMS: [(&[u8], Element, bool); 33] = [
    (b"January", Element::LongMonth, false),
    (b"Jan", Element::Month, true),
    (b"Monday", Element::LongWeekday, false),
    (b"Mon", Element::Weekday, true),
    (b"MST", Element::Abbreviation, false),
    (b"002", Element::ZeroYearDay, false),
    (b"01", Element::ZeroMonth, false),
    (b"02", Element::ZeroDay, false),
    (b"03", Element::ZeroHour12, false),
    (b"04", Element::ZeroMinute, false),
    (b"05", Element::ZeroSecond, false),
    (b"06", Element::Year, false),
    (b"15", Element::Hour, false),
    (b"1", Element::NumberMonth, false),
    (b"2006", Element::LongYear, false),
    (b"2", Element::Day, false),
    (b"_2", Element::BlankDay, false),
    (b"__2", Element::BlankYearDay, false),
    (b"3", Element::Hour12, false),
    (b"4", Element::Minute, false),
    (b"5", Element::Second, false),
    (b"PM", Element::UpperHalf, false),
    (b"pm", Element::LowerHalf, false),
    (b"-070000", offset(false, Parts::Seconds, false), false),
    (b"-07:00:00", offset(false, Parts::Seconds, true), false),
    (b"-0700", offset(false, Parts::Minutes, false), false),
    (b"-07:00", offset(false, Parts::Minutes, true), false),
    (b"-07", offset(false, Parts::Hours, false), false),
    (b"Z070000", offset(true, Parts::Seconds, false), false),
    (b"Z07:00:00", offset(true, Parts::Seconds, true), false),
    (b"Z0700", offset(true, Parts::Minutes, false), false),
    (b"Z07:00", offset(true, Parts::Minutes, true), false),
    (b"Z07", offset(true, Parts::Hours, false), false),
];

const fn offset(z: bool, parts: Parts, colon: bool) -> Element {
    Element::Offset(Offset { z, parts, colon })
}

/// The text before the first element of `layout`, that element, and what follows it.
pub(super) fn next(layout: &[u8]) -> (&[u8], Option<Element>, &[u8]) {
    for at in 0..layout.len() {
        let (before, rest) = layout.split_at(at);
        // An underscore before a long year is an underscore, not the blank of a day.
        if rest.starts_with(b"_2006") {
            return (layout.split_at(at + 1).0, Some(Element::LongYear), rest.split_at(5).1);
        }
        if let Some((element, length)) = fixed(rest).or_else(|| fraction(rest)) {
            return (before, Some(element), rest.split_at(length).1);
        }
    }
    (layout, None, b"")
}

fn fixed(rest: &[u8]) -> Option<(Element, usize)> {
    let (form, element, _) = FORMS.iter().find(|(form, _, ends_word)| {
        let after = rest.strip_prefix(*form);
        after.is_some_and(|after| !*ends_word || !after.first().is_some_and(u8::is_ascii_lowercase))
    })?;
    Some((*element, form.len()))
}

/// `.000` or `,999`: any number of one digit, which no other digit follows.
fn fraction(rest: &[u8]) -> Option<(Element, usize)> {
    let (separator @ (b'.' | b','), digits) = rest.split_first()? else { return None };
    let digit = *digits.first().filter(|digit| matches!(digit, b'0' | b'9'))?;
    let count = digits.iter().take_while(|byte| **byte == digit).count();
    if digits.get(count).is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let fraction = Fraction { separator: *separator, digits: count, trim: digit == b'9' };
    Some((Element::Fraction(fraction), count + 1))
}
