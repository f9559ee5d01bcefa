//! What waits at overloaded links at the busiest moment, estimated before a run starts.

use super::config::{Group, Work, WorldConfig};
use super::demand::{Demand, Source, members};
use super::reach::Reach;
use super::stock::Stock;
use crate::network::{Access, Fifo, HostGroup, Transport};
use crate::random::{Purpose, Seed};
use crate::units::GroupId;

/// Bytes on the wire, about: of a query, the announcement of a chunk, and a chunk. An answer is chunks.
const QUERY: f64 = 100.0;
const ANNOUNCEMENT: f64 = 250.0;
pub(super) const CHUNK: f64 = 300.0;
/// Headers of a datagram.
const HEADERS: f64 = 28.0;
/// Links of a group that are looked at.
const LINKS: u64 = 64;

/// What passes one direction of the links of a group, a host.
#[derive(Clone, Copy, Debug, Default)]
struct Flow {
    /// Messages, and bytes, in the busiest second.
    messages: f64,
    bytes: f64,
    /// How many such seconds there are, of all that passes.
    seconds: f64,
}

impl Flow {
    fn add(&mut self, messages: f64, size: f64, seconds: f64) {
        self.messages += messages;
        self.bytes += messages * size;
        self.seconds = self.seconds.max(seconds);
    }
}

/// Messages that wait at links at the busiest moment because more comes than passes. At most so many: what is dropped is not
/// passed on, and brings no answers.
pub(super) fn waiting(config: &WorldConfig, reach: &Reach, stock: &Stock) -> f64 {
    let sources = Demand::by_source(config);
    let groups = config.groups.iter().enumerate();
    groups.map(|(place, group)| of_group(config, (place, group), &sources, reach, stock)).sum()
}

/// Of the datagrams of this source, the share that links carry.
pub(super) fn carried(config: &WorldConfig, source: Source, demand: &Demand) -> f64 {
    let Source::Workload(place) = source else { return 1.0 };
    let Some(messages) = messages(&config.workloads[place].work) else { return 1.0 };
    let end = |id: GroupId, up: bool| {
        let hosts = &config.groups[usize::from(id.0)].hosts;
        if hosts.transports().any(Transport::has_connections) {
            return 1.0;
        }
        let its = messages.iter().filter(|(from, to, _)| id == if up { *from } else { *to });
        let bytes: f64 = its.map(|(.., size)| size + HEADERS).sum();
        let offered = demand.rush / 2.0 / members(config, &[id]) * bytes;
        mean_of_links(hosts, |link| {
            let rate = if up { &link.up } else { &link.down }.rate().bits_per_second() / 8.0;
            (rate / offered.max(f64::MIN_POSITIVE)).min(1.0)
        })
    };
    let ends = messages.iter().map(|(from, to, _)| end(*from, true).min(end(*to, false)));
    ends.fold(1.0, f64::min)
}

/// The messages of bare traffic, half of which go each way: from whom, to whom, and how large they are. Those that nobody answers
/// count as two.
fn messages(work: &Work) -> Option<[(GroupId, GroupId, f64); 2]> {
    let Work::Traffic { from, to, size, response } = work else { return None };
    let there = (*from, *to, size.mean());
    Some([there, response.map_or(there, |size| (*to, *from, size.mean()))])
}

/// The mean over the links that hosts of a group have.
fn mean_of_links(hosts: &HostGroup, of: impl Fn(&Access) -> f64) -> f64 {
    let draw = |host| hosts.link.draw(&mut Seed(1).stream(Purpose::Link, host));
    (0..LINKS).map(|host| of(&draw(host))).sum::<f64>() / LINKS as f64
}

fn of_group(
    config: &WorldConfig,
    (place, group): (usize, &Group),
    sources: &[(Source, Demand)],
    reach: &Reach,
    stock: &Stock,
) -> f64 {
    let (mut up, mut down) = (Flow::default(), Flow::default());
    for (source, demand) in sources {
        let traffic = match source {
            Source::Workload(number) => messages(&config.workloads[*number].work),
            Source::Conduct(_) => None,
        };
        for (from, to, size) in traffic.into_iter().flatten() {
            let seconds = demand.datagrams / demand.rush.max(f64::MIN_POSITIVE);
            for (flow, end) in [(&mut up, from), (&mut down, to)] {
                if usize::from(end.0) == place {
                    flow.add(demand.rush / 2.0 / members(config, &[end]), size + HEADERS, seconds);
                }
            }
        }
        if config.baseline.is_none() && demand.busiest > 0.0 {
            broadcasts(config, (source, demand), [&mut up, &mut down], reach);
            if group.stores {
                answers(demand, &mut up, stock);
            }
        }
    }
    let waits = group.hosts.transports().any(Transport::has_connections);
    let of_host = |link: &Access| behind(&link.up, up, waits) + behind(&link.down, down, false);
    f64::from(group.hosts.count) * mean_of_links(&group.hosts, of_host)
}

/// Copies of broadcasts: each node sends as many as any other.
fn broadcasts(
    config: &WorldConfig,
    (source, demand): (&Source, &Demand),
    [up, down]: [&mut Flow; 2],
    reach: &Reach,
) {
    let all = demand.all_broadcasts();
    let payload = match source {
        Source::Workload(place) => match config.workloads[*place].work {
            Work::Broadcast { size, .. } => size.as_bytes() as f64,
            _ => 0.0,
        },
        Source::Conduct(_) => 0.0,
    };
    let bytes = demand.queries * QUERY + demand.chunks * ANNOUNCEMENT + demand.broadcasts * (QUERY + payload);
    let (rate, size, seconds) = (demand.busiest / reach.online, bytes / all, all / demand.busiest);
    up.add(rate * reach.copies, size, seconds);
    down.add(rate * reach.copies * reach.arriving, size, seconds);
}

/// What storage nodes answer queries with.
fn answers(demand: &Demand, up: &mut Flow, stock: &Stock) {
    let queries = demand.busiest * demand.queries / demand.all_broadcasts();
    let chunks = stock.chunks * stock.replicas / stock.holders.max(1.0);
    let rate = queries * stock.asked / stock.storers.max(1.0);
    up.add(rate, QUERY + CHUNK * chunks, demand.all_broadcasts() / demand.busiest);
}

/// Messages that this flow leaves waiting at a link: as many as its queue has room for, or, if they wait at their sender for
/// room, all that have not passed.
fn behind(link: &Fifo, flow: Flow, waits: bool) -> f64 {
    let excess = flow.bytes - link.rate().bits_per_second() / 8.0;
    if excess <= 0.0 || flow.messages <= 0.0 {
        return 0.0;
    }
    let bytes = excess * flow.seconds;
    let bytes = if waits { bytes } else { bytes.min(link.queue() as f64) };
    bytes * flow.messages / flow.bytes
}

#[cfg(test)]
mod tests {
    use super::super::harness::{every_second, group, world};
    use super::*;
    use crate::network::{LinkProfile, Transport};
    use crate::units::{Bitrate, ByteSize, Duration};
    use crate::world::Arrivals;

    /// A host sends 972 B, 1000 B on the wire, a hundred times a second to another.
    fn config(up: u64, transport: Transport) -> WorldConfig {
        let mut config = world(vec![group("a", 1), group("b", 1)]);
        config.protocol = None;
        let (up, queue) = (Bitrate::from_bits_per_second(up), ByteSize::from_bytes(50_000));
        config.groups[0].hosts.link = LinkProfile::Exact { up, down: Bitrate::UNLIMITED, queue };
        config.groups[0].hosts.transport = transport;
        let size = ByteSize::from_bytes(972).into();
        let work = Work::Traffic { from: GroupId(0), to: GroupId(1), size, response: None };
        let arrivals = Arrivals::Every(Duration::from_millis(10));
        config.workloads = vec![crate::world::Workload { arrivals, ..every_second("t", work) }];
        config
    }

    fn waits(config: &WorldConfig) -> f64 {
        let reach = Reach::of(config);
        waiting(config, &reach, &Stock::of(config, &reach))
    }

    #[test]
    fn at_most_a_queue_waits_at_an_overloaded_link_or_all_that_does_not_pass_where_senders_wait() {
        assert_eq!(waits(&config(1_000_000, Transport::Udp)), 0.0);
        assert_eq!(waits(&config(400_000, Transport::Udp)), 50.0);
        // Half of what comes in 60 s.
        let all = waits(&config(400_000, Transport::Quic));
        assert!((all - 3000.0).abs() < 3.0, "{all}");
    }

    #[test]
    fn an_overloaded_link_carries_a_part() {
        let share = |up: u64| {
            let config = config(up, Transport::Udp);
            let (source, demand) = Demand::by_source(&config)[0];
            carried(&config, source, &demand)
        };
        assert_eq!([share(1_000_000), share(400_000)], [1.0, 0.5]);
    }
}
