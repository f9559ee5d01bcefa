//! Broadcasts: how many hosts they reached, in how many hops, at what cost.

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
    /// The moment at which it began.
    moment: u64,
    /// When it had reached 90 % of them.
    pub to_90: Option<Duration>,
}

/// All broadcasts of a run.
pub(super) struct Broadcasts {
    pub records: Vec<BroadcastRecord>,
    /// Per origin, the index of each broadcast by its sequence number. Looked up for every copy, so not a tree.
    by_origin: Vec<Vec<u32>>,
    /// The last two online spans of each host, latest first: a broadcast lasts seconds, so older ones cannot matter.
    stays: Vec<[Stay; 2]>,
    /// When each host last came online or went offline: one that did neither since a broadcast began was online at its start.
    changed: Vec<u64>,
    /// Counts the moments at which a host came or left or a broadcast began, which the time does not tell apart.
    moment: u64,
}

/// From when until when a host was online, in moments.
#[derive(Clone, Copy, Debug)]
struct Stay {
    from: u64,
    to: u64,
}

impl Stay {
    const NONE: Stay = Stay { from: u64::MAX, to: u64::MAX };

    fn contains(&self, moment: u64) -> bool {
        self.from < moment && moment < self.to
    }
}

impl Broadcasts {
    pub(super) const BYTES_A_HOST: usize = size_of::<Vec<u32>>() + size_of::<[Stay; 2]>();
    pub(super) const BYTES_A_BROADCAST: usize = size_of::<BroadcastRecord>() + size_of::<u32>();

    pub(super) fn new(hosts: u32, peers: u32) -> Broadcasts {
        Broadcasts {
            records: Vec::new(),
            by_origin: vec![Vec::new(); peers as usize],
            stays: vec![[Stay::NONE; 2]; hosts as usize],
            changed: vec![0; hosts as usize],
            moment: 0,
        }
    }

    pub(super) fn presence(&mut self, host: HostId, online: bool) {
        self.moment += 1;
        self.changed[host.index()] = self.moment;
        let [last, before] = &mut self.stays[host.index()];
        if online {
            *before = std::mem::replace(last, Stay { from: self.moment, to: u64::MAX });
        } else {
            last.to = self.moment;
        }
    }

    pub(super) fn started(&mut self, now: Time, id: BroadcastId, copies: u32, online: u32) {
        let numbers = &mut self.by_origin[id.origin.0 as usize];
        numbers.resize((id.sequence as usize + 1).max(numbers.len()), u32::MAX);
        numbers[id.sequence as usize] = self.records.len() as u32;
        self.moment += 1;
        let mut record = BroadcastRecord {
            origin: id.origin,
            started: now,
            online,
            reached: 0,
            copies: u64::from(copies),
            hops: 0,
            moment: self.moment,
            to_90: None,
        };
        record.reach(now, 0);
        self.records.push(record);
    }

    /// The broadcast of this name.
    pub(super) fn find(&self, id: BroadcastId) -> Option<&BroadcastRecord> {
        self.records.get(place(&self.by_origin, id)?)
    }

    pub(super) fn forwarded(&mut self, id: BroadcastId, copies: u32) {
        if let Some(record) = place(&self.by_origin, id).and_then(|place| self.records.get_mut(place)) {
            record.copies += u64::from(copies);
        }
    }

    /// The first copy reached a host. Hosts that were offline at the start do not count towards coverage.
    pub(super) fn heard(&mut self, now: Time, id: BroadcastId, host: HostId, hops: u8) {
        let (stays, changed) = (&self.stays[host.index()], self.changed[host.index()]);
        let Some(record) = place(&self.by_origin, id).and_then(|place| self.records.get_mut(place)) else {
            return;
        };
        if changed < record.moment || stays.iter().any(|stay| stay.contains(record.moment)) {
            record.reach(now, hops);
        }
    }
}

fn place(by_origin: &[Vec<u32>], id: BroadcastId) -> Option<usize> {
    Some(*by_origin.get(id.origin.0 as usize)?.get(id.sequence as usize)? as usize)
}

impl BroadcastRecord {
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

    #[test]
    fn who_was_there_at_the_start_counts_although_it_was_away_since() {
        let mut broadcasts = Broadcasts::new(3, 3);
        let now = Time::ZERO;
        broadcasts.presence(HostId(0), true);
        broadcasts.presence(HostId(1), true);
        let id = BroadcastId { origin: Peer(0), sequence: 0 };
        broadcasts.started(now, id, 2, 2);
        // The second leaves and comes back; the third comes.
        broadcasts.presence(HostId(1), false);
        broadcasts.presence(HostId(1), true);
        broadcasts.presence(HostId(2), true);
        broadcasts.heard(now, id, HostId(2), 1);
        assert_eq!(broadcasts.records[0].coverage(), 0.5);
        broadcasts.heard(now, id, HostId(1), 1);
        assert_eq!(broadcasts.records[0].coverage(), 1.0);
    }
}
