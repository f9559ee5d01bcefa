//! `groups.NAME.conduct`.

mod keys;
mod kinds;

use keys::ConductKeys;
use kinds::{Described, KINDS};

use crate::conduct::Conduct;
use crate::scenario::forms::{Choice, Mapped, Variants, Words};

/// `conduct`: a word, where a kind needs nothing more, or a table.
pub(super) fn conduct() -> Choice<Option<Conduct>> {
    let words = Mapped {
        form: Words { what: "conduct", words: words().map(|word| (word, word)).collect() },
        wrap: of_word,
        unwrap: |conduct| words().find(|word| of_word(word) == *conduct),
    };
    let table = Mapped {
        form: variants(),
        wrap: |keys: ConductKeys| Some(keys.build()),
        unwrap: |conduct| conduct.as_ref().map(ConductKeys::of),
    };
    Choice::new().plain(words).table(table)
}

/// Nobody's, and those of the kinds that need no key.
fn words() -> impl Iterator<Item = &'static str> {
    let plain = KINDS.iter().filter(|described| described.is_plain).map(|described| described.word);
    std::iter::once("honest").chain(plain)
}

fn of_word(word: &str) -> Option<Conduct> {
    let described = KINDS.iter().find(|described| described.word == word)?;
    Some(ConductKeys { kind: described.kind, ..ConductKeys::draft() }.build())
}

fn variants() -> Variants<ConductKeys> {
    let section = |described: &Described| (described.word, described.does, (described.keys)());
    Variants { tag: "kind", sections: KINDS.iter().map(section).collect(), word: |keys| keys.kind.word() }
}
