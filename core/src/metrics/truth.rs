//! Ground truth: the outcomes about each peer, whatever was recorded of them.

use crate::protocol::{EventKind, Peer};

/// The ground truth: how many outcomes there were about each node, and how many of them good, whatever is recorded.
pub(super) struct Truth {
    counts: Vec<(u32, u32)>,
    /// Self-reports of each node: outcomes recorded, and good ones.
    own: Vec<(u32, u32)>,
}

impl Truth {
    pub(super) fn new(peers: u32) -> Truth {
        Truth { counts: vec![(0, 0); peers as usize], own: vec![(0, 0); peers as usize] }
    }

    pub(super) fn outcome(&mut self, subject: Peer, well: bool) {
        let (events, good) = &mut self.counts[subject.index()];
        *events += 1;
        *good += u32::from(well);
    }

    pub(super) fn events(&self, subject: Peer) -> u32 {
        self.counts[subject.index()].0
    }

    /// Share of good outcomes so far; `None` before the first.
    pub(super) fn share(&self, subject: Peer) -> Option<f64> {
        let (events, good) = self.counts[subject.index()];
        (events > 0).then(|| f64::from(good) / f64::from(events))
    }

    pub(super) fn self_report(&mut self, subject: Peer, kind: EventKind) {
        let (events, good) = &mut self.own[subject.index()];
        *events += 1;
        *good += u32::from(kind.is_positive());
    }

    /// Share of good outcomes among those that a node has recorded of itself.
    pub(super) fn self_reported(&self, subject: Peer) -> Option<f64> {
        let (events, good) = self.own[subject.index()];
        (events > 0).then(|| f64::from(good) / f64::from(events))
    }
}
