//! Student's t distribution, by the regularised incomplete beta function.
//!
//! The crates for it change the features of `num-traits` under the whole tree (decision 0133).

/// Coefficients of Lanczos's approximation of the gamma function for g = 7 (Pugh 2004): right to 15 digits.
const LANCZOS: [f64; 9] = [
    0.999_999_999_999_809_9,
    676.520_368_121_885_1,
    -1_259.139_216_722_402_8,
    771.323_428_777_653_1,
    -176.615_029_162_140_6,
    12.507_343_278_686_905,
    -0.138_571_095_265_720_12,
    9.984_369_578_019_572e-6,
    1.505_632_735_149_311_6e-7,
];
/// Steps of the continued fraction, which needs about the square root of its arguments.
const STEPS_MAX: i32 = 10_000;
const PRECISION: f64 = 1e-12;
/// Degrees of freedom from which the distribution is taken for that of as many.
const FREEDOM_MAX: f64 = 1e6;

/// Logarithm of the gamma function of a number from 0.5 on.
fn ln_gamma(x: f64) -> f64 {
    let (x, t) = (x - 1.0, x + 6.5);
    let [first, rest @ ..] = LANCZOS;
    let terms = (1..).zip(rest).map(|(at, of)| of / (x + f64::from(at)));
    let sum = first + terms.sum::<f64>();
    0.5 * (2.0 * std::f64::consts::PI).ln() + (x + 0.5) * t.ln() - t + sum.ln()
}

/// The continued fraction of the incomplete beta function (DLMF 8.17.22), by the modified method of Lentz.
fn fraction(a: f64, b: f64, x: f64) -> f64 {
    let away = |of: f64| if of.abs() < 1e-300 { 1e-300 } else { of };
    let (mut c, mut d) = (1.0, 1.0 / away(1.0 - (a + b) * x / (a + 1.0)));
    let mut value = d;
    for m in (1..STEPS_MAX).map(f64::from) {
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut step = 1.0;
        for of in [even, odd] {
            (c, d) = (away(1.0 + of / c), 1.0 / away(1.0 + of * d));
            step = c * d;
            value *= step;
        }
        if (step - 1.0).abs() < PRECISION {
            break;
        }
    }
    value
}

/// The regularised incomplete beta function.
fn beta(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return x.clamp(0.0, 1.0);
    }
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - beta(b, a, 1.0 - x);
    }
    let ln = ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * x.ln() + b * (-x).ln_1p();
    ln.exp() * fraction(a, b, x) / a
}

/// Student's t with so many degrees of freedom, at least 1.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StudentsT {
    freedom: f64,
}

impl StudentsT {
    pub fn new(freedom: f64) -> Self {
        Self {
            freedom: freedom.clamp(1.0, FREEDOM_MAX),
        }
    }

    /// Probability of a value at least so far from 0, on either side.
    pub fn both_tails(self, t: f64) -> f64 {
        beta(
            self.freedom / 2.0,
            0.5,
            self.freedom / (self.freedom + t * t),
        )
    }

    /// How far from 0 a value lies with this probability, on either side.
    pub fn beyond(self, probability: f64) -> f64 {
        let (mut low, mut high) = (0.0, 1e3);
        for _ in 0..60 {
            let middle = (low + high) / 2.0;
            match self.both_tails(middle) > probability {
                true => low = middle,
                false => high = middle,
            }
        }
        high
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_those_of_the_tables() {
        // Two-sided 5 %: Fisher and Yates, Statistical Tables, table III.
        for (freedom, t) in [
            (1.0, 12.7062),
            (2.0, 4.3027),
            (5.0, 2.5706),
            (10.0, 2.2281),
            (30.0, 2.0423),
            (120.0, 1.9799),
            (1e6, 1.95996),
        ] {
            let of = StudentsT::new(freedom);
            assert!(
                (of.beyond(0.05) - t).abs() < 1e-4,
                "{freedom}: {}",
                of.beyond(0.05)
            );
            assert!((of.both_tails(t) - 0.05).abs() < 1e-5, "{freedom}");
        }
        assert!((StudentsT::new(1.0).both_tails(1.0) - 0.5).abs() < 1e-9);
        assert_eq!(StudentsT::new(7.0).both_tails(0.0), 1.0);
    }
}
