//! Receipts: the other party's signature on an outcome, and how it is asked for.
//!
//! What a receipt shows: the two parties agree that they had to do with each other, and how it ended; each signature is good
//! for this one outcome of this one recorder. What it does not show: that anything was done. Two parties that want to can sign
//! for each other whatever they like, and who does not like an outcome can keep its signature back.

use super::Shared;
use super::codec::{DecodeError, Named, Reader, head_of, mix, number_len, put_number, unzigzag, zigzag};
use super::event::{Detail, Event, EventKind};
use super::peer::Peer;
use super::peer_table::PeerTable;
use super::signature::{Signature, Signer};
use crate::units::Time;

/// What is signed is this and a hash, so that the signature is good for nothing else.
const SIGNED_AS: &[u8; 16] = b"ir3 receipt v1  ";

const ID: u32 = 32;
const SIGNATURE: u32 = 64;

/// An outcome that its recorder wants the other party to sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Its number among those that the recorder wants signed: the answer names it.
    pub number: u32,
    /// When it was made, by the recorder's clock.
    pub at: Time,
    /// The outcome.
    pub event: Event,
}

/// The answer to a claim: a signature, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Countersigned {
    /// The claim's number.
    pub number: u32,
    /// On what [`Claim::signed_bytes`] gives; `None`: the sender remembers it otherwise.
    pub signature: Option<Signature>,
}

/// The other party's signature, as it stands in a chunk beside the outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Who has signed.
    pub by: Peer,
    /// When the claim was made.
    pub at: Time,
    /// On the claim.
    pub signature: Signature,
}

impl Claim {
    /// What the other party signs of a claim of `recorder`: all but its number.
    pub fn signed_bytes(&self, recorder: Peer, peers: &PeerTable) -> [u8; 48] {
        let mut content = Vec::with_capacity(112);
        content.extend_from_slice(&peers.id(recorder).0);
        self.encode(peers, &mut content);
        let mut bytes = [0; 48];
        bytes[..16].copy_from_slice(SIGNED_AS);
        bytes[16..].copy_from_slice(blake3::hash(&content).as_bytes());
        bytes
    }

    /// The signature of the other party on a claim of `recorder`.
    pub fn signed(&self, recorder: Peer, signer: &dyn Signer, peers: &PeerTable) -> Signature {
        signer.sign(&self.signed_bytes(recorder, peers))
    }

    /// Whether `by` signed it for `recorder`.
    pub fn is_signed(&self, recorder: Peer, by: Peer, signature: &Signature, shared: &Shared) -> bool {
        let key = shared.peers.id(by).public_key();
        shared.verifier.verify(&key, &self.signed_bytes(recorder, &shared.peers), signature)
    }

    pub(super) fn encode(&self, peers: &PeerTable, out: &mut Vec<u8>) {
        let Event { kind, subject, detail } = self.event;
        out.push(kind as u8);
        put_number(out, self.at.as_nanos());
        out.extend_from_slice(&peers.id(subject).0);
        put_number(out, detail.reference);
        put_number(out, zigzag(detail.magnitude.into()));
    }

    /// Bytes of the encoding, without the number.
    pub(super) fn encoded_len(&self) -> u32 {
        let Detail { reference, magnitude } = self.event.detail;
        1 + ID + number_len(self.at.as_nanos()) + number_len(reference) + number_len(zigzag(magnitude.into()))
    }

    pub(super) fn decode(reader: &mut Reader<'_>) -> Result<Claim, DecodeError> {
        let number = reader.small_number()?;
        let code = reader.byte()?;
        let &kind = EventKind::ALL.get(usize::from(code)).ok_or(DecodeError::Entry(code))?;
        let (at, subject, reference) = (reader.number()?, reader.peer()?, reader.number()?);
        let magnitude = i32::try_from(unzigzag(reader.number()?)).map_err(|_| DecodeError::Number)?;
        let event = Event { kind, subject, detail: Detail { reference, magnitude } };
        Ok(Claim { number, at: Time::from_nanos(at), event })
    }

    pub(super) fn digest(&self) -> u64 {
        let Event { kind, subject, detail } = self.event;
        let head = mix(u64::from(self.number) << 8 | kind as u64, self.at.as_nanos());
        mix(mix(head, u64::from(subject.0) << 32 | u64::from(detail.magnitude as u32)), detail.reference)
    }
}

impl Countersigned {
    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        put_number(out, self.number.into());
        out.push(self.signature.is_some().into());
        self.signature.iter().for_each(|signature| out.extend_from_slice(&signature.0));
    }

    pub(super) fn encoded_len(&self) -> u32 {
        number_len(self.number.into()) + 1 + self.signature.map_or(0, |_| SIGNATURE)
    }

    pub(super) fn decode(reader: &mut Reader<'_>) -> Result<Countersigned, DecodeError> {
        let number = reader.small_number()?;
        let signature = if reader.flag()? { Some(Signature(reader.array()?)) } else { None };
        Ok(Countersigned { number, signature })
    }

    pub(super) fn digest(&self) -> u64 {
        let signed = self.signature.map_or(0, |signature| head_of(&signature.0));
        mix(u64::from(self.number) << 1 | u64::from(self.signature.is_some()), signed)
    }
}

impl Receipt {
    /// Whether it is a signature on this outcome of `recorder`.
    pub fn verify(&self, recorder: Peer, event: Event, shared: &Shared) -> bool {
        Claim { number: 0, at: self.at, event }.is_signed(recorder, self.by, &self.signature, shared)
    }

    /// Whether who signed is the other party: the subject, unless that is who recorded it.
    pub fn is_of_other_party(&self, recorder: Peer, event: &Event) -> bool {
        self.by != recorder && (event.subject == recorder || event.subject == self.by)
    }

    pub(super) fn encode(&self, before: Time, named: &mut Named, peers: &PeerTable, out: &mut Vec<u8>) {
        named.put(self.by, peers, out);
        put_number(out, zigzag(self.at.as_nanos().wrapping_sub(before.as_nanos()) as i64));
        out.extend_from_slice(&self.signature.0);
    }

    pub(super) fn decode(
        before: Time,
        named: &mut Named,
        reader: &mut Reader<'_>,
    ) -> Result<Receipt, DecodeError> {
        let by = named.read(reader)?;
        let since = unzigzag(reader.number()?) as u64;
        let at = Time::from_nanos(before.as_nanos().wrapping_add(since));
        Ok(Receipt { by, at, signature: Signature(reader.array()?) })
    }
}
