//! Which attacks there are: the kinds of conduct that the scenario can have, and the values of their keys.

use std::collections::BTreeMap;

use super::budget::Budget;
use super::scale::{Scale, by_ratio, level, middle, ratio, text, whole};
use super::team::{Attack, Team};
use crate::scenario::{Conducted, Range, Ranged};
use crate::units::{Duration, Frequency};

/// A group of attackers, and what of it the scenario has.
#[derive(Clone, Debug)]
pub struct Members {
    /// Its name.
    pub name: String,
    /// Its hosts.
    pub hosts: u64,
    /// Whether it may have fewer or more.
    pub is_varied: bool,
    /// Whether the stake of its hosts matters, and may be another.
    pub stakes: bool,
    /// The most that work done badly may still turn out well: more would be no attack.
    pub skill: f64,
    /// Kinds of conduct that it can have.
    pub kinds: Vec<Conducted>,
}

/// All attacks of some groups within a budget. An attack is a point of it: a place from 0 to 1 along each coordinate.
#[derive(Clone, Debug)]
pub struct Space {
    budget: Budget,
    duration: Duration,
    /// Groups that can be attacked.
    others: Vec<String>,
    teams: Vec<Placed>,
    /// Along each coordinate: so many values, or any from 0 to 1.
    coordinates: Vec<Option<usize>>,
}

/// A group, and the coordinates that it is decided by.
#[derive(Clone, Debug)]
struct Placed {
    members: Members,
    kind: usize,
    count: usize,
    stake: usize,
    keys: Vec<Vec<PlacedKey>>,
}

#[derive(Clone, Debug)]
struct PlacedKey {
    key: Ranged,
    presence: usize,
    value: usize,
}

/// The key that identities are bought by.
const IDENTITIES: &str = "identities";
impl Space {
    /// The attacks of these groups on `others`, in a run of this length.
    pub fn of(budget: Budget, duration: Duration, others: Vec<String>, teams: Vec<Members>) -> Space {
        let mut coordinates = Vec::new();
        let mut next = |levels: Option<usize>| {
            coordinates.push(levels);
            coordinates.len() - 1
        };
        let lists = others.len() + usize::from(others.len() > 1);
        let mut place = |key: &Ranged| {
            let levels = match &key.range {
                Range::Words(words) => Some(words.len()),
                Range::Group => Some(others.len()),
                Range::Groups => Some(lists),
                _ => None,
            };
            PlacedKey { key: key.clone(), presence: next(Some(2)), value: next(levels) }
        };
        let teams: Vec<Placed> = teams
            .into_iter()
            .map(|members| {
                let keys =
                    members.kinds.iter().map(|kind| kind.keys.iter().map(&mut place).collect()).collect();
                Placed { keys, members, kind: 0, count: 0, stake: 0 }
            })
            .collect();
        let mut space = Space { budget, duration, others, teams, coordinates };
        for team in &mut space.teams {
            for (coordinate, levels) in [
                (&mut team.kind, Some(team.members.kinds.len())),
                (&mut team.count, None),
                (&mut team.stake, None),
            ] {
                space.coordinates.push(levels);
                *coordinate = space.coordinates.len() - 1;
            }
        }
        space
    }

    /// Along each coordinate: so many values, or any from 0 to 1.
    pub fn coordinates(&self) -> &[Option<usize>] {
        &self.coordinates
    }

    /// The groups, and how many kinds each can be of.
    pub fn kinds(&self) -> Vec<(&str, usize)> {
        self.teams.iter().map(|team| (team.members.name.as_str(), team.members.kinds.len())).collect()
    }

    /// The coordinate at which the kind of each group is decided.
    pub fn kind_coordinates(&self) -> Vec<usize> {
        self.teams.iter().map(|team| team.kind).collect()
    }

    /// The attack at these places, and which of the coordinates it depends on; none where the budget is not enough.
    pub fn attack(&self, places: &[f64]) -> Option<(Attack, Vec<bool>)> {
        let mut purse = Purse::of(self);
        let mut used = vec![false; places.len()];
        let mut teams = Vec::new();
        for (number, team) in self.teams.iter().enumerate() {
            let least = self.least_after(number);
            teams.push(self.team(team, (places, &mut used), &mut purse, least)?);
        }
        Some((Attack { teams }, used))
    }

    /// Places at which an attack is, as nearly as they tell it; none where a group or a kind is not in the space.
    pub fn places(&self, attack: &Attack) -> Option<Vec<f64>> {
        let mut places = vec![0.5; self.coordinates.len()];
        let hosts: u64 = self.teams.iter().map(|placed| placed.members.hosts).sum();
        for placed in &self.teams {
            let members = &placed.members;
            let team = attack.teams.iter().find(|team| team.group == members.name)?;
            let kind = members.kinds.iter().position(|kind| kind.kind == team.kind)?;
            places[placed.kind] = middle(kind, members.kinds.len());
            let most = self.budget.hosts.or(self.budget.identities).unwrap_or(hosts);
            places[placed.count] = ratio(team.count.unwrap_or(members.hosts) as f64, 1.0, most as f64);
            for PlacedKey { key, presence, value } in &placed.keys[kind] {
                let text = team.keys.get(key.name);
                places[*presence] = if text.is_some() { 0.75 } else { 0.25 };
                let Some(text) = text else { continue };
                let each = self.budget.identities.unwrap_or(u64::MAX) / hosts.max(1);
                places[*value] = if key.name == IDENTITIES {
                    text.parse().map_or(0.5, |number: f64| ratio(number, 2.0, each as f64))
                } else {
                    self.place((members, &team.kind), key, text)
                };
            }
        }
        Some(places)
    }

    /// Hosts that the groups after this one have at the least.
    fn least_after(&self, number: usize) -> u64 {
        let least = |team: &Placed| if team.members.is_varied { 1 } else { team.members.hosts };
        self.teams[number + 1..].iter().map(least).sum()
    }

    fn team(
        &self,
        team: &Placed,
        (places, used): (&[f64], &mut [bool]),
        purse: &mut Purse,
        least_after: u64,
    ) -> Option<Team> {
        let mut at = |coordinate: usize| {
            used[coordinate] = true;
            places[coordinate]
        };
        let members = &team.members;
        let kind = level(at(team.kind), members.kinds.len());
        let conducted = &members.kinds[kind];
        let most = purse.identities.min(purse.hosts).checked_sub(least_after).filter(|most| *most > 0)?;
        let count = if members.is_varied {
            by_ratio(at(team.count), 1.0, most as f64).round() as u64
        } else {
            members.hosts
        };
        if count > most {
            return None;
        }
        let each = (purse.identities - least_after) / count;
        let mut keys = BTreeMap::new();
        let mut identities = 1;
        for placed in &team.keys[kind] {
            // What a key is by default makes sense: half of the attempts at random have it.
            if !placed.key.is_required && at(placed.presence) < 0.5 {
                continue;
            }
            let value = if placed.key.name == IDENTITIES {
                identities = whole(at(placed.value), &placed.key.range, i128::from(each))?;
                identities.to_string()
            } else {
                self.value((members, conducted.kind), &placed.key, at(placed.value))?
            };
            keys.insert(placed.key.name.to_owned(), value);
        }
        let stake = if members.stakes {
            let each = purse.stake / count as f64 * at(team.stake);
            purse.stake -= each * count as f64;
            // Rounded down: all of them together have no more than the budget.
            Some(format!("{:.2}", (each * 100.0).floor() / 100.0))
        } else {
            None
        };
        purse.hosts -= count;
        purse.identities =
            purse.identities.saturating_sub(count.saturating_mul(u64::try_from(identities).ok()?));
        let count = members.is_varied.then_some(count);
        Some(Team { group: members.name.clone(), count, stake, kind: conducted.kind.to_owned(), keys })
    }

    /// The value of a key at a place, as TOML; none where it has none.
    fn value(&self, (members, kind): (&Members, &str), key: &Ranged, place: f64) -> Option<String> {
        match &key.range {
            Range::Words(words) => words.get(level(place, words.len())).cloned(),
            Range::Group => Some(format!("{:?}", self.others.get(level(place, self.others.len()))?)),
            Range::Groups => self.list(place),
            range => {
                let scale = Scale::of(kind, key, self.duration, members.skill)?;
                Some(text(range, scale, scale.value(place)))
            }
        }
    }

    /// The place of a value, as TOML, of a key; the middle where it is none of those that are searched.
    fn place(&self, (members, kind): (&Members, &str), key: &Ranged, text: &str) -> f64 {
        let plain = text.trim_matches('"');
        let levels = match &key.range {
            Range::Words(words) => words.len(),
            Range::Group => self.others.len(),
            Range::Groups => self.others.len() + usize::from(self.others.len() > 1),
            _ => 0,
        };
        let is_there =
            |level: &usize| self.value((members, kind), key, middle(*level, levels)).as_deref() == Some(text);
        if levels > 0 {
            return (0..levels).find(is_there).map_or(0.5, |level| middle(level, levels));
        }
        let number = match &key.range {
            Range::Time => plain.parse().ok().map(|time: Duration| time.as_seconds()),
            Range::Rate => plain.parse().ok().map(|rate: Frequency| rate.as_per_second()),
            _ => plain.parse().ok(),
        };
        let scale = Scale::of(kind, key, self.duration, members.skill);
        number.zip(scale).map_or(0.5, |(number, scale)| scale.place(number))
    }

    /// One of the groups that can be attacked, or all of them.
    fn list(&self, place: f64) -> Option<String> {
        let count = self.others.len();
        let chosen = match level(place, count + usize::from(count > 1)) {
            all if all == count => &self.others[..],
            one => std::slice::from_ref(self.others.get(one)?),
        };
        Some(format!("[{}]", chosen.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ")))
    }
}

/// What is left of a budget.
struct Purse {
    identities: u64,
    hosts: u64,
    stake: f64,
}

impl Purse {
    fn of(space: &Space) -> Purse {
        let hosts = space.teams.iter().map(|team| team.members.hosts).sum::<u64>();
        Purse {
            identities: space.budget.identities.unwrap_or(u64::from(u32::MAX)),
            hosts: space.budget.hosts.unwrap_or(hosts),
            stake: space.budget.stake.unwrap_or(0.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::conducts;

    fn space(budget: &str, is_varied: bool) -> Space {
        let team = |name: &str, hosts| Members {
            name: name.to_owned(),
            hosts,
            is_varied,
            stakes: budget.contains("stake"),
            skill: 0.3,
            kinds: conducts(),
        };
        let others = ["honest", "victims"].map(str::to_owned).to_vec();
        let teams = vec![team("ring", 4), team("sybils", 2)];
        Space::of(budget.parse().expect("a budget"), Duration::from_secs(600), others, teams)
    }

    /// Places along all coordinates, from a number.
    fn places(space: &Space, number: u64) -> Vec<f64> {
        let place = |coordinate: usize| {
            let mixed = crate::random::mix(number << 16 | coordinate as u64);
            (mixed >> 11) as f64 / (1_u64 << 53) as f64
        };
        (0..space.coordinates().len()).map(place).collect()
    }

    #[test]
    fn no_attack_costs_more_than_the_budget_and_every_kind_occurs() {
        let space = space("identities=30,hosts=9,stake=100", true);
        let mut kinds = std::collections::BTreeSet::new();
        for number in 0..3000 {
            let Some((attack, _)) = space.attack(&places(&space, number)) else { continue };
            let (mut hosts, mut identities, mut stake) = (0, 0, 0.0);
            for team in &attack.teams {
                let count = team.count.expect("it is varied");
                let each = team.keys.get("identities").map_or(1, |text| text.parse().expect("a number"));
                let of_each: f64 = team.stake.as_ref().expect("it is staked").parse().expect("a number");
                hosts += count;
                identities += count * each;
                stake += count as f64 * of_each;
                kinds.insert(team.kind.clone());
            }
            assert!(
                hosts <= 9 && identities <= 30 && stake <= 100.1,
                "{attack}: {hosts} {identities} {stake}"
            );
        }
        assert_eq!(kinds.len(), conducts().len());
    }

    #[test]
    fn an_attack_depends_on_the_coordinates_that_it_uses_and_on_no_others() {
        let space = space("identities=30", false);
        for number in 0..300 {
            let all = places(&space, number);
            let Some((attack, used)) = space.attack(&all) else { continue };
            let others = places(&space, number + 1000);
            let mixed: Vec<f64> =
                (0..all.len()).map(|at| if used[at] { all[at] } else { others[at] }).collect();
            assert_eq!(space.attack(&mixed).map(|(attack, _)| attack), Some(attack));
        }
    }

    #[test]
    fn an_attack_is_at_its_places() {
        let space = space("identities=30", false);
        let mut found = 0;
        for number in 0..500 {
            let Some((attack, _)) = space.attack(&places(&space, number)) else { continue };
            // What identities cost depends on what the other group has.
            let places = space.places(&attack).expect("it is of the space");
            let Some((again, _)) = space.attack(&places) else { continue };
            found += 1;
            for (team, again) in attack.teams.iter().zip(&again.teams) {
                assert_eq!(team.kind, again.kind);
                for (key, value) in team.keys.iter().filter(|(key, _)| *key != IDENTITIES) {
                    let near = |text: &str| {
                        text.trim_matches('"').split(' ').next().and_then(|n| n.parse::<f64>().ok())
                    };
                    match (near(value), near(&again.keys[key])) {
                        // Two digits are told.
                        (Some(a), Some(b)) => {
                            assert!((a - b).abs() <= 0.06 * a.abs().max(0.2), "{key}: {a} {b}");
                        }
                        _ => assert_eq!(value, &again.keys[key]),
                    }
                }
            }
        }
        assert!(found > 200, "{found}");
    }

    #[test]
    fn values_are_within_what_is_searched() {
        let space = space("identities=30", false);
        let whole = |attack: &Attack, kind: &str, key: &str| {
            let team = attack.teams.iter().find(|team| team.kind == kind)?;
            team.keys.get(key).cloned()
        };
        for number in 0..2000 {
            let Some((attack, _)) = space.attack(&places(&space, number)) else { continue };
            if let Some(cheats) = whole(&attack, "on_off", "cheats") {
                assert!(cheats.parse::<f64>().expect("a number") <= 0.3, "{cheats}");
            }
            if let Some(bits) = whole(&attack, "eclipse", "bits") {
                assert!((1..=24).contains(&bits.parse::<u32>().expect("a number")), "{bits}");
            }
            if let Some(start) = whole(&attack, "dropper", "start") {
                assert!(start.ends_with(" s\"") && start != "\"600 s\"", "{start}");
            }
        }
        let none = Space::of(
            Budget { hosts: Some(1), ..Budget::default() },
            Duration::from_secs(1),
            Vec::new(),
            Vec::new(),
        );
        assert!(none.attack(&[]).is_some_and(|(attack, _)| attack.is_empty()));
    }
}
