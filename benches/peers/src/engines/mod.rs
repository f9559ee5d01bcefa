//! The engines: the columns of the table. `measure` is what a measuring process does.

mod nexosim;
mod simcore;

use std::fmt;
use std::str::FromStr;

use anyhow::{Context, bail};
use clap::ValueEnum;
use cpu_time::ProcessTime;

use crate::common::ours::{self, Outcome, Processes, Relays};
use crate::work::Work;

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Engine {
    #[value(name = "ir3sim")]
    Ours,
    Nexosim,
    Simcore,
    Simpy,
}

impl Engine {
    pub const ALL: [Engine; 4] = [Engine::Ours, Engine::Nexosim, Engine::Simcore, Engine::Simpy];

    pub fn name(self) -> &'static str {
        match self {
            Engine::Ours => "ir3sim",
            Engine::Nexosim => "nexosim",
            Engine::Simcore => "simcore",
            Engine::Simpy => "SimPy",
        }
    }
}

/// What a measuring process tells. Its text is one line, which `simpy/run.py` writes as well.
pub struct Figures {
    pub events: u64,
    pub checksum: u64,
    /// Processor time of the run, without the building of the network.
    pub seconds: f64,
    /// The most memory that the process had, in bytes; unknown where there is no `/proc`.
    pub peak: Option<u64>,
}

/// Processor seconds of this process.
fn processor_clock() -> f64 {
    ProcessTime::now().as_duration().as_secs_f64()
}

pub fn measure(engine: Engine, work: Work) -> anyhow::Result<Figures> {
    let Outcome { events, checksum, seconds } = match (engine, work) {
        (Engine::Ours, Work::Phold(run)) => ours::run(Processes::new(run), processor_clock).0,
        (Engine::Ours, Work::Netflood(run)) => ours::run(Relays::new(run), processor_clock).0,
        (Engine::Nexosim, Work::Phold(run)) => nexosim::phold(run),
        (Engine::Nexosim, Work::Netflood(run)) => nexosim::netflood(run),
        (Engine::Simcore, Work::Phold(run)) => simcore::phold(run),
        (Engine::Simcore, Work::Netflood(run)) => simcore::netflood(run),
        (Engine::Simpy, _) => bail!("SimPy is measured by a Python process"),
    };
    Ok(Figures { events, checksum, seconds, peak: peak() })
}

fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kibibytes| kibibytes * 1024)
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let peak = self.peak.map_or("-".to_owned(), |bytes| bytes.to_string());
        write!(f, "{} {:016x} {} {peak}", self.events, self.checksum, self.seconds)
    }
}

impl FromStr for Figures {
    type Err = anyhow::Error;
    fn from_str(line: &str) -> anyhow::Result<Figures> {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let [events, checksum, seconds, peak] = fields[..] else {
            bail!("four figures were expected, not `{line}`")
        };
        let wrong = || format!("not figures: `{line}`");
        Ok(Figures {
            events: events.parse().with_context(wrong)?,
            checksum: u64::from_str_radix(checksum, 16).with_context(wrong)?,
            seconds: seconds.parse().with_context(wrong)?,
            peak: if peak == "-" { None } else { Some(peak.parse().with_context(wrong)?) },
        })
    }
}
