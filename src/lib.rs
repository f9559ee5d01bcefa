//! `ir3sim` runs the real logic of the iR³ Reputation protocol on a simulated network of thousands to a
//! million hosts, and puts the protocol's claims on trial.
//!
//! # The map
//!
//! ```text
//! scenario file ─► Scenario ─► World ─┐
//!                                     │      ┌──────── Observer (watches, never touches) ─► metrics ─► results ─► charts
//!           ┌── Engine: next event ◄──┘      │
//!           ▼                                │
//!    World: whose event? ─► that one host ───┤
//!           ▲                 │ app: protocol::Node::handle(now, input, outbox)
//!           │                 ▼
//!           └──── Network: uplink ─► path ─► downlink ◄── outputs (send, set timer)
//! ```
//!
//! # The rooms, and what each never does
//!
//! Those down to [`metrics`] are the package `ir3sim-core`, which can be built alone.
//!
//! * [`units`]: quantities as types. Never knows another room.
//! * [`random`]: draws keyed by purpose, host and what they are for. Never knows who draws.
//! * [`engine`]: clock, queue, run loop, threads, fingerprint. Never knows networks or protocols.
//! * [`network`]: topology, links, paths, transports, presence, faults. Never knows what the bytes mean.
//! * [`protocol`]: the iR³ logic, sans-IO; `examples/loopback.rs` runs it on UDP sockets. Never knows that it is simulated.
//! * [`conduct`]: adversaries around a node. Never changes the protocol's logic, and never sees networks.
//! * [`baseline`]: a coordinator and clients that block, to compare with. Never knows that it is simulated.
//! * [`world`]: a host is its network's half and the app that runs on it; workloads drive it. Never sees a file.
//! * [`metrics`]: observations become a record, and the record figures and tables, by one declaration each. Never touches
//!   what it watches.
//! * [`scenario`]: a file becomes a validated [`Scenario`](scenario::Scenario). Never runs anything.
//! * [`results`]: a run's folder, written whole or not at all. Never simulates.
//! * `batch`: replications on all cores, and their statistics (feature `cli`).
//! * `study`: a scenario at many points, each with many seeds: plans, the store of finished runs, tables,
//!   thresholds, attacks (feature `cli`).
//! * `charts`: drawings made from result files alone (feature `cli`).
//! * `cli`: the program, one file a subcommand (feature `cli`).
//!
//! # A run, as a library
//!
//! ```
//! use std::ops::ControlFlow;
//!
//! use ir3sim::world::RunOptions;
//! use ir3sim::{metrics, scenario};
//!
//! let text = r#"
//! name = "hello"
//! duration = "60 s"
//! [groups.homes]
//! count = 20
//! link = "residential"
//! [network]
//! latency = "world"
//! [workloads.shouts]
//! kind = "broadcast"
//! from = "homes"
//! size = "200 B"
//! arrivals = { every = "1 s" }
//! "#;
//! let scenario = scenario::parse("hello.toml", text, &[])?;
//! let control = &mut |_| ControlFlow::Continue(());
//! let options = RunOptions::default();
//! let (figures, _) = metrics::measure(&scenario.world, scenario.seed, &[], options, control)?;
//! assert_eq!(figures.metrics["broadcast.coverage_ratio"], Some(1.0));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Three laws
//!
//! 1. **An event belongs to one host.** Its handler changes that host and nothing else, and acts on others only by
//!    events that arrive later.
//! 2. **The order of events is in the events**: time, origin, the origin's own counter. Never insertion order.
//! 3. **A draw belongs to a purpose**: a function of (seed, purpose, host, what it is for). No result depends on the
//!    platform's floating-point library, a hash map's order, the wall clock, or the number of threads.

#[doc(inline)]
pub use ir3sim_core::{baseline, conduct, engine, metrics, network, protocol, random, units, world};

pub mod results;
pub mod scenario;

#[cfg(feature = "cli")]
pub mod batch;
#[cfg(feature = "cli")]
pub mod charts;
#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "cli")]
pub mod study;
