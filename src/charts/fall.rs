//! Whether values fall for good at some moment.

/// A fall of a mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Fall {
    pub at: f64,
    /// Means until then, and from then on.
    pub before: f64,
    pub after: f64,
}

/// A smaller fall is not told.
const LEAST: f64 = 0.1;
/// Nor one of fewer standard errors of the difference: the deepest of many falls is sought, which chance makes deep,
/// and queries about one target are no independent values.
const ERRORS: f64 = 4.0;
/// Values on each side: their spread must be known.
const VALUES: f64 = 5.0;

/// Count, sum and sum of squares of values.
type Sums = [f64; 3];

impl Fall {
    pub(super) fn depth(&self) -> f64 {
        self.before - self.after
    }

    /// The deepest fall of these values, which have a time each, at one of these moments, which rise.
    pub(super) fn deepest(values: &[(f64, f64)], moments: &[f64]) -> Option<Fall> {
        let mut bins: Vec<Sums> = vec![[0.0; 3]; moments.len() + 1];
        for (time, value) in values {
            let bin = &mut bins[moments.partition_point(|moment| moment <= time)];
            *bin = add(*bin, [1.0, *value, value * value]);
        }
        let all = bins.iter().copied().fold([0.0; 3], add);
        let before = bins.iter().scan([0.0; 3], |sum, bin| {
            *sum = add(*sum, *bin);
            Some(*sum)
        });
        let falls = moments.iter().zip(before).filter_map(|(at, before)| fall(*at, before, all));
        // Of equals the first: nothing was seen between them.
        falls.reduce(|deepest, next| if next.depth() > deepest.depth() + 1e-12 { next } else { deepest })
    }
}

fn fall(at: f64, before: Sums, all: Sums) -> Option<Fall> {
    let after = [0, 1, 2].map(|part| all[part] - before[part]);
    if before[0] < VALUES || after[0] < VALUES {
        return None;
    }
    let fall = Fall { at, before: before[1] / before[0], after: after[1] / after[0] };
    let error = (variance_of_mean(before) + variance_of_mean(after)).sqrt();
    (fall.depth() >= LEAST && fall.depth() >= ERRORS * error).then_some(fall)
}

fn variance_of_mean([count, sum, squares]: Sums) -> f64 {
    (squares - sum * sum / count).max(0.0) / (count * (count - 1.0))
}

fn add(a: Sums, b: Sums) -> Sums {
    [0, 1, 2].map(|part| a[part] + b[part])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moments() -> Vec<f64> {
        (1..50).map(f64::from).collect()
    }

    #[test]
    fn a_fall_is_found_where_it_begins_also_before_a_gap() {
        let value = |time: f64| if time < 20.0 { 0.97 } else { 0.4 };
        let values: Vec<(f64, f64)> = (0..200)
            .map(|i| f64::from(i) / 4.0)
            .filter(|time| !(20.0..35.0).contains(time))
            .map(|time| (time, value(time)))
            .collect();
        let fall = Fall::deepest(&values, &moments()).expect("it falls");
        assert_eq!(fall.at, 20.0);
        assert!((fall.before - 0.97).abs() < 1e-9 && (fall.after - 0.4).abs() < 1e-9, "{fall:?}");
    }

    #[test]
    fn what_stays_rises_or_only_swings_does_not_fall() {
        let of = |value: fn(u32) -> f64| {
            let values: Vec<(f64, f64)> = (0..200).map(|i| (f64::from(i) / 4.0, value(i))).collect();
            Fall::deepest(&values, &moments())
        };
        assert_eq!(of(|_| 0.9), None);
        assert_eq!(of(|i| f64::from(i) / 200.0), None);
        // By chance alone, as a linear congruential generator has it.
        assert_eq!(of(|i| f64::from(i.wrapping_mul(2_654_435_761) >> 16 & 0xFF) / 255.0), None);
        assert_eq!(Fall::deepest(&[(1.0, 0.9), (40.0, 0.1)], &moments()), None, "too few to tell");
        assert_eq!(Fall::deepest(&[], &[]), None);
    }
}
