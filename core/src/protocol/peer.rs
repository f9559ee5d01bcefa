//! Who is who: handles within a process, ids on the network.

use std::fmt;

use super::signature::PublicKey;

/// A peer's handle: its place in the [`PeerTable`](super::PeerTable) that maps handles to ids and addresses. It means
/// nothing outside the process, and never travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Peer(pub u32);

impl Peer {
    /// Every handle is less than this: 2^26, 67,108,864.
    pub const LIMIT: u32 = 1 << 26;

    /// Position in a table with one entry a peer.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A peer's name on the network: its public key, which is also its place in the Kademlia key space.
///
/// An id that names its own key can be checked by everybody who hears it, with nothing else carried and nobody asked: a
/// chunk's signature, by the id of its recorder. Public keys spread as evenly over the key space as hashes of them do,
/// and a key near a given place costs as many tries.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(pub [u8; 32]);

impl Id {
    /// Bits of an id.
    pub const BITS: usize = 256;

    /// The id of whoever holds the secret key to this one.
    pub fn of(key: &PublicKey) -> Id {
        Id(key.0)
    }

    /// The key that its owner's signatures are checked with.
    pub fn public_key(&self) -> PublicKey {
        PublicKey(self.0)
    }

    /// The id that 64 hexadecimal digits spell.
    pub(super) fn from_hex(digits: &str) -> Option<Id> {
        let mut id = [0; 32];
        let all_digits = digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        for (number, byte) in id.iter_mut().enumerate().filter(|_| all_digits) {
            *byte = u8::from_str_radix(&digits[2 * number..2 * number + 2], 16).ok()?;
        }
        all_digits.then_some(Id(id))
    }

    /// The bit at `depth`, counted from the most significant one; false from 256 on.
    pub fn bit(&self, depth: usize) -> bool {
        self.0.get(depth / 8).is_some_and(|byte| byte >> (7 - depth % 8) & 1 == 1)
    }

    /// How many leading bits both share, 0..=256.
    pub fn shared_bits(&self, other: &Id) -> usize {
        let differs = self.0.iter().zip(&other.0).position(|(a, b)| a != b);
        differs.map_or(Id::BITS, |at| 8 * at + (self.0[at] ^ other.0[at]).leading_zeros() as usize)
    }

    /// Kademlia's distance: the exclusive or, as a number.
    #[must_use]
    pub fn distance(&self, other: &Id) -> Id {
        let mut distance = self.0;
        distance.iter_mut().zip(&other.0).for_each(|(byte, other)| *byte ^= other);
        Id(distance)
    }

    /// An id that shares exactly `bits` (at most 255) leading bits with this one; what follows is drawn.
    pub(super) fn beside(&self, bits: usize, mut draw: impl FnMut() -> u64) -> Id {
        let mut id = Id([0; 32]);
        id.0.chunks_exact_mut(8).for_each(|word| word.copy_from_slice(&draw().to_be_bytes()));
        let (whole, mask) = (bits / 8, !(0xFF_u8 >> (bits % 8)));
        id.0[..whole].copy_from_slice(&self.0[..whole]);
        id.0[whole] = self.0[whole] & mask | id.0[whole] & !mask;
        let at = 0x80 >> (bits % 8);
        id.0[whole] = id.0[whole] & !at | !self.0[whole] & at;
        id
    }

    /// The 64 most significant bits: their order is that of the ids.
    pub(super) fn prefix(&self) -> u64 {
        self.0.iter().take(8).fold(0, |prefix, &byte| prefix << 8 | u64::from(byte))
    }
}

/// Lower-case hex.
impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Id({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_beside_another_shares_as_many_bits_as_wanted() {
        let (id, mut state) = (Id([0xA5; 32]), 1);
        for bits in 0..256 {
            let other = id.beside(bits, || super::super::harness::next(&mut state));
            assert_eq!(id.shared_bits(&other), bits);
        }
    }

    #[test]
    fn ids_share_the_bits_before_the_first_that_differs() {
        let mut other = Id([0; 32]);
        assert_eq!(Id([0; 32]).shared_bits(&other), 256);
        other.0[1] = 0b0001_0000;
        assert_eq!(Id([0; 32]).shared_bits(&other), 11);
        assert!(other.bit(11));
        assert!(!other.bit(12));
        assert!(!other.bit(256));
        assert!(other.to_string().starts_with("0010000"));
    }
}
