//! An attack: what each group of attackers does.

use std::collections::BTreeMap;

use serde::Serialize;

/// What all groups of attackers do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Attack {
    /// Group by group.
    pub teams: Vec<Team>,
}

/// What a group of attackers does.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Team {
    /// Its name.
    pub group: String,
    /// Its hosts, where that is not what the scenario has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// The stake of each of its hosts, as TOML, where that is not what the scenario has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stake: Option<String>,
    /// The kind of adversary.
    pub kind: String,
    /// Keys of its conduct that are not left at their defaults, as TOML.
    pub keys: BTreeMap<String, String>,
}

impl Attack {
    /// What the groups of these names do in the text of a scenario; none where one of them does not attack there.
    pub fn written<'n>(text: &str, groups: impl Iterator<Item = &'n str>) -> Option<Attack> {
        let table: toml::Table = text.parse().ok()?;
        let team = |group: &str| {
            let conduct = table.get("groups")?.get(group)?.get("conduct")?;
            let (kind, keys) = match conduct {
                toml::Value::String(kind) => (kind.as_str(), BTreeMap::new()),
                toml::Value::Table(keys) => {
                    let others = keys.iter().filter(|(key, _)| *key != "kind");
                    (
                        keys.get("kind")?.as_str()?,
                        others.map(|(key, value)| (key.clone(), value.to_string())).collect(),
                    )
                }
                _ => return None,
            };
            Some(Team { group: group.to_owned(), count: None, stake: None, kind: kind.to_owned(), keys })
        };
        groups.map(team).collect::<Option<Vec<_>>>().map(|teams| Attack { teams })
    }

    /// As overrides of the scenario.
    pub fn overrides(&self) -> Vec<String> {
        self.teams.iter().flat_map(Team::overrides).collect()
    }

    /// How many values it sets.
    pub fn len(&self) -> usize {
        let of = |team: &Team| {
            team.keys.len() + usize::from(team.count.is_some()) + usize::from(team.stake.is_some())
        };
        self.teams.iter().map(of).sum()
    }

    /// Whether nothing is set but kinds.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The attacks that set one value less, or leave a group as the scenario has it.
    pub fn simpler(&self) -> Vec<Attack> {
        let mut all = Vec::new();
        for (place, team) in self.teams.iter().enumerate() {
            // As the scenario has it.
            if self.teams.len() > 1 {
                let mut attack = self.clone();
                attack.teams.remove(place);
                all.push(attack);
            }
            let mut with = |team: Team| {
                let mut attack = self.clone();
                attack.teams[place] = team;
                all.push(attack);
            };
            for key in team.keys.keys() {
                let mut team = team.clone();
                team.keys.remove(key);
                with(team);
            }
            if team.count.is_some() {
                with(Team { count: None, ..team.clone() });
            }
            if team.stake.is_some() {
                with(Team { stake: None, ..team.clone() });
            }
        }
        all
    }
}

impl Team {
    /// As overrides of the scenario.
    fn overrides(&self) -> Vec<String> {
        let group = self.group.as_str();
        let keys = self.keys.iter().map(|(key, value)| format!("{key} = {value}"));
        let keys: Vec<String> = [format!("kind = {:?}", self.kind)].into_iter().chain(keys).collect();
        let conduct = format!("groups.{group}.conduct={{ {} }}", keys.join(", "));
        let count = self.count.map(|count| format!("groups.{group}.count={count}"));
        let stake = self.stake.as_ref().map(|stake| format!("groups.{group}.stake={stake}"));
        [Some(conduct), count, stake].into_iter().flatten().collect()
    }
}

impl std::fmt::Display for Team {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let count = self.count.map(|count| format!("count = {count}"));
        let stake = self.stake.as_ref().map(|stake| format!("stake = {stake}"));
        let keys = self.keys.iter().map(|(key, value)| format!("{key} = {value}"));
        let all: Vec<String> = count.into_iter().chain(stake).chain(keys).collect();
        write!(f, "{}: {}", self.group, self.kind)?;
        if all.is_empty() { Ok(()) } else { write!(f, " ({})", all.join(", ")) }
    }
}

impl std::fmt::Display for Attack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.teams.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attack_is_written_as_overrides_and_loses_one_value_at_a_time() {
        let keys = BTreeMap::from([("rate".to_owned(), "\"2 /min\"".to_owned())]);
        let team = Team { group: "ring".into(), count: Some(7), stake: None, kind: "colluder".into(), keys };
        let attack = Attack { teams: vec![team] };
        assert_eq!(
            attack.overrides(),
            ["groups.ring.conduct={ kind = \"colluder\", rate = \"2 /min\" }", "groups.ring.count=7"]
        );
        assert_eq!(attack.to_string(), "ring: colluder (count = 7, rate = \"2 /min\")");
        let told: Vec<String> = attack.simpler().iter().map(ToString::to_string).collect();
        assert_eq!(told, ["ring: colluder (count = 7)", "ring: colluder (rate = \"2 /min\")"]);
        let text = "[groups.ring]\nconduct = { kind = \"colluder\", rate = \"2 /min\" }\n[groups.b]\nconduct = \"forger\"";
        let written = Attack::written(text, ["ring", "b"].into_iter()).expect("both attack");
        assert_eq!(written.to_string(), "ring: colluder (rate = \"2 /min\"); b: forger");
        assert_eq!(Attack::written(text, ["c"].into_iter()), None);
        assert_eq!((attack.len(), attack.is_empty()), (2, false));
    }
}
