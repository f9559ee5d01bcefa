//! From which laws attempts are drawn: all alike at first, then nearer to the best so far.

use super::space::Space;
use super::team::Attack;
use crate::random::{Draws, NumberedDraws, Purpose, Seed, index, key_of, normal, unit, weighted};

/// A law along each coordinate of a space.
#[derive(Clone, Debug)]
pub struct Laws {
    along: Vec<Law>,
    draws: NumberedDraws,
}

/// An attempt: places along all coordinates, the attack there, and the coordinates that it depends on.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// Along each coordinate, from 0 to 1.
    pub places: Vec<f64>,
    /// Which of them matter.
    pub used: Vec<bool>,
    /// What is there.
    pub attack: Attack,
}

#[derive(Clone, Debug)]
enum Law {
    /// Values by their weights.
    Levels(Vec<f64>),
    /// A normal law, cut off at 0 and 1 by drawing again; uniform as long as nothing is known.
    Normal(Option<(f64, f64)>),
}

/// How much of a new law is that of the best, and not the one before (Rubinstein and Kroese 2004: 0.7 to 0.9 of weights).
const SMOOTHING: f64 = 0.7;
/// The share of each choice that stays uniform, so that none is ruled out for good.
const OPEN: f64 = 0.1;
/// No law is narrower: the best of few attempts are near each other by chance.
const NARROWEST: f64 = 0.06;
/// How far numbers are moved in a variation, as a part of their range, in the mean of squares.
const NEAR: f64 = 0.12;
/// The chance that a choice is made anew in a variation.
const ANEW: f64 = 0.12;
/// Draws until one is accepted.
const TRIES: u64 = 200;

impl Laws {
    /// Laws that know nothing.
    pub fn of(space: &Space, seed: u64) -> Laws {
        let law = |levels: &Option<usize>| match levels {
            Some(levels) => Law::Levels(vec![1.0 / (*levels).max(1) as f64; (*levels).max(1)]),
            None => Law::Normal(None),
        };
        let draws = Seed(seed).numbered(Purpose::Design, key_of("attack"));
        Laws { along: space.coordinates().iter().map(law).collect(), draws }
    }

    /// The attempt of this number that `accepts` lets pass. In the round that knows nothing each group is of each kind in turn,
    /// so that none is missed. None where no draw is accepted.
    pub fn draw(
        &self,
        space: &Space,
        (number, in_turn): (u64, bool),
        accepts: impl Fn(&Attack) -> bool,
    ) -> Option<Attempt> {
        let kinds = space.kinds();
        for attempt in 0..TRIES {
            let mut places: Vec<f64> = (0..self.along.len())
                .map(|at| {
                    self.along[at].draw(&mut self.draws.draws((number << 32 | attempt << 16) + at as u64))
                })
                .collect();
            if in_turn && attempt < TRIES / 2 {
                let mut turn = number;
                for (coordinate, (_, count)) in space.kind_coordinates().into_iter().zip(&kinds) {
                    let count = *count as u64;
                    places[coordinate] = ((turn % count) as f64 + 0.5) / count as f64;
                    // The next group goes on when this one has been of each kind.
                    turn = turn / count + turn;
                }
            }
            match space.attack(&places) {
                Some((attack, used)) if accepts(&attack) => return Some(Attempt { places, used, attack }),
                _ => {}
            }
        }
        None
    }

    /// An attempt near another one: each number on which that depends is moved a little, and some choices are made anew. None
    /// where no draw is accepted.
    pub fn vary(
        &self,
        space: &Space,
        (number, from): (u64, &Attempt),
        accepts: impl Fn(&Attack) -> bool,
    ) -> Option<Attempt> {
        let at = |attempt: u64, at: usize| {
            let mut draws = self.draws.draws((number << 32 | (TRIES + attempt) << 16) + at as u64);
            let (place, is_moved) = (from.places[at], from.used[at]);
            match space.coordinates()[at] {
                Some(levels) if is_moved && unit(draws.next()) <= ANEW => {
                    (index(draws.next(), levels.max(1) as u64) as f64 + 0.5) / levels.max(1) as f64
                }
                None if is_moved => (place + NEAR * normal(draws.next())).clamp(0.0, 1.0),
                _ => place,
            }
        };
        (0..TRIES).find_map(|attempt| {
            let places: Vec<f64> = (0..from.places.len()).map(|coordinate| at(attempt, coordinate)).collect();
            let (attack, used) = space.attack(&places)?;
            (attack != from.attack && accepts(&attack)).then_some(Attempt { places, used, attack })
        })
    }

    /// Moves the laws towards the best attempts.
    pub fn learn(&mut self, best: &[&Attempt]) {
        for (at, law) in self.along.iter_mut().enumerate() {
            let seen: Vec<f64> =
                best.iter().filter(|attempt| attempt.used[at]).map(|attempt| attempt.places[at]).collect();
            if !seen.is_empty() {
                law.learn(&seen);
            }
        }
    }
}

impl Law {
    fn draw(&self, draws: &mut Draws) -> f64 {
        match self {
            Law::Levels(weights) => {
                let level = weighted(draws.next(), weights.iter().copied());
                (level as f64 + 0.5) / weights.len() as f64
            }
            Law::Normal(None) => unit(draws.next()),
            Law::Normal(Some((mean, deviation))) => {
                let drawn =
                    std::iter::repeat_with(|| mean + deviation * normal(draws.next())).take(TRIES as usize);
                drawn.into_iter().find(|place| (0.0..=1.0).contains(place)).unwrap_or(*mean)
            }
        }
    }

    fn learn(&mut self, seen: &[f64]) {
        let n = seen.len() as f64;
        match self {
            Law::Levels(weights) => {
                let count = weights.len();
                for (level, weight) in weights.iter_mut().enumerate() {
                    let here = |place: &&f64| ((**place * count as f64) as usize).min(count - 1) == level;
                    let share = seen.iter().filter(here).count() as f64 / n;
                    let share = OPEN / count as f64 + (1.0 - OPEN) * share;
                    *weight = SMOOTHING * share + (1.0 - SMOOTHING) * *weight;
                }
            }
            Law::Normal(law) => {
                let mean = seen.iter().sum::<f64>() / n;
                let variance = seen.iter().map(|place| (place - mean) * (place - mean)).sum::<f64>() / n;
                // Uniform from 0 to 1.
                let (mean_before, before) = law.unwrap_or((0.5, 0.289));
                let smooth = |new: f64, old: f64| SMOOTHING * new + (1.0 - SMOOTHING) * old;
                let deviation = smooth(variance.sqrt(), before).max(NARROWEST);
                *law = Some((smooth(mean, mean_before), deviation));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::space::Members;
    use super::*;
    use crate::scenario::conducts;
    use crate::units::Duration;

    fn space() -> Space {
        let kinds = conducts();
        let members =
            Members { name: "ring".into(), hosts: 5, is_varied: false, stakes: false, skill: 1.0, kinds };
        let budget = "identities=500".parse().expect("a budget");
        Space::of(budget, Duration::from_secs(600), vec!["honest".to_owned()], vec![members])
    }

    /// As if the best attack were a colluder at 8 a minute: 480 an hour.
    fn worth(attack: &Attack) -> f64 {
        let team = &attack.teams[0];
        let Some(rate) = team.keys.get("rate").filter(|_| team.kind == "colluder") else { return 0.0 };
        let (number, unit) = rate.trim_matches('"').split_once(" /").expect("a rate");
        let hourly = number.parse::<f64>().expect("a number")
            * if unit == "min" {
                60.0
            } else if unit == "s" {
                3600.0
            } else {
                1.0
            };
        1.0 / (1.0 + libm::log(hourly / 480.0).abs())
    }

    /// Of so many attempts at random about one in fifty is a colluder with a rate, which is worth 0.3 in the mean: a round is worth
    /// some 0.01 by attempt, and one in four hundred has none (0.98^300). Laws that have learned keep a tenth of each choice
    /// open, and are as narrow as 0.06 of ln 3600.
    const EACH: u64 = 300;

    #[test]
    fn laws_come_to_the_best_that_there_is_and_the_same_seed_to_the_same() {
        let space = space();
        let search = |seed: u64| {
            let mut laws = Laws::of(&space, seed);
            let mut all: Vec<Attempt> = Vec::new();
            let mut worths = Vec::new();
            for round in 0..6_u64 {
                let of_round: Vec<Attempt> = (0..EACH)
                    .filter_map(|number| laws.draw(&space, (round * EACH + number, round == 0), |_| true))
                    .collect();
                if round == 0 {
                    let kinds: std::collections::BTreeSet<&str> =
                        of_round.iter().map(|attempt| attempt.attack.teams[0].kind.as_str()).collect();
                    assert_eq!(kinds.len(), conducts().len());
                }
                worths.push(of_round.iter().map(|attempt| worth(&attempt.attack)).sum::<f64>() / EACH as f64);
                all.extend(of_round);
                let mut order: Vec<&Attempt> = all.iter().collect();
                order.sort_by(|a, b| worth(&b.attack).total_cmp(&worth(&a.attack)));
                order.truncate(7);
                laws.learn(&order);
            }
            worths
        };
        for seed in 1..=5 {
            let worths = search(seed);
            assert!(worths[0] < 0.06 && worths[5] > 0.12, "{worths:?}");
            assert_eq!(worths, search(seed));
        }
    }
}
