//! Receipts: the other party's signature on an outcome, and how it is asked for.
//!
//! What a receipt shows: the two parties agree that they have to do with each other, and, if it is the outcome that is signed, how it
//! ended; each signature is good for one outcome of one recorder. What it does not show: that anything was done. Two parties that
//! want to can sign for each other whatever they like, and who does not like an outcome can keep its signature back; of a deal it can
//! not know yet.

use super::Shared;
use super::codec::{DecodeError, Named, Reader, head_of, mix, number_len, put_number, unzigzag, zigzag};
use super::config::Signed;
use super::event::{Event, EventKind};
use super::peer::Peer;
use super::peer_table::PeerTable;
use super::signature::{Signature, Signer};
use crate::units::Time;

/// What is signed is this and a hash, so that the signature is good for nothing else.
const SIGNED_AS: &[u8; 16] = b"ir3 receipt v1  ";

const ID: u32 = 32;
const SIGNATURE: u32 = 64;

/// What a recorder wants the other party to sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Its number among those that the recorder wants signed: the answer names it.
    pub number: u32,
    /// When it was made, by the recorder's clock.
    pub at: Time,
    /// The node that the outcome is about, or will be.
    pub subject: Peer,
    /// What both parties call the interaction.
    pub reference: u64,
    /// How it has ended, and by how much; `None`: it is only to begin.
    pub outcome: Option<(EventKind, i32)>,
}

/// Stands for no outcome: the code of no event.
const NO_OUTCOME: u8 = 6;

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
    /// The claim that an outcome calls for.
    pub fn of(number: u32, at: Time, event: &Event, sign: Signed) -> Claim {
        let Event { kind, subject, detail } = *event;
        let outcome = match sign {
            Signed::Outcome => Some((kind, detail.magnitude)),
            Signed::Deal => None,
        };
        Claim { number, at, subject, reference: detail.reference, outcome }
    }

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
        out.push(self.outcome.map_or(NO_OUTCOME, |(kind, _)| kind as u8));
        put_number(out, self.at.as_nanos());
        out.extend_from_slice(&peers.id(self.subject).0);
        put_number(out, self.reference);
        self.outcome.iter().for_each(|(_, magnitude)| put_number(out, zigzag((*magnitude).into())));
    }

    /// Bytes of the encoding, without the number.
    pub(super) fn encoded_len(&self) -> u32 {
        let outcome = self.outcome.map_or(0, |(_, magnitude)| number_len(zigzag(magnitude.into())));
        1 + ID + number_len(self.at.as_nanos()) + number_len(self.reference) + outcome
    }

    pub(super) fn decode(reader: &mut Reader<'_>) -> Result<Claim, DecodeError> {
        let number = reader.small_number()?;
        let code = reader.byte()?;
        let kind = EventKind::ALL.get(usize::from(code)).copied();
        if kind.is_none() && code != NO_OUTCOME {
            return Err(DecodeError::Entry(code));
        }
        let (at, subject, reference) = (Time::from_nanos(reader.number()?), reader.peer()?, reader.number()?);
        let mut magnitude = || i32::try_from(unzigzag(reader.number()?)).map_err(|_| DecodeError::Number);
        let outcome = kind.map(|kind| magnitude().map(|magnitude| (kind, magnitude))).transpose()?;
        Ok(Claim { number, at, subject, reference, outcome })
    }

    pub(super) fn digest(&self) -> u64 {
        let (code, magnitude) = self.outcome.map_or((NO_OUTCOME, 0), |(kind, by)| (kind as u8, by));
        let head = mix(u64::from(self.number) << 8 | u64::from(code), self.at.as_nanos());
        mix(mix(head, u64::from(self.subject.0) << 32 | u64::from(magnitude as u32)), self.reference)
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
    /// Whether it is a signature on this outcome of `recorder`, or on the deal before it.
    pub fn verify(&self, recorder: Peer, event: &Event, shared: &Shared) -> bool {
        let sign = shared.config.receipts.unwrap_or_default().sign;
        Claim::of(0, self.at, event, sign).is_signed(recorder, self.by, &self.signature, shared)
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
