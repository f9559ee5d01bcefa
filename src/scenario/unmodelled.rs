//! What no scenario can put into a run, and which way that bends its figures.

use super::Claim;

/// A part of reality that is not modelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unmodelled {
    /// What it is, in a few words.
    pub what: &'static str,
    /// What a run has in its place, in a sentence.
    pub instead: &'static str,
    /// Whom that favours.
    pub leans: Leaning,
    /// Why, in a sentence.
    pub why: &'static str,
    /// The claims whose figures depend on it most.
    pub bears_on: &'static [Claim],
}

/// How figures differ from those of a real network because of something that is not modelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Leaning {
    /// The protocol looks better than it is.
    Better,
    /// The protocol looks worse than it is.
    Worse,
    /// Either way, by what is looked at.
    Either,
}

impl Leaning {
    /// In words: how the protocol looks.
    pub fn name(self) -> &'static str {
        match self {
            Leaning::Better => "better than it is",
            Leaning::Worse => "worse than it is",
            Leaning::Either => "better or worse",
        }
    }
}

/// All that is known to be missing.
pub const UNMODELLED: &[Unmodelled] = &[
    Unmodelled {
        what: "Time to compute",
        instead: "Unless a group has `cpu`, its hosts handle messages and verify signatures in no time; they encode, sign and search in \
                  none in any case. On one core an Ed25519 signature takes about 30 µs, and \
                  verifying one about 90 µs.",
        leans: Leaning::Better,
        why: "Answers come sooner, and an overload costs its victims bandwidth alone.",
        bears_on: &[Claim::NaturalBackpressure, Claim::Adaptive, Claim::EfficientQueries, Claim::Fast],
    },
    Unmodelled {
        what: "Disks",
        instead: "Chunks are written and found in no time, and survive downtime unless `protocol.series.persist` says \
                  otherwise; there is room for all of them unless `protocol.store.capacity` is set.",
        leans: Leaning::Better,
        why: "Answers come sooner, and fewer chunks are lost.",
        bears_on: &[Claim::Reliable, Claim::Fast],
    },
    Unmodelled {
        what: "Congestion inside the network",
        instead: "Only access links have a rate and a queue, and they carry no other traffic.",
        leans: Leaning::Better,
        why: "Messages of other users, and of many hosts behind one bottleneck, would delay and drop more.",
        bears_on: &[Claim::NaturalBackpressure, Claim::FairByCapacity, Claim::Fast],
    },
    Unmodelled {
        what: "Congestion control over `udp`",
        instead: "What is sent over `udp` leaves as fast as the uplink takes it. Over all others senders have a window.",
        leans: Leaning::Either,
        why: "A large message arrives too soon; under overload, queues are fuller than those of senders that slow down.",
        bears_on: &[Claim::NaturalBackpressure, Claim::Adaptive, Claim::Fast],
    },
    Unmodelled {
        what: "Limits of connections",
        instead: "Receivers take all that comes (no flow control), servers answer at full length whoever calls (no limit against \
                  amplification), hosts have as many connections as they need unless `max_connections` says otherwise, and acknowledgements take no room on links.",
        leans: Leaning::Better,
        why: "Large messages to slow programs, answers of more than 3 kB beside a handshake, and hosts with many peers would be slower.",
        bears_on: &[Claim::Fast],
    },
    Unmodelled {
        what: "Probes of peers that are gone",
        instead: "Over `quic` a message that goes whole and finds its receiver offline is lost at once, and nothing is sent \
                  again; who is back takes what comes over connections that it has forgotten.",
        leans: Leaning::Better,
        why: "Senders would send some packets more until they close the connection, and lose what they send to who has just come back.",
        bears_on: &[Claim::EfficientQueries, Claim::Reliable],
    },
    Unmodelled {
        what: "Bursts of loss",
        instead: "Unless `network.loss` is `gilbert_elliott`, each packet is lost independently of all others, with one chance \
                  everywhere; bursts of `gilbert_elliott` hit each path by itself, and only a fault with `kind = \"loss\"` hits many \
                  at once.",
        leans: Leaning::Better,
        why: "Copies of a message that go different ways are seldom lost together, so that redundancy helps more.",
        bears_on: &[Claim::CensorshipResistant, Claim::Reliable, Claim::SilenceIsInformation],
    },
    Unmodelled {
        what: "Packets that come twice",
        instead: "No packet is doubled on its way, but by a fault with `kind = \"duplicate\"`, over `udp` alone and datagrams as a whole.",
        leans: Leaning::Better,
        why: "Copies take room on links, and a node that is told something twice has to know it.",
        bears_on: &[Claim::EfficientQueries],
    },
    Unmodelled {
        what: "Paths and links that change",
        instead: "Two hosts have one mean latency, about which each message varies independently, and a link has one rate; \
                  only faults with `kind = \"delay\"` make a path slower for a while, and those with `kind = \"slow\"` a link.",
        leans: Leaning::Better,
        why: "Spells of bad connectivity that no fault brings, as on mobile links, are missing from the slowest answers.",
        bears_on: &[Claim::Fast],
    },
    Unmodelled {
        what: "NATs and firewalls, unless asked for",
        instead: "Every host can send to every other, unless its group has `nat`.",
        leans: Leaning::Better,
        why: "Many homes cannot be reached unasked: they could neither hold chunks nor pass on broadcasts without relays.",
        bears_on: &[
            Claim::FairByCapacity,
            Claim::EfficientQueries,
            Claim::NoCentralBottleneck,
            Claim::CensorshipResistant,
            Claim::Reliable,
        ],
    },
    Unmodelled {
        what: "Details of NATs",
        instead: "Where a group has `nat`, a host's NAT is one of four kinds for good, alone before it and with room for every mapping; \
                  hosts know which pairs can meet, keep their ports open to all relays at no cost, a mapping serves all transports, and \
                  a pair's relay is one at random, which takes messages whole, passes on what comes over a connection however much waits \
                  in its uplink, and may let two of its messages change their order.",
        leans: Leaning::Either,
        why: "Attempts that are bound to fail, packets that keep ports open, chains of NATs, two hosts behind one and full tables \
              cost time and connections; forwarded ports (UPnP), guessed ones and relays nearby save some.",
        bears_on: &[Claim::FairByCapacity, Claim::CensorshipResistant, Claim::Reliable, Claim::Fast],
    },
    Unmodelled {
        what: "Partial failures",
        instead: "A host is online for all others or for none, but for faults with `kind = \"partition\"` or `\"cut\"`.",
        leans: Leaning::Better,
        why: "Hosts that are reached by some alone, and not by a fault of the scenario, are harder to tell from nodes without data.",
        bears_on: &[Claim::CensorshipResistant, Claim::Reliable, Claim::SilenceIsInformation],
    },
    Unmodelled {
        what: "Absences in common",
        instead: "But for faults with `kind = \"offline\"`, of all hosts or a `share`, the time of day and traces, hosts come and go \
                  independently of each other.",
        leans: Leaning::Better,
        why: "Holders in one region, or behind one provider, go offline together, and take all replicas along.",
        bears_on: &[Claim::Reliable],
    },
    Unmodelled {
        what: "Goodbyes",
        instead: "A host that leaves tells nobody, and what waits in its uplink is lost, unless its group has `departure = \"graceful\"`; even \
                  then nodes hand nothing over.",
        leans: Leaning::Worse,
        why: "Programs that are shut down in order send what is left, and tell their peers or hand over what they store.",
        bears_on: &[Claim::Reliable],
    },
    Unmodelled {
        what: "Upkeep of routing tables, unless asked for",
        instead: "Without `protocol.maintenance`, tables have converged, are rebuilt for nodes that come later, and cost no \
                  message.",
        leans: Leaning::Either,
        why: "Broadcasts cost fewer messages. Where hosts come and go it is the other way round: nobody replaces contacts that are \
              away, and broadcasts reach fewer nodes.",
        bears_on: &[Claim::EfficientQueries, Claim::CensorshipResistant, Claim::Reliable],
    },
    Unmodelled {
        what: "Popularity",
        instead: "Who asks, and about whom, is drawn evenly within groups.",
        leans: Leaning::Better,
        why: "Holders of what everybody asks about would carry far more than the others.",
        bears_on: &[Claim::NaturalBackpressure, Claim::FairByCapacity, Claim::NoCentralBottleneck],
    },
    Unmodelled {
        what: "Users who react",
        instead: "Work arrives at rates that are set beforehand; nobody asks again, or gives up, since an answer is late.",
        leans: Leaning::Either,
        why: "Those who ask again prolong an overload, and those who give up end it.",
        bears_on: &[Claim::NaturalBackpressure, Claim::Adaptive, Claim::Fast],
    },
    Unmodelled {
        what: "Attackers who learn",
        instead: "An attacker has one conduct of a fixed catalogue and follows it, whatever comes of it.",
        leans: Leaning::Better,
        why: "What withstands these attacks need not withstand those that combine or adapt them.",
        bears_on: &[
            Claim::Privacy,
            Claim::CensorshipResistant,
            Claim::AuditTrail,
            Claim::ReputationDominates,
            Claim::CannotBeBought,
            Claim::NaturalConsequences,
            Claim::ConfidenceIsCalibrated,
        ],
    },
    Unmodelled {
        what: "The price of identities",
        instead: "A new identity costs nothing, and neither does the search for keys whose ids lie close to a victim's.",
        leans: Leaning::Worse,
        why: "Attacks are cheaper than where somebody has to pay for them: `conduct.*` counts what they take.",
        bears_on: &[Claim::CensorshipResistant, Claim::CannotBeBought, Claim::NaturalConsequences],
    },
    Unmodelled {
        what: "Markets",
        instead: "Stakes are neither earned nor lost, nobody sets a price, and no provider comes or goes for what is paid.",
        leans: Leaning::Either,
        why: "Earnings could buy stake, and poor earnings could drive the dishonest away, or the honest.",
        bears_on: &[Claim::ReputationDominates, Claim::CannotBeBought, Claim::NaturalConsequences],
    },
    Unmodelled {
        what: "Disagreement about outcomes",
        instead: "Work turns out well or badly, and everybody honest sees which.",
        leans: Leaning::Better,
        why: "Honest errors and disputes would blur reputations.",
        bears_on: &[Claim::AuditTrail, Claim::NaturalConsequences, Claim::ConfidenceIsCalibrated],
    },
    Unmodelled {
        what: "Eavesdroppers",
        instead: "Only what nodes are sent counts as known; nobody watches links.",
        leans: Leaning::Better,
        why: "Over `udp` whoever carries a message can read it.",
        bears_on: &[Claim::Privacy],
    },
    Unmodelled {
        what: "Clocks that differ",
        instead: "All nodes have the same exact time, unless a fault with `kind = \"clock\"` puts it off, and timers fire when they are \
                  due. Only `protocol.recency` compares a node's clock with the time stamps of others.",
        leans: Leaning::Better,
        why: "Clocks also run fast or slow, by up to 500 ppm where NTP still corrects them (RFC 5905): of a window of 10 s these are 5 ms.",
        bears_on: &[Claim::NeverBlocks, Claim::Fast],
    },
    Unmodelled {
        what: "Faulty and outdated programs",
        instead: "All honest nodes run the same program, and never crash.",
        leans: Leaning::Better,
        why: "In real networks versions differ, and errors strike many nodes at once.",
        bears_on: &[Claim::Reliable, Claim::AuditTrail],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_is_said_in_sentences_and_bears_on_some_claim() {
        for entry in UNMODELLED {
            for sentence in [entry.instead, entry.why] {
                assert!(sentence.ends_with('.') && !sentence.contains(['|', '\n']), "{sentence}");
            }
            assert!(!entry.bears_on.is_empty(), "{}", entry.what);
            assert!(entry.bears_on.is_sorted(), "{}: in the order of the claims", entry.what);
            assert_eq!(UNMODELLED.iter().filter(|other| other.what == entry.what).count(), 1);
        }
    }

    #[test]
    fn the_times_to_compute_are_those_that_the_protocol_states() {
        use crate::protocol::{SIGN_TIME, VERIFY_TIME};
        let entry = UNMODELLED.iter().find(|entry| entry.what == "Time to compute").expect("it is listed");
        for time in [SIGN_TIME, VERIFY_TIME] {
            let tens = (time.as_seconds() * 1e5).round() as u32 * 10;
            assert!(entry.instead.contains(&format!("about {tens} µs")), "{tens}");
        }
    }
}
