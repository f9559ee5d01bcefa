//! Latencies of single pairs of hosts.

use std::hint::black_box;

use crate::units::{Duration, HostId};

/// One-way latencies of single pairs of hosts: the edges of a graph that was measured or drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pairs {
    /// Where the entries of each host begin, and past them where those of the last end.
    starts: Vec<u32>,
    /// Ascending for each host.
    to: Vec<HostId>,
    latencies: Vec<Duration>,
    least: Option<Duration>,
}

/// Up to this many entries of a host are searched linearly.
const FEW: usize = 16;

impl Pairs {
    /// Latencies of (from, to), each in this direction alone. Of several for one pair the last counts. At most 2^32.
    pub fn new(entries: impl IntoIterator<Item = (HostId, HostId, Duration)>) -> Pairs {
        let mut entries: Vec<_> = entries.into_iter().collect();
        entries.reverse();
        entries.sort_by_key(|(from, to, _)| (*from, *to));
        entries.dedup_by_key(|(from, to, _)| (*from, *to));
        let hosts = entries.last().map_or(0, |(from, ..)| from.index() + 1);
        let start = |host| entries.partition_point(|(from, ..)| from.index() < host) as u32;
        Pairs {
            starts: (0..=hosts).map(start).collect(),
            least: entries.iter().map(|(.., latency)| *latency).min(),
            to: entries.iter().map(|(_, to, _)| *to).collect(),
            latencies: entries.into_iter().map(|(.., latency)| latency).collect(),
        }
    }

    /// The latency from one host to another, if the pair has one.
    #[inline]
    pub fn get(&self, from: HostId, to: HostId) -> Option<Duration> {
        let start = *self.starts.get(from.index())? as usize;
        let end = *self.starts.get(from.index() + 1)? as usize;
        let row = &self.to[start..end];
        let place = if row.len() <= FEW {
            // No branch depends on what is found.
            row.iter().map(|known| usize::from(*known < to)).sum()
        } else {
            row.partition_point(|known| *known < to)
        };
        (*row.get(place)? == to).then(|| self.latencies[start + place])
    }

    /// Brings what [`Pairs::get`] of this host needs into the cache.
    #[inline]
    pub fn prefetch(&self, from: HostId) {
        let Some(&start) = self.starts.get(from.index()) else { return };
        let end = self.starts.get(from.index() + 1).map_or(0, |end| *end as usize);
        black_box((self.to.get(start as usize).copied(), self.latencies.get(start as usize).copied()));
        black_box(self.latencies.get(end.wrapping_sub(1)).copied());
    }

    /// The least of all; `None` when there are none.
    pub fn least(&self) -> Option<Duration> {
        self.least
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_may_have_few_entries_or_many() {
        for count in [1, 16, 17, 100] {
            let nanos = |to: u32| Duration::from_nanos(u64::from(to));
            let pairs = Pairs::new((0..count).map(|i| (HostId(5), HostId(2 * i), nanos(2 * i))));
            for to in 0..2 * count + 2 {
                let known = to % 2 == 0 && to < 2 * count;
                assert_eq!(pairs.get(HostId(5), HostId(to)), known.then(|| nanos(to)));
            }
        }
    }

    #[test]
    fn a_pair_is_found_in_its_direction_and_the_last_entry_counts() {
        let entries = [(3, 1, 10), (0, 3, 20), (3, 0, 30), (3, 1, 40), (0, 2, 50)];
        let millis = Duration::from_millis;
        let pairs = Pairs::new(entries.map(|(from, to, ms)| (HostId(from), HostId(to), millis(ms))));
        let get = |from, to| pairs.get(HostId(from), HostId(to));
        assert_eq!([get(0, 2), get(0, 3)], [Some(millis(50)), Some(millis(20))]);
        assert_eq!([get(3, 0), get(3, 1)], [Some(millis(30)), Some(millis(40))]);
        for (from, to) in [(1, 3), (2, 0), (0, 1), (3, 3), (4, 0), (u32::MAX, 0)] {
            assert_eq!(get(from, to), None, "{from} {to}");
        }
        assert_eq!(pairs.least(), Some(millis(20)));
        assert_eq!(Pairs::new([]).least(), None);
    }
}
