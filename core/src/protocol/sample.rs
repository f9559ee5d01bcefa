//! Samples of a list without repetition.

/// A number below `bound` (at least 1) from 64 random bits. Biased by less than `bound` / 2^64.
pub(super) fn below(bound: u64, bits: u64) -> u64 {
    ((u128::from(bits) * u128::from(bound)) >> 64) as u64
}

/// Draws a number below `bound`, without a draw where there is no choice: what [`distinct`] gives for a count of 1.
#[inline]
pub(super) fn one(bound: usize, draw: impl FnOnce() -> u64) -> Option<usize> {
    match bound {
        0 => None,
        1 => Some(0),
        _ => Some(below(bound as u64, draw()) as usize),
    }
}

/// Draws `count` distinct numbers below `bound` (all of them, without a draw, when there are no more), and hands each
/// to `insert`, which says whether it was new. Floyd's algorithm: one draw a number (Bentley and Floyd, 1987).
pub(super) fn distinct(
    bound: usize,
    count: usize,
    mut draw: impl FnMut() -> u64,
    mut insert: impl FnMut(usize) -> bool,
) {
    if count >= bound {
        (0..bound).for_each(|all| {
            insert(all);
        });
        return;
    }
    for last in bound - count..bound {
        if !insert(below(last as u64 + 1, draw()) as usize) {
            insert(last);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn distinct_numbers_are_distinct_and_each_is_as_likely() {
        let mut state = 1;
        let mut hits = [0_u32; 10];
        for _ in 0..10_000 {
            let mut drawn = BTreeSet::new();
            distinct(10, 3, || super::super::harness::next(&mut state), |number| drawn.insert(number));
            assert_eq!(drawn.len(), 3);
            drawn.into_iter().for_each(|number| hits[number] += 1);
        }
        // 3000 ± 4 standard errors of 46.
        assert!(hits.iter().all(|&hit| (2_816..3_184).contains(&hit)), "{hits:?}");
    }

    #[test]
    fn one_is_the_number_that_is_drawn_when_one_is_wanted() {
        for bound in [0, 1, 2, 7, 255] {
            for bits in [0, 1 << 60, u64::MAX / 3, u64::MAX] {
                let (mut drawn, mut draws) = (Vec::new(), [0, 0]);
                let draw = |count: &mut u32| {
                    *count += 1;
                    bits
                };
                distinct(
                    bound,
                    1,
                    || draw(&mut draws[0]),
                    |number| {
                        drawn.push(number);
                        true
                    },
                );
                assert_eq!(one(bound, || draw(&mut draws[1])), drawn.first().copied());
                assert_eq!(draws[0], draws[1]);
            }
        }
    }

    #[test]
    fn all_are_taken_when_there_are_no_more() {
        let mut drawn = Vec::new();
        distinct(
            2,
            3,
            || unreachable!("no draw is needed"),
            |number| {
                drawn.push(number);
                true
            },
        );
        assert_eq!(drawn, [0, 1]);
        assert_eq!(below(7, u64::MAX), 6);
    }
}
