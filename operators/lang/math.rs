//! Floating-point functions that give the same result on every machine, and Go's result where the two can differ.

/// `base` to the power of `exponent` as Go's `math.Pow`: the whole part of the exponent by repeated squaring, the rest
/// through logarithms.
pub(crate) fn pow(base: f64, exponent: f64) -> f64 {
    special_power(base, exponent).unwrap_or_else(|| {
        let (mut whole, mut part) = (exponent.abs().trunc(), exponent.abs().fract());
        if part != 0.0 && base < 0.0 {
            return f64::NAN;
        }
        let mut power = 1.0;
        if part != 0.0 {
            if part > 0.5 {
                part -= 1.0;
                whole += 1.0;
            }
            power = libm::exp(part * libm::log(base));
        }
        let (power, scale) = whole_power(power, base, whole);
        if exponent < 0.0 { libm::ldexp(1.0 / power, scale.saturating_neg()) } else { libm::ldexp(power, scale) }
    })
}

/// `start * base^whole` as a factor and a power of two.
fn whole_power(start: f64, base: f64, whole: f64) -> (f64, i32) {
    let (mut power, mut scale) = (start, 0_i32);
    let (mut factor, mut factor_scale) = libm::frexp(base);
    let mut bits = whole as u64;
    while bits != 0 {
        if factor_scale.abs() > 1 << 12 {
            // Far beyond the range of floats either way: only the direction matters.
            scale = scale.saturating_add(factor_scale);
            break;
        }
        if bits & 1 == 1 {
            power *= factor;
            scale += factor_scale;
        }
        factor *= factor;
        factor_scale <<= 1;
        if factor < 0.5 {
            factor += factor;
            factor_scale -= 1;
        }
        bits >>= 1;
    }
    (power, scale)
}

fn special_power(base: f64, exponent: f64) -> Option<f64> {
    let is_whole = exponent.fract() == 0.0;
    let is_odd = is_whole && exponent.abs() < 2_f64.powi(53) && exponent as i64 & 1 == 1;
    let signed = |magnitude: f64| if is_odd { magnitude.copysign(base) } else { magnitude };
    let (goes_up, magnitude) = (exponent > 0.0, base.abs());
    Some(if exponent == 0.0 || base == 1.0 {
        1.0
    } else if exponent == 1.0 {
        base
    } else if base.is_nan() || exponent.is_nan() {
        f64::NAN
    } else if base == 0.0 {
        signed(if goes_up { 0.0 } else { f64::INFINITY })
    } else if exponent.is_infinite() {
        if magnitude == 1.0 {
            1.0
        } else if (magnitude < 1.0) == goes_up {
            0.0
        } else {
            f64::INFINITY
        }
    } else if base.is_infinite() {
        signed(if goes_up { f64::INFINITY } else { 0.0 })
    } else if exponent == 0.5 {
        base.sqrt()
    } else if exponent == -0.5 {
        1.0 / base.sqrt()
    } else if exponent.abs() >= 2_f64.powi(63) {
        if base == -1.0 {
            1.0
        } else if (magnitude < 1.0) == goes_up {
            0.0
        } else {
            f64::INFINITY
        }
    } else {
        return None;
    })
}

#[cfg(test)]
mod tests {
    use super::pow;

    #[test]
    fn powers_are_gos() {
        for (base, exponent, expected) in [
            (2.0, 10.0, 1024.0),
            (10.0, -2.0, 0.01),
            (2.0, 0.5, std::f64::consts::SQRT_2),
            (-8.0, 3.0, -512.0),
            (-0.0, -3.0, f64::NEG_INFINITY),
            (-0.0, 2.0, 0.0),
            (f64::NEG_INFINITY, 3.0, f64::NEG_INFINITY),
            (f64::NEG_INFINITY, -3.0, -0.0),
            (-1.0, f64::INFINITY, 1.0),
            (0.5, f64::INFINITY, 0.0),
            (2.0, 1e300, f64::INFINITY),
            (2.0, -1074.0, 5e-324),
            // Not the nearest float: squaring loses a little, in Go as here.
            (10.0, 300.0, 1.0000000000000006e300),
            (7.0, 22.0, 3.9098210485829883e18),
            (1.1, 10.3, 2.668975929897942),
            (3.0, -2.5, 0.06415002990995843),
            (1.0000001, 1e9, 2.688103843211962e43),
            (f64::NAN, 0.0, 1.0),
        ] {
            assert_eq!(pow(base, exponent).to_bits(), f64::to_bits(expected), "{base}^{exponent}");
        }
        assert!(pow(-8.0, 1.0 / 3.0).is_nan());
    }
}
