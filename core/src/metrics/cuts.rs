//! Where rows of tables and bins of charts end: where something begins or ends that changes what happens.

use std::cmp::Ordering;

/// A cut so soon after another, as a part of the usual length of a row or bin, is none: what lies between them would
/// say more of chance than of the simulated system. So rows and bins are at most some five times as many as without
/// onsets, and one that an onset falls into began less than this part of the usual length before.
pub const SLIVER: f64 = 0.25;

/// The times at which rows or bins end, rising: all of the fixed ones, and each onset that is not near the cut before
/// it.
pub fn cuts<T: Copy + PartialOrd>(fixed: &[T], onsets: &[T], is_near: impl Fn(T, T) -> bool) -> Vec<T> {
    let (fixed, onsets) = (fixed.iter().map(|time| (*time, true)), onsets.iter().map(|time| (*time, false)));
    let mut all: Vec<(T, bool)> = fixed.chain(onsets).collect();
    // Of equal times the fixed one comes first.
    all.sort_by(|a, b| a.0.partial_cmp(&b.0).unwrap_or(Ordering::Equal).then(b.1.cmp(&a.1)));
    let mut cuts: Vec<T> = Vec::new();
    for (time, is_fixed) in all {
        if cuts.last().is_none_or(|last| *last < time && (is_fixed || !is_near(*last, time))) {
            cuts.push(time);
        }
    }
    cuts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_onset_soon_after_a_cut_is_none_and_what_is_fixed_always_is() {
        let near = |before: f64, after: f64| after - before < 5.0;
        assert_eq!(
            cuts(&[0.0, 60.0, 100.0], &[60.0, 62.0, 66.0, 70.0, 58.0], near),
            [0.0, 58.0, 60.0, 66.0, 100.0]
        );
        assert_eq!(cuts(&[0.0, 0.0], &[], near), [0.0]);
    }

    proptest! {
        #[test]
        fn what_an_onset_falls_into_began_only_just_before(
            fixed in prop::collection::vec(0..1000_u32, 1..4),
            onsets in prop::collection::vec(0..1000_u32, 0..200),
            least in 1..50_u32,
        ) {
            let cuts = cuts(&fixed, &onsets, |before, after| after - before < least);
            prop_assert!(cuts.windows(2).all(|pair| pair[0] < pair[1]));
            prop_assert!(fixed.iter().all(|time| cuts.contains(time)));
            for onset in onsets.iter().filter(|onset| **onset > cuts[0]) {
                let before = cuts[cuts.partition_point(|cut| cut <= onset) - 1];
                prop_assert!(onset - before < least, "{onset} {cuts:?}");
            }
            prop_assert!(cuts.len() <= 1000 / least as usize + 1 + fixed.len());
        }
    }
}
