//! What a search may change about what adversaries do, from the declarations of the keys.

use super::range::Range;
use super::sections;
use super::shape::{DefaultText, KeyShape, Shape, Variant};

/// A kind of conduct, and what can be said of it.
#[derive(Clone, Debug)]
pub struct Conducted {
    /// Its word in a file: `kind = "colluder"`.
    pub kind: &'static str,
    /// The keys beside it.
    pub keys: Vec<Ranged>,
}

/// A key, and what may stand there.
#[derive(Clone, Debug)]
pub struct Ranged {
    /// Its name.
    pub name: &'static str,
    /// Whether it has to be there.
    pub is_required: bool,
    /// What may stand there.
    pub range: Range,
}

/// Every kind of conduct with its keys, in the order of the declarations: whoever declares another one has it here, too.
pub fn conducts() -> Vec<Conducted> {
    let document = sections::shape();
    let groups = document.shapes_of("groups");
    let group =
        groups.into_iter().find_map(|shape| if let Shape::Named(of) = shape { Some(of) } else { None });
    let conduct = group.and_then(|group| group.shapes_of("conduct").into_iter().next());
    let Some(Shape::Choice { table: Some(table), .. }) = conduct else { return Vec::new() };
    let Shape::Variants { tag, variants } = &**table else { return Vec::new() };
    let of = |Variant { word, keys, .. }: &Variant| Conducted {
        kind: word,
        keys: keys.iter().filter(|key| key.name != *tag).map(ranged).collect(),
    };
    variants.iter().map(of).collect()
}

fn ranged(key: &KeyShape) -> Ranged {
    Ranged {
        name: key.name,
        is_required: matches!(key.default, DefaultText::Required),
        range: key.range.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_there_and_every_key_of_it_can_be_searched() {
        let all = conducts();
        assert!(all.len() >= 14, "{}", all.len());
        for Conducted { kind, keys } in &all {
            for key in keys {
                assert!(key.range != Range::Fixed, "{kind}.{}", key.name);
            }
        }
        let find = |kind: &str, name: &str| {
            let kind = all.iter().find(|known| known.kind == kind).expect("a kind");
            kind.keys.iter().find(|key| key.name == name).expect("a key")
        };
        assert_eq!(find("colluder", "rate").range, Range::Rate);
        assert_eq!(find("sybil", "identities").range, Range::Whole { least: 2, most: 1 << 20 });
        assert_eq!(find("slanderer", "about").range, Range::Groups);
        assert_eq!(find("eclipse", "target").range, Range::Group);
        assert!(find("eclipse", "target").is_required && !find("dropper", "stop").is_required);
    }
}
