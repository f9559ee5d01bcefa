//! Who helps a pair of hosts, of all that help.

use crate::random::{index, mix};
use crate::units::HostId;

/// One of all, by the keys of both: the same in both directions, and shared out evenly among pairs.
pub(super) fn one_of(
    all: &[HostId],
    (a, b): (HostId, HostId),
    key: impl Fn(HostId) -> u64,
) -> Option<HostId> {
    if all.is_empty() {
        return None;
    }
    let bits = mix(mix(key(a)).wrapping_add(mix(key(b))));
    Some(all[index(bits, all.len() as u64) as usize])
}
