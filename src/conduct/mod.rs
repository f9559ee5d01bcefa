//! What a host's owner does with its nodes. Honest hosts use nothing from here: their nodes run the protocol as it
//! is. An adversary runs the very same logic, and an `Agent` stands between it and the world: it keeps an input from
//! the node, changes or withholds what the node says, gives commands of its own, or takes another name.
//!
//! * [`Conduct`], [`AdversaryKind`]: the catalogue, as a scenario names it
//! * `behaviour`: what an agent can do; each kind replaces the decisions that are its own
//! * `holding`: free rider, withholder, forger, dropper, eclipse — what becomes of other nodes' chunks and broadcasts
//! * `racing`: racer — who becomes a holder
//! * `misrouting`: misrouter — whom lookups find
//! * `fabricating`: fabricator — answers with what was never announced
//! * `praising`: self-promoter, slanderer, colluding ring, sybil — what is recorded
//! * `omitting`: omitting recorder — what is not
//! * `forking`: equivocator — what is recorded twice
//! * `pretending`: whitewasher, on-off, long con — when work is done badly; repudiator — what becomes of it
//! * `flooding`: query flooder
//! * `spying`: spy — who asks about whom
//! * `spoofing`: origin spoofer — queries in another node's name

mod agent;
mod behaviour;
mod fabricating;
mod flooding;
mod forking;
mod holding;
mod kind;
mod misrouting;
mod omitting;
mod praising;
mod pretending;
mod racing;
mod spoofing;
mod spying;
#[cfg(test)]
mod tests;

pub(crate) use agent::Agent;
pub use behaviour::Deceit;
pub(crate) use behaviour::{Act, Outgoing, Scene};
pub use kind::{AdversaryKind, Conduct, Needs, Traits};
pub use spoofing::is_spoofed;
