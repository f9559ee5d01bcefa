//! Quantiles of the distributions that intervals are made of.

use statrs::distribution::{ContinuousCDF, Normal};
use statrs::function::{beta, gamma};

/// The probability that a fair coin shows heads as often as this, or more often, in so many tosses.
pub(super) fn heads(often: usize, tosses: usize) -> f64 {
    if often == 0 {
        return 1.0;
    }
    rounded(beta::beta_reg(often as f64, (tosses - often) as f64 + 1.0, 0.5))
}

/// The value that a standard normal variable exceeds with this probability, at most a half.
pub(super) fn normal(above: f64) -> f64 {
    rounded(-Normal::standard().inverse_cdf(above))
}

/// The same for Student's t with so many degrees of freedom.
pub(super) fn student(above: f64, freedom: f64) -> f64 {
    // With x = ν / (ν + t²), both tails beyond ±t together have the probability I_x(ν/2, 1/2) (Abramowitz & Stegun
    // 26.7.1). Searched for by the logarithm: far out in the tail x is tiny.
    let both = |log: f64| beta::beta_reg(freedom / 2.0, 0.5, libm::exp(log));
    let x = libm::exp(falling(-300.0, 0.0, |log| 2.0 * above - both(log)));
    rounded((freedom * (1.0 - x) / x).sqrt())
}

/// The bounds for a share at doubt `above` on each side, when `hits` of `trials` were hits, neither of which need be
/// whole (Clopper and Pearson 1934).
pub(super) fn clopper_pearson(hits: f64, trials: f64, above: f64) -> (f64, f64) {
    (lower_share(hits, trials, above), 1.0 - lower_share(trials - hits, trials, above))
}

/// The bounds for a mean count when `hits` were counted (Garwood 1936). `hits` need not be whole.
pub(super) fn garwood(hits: f64, above: f64) -> (f64, f64) {
    if hits > MANY {
        // Wilson and Hilferty 1931.
        let end = |shape: f64, z: f64| {
            let root = 1.0 - 1.0 / (9.0 * shape) + z / (3.0 * shape.sqrt());
            rounded(shape * root * root * root)
        };
        let z = normal(above);
        return (end(hits, -z), end(hits + 1.0, z));
    }
    let low = if hits > 0.0 { gamma_quantile(hits, above) } else { 0.0 };
    (low, gamma_quantile(hits + 1.0, 1.0 - above))
}

/// From this many on, a continued fraction takes long, and a good approximation is as good.
const MANY: f64 = 1000.0;
/// From this many trials on, hits that are not many are as good as a count.
const VERY_MANY: f64 = 100_000.0;

fn lower_share(hits: f64, trials: f64, above: f64) -> f64 {
    let misses = trials - hits;
    if hits <= 0.0 {
        return 0.0;
    }
    if hits.min(misses) > MANY {
        let share = hits / trials;
        return rounded(share - normal(above) * (share * (1.0 - share) / trials).sqrt());
    }
    if trials > VERY_MANY {
        let (low, _) = garwood(hits, above);
        let (_, high) = garwood(misses, above);
        return rounded(if hits < misses { low / trials } else { (1.0 - high / trials).max(0.0) });
    }
    rounded(falling(0.0, 1.0, |x| above - beta::beta_reg(hits, misses + 1.0, x)))
}

fn gamma_quantile(shape: f64, below: f64) -> f64 {
    let mut high = shape + 1.0;
    while gamma::gamma_lr(shape, high) < below {
        high *= 2.0;
    }
    rounded(falling(0.0, high, |x| below - gamma::gamma_lr(shape, x)))
}

/// Where a falling function crosses 0.
fn falling(mut low: f64, mut high: f64, of: impl Fn(f64) -> f64) -> f64 {
    for _ in 0..100 {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high || high - low <= 1e-13 * middle.abs() {
            break;
        }
        if of(middle) > 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

/// Ten digits: the last bits of a logarithm differ between platforms, and results must not.
pub(super) fn rounded(value: f64) -> f64 {
    format!("{value:.9e}").parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(value: f64, wanted: f64, within: f64) {
        assert!((value - wanted).abs() <= within, "{value} is not {wanted} ± {within}");
    }

    #[test]
    fn quantiles_are_those_of_the_printed_tables() {
        for (freedom, quantile) in
            [(1.0, 12.706), (2.0, 4.303), (4.0, 2.776), (9.0, 2.262), (29.0, 2.045), (120.0, 1.980)]
        {
            close(student(0.025, freedom), quantile, 5e-4);
        }
        close(student(0.0005, 4.0), 8.610, 5e-4);
        close(student(0.5, 4.0), 0.0, 1e-6);
        close(normal(0.025), 1.959_964, 1e-6);
    }

    #[test]
    fn coins_fall_as_often_as_counting_says() {
        for (often, tosses, ways) in [(6, 6, 1.0), (5, 6, 7.0), (1, 6, 63.0), (0, 6, 64.0), (9, 10, 11.0)] {
            assert_eq!(heads(often, tosses), rounded(ways / libm::ldexp(1.0, tosses as i32)), "{often}");
        }
    }

    #[test]
    fn exact_intervals_for_a_share_are_those_of_newcombe() {
        // Newcombe (1998), Statistics in Medicine 17, table I, method 5.
        for (hits, trials, low, high) in [
            (81.0, 263.0, 0.2527, 0.3676),
            (15.0, 148.0, 0.0578, 0.1617),
            (0.0, 20.0, 0.0, 0.1684),
            (1.0, 29.0, 0.0009, 0.1776),
        ] {
            let interval = clopper_pearson(hits, trials, 0.025);
            close(interval.0, low, 5e-5);
            close(interval.1, high, 5e-5);
        }
    }

    #[test]
    fn exact_intervals_for_a_count_are_those_of_garwood() {
        for (hits, low, high) in
            [(0.0, 0.0, 3.689), (1.0, 0.0253, 5.572), (10.0, 4.795, 18.39), (100.0, 81.36, 121.63)]
        {
            let interval = garwood(hits, 0.025);
            close(interval.0, low, 5e-3);
            close(interval.1, high, 5e-3);
        }
    }

    #[test]
    fn approximations_for_many_go_on_where_exact_intervals_end() {
        let (few, many) = (garwood(999.9, 0.025), garwood(1000.1, 0.025));
        close(many.0 / few.0, 1.0, 3e-4);
        close(many.1 / few.1, 1.0, 3e-4);
        for hits in [3.0, 50.0, 900.0] {
            let (exact, many) =
                (clopper_pearson(hits, 99_999.0, 0.025), clopper_pearson(hits, 100_001.0, 0.025));
            close(many.0 / exact.0, 1.0, 1e-2);
            close(many.1 / exact.1, 1.0, 1e-2);
        }
    }
}
