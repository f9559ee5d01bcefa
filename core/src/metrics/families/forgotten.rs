//! What bounded memories of nodes forgot, by memory. What is open is never among it.

use crate::metrics::MetricUnit::Of;
use crate::metrics::declaration::{Definition::Once, metrics};
use crate::metrics::view::View;
use crate::metrics::when::When;
use crate::protocol::Memory;

metrics!(FORGOTTEN {
    "protocol.forgotten.broadcasts", Of("broadcasts"), Count, Less, Sum, Window, Happened, "counts.csv", "Broadcasts that nodes no longer knew they had received, more than `protocol.seen` later ones and `protocol.remember_for` after the first copy: another copy would be passed on again.", Once(When::NodesRun, |v| Some(forgotten(v, Memory::Broadcasts)));
    "protocol.forgotten.queries", Of("queries"), Count, Less, Sum, Window, Happened, "counts.csv", "Ended queries of which askers no longer knew who had answered, more than `protocol.remembered` later ones and `protocol.remember_for` after their end.", Once(When::NodesAsk, |v| Some(forgotten(v, Memory::Queries)));
    "protocol.forgotten.chunks", Of("chunks"), Count, Less, Sum, Window, Happened, "counts.csv", "Chunks with all their holders, or given up, of which recorders no longer knew who had answered, more than `protocol.remembered` later ones and `protocol.remember_for` after that.", Once(When::NodesRecord, |v| Some(forgotten(v, Memory::Chunks)));
    "protocol.forgotten.unplaced", Of("chunks"), Count, Less, Sum, Window, Happened, "counts.csv", "Chunks that recorders gave up with fewer than `protocol.replicas` holders, `protocol.push_window` after their last announcement.", Once(When::NodesRecord, |v| Some(forgotten(v, Memory::Unplaced)));
    "protocol.forgotten.repairs", Of("chunks"), Count, Less, Sum, Window, Happened, "counts.csv", "Chunks that recorders ceased to look after, for want of `protocol.repair_chunks`.", Once(When::NodesRecord, |v| Some(forgotten(v, Memory::Repairs)));
    "protocol.forgotten.spares", Of("nodes"), Count, Neither, Sum, Window, Happened, "counts.csv", "Nodes that made room for others among those that may replace a silent contact, `protocol.bucket_size` for each bucket.", Once(When::Learns, |v| Some(forgotten(v, Memory::Spares)));
    "protocol.forgotten.announcements", Of("announcements"), Count, Less, Sum, Window, Happened, "counts.csv", "Announcements of chunks that nodes no longer knew they had heard, more than `protocol.announcements` later ones and `protocol.remember_for` after them: their chunks are then taken for made up.", Once(When::AnnouncedOnly, |v| Some(forgotten(v, Memory::Announcements)));
});

fn forgotten(view: &View<'_>, memory: Memory) -> f64 {
    view.run.tally.within(view.window).forgotten[memory as usize] as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::find;

    #[test]
    fn every_bounded_memory_has_a_metric() {
        for (place, memory) in Memory::ALL.into_iter().enumerate() {
            assert_eq!(memory as usize, place);
            assert!(find(&format!("protocol.forgotten.{}", memory.name())).is_some(), "{}", memory.name());
        }
    }
}
