//! Broadcasts: whom they reached, in how many hops, at what cost.

use crate::protocol::BroadcastId;
use crate::units::{Duration, HostId, Time};

/// One broadcast.
#[derive(Clone, Debug)]
pub(super) struct BroadcastRecord {
    pub origin: HostId,
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
    /// Per origin, the place of its broadcasts by their number. Looked up at every copy, so no tree.
    by_origin: Vec<Vec<u32>>,
    /// Since which moment each host has been online; the last one of all while it is not.
    online_since: Vec<u64>,
    /// Counts the moments at which a host came or left or a broadcast began, which the time does not tell apart.
    moment: u64,
}

impl Broadcasts {
    pub fn new(hosts: u32) -> Broadcasts {
        Broadcasts {
            records: Vec::new(),
            by_origin: vec![Vec::new(); hosts as usize],
            online_since: vec![u64::MAX; hosts as usize],
            moment: 0,
        }
    }

    pub fn presence(&mut self, host: HostId, online: bool) {
        self.moment += 1;
        self.online_since[host.index()] = if online { self.moment } else { u64::MAX };
    }

    pub fn started(&mut self, now: Time, id: BroadcastId, copies: u32, online: u32) {
        let numbers = &mut self.by_origin[id.origin.0 as usize];
        numbers.resize((id.sequence as usize + 1).max(numbers.len()), u32::MAX);
        numbers[id.sequence as usize] = self.records.len() as u32;
        self.moment += 1;
        let mut record = BroadcastRecord {
            origin: HostId(id.origin.0),
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

    pub fn forwarded(&mut self, id: BroadcastId, copies: u32) {
        if let Some(record) = self.record(id) {
            record.copies += u64::from(copies);
        }
    }

    /// The first copy came to a host. Who was not there at the start does not count.
    pub fn heard(&mut self, now: Time, id: BroadcastId, host: HostId, hops: u8) {
        let since = self.online_since[host.index()];
        if let Some(record) = self.record(id) {
            if since < record.moment {
                record.reach(now, hops);
            }
        }
    }

    fn record(&mut self, id: BroadcastId) -> Option<&mut BroadcastRecord> {
        let place = *self.by_origin.get(id.origin.0 as usize)?.get(id.sequence as usize)?;
        self.records.get_mut(place as usize)
    }
}

impl BroadcastRecord {
    fn reach(&mut self, now: Time, hops: u8) {
        self.reached += 1;
        self.hops += u64::from(hops);
        if self.to_90.is_none() && u64::from(self.reached) * 10 >= u64::from(self.online) * 9 {
            self.to_90 = Some(now.since(self.started));
        }
    }

    pub fn coverage(&self) -> f64 {
        f64::from(self.reached) / f64::from(self.online.max(1))
    }

    pub fn messages_per_node(&self) -> f64 {
        self.copies as f64 / f64::from(self.online.max(1))
    }

    /// Mean hops from the source, over the hosts reached beside it.
    pub fn hops_mean(&self) -> Option<f64> {
        (self.reached > 1).then(|| self.hops as f64 / f64::from(self.reached - 1))
    }
}
