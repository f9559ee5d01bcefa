//! Whole flows, in a small network in memory.
