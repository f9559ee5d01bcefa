//! Scenarios at random, from the declarations of the keys: whoever declares another key has it tried, too.

use toml::{Table, Value};

use super::range::Range;
use super::sections;
use super::shape::{DefaultText, KeyShape, Kind, Shape};

/// So often what the reader refuses is taken out again.
const REPAIRS: usize = 60;

/// The chances of a key that need not be there, of which a scenario has one: what a key hides or brings about shows where most
/// others are away (Groce et al.: Swarm Testing, ISSTA 2012).
const CHANCES: [f64; 3] = [0.04, 0.12, 0.3];

/// The text of a scenario that can be read, small enough to run in a moment; nothing where the reader refuses too much of what was
/// drawn. `draw` gives 64 random bits.
pub fn sampled(draw: &mut dyn FnMut() -> u64) -> Option<String> {
    let mut sampler = Sampler { draw, chance: 0.0, groups: Vec::new() };
    sampler.chance = *sampler.pick(&CHANCES)?;
    let mut table = sampler.document();
    for _ in 0..REPAIRS {
        let text = toml::to_string(&table).ok()?;
        let Err(report) = super::parse("swarm", &text, &[]) else { return Some(text) };
        let paths: Vec<String> = report.errors().into_iter().map(|error| error.path).collect();
        let removed = paths.iter().filter(|path| remove(&mut table, path)).count();
        if removed == 0 {
            return None;
        }
    }
    None
}

struct Sampler<'d> {
    draw: &'d mut dyn FnMut() -> u64,
    /// That a key is there which need not be.
    chance: f64,
    groups: Vec<String>,
}

impl Sampler<'_> {
    /// A number below `n`, which is small.
    fn below(&mut self, n: u64) -> u64 {
        (self.draw)() % n
    }

    fn share(&mut self) -> f64 {
        // Few digits, as people write.
        self.below(101) as f64 / 100.0
    }

    fn happens(&mut self, chance: f64) -> bool {
        ((self.draw)() >> 11) as f64 / 9_007_199_254_740_992.0 < chance
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        let place = self.below(of.len().max(1) as u64);
        of.get(place as usize)
    }

    /// The whole file: groups and work of a size that runs in a moment, the rest as it comes.
    fn document(&mut self) -> Table {
        let groups = 1 + self.below(4);
        self.groups = (0..groups).map(|number| format!("g{number}")).collect();
        let mut table = Table::new();
        for key in sections::shape().keys() {
            let value = match key.name {
                "name" => Some("swarm".into()),
                "duration" => self.pick(&["20 s", "1 min", "4 min"]).map(|span| (*span).into()),
                "cooldown" => Some("10 s".into()),
                "seed" => Some(i64::from((self.draw)() as u32).into()),
                "groups" => Some(self.of_groups(&key.shape)),
                "network" => self.value(key),
                "workloads" => self.workloads(&key.shape),
                "faults" if self.happens(0.5) => self.named(&key.shape, 2),
                "protocol" if self.happens(0.6) => self.value(key),
                // What is expected of it, and drawn, changes nothing that happens.
                _ => None,
            };
            table.extend(value.map(|value| (key.name.to_owned(), value)));
        }
        table
    }

    /// Every other scenario has outcomes and questions about them, without which most of the protocol has nothing to do.
    fn workloads(&mut self, shape: &Shape) -> Option<Value> {
        let mut all = self.named(shape, 3)?;
        if let (Value::Table(all), true) = (&mut all, self.happens(0.5)) {
            let (people, from) = (self.group()?, self.group()?);
            let record =
                format!("kind = \"record\"\nabout = [{people}]\narrivals = {{ poisson = \"10 /s\" }}");
            let ask = format!(
                "kind = \"query\"\nfrom = {from}\nabout = [{people}]\narrivals = {{ poisson = \"2 /s\" }}\nstart = \"5 s\""
            );
            for (name, text) in [("deeds", record), ("asks", ask)] {
                all.insert(name.to_owned(), Value::Table(text.parse().ok()?));
            }
        }
        Some(all)
    }

    fn of_groups(&mut self, shape: &Shape) -> Value {
        let mut all = Table::new();
        for name in self.groups.clone() {
            let Shape::Named(of) = shape else { continue };
            let mut group = self.shaped(of, None);
            if let Some(Value::Table(keys)) = &mut group {
                keys.insert("count".to_owned(), (1 + self.below(15) as i64).into());
                if self.happens(0.5) {
                    keys.insert("stores".to_owned(), true.into());
                }
            }
            all.extend(group.map(|group| (name, group)));
        }
        Value::Table(all)
    }

    /// From one to so many tables.
    fn named(&mut self, shape: &Shape, most: u64) -> Option<Value> {
        let Shape::Named(of) = shape else { return None };
        let count = 1 + self.below(most);
        let mut all = Table::new();
        for number in 0..count {
            all.extend(self.shaped(of, None).map(|value| (format!("n{number}"), value)));
        }
        Some(Value::Table(all))
    }

    fn value(&mut self, key: &KeyShape) -> Option<Value> {
        match &key.range {
            Range::Words(words) => self.pick(words).and_then(|word| of_toml(word)),
            Range::Share => Some(self.share().into()),
            Range::Group => self.group(),
            Range::Groups => self.group().map(|group| Value::Array(vec![group])),
            Range::Fixed | Range::Whole { .. } | Range::Time | Range::Rate => {
                self.shaped(&key.shape, Some(&key.example))
            }
        }
    }

    fn group(&mut self) -> Option<Value> {
        let groups = self.groups.clone();
        self.pick(&groups).map(|name| name.clone().into())
    }

    /// What may stand there; where only words say that, the example.
    fn shaped(&mut self, shape: &Shape, example: Option<&str>) -> Option<Value> {
        match shape {
            Shape::Leaf(_, kind) => self.of_kind(kind, example),
            Shape::Section(keys) => Some(Value::Table(self.table(keys))),
            Shape::Variants { tag, variants } => {
                let variant = self.pick(variants)?;
                let keys: Vec<KeyShape> =
                    variant.keys.iter().filter(|key| key.name != *tag).cloned().collect();
                let mut table = self.table(&keys);
                table.insert((*tag).to_owned(), variant.word.into());
                Some(Value::Table(table))
            }
            Shape::Named(_) => self.named(shape, 2),
            Shape::Map(_) => {
                let group = self.pick(&self.groups.clone())?.clone();
                example.and_then(|text| of_toml(&text.replace("GROUP", &group)))
            }
            Shape::Choice { plain, tagged, table } => {
                let (plain, table) = (plain.as_deref(), table.as_deref());
                let choices: Vec<(Option<&str>, &Shape)> = plain
                    .map(|shape| (None, shape))
                    .into_iter()
                    .chain(tagged.iter().map(|(tag, shape)| (Some(*tag), shape)))
                    .chain(table.map(|shape| (None, shape)))
                    .collect();
                let (tag, shape) = *self.pick(&choices)?;
                let value = self.shaped(shape, example)?;
                Some(match tag {
                    None => value,
                    Some(tag) => Value::Table([(tag.to_owned(), value)].into_iter().collect()),
                })
            }
        }
    }

    fn of_kind(&mut self, kind: &Kind, example: Option<&str>) -> Option<Value> {
        Some(match kind {
            Kind::Flag => (self.below(2) == 0).into(),
            Kind::Words(words) => (*self.pick(words)?).into(),
            Kind::Quantity(samples) => (*self.pick(samples)?).into(),
            Kind::Whole { least, most } => self.whole(*least, *most)?.into(),
            Kind::Number { least, most } => {
                let (least, most) = (least.max(-10.0), most.min(10.0));
                (least + self.share() * (most - least)).into()
            }
            Kind::List(of) => match self.of_kind(of, None) {
                Some(item) => Value::Array(vec![item]),
                None => example.and_then(of_toml)?,
            },
            Kind::OrWord(word, _) if self.below(3) == 0 => (*word).into(),
            Kind::OrWord(_, shape) => self.shaped(shape, example)?,
            Kind::Text | Kind::Any => match example.and_then(of_toml)? {
                Value::String(text) if text == "GROUP" => self.group()?,
                value => value,
            },
        })
    }

    /// Small ones far more often than large ones.
    fn whole(&mut self, least: i128, most: i128) -> Option<i64> {
        let room = most.checked_sub(least)?.min(1 << 12) as u64;
        let bits = self.below(u64::from(64 - room.leading_zeros()) + 1);
        let above = self.below(1 << bits).min(room);
        i64::try_from(least + i128::from(above)).ok()
    }

    fn table(&mut self, keys: &[KeyShape]) -> Table {
        let mut table = Table::new();
        for key in keys {
            let is_there = matches!(key.default, DefaultText::Required) || self.happens(self.chance);
            if let Some(value) = is_there.then(|| self.value(key)).flatten() {
                table.insert(key.name.to_owned(), value);
            }
        }
        table
    }
}

/// A value that is written as TOML.
fn of_toml(text: &str) -> Option<Value> {
    let table: Table = format!("value = {text}").parse().ok()?;
    table.get("value").cloned()
}

/// Takes out what is at a path, or as much of it as is there. Returns whether anything was.
fn remove(table: &mut Table, path: &str) -> bool {
    let Some((name, rest)) = path.split_once('.') else { return table.remove(path).is_some() };
    let Some(value) = table.get_mut(name) else { return false };
    let is_inside = value.as_table_mut().is_some_and(|inner| remove(inner, rest));
    // The key that is wrong may not be there: what lacks it is what is wrong.
    is_inside || table.remove(name).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A stream that goes through all of its states.
    fn draws(seed: u64) -> impl FnMut() -> u64 {
        let mut state = seed;
        move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state ^ (state >> 29)
        }
    }

    #[test]
    fn most_that_is_drawn_can_be_read_and_the_same_draws_are_the_same_scenario() {
        // With so many a word that is rare is there even after another key has moved all draws.
        let texts: Vec<Option<String>> = (0..120).map(|seed| sampled(&mut draws(seed))).collect();
        let again: Vec<Option<String>> = (0..120).map(|seed| sampled(&mut draws(seed))).collect();
        assert_eq!(texts, again);
        let good: Vec<&String> = texts.iter().flatten().collect();
        // Where one cannot be read another is drawn.
        assert!(good.len() >= 40, "{}", good.len());
        for word in
            ["[faults", "conduct", "transport", "nat", "presence", "kind = \"tasks\"", "[protocol", "sharing"]
        {
            assert!(good.iter().any(|text| text.contains(word)), "{word} in none of\n{good:#?}");
        }
    }

    /// Every table and key of it, with the path of each.
    fn paths(table: &Table, prefix: &str) -> Vec<String> {
        let below = |(name, value): (&String, &Value)| {
            let path = format!("{prefix}{name}");
            let inner = value.as_table().map_or_else(Vec::new, |inner| paths(inner, &format!("{path}.")));
            [vec![path], inner].concat()
        };
        table.iter().flat_map(below).collect()
    }

    #[test]
    fn nothing_that_is_left_out_makes_the_reader_panic() {
        for text in (0..40).filter_map(|seed| sampled(&mut draws(seed))) {
            let whole: Table = text.parse().expect("TOML");
            for path in paths(&whole, "") {
                let mut table = whole.clone();
                remove(&mut table, &path);
                let _ = super::super::parse("swarm", &toml::to_string(&table).expect("TOML"), &[]);
            }
        }
    }

    #[test]
    fn what_is_wrong_is_taken_out_and_where_it_is_missing_what_lacks_it() {
        let mut table: Table = "a = 1\n[b.c]\nd = 2\n[b.e]\nf = 3".parse().expect("TOML");
        assert!(remove(&mut table, "b.c.d") && !remove(&mut table, "x.y"));
        assert!(remove(&mut table, "b.e.g"));
        assert_eq!(table, "a = 1\n[b.c]".parse().expect("TOML"));
    }
}
