//! What is compared: the rows of the table.

use std::fmt;
use std::str::FromStr;

use anyhow::bail;

use crate::common::{NETFLOOD_1K, NETFLOOD_10K, Netflood, Phold};

/// A row. A new one also needs its name here, and a line for each engine in `engines::measure` and `simpy/run.py`.
#[derive(Clone, Copy)]
pub enum Work {
    Phold(Phold),
    Netflood(Netflood),
}

impl Work {
    pub fn all() -> Vec<Work> {
        vec![
            Work::phold(1_000, 2_000_000),
            Work::phold(100_000, 2_000_000),
            Work::phold(1_000_000, 4_000_000),
            Work::Netflood(NETFLOOD_1K),
            Work::Netflood(NETFLOOD_10K),
        ]
    }

    pub fn quick() -> Vec<Work> {
        vec![Work::phold(1_000, 200_000), Work::phold(100_000, 500_000)]
    }

    fn phold(nodes: u64, events: u64) -> Work {
        Work::Phold(Phold { nodes, population: 1, events })
    }

    /// What the table calls it.
    pub fn title(self) -> String {
        match self {
            Work::Phold(run) => format!("PHOLD, {} nodes", thousands(run.nodes)),
            Work::Netflood(run) => format!("NETFLOOD, {} nodes", thousands(run.nodes)),
        }
    }

    /// Nodes of the network.
    pub fn nodes(self) -> u64 {
        match self {
            Work::Phold(run) => run.nodes,
            Work::Netflood(run) => run.nodes,
        }
    }

    /// Events and checksum, where they are known beforehand.
    pub fn expected(self) -> Option<(u64, u64)> {
        match self {
            Work::Phold(run) => run.expected(),
            Work::Netflood(run) => Some(run.expected),
        }
    }
}

/// The name by which a measuring process is told what to do.
impl fmt::Display for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Work::Phold(run) => write!(f, "phold-{}-{}", run.nodes, run.events),
            Work::Netflood(run) => write!(f, "netflood-{}-{}", run.nodes, run.broadcasts),
        }
    }
}

impl FromStr for Work {
    type Err = anyhow::Error;
    fn from_str(name: &str) -> anyhow::Result<Work> {
        let works = [Work::all(), Work::quick()].concat();
        match works.into_iter().find(|work| work.to_string() == name) {
            Some(work) => Ok(work),
            None => bail!("there is no work `{name}`"),
        }
    }
}

/// 1000000 as 1,000,000.
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().map(|group| str::from_utf8(group).expect("digits")).collect();
    groups.join(",")
}
