//! The trail of a run in its `timing.json`: for a replay to find out from when on something else happens.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::names::TIMING;
use crate::units::{Duration, Time};
use crate::world;

/// What a run had done by when, as `timing.json` has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trail {
    /// The first of its times, in nanoseconds, which are whole numbers.
    pub from_ns: u64,
    /// From each to the next.
    pub step_ns: u64,
    /// A hash of all events before each of them, eight hexadecimal digits each.
    pub hashes: String,
}

/// Where two runs part: something else happened between two times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parting {
    /// Before this nothing did; `None` if the trail begins later.
    pub from: Option<Time>,
    /// Before this something did; `None` if the trail ends earlier.
    pub until: Option<Time>,
}

/// Hexadecimal digits of a hash.
const DIGITS: usize = 8;

impl Trail {
    pub(super) fn of(trail: &world::Trail) -> Trail {
        Trail {
            from_ns: trail.from.as_nanos(),
            step_ns: trail.step.as_nanos(),
            hashes: trail.hashes.iter().fold(String::new(), |all, hash| all + &format!("{hash:0DIGITS$x}")),
        }
    }

    /// The trail in the `timing.json` of a folder, if it has one.
    pub fn read(folder: &Path) -> Option<Trail> {
        #[derive(Deserialize)]
        struct File {
            trail: Option<Trail>,
        }
        let file: File = serde_json::from_slice(&fs::read(folder.join(TIMING)).ok()?).ok()?;
        file.trail
    }

    /// Through which part of the run it leads.
    pub fn stretch(&self) -> (Time, Time) {
        (self.time(0), self.time(world::Trail::STEPS))
    }

    fn each(&self) -> impl Iterator<Item = &[u8]> {
        self.hashes.as_bytes().chunks(DIGITS)
    }

    fn time(&self, place: usize) -> Time {
        Time::from_nanos(self.from_ns) + Duration::from_nanos(self.step_ns.saturating_mul(place as u64))
    }

    /// Where this run parts from another one, which did not do the same. Nothing if their trails are of other times.
    pub fn parts_from(&self, other: &Trail) -> Option<Parting> {
        let shape = |trail: &Trail| (trail.from_ns, trail.step_ns, trail.hashes.len());
        // Of a run that was set up there is one at least; a file may hold anything.
        if shape(self) != shape(other) || self.hashes.len() < DIGITS {
            return None;
        }
        let mut pairs = self.each().zip(other.each());
        let first = pairs.position(|(this, that)| this != that);
        let last = self.hashes.len() / DIGITS - 1;
        Some(Parting {
            from: first.map_or(Some(last), |place| place.checked_sub(1)).map(|place| self.time(place)),
            until: first.map(|place| self.time(place)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_runs_part_where_their_hashes_begin_to_differ() {
        let trail = |hashes: &str| Trail { from_ns: 100, step_ns: 10, hashes: hashes.to_owned() };
        let base = trail("000000010000000200000003");
        let at = |nanos| Some(Time::from_nanos(nanos));
        for (other, from, until) in [
            ("f00000010000000200000003", None, at(100)),
            ("0000000100000002f0000003", at(110), at(120)),
            ("00000001f0000002f0000003", at(100), at(110)),
            ("000000010000000200000003", at(120), None),
        ] {
            assert_eq!(base.parts_from(&trail(other)), Some(Parting { from, until }), "{other}");
        }
        assert_eq!(base.parts_from(&Trail { from_ns: 99, ..base.clone() }), None);
        assert_eq!(base.parts_from(&trail("00000001")), None);
        for spoilt in ["", "123", "ä"] {
            assert_eq!(trail(spoilt).parts_from(&trail(spoilt)), None);
        }
    }
}
