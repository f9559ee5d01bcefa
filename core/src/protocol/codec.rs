//! The building blocks of the binary encoding: bytes, LEB128 numbers, peers.

use std::net::SocketAddr;

use super::chunk::CHUNK_ENTRIES;
use super::peer::{Id, Peer};
use super::peer_table::PeerTable;

/// A BLAKE3 hash.
pub type Hash = [u8; 32];

/// Why bytes are not a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// A field, or an item that was announced, is cut off.
    #[error("the bytes end in the middle of a field")]
    Truncated,
    /// So many bytes are left over when the message is complete.
    #[error("{0} bytes follow the end of the message")]
    Trailing(usize),
    /// The first byte names a version of the encoding that this program does not speak.
    #[error("version {0} is not known; this is version {known}", known = super::wire::VERSION)]
    Version(u8),
    /// The second byte is not the code of any message.
    #[error("message kind {0} is not known")]
    Kind(u8),
    /// An entry of a series begins with a code that is neither an outcome's nor an audit entry's.
    #[error("entry kind {0} is not known")]
    Entry(u8),
    /// More than its field can hold, or LEB128 with padding, which would give one number two encodings.
    #[error("a number is too large, or is not in its shortest form")]
    Number,
    /// A count of items, and the most that its field allows.
    #[error("{0} items where at most {1} are allowed")]
    TooMany(u64, usize),
    /// Never from a table that grows.
    #[error("a peer is not in the peer table, which takes in no others")]
    UnknownPeer,
    /// Only from a table that grows, once it is full.
    #[error("peers are named that the peer table has no room for")]
    TableFull,
    /// A back-reference to a peer which was not named before it.
    #[error("a peer is named by place {0}, which is not in use")]
    PeerPlace(u64),
    /// It should have been a back-reference, so the encoding is not the shortest.
    #[error("a peer is spelt out though it was named before")]
    PeerRepeated,
    /// The byte that says YES or why NO.
    #[error("an answer is {0}, which is neither YES nor a reason for NO")]
    Reply(u8),
    /// What a YES says its chunks hold, in all.
    #[error("{0} entries are announced, and others come")]
    Total(u64),
    /// A byte that should be a Boolean.
    #[error("a flag is {0}, neither 0 nor 1")]
    Flag(u8),
    /// The payload of an opaque broadcast, which is nothing but its length.
    #[error("a payload is not all zeros")]
    Payload,
    /// Its port is 0, or its IP address stands for none or for many hosts; or it should have been written shorter.
    #[error("an address at which no single host can listen, or one in too long a form")]
    Address,
}

/// Appends `value` as LEB128.
pub(super) fn put_number(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Bytes of `value` as LEB128, 1..=10.
pub(super) fn number_len(value: u64) -> u32 {
    (64 - (value | 1).leading_zeros()).div_ceil(7)
}

/// A signed number as an unsigned one that is small when it is near zero.
pub(super) fn zigzag(value: i64) -> u64 {
    (value << 1 ^ value >> 63) as u64
}

/// The inverse of [`zigzag`].
pub(super) fn unzigzag(value: u64) -> i64 {
    (value >> 1) as i64 ^ -((value & 1) as i64)
}

/// Bytes to be read from the front.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
    peers: &'a PeerTable,
    names: Names,
    addresses: Vec<(Peer, SocketAddr)>,
}

/// What to do with an id that the peer table does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Names {
    Refuse,
    Intern,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8], peers: &'a PeerTable, names: Names) -> Reader<'a> {
        Reader { rest: bytes, peers, names, addresses: Vec::new() }
    }

    pub(super) fn peers(&self) -> &'a PeerTable {
        self.peers
    }

    /// An address that the table hears of when everything has been read.
    pub(super) fn note_address(&mut self, peer: Peer, address: SocketAddr) {
        self.addresses.push((peer, address));
    }

    /// Bytes not yet read.
    pub(super) fn left(&self) -> usize {
        self.rest.len()
    }

    pub(super) fn bytes(&mut self, count: usize) -> Result<&'a [u8], DecodeError> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(DecodeError::Truncated)?;
        self.rest = rest;
        Ok(taken)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let mut array = [0; N];
        array.copy_from_slice(self.bytes(N)?);
        Ok(array)
    }

    /// Takes the next byte if it is this one.
    pub(super) fn skip(&mut self, byte: u8) -> bool {
        let found = self.rest.first() == Some(&byte);
        self.rest = &self.rest[usize::from(found)..];
        found
    }

    pub(super) fn byte(&mut self) -> Result<u8, DecodeError> {
        Ok(self.array::<1>()?[0])
    }

    pub(super) fn flag(&mut self) -> Result<bool, DecodeError> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(DecodeError::Flag(other)),
        }
    }

    /// A LEB128 number in its shortest form.
    pub(super) fn number(&mut self) -> Result<u64, DecodeError> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if bits << shift >> shift != bits || (byte == 0 && shift > 0) {
                return Err(DecodeError::Number);
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(DecodeError::Number)
    }

    pub(super) fn small_number(&mut self) -> Result<u32, DecodeError> {
        u32::try_from(self.number()?).map_err(|_| DecodeError::Number)
    }

    /// How many items follow, at most `most`.
    pub(super) fn count(&mut self, most: usize) -> Result<usize, DecodeError> {
        let count = self.number()?;
        usize::try_from(count).ok().filter(|&count| count <= most).ok_or(DecodeError::TooMany(count, most))
    }

    pub(super) fn peer(&mut self) -> Result<Peer, DecodeError> {
        let id = Id(self.array()?);
        match self.names {
            Names::Refuse => self.peers.find(&id).ok_or(DecodeError::UnknownPeer),
            Names::Intern => self.peers.intern(&id).map_err(|_| DecodeError::TableFull),
        }
    }

    /// Nothing may follow. What was said about addresses counts from here on.
    pub(super) fn end(self) -> Result<(), DecodeError> {
        if !self.rest.is_empty() {
            return Err(DecodeError::Trailing(self.rest.len()));
        }
        self.addresses.into_iter().for_each(|(peer, address)| self.peers.hear_address(peer, address));
        Ok(())
    }
}

/// Peers already named in a piece of the encoding: each is spelt out once (0, then its id), and then named by its
/// place, counted from 1. The first place is that of the piece's author.
pub(super) struct Named {
    peers: [Peer; NAMED],
    count: usize,
}

/// A chunk's recorder, one peer in each of its entries, and one who has signed it.
const NAMED: usize = 2 * CHUNK_ENTRIES + 1;

impl Named {
    pub(super) fn by(author: Peer) -> Named {
        Named { peers: [author; NAMED], count: 1 }
    }

    pub(super) fn put(&mut self, peer: Peer, peers: &PeerTable, out: &mut Vec<u8>) {
        if let Some(place) = self.named().iter().position(|&named| named == peer) {
            put_number(out, place as u64 + 1);
        } else {
            out.push(0);
            out.extend_from_slice(&peers.id(peer).0);
            self.add(peer);
        }
    }

    pub(super) fn read(&mut self, reader: &mut Reader<'_>) -> Result<Peer, DecodeError> {
        let place = reader.number()?;
        if place > 0 {
            let named = usize::try_from(place - 1).ok().and_then(|place| self.named().get(place));
            return named.copied().ok_or(DecodeError::PeerPlace(place));
        }
        let peer = reader.peer()?;
        if self.named().contains(&peer) {
            return Err(DecodeError::PeerRepeated);
        }
        self.add(peer);
        Ok(peer)
    }

    fn named(&self) -> &[Peer] {
        &self.peers[..self.count]
    }

    fn add(&mut self, peer: Peer) {
        self.peers[self.count] = peer;
        self.count += 1;
    }
}

/// Mixes `value` into a digest; every bit of either moves every bit of the result.
#[inline]
pub(super) fn mix(digest: u64, value: u64) -> u64 {
    let mut mixed = (digest ^ value).wrapping_add(0x9e37_79b9_7f4a_7c15);
    for (shift, factor) in [(32, 0xd6e8_feb8_6659_fd93), (29, 0xa076_1d64_78bd_642f)] {
        mixed = (mixed ^ mixed >> shift).wrapping_mul(factor);
    }
    mixed ^ mixed >> 32
}

/// The first eight bytes of a hash as a number.
pub(super) fn head_of(hash: &[u8]) -> u64 {
    hash.iter().take(8).rev().fold(0, |number, &byte| number << 8 | u64::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_come_back(value: u64, signed: i64) {
            let table = PeerTable::growing(0);
            let mut bytes = Vec::new();
            put_number(&mut bytes, value);
            prop_assert_eq!(bytes.len() as u32, number_len(value));
            prop_assert_eq!(Reader::new(&bytes, &table, Names::Refuse).number(), Ok(value));
            prop_assert_eq!(unzigzag(zigzag(signed)), signed);
        }
    }

    #[test]
    fn a_number_has_one_spelling() {
        let table = PeerTable::growing(0);
        let read = |bytes: &[u8]| Reader::new(bytes, &table, Names::Refuse).number();
        assert_eq!(read(&[0x80, 0]), Err(DecodeError::Number));
        assert_eq!(read(&[0xff; 11]), Err(DecodeError::Number));
        assert_eq!(read(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]), Ok(u64::MAX));
        assert_eq!(
            read(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2]),
            Err(DecodeError::Number)
        );
        assert_eq!(read(&[0x80]), Err(DecodeError::Truncated));
        assert_eq!(read(&[]), Err(DecodeError::Truncated));
    }
}
