//! What a host's owner does with its nodes. Honest hosts use nothing from here: their nodes run the protocol as it
//! is. An adversary runs the very same logic, and an `Agent` stands between it and the world: it keeps an input from
//! the node, changes or withholds what the node says, gives commands of its own, or takes another name.
//!
//! * [`Conduct`], [`AdversaryKind`]: the catalogue, as a scenario names it; each adversary has its behaviour in a file below
//! * `behaviour`: what an agent can do; each kind replaces the decisions that are its own

mod agent;
mod behaviour;
mod kind;

pub(crate) use agent::Agent;
pub use behaviour::Deceit;
pub(crate) use behaviour::{Act, Outgoing, Scene};
pub use kind::{AdversaryKind, Conduct, Needs, Traits, is_spoofed};
