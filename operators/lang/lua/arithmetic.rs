//! The arithmetic operators on numbers.

use super::events::Event;
use super::syntax::tree::BinaryOperator;

/// An operator that computes a number from two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    Power,
}

impl Arithmetic {
    /// The arithmetic of a binary operator, if it is one.
    pub(super) fn of(operator: BinaryOperator) -> Option<Self> {
        Some(match operator {
            BinaryOperator::Add => Self::Add,
            BinaryOperator::Subtract => Self::Subtract,
            BinaryOperator::Multiply => Self::Multiply,
            BinaryOperator::Divide => Self::Divide,
            BinaryOperator::Modulo => Self::Modulo,
            BinaryOperator::Power => Self::Power,
            _ => return None,
        })
    }

    /// The event of metatables.
    pub(super) fn event(self) -> Event {
        match self {
            Self::Add => Event::Add,
            Self::Subtract => Event::Subtract,
            Self::Multiply => Event::Multiply,
            Self::Divide => Event::Divide,
            Self::Modulo => Event::Modulo,
            Self::Power => Event::Power,
        }
    }

    /// What errors call it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Subtract => "sub",
            Self::Multiply => "mul",
            Self::Divide => "div",
            Self::Modulo => "mod",
            Self::Power => "pow",
        }
    }
}

/// Computes with two numbers.
#[inline]
pub(super) fn calculate(operator: Arithmetic, left: f64, right: f64) -> f64 {
    match operator {
        Arithmetic::Add => left + right,
        Arithmetic::Subtract => left - right,
        Arithmetic::Multiply => left * right,
        Arithmetic::Divide => left / right,
        Arithmetic::Modulo => modulo(left, right),
        Arithmetic::Power => crate::math::pow(left, right),
    }
}

/// The remainder with the sign of the divisor.
pub(super) fn modulo(left: f64, right: f64) -> f64 {
    let remainder = left % right;
    let opposite = right > 0.0 && remainder < 0.0 || right < 0.0 && remainder > 0.0;
    if opposite { remainder + right } else { remainder }
}

#[cfg(test)]
mod tests {
    use super::modulo;

    #[test]
    fn the_remainder_takes_the_divisors_sign() {
        assert_eq!([modulo(-7.0, 3.0), modulo(7.0, -3.0), modulo(5.5, 2.0)], [2.0, -2.0, 1.5]);
        assert!(modulo(1.0, 0.0).is_nan());
        assert_eq!(modulo(5.0, f64::INFINITY), 5.0);
    }
}
