//! Hosts that others cannot send to unasked: what they are behind, how pairs of them meet, and relays for those that cannot.
//!
//! A NAT is at the home's end of the access link: what it drops has taken the link's time. It lets in what comes over a mapping
//! that its host has made by sending something, and that was used of late; what else comes is dropped
//! ([`LossCause::Unreachable`](super::LossCause::Unreachable)).
//!
//! Where there are relays, everybody who is behind something keeps a port open to each of them, at no cost. Before a host sends a
//! first message to a peer that has to send first, it calls the peer by a relay; the peer answers straight away, which makes the
//! mapping, and the message goes (Ford et al., "Peer-to-Peer Communication Across Network Address Translators", 2005, section
//! 3.2; RFC 5128). What waits so was not given to its transport yet. A pair that cannot meet sends everything by a relay, which
//! takes each message whole and passes it on. The relay of a pair is one of all, also when it is offline: which ones are online
//! no other host knows.
//!
//! What hosts are behind, who relays, and the way of each pair never change: they are in `reach`. Here is what does:
//!
//! * `mappings`, of one host each; `calls` lets pairs meet, `relay` takes messages over both legs, by what is in `signal`

mod calls;
mod mappings;
mod relay;
mod signal;

pub(super) use mappings::Mappings;
pub(super) use signal::{Relayed, Signal, Timer};
