//! Numbers as gojq has them: whole ones of any size, exact, and floats; what JSON text is read as keeps its digits.

use num_bigint::BigInt;
use num_bigint::Sign;
use std::cmp::Ordering;
use std::sync::Arc;

/// A number.
#[derive(Debug, Clone)]
pub(super) enum Number {
    Whole(i64),
    /// A whole number outside the range of [`Number::Whole`], or what arithmetic with such numbers gave.
    Big(Arc<BigInt>),
    Float(f64),
    /// A number that `fromjson` read, written out as it was read.
    Digits(Arc<str>),
}

/// A whole number may have so many bits.
const MAX_BITS: u64 = 1 << 16;

impl Number {
    /// The number that a decimal text means: exact where it is whole, else a float, an infinity beyond their range.
    pub(super) fn parse(text: &str) -> Self {
        if let Ok(whole) = text.parse::<i64>()
            && !text.starts_with('+')
        {
            return Self::Whole(whole);
        }
        if text.contains(['.', 'e', 'E'])
            && let Ok(float) = crate::number::parse_float(text)
        {
            return Self::Float(float);
        }
        match text.parse::<BigInt>() {
            Ok(big) => Self::Big(Arc::new(big)),
            Err(_) => Self::Float(if text.starts_with('-') { f64::NEG_INFINITY } else { f64::INFINITY }),
        }
    }

    /// The number without the digits it was read from.
    fn plain(&self) -> Self {
        match self {
            Self::Digits(text) => Self::parse(text),
            other => other.clone(),
        }
    }

    /// As a float.
    pub(super) fn to_float(&self) -> f64 {
        match self {
            Self::Whole(whole) => *whole as f64,
            Self::Big(big) => float_of(big),
            Self::Float(float) => *float,
            Self::Digits(text) => crate::number::float_or_zero(text),
        }
    }

    /// As a whole number towards zero, the nearest one that there is.
    pub(super) fn to_whole(&self) -> i64 {
        match self {
            Self::Whole(whole) => *whole,
            Self::Big(big) => {
                i64::try_from(&**big).unwrap_or(if big.sign() == Sign::Minus { i64::MIN } else { i64::MAX })
            }
            // In Go everything that no whole number is near to, NaN included, is the least one.
            Self::Float(float) if float.is_nan() => i64::MIN,
            Self::Float(float) => *float as i64,
            Self::Digits(text) => Self::parse(text).to_whole(),
        }
    }

    /// As a whole number, of floats the next above.
    pub(super) fn to_whole_above(&self) -> i64 {
        match self {
            Self::Float(float) => Self::Float(float.ceil()).to_whole(),
            other => other.to_whole(),
        }
    }

    /// The order of numbers; a NaN comes before everything.
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        match pair(self, other) {
            Pair::Whole(a, b) => a.cmp(&b),
            Pair::Big(a, b) => a.cmp(&b),
            Pair::Float(a, b) if a < b || a.is_nan() => Ordering::Less,
            Pair::Float(a, b) if a == b => Ordering::Equal,
            Pair::Float(..) => Ordering::Greater,
        }
    }

    /// Whether both are the same value of the same kind.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Whole(a), Self::Whole(b)) => a == b,
            (Self::Float(a), Self::Float(b)) => a == b || (a.is_nan() && b.is_nan()),
            (Self::Big(a), Self::Big(b)) => Arc::ptr_eq(a, b),
            (Self::Digits(a), Self::Digits(b)) => a == b,
            _ => false,
        }
    }

    /// Its opposite.
    pub(super) fn negate(&self) -> Self {
        match self {
            Self::Whole(whole) => whole.checked_neg().map_or_else(|| big(-BigInt::from(*whole)), Self::Whole),
            Self::Big(big) => Self::Big(Arc::new(-&**big)),
            Self::Float(float) => Self::Float(-float),
            Self::Digits(text) => Self::Digits(match text.strip_prefix('-') {
                Some(rest) => rest.into(),
                None => format!("-{text}").into(),
            }),
        }
    }

    /// Its distance from 0.
    pub(super) fn magnitude(&self) -> Self {
        match self {
            Self::Whole(0..) => self.clone(),
            Self::Whole(_) => self.negate(),
            Self::Big(big) if big.sign() == Sign::Minus => self.negate(),
            Self::Big(_) => self.clone(),
            Self::Float(float) => Self::Float(float.abs()),
            Self::Digits(text) => Self::Digits(text.strip_prefix('-').map_or_else(|| text.clone(), Into::into)),
        }
    }

    /// The sum.
    pub(super) fn add(&self, other: &Self) -> Option<Self> {
        match pair(self, other) {
            Pair::Whole(a, b) => Some(a.checked_add(b).map_or_else(|| big(BigInt::from(a) + b), Self::Whole)),
            Pair::Big(a, b) => bounded(a + b),
            Pair::Float(a, b) => Some(Self::Float(a + b)),
        }
    }

    /// The difference.
    pub(super) fn subtract(&self, other: &Self) -> Option<Self> {
        match pair(self, other) {
            Pair::Whole(a, b) => Some(a.checked_sub(b).map_or_else(|| big(BigInt::from(a) - b), Self::Whole)),
            Pair::Big(a, b) => bounded(a - b),
            Pair::Float(a, b) => Some(Self::Float(a - b)),
        }
    }

    /// The product; `None` where it has too many digits.
    pub(super) fn multiply(&self, other: &Self) -> Option<Self> {
        match pair(self, other) {
            Pair::Whole(a, b) => Some(a.checked_mul(b).map_or_else(|| big(BigInt::from(a) * b), Self::Whole)),
            Pair::Big(a, b) if a.bits() + b.bits() > MAX_BITS => None,
            Pair::Big(a, b) => bounded(a * b),
            Pair::Float(a, b) => Some(Self::Float(a * b)),
        }
    }

    /// The quotient: whole where it comes out even, else a float; `None` by 0.
    pub(super) fn divide(&self, other: &Self) -> Option<Self> {
        match pair(self, other) {
            Pair::Whole(_, 0) => None,
            Pair::Whole(a, -1) => Some(Self::Whole(a).negate()),
            Pair::Whole(a, b) if a % b == 0 => Some(Self::Whole(a / b)),
            Pair::Whole(a, b) => Some(Self::Float(a as f64 / b as f64)),
            Pair::Big(_, b) if b.sign() == Sign::NoSign => None,
            Pair::Big(a, b) => {
                let even = (&a % &b).sign() == Sign::NoSign;
                Some(if even { big(a / b) } else { Self::Float(float_of(&a) / float_of(&b)) })
            }
            Pair::Float(_, 0.0) => None,
            Pair::Float(a, b) => Some(Self::Float(a / b)),
        }
    }

    /// The remainder, of floats that of their whole parts; `None` by 0.
    pub(super) fn modulo(&self, other: &Self) -> Option<Self> {
        match pair(self, other) {
            Pair::Whole(_, 0) => None,
            Pair::Whole(a, b) => Some(Self::Whole(a.checked_rem(b).unwrap_or(0))),
            Pair::Big(_, b) if b.sign() == Sign::NoSign => None,
            Pair::Big(a, b) => Some(big(a % b)),
            Pair::Float(a, b) if a.is_nan() || b.is_nan() => Some(Self::Float(f64::NAN)),
            Pair::Float(a, b) => {
                let (a, b) = (Self::Float(a).to_whole(), Self::Float(b).to_whole());
                if b == 0 { None } else { Some(Self::Whole(a.checked_rem(b).unwrap_or(0))) }
            }
        }
    }
}

/// Two numbers as one kind.
enum Pair {
    Whole(i64, i64),
    Big(BigInt, BigInt),
    Float(f64, f64),
}

fn pair(a: &Number, b: &Number) -> Pair {
    match (a.plain(), b.plain()) {
        (Number::Whole(a), Number::Whole(b)) => Pair::Whole(a, b),
        (Number::Whole(a), Number::Big(b)) => Pair::Big(a.into(), (*b).clone()),
        (Number::Big(a), Number::Whole(b)) => Pair::Big((*a).clone(), b.into()),
        (Number::Big(a), Number::Big(b)) => Pair::Big((*a).clone(), (*b).clone()),
        (a, b) => Pair::Float(a.to_float(), b.to_float()),
    }
}

fn big(value: BigInt) -> Number {
    Number::Big(Arc::new(value))
}

fn bounded(value: BigInt) -> Option<Number> {
    (value.bits() <= MAX_BITS).then(|| big(value))
}

fn float_of(big: &BigInt) -> f64 {
    crate::number::float_or_zero(&big.to_string())
}
