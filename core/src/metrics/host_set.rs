//! Sets of hosts.

use crate::units::HostId;

/// A set of hosts, a bit each.
#[derive(Clone, Debug)]
pub(super) struct HostSet {
    len: u32,
    bits: Box<[u64]>,
}

/// A set of hosts that only shrinks. What is nearly empty is a list, and what is empty takes nothing, so that there can be
/// many.
#[derive(Clone, Debug)]
pub(super) enum ShrinkingSet {
    Bits(HostSet),
    /// In rising order.
    List(Vec<HostId>),
}

impl HostSet {
    /// The empty set, into which any of so many hosts can come.
    pub(super) fn new(hosts: u32) -> HostSet {
        HostSet { len: 0, bits: vec![0; hosts.div_ceil(64) as usize].into() }
    }

    /// Bytes for each host that could be in it.
    pub(super) const BYTES_A_HOST: f64 = 1.0 / 8.0;

    pub(super) fn insert(&mut self, host: HostId) {
        let (word, bit) = place(host);
        self.len += u32::from(self.bits[word] & bit == 0);
        self.bits[word] |= bit;
    }

    /// Returns whether it was there.
    #[inline]
    pub(super) fn remove(&mut self, host: HostId) -> bool {
        let (word, bit) = place(host);
        let was_there = self.bits[word] & bit != 0;
        self.bits[word] &= !bit;
        self.len -= u32::from(was_there);
        was_there
    }

    fn iter(&self) -> impl Iterator<Item = HostId> + '_ {
        let of_word = |(number, &word): (usize, &u64)| {
            let set = move |bit: &u32| word >> bit & 1 != 0;
            (0..u64::BITS).filter(set).map(move |bit| HostId(number as u32 * u64::BITS + bit))
        };
        self.bits.iter().enumerate().flat_map(of_word)
    }

    /// Whether a list would be smaller, and by so much that it was worth making.
    fn is_sparse(&self) -> bool {
        2 * self.len as usize * size_of::<HostId>() <= size_of_val(&*self.bits)
    }
}

impl ShrinkingSet {
    /// All hosts of a set but one.
    pub(super) fn without(set: &HostSet, host: HostId) -> ShrinkingSet {
        let mut bits = set.clone();
        bits.remove(host);
        ShrinkingSet::Bits(bits)
    }

    pub(super) fn len(&self) -> u32 {
        match self {
            ShrinkingSet::Bits(bits) => bits.len,
            ShrinkingSet::List(hosts) => hosts.len() as u32,
        }
    }

    /// Returns whether it was there.
    #[inline(always)]
    pub(super) fn remove(&mut self, host: HostId) -> bool {
        match self {
            ShrinkingSet::Bits(bits) => {
                let was_there = bits.remove(host);
                if was_there && bits.is_sparse() {
                    *self = ShrinkingSet::List(bits.iter().collect());
                }
                was_there
            }
            ShrinkingSet::List(hosts) => match hosts.binary_search(&host) {
                Ok(place) => {
                    hosts.remove(place);
                    true
                }
                Err(_) => false,
            },
        }
    }
}

fn place(host: HostId) -> (usize, u64) {
    (host.index() / u64::BITS as usize, 1 << (host.0 % u64::BITS))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn a_set_that_shrinks_has_whom_it_began_with_and_did_not_lose(
            came in prop::collection::vec(0..500_u32, 0..300), went in prop::collection::vec(0..500_u32, 0..900),
        ) {
            let mut set = HostSet::new(500);
            let mut wanted = BTreeSet::new();
            for host in came {
                set.insert(HostId(host));
                wanted.insert(host);
            }
            let mut left = ShrinkingSet::without(&set, HostId(7));
            wanted.remove(&7);
            for host in went {
                prop_assert_eq!(left.remove(HostId(host)), wanted.remove(&host));
                prop_assert_eq!(left.len() as usize, wanted.len());
            }
        }
    }

    #[test]
    fn what_is_nearly_empty_is_a_list() {
        let mut set = HostSet::new(6400);
        (0..6400).for_each(|host| set.insert(HostId(host)));
        let mut left = ShrinkingSet::without(&set, HostId(0));
        (1..6299).for_each(|host| assert!(left.remove(HostId(host))));
        assert!(matches!(left, ShrinkingSet::Bits(_)));
        left.remove(HostId(6299));
        assert!(matches!(&left, ShrinkingSet::List(hosts) if hosts.len() == 100));
    }
}
