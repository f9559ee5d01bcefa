//! Which of its parameters a scenario sets: those whose absence would make another scenario, or none.

use std::collections::BTreeSet;

use toml::{Table, Value};

use super::{Scenario, file};

/// What a scenario is called, explains or asks, and where its randomness begins: no parameters.
const APART: [&str; 7] = ["name", "title", "purpose", "seed", "charts", "expect", "claims"];

/// The paths of the values that a resolved scenario has other than by default. None where this version of the program does
/// not resolve it to the same.
pub fn settings(resolved: &Table) -> Option<BTreeSet<String>> {
    let scenario = read(resolved).filter(|scenario| scenario.to_toml().parse().as_ref() == Ok(resolved))?;
    let mut search = Search { resolved, scenario, set: BTreeSet::new() };
    for (key, value) in resolved.iter().filter(|(key, _)| !APART.contains(&key.as_str())) {
        search.visit(&mut vec![key], value);
    }
    Some(search.set)
}

struct Search<'a> {
    resolved: &'a Table,
    scenario: Scenario,
    set: BTreeSet<String>,
}

impl<'a> Search<'a> {
    fn visit(&mut self, path: &mut Vec<&'a str>, value: &'a Value) {
        let mut without = self.resolved.clone();
        remove(&mut without, path);
        if read(&without).as_ref() == Some(&self.scenario) {
            return;
        }
        let Value::Table(inner) = value else {
            self.set.insert(path.join("."));
            return;
        };
        for (key, value) in inner {
            path.push(key);
            self.visit(path, value);
            path.pop();
        }
    }
}

fn read(table: &Table) -> Option<Scenario> {
    file::unchecked(&toml::to_string(table).ok()?)
}

fn remove(table: &mut Table, path: &[&str]) {
    match path {
        [] => {}
        [key] => {
            table.remove(*key);
        }
        [key, rest @ ..] => {
            if let Some(Value::Table(inner)) = table.get_mut(*key) {
                remove(inner, rest);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::parse;

    fn resolved(text: &str) -> Table {
        let text =
            format!("name = \"a\"\nduration = \"1 min\"\nnetwork.latency = {{ fixed = \"9 ms\" }}\n{text}");
        let scenario = parse("a.toml", &text, &[]).expect("a good scenario");
        scenario.to_toml().parse().expect("it is TOML")
    }

    #[test]
    fn what_a_file_says_is_found_and_what_is_so_anyway_is_not() {
        let text = "network.loss = 0.1\ncooldown = \"30 s\"\ngroups.a = { count = 2, transport = \"udp\" }\n\
                    [workloads.w]\nkind = \"traffic\"\nfrom = \"a\"\nto = \"a\"\nsize = \"1 B\"\narrivals = { every = \"1 s\" }\n";
        let set = settings(&resolved(text)).expect("it resolves to itself");
        for path in
            ["duration", "groups.a.count", "network.loss", "network.latency.fixed", "workloads.w.size"]
        {
            assert!(set.contains(path), "{path} is not in {set:?}");
        }
        for path in ["groups.a.transport", "cooldown", "warmup", "workloads.w.start", "name"] {
            assert!(!set.contains(path), "{path} is in {set:?}");
        }
    }

    #[test]
    fn a_file_of_what_is_set_alone_resolves_to_the_same() {
        let text = "groups.a = { count = 20, stores = true }\nprotocol.profile = \"literal\"\nprotocol.enough = 5\n\
                    [workloads.deeds]\nkind = \"record\"\nabout = [\"a\"]\narrivals = { every = \"1 s\" }\n\
                    [workloads.asks]\nkind = \"query\"\nfrom = \"a\"\nabout = [\"a\"]\narrivals = { every = \"1 s\" }\n";
        let whole = resolved(text);
        let set = settings(&whole).expect("it resolves to itself");
        // What the profile makes the default is printed, and so it is what is set.
        assert!(set.contains("protocol.enough") && set.contains("protocol.aggregation"), "{set:?}");
        let mut few = whole.clone();
        for key in whole["protocol"].as_table().expect("a table").keys() {
            if !set.iter().any(|path| path.starts_with(&format!("protocol.{key}"))) {
                remove(&mut few, &["protocol", key]);
            }
        }
        assert!(few != whole);
        let text = toml::to_string(&few).expect("TOML");
        let again = parse("few.toml", &text, &[]).expect("a good scenario");
        assert_eq!(again.to_toml().parse::<Table>().expect("it is TOML"), whole);
    }

    #[test]
    fn nothing_is_known_of_a_scenario_that_is_none() {
        let mut table = resolved("groups.a = { count = 2 }\n");
        table.insert("durations".to_owned(), Value::Integer(3));
        assert_eq!(settings(&table), None);
    }
}
