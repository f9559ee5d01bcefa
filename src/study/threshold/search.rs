//! Which point is looked at next: a coarse look first, then the middle on both sides of what is not known, until neighbours
//! differ.

use std::collections::BTreeMap;

use crate::results::Verdict;

/// A search among points in their order along the axis, by the verdicts on those that were looked at.
#[derive(Clone, Debug)]
pub struct Search {
    /// The last point; the first is 0.
    last: usize,
    known: BTreeMap<usize, Verdict>,
}

/// Two points with different verdicts, and no verdict at any point between them that was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// The last point before it.
    pub before: usize,
    /// The first behind it.
    pub after: usize,
    /// The verdict there.
    pub into: Verdict,
}

/// Points with the same verdict that were looked at one after another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// The verdict.
    pub verdict: Verdict,
    /// The first of them.
    pub first: usize,
    /// The last.
    pub last: usize,
}

/// Parts of the axis between the points of the coarse look.
const PARTS: usize = 4;

impl Search {
    /// Among so many points, at least two.
    pub fn among(points: usize) -> Search {
        Search { last: points.saturating_sub(1), known: BTreeMap::new() }
    }

    /// The points to be looked at next; none when it is finished.
    pub fn next(&self) -> Vec<usize> {
        let coarse = (0..=PARTS).map(|part| self.last * part / PARTS);
        let mut wanted: Vec<usize> = coarse.filter(|point| !self.known.contains_key(point)).collect();
        if wanted.is_empty() {
            let gaps = self.turns().first().map_or_else(|| self.edges(), |turn| self.inside(*turn));
            wanted = gaps.into_iter().filter_map(middle).collect();
        }
        wanted.dedup();
        wanted
    }

    /// A point was looked at.
    pub fn tell(&mut self, point: usize, verdict: Verdict) {
        self.known.insert(point, verdict);
    }

    /// The points that were looked at, in their order along the axis.
    pub fn looked_at(&self) -> impl Iterator<Item = usize> + '_ {
        self.known.keys().copied()
    }

    /// All turns, in their order along the axis. One alone is what is looked for; more are told.
    pub fn turns(&self) -> Vec<Turn> {
        let decided: Vec<(usize, Verdict)> = self.decided().collect();
        let turn = |pair: &[(usize, Verdict)]| match *pair {
            [(before, from), (after, into)] if from != into => Some(Turn { before, after, into }),
            _ => None,
        };
        decided.windows(2).filter_map(turn).collect()
    }

    /// What was seen from one end of the axis to the other.
    pub fn stretches(&self) -> Vec<Stretch> {
        let mut stretches: Vec<Stretch> = Vec::new();
        for (&point, &verdict) in &self.known {
            match stretches.last_mut().filter(|stretch| stretch.verdict == verdict) {
                Some(stretch) => stretch.last = point,
                None => stretches.push(Stretch { verdict, first: point, last: point }),
            }
        }
        stretches
    }

    fn decided(&self) -> impl Iterator<Item = (usize, Verdict)> + '_ {
        self.known
            .iter()
            .map(|(point, verdict)| (*point, *verdict))
            .filter(|(_, verdict)| is_decided(*verdict))
    }

    /// What is to be halved inside of a turn: all of it, or both sides of the points without a verdict.
    fn inside(&self, turn: Turn) -> Vec<(usize, usize)> {
        let mut open = self.known.range(turn.before + 1..turn.after).map(|(point, _)| *point);
        match (open.next(), open.next_back()) {
            (None, _) => vec![(turn.before, turn.after)],
            (Some(first), last) => vec![(turn.before, first), (last.unwrap_or(first), turn.after)],
        }
    }

    /// What is to be halved where all verdicts are the same, and there is none at an end: how far it is known to be so.
    fn edges(&self) -> Vec<(usize, usize)> {
        let decided: Vec<usize> = self.decided().map(|(point, _)| point).collect();
        let (Some(&first), Some(&last)) = (decided.first(), decided.last()) else { return Vec::new() };
        let before = self.known.range(..first).next_back().map(|(open, _)| (*open, first));
        let after = self.known.range(last + 1..).next().map(|(open, _)| (last, *open));
        before.into_iter().chain(after).collect()
    }
}

fn is_decided(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Holds | Verdict::Fails)
}

fn middle((before, after): (usize, usize)) -> Option<usize> {
    (after - before > 1).then(|| before.midpoint(after))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Searches with these verdicts, and gives the search and all looks in their order.
    fn search(points: usize, verdict: impl Fn(usize) -> Verdict) -> (Search, Vec<usize>) {
        let (mut search, mut looks) = (Search::among(points), Vec::new());
        loop {
            let next = search.next();
            if next.is_empty() {
                return (search, looks);
            }
            for point in next {
                assert!(!looks.contains(&point), "{point} twice in {looks:?}");
                looks.push(point);
                search.tell(point, verdict(point));
            }
        }
    }

    /// Holds below a place, fails from another on, and cannot be told in between; or the other way round.
    fn monotone(from: usize, to: usize, rising: bool) -> impl Fn(usize) -> Verdict {
        move |point| match (point < from, point >= to) {
            (true, _) if rising => Verdict::Fails,
            (true, _) => Verdict::Holds,
            (_, true) if rising => Verdict::Holds,
            (_, true) => Verdict::Fails,
            _ => Verdict::Inconclusive,
        }
    }

    #[test]
    fn a_turn_is_found_between_neighbours_in_as_few_looks_as_halving_takes() {
        let (search, looks) = search(33, monotone(13, 13, false));
        assert_eq!(search.turns(), [Turn { before: 12, after: 13, into: Verdict::Fails }]);
        assert_eq!(looks, [0, 8, 16, 24, 32, 12, 14, 13]);
    }

    #[test]
    fn where_it_cannot_be_told_both_ends_of_that_are_found() {
        let (search, looks) = search(65, monotone(19, 40, true));
        assert_eq!(search.turns(), [Turn { before: 18, after: 40, into: Verdict::Holds }]);
        assert!(looks.len() <= 5 + 2 * 4, "{looks:?}");
        let stretches = search.stretches();
        assert_eq!(stretches[1], Stretch { verdict: Verdict::Inconclusive, first: 19, last: 39 });
    }

    #[test]
    fn the_same_verdict_everywhere_is_known_after_the_coarse_look() {
        for same in [Verdict::Holds, Verdict::Fails, Verdict::Inconclusive] {
            let (search, looks) = search(33, |_| same);
            assert_eq!((looks, search.turns()), (vec![0, 8, 16, 24, 32], Vec::new()));
        }
    }

    #[test]
    fn an_end_without_a_verdict_is_reached_from_the_last_one() {
        let (search, _) = search(33, |point| if point < 19 { Verdict::Holds } else { Verdict::Inconclusive });
        assert!(search.turns().is_empty());
        assert_eq!(search.stretches()[0], Stretch { verdict: Verdict::Holds, first: 0, last: 18 });
        assert_eq!(search.stretches()[1].first, 19);
    }

    #[test]
    fn what_turns_again_is_told() {
        let holds = |point: usize| if (6..20).contains(&point) { Verdict::Fails } else { Verdict::Holds };
        let (search, _) = search(33, holds);
        let turns = search.turns();
        assert_eq!(turns[0], Turn { before: 5, after: 6, into: Verdict::Fails });
        assert_eq!(turns[1], Turn { before: 16, after: 24, into: Verdict::Holds });
    }

    #[test]
    fn few_points_are_all_looked_at() {
        let (search, mut looks) = search(3, monotone(2, 2, false));
        looks.sort_unstable();
        assert_eq!((looks, search.turns().len()), (vec![0, 1, 2], 1));
        assert_eq!(self::search(2, monotone(1, 1, false)).1, [0, 1]);
    }

    proptest! {
        #[test]
        fn any_turn_is_enclosed_as_far_as_verdicts_go(
            points in 2..1026_usize, a in 0.0..1.0_f64, b in 0.0..1.0_f64, rising: bool
        ) {
            let place = |share: f64| 1 + (share * (points - 1) as f64) as usize;
            let (from, to) = (place(a.min(b)), place(a.max(b)));
            let (search, looks) = search(points, monotone(from, to, rising));
            prop_assert!(looks.len() <= 5 + 2 * points.ilog2() as usize, "{} looks", looks.len());
            // Both ends are beyond the bounds of what cannot be told, unless that reaches the end.
            match search.turns()[..] {
                [turn] => prop_assert_eq!((turn.before, turn.after), (from - 1, to)),
                _ => prop_assert!(to >= points, "{:?}", search.stretches()),
            }
        }

        #[test]
        fn whatever_the_verdicts_it_ends_and_says_what_it_saw(
            verdicts in prop::collection::vec(0..3_usize, 2..200)
        ) {
            let all = [Verdict::Holds, Verdict::Fails, Verdict::Inconclusive];
            let (search, looks) = search(verdicts.len(), |point| all[verdicts[point]]);
            prop_assert!(looks.len() <= verdicts.len());
            for turn in search.turns() {
                prop_assert!(turn.before < turn.after && turn.into == all[verdicts[turn.after]]);
                prop_assert!(all[verdicts[turn.before]] != turn.into);
            }
            let told: usize = search.stretches().iter().map(|stretch| {
                search.looked_at().filter(|point| (stretch.first..=stretch.last).contains(point)).count()
            }).sum();
            prop_assert_eq!(told, looks.len());
        }
    }
}
