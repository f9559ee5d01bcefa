//! The kinds of a model's events, declared once: each by the events that are of it and its name.

use super::Kind;

/// Declares the kinds of a model's events, in their order: gives [`Event::KINDS`](crate::engine::Event::KINDS) and
/// [`Event::kind`](crate::engine::Event::kind). A model that carries another one's events, as most carry those of a network,
/// names the variant that holds them first; their kinds come before its own. Where most events are of a few kinds of many, a
/// semicolon after these spares them a look at the others.
///
/// ```
/// # use ir3sim_core as ir3sim;
/// use ir3sim::engine;
/// use ir3sim::engine::kinds;
///
/// enum Lamp { Switched { on: bool }, Broken }
/// impl engine::Event for Lamp {
///     kinds! {
///         Lamp::Switched { .. } => "switched",
///         Lamp::Broken => "broken",
///     }
///     fn digest(&self) -> u64 { 0 }
/// }
///
/// enum Room { Lamp(Lamp), Entered }
/// impl engine::Event for Room {
///     kinds! {
///         Room::Lamp: Lamp;
///         Room::Entered => "entered",
///     }
///     fn digest(&self) -> u64 { 0 }
/// }
///
/// use engine::Event;
/// let names: Vec<_> = Room::KINDS.iter().map(|kind| kind.name()).collect();
/// assert_eq!(names, ["switched", "broken", "entered"]);
/// assert_eq!([Room::Lamp(Lamp::Broken).kind(), Room::Entered.kind()], [1, 2]);
/// ```
#[macro_export]
macro_rules! kinds {
    ($($event:pat => $name:literal),+ $(,)?) => {
        const KINDS: &'static [$crate::engine::Kind] = &[$($crate::engine::Kind::new($name)),+];

        #[inline]
        fn kind(&self) -> usize {
            match self {
                $($event => const { $crate::engine::place_of_kind(Self::KINDS, $name) },)+
            }
        }
    };
    ($($often:pat => $first:literal),+; $($event:pat => $name:literal),+ $(,)?) => {
        const KINDS: &'static [$crate::engine::Kind] =
            &[$($crate::engine::Kind::new($first),)+ $($crate::engine::Kind::new($name)),+];

        #[inline(always)]
        fn kind(&self) -> usize {
            match self {
                $($often => const { $crate::engine::place_of_kind(Self::KINDS, $first) },)+
                rare => $crate::engine::apart(rare, |event| match event {
                    $($often => const { $crate::engine::place_of_kind(Self::KINDS, $first) },)+
                    $($event => const { $crate::engine::place_of_kind(Self::KINDS, $name) },)+
                }),
            }
        }
    };
    ($carrier:path: $inner:ty; $($event:pat => $name:literal),+ $(,)?) => {
        const KINDS: &'static [$crate::engine::Kind] = {
            const INNER: &[$crate::engine::Kind] = <$inner as $crate::engine::Event>::KINDS;
            const OWN: &[$crate::engine::Kind] = &[$($crate::engine::Kind::new($name)),+];
            &$crate::engine::Kind::join::<{ INNER.len() + OWN.len() }>(INNER, OWN)
        };

        #[inline(always)]
        fn kind(&self) -> usize {
            match self {
                $carrier(inner) => <$inner as $crate::engine::Event>::kind(inner),
                own => $crate::engine::apart(own, |event| match event {
                    $carrier(inner) => <$inner as $crate::engine::Event>::kind(inner),
                    $($event => const { $crate::engine::place_of_kind(Self::KINDS, $name) },)+
                }),
            }
        }
    };
}

#[doc(inline)]
pub use kinds;

/// The position of the kind of this name, for [`kinds!`](kinds).
///
/// # Panics
/// At compile time, when there is none.
#[doc(hidden)]
pub const fn place_of_kind(kinds: &[Kind], name: &str) -> usize {
    let mut place = 0;
    while !same(kinds[place].name().as_bytes(), name.as_bytes()) {
        place += 1;
    }
    place
}

/// What `of` tells of an event, in a function of its own, for [`kinds!`](kinds): in one with the frequent kinds, all would be
/// looked up in a table.
#[doc(hidden)]
#[inline(never)]
pub fn apart<E>(event: &E, of: impl FnOnce(&E) -> usize) -> usize {
    of(event)
}

const fn same(one: &[u8], other: &[u8]) -> bool {
    let mut at = 0;
    while at < one.len() && at < other.len() && one[at] == other[at] {
        at += 1;
    }
    at == one.len() && at == other.len()
}
