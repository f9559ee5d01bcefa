use crate::protocol::EventKind;
use crate::units::HostId;

/// The ground truth: how many recorded outcomes about each node there are, and how many of them were good.
pub(super) struct Truth {
    counts: Vec<(u32, u32)>,
    pub recorded: u64,
}

impl Truth {
    pub fn new(hosts: u32) -> Truth {
        Truth { counts: vec![(0, 0); hosts as usize], recorded: 0 }
    }

    pub fn record(&mut self, subject: HostId, kind: EventKind) {
        let (events, good) = &mut self.counts[subject.index()];
        *events += 1;
        *good += u32::from(kind.is_positive());
        self.recorded += 1;
    }

    pub fn events(&self, subject: HostId) -> u32 {
        self.counts[subject.index()].0
    }

    /// Share of good outcomes so far; `None` before the first.
    pub fn share(&self, subject: HostId) -> Option<f64> {
        let (events, good) = self.counts[subject.index()];
        (events > 0).then(|| f64::from(good) / f64::from(events))
    }
}
