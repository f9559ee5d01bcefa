use super::peer::{Id, Peer};
use super::signature::Keyring;

/// The address book: every peer's handle and id, unchanging and shared. 36 B a peer.
#[derive(Clone, Debug)]
pub struct Book {
    ids: Box<[Id]>,
    /// Handles in the order of their ids.
    sorted: Box<[Peer]>,
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
    fn another_seed_gives_other_ids() {
        let one = Book::generate(&Modelled::new([1; 32]), 1);
        let other = Book::generate(&Modelled::new([2; 32]), 1);
        assert_ne!(one.id(Peer(0)), other.id(Peer(0)));
    }
}
