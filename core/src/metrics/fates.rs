//! Messages by their fate. A fate is declared once: its metric, its column, and what charts call it follow from that.

/// Gives all fates to a macro: the field of the network's accounting, which is also the end of their names, which messages
/// are meant, and what charts call one of them, and several, and whether
/// fewer are better. Metrics, tables and charts make theirs of it.
#[macro_export]
macro_rules! for_each_fate {
    ($declare:ident) => {
        $declare! {
            delivered: "that passed the receiver's link while the receiver was online", "delivered", "delivered", Neither;
            lost: "lost on their path or to a fault, too large for a datagram, without a connection, kept out by a NAT or the like, or abandoned by a sender that went offline", "lost", "lost", Less;
            dropped_queue: "dropped at a full queue", "dropped by a full queue", "dropped by full queues", Less;
            to_offline: "to a host that was offline", "sent to an offline host", "sent to offline hosts", Less;
        }
    };
}

/// Gives all causes of loss to a macro: the field of the network's accounting, which is also the end of their names, when
/// a scenario has metric and column, which messages are meant, and what notes say after "lost".
#[macro_export]
macro_rules! for_each_loss {
    ($declare:ident) => {
        $declare! {
            path: Always, "lost on their path, for good: over connections after all that was sent again; of a handshake, each flight that was lost; what a fault adds is not among them", "on their path";
            fault: FaultsLose, "lost because a fault kept them, or the handshake that they waited for, from passing; without it they would have passed", "to a fault";
            too_large: Always, "lost because they were larger than a UDP datagram can be: 65,507 B", "as too large for a datagram";
            no_connection: Always, "lost because no handshake was answered in time, although no flight of it found the receiver offline or was held back by a fault, or because the receiver had given up the connection", "without a connection";
            unreachable: BehindNat, "lost because the receiver's NAT did not let them in, or the receiver did not answer to a call, or the relay between was offline", "to NATs or absent relays";
            sender_left: Always, "lost because their sender was offline, or went offline before they had left its link", "as their sender went offline";
        }
    };
}

pub use {for_each_fate, for_each_loss};
