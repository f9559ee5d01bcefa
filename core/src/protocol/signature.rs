//! Keys and signatures: what a node signs with, and what everybody checks signatures with.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use ed25519_dalek::{Signature as EdSignature, Signer as _, SigningKey, VerifyingKey};

use super::config::Signatures;
use super::peer::Id;
use super::peer_table::{Given, MinedId, PeerTable};
use crate::units::Duration;

/// CPU time of one Ed25519 signature: 87,548 cycles (Bernstein, Duif, Lange, Schwabe, Yang: High-speed
/// high-security signatures, 2011) at 3 GHz.
pub const SIGN_TIME: Duration = Duration::from_nanos(29_183);

/// CPU time of one Ed25519 verification: 273,364 cycles (same source) at 3 GHz.
pub const VERIFY_TIME: Duration = Duration::from_nanos(91_121);

/// A public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PublicKey(pub [u8; 32]);

/// A signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature(pub [u8; 64]);

/// One node's own secret key. Stands for [`SIGN_TIME`] of CPU time a signature; the time is stated, not simulated: a host
/// computes in no time.
pub trait Signer: Send + Sync {
    /// The public key that belongs to it.
    fn public_key(&self) -> PublicKey;

    /// This node's signature on `message`.
    fn sign(&self, message: &[u8]) -> Signature;
}

/// Checks anybody's signatures, by nothing but the public key. Stands for [`VERIFY_TIME`] of CPU time a check, likewise
/// stated.
pub trait Verifier: Send + Sync {
    /// Whether the owner of `key` signed `message` so.
    fn verify(&self, key: &PublicKey, message: &[u8], signature: &Signature) -> bool;
}

/// An Ed25519 key pair (RFC 8032).
pub struct Ed25519 {
    secret: [u8; 32],
    public: PublicKey,
}

impl Ed25519 {
    /// The key pair of this secret: 32 bytes from a source of randomness that nobody else knows.
    pub fn new(secret: [u8; 32]) -> Ed25519 {
        let public = PublicKey(SigningKey::from_bytes(&secret).verifying_key().to_bytes());
        Ed25519 { secret, public }
    }
}

impl Signer for Ed25519 {
    fn public_key(&self) -> PublicKey {
        self.public
    }

    // The expanded key would take four times the memory, and a node signs one chunk in ten outcomes.
    fn sign(&self, message: &[u8]) -> Signature {
        Signature(SigningKey::from_bytes(&self.secret).sign(message).to_bytes())
    }
}

/// Shows the public half.
impl fmt::Debug for Ed25519 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Ed25519").field(&self.public).finish()
    }
}

/// Checks Ed25519 signatures, strictly: weak keys and signatures that could be spelt otherwise are refused.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ed25519Verifier;

impl Verifier for Ed25519Verifier {
    fn verify(&self, key: &PublicKey, message: &[u8], signature: &Signature) -> bool {
        VerifyingKey::from_bytes(&key.0)
            .is_ok_and(|key| key.verify_strict(message, &EdSignature::from_bytes(&signature.0)).is_ok())
    }
}

/// The keys of a simulated network, all derived from a seed: who makes its nodes hands each of them its own.
#[derive(Clone)]
pub struct KeyGenerator {
    seed: [u8; 32],
    /// The key of a run's modelled signatures; `None` with real ones.
    modelled: Option<Arc<[u8; 32]>>,
}

impl KeyGenerator {
    /// The keys that `seed` gives.
    pub fn new(kind: Signatures, seed: [u8; 32]) -> KeyGenerator {
        let modelled = match kind {
            Signatures::Modelled => {
                Some(Arc::new(*blake3::keyed_hash(&seed, b"modelled signatures").as_bytes()))
            }
            Signatures::Real => None,
        };
        KeyGenerator { seed, modelled }
    }

    /// The public key of a peer of the network. Takes tens of microseconds with real keys.
    pub fn public_key(&self, number: u32) -> PublicKey {
        match &self.modelled {
            Some(key) => modelled_public_key(key, number),
            None => self.ed25519(number).public,
        }
    }

    /// The key pair of a peer of the network.
    pub fn signer(&self, number: u32) -> Box<dyn Signer> {
        match &self.modelled {
            Some(key) => Box::new(Modelled { key: Arc::clone(key), number }),
            None => Box::new(self.ed25519(number)),
        }
    }

    /// What checks the signatures of the peers of a simulated table.
    ///
    /// A mined id belongs to a key that nobody has looked for: what its owner signs is checked with the key that the owner
    /// would have without it.
    pub(super) fn verifier(&self, peers: &PeerTable, mined: &[MinedId]) -> Box<dyn Verifier> {
        match &self.modelled {
            Some(key) => Box::new(ModelledVerifier { key: Arc::clone(key), peers: peers.given().clone() }),
            None if mined.is_empty() => Box::new(Ed25519Verifier),
            None => {
                let mined = mined.iter().map(|mined| mined.peer);
                let held = mined.map(|peer| (peers.id(peer).public_key(), self.public_key(peer.0)));
                Box::new(WithMinedKeys { held: held.collect() })
            }
        }
    }

    fn ed25519(&self, number: u32) -> Ed25519 {
        Ed25519::new(*blake3::keyed_hash(&self.seed, &purpose(b"secret", number)).as_bytes())
    }
}

/// A stand-in with the sizes of Ed25519: a signature is a BLAKE3 tag under a key of the run. The key never leaves this
/// file, so a signature can only come from [`Signer::sign`].
struct Modelled {
    key: Arc<[u8; 32]>,
    number: u32,
}

impl Signer for Modelled {
    fn public_key(&self) -> PublicKey {
        modelled_public_key(&self.key, self.number)
    }

    fn sign(&self, message: &[u8]) -> Signature {
        modelled_signature(&self.key, self.number, message)
    }
}

/// A tag is made with its signer's number, which cannot be computed from the public key: it has to be known.
struct ModelledVerifier {
    key: Arc<[u8; 32]>,
    peers: Given,
}

impl Verifier for ModelledVerifier {
    fn verify(&self, key: &PublicKey, message: &[u8], signature: &Signature) -> bool {
        let signer = self.peers.find(&Id::of(key));
        signer.is_some_and(|signer| modelled_signature(&self.key, signer.0, message) == *signature)
    }
}

fn modelled_public_key(key: &[u8; 32], number: u32) -> PublicKey {
    // Hashed twice: the ids of runs made so far are hashes of public keys.
    let hash = blake3::keyed_hash(key, &purpose(b"public", number));
    PublicKey(*blake3::hash(hash.as_bytes()).as_bytes())
}

fn modelled_signature(key: &[u8; 32], number: u32, message: &[u8]) -> Signature {
    let mut tag = [0; 64];
    let mut hasher = blake3::Hasher::new_keyed(key);
    hasher.update(&purpose(b"signed", number)).update(message).finalize_xof().fill(&mut tag);
    Signature(tag)
}

/// Ed25519 in a simulation with mined ids.
struct WithMinedKeys {
    /// By mined key, the one that its owner signs with.
    held: BTreeMap<PublicKey, PublicKey>,
}

impl Verifier for WithMinedKeys {
    fn verify(&self, key: &PublicKey, message: &[u8], signature: &Signature) -> bool {
        Ed25519Verifier.verify(self.held.get(key).unwrap_or(key), message, signature)
    }
}

fn purpose(what: &[u8; 6], number: u32) -> [u8; 10] {
    let mut bytes = [0; 10];
    bytes[..6].copy_from_slice(what);
    bytes[6..].copy_from_slice(&number.to_le_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::super::peer::Peer;
    use super::*;

    const KINDS: [Signatures; 2] = [Signatures::Modelled, Signatures::Real];

    #[test]
    fn a_signature_is_good_for_its_signer_and_its_message_alone() {
        for kind in KINDS {
            let keys = KeyGenerator::new(kind, [3; 32]);
            let verifier = keys.verifier(&PeerTable::simulated(&keys, 2), &[]);
            let signature = keys.signer(0).sign(b"chunk");
            let good = |number, message, signature: &Signature| {
                verifier.verify(&keys.public_key(number), message, signature)
            };
            assert!(good(0, b"chunk", &signature));
            assert!(!good(1, b"chunk", &signature));
            assert!(!good(0, b"chunks", &signature));
            for byte in 0..64 {
                let mut forged = signature;
                forged.0[byte] ^= 1;
                assert!(!good(0, b"chunk", &forged), "{byte}");
            }
        }
    }

    #[test]
    fn a_signer_and_its_network_agree_on_its_public_key() {
        for kind in KINDS {
            let keys = KeyGenerator::new(kind, [3; 32]);
            assert_eq!(keys.signer(7).public_key(), keys.public_key(7));
        }
    }

    #[test]
    fn the_keys_of_a_run_come_from_its_seed() {
        for kind in KINDS {
            let key = |seed| KeyGenerator::new(kind, [seed; 32]).public_key(0);
            assert_eq!(key(1), key(1));
            assert_ne!(key(1), key(2));
        }
    }

    #[test]
    fn what_the_owner_of_a_mined_id_signs_is_checked_with_the_key_that_it_holds() {
        for kind in KINDS {
            let keys = KeyGenerator::new(kind, [3; 32]);
            let mined = [MinedId { peer: Peer(0), near: Peer(2), bits: 20 }];
            let peers = PeerTable::simulated(&keys, 3).with_mined_ids(&mined);
            let verifier = keys.verifier(&peers, &mined);
            let good = |peer: Peer, signer| {
                let signature = keys.signer(signer).sign(b"chunk");
                verifier.verify(&peers.id(peer).public_key(), b"chunk", &signature)
            };
            assert_ne!(peers.id(Peer(0)).public_key(), keys.public_key(0));
            assert!(good(Peer(0), 0) && good(Peer(1), 1));
            assert!(!good(Peer(0), 1) && !good(Peer(1), 0));
        }
    }

    #[test]
    fn a_secret_key_is_not_shown() {
        assert!(!format!("{:?}", Ed25519::new([42; 32])).contains("42, 42"));
    }
}
