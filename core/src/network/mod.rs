//! The network: links, paths, transports, presence and faults. It carries bytes between hosts and never knows what they
//! mean.
//!
//! The way of a message: sender's transport → uplink (FIFO, bounded, drop tail) → path (latency of the pair of places,
//! jitter with a lower bound, loss) → receiver's downlink (FIFO, bounded) → receiver, if online.
//!
//! * Messages are cut through by packets: an idle path takes max(B/u + p/d, p/u + B/d) and the latency for B bytes on the
//!   wire, at rates u and d up and down; a packet p is 1500 B, or the message if that is smaller.
//! * Over UDP a full queue drops the message at either link. Over QUIC a message waits at its sender for room in the uplink's
//!   queue; packets that the path loses, or that the downlink's queue has no room for, are sent again after a probe timeout while
//!   the others pass, and a message is given up when it was sent again eight times running and nothing got through.
//! * Over TCP a message is a number of segments, which go as the window of the connection lets them, and are delivered in order;
//!   what is lost of them is sent again. `segments` takes a train of them along the way.
//! * A host that goes offline loses what waits at its links: what has not left it whole is lost ([`LossCause::SenderLeft`]),
//!   what has not passed its downlink has found it offline.
//! * A message's luck, whether it is lost and how late it comes, is drawn for what it is ([`Flow`](crate::random::Flow)), its
//!   sender and its receiver.
//!
//! * what never changes: [`Topology`] (hosts, places, faults to come), `config`, `paths`, `pairs`, `regions`, a `matrix` of a file, `jitter` as chosen or `measured`,
//!   `loss` and its `bursts`, `profile` (access links), `churn` (sessions and absences), their `lengths` and how these follow the day (`diurnal`) or a file (`trace`), what is to be expected of them (`outlook`), what is dealt out to hosts and pairs (`survey`), `faults` (a schedule that answers
//!   questions about a time; `recurrence` says when, `effect` what and to whom, `kinds` about which messages, `pace` what they let links do)
//! * links that messages share, where they do not pass one after another: `sharing`
//! * who can send to whom, and by whose help: `reach`; what hosts behind NATs do about it: `nat`
//! * what changes: [`Network`] (`simulation`), `host`, `fifo`, `downlink`, `meter`; `path` takes messages along their way, `duplicate` some of them twice, `presence`
//!   lets hosts come and go by their `session`s, `transport` has a state machine for each transport
//! * what it reports: [`Event`]s to the engine, [`Notice`]s to the model, [`Observation`]s to an [`Observer`], and the
//!   [`Fate`] of every message

mod bursts;
mod churn;
mod config;
mod diurnal;
mod downlink;
mod duplicate;
mod effect;
mod event;
mod fate;
mod fault;
mod faults;
mod fifo;
mod host;
mod jitter;
mod kinds;
mod lengths;
mod loss;
mod matrix;
mod measured;
mod meter;
mod nat;
mod observer;
mod outlook;
mod pace;
mod pairs;
mod path;
mod paths;
mod presence;
mod presets;
mod profile;
mod reach;
mod recurrence;
mod regions;
mod segments;
mod session;
mod sharing;
mod simulation;
mod survey;
mod topology;
mod trace;
mod transport;

pub use bursts::GilbertElliott;
pub use churn::{Absences, Availability, Churn, Presence, Start};
pub use config::MTU;
pub use config::{
    Exit, HostGroup, HostSet, Latency, LinkProfile, NetworkConfig, PathLoss, Placement, Region, Sharing,
    Transport, Variation, Way,
};
pub use diurnal::Diurnal;
use downlink::Downlink;
pub use event::{Event, Packet, Stage};
pub use fate::{Absence, Fate, LossAccounting, LossCause, MessageAccounting, Side};
// With whatever is a parameter of a kind of fault.
pub use fault::*;
pub use fifo::{Fifo, Full};
pub use kinds::{MessageKind, MessageKinds};
pub use lengths::{Extent, Lengths, Part};
pub use matrix::{Matrix, MatrixError};
use meter::Meter;
pub use observer::{Observation, Observer};
pub use outlook::Outlook;
pub use pairs::Pairs;
pub use paths::Place;
pub use presets::{PRESETS, Preset};
pub use profile::Access;
pub use profile::default_queue;
// Whatever it is that a host may be behind.
pub use reach::*;
pub use regions::REGION_NAMES;
use simulation::Frame;
pub use simulation::{Context, Delivery, Network, Notice, Payload};
pub use survey::{Stays, Ways};
pub use topology::Topology;
pub use trace::{Trace, TraceError};
pub use transport::Packets;
