//! Constraints on versions: `>=1.2, <2 || ~3.1`, `1.2 - 1.4`, `^1`, `2.x`.

use super::version::{Version, compare_prereleases, is_id_byte};
use crate::EvalError;

/// The longest constraint, in bytes, and the most alternatives.
const MAX_LENGTH: usize = 512;
const MAX_ALTERNATIVES: usize = 32;

/// Alternatives, each of which is a list of bounds that must all hold.
#[derive(Debug)]
pub(super) struct Constraint {
    alternatives: Vec<Vec<Bound>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Greater,
    Less,
    GreaterOrEqual,
    LessOrEqual,
    /// At least this, with the same minor version (or major, if that is all there is).
    Tilde,
    /// At least this, with the same first number that is not 0.
    Caret,
}

const OPERATORS: [(&str, Operator); 11] = [
    (">=", Operator::GreaterOrEqual),
    ("=>", Operator::GreaterOrEqual),
    ("<=", Operator::LessOrEqual),
    ("=<", Operator::LessOrEqual),
    ("!=", Operator::NotEqual),
    ("~>", Operator::Tilde),
    (">", Operator::Greater),
    ("<", Operator::Less),
    ("=", Operator::Equal),
    ("~", Operator::Tilde),
    ("^", Operator::Caret),
];

/// How much of a bound's version was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Written {
    Nothing,
    Major,
    Minor,
    All,
}

#[derive(Debug)]
struct Bound {
    operator: Operator,
    version: Version,
    written: Written,
}

fn improper() -> EvalError {
    EvalError::new("improper constraint")
}

impl Constraint {
    /// Reads a constraint.
    ///
    /// # Errors
    /// A text of another form, or one of more than 512 bytes or 32 alternatives.
    pub(super) fn parse(text: &str) -> Result<Self, EvalError> {
        if text.len() > MAX_LENGTH {
            return Err(EvalError::new(format!("constraint string is too long (max {MAX_LENGTH} bytes)")));
        }
        let text = without_ranges(text);
        let alternatives: Vec<&str> = text.split("||").collect();
        if alternatives.len() > MAX_ALTERNATIVES {
            return Err(EvalError::new(format!("too many constraint groups (max {MAX_ALTERNATIVES})")));
        }
        let alternatives: Result<_, EvalError> = alternatives.into_iter().map(bounds).collect();
        Ok(Self { alternatives: alternatives? })
    }

    /// Whether the version is within. A prerelease only is where a bound of the alternative names a prerelease.
    pub(super) fn accepts(&self, version: &Version) -> bool {
        self.alternatives.iter().any(|bounds| {
            let names_prerelease = bounds.iter().any(|bound| !bound.version.prerelease.is_empty());
            (version.prerelease.is_empty() || names_prerelease) && bounds.iter().all(|bound| bound.accepts(version))
        })
    }
}

impl Bound {
    fn accepts(&self, version: &Version) -> bool {
        let (bound, order) = (&self.version, version.compare(&self.version));
        let exact = self.written == Written::All;
        match self.operator {
            Operator::Equal if exact => order.is_eq(),
            Operator::Equal | Operator::Tilde => self.is_near(version),
            Operator::NotEqual => self.differs(version),
            Operator::Less => order.is_lt(),
            Operator::GreaterOrEqual => order.is_ge(),
            Operator::Greater if !exact && version.major != bound.major => version.major > bound.major,
            Operator::Greater => match self.written {
                Written::Major => false,
                Written::Minor => version.minor > bound.minor,
                _ => order.is_gt(),
            },
            Operator::LessOrEqual if exact => order.is_le(),
            Operator::LessOrEqual => {
                let beyond_minor = self.written != Written::Major && version.minor > bound.minor;
                version.major < bound.major || version.major == bound.major && !beyond_minor
            }
            Operator::Caret => order.is_ge() && self.is_compatible(version),
        }
    }

    /// `~`
    fn is_near(&self, version: &Version) -> bool {
        let bound = &self.version;
        if version.compare(bound).is_lt() {
            return false;
        }
        let is_zero = bound.major == 0 && bound.minor == 0 && bound.patch == 0;
        if is_zero && matches!(self.written, Written::All | Written::Nothing) {
            return true;
        }
        version.major == bound.major && (version.minor == bound.minor || self.written == Written::Major)
    }

    /// `!=`
    fn differs(&self, version: &Version) -> bool {
        let bound = &self.version;
        match self.written {
            Written::All => version.compare(bound).is_ne(),
            _ if version.major != bound.major => true,
            Written::Major => false,
            _ if version.minor != bound.minor => true,
            Written::Minor if version.prerelease.is_empty() && bound.prerelease.is_empty() => false,
            Written::Minor => compare_prereleases(&version.prerelease, &bound.prerelease).is_ne(),
            Written::Nothing => version.patch != bound.patch || version.compare(bound).is_ne(),
        }
    }

    /// `^`, of a version that is not before the bound's.
    fn is_compatible(&self, version: &Version) -> bool {
        let bound = &self.version;
        if bound.major > 0 || self.written == Written::Major {
            return version.major == bound.major;
        }
        if version.major > 0 {
            return false;
        }
        if bound.minor > 0 || self.written == Written::Minor {
            return version.minor == bound.minor;
        }
        version.minor == 0 && version.patch == bound.patch
    }
}

/// A version of a constraint as it is written: its length, and its parts.
#[derive(Debug, Clone, Copy)]
struct Pattern<'a> {
    text: &'a str,
    numbers: [&'a str; 3],
    /// With its dash.
    prerelease: &'a str,
}

/// The version at the front: up to three numbers, `x` and `*` among them, and what follows a dash and a plus.
fn pattern(text: &str) -> Option<Pattern<'_>> {
    let mut rest = text.strip_prefix('v').unwrap_or(text);
    let is_number = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'|' | b'x' | b'X' | b'*');
    let mut take = |mark: &str, belongs: &dyn Fn(u8) -> bool| {
        let inside = rest.strip_prefix(mark)?;
        let length = inside.bytes().take_while(|byte| belongs(*byte)).count();
        let (taken, after) = (length > 0).then(|| inside.split_at_checked(length)).flatten()?;
        rest = after;
        Some(taken)
    };
    let major = take("", &is_number)?;
    let minor = take(".", &is_number).unwrap_or_default();
    // Without a second number there is no third.
    let patch = if minor.is_empty() { "" } else { take(".", &is_number).unwrap_or_default() };
    let before = rest;
    let after = identifiers(before, '-');
    let prerelease = before.get(..before.len() - after.len()).unwrap_or_default();
    let after = identifiers(after, '+');
    let text = text.get(..text.len() - after.len())?;
    Some(Pattern { text, numbers: [major, minor, patch], prerelease })
}

/// What follows identifiers behind a mark; the text itself if there are none.
fn identifiers(text: &str, mark: char) -> &str {
    let Some(mut rest) = text.strip_prefix(mark).filter(|rest| rest.bytes().next().is_some_and(is_id_byte)) else {
        return text;
    };
    loop {
        rest = rest.trim_start_matches(|char: char| u8::try_from(char).is_ok_and(is_id_byte));
        match rest.strip_prefix('.').filter(|after| after.bytes().next().is_some_and(is_id_byte)) {
            Some(after) => rest = after,
            None => return rest,
        }
    }
}

fn is_blank(char: char) -> bool {
    matches!(char, ' ' | '\t' | '\n' | '\u{c}' | '\r')
}

/// `1.2 - 1.4` written as two bounds.
fn without_ranges(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(char) = rest.chars().next() {
        match range(rest) {
            Some((from, to, after)) => {
                out.push_str(&format!(">= {from}, <= {to} "));
                rest = after;
            }
            None => {
                out.push(char);
                rest = rest.get(char.len_utf8()..).unwrap_or_default();
            }
        }
    }
    out
}

/// Two versions with a dash between blanks at the front, and what follows them.
fn range(text: &str) -> Option<(&str, &str, &str)> {
    let from = pattern(text.trim_start_matches(is_blank))?.text;
    let after = text.trim_start_matches(is_blank).strip_prefix(from)?;
    let dash = after.strip_prefix(is_blank)?.trim_start_matches(is_blank);
    let after = dash.strip_prefix('-')?.strip_prefix(is_blank)?.trim_start_matches(is_blank);
    let to = pattern(after)?.text;
    Some((from, to, after.strip_prefix(to)?.trim_start_matches(is_blank)))
}

/// Bounds with blanks or a comma between them.
fn bounds(text: &str) -> Result<Vec<Bound>, EvalError> {
    let mut bounds = Vec::new();
    let mut rest = text.trim_start_matches(is_blank);
    loop {
        let (sign, operator) =
            OPERATORS.into_iter().find(|(sign, _)| rest.starts_with(sign)).unwrap_or(("", Operator::Equal));
        rest = rest.strip_prefix(sign).unwrap_or(rest).trim_start_matches(is_blank);
        let pattern = pattern(rest).ok_or_else(improper)?;
        bounds.push(bound(operator, pattern)?);
        rest = rest.strip_prefix(pattern.text).unwrap_or_default();
        let after = rest.trim_start_matches(is_blank);
        if after.is_empty() {
            return Ok(bounds);
        }
        rest = match after.strip_prefix(',') {
            Some(after) => after.trim_start_matches(is_blank),
            None if after.len() < rest.len() => after,
            None => return Err(improper()),
        };
    }
}

fn bound(operator: Operator, pattern: Pattern<'_>) -> Result<Bound, EvalError> {
    let is_any = |number: &str| matches!(number, "" | "x" | "X" | "*");
    let ([major, minor, patch], prerelease) = (pattern.numbers, pattern.prerelease);
    let (text, written) = if is_any(major) {
        (format!("0.0.0{prerelease}"), Written::Nothing)
    } else if is_any(minor) {
        (format!("{major}.0.0{prerelease}"), Written::Major)
    } else if is_any(patch) {
        (format!("{major}.{minor}.0{prerelease}"), Written::Minor)
    } else {
        (pattern.text.to_owned(), Written::All)
    };
    let version = Version::parse(&text).map_err(|_| EvalError::new("constraint parser error"))?;
    Ok(Bound { operator, version, written })
}
