//! The protocol in whole worlds: each reading of the seed, the limiters, the economy, and what adversaries win.

#[expect(dead_code, reason = "the tests of the models use the rest")]
#[path = "models/build.rs"]
mod build;

#[path = "protocol/adversaries.rs"]
mod adversaries;
#[path = "protocol/economy.rs"]
mod economy;
#[path = "protocol/limiters.rs"]
mod limiters;
#[path = "protocol/open.rs"]
mod open;
#[path = "protocol/readings.rs"]
mod readings;
#[path = "protocol/repaired.rs"]
mod repaired;
#[path = "protocol/signatures.rs"]
mod signatures;
