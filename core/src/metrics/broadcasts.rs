//! Broadcasts: how many hosts they reached, in how many hops, at what cost.

use super::host_set::{HostSet, ShrinkingSet};
use crate::protocol::{BroadcastId, Peer};
use crate::units::{Duration, HostId, Time};

/// One broadcast.
#[derive(Clone, Debug)]
pub(super) struct BroadcastRecord {
    pub origin: Peer,
    pub started: Time,
    /// Hosts online when it started, the origin included.
    pub online: u32,
    /// Those of them that it reached so far, the origin included.
    pub reached: u32,
    /// Copies sent.
    pub copies: u64,
    hops: u64,
    /// Those of them that it has not reached.
    unreached: ShrinkingSet,
    /// When it had reached 90 % of them.
    pub to_90: Option<Duration>,
}

/// All broadcasts of a run.
pub(super) struct Broadcasts {
    pub records: Vec<BroadcastRecord>,
    /// Per origin, the index of each broadcast by its sequence number. Looked up for every copy, so not a tree.
    by_origin: Vec<Vec<u32>>,
    /// Who is online.
    online: HostSet,
}

impl Broadcasts {
    pub(super) const BYTES_A_PEER: usize = size_of::<Vec<u32>>();
    pub(super) const BYTES_A_BROADCAST: usize = size_of::<BroadcastRecord>() + size_of::<u32>();

    pub(super) fn new(hosts: u32, peers: u32) -> Broadcasts {
        Broadcasts {
            records: Vec::new(),
            by_origin: vec![Vec::new(); peers as usize],
            online: HostSet::new(hosts),
        }
    }

    pub(super) fn presence(&mut self, host: HostId, online: bool) {
        if online {
            self.online.insert(host);
        } else {
            self.online.remove(host);
        }
    }

    /// A broadcast begins at a host, which is reached with that.
    pub(super) fn started(&mut self, now: Time, id: BroadcastId, host: HostId, copies: u32) {
        let numbers = &mut self.by_origin[id.origin.0 as usize];
        numbers.resize((id.sequence as usize + 1).max(numbers.len()), u32::MAX);
        numbers[id.sequence as usize] = self.records.len() as u32;
        let unreached = ShrinkingSet::without(&self.online, host);
        let mut record = BroadcastRecord {
            origin: id.origin,
            started: now,
            online: unreached.len() + 1,
            reached: 0,
            copies: u64::from(copies),
            hops: 0,
            unreached,
            to_90: None,
        };
        record.reach(now, 0);
        self.records.push(record);
    }

    /// The broadcast of this name.
    pub(super) fn find(&self, id: BroadcastId) -> Option<&BroadcastRecord> {
        self.records.get(place(&self.by_origin, id)?)
    }

    /// The same, to count what comes of it.
    #[inline(always)]
    pub(super) fn find_mut(&mut self, id: BroadcastId) -> Option<&mut BroadcastRecord> {
        self.records.get_mut(place(&self.by_origin, id)?)
    }

    /// So many copies were sent by whoever does not pass on a first copy.
    pub(super) fn forwarded(&mut self, id: BroadcastId, copies: u32) {
        if let Some(record) = self.find_mut(id) {
            record.forwarded(copies);
        }
    }
}

fn place(by_origin: &[Vec<u32>], id: BroadcastId) -> Option<usize> {
    Some(*by_origin.get(id.origin.0 as usize)?.get(id.sequence as usize)? as usize)
}

impl BroadcastRecord {
    /// So many copies were passed on.
    #[inline(always)]
    pub(super) fn forwarded(&mut self, copies: u32) {
        self.copies += u64::from(copies);
    }

    /// A copy reached a node of this host that did not know the broadcast, or had forgotten it. A host counts once, and one
    /// that was offline at the start does not count towards coverage.
    #[inline(always)]
    pub(super) fn heard(&mut self, now: Time, host: HostId, hops: u8) {
        if self.unreached.remove(host) {
            self.reach(now, hops);
        }
    }

    fn reach(&mut self, now: Time, hops: u8) {
        self.reached += 1;
        self.hops += u64::from(hops);
        if self.to_90.is_none() && u64::from(self.reached) * 10 >= u64::from(self.online) * 9 {
            self.to_90 = Some(now.since(self.started));
        }
    }

    pub(super) fn coverage(&self) -> f64 {
        f64::from(self.reached) / f64::from(self.online.max(1))
    }

    pub(super) fn messages_per_node(&self) -> f64 {
        self.copies as f64 / f64::from(self.online.max(1))
    }

    /// Mean hops from the source, over the hosts reached beside it.
    pub(super) fn hops_mean(&self) -> Option<f64> {
        (self.reached > 1).then(|| self.hops as f64 / f64::from(self.reached - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn there(hosts: u32) -> Broadcasts {
        let mut broadcasts = Broadcasts::new(hosts, hosts);
        (0..hosts).for_each(|host| broadcasts.presence(HostId(host), true));
        broadcasts
    }

    fn hears(broadcasts: &mut Broadcasts, now: Time, host: HostId, hops: u8) {
        broadcasts.find_mut(ID).expect("it has started").heard(now, host, hops);
    }

    const ID: BroadcastId = BroadcastId { origin: Peer(0), sequence: 0 };

    #[test]
    fn who_was_there_at_the_start_counts_although_it_was_away_since() {
        let (mut broadcasts, now) = (there(3), Time::ZERO);
        broadcasts.presence(HostId(2), false);
        broadcasts.started(now, ID, HostId(0), 2);
        // The second leaves and comes back, more than once; the third comes.
        for online in [false, true, false, true, false, true] {
            broadcasts.presence(HostId(1), online);
        }
        broadcasts.presence(HostId(2), true);
        hears(&mut broadcasts, now, HostId(2), 1);
        assert_eq!(broadcasts.records[0].coverage(), 0.5);
        hears(&mut broadcasts, now, HostId(1), 1);
        assert_eq!(broadcasts.records[0].coverage(), 1.0);
    }

    #[test]
    fn a_host_counts_once_however_often_it_hears_a_broadcast() {
        let mut broadcasts = there(4);
        let at = |second| Time::ZERO + Duration::from_secs(second);
        broadcasts.started(at(1), ID, HostId(0), 2);
        for second in 2..9 {
            hears(&mut broadcasts, at(second), HostId(1), 7);
            hears(&mut broadcasts, at(second), HostId(0), 7);
        }
        let record = &broadcasts.records[0];
        assert_eq!((record.coverage(), record.hops_mean(), record.to_90), (0.5, Some(7.0), None));
        hears(&mut broadcasts, at(9), HostId(2), 1);
        hears(&mut broadcasts, at(10), HostId(3), 1);
        let record = &broadcasts.records[0];
        assert_eq!((record.coverage(), record.to_90), (1.0, Some(Duration::from_secs(9))));
    }
}
