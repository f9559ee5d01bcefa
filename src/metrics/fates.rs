//! Messages by their fate. A fate is declared once: its metric, its column, and what charts call it follow from that.

/// Gives all fates to a macro: the field of the network's accounting, which is also the end of their names, which messages
/// are meant, and what charts call one of them, and several, and whether
/// fewer are better. Metrics, tables and charts make theirs of it.
macro_rules! for_each_fate {
    ($declare:ident) => {
        $declare! {
            delivered: "that passed the receiver's link while the receiver was online", "delivered", "delivered", Neither;
            lost: "lost on their path, too large for a datagram, without a connection since flights of its handshake were lost, or abandoned by a sender that went offline", "lost", "lost", Less;
            dropped_queue: "dropped at a full queue", "dropped by a full queue", "dropped by full queues", Less;
            to_offline: "to a host that was offline", "sent to an offline host", "sent to offline hosts", Less;
        }
    };
}

pub(crate) use for_each_fate;
