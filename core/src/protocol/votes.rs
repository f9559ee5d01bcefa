//! One vote a source: what is derived where outcomes weigh by where they were recorded, and not by how many there are.

use super::chunk::Counts;

/// Outcomes that count, in full or in part.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Sum {
    /// How many there are.
    count: u32,
    /// The weights of the good ones among them, and of all.
    pub(super) good: f64,
    pub(super) all: f64,
}

impl Sum {
    /// Outcomes of this weight each.
    pub(super) fn add(&mut self, counts: Counts, weight: f64) {
        self.count += counts.total();
        self.good += weight * f64::from(counts.positive);
        self.all += weight * f64::from(counts.total());
    }

    /// What outcomes of these sources come to when each source has one vote, and one whose outcomes count in part as much of a vote.
    ///
    /// The share of good ones is the mean of the sources' shares. They are taken for as many outcomes as would tell a share as
    /// exactly, if all weighed the same: Kish's effective sample size, V² / Σ vᵢ² / nᵢ with votes vᵢ and outcomes nᵢ. So sources
    /// with as many outcomes each come to all of them, and one that tells a thousand tales beside nine with ten to hardly more than
    /// a hundred.
    pub(super) fn of_votes<'a>(sources: impl Iterator<Item = &'a Sum>) -> Sum {
        let (mut votes, mut good, mut spread) = (0.0, 0.0, 0.0);
        for source in sources.filter(|source| source.all > 0.0) {
            let vote = source.all / f64::from(source.count);
            votes += vote;
            good += vote * source.good / source.all;
            spread += vote * vote / source.all;
        }
        if votes == 0.0 {
            return Sum::default();
        }
        let all = votes * votes / spread;
        Sum { count: all as u32, good: all * good / votes, all }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(positive: u32, negative: u32, weight: f64) -> Sum {
        let mut sum = Sum::default();
        sum.add(Counts { positive, negative }, weight);
        sum
    }

    fn near(one: f64, other: f64) -> bool {
        (one - other).abs() < 1e-9
    }

    #[test]
    fn sources_with_as_many_outcomes_each_come_to_all_of_them() {
        let voted = Sum::of_votes([sum(8, 2, 1.0), sum(1, 9, 1.0), sum(6, 4, 1.0)].iter());
        assert!(near(voted.all, 30.0) && near(voted.good, 15.0), "{voted:?}");
    }

    /// V² / Σ 1/n = 100 / (9/10 + 1/1000); nine shares of 0 and one of 1.
    #[test]
    fn a_source_with_a_thousand_outcomes_has_one_vote_and_adds_little_weight() {
        let mut sources = vec![sum(0, 10, 1.0); 9];
        sources.push(sum(1000, 0, 1.0));
        let voted = Sum::of_votes(sources.iter());
        assert!(near(voted.good / voted.all, 0.1), "{voted:?}");
        assert!(near(voted.all, 100.0 / 0.901), "{voted:?}");
    }

    #[test]
    fn outcomes_that_count_a_tenth_are_a_tenth_of_a_vote_and_none_is_nothing() {
        let voted = Sum::of_votes([sum(0, 10, 1.0), sum(10, 0, 0.1)].iter());
        assert!(near(voted.good / voted.all, 0.1 / 1.1), "{voted:?}");
        let alone = Sum::of_votes([sum(10, 0, 0.1)].iter());
        assert!(near(alone.all, 1.0), "{alone:?}");
        assert_eq!(Sum::of_votes([].iter()), Sum::default());
    }
}
