//! Messages by their fate. A fate is declared once: its metric, its column, and what charts call it follow from that.

/// What charts call messages of one fate.
pub(crate) struct Label {
    /// One such message is this.
    pub one: &'static str,
    /// And several are this.
    pub several: &'static str,
}

/// Gives all fates to a macro: the field of the network's accounting, which is also the end of their names, which messages
/// are meant, and what charts call one of them, and several. Metrics and tables make theirs of it.
macro_rules! for_each_fate {
    ($declare:ident) => {
        $declare! {
            delivered: "that passed the receiver's link while the receiver was online", "delivered", "delivered";
            lost: "lost on their path, or abandoned by a sender that went offline", "lost on the path", "lost on the path";
            dropped_queue: "dropped at a full queue", "dropped by a full queue", "dropped by full queues";
            to_offline: "to a host that was offline", "sent to an offline host", "sent to offline hosts";
        }
    };
}

pub(super) use for_each_fate;

macro_rules! labels {
    ($($fate:ident: $messages:literal, $one:literal, $several:literal;)+) => {
        /// Of each fate, in the order of columns: delivery comes first.
        pub(crate) const LABELS: &[Label] = &[$(Label { one: $one, several: $several }),+];
    };
}

for_each_fate!(labels);
