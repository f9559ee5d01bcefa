use std::ops::{Index, IndexMut};
use std::sync::Arc;

use crate::engine::Partition;
use crate::units::HostId;

/// The hosts of one part of the world.
#[derive(Clone, Debug)]
pub(super) struct Residents {
    hosts: Arc<[HostId]>,
    seats: Seats,
}

/// The number of each host within its part; `None` when all hosts are in one.
type Seats = Option<Arc<[u32]>>;

impl Residents {
    /// All of so many hosts.
    pub fn all(hosts: u32) -> Residents {
        Residents { hosts: (0..hosts).map(HostId).collect(), seats: None }
    }

    /// The residents of each part, of so many hosts.
    pub fn of(partition: &Partition, hosts: u32) -> Vec<Residents> {
        if partition.parts() == 1 {
            return vec![Residents::all(hosts)];
        }
        let mut parts = vec![Vec::new(); partition.parts()];
        let seats = (0..hosts).map(HostId).map(|host| {
            let part: &mut Vec<HostId> = &mut parts[partition.of(host)];
            part.push(host);
            part.len() as u32 - 1
        });
        let seats: Arc<[u32]> = seats.collect();
        parts
            .into_iter()
            .map(|hosts| Residents { hosts: hosts.into(), seats: Some(Arc::clone(&seats)) })
            .collect()
    }

    /// Nobody: the part of the dealer.
    pub fn none() -> Residents {
        Residents { hosts: Arc::default(), seats: None }
    }

    pub fn hosts(&self) -> impl Iterator<Item = HostId> + '_ {
        self.hosts.iter().copied()
    }

    /// Something for each of them.
    pub fn each<T>(&self, make: impl FnMut(HostId) -> T) -> PerHost<T> {
        PerHost {
            hosts: Arc::clone(&self.hosts),
            seats: self.seats.clone(),
            items: self.hosts().map(make).collect(),
        }
    }
}

/// Something for each host of a part, found by the host.
#[derive(Debug)]
pub(super) struct PerHost<T> {
    hosts: Arc<[HostId]>,
    seats: Seats,
    items: Vec<T>,
}

impl<T> PerHost<T> {
    #[inline]
    fn seat(&self, host: HostId) -> usize {
        self.seats.as_ref().map_or(host.index(), |seats| seats[host.index()] as usize)
    }

    /// What a host of this part has; `None` for the dealer, which is none of the hosts.
    #[inline]
    pub fn get(&self, host: HostId) -> Option<&T> {
        let seat = match &self.seats {
            None => host.index(),
            Some(seats) => *seats.get(host.index())? as usize,
        };
        self.items.get(seat)
    }

    pub fn iter(&self) -> impl Iterator<Item = (HostId, &T)> {
        self.hosts.iter().copied().zip(&self.items)
    }
}

impl<T> Index<HostId> for PerHost<T> {
    type Output = T;

    #[inline]
    fn index(&self, host: HostId) -> &T {
        &self.items[self.seat(host)]
    }
}

impl<T> IndexMut<HostId> for PerHost<T> {
    #[inline]
    fn index_mut(&mut self, host: HostId) -> &mut T {
        let seat = self.seat(host);
        &mut self.items[seat]
    }
}
