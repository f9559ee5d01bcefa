//! NETFLOOD's graphs, from the form in which they are kept.

/// An edge: both ends, and how many nanoseconds it takes.
pub(crate) type Edge = (u32, u32, u64);

/// A node as `u16`, and the latency of the edge to the next node as `u32`, in nanoseconds; both little-endian.
const RECORD: usize = 6;

/// The edges of a graph, in the order that the benchmark's specification gives them.
///
/// A graph is a number of closed tours of all nodes, one after another, so that an edge needs to name only the node it
/// starts from. The order matters: it is the order in which a node sends to its neighbours.
pub(crate) fn edges(graph: &[u8], nodes: usize) -> impl Iterator<Item = Edge> {
    graph.chunks_exact(nodes * RECORD).flat_map(|tour| {
        let stops = tour.chunks_exact(RECORD).map(stop);
        let next = stops.clone().cycle().skip(1);
        stops.zip(next).map(|((a, latency), (b, _))| (a, b, latency))
    })
}

fn stop(record: &[u8]) -> (u32, u64) {
    let (node, latency) = record.split_at(2);
    let node = u16::from_le_bytes(node.try_into().expect("two bytes"));
    let latency = u32::from_le_bytes(latency.try_into().expect("four bytes"));
    (node.into(), latency.into())
}
