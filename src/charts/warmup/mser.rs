//! Where a series becomes steady, by the marginal standard error rule (MSER; White 1997): what is cut off at the start is
//! what leaves the mean of the rest with the least standard error, had it been a mean of independent values.

/// The rule is never sure of fewer values than this: the last ones may be near to each other by chance.
const LEAST_KEPT: usize = 5;
/// Of fewer values than this nothing is said.
const LEAST: usize = 20;

/// How many values to cut off at the start; `None` where the run is too short to tell: there are few values, or more than
/// half of them would have to go.
pub(super) fn truncation(values: &[f64]) -> Option<usize> {
    if values.len() < LEAST {
        return None;
    }
    let errors = squared_errors(values);
    let rest = &errors[..=values.len() - LEAST_KEPT];
    let least = rest.iter().copied().fold(f64::INFINITY, f64::min);
    let cut = rest.iter().position(|error| *error <= least)?;
    (cut <= values.len() / 2).then_some(cut)
}

/// By how many values are cut off, the squared standard error of the mean of the rest: Σ (x − mean)² ÷ n².
fn squared_errors(values: &[f64]) -> Vec<f64> {
    let (mut count, mut mean, mut squares) = (0.0, 0.0, 0.0);
    let mut errors: Vec<f64> = Vec::with_capacity(values.len());
    // From the end, by Welford's recurrence, so that equal values differ by nothing.
    for value in values.iter().rev() {
        count += 1.0;
        let away = value - mean;
        mean += away / count;
        squares += away * (value - mean);
        errors.push(squares / (count * count));
    }
    errors.reverse();
    errors
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The formula as it is written down, term by term.
    fn as_written(values: &[f64]) -> Option<usize> {
        let error = |cut: usize| {
            let rest = &values[cut..];
            let n = rest.len() as f64;
            let mean = rest.iter().sum::<f64>() / n;
            rest.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / (n * n)
        };
        let cuts = 0..=values.len() - LEAST_KEPT;
        let best = cuts.map(|cut| (cut, error(cut))).min_by(|a, b| a.1.total_cmp(&b.1))?.0;
        (best <= values.len() / 2).then_some(best)
    }

    /// Noise that repeats itself and has no trend.
    fn wobble(place: usize) -> f64 {
        [0.3, -0.8, 0.9, -0.1, -0.6, 0.5, -0.2][place % 7]
    }

    #[test]
    fn a_step_is_cut_off_exactly() {
        for step in [1, 7, 30] {
            let values: Vec<f64> = (0..100).map(|place| if place < step { 0.0 } else { 4.0 }).collect();
            assert_eq!(truncation(&values), Some(step));
            let noisy: Vec<f64> = (0..100).map(|place| values[place] + 0.2 * wobble(place)).collect();
            // The noise repeats itself after seven.
            let cut = truncation(&noisy).expect("steady");
            assert!((step..step + 7).contains(&cut), "{cut} for {step}");
        }
    }

    #[test]
    fn nothing_is_cut_off_what_is_steady_from_the_start() {
        assert_eq!(truncation(&[0.1; 48]), Some(0));
        let noise: Vec<f64> = (0..70).map(wobble).collect();
        assert!(truncation(&noise).expect("steady") <= 7);
    }

    #[test]
    fn of_what_decays_so_much_goes_as_stands_out_of_the_noise() {
        // 10 e^(−t/8) is as small as the noise, of amplitude 1, at t = 8 ln 10 = 18.
        let decay = |place: usize| 10.0 * libm::exp(-(place as f64) / 8.0) + wobble(place);
        let cut = truncation(&(0..200).map(decay).collect::<Vec<_>>()).expect("it becomes steady");
        assert!((12..=30).contains(&cut), "{cut}");
    }

    #[test]
    fn what_never_becomes_steady_or_is_too_short_has_no_cut() {
        // Of n values on a line the squared error is (n² − 1) ÷ 12 n: the fewer are kept, the smaller it is.
        let line: Vec<f64> = (0..100).map(f64::from).collect();
        assert_eq!(truncation(&line), None);
        let late: Vec<f64> = (0..100).map(|place| if place < 60 { 0.0 } else { 1.0 }).collect();
        assert_eq!(truncation(&late), None);
        assert_eq!(truncation(&[1.0; 19]), None);
        assert_eq!(truncation(&[]), None);
    }

    proptest! {
        #[test]
        fn it_is_what_the_formula_says(values in prop::collection::vec(-100.0..100.0_f64, 20..120)) {
            prop_assert_eq!(truncation(&values), as_written(&values));
        }
    }
}
