//! Which hosts go to which thread: by place, so that messages between threads take long and windows are wide.

use std::fmt;

use super::config::WorldConfig;
use super::demand::Demand;
use crate::engine::{MAX_PARTS, Partition, events_of_window};
use crate::network::{Place, Topology};
use crate::units::{Duration, HostId};

/// How many threads a run uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Threads {
    /// On all cores if there is enough to do between two meetings of the threads; otherwise on one.
    #[default]
    Automatic,
    /// On this many, as far as hosts and places allow.
    Exactly(usize),
}

/// How many threads a run used, and why.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Split {
    /// Threads that work on hosts, at least one.
    pub threads: usize,
    /// What passes between hosts of two threads takes at least this long; zero on one thread.
    pub lookahead: Duration,
    /// What decided their number.
    pub reason: Reason,
}

/// Why a run has the threads that it has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reason {
    /// It was asked for.
    Asked,
    /// There are no more cores.
    Cores,
    /// There are no more hosts, or no more places with hosts.
    Places,
    /// A message can arrive at the moment at which it is sent.
    NoLookahead,
    /// Because of the number of events that are expected in a window.
    Events(f64),
}

/// With fewer events in a window, on average, threads would spend more time waiting for each other than working. Measured on
/// two cores: at 220 two threads are no faster than one, at 410 they make 1.3 ×, at 930 1.6 ×.
const WORTHWHILE: f64 = 400.0;
/// What a window costs beside its events, in events: what those three measurements have in common, when threads have equal
/// shares.
const WINDOW: f64 = 110.0;
/// What the first thread does beside its part, as a share of the work on all hosts: it shows an observer what all have seen.
/// Counted: a twentieth of the instructions that `overload` takes on two threads.
const SHOWING: f64 = 0.05;

/// Splits the hosts over as many threads as requested, or fewer.
pub(super) fn split(config: &WorldConfig, topology: &Topology, wish: Threads) -> (Partition, Split) {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    split_on(cores, config, topology, wish)
}

/// The same on a machine with this many cores.
fn split_on(cores: usize, config: &WorldConfig, topology: &Topology, wish: Threads) -> (Partition, Split) {
    let (wished, asked) = match wish {
        Threads::Automatic => (cores, false),
        Threads::Exactly(threads) => (threads.min(MAX_PARTS), true),
    };
    let one = |reason| {
        let partition = Partition::whole(topology.hosts()).with_source();
        (partition, Split { threads: 1, lookahead: Duration::ZERO, reason })
    };
    if wished <= 1 {
        return one(if asked { Reason::Asked } else { Reason::Cores });
    }
    let rate = events_per_second(config, topology.hosts());
    let load =
        Load { events_per_second: rate, showing: if config.protocol.is_some() { SHOWING } else { 0.0 } };
    let Parts { of, lookahead } = parts(topology, wished, load);
    let events = rate * lookahead.as_seconds();
    if lookahead.is_zero() {
        return one(Reason::NoLookahead);
    }
    if !asked && events < WORTHWHILE {
        return one(Reason::Events(events));
    }
    let Some(partition) = Partition::new(&of, lookahead) else { return one(Reason::NoLookahead) };
    let threads = partition.parts();
    let reason = match (threads < wished, asked) {
        (true, _) => Reason::Places,
        (false, true) => Reason::Asked,
        (false, false) => Reason::Events(events),
    };
    let lookahead = if threads > 1 { lookahead } else { Duration::ZERO };
    (partition.with_source(), Split { threads, lookahead, reason })
}

/// The part of each host, and the least latency between hosts of two parts.
struct Parts {
    of: Vec<u8>,
    lookahead: Duration,
}

/// What threads have to do.
#[derive(Clone, Copy)]
struct Load {
    /// Of simulated time.
    events_per_second: f64,
    /// What the first thread does beside its hosts, as a share of the work on all of them.
    showing: f64,
}

impl Load {
    /// How long an event takes on average, as a share of what it takes on one thread, when the part that has most to do has
    /// so much more than an even share, and no window is longer than the lookahead.
    fn time_of_event(self, parts: usize, unevenness: f64, lookahead: Duration) -> f64 {
        let events = self.events_per_second * lookahead.as_seconds();
        unevenness / parts as f64 + WINDOW / events.min(events_of_window(parts) as f64)
    }
}

/// Splits the hosts into parts; the first is the smaller by what its thread does beside.
fn parts(topology: &Topology, threads: usize, load: Load) -> Parts {
    let mut hosts_at = vec![0_u64; topology.places()];
    let hosts = || (0..topology.hosts()).map(HostId);
    hosts().for_each(|host| hosts_at[usize::from(topology.place(host).0)] += 1);
    let places: Vec<usize> = (0..hosts_at.len()).filter(|place| hosts_at[*place] > 0).collect();
    if let [only] = places[..] {
        let only = Place(only as u8);
        let threads = threads.min(topology.hosts() as usize);
        let of = even(&vec![1; topology.hosts() as usize], threads, load.showing).0;
        return Parts { of, lookahead: topology.least_latency(only, only) };
    }
    let sizes: Vec<u64> = places.iter().map(|place| hosts_at[*place]).collect();
    let least = |a: usize, b: usize| {
        let (a, b) = (Place(places[a] as u8), Place(places[b] as u8));
        topology.least_latency(a, b).min(topology.least_latency(b, a))
    };
    let (of_place, lookahead) = far_apart(&sizes, least, threads.min(places.len()), load);
    let mut part = vec![0; hosts_at.len()];
    places.iter().zip(of_place).for_each(|(place, of)| part[*place] = of);
    Parts { of: hosts().map(|host| part[usize::from(topology.place(host).0)]).collect(), lookahead }
}

/// Splits places of these sizes into `parts`, so evenly and so far from each other that the run takes the least time. The
/// places nearest to each other stay together: what is joined by the shortest edges of the least spanning tree (single
/// linkage). Returns the part of each, and the least distance between two.
fn far_apart(
    sizes: &[u64],
    least: impl Fn(usize, usize) -> Duration,
    parts: usize,
    load: Load,
) -> (Vec<u8>, Duration) {
    let edges = spanning_tree(sizes.len(), least);
    let mut cluster: Vec<usize> = (0..sizes.len()).collect();
    let mut splits = Vec::new();
    // The distance between clusters is the first edge that joins none: the fewer are joined, the shorter it is, and the more
    // evenly they can be dealt out.
    for joined in 0..=sizes.len() - parts {
        let mut together = vec![0; sizes.len()];
        cluster.iter().zip(sizes).for_each(|(cluster, more)| together[*cluster] += more);
        let (part, unevenness) = even(&together, parts, load.showing);
        let of = cluster.iter().map(|cluster| part[*cluster]).collect();
        let distance = edges.get(joined).map_or(Duration::ZERO, |edge| edge.0);
        splits.push((load.time_of_event(parts, unevenness, distance), of, distance));
        edges.get(joined).into_iter().for_each(|edge| join(&mut cluster, *edge));
    }
    // Of equals the farthest.
    let best = splits.into_iter().rev().min_by(|a, b| a.0.total_cmp(&b.0));
    best.map_or((vec![0; sizes.len()], Duration::ZERO), |(_, of, distance)| (of, distance))
}

/// The edges of a least spanning tree over all pairs, shortest first (Prim).
fn spanning_tree(count: usize, least: impl Fn(usize, usize) -> Duration) -> Vec<(Duration, usize, usize)> {
    let mut nearest: Vec<(Duration, usize)> = (0..count).map(|place| (least(0, place), 0)).collect();
    let mut outside: Vec<usize> = (1..count).collect();
    let mut edges = Vec::with_capacity(count);
    while let Some(at) = (0..outside.len()).min_by_key(|at| nearest[outside[*at]].0) {
        let place = outside.swap_remove(at);
        edges.push((nearest[place].0, nearest[place].1, place));
        for other in &outside {
            let distance = least(place, *other);
            if distance < nearest[*other].0 {
                nearest[*other] = (distance, place);
            }
        }
    }
    edges.sort_unstable();
    edges
}

/// Joins the clusters at both ends of an edge; each goes by its first member.
fn join(cluster: &mut [usize], (_, a, b): (Duration, usize, usize)) {
    let (kept, gone) = (cluster[a].min(cluster[b]), cluster[a].max(cluster[b]));
    cluster.iter_mut().filter(|cluster| **cluster == gone).for_each(|cluster| *cluster = kept);
}

/// Deals out what has these sizes, the largest first, each to the part that has least to do, and first of all one to each. The
/// first part has `showing` to do beside, as a share of all sizes. Returns the part of each, and how much the part that has
/// most to do has beyond an even share, as a factor.
fn even(sizes: &[u64], parts: usize, showing: f64) -> (Vec<u8>, f64) {
    let all = sizes.iter().sum::<u64>() as f64;
    let mut order: Vec<usize> = (0..sizes.len()).filter(|place| sizes[*place] > 0).collect();
    order.sort_by_key(|place| std::cmp::Reverse(sizes[*place]));
    // Whether it has any, and what it has to do.
    let mut full = vec![(false, 0.0); parts];
    full[0].1 = showing * all;
    let mut part = vec![0; sizes.len()];
    for place in order {
        let least =
            |a: &usize, b: &usize| full[*a].0.cmp(&full[*b].0).then(full[*a].1.total_cmp(&full[*b].1));
        let next = (0..parts).min_by(least).unwrap_or(0);
        full[next] = (true, full[next].1 + sizes[place] as f64);
        part[place] = next as u8;
    }
    let most = full.iter().map(|(_, work)| *work).fold(0.0, f64::max);
    (part, most * parts as f64 / (all * (1.0 + showing)))
}

/// Events a second that the workloads can be expected to cause, on average over the run: two a message.
fn events_per_second(config: &WorldConfig, hosts: u32) -> f64 {
    let demand = Demand::of(config);
    let redundancy = config.protocol.as_ref().map_or(1.0, |protocol| f64::from(protocol.redundancy));
    let copies = demand.all_broadcasts() * f64::from(hosts) * redundancy;
    2.0 * (copies + demand.datagrams) / config.duration.as_seconds()
}

impl fmt::Display for Split {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Split { threads, lookahead, reason } = *self;
        match reason {
            Reason::NoLookahead => {
                return f.write_str("1 thread: messages can arrive at once, so there is no lookahead");
            }
            Reason::Cores => return f.write_str("1 thread: there is one core"),
            Reason::Events(events) if threads == 1 => {
                return write!(
                    f,
                    "1 thread: too little parallel work (about {events:.0} events per time window)"
                );
            }
            _ => write!(f, "{threads} thread{}", if threads == 1 { "" } else { "s" })?,
        }
        if threads > 1 {
            write!(f, ", lookahead {:.3} ms", lookahead.as_seconds() * 1e3)?;
        }
        if reason == Reason::Places {
            f.write_str(": no more hosts or places to split")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::harness::{group, world};
    use super::super::population::topology;
    use super::*;
    use crate::random::Seed;

    #[test]
    fn a_run_has_one_thread_because_it_was_asked_for_or_because_there_is_one_core() {
        let config = world(vec![group("all", 4)]);
        let topology = topology(&config, Seed(1));
        let on = |cores, wish| split_on(cores, &config, &topology, wish).1;
        assert_eq!(on(1, Threads::Automatic).reason, Reason::Cores);
        assert_eq!(on(1, Threads::Automatic).to_string(), "1 thread: there is one core");
        assert_eq!(on(8, Threads::Exactly(1)).to_string(), "1 thread");
        assert_eq!(
            on(8, Threads::Automatic).to_string(),
            "1 thread: too little parallel work (about 0 events per time window)"
        );
        assert_eq!(on(1, Threads::Exactly(2)).to_string(), "2 threads, lookahead 40.000 ms");
    }

    const BUSY: Load = Load { events_per_second: 1e6, showing: 0.0 };

    /// Places on a line; the distance is how far apart they are, in ms.
    fn on_a_line(places: &[u64]) -> impl Fn(usize, usize) -> Duration + '_ {
        |a, b| Duration::from_millis(places[a].abs_diff(places[b]))
    }

    #[test]
    fn places_are_split_where_they_are_far_apart() {
        let line = [0, 3, 50, 52, 1, 51];
        let (of, distance) = far_apart(&[10; 6], on_a_line(&line), 2, BUSY);
        assert_eq!((of[0], of[2]), (of[1], of[3]));
        assert_ne!(of[0], of[2]);
        assert_eq!(distance, Duration::from_millis(47));
    }

    #[test]
    fn an_even_split_is_worth_a_shorter_distance() {
        let line = [0, 5, 100];
        let split = |load| far_apart(&[10, 10, 1], on_a_line(&line), 2, load);
        let (of, distance) = split(BUSY);
        assert_ne!(of[0], of[1]);
        assert_eq!(distance, Duration::from_millis(5));
        // Not where so few events are in a window that meeting takes most of the time.
        let (of, distance) = split(Load { events_per_second: 20_000.0, ..BUSY });
        assert_eq!(of[0], of[1]);
        assert_eq!(distance, Duration::from_millis(95));
    }

    #[test]
    fn no_two_parts_are_nearer_than_said() {
        let line = [7, 90, 13, 55, 21, 3, 78, 40, 66, 31];
        let sizes = [5, 3, 8, 2, 9, 4, 7, 1, 6, 5];
        for (parts, showing) in (2..=10).flat_map(|parts| [(parts, 0.0), (parts, 0.3)]) {
            let least = on_a_line(&line);
            let (of, distance) = far_apart(&sizes, &least, parts, Load { showing, ..BUSY });
            for (a, b) in (0..10).flat_map(|a| (0..a).map(move |b| (a, b))) {
                assert!(of[a] == of[b] || least(a, b) >= distance, "{parts} parts: {a} and {b}");
            }
            assert!((0..parts).all(|part| of.contains(&(part as u8))), "{parts} parts: {of:?}");
        }
    }

    #[test]
    fn the_first_thread_has_fewer_hosts_as_it_shows_what_all_have_seen() {
        let hosts = |sizes: &[u64], parts, showing| {
            let (of, unevenness) = even(sizes, parts, showing);
            let of_part =
                |part| sizes.iter().zip(&of).filter(|(_, of)| **of == part).map(|(size, _)| size).sum();
            ((0..parts as u8).map(of_part).collect::<Vec<u64>>(), unevenness)
        };
        assert_eq!(hosts(&[53, 47], 2, 0.0), (vec![53, 47], 1.06));
        let (of_two, unevenness) = hosts(&[53, 47], 2, 0.08);
        assert!(of_two == [47, 53] && (unevenness - 55.0 / 54.0).abs() < 1e-12, "{of_two:?} {unevenness}");
        assert_eq!(hosts(&[1; 100], 2, 0.08), (vec![46, 54], 1.0));
        assert_eq!(hosts(&[1; 100], 4, 0.08), (vec![19, 27, 27, 27], 1.0));
        // Nobody is without hosts.
        assert_eq!(hosts(&[1; 4], 4, 0.9).0, [1; 4]);
    }
}
