//! `[groups.NAME]`.

mod conduct;
mod idle;
mod lengths;
mod nat;
mod presence;

use crate::network::{Exit, HostGroup, LinkProfile, Nat, NatShares, Placement, Transport, default_queue};
use crate::protocol::VERIFY_TIME;
use crate::scenario::forms::{
    AfterEvents, ByGroup, Choice, Count, Flag, Form, Fraction, Mapped, Quantity, RegionName, RegionShares,
    Section, Stake, Tried, Unless, Words, maybe,
};
use crate::scenario::idle::Idle;
use crate::units::{Bitrate, ByteSize, Duration, Share};
use crate::world::{Cpu, Group, Skill, WorldConfig};

use super::time_point::time_point;
use conduct::conduct;
use nat::nat;
use presence::presence;

/// More hosts than this have no room in a run's tables: 2^26, of which one deals out the work.
pub(in crate::scenario) const MOST_HOSTS: u32 = (1 << 26) - 1;

/// `[groups.NAME]`.
pub(super) fn section() -> Section<Group> {
    let count = Count { least: 1, most: MOST_HOSTS };
    Section::new(draft())
        .required("count", count, |g| &mut g.hosts.count, "hosts in the group")
        .optional("region", region(), |g| &mut g.hosts.placement, "spread evenly over the places of the latency model", "where its hosts are; only with `network.latency = \"regions\"` or a `matrix`")
        .key("link", link(), |g| &mut g.hosts.link, "access link: a preset, or the same figures for every host; `residential` mixes the first four")
        .optional("nat", Unless { form: nat(), usual: NatShares::only(Nat::Public) }, |g| &mut g.hosts.reachability.nat, "`\"none\"`", "what translates the addresses of its hosts, so that others cannot send to them unasked: one kind for all, shares by which each host's is drawn, or `residential`, a mix as of homes")
        .optional("relays", Unless { form: Flag, usual: false }, |g| &mut g.hosts.reachability.relays, "false", "whether its hosts help those behind NATs: they relay between pairs that cannot meet, and let the others meet; only where a group has `nat`")
        .key("transport", transport(), |g| &mut g.hosts.transport, "the transport of messages that its hosts send")
        .optional("transport_to", ByGroup { form: transport(), what: "transport" }, |g| &mut g.hosts.transport_to, "`transport`", "the transports of messages that its hosts send to those of these groups instead")
        .optional("max_connections", maybe(Count { least: 1, most: MOST_HOSTS }), |g| &mut g.hosts.max_connections, "as many as it needs", "connections that each of its hosts keeps: for another one it closes the idle one that was not used for the longest time; only where a group has another `transport` than \"udp\", or `transport_to`")
        .key("presence", presence(), |g| &mut g.hosts.presence, "when its hosts are online")
        .key("joins", time_point(), |g| &mut g.hosts.joins, "its hosts are offline before this, and all come online then (those whose `presence` lets them); `protocol.join_over` spreads how fast their nodes join")
        .optional("departure", Unless { form: departure(), usual: Exit::Crash }, |g| &mut g.hosts.departure, "`\"crash\"`", "how its hosts leave when their sessions end: without a word, or closing their connections and sending what waits in their uplinks; only with a `presence` other than `always`")
        .optional("joins_over", Unless { form: Quantity::time(), usual: Duration::ZERO }, |g| &mut g.hosts.joins_over, "`\"0 s\"`", "its hosts come online one after another within this time from `joins` on, at a rate of its `count` in this time")
        .key("stores", Flag, |g| &mut g.stores, "whether its nodes store other nodes' chunks")
        .key("skill", skill(), |g| &mut g.skill, "a node's chance of a good outcome, constant or by the number of events about it so far; only where a `record` workload is about the group, or a `tasks` workload has it as candidates")
        .key("stake", Stake, |g| &mut g.stake, "in ETH, of each host; its identities share it. Only for candidates of a `tasks` workload")
        .optional("reputation", maybe(Fraction), |g| &mut g.reputation, "`protocol.newcomer`", "what everybody believes about its nodes from the start; only for candidates of a `tasks` workload with `ask` = false")
        .optional("cpu", maybe(cpu()), |g| &mut g.cpu, "messages are handled in no time", "how long the processor of each of its hosts takes for what is delivered: one message after another")
        .key("conduct", conduct(), |g| &mut g.conduct, "how its owners behave: `honest`, or a kind of adversary")
}

/// The keys of groups that have no effect in this world.
pub(super) fn idle(world: &WorldConfig) -> Vec<Idle> {
    let mut idle = nat::idle(world);
    idle.extend(idle::idle(world));
    idle
}

fn draft() -> Group {
    Group {
        hosts: HostGroup::new("", 1),
        stores: false,
        skill: Skill::Constant(Share::ONE),
        stake: 0.0,
        reputation: None,
        conduct: None,
        cpu: None,
    }
}

fn region() -> Choice<Placement> {
    let one = Mapped {
        form: RegionName,
        wrap: |region| Placement::Regions(vec![(region, Share::ONE)]),
        unwrap: |placement| match placement {
            Placement::Regions(shares) => match shares.as_slice() {
                [(region, share)] if *share == Share::ONE => Some(*region),
                _ => None,
            },
            Placement::Even => None,
        },
    };
    let shares = Mapped {
        form: RegionShares,
        wrap: Placement::Regions,
        unwrap: |placement| match placement {
            Placement::Regions(shares) => Some(shares.clone()),
            Placement::Even => None,
        },
    };
    Choice::new().plain(one).table(shares)
}

fn transport() -> Words<Transport> {
    Words { what: "transport", words: Transport::ALL.map(|transport| (transport.name(), transport)).to_vec() }
}

fn departure() -> Words<Exit> {
    let words = vec![("crash", Exit::Crash), ("graceful", Exit::Graceful)];
    Words { what: "departure", words }
}

fn skill() -> Choice<Skill> {
    let constant = Mapped {
        form: Fraction,
        wrap: Skill::Constant,
        unwrap: |skill| match skill {
            Skill::Constant(share) => Some(*share),
            Skill::AfterEvents(_) => None,
        },
    };
    let after_events = Mapped {
        form: AfterEvents,
        wrap: Skill::AfterEvents,
        unwrap: |skill| match skill {
            Skill::AfterEvents(steps) => Some(steps.clone()),
            Skill::Constant(_) => None,
        },
    };
    Choice::new().plain(constant).tagged("after_events", after_events)
}

fn cpu() -> impl Form<Value = Cpu> {
    let keys = Section::new(Cpu { message: Duration::ZERO, verification: VERIFY_TIME })
        .inline()
        .required("message", Quantity::time(), |cpu| &mut cpu.message, "time to handle a message, whatever it is")
        .optional("verification", Unless { form: Quantity::time(), usual: VERIFY_TIME }, |cpu| &mut cpu.verification, "`\"91121 ns\"`", "time to verify a signature, on top of that; by default that of Ed25519 on one core of 3 GHz (Bernstein et al. 2011)");
    Tried {
        form: keys,
        wrap: |cpu: Cpu| {
            if cpu.message.is_zero() && cpu.verification.is_zero() {
                return Err(("takes no time".to_owned(), "a time above 0 s for one of them".to_owned()));
            }
            Ok(cpu)
        },
        unwrap: |cpu| Some(*cpu),
    }
}

#[derive(Clone)]
struct LinkKeys {
    up: Bitrate,
    down: Bitrate,
    queue: Option<ByteSize>,
}

fn link() -> Choice<LinkProfile> {
    let presets = Words {
        what: "link profile",
        words: vec![
            ("fibre", LinkProfile::Fibre),
            ("cable", LinkProfile::Cable),
            ("dsl", LinkProfile::Dsl),
            ("mobile", LinkProfile::Mobile),
            ("datacentre", LinkProfile::Datacentre),
            ("residential", LinkProfile::Residential),
        ],
    };
    let keys = Section::new(LinkKeys { up: Bitrate::UNLIMITED, down: Bitrate::UNLIMITED, queue: None })
        .inline()
        .required("up", Quantity::bitrate(), |l| &mut l.up, "rate of the uplink")
        .required("down", Quantity::bitrate(), |l| &mut l.down, "rate of the downlink")
        .optional(
            "queue",
            maybe(Quantity::size()),
            |l| &mut l.queue,
            "what the slower of the two carries in 100 ms, at least 64 kB",
            "bytes that can wait at either end; what comes on top is dropped, or waits at its sender, except over `udp`",
        );
    let exact = Mapped {
        form: keys,
        wrap: |keys| LinkProfile::Exact {
            up: keys.up,
            down: keys.down,
            queue: keys.queue.unwrap_or_else(|| queue_of(keys.up, keys.down)),
        },
        unwrap: |link| match *link {
            LinkProfile::Exact { up, down, queue } => Some(LinkKeys { up, down, queue: Some(queue) }),
            _ => None,
        },
    };
    Choice::new().plain(presets).table(exact)
}

/// The network's default for the slower direction, at most the largest size that can be written.
fn queue_of(up: Bitrate, down: Bitrate) -> ByteSize {
    default_queue(up.min(down)).min(ByteSize::from_bytes(1 << 40))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_is_that_of_the_slower_direction_and_can_be_written() {
        let of = |up, down| queue_of(Bitrate::from_bits_per_second(up), Bitrate::from_bits_per_second(down));
        assert_eq!(of(1_000_000, 1_000_000_000).as_bytes(), 64_000);
        assert_eq!(of(10_000_000_000, 1_000_000_000).as_bytes(), 12_500_000);
        assert_eq!(of(1_000_000_000_000_000, 1_000_000_000_000_000).as_bytes(), 1 << 40);
    }
}
