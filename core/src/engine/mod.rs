//! The discrete-event engine: a clock, a queue, a run loop and a fingerprint. It knows neither networks nor protocols.
//!
//! A user of the engine writes a [`Model`] with its own event type, schedules first events, and runs:
//!
//! ```
//! use std::ops::ControlFlow;
//!
//! # use ir3sim_core as ir3sim;
//! use ir3sim::engine::{Engine, Event, Model, Schedule, kinds};
//! use ir3sim::units::{Duration, HostId, Time};
//!
//! struct Ping(u32);
//! impl Event for Ping {
//!     kinds! { Ping(_) => "ping" }
//!     fn digest(&self) -> u64 { u64::from(self.0) }
//! }
//!
//! struct Pong { handled: u32 }
//! impl Model for Pong {
//!     type Event = Ping;
//!     fn handle(&mut self, now: Time, host: HostId, event: Ping, schedule: &mut Schedule<'_, Ping>) {
//!         self.handled += 1;
//!         let other = HostId(1 - host.0);
//!         schedule.at(now + Duration::from_millis(1), other, Ping(event.0 + 1));
//!     }
//! }
//!
//! let mut engine = Engine::new(2);
//! engine.schedule(HostId(0), Time::ZERO, HostId(0), Ping(0));
//! let mut model = Pong { handled: 0 };
//! engine.run(&mut model, Time::from_nanos(10_000_000), &mut |_| ControlFlow::Continue(())).unwrap();
//! assert_eq!(model.handled, 10);
//! ```

mod barrier;
mod error;
mod fingerprint;
mod hosts;
mod kind;
mod kinds;
mod ladder;
mod parallel;
mod partition;
mod queue;
mod run;
mod sort;
mod trail;
mod worker;

pub use error::EngineError;
pub use fingerprint::Fingerprint;
pub use hosts::{HostMap, LocalHosts};
pub use kind::Kind;
pub use kinds::{apart, kinds, place_of_kind};
pub use parallel::Parallel;
pub use partition::{MAX_PARTS, Partition};
pub use queue::{Queue, Scheduled, Stamp, Ticket};
pub use run::{Engine, Event, Model, Moment, Progress, Schedule};
pub use trail::Trail;
pub use worker::events_of_window;
