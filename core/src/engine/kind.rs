//! Kinds of events: their names, and the ids by which they enter the fingerprint.

/// A kind of event. Its id in the fingerprint is the hash of its name, so that a kind that is added, moved or removed
/// changes no fingerprint of a run in which it does not happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    name: &'static str,
    id: u64,
}

impl Kind {
    /// The kind of this name.
    pub const fn new(name: &'static str) -> Kind {
        Kind { name, id: fnv1a(name.as_bytes()) }
    }

    /// Its name, for people.
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// Its id in the fingerprint.
    pub(super) const fn id(self) -> u64 {
        self.id
    }

    /// The kinds of a model that carries another model's events among its own: `inner` first, then `own`.
    ///
    /// # Panics
    /// At compile time, when `N` is not the number of both.
    pub const fn join<const N: usize>(inner: &[Kind], own: &[Kind]) -> [Kind; N] {
        assert!(inner.len() + own.len() == N, "N counts the kinds of both");
        let mut all = [Kind::new(""); N];
        let mut at = 0;
        while at < N {
            all[at] = if at < inner.len() { inner[at] } else { own[at - inner.len()] };
            at += 1;
        }
        all
    }

    /// Whether no two have the same id: each name is declared once, and no two names collide.
    pub(super) const fn are_distinct(kinds: &[Kind]) -> bool {
        let mut one = 0;
        while one < kinds.len() {
            let mut other = 0;
            while other < one {
                if kinds[one].id == kinds[other].id {
                    return false;
                }
                other += 1;
            }
            one += 1;
        }
        true
    }
}

/// FNV-1a in 64 bits (Fowler, Noll, Vo), which is simple enough to be computed by the compiler.
const fn fnv1a(bytes: &[u8]) -> u64 {
    let mut hash = 0xCBF2_9CE4_8422_2325_u64;
    let mut at = 0;
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u64).wrapping_mul(0x0100_0000_01B3);
        at += 1;
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_of_a_kind_is_the_published_hash_of_its_name() {
        // Test vectors of FNV-1a: "" and "foobar".
        assert_eq!(Kind::new("").id(), 0xcbf2_9ce4_8422_2325);
        assert_eq!(Kind::new("foobar").id(), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn joined_kinds_keep_their_order_and_ids() {
        let (inner, own) = ([Kind::new("a"), Kind::new("b")], [Kind::new("c")]);
        let all: [Kind; 3] = Kind::join(&inner, &own);
        assert_eq!(all, [inner[0], inner[1], own[0]]);
    }

    #[test]
    fn a_name_that_is_declared_twice_is_found() {
        assert!(Kind::are_distinct(&["arrive", "pass", "timer"].map(Kind::new)));
        assert!(!Kind::are_distinct(&["arrive", "pass", "arrive"].map(Kind::new)));
    }
}
