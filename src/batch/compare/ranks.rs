//! Differences of which some have no finite value, or no spread: what their order alone says. The median of the
//! differences of pairs by the sign test, of those of each run from each other by Mann and Whitney (1947).

use statrs::distribution::{ContinuousCDF, Normal};

use crate::batch::distribution::{heads, rounded};

/// Differences in order, and how likely it is that so many are above 0 where there is no difference.
pub(super) struct Ranks {
    rising: Vec<f64>,
    /// At each place, the probability that so many or more are positive. The distribution is symmetric. What ties counts
    /// for neither side, which errs towards chance.
    positive: Vec<f64>,
}

/// So many runs of A times runs of B are counted one by one; of more a normal distribution is as good.
const COUNTED: usize = 2500;
/// Of more, nothing is said: it would take too long.
const MOST: usize = 1_000_000;

impl Ranks {
    /// Of the differences of pairs.
    pub(super) fn of_pairs(pairs: impl Iterator<Item = (f64, f64)>) -> Ranks {
        let rising = in_order(pairs.map(|(a, b)| minus(b, a)));
        let positive = (0..=rising.len()).map(|often| heads(often, rising.len())).collect();
        Ranks { rising, positive }
    }

    /// Of each value of B from each of A; `None` of too many.
    pub(super) fn of_runs(a: &[f64], b: &[f64]) -> Option<Ranks> {
        (a.len() * b.len() <= MOST).then(|| Ranks {
            rising: in_order(b.iter().flat_map(|b| a.iter().map(|a| minus(*b, *a)))),
            positive: mann_whitney(a.len(), b.len()),
        })
    }

    /// `None` between a difference that is longer than any and its opposite.
    pub(super) fn median(&self) -> Option<f64> {
        let last = self.rising.len().checked_sub(1)?;
        let (low, high) = (self.rising[last / 2], self.rising[last.div_ceil(2)]);
        let median = if low == high { low } else { f64::midpoint(low, high) };
        Some(median).filter(|median| !median.is_nan())
    }

    /// Between which differences the median lies but for this doubt at either end; infinite where there are too few.
    pub(super) fn interval(&self, doubt: f64) -> (f64, f64) {
        let all = self.rising.len();
        // The least number that is reached, or passed, so seldom.
        let seldom = self.positive.partition_point(|tail| *tail > doubt);
        match all.checked_sub(seldom) {
            Some(place) => (self.rising[place], self.rising[all - 1 - place]),
            None => (f64::NEG_INFINITY, f64::INFINITY),
        }
    }

    /// Two-sided, of there being no difference.
    pub(super) fn p_value(&self) -> f64 {
        let above = self.rising.len() - self.rising.partition_point(|difference| *difference <= 0.0);
        let below = self.rising.partition_point(|difference| *difference < 0.0);
        (2.0 * self.positive[above.max(below)]).min(1.0)
    }
}

/// Two that are longer than any differ by nothing.
fn minus(b: f64, a: f64) -> f64 {
    if super::difference::is_same(a, b) { 0.0 } else { b - a }
}

fn in_order(differences: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut rising: Vec<f64> = differences.collect();
    rising.sort_by(f64::total_cmp);
    rising
}

/// At each place, how likely it is that so many or more of the n·m pairs of a value of A and one of B have the larger one
/// in B, where all orders are equally likely.
fn mann_whitney(n: usize, m: usize) -> Vec<f64> {
    if n * m > COUNTED {
        let (a, b) = (n as f64, m as f64);
        let (mean, sd) = (a * b / 2.0, (a * b * (a + b + 1.0) / 12.0).sqrt());
        let above = |often: usize| Normal::standard().sf((often as f64 - 0.5 - mean) / sd);
        return (0..=n * m).map(|often| rounded(above(often))).collect();
    }
    let mut tail = 0.0;
    let mut tails: Vec<f64> = orders(n, m)
        .into_iter()
        .rev()
        .map(|share| {
            tail += share;
            rounded(f64::min(tail, 1.0))
        })
        .collect();
    tails.reverse();
    tails
}

/// The share of orders in which so many pairs have the larger one in B.
fn orders(n: usize, m: usize) -> Vec<f64> {
    // With the largest of all in A, or in B: then it is larger than all n.
    let mut rows: Vec<Vec<f64>> = vec![vec![1.0]; m + 1];
    for a in 1..=n {
        let mut row: Vec<Vec<f64>> = vec![vec![1.0]];
        for b in 1..=m {
            let (of_a, of_b) = (a as f64 / (a + b) as f64, b as f64 / (a + b) as f64);
            let mut shares = vec![0.0; a * b + 1];
            rows[b].iter().zip(&mut shares).for_each(|(share, sum)| *sum += of_a * share);
            row[b - 1].iter().zip(&mut shares[a..]).for_each(|(share, sum)| *sum += of_b * share);
            row.push(shares);
        }
        rows = row;
    }
    rows.swap_remove(m)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEVER: f64 = f64::INFINITY;

    fn of_pairs(pairs: &[(f64, f64)]) -> Ranks {
        Ranks::of_pairs(pairs.iter().copied())
    }

    #[test]
    fn signs_of_pairs_are_counted_with_what_is_longer_than_any() {
        let ranks = of_pairs(&[(1.0, NEVER); 6]);
        assert_eq!((ranks.p_value(), ranks.median()), (2.0 / 64.0, Some(NEVER)));
        assert_eq!(ranks.interval(0.025), (NEVER, NEVER));
        let ties = of_pairs(&[(1.0, 2.0), (NEVER, NEVER), (1.0, 2.0), (1.0, 2.0), (1.0, 2.0), (1.0, 2.0)]);
        assert_eq!((ties.p_value(), ties.median()), (14.0 / 64.0, Some(1.0)), "5 of 6");
        assert_eq!(of_pairs(&[(NEVER, 1.0), (1.0, NEVER)]).median(), None);
    }

    #[test]
    fn the_interval_of_a_median_is_that_of_the_binomial_table() {
        // Of ten, the second smallest and largest: 11/1024 at either end; of five there is none.
        let pairs: Vec<_> = (1..=10).map(|difference| (0.0, f64::from(difference))).collect();
        assert_eq!(of_pairs(&pairs).interval(0.025), (2.0, 9.0));
        assert_eq!(of_pairs(&pairs[..5]).interval(0.025), (f64::NEG_INFINITY, NEVER));
    }

    #[test]
    fn mann_and_whitney_s_table_is_counted() {
        // At 5 % on both sides, 13 is the critical value of 8 and 8; 1/70 is the outermost of 4 and 4.
        let tails = mann_whitney(8, 8);
        assert!(tails[64 - 13] <= 0.025 && tails[64 - 14] > 0.025, "{} {}", tails[64 - 13], tails[64 - 14]);
        assert_eq!(mann_whitney(4, 4)[16], rounded(1.0 / 70.0));
        assert_eq!((mann_whitney(3, 5)[0], mann_whitney(3, 5).len()), (1.0, 16));
        assert!((mann_whitney(3, 4)[6] + mann_whitney(3, 4)[7] - 1.0).abs() < 1e-9, "symmetric");
    }

    #[test]
    fn the_normal_distribution_goes_on_where_counting_ends() {
        let (counted, normal) = (mann_whitney(50, 50), mann_whitney(50, 51));
        let middle = |tails: &[f64], sd: f64, mean: f64| tails[(mean + 2.0 * sd) as usize];
        let of = |m: f64| ((50.0 * m * (51.0 + m) / 12.0_f64).sqrt(), 25.0 * m);
        let ((sd, mean), (other_sd, other)) = (of(50.0), of(51.0));
        assert!((middle(&counted, sd, mean) - middle(&normal, other_sd, other)).abs() < 1e-3);
    }

    #[test]
    fn runs_apart_are_compared_each_with_each() {
        let ranks = Ranks::of_runs(&[1.0, 2.0, 3.0, 4.0], &[NEVER; 4]).expect("few");
        assert!((ranks.p_value() - 2.0 / 70.0).abs() < 1e-9);
        assert_eq!(ranks.median(), Some(NEVER));
        assert!(Ranks::of_runs(&[0.0; 1001], &[0.0; 1000]).is_none());
    }
}
