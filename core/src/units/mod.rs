//! Quantities as types: a constructed value cannot be wrong.
//!
//! Time is integer nanoseconds, so that no sum depends on rounding; every quantity reads from and
//! prints to the text form that scenario files use (`"40 ms"`, `"1 Mbit/s"`, `"64 KiB"`, `"80 /s"`).

mod fixed_hash;
mod quantity;
mod rate;
mod share;
mod size;
mod time;

pub(crate) use fixed_hash::{FixedHashMap, FixedHashSet};
pub use quantity::QuantityError;
pub use rate::{Bitrate, Frequency};
pub use share::Share;
pub use size::ByteSize;
pub use time::{Duration, Time};

/// A host: one machine with one access link. Events belong to hosts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostId(pub u32);

impl HostId {
    /// Position in a table with one entry a host.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A group of hosts, by its place among the groups of a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupId(pub u16);
