//! The peer table: which local handle stands for which id, and where that peer can be reached.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::contact::{Contact, canonical, simulated_address};
use super::peer::{Id, Peer};
use super::signature::KeyGenerator;

/// Maps handles to ids and addresses, and back.
///
/// A simulated network shares one table, filled before the run and never changed: 36 B a peer, no locks. A node on a
/// socket has a table of its own that grows ([`PeerTable::growing`]): an id that a message names for the first time gets
/// the next handle. A handle means the same peer for as long as its table lives, and nothing in any other table.
///
/// # Made-up peers
/// Naming peers costs an attacker nothing, so what a table takes in is bounded:
/// * only a message that can be read to its end adds peers, so a message of n bytes adds at most n / 32;
/// * a table has a fixed capacity, about 120 B a peer; when it is full, messages that name new peers are refused
///   ([`DecodeError::TableFull`](super::DecodeError::TableFull)), and those among known peers still work;
/// * a quarter of the capacity is kept for peers that the transport itself vouches for ([`PeerTable::meet`]), so that
///   names alone cannot lock out a peer that really is there;
/// * an address heard from others never replaces one that the transport vouched for.
///
/// Handles are not reused: logs and chunks refer to them for good. A node that was flooded with names stays deaf to
/// further ones until it starts again with a new table; and whoever goes to the length of connecting with ever new keys
/// can use up the last quarter too. Taking back handles that no role of the node holds any more would end both.
#[derive(Debug)]
pub struct PeerTable {
    given: Given,
    learnt: Option<Box<Learnt>>,
}

/// An id that was searched for: it shares its first `bits` bits (at most 64) with that of `near`, for which 2^bits key
/// pairs have to be tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MinedId {
    /// Whose id it is.
    pub peer: Peer,
    /// Whose id it is close to.
    pub near: Peer,
    /// Leading bits that both share, 0..=64.
    pub bits: u8,
}

/// There is no room for another peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the peer table is full")]
pub struct TableFull;

impl PeerTable {
    /// The table of a simulated network: the first `count` peers of a key generator, each at an address of its own
    /// until `with_further_identities` says otherwise.
    pub fn simulated(keys: &KeyGenerator, count: u32) -> PeerTable {
        PeerTable::of((0..count).map(|number| Id::of(&keys.public_key(number))).collect())
    }

    /// An empty table with room for so many peers. Memory is taken as it fills.
    pub fn growing(capacity: u32) -> PeerTable {
        PeerTable { learnt: Some(Box::new(Learnt::new(capacity))), ..PeerTable::of(Vec::new()) }
    }

    fn of(given: Vec<Id>) -> PeerTable {
        PeerTable { given: Given::new(given), learnt: None }
    }

    /// The peers that were in it from the start.
    pub(super) fn given(&self) -> &Given {
        &self.given
    }

    /// The same table, but for ids that were searched for: keys were made until the first `bits` bits of `peer`'s id were
    /// those of `near`'s. What follows them stays as random as it was.
    pub(super) fn with_mined_ids(self, mined: &[MinedId]) -> PeerTable {
        if mined.is_empty() {
            return self;
        }
        let mut ids = self.given.ids.to_vec();
        for &MinedId { peer, near, bits } in mined {
            let wanted = ids[near.index()].0;
            let id = &mut ids[peer.index()].0;
            let whole = usize::from(bits / 8);
            id[..whole].copy_from_slice(&wanted[..whole]);
            let mask = !(0xFF_u8.checked_shr(u32::from(bits % 8)).unwrap_or(0));
            id[whole] = wanted[whole] & mask | id[whole] & !mask;
        }
        PeerTable::of(ids)
    }

    /// The same table, but that its last peers are further identities of these, and listen where they do.
    pub(crate) fn with_further_identities(self, of: Vec<Peer>) -> PeerTable {
        PeerTable { given: Given { further: of.into(), ..self.given }, ..self }
    }

    /// How many peers it has.
    pub fn len(&self) -> usize {
        self.given.ids.len() + self.learnt.as_deref().map_or(0, |learnt| learnt.read().peers.len())
    }

    /// Whether it has no peer.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether `peer` is in it.
    pub fn contains(&self, peer: Peer) -> bool {
        peer.index() < self.len()
    }

    /// Whether it takes in peers that it does not know.
    pub fn grows(&self) -> bool {
        self.learnt.is_some()
    }

    /// The id of a peer of this table.
    ///
    /// # Panics
    /// When the handle comes from another table.
    #[inline]
    pub fn id(&self, peer: Peer) -> &Id {
        match self.given.ids.get(peer.index()) {
            Some(id) => id,
            None => self.learnt_id(peer).expect("a handle is used with its own table"),
        }
    }

    /// The peer with this id.
    pub fn find(&self, id: &Id) -> Option<Peer> {
        if let Some(known) = self.given.find(id) {
            return Some(known);
        }
        self.learnt.as_deref()?.read().by_id.get(id).copied()
    }

    /// Where a peer of this table listens, as far as that is known.
    pub fn address(&self, peer: Peer) -> Option<SocketAddr> {
        let Some(number) = peer.index().checked_sub(self.given.ids.len()) else {
            return Some(simulated_address(self.given.host(peer)));
        };
        self.learnt.as_deref()?.read().peers.get(number)?.map(|known| known.address)
    }

    /// The address of a peer of this table, if the transport vouches for it.
    pub(super) fn vouched_ip(&self, peer: Peer) -> Option<IpAddr> {
        let Some(number) = peer.index().checked_sub(self.given.ids.len()) else {
            return Some(simulated_address(self.given.host(peer)).ip());
        };
        let known = (*self.learnt.as_deref()?.read().peers.get(number)?)?;
        known.vouched.then(|| known.address.ip())
    }

    /// The peer with this id, which is new if need be: a message names it, and nobody vouches for it.
    ///
    /// # Errors
    /// When it is new and three quarters of the capacity are taken, or the table does not grow.
    pub fn intern(&self, id: &Id) -> Result<Peer, TableFull> {
        self.enter(id, |learnt| learnt.capacity - learnt.capacity / 4)
    }

    /// The peer that the transport has just heard from: it has proved that it holds the key of its id, and that messages
    /// to this address reach it. Whatever was known of its address is replaced.
    ///
    /// # Errors
    /// When it is new and the table is full, or the table does not grow.
    pub fn meet(&self, contact: Contact) -> Result<Peer, TableFull> {
        let peer = self.enter(&contact.id, |learnt| learnt.capacity)?;
        self.set_address(peer, Known { address: canonical(contact.address), vouched: true });
        Ok(peer)
    }

    /// Somebody says where a peer listens. This counts for nothing once the transport has vouched for an address; before,
    /// a lie costs one question of a lookup, sent to where nobody or somebody else listens.
    pub(super) fn hear_address(&self, peer: Peer, address: SocketAddr) {
        self.set_address(peer, Known { address: canonical(address), vouched: false });
    }

    /// `members` in the order of their ids, each once.
    pub(super) fn sort(&self, members: &[Peer]) -> Vec<Peer> {
        by_id(members, |peer| self.id(peer))
    }

    fn enter(&self, id: &Id, room: impl Fn(&Learnt) -> u32) -> Result<Peer, TableFull> {
        if let Some(known) = self.find(id) {
            return Ok(known);
        }
        let learnt = self.learnt.as_deref().ok_or(TableFull)?;
        let first = self.given.ids.len();
        learnt.enter(*id, first, room(learnt))
    }

    fn set_address(&self, peer: Peer, new: Known) {
        let number = peer.index().checked_sub(self.given.ids.len());
        let Some((learnt, number)) = self.learnt.as_deref().zip(number) else { return };
        if let Some(known) = learnt.write().peers.get_mut(number) {
            if new.vouched || !known.is_some_and(|known| known.vouched) {
                *known = Some(new);
            }
        }
    }

    #[cold]
    fn learnt_id(&self, peer: Peer) -> Option<&Id> {
        self.learnt.as_deref()?.id(peer.index().checked_sub(self.given.ids.len())?)
    }
}

/// Peers that a table begins with: handles from 0 on. A clone shares them.
#[derive(Clone, Debug)]
pub(super) struct Given {
    ids: Arc<[Id]>,
    by_id: Arc<[Peer]>,
    /// The peers that the last ones are further identities of.
    further: Arc<[Peer]>,
}

impl Given {
    fn new(ids: Vec<Id>) -> Given {
        let everybody: Vec<Peer> = (0..ids.len() as u32).map(Peer).collect();
        let by_id = by_id(&everybody, |peer| &ids[peer.index()]).into();
        Given { ids: ids.into(), by_id, further: Arc::default() }
    }

    pub(super) fn find(&self, id: &Id) -> Option<Peer> {
        let place = self.by_id.binary_search_by(|&peer| self.ids[peer.index()].cmp(id)).ok()?;
        Some(self.by_id[place])
    }

    /// The first identity where this peer is.
    fn host(&self, peer: Peer) -> Peer {
        let further = peer.index().checked_sub(self.ids.len() - self.further.len());
        further.map_or(peer, |number| self.further[number])
    }
}

/// Peers in the order of their ids, each once. Most of that is decided by the first 64 bits.
fn by_id<'a>(peers: &[Peer], id: impl Fn(Peer) -> &'a Id) -> Vec<Peer> {
    let mut keyed: Vec<(u64, Peer)> = peers.iter().map(|&peer| (id(peer).prefix(), peer)).collect();
    keyed.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| id(a.1).cmp(id(b.1))));
    keyed.dedup();
    keyed.into_iter().map(|(_, peer)| peer).collect()
}

/// Ids in one piece of memory: it is taken when the first of them is learnt.
const SEGMENT: usize = 256;

type Segment = [OnceLock<Id>; SEGMENT];

/// Peers learnt from messages and from the transport.
///
/// An id is written once and read without a lock ever after, so that [`PeerTable::id`] can lend it; what finds an id, and
/// addresses, which change, are behind one lock. Only who decodes messages or feeds the transport's contacts takes it.
#[derive(Debug)]
struct Learnt {
    capacity: u32,
    ids: Box<[OnceLock<Box<Segment>>]>,
    index: RwLock<Index>,
}

#[derive(Debug, Default)]
struct Index {
    by_id: BTreeMap<Id, Peer>,
    /// An entry a peer, with its address if that is known.
    peers: Vec<Option<Known>>,
}

#[derive(Clone, Copy, Debug)]
struct Known {
    address: SocketAddr,
    /// Whether the transport says so.
    vouched: bool,
}

impl Learnt {
    fn new(capacity: u32) -> Learnt {
        let segments = (capacity as usize).div_ceil(SEGMENT);
        Learnt { capacity, ids: (0..segments).map(|_| OnceLock::new()).collect(), index: RwLock::default() }
    }

    fn id(&self, number: usize) -> Option<&Id> {
        self.ids.get(number / SEGMENT)?.get()?[number % SEGMENT].get()
    }

    fn enter(&self, id: Id, first: usize, room: u32) -> Result<Peer, TableFull> {
        let mut index = self.write();
        // Another thread may have entered it since it was looked for.
        if let Some(&known) = index.by_id.get(&id) {
            return Ok(known);
        }
        let number = index.peers.len();
        let handle =
            u32::try_from(first + number).ok().filter(|&handle| handle < Peer::LIMIT).ok_or(TableFull)?;
        if number >= room as usize {
            return Err(TableFull);
        }
        let segment =
            self.ids[number / SEGMENT].get_or_init(|| Box::new([const { OnceLock::new() }; SEGMENT]));
        segment[number % SEGMENT].get_or_init(|| id);
        index.peers.push(None);
        index.by_id.insert(id, Peer(handle));
        Ok(Peer(handle))
    }

    // Nothing under the lock panics halfway, so what a panic elsewhere leaves behind is whole.
    fn read(&self) -> RwLockReadGuard<'_, Index> {
        self.index.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Index> {
        self.index.write().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::super::config::Signatures;
    use super::*;
    use proptest::prelude::*;

    fn simulated(seed: u8, count: u32) -> PeerTable {
        PeerTable::simulated(&KeyGenerator::new(Signatures::Modelled, [seed; 32]), count)
    }

    fn id(number: u8) -> Id {
        Id([number; 32])
    }

    fn contact(number: u8, port: u16) -> Contact {
        Contact { id: id(number), address: SocketAddr::from(([192, 0, 2, number], port)) }
    }

    #[test]
    fn every_peer_is_found_by_its_id() {
        let table = simulated(7, 300);
        for peer in (0..300).map(Peer) {
            assert_eq!(table.find(table.id(peer)), Some(peer));
        }
        assert_eq!(table.find(&Id([0; 32])), None);
        assert!(!table.contains(Peer(300)));
    }

    #[test]
    fn a_mined_id_shares_its_first_bits_with_its_target() {
        for bits in [1, 7, 8, 13, 64] {
            let table = simulated(1, 40);
            let before = table.id(Peer(30)).0;
            let table = table.with_mined_ids(&[MinedId { peer: Peer(30), near: Peer(3), bits }]);
            let shared = table.id(Peer(30)).shared_bits(table.id(Peer(3)));
            assert!(shared >= usize::from(bits), "{shared}");
            assert_eq!(table.id(Peer(30)).0[9..], before[9..]);
            assert_eq!(table.find(table.id(Peer(30))), Some(Peer(30)));
        }
    }

    #[test]
    fn another_seed_gives_other_ids() {
        assert_ne!(simulated(1, 1).id(Peer(0)), simulated(2, 1).id(Peer(0)));
    }

    #[test]
    fn a_simulated_table_takes_in_nobody() {
        let table = simulated(1, 3);
        assert_eq!(table.intern(&id(9)), Err(TableFull));
        assert_eq!(table.meet(contact(9, 1)), Err(TableFull));
        assert_eq!(table.intern(table.id(Peer(2))), Ok(Peer(2)));
        assert_eq!(table.len(), 3);
    }

    #[test]
    fn simulated_peers_have_different_addresses() {
        let table = simulated(1, 300);
        let mut addresses: Vec<_> = (0..300).filter_map(|peer| table.address(Peer(peer))).collect();
        addresses.dedup();
        assert_eq!(addresses.len(), 300);
    }

    #[test]
    fn further_identities_listen_where_the_first_one_does() {
        let table = simulated(1, 5).with_further_identities(vec![Peer(0), Peer(2)]);
        let addresses: Vec<_> = (0..5).map(|peer| table.address(Peer(peer))).collect();
        assert_eq!((addresses[3], addresses[4]), (addresses[0], addresses[2]));
        assert!(addresses[0] != addresses[1] && addresses[1] != addresses[2]);
    }

    #[test]
    fn an_address_from_hearsay_never_replaces_one_that_the_transport_vouches_for() {
        let table = PeerTable::growing(10);
        let heard = |port| SocketAddr::from(([198, 51, 100, 1], port));
        let peer = table.intern(&id(1)).expect("there is room");
        assert_eq!(table.address(peer), None);
        table.hear_address(peer, heard(1));
        table.hear_address(peer, heard(2));
        assert_eq!(table.address(peer), Some(heard(2)));
        assert_eq!(table.meet(contact(1, 5)), Ok(peer));
        table.hear_address(peer, heard(3));
        assert_eq!(table.address(peer), Some(contact(1, 5).address));
        assert_eq!(table.meet(contact(1, 6)), Ok(peer));
        assert_eq!(table.address(peer), Some(contact(1, 6).address));
    }

    #[test]
    fn made_up_names_leave_a_quarter_of_the_table_to_peers_that_are_really_there() {
        let table = PeerTable::growing(40);
        let named = (0..100).filter(|&number| table.intern(&id(number)).is_ok()).count();
        assert_eq!(named, 30);
        let met = (100..200).filter(|&number| table.meet(contact(number, 1)).is_ok()).count();
        assert_eq!(met, 10);
        assert_eq!(table.len(), 40);
        assert_eq!(table.intern(&id(5)), Ok(Peer(5)));
        assert_eq!(table.meet(contact(5, 1)), Ok(Peer(5)));
    }

    #[test]
    fn threads_that_name_the_same_peers_agree_on_their_handles() {
        let table = PeerTable::growing(1000);
        let name_all = || (0..200).map(|number| table.intern(&id(number))).collect::<Vec<_>>();
        let handles = std::thread::scope(|scope| {
            let threads = [scope.spawn(name_all), scope.spawn(name_all)];
            threads.map(|thread| thread.join().expect("it does not panic"))
        });
        assert_eq!(handles[0], handles[1]);
        assert_eq!(table.len(), 200);
    }

    proptest! {
        #[test]
        fn a_handle_keeps_its_id_however_the_table_grows(
            ids in prop::collection::vec(any::<[u8; 32]>(), 1..700), again: prop::sample::Index,
        ) {
            let table = PeerTable::growing(1000);
            let handles: Vec<Peer> = ids.iter().map(|id| table.intern(&Id(*id)).expect("room")).collect();
            for (id, peer) in ids.iter().zip(&handles) {
                prop_assert_eq!(table.id(*peer), &Id(*id));
                prop_assert_eq!(table.find(&Id(*id)), Some(*peer));
            }
            let again = again.index(ids.len());
            prop_assert_eq!(table.intern(&Id(ids[again])), Ok(handles[again]));
        }
    }
}
