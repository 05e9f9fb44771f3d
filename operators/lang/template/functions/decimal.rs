//! Decimal numbers of any length, in which sprig reckons its floats.

use num_bigint::{BigInt, Sign};

use crate::EvalError;
use crate::template::evaluation::Evaluation;

/// `digits * 10^exponent`
#[derive(Debug, Clone)]
pub(super) struct Decimal {
    digits: BigInt,
    exponent: i32,
}

/// A quotient that does not end has so many digits behind the point.
const DIVISION_DIGITS: i32 = 16;

impl Decimal {
    /// The shortest decimal that reads back as the float.
    ///
    /// # Errors
    /// Infinities and what is no number.
    pub(super) fn from_float(number: f64) -> Result<Self, EvalError> {
        let text = format!("{number:e}");
        let parts = text.split_once('e').filter(|_| number.is_finite());
        let (mantissa, exponent) = parts.ok_or_else(|| EvalError::new("Cannot create a Decimal from a float"))?;
        let places = mantissa.split_once('.').map_or(0, |(_, fraction)| fraction.len() as i32);
        let digits = mantissa.replace('.', "").parse().unwrap_or_default();
        Ok(Self { digits, exponent: exponent.parse::<i32>().unwrap_or(0) - places })
    }

    /// The nearest float.
    pub(super) fn to_float(&self) -> f64 {
        format!("{}e{}", self.digits, self.exponent).parse().unwrap_or(f64::NAN)
    }

    /// The digits at a smaller exponent.
    fn at_exponent(&self, evaluation: &Evaluation, exponent: i32) -> Result<BigInt, EvalError> {
        let zeros = u32::try_from(self.exponent.saturating_sub(exponent)).unwrap_or(0);
        evaluation.charge_text(zeros as usize)?;
        Ok(&self.digits * BigInt::from(10).pow(zeros))
    }

    pub(super) fn add(evaluation: &Evaluation, a: &Self, b: &Self) -> Result<Self, EvalError> {
        let exponent = a.exponent.min(b.exponent);
        let digits = a.at_exponent(evaluation, exponent)? + b.at_exponent(evaluation, exponent)?;
        Ok(Self { digits, exponent })
    }

    pub(super) fn subtract(evaluation: &Evaluation, a: &Self, b: &Self) -> Result<Self, EvalError> {
        Self::add(evaluation, a, &Self { digits: -&b.digits, exponent: b.exponent })
    }

    pub(super) fn multiply(evaluation: &Evaluation, a: &Self, b: &Self) -> Result<Self, EvalError> {
        evaluation.charge((a.digits.bits() / 64) as usize)?;
        Ok(Self { digits: &a.digits * &b.digits, exponent: a.exponent.saturating_add(b.exponent) })
    }

    /// Half a unit of the last digit goes away from zero.
    pub(super) fn divide(evaluation: &Evaluation, a: &Self, b: &Self) -> Result<Self, EvalError> {
        if b.digits.sign() == Sign::NoSign {
            return Err(EvalError::new("decimal division by 0"));
        }
        let shift = a.exponent.saturating_sub(b.exponent).saturating_add(DIVISION_DIGITS);
        let shifted = |number: &Self, zeros: i32| {
            let up = Self { digits: number.digits.clone(), exponent: zeros.max(0) };
            up.at_exponent(evaluation, 0)
        };
        let (dividend, divisor) = (shifted(a, shift)?, shifted(b, shift.saturating_neg())?);
        let (quotient, rest) = (&dividend / &divisor, &dividend % &divisor);
        let is_half = rest.magnitude() * 2_u32 >= *divisor.magnitude();
        let away = if dividend.sign() == divisor.sign() { 1 } else { -1 };
        let digits = if is_half { quotient + away } else { quotient };
        Ok(Self { digits, exponent: -DIVISION_DIGITS })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Moment;

    #[test]
    fn decimals_are_exact_until_they_become_floats() {
        let evaluation = Evaluation::new(&Moment::EPOCH);
        let number = |float| Decimal::from_float(float).unwrap();
        let sum = Decimal::add(&evaluation, &number(0.1), &number(0.2)).unwrap();
        assert_eq!(sum.to_float(), 0.3);
        let third = Decimal::divide(&evaluation, &number(-2.0), &number(3.0)).unwrap();
        assert_eq!(third.to_float(), -0.6666666666666667);
        assert_eq!(Decimal::subtract(&evaluation, &number(1e308), &number(1e-300)).unwrap().to_float(), 1e308);
        assert!(Decimal::divide(&evaluation, &number(1.0), &number(0.0)).is_err());
        assert!(Decimal::from_float(f64::NAN).is_err());
    }
}
