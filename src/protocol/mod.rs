//! The iR³ Reputation protocol, sans-IO.

mod config;

pub use config::{
    Aggregation, Attribution, Chunking, ConfidenceRule, Config, Dissemination, Gate, LimiterConfig,
    SelfReports, Signatures, ValueModel,
};

/// A peer's handle: its place in the address book that maps handles to 256-bit ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Peer(pub u32);
