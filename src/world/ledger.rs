use super::observation::Fate;

/// Counts messages by their fate. Kept beside the metrics, to check them and the world against each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    pub sent: u64,
    pub delivered: u64,
    pub lost: u64,
    pub dropped_queue: u64,
    pub to_offline: u64,
}

impl Ledger {
    pub(super) fn count(&mut self, fate: Fate) {
        match fate {
            Fate::Delivered => self.delivered += 1,
            Fate::Lost(_) => self.lost += 1,
            Fate::DroppedQueue(_) => self.dropped_queue += 1,
            Fate::ToOffline(_) => self.to_offline += 1,
        }
    }

    pub(super) fn add(&mut self, other: &Ledger) {
        self.sent += other.sent;
        self.delivered += other.delivered;
        self.lost += other.lost;
        self.dropped_queue += other.dropped_queue;
        self.to_offline += other.to_offline;
    }

    /// Messages that have not ended, by the books.
    pub fn under_way(&self) -> Option<u64> {
        self.sent.checked_sub(self.delivered + self.lost + self.dropped_queue + self.to_offline)
    }
}
