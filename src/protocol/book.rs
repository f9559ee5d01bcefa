use super::peer::{Id, Peer};
use super::signature::Keyring;

/// The address book: every peer's handle and id, unchanging and shared. 36 B a peer.
#[derive(Clone, Debug)]
pub struct Book {
    ids: Box<[Id]>,
    /// Handles in the order of their ids.
    sorted: Box<[Peer]>,
}

/// An id that was searched for: it shares its first `bits` bits (at most 64) with that of `near`, for which 2^bits key
/// pairs have to be tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ground {
    pub peer: Peer,
    pub near: Peer,
    pub bits: u8,
}

impl Book {
    /// The book of the first `count` peers of a keyring: an id is the BLAKE3 hash of a public key.
    pub fn generate(keyring: &dyn Keyring, count: u32) -> Book {
        let ids: Box<[Id]> =
            (0..count).map(|peer| Id(*blake3::hash(&keyring.public_key(Peer(peer)).0).as_bytes())).collect();
        let everybody: Vec<Peer> = (0..count).map(Peer).collect();
        let sorted = by_id(&ids, &everybody).into();
        Book { ids, sorted }
    }

    /// The same book, but for ids that were searched for: keys were made until the first `bits` bits of `peer`'s id were
    /// those of `near`'s. What follows them stays as random as it was.
    pub(super) fn ground(self, ground: &[Ground]) -> Book {
        let mut ids = self.ids;
        for &Ground { peer, near, bits } in ground {
            let wanted = ids[near.index()].0;
            let id = &mut ids[peer.index()].0;
            let whole = usize::from(bits / 8);
            id[..whole].copy_from_slice(&wanted[..whole]);
            let mask = !(0xFF_u8.checked_shr(u32::from(bits % 8)).unwrap_or(0));
            id[whole] = wanted[whole] & mask | id[whole] & !mask;
        }
        let everybody: Vec<Peer> = (0..ids.len() as u32).map(Peer).collect();
        let sorted = by_id(&ids, &everybody).into();
        Book { ids, sorted }
    }

    /// How many peers it has.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether it has no peer.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Whether `peer` is in it.
    pub fn contains(&self, peer: Peer) -> bool {
        peer.index() < self.ids.len()
    }

    /// The id of a peer of this book.
    ///
    /// # Panics
    /// When the handle comes from another book.
    pub fn id(&self, peer: Peer) -> &Id {
        &self.ids[peer.index()]
    }

    /// The peer with this id.
    pub fn find(&self, id: &Id) -> Option<Peer> {
        let place = self.sorted.binary_search_by(|&peer| self.id(peer).cmp(id)).ok()?;
        Some(self.sorted[place])
    }

    /// `members` in the order of their ids, each once.
    pub(super) fn sort(&self, members: &[Peer]) -> Vec<Peer> {
        by_id(&self.ids, members)
    }
}

fn by_id(ids: &[Id], members: &[Peer]) -> Vec<Peer> {
    let mut keyed: Vec<(u64, Peer)> =
        members.iter().map(|&peer| (ids[peer.index()].prefix(), peer)).collect();
    keyed.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| ids[a.1.index()].cmp(&ids[b.1.index()])));
    keyed.dedup();
    keyed.into_iter().map(|(_, peer)| peer).collect()
}

#[cfg(test)]
mod tests {
    use super::super::signature::Modelled;
    use super::*;

    #[test]
    fn every_peer_is_found_by_its_id() {
        let book = Book::generate(&Modelled::new([7; 32]), 300);
        for peer in (0..300).map(Peer) {
            assert_eq!(book.find(book.id(peer)), Some(peer));
        }
        assert_eq!(book.find(&Id([0; 32])), None);
        assert!(!book.contains(Peer(300)));
    }

    #[test]
    fn an_id_that_was_searched_for_shares_its_first_bits() {
        for bits in [1, 7, 8, 13, 64] {
            let book = Book::generate(&Modelled::new([1; 32]), 40);
            let before = book.id(Peer(30)).0;
            let book = book.ground(&[Ground { peer: Peer(30), near: Peer(3), bits }]);
            let shared = book.id(Peer(30)).shared_bits(book.id(Peer(3)));
            assert!(shared >= usize::from(bits), "{shared}");
            assert_eq!(book.id(Peer(30)).0[9..], before[9..]);
            assert_eq!(book.find(book.id(Peer(30))), Some(Peer(30)));
        }
    }

    #[test]
    fn another_seed_gives_other_ids() {
        let one = Book::generate(&Modelled::new([1; 32]), 1);
        let other = Book::generate(&Modelled::new([2; 32]), 1);
        assert_ne!(one.id(Peer(0)), other.id(Peer(0)));
    }
}
