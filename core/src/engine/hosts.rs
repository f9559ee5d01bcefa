//! The hosts of one part, and tables with an entry for each of them.

use std::ops::{Index, IndexMut};
use std::sync::Arc;

use super::Partition;
use crate::units::HostId;

/// The hosts that one part of a simulation has: those that its thread simulates.
#[derive(Clone, Debug)]
pub struct LocalHosts {
    hosts: Arc<[HostId]>,
    places: Places,
}

/// The position of each host within its part; `None` when all hosts are in one part, where it is the host's number.
type Places = Option<Arc<[u32]>>;

impl LocalHosts {
    /// All of `hosts` hosts.
    pub fn all(hosts: u32) -> LocalHosts {
        LocalHosts { hosts: (0..hosts).map(HostId).collect(), places: None }
    }

    /// The hosts of each part, out of `hosts` in all.
    pub fn of(partition: &Partition, hosts: u32) -> Vec<LocalHosts> {
        if partition.parts() == 1 {
            return vec![LocalHosts::all(hosts)];
        }
        let mut parts = vec![Vec::new(); partition.parts()];
        let places = (0..hosts).map(HostId).map(|host| {
            let part: &mut Vec<HostId> = &mut parts[partition.of(host)];
            part.push(host);
            part.len() as u32 - 1
        });
        let places: Arc<[u32]> = places.collect();
        parts
            .into_iter()
            .map(|hosts| LocalHosts { hosts: hosts.into(), places: Some(Arc::clone(&places)) })
            .collect()
    }

    /// No host: the part of a source.
    pub fn none() -> LocalHosts {
        LocalHosts { hosts: Arc::default(), places: None }
    }

    /// The hosts, in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = HostId> + '_ {
        self.hosts.iter().copied()
    }

    /// A table with what `make` gives for each.
    pub fn map<T>(&self, make: impl FnMut(HostId) -> T) -> HostMap<T> {
        HostMap {
            hosts: Arc::clone(&self.hosts),
            places: self.places.clone(),
            items: self.iter().map(make).collect(),
        }
    }
}

/// A table with an entry for each host of a part, indexed by [`HostId`].
#[derive(Debug)]
pub struct HostMap<T> {
    hosts: Arc<[HostId]>,
    places: Places,
    items: Vec<T>,
}

impl<T> HostMap<T> {
    /// The position of a host of this part. Another part's host has its position there, which says nothing here.
    #[inline(always)]
    fn place(&self, host: HostId) -> usize {
        let place = self.places.as_ref().map_or(host.index(), |places| places[host.index()] as usize);
        debug_assert_eq!(self.hosts.get(place), Some(&host), "a handler looks at a host of its own part");
        place
    }

    /// The entry of a host of this part; `None` for a source, which is beyond all hosts.
    #[inline]
    pub fn get(&self, host: HostId) -> Option<&T> {
        let place = match &self.places {
            None => host.index(),
            Some(places) => *places.get(host.index())? as usize,
        };
        self.items.get(place)
    }

    /// Hosts with their entries, ascending.
    pub fn iter(&self) -> impl Iterator<Item = (HostId, &T)> {
        self.hosts.iter().copied().zip(&self.items)
    }
}

impl<T> Index<HostId> for HostMap<T> {
    type Output = T;

    #[inline]
    fn index(&self, host: HostId) -> &T {
        &self.items[self.place(host)]
    }
}

impl<T> IndexMut<HostId> for HostMap<T> {
    #[inline(always)]
    fn index_mut(&mut self, host: HostId) -> &mut T {
        let place = self.place(host);
        &mut self.items[place]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Duration;

    #[test]
    fn each_host_is_in_the_table_of_its_part() {
        let partition = Partition::new(&[1, 0, 1, 0, 1], Duration::from_nanos(1)).expect("a lookahead");
        let parts = LocalHosts::of(&partition, 5);
        let maps: Vec<HostMap<u32>> = parts.iter().map(|part| part.map(|host| 10 * host.0)).collect();
        for host in (0..5).map(HostId) {
            assert_eq!(maps[partition.of(host)][host], 10 * host.0);
        }
        let all: Vec<u32> = maps[1].iter().map(|(host, _)| host.0).collect();
        assert_eq!(all, [0, 2, 4]);
        assert_eq!(maps[0].get(HostId(5)), None);
    }

    #[test]
    #[cfg(debug_assertions)]
    #[should_panic(expected = "a handler looks at a host of its own part")]
    fn a_host_of_another_part_is_not_mistaken_for_one_of_this() {
        let partition = Partition::new(&[0, 1, 0, 1], Duration::from_nanos(1)).expect("a lookahead");
        let map = LocalHosts::of(&partition, 4)[0].map(|host| host.0);
        assert_eq!(map[HostId(1)], 1);
    }
}
