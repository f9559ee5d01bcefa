//! `groups.NAME.conduct`.

mod kinds;

use kinds::{Described, KINDS};

use crate::conduct::{AdversaryKind, Conduct};
use crate::scenario::forms::{Choice, Mapped, Section, Variants, Words, maybe};
use crate::scenario::sections::time_point::time_point;

/// `conduct`: a word, where a kind needs nothing more, or a table.
pub(super) fn conduct() -> Choice<Option<Conduct>> {
    let plain = KINDS.iter().filter(|described| described.is_plain);
    let plain = plain.map(|described| (described.word(), Some(described.draft())));
    let words = [("honest", None)].into_iter().chain(plain).collect();
    Choice::new().plain(Words { what: "conduct", words }).table(maybe(variants()))
}

fn variants() -> Variants<Conduct> {
    let section = |described: &Described| {
        (described.word(), described.does, (described.keys)(common(described.draft())))
    };
    Variants {
        tag: "kind",
        sections: KINDS.iter().map(section).collect(),
        word: |conduct| conduct.kind.name(),
    }
}

/// The keys of all kinds.
fn common(draft: Conduct) -> Section<Conduct> {
    Section::new(draft)
        .inline()
        .required("kind", kind(), |c| &mut c.kind, "the kind of adversary")
        .key("start", time_point(), |c| &mut c.start, "honest before this")
        .optional("stop", maybe(time_point()), |c| &mut c.stop, "the end", "honest from this on")
}

/// A kind with its defaults, which the keys after it take the place of.
fn kind() -> Mapped<Words<AdversaryKind>, AdversaryKind> {
    let words = KINDS.iter().map(|described| (described.word(), (described.kind)())).collect();
    Mapped {
        form: Words { what: "kind", words },
        wrap: |draft| draft,
        unwrap: |kind| {
            KINDS.iter().map(|described| (described.kind)()).find(|draft| draft.name() == kind.name())
        },
    }
}
