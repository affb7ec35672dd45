//! Beta distributions: how much of one lies below a value, and the value below which so much of it lies.
//!
//! Through `libm`, as all luck: the same bits on every platform. A trial never needs the second: a probability that is drawn at `u` lies
//! above `x` exactly where less than `u` of its distribution lies below `x`.

/// A continued fraction has come to its value when a further step changes it by less than this part.
const CLOSE: f64 = 1e-15;
/// More steps than it takes for parameters up to a billion or so.
const STEPS: u32 = 100_000;
/// What stands for nothing where something is divided by it.
const TINY: f64 = 1e-300;

/// How much of the distribution lies below `x`.
#[must_use]
pub fn below(alpha: f64, beta: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    let whole = libm::lgamma(alpha + beta) - libm::lgamma(alpha) - libm::lgamma(beta);
    let density = libm::exp(whole + alpha * libm::log(x) + beta * libm::log1p(-x));
    // The fraction comes to its value soon on this side of the mean; on the other side it is that of the mirror image.
    if x * (alpha + beta + 2.0) < alpha + 1.0 {
        density / (alpha * fraction(alpha, beta, x))
    } else {
        1.0 - density / (beta * fraction(beta, alpha, 1.0 - x))
    }
}

/// The continued fraction of the incomplete beta function (Abramowitz and Stegun 26.5.8), from its front, as two chains of ratios whose
/// quotients approach it (Lentz 1976).
fn fraction(alpha: f64, beta: f64, x: f64) -> f64 {
    let safe = |value: f64| if value.abs() < TINY { TINY } else { value };
    let (mut all, mut upper, mut lower) = (1.0, 1.0, 0.0);
    for step in 1..STEPS {
        let m = f64::from(step / 2);
        let (twice, there) = (alpha + 2.0 * m, if step % 2 == 0 { m * (beta - m) } else { -(alpha + m) * (alpha + beta + m) });
        let part = there * x / if step % 2 == 0 { (twice - 1.0) * twice } else { twice * (twice + 1.0) };
        upper = safe(1.0 + part / upper);
        lower = 1.0 / safe(1.0 + part * lower);
        let change = upper * lower;
        all *= change;
        if (change - 1.0).abs() < CLOSE {
            break;
        }
    }
    all
}

/// The value below which the part `u` of the distribution lies.
#[must_use]
pub fn quantile(alpha: f64, beta: f64, u: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    // Each step halves what is left of the unit.
    for _ in 0..64 {
        let middle = 0.5 * (low + high);
        if below(alpha, beta, middle) < u {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use statrs::function::beta::{beta_reg, inv_beta_reg};

    const SHAPES: [(f64, f64); 8] =
        [(1.0, 1.0), (0.5, 0.5), (2.0, 5.0), (47.0, 53.0), (1.0, 300.0), (900.0, 3.0), (0.02, 7.0), (12_000.0, 80_000.0)];

    #[test]
    fn parts_agree_with_another_program() {
        for (alpha, beta) in SHAPES {
            for i in 1..200 {
                let x = f64::from(i) / 200.0;
                let (found, wanted) = (below(alpha, beta, x), beta_reg(alpha, beta, x));
                assert!((found - wanted).abs() < 1e-9, "{alpha} {beta} {x}: {found} {wanted}");
            }
            assert_eq!([0.0, 1.0].map(|x| below(alpha, beta, x).to_bits()), [0.0_f64, 1.0].map(f64::to_bits));
        }
    }

    #[test]
    fn known_parts_come_out() {
        // One draw of n is below x: 1 - (1 - x)^n; and the arcsine law.
        for x in [0.001, 0.3, 0.98] {
            assert!((below(1.0, 300.0, x) - (1.0 - libm::pow(1.0 - x, 300.0))).abs() < 1e-13);
            let arcsine = libm::asin(x.sqrt()) * std::f64::consts::FRAC_2_PI;
            assert!((below(0.5, 0.5, x) - arcsine).abs() < 1e-13, "{x}");
        }
        // Half of what is symmetric lies below its middle, however narrow it is.
        assert!((below(1e6, 1e6, 0.5) - 0.5).abs() < 1e-8);
    }

    #[test]
    fn the_mean_of_many_quantiles_is_that_of_the_distribution() {
        let mean: f64 = (0..1000).map(|i| quantile(47.0, 53.0, (f64::from(i) + 0.5) / 1000.0)).sum::<f64>() / 1000.0;
        assert!((mean - 0.47).abs() < 1e-3, "{mean}");
        assert!(quantile(6.0, 4.0, 1e-9) > 0.0 && quantile(6.0, 4.0, 1.0 - 1e-9) < 1.0);
    }

    #[test]
    fn a_quantile_has_so_much_below_it() {
        for (alpha, beta) in SHAPES {
            for u in [0.001, 0.1, 0.5, 0.9, 0.999] {
                let value = quantile(alpha, beta, u);
                assert!((below(alpha, beta, value) - u).abs() < 1e-9 || value < 1e-15, "{alpha} {beta} {u}: {value}");
                assert!((value - inv_beta_reg(alpha, beta, u)).abs() < 1e-7, "{alpha} {beta} {u}");
            }
        }
    }
}
