use ed25519_dalek::{Signature as EdSignature, Signer, SigningKey, VerifyingKey};

use super::config::Signatures;
use super::peer::Peer;
use crate::units::Duration;

/// CPU time of one Ed25519 signature: 87,548 cycles (Bernstein, Duif, Lange, Schwabe, Yang: High-speed
/// high-security signatures, 2011) at 3 GHz.
pub const SIGN_TIME: Duration = Duration::from_nanos(29_183);

/// CPU time of one Ed25519 verification: 273,364 cycles (same source) at 3 GHz.
pub const VERIFY_TIME: Duration = Duration::from_nanos(91_121);

/// A public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey(pub [u8; 32]);

/// A signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature(pub [u8; 64]);

/// Everybody's keys. A node signs as itself only; anybody can verify.
///
/// Either implementation stands for [`SIGN_TIME`] of CPU time to sign and [`VERIFY_TIME`] to verify. The times are
/// stated, not simulated: a host computes in no time.
pub trait Keyring: Send + Sync {
    /// The public key of `peer`.
    fn public_key(&self, peer: Peer) -> PublicKey;

    /// `message` signed by `peer`.
    fn sign(&self, peer: Peer, message: &[u8]) -> Signature;

    /// Whether `signature` is that of `peer` on `message`.
    fn verify(&self, peer: Peer, message: &[u8], signature: &Signature) -> bool;
}

/// The keyring of a run: `count` peers, all keys derived from `seed`.
pub fn keyring(kind: Signatures, seed: [u8; 32], count: u32) -> Box<dyn Keyring> {
    match kind {
        Signatures::Modelled => Box::new(Modelled::new(seed)),
        Signatures::Real => Box::new(Ed25519::new(seed, count)),
    }
}

/// Ed25519 (RFC 8032). Secret keys are derived from the seed when they are used; public keys are kept, 32 B a peer.
pub struct Ed25519 {
    seed: [u8; 32],
    public: Box<[PublicKey]>,
}

impl Ed25519 {
    /// Keys for `count` peers. Takes tens of microseconds a peer.
    pub fn new(seed: [u8; 32], count: u32) -> Ed25519 {
        let public = (0..count)
            .map(|peer| PublicKey(secret_key(&seed, Peer(peer)).verifying_key().to_bytes()))
            .collect();
        Ed25519 { seed, public }
    }
}

impl Keyring for Ed25519 {
    fn public_key(&self, peer: Peer) -> PublicKey {
        self.public[peer.index()]
    }

    fn sign(&self, peer: Peer, message: &[u8]) -> Signature {
        Signature(secret_key(&self.seed, peer).sign(message).to_bytes())
    }

    fn verify(&self, peer: Peer, message: &[u8], signature: &Signature) -> bool {
        VerifyingKey::from_bytes(&self.public[peer.index()].0)
            .is_ok_and(|key| key.verify_strict(message, &EdSignature::from_bytes(&signature.0)).is_ok())
    }
}

fn secret_key(seed: &[u8; 32], peer: Peer) -> SigningKey {
    SigningKey::from_bytes(blake3::keyed_hash(seed, &purpose(b"secret", peer)).as_bytes())
}

/// A stand-in with the sizes of Ed25519: a signature is a BLAKE3 tag under a key of the run. The key never leaves
/// this type, so a signature can only come from [`Keyring::sign`]. Nothing is kept per peer.
pub struct Modelled {
    key: [u8; 32],
}

impl Modelled {
    /// The keyring of a run with this seed.
    pub fn new(seed: [u8; 32]) -> Modelled {
        Modelled { key: *blake3::keyed_hash(&seed, b"modelled signatures").as_bytes() }
    }
}

impl Keyring for Modelled {
    fn public_key(&self, peer: Peer) -> PublicKey {
        PublicKey(*blake3::keyed_hash(&self.key, &purpose(b"public", peer)).as_bytes())
    }

    fn sign(&self, peer: Peer, message: &[u8]) -> Signature {
        let mut tag = [0; 64];
        let mut hasher = blake3::Hasher::new_keyed(&self.key);
        hasher.update(&purpose(b"signed", peer)).update(message).finalize_xof().fill(&mut tag);
        Signature(tag)
    }

    fn verify(&self, peer: Peer, message: &[u8], signature: &Signature) -> bool {
        self.sign(peer, message) == *signature
    }
}

fn purpose(what: &[u8; 6], peer: Peer) -> [u8; 10] {
    let mut bytes = [0; 10];
    bytes[..6].copy_from_slice(what);
    bytes[6..].copy_from_slice(&peer.0.to_le_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_good_for_its_signer_and_its_message_alone() {
        for kind in [Signatures::Modelled, Signatures::Real] {
            let keys = keyring(kind, [3; 32], 2);
            let signature = keys.sign(Peer(0), b"chunk");
            assert!(keys.verify(Peer(0), b"chunk", &signature));
            assert!(!keys.verify(Peer(1), b"chunk", &signature));
            assert!(!keys.verify(Peer(0), b"chunks", &signature));
            let mut forged = signature;
            forged.0[63] ^= 1;
            assert!(!keys.verify(Peer(0), b"chunk", &forged));
        }
    }

    #[test]
    fn the_keys_of_a_run_come_from_its_seed() {
        for kind in [Signatures::Modelled, Signatures::Real] {
            let key = |seed| keyring(kind, [seed; 32], 1).public_key(Peer(0));
            assert_eq!(key(1), key(1));
            assert_ne!(key(1), key(2));
        }
    }
}
