//! Whole flows, in a small network in memory.

mod addressing;
mod flows;
mod fuzz;
mod hostile;
mod lookup;
mod receipts;
mod relay;
mod repair;
mod restart;
mod routing_maintenance;
mod sizes;
mod storing;
mod wire;
