//! Rounds of measurements, each in a process of its own, and the check that all engines did the same work.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};

use crate::engines::{Engine, Figures};
use crate::python::Simpy;
use crate::work::Work;

/// The best that an engine did.
#[derive(Clone, Copy)]
pub struct Best {
    /// Million events a second of processor time.
    pub rate: f64,
    /// Bytes of the process for each node.
    pub memory: Option<f64>,
}

/// A row: what was done, and how well by each engine that took part.
pub struct Row {
    pub work: Work,
    pub cells: Vec<(Engine, Best)>,
}

pub fn compare(works: &[Work], simpy: Option<&Simpy>, rounds: u32) -> anyhow::Result<Vec<Row>> {
    let engines: Vec<Engine> =
        Engine::ALL.into_iter().filter(|engine| *engine != Engine::Simpy || simpy.is_some()).collect();
    let mut rows: Vec<Row> = works.iter().map(|work| Row { work: *work, cells: Vec::new() }).collect();
    let mut expected: Vec<Option<(u64, u64)>> = works.iter().map(|work| work.expected()).collect();
    for round in 1..=rounds {
        for (row, expected) in rows.iter_mut().zip(&mut expected) {
            for engine in &engines {
                let what = format!("{}, {}", row.work.title(), engine.name());
                let found = measure(*engine, row.work, simpy).with_context(|| what.clone())?;
                let (events, checksum) = *expected.get_or_insert((found.events, found.checksum));
                ensure!(
                    (found.events, found.checksum) == (events, checksum),
                    "{what}: {} events with checksum {:016x} instead of {events} with {checksum:016x}",
                    found.events,
                    found.checksum,
                );
                row.take(*engine, &found);
                let rate = found.events as f64 / found.seconds / 1e6;
                eprintln!("round {round} of {rounds}: {what}: {rate:.3} million events/s");
            }
        }
    }
    Ok(rows)
}

impl Row {
    fn take(&mut self, engine: Engine, found: &Figures) {
        let now = Best {
            rate: found.events as f64 / found.seconds / 1e6,
            memory: found.peak.map(|bytes| bytes as f64 / self.work.nodes() as f64),
        };
        match self.cells.iter_mut().find(|(known, _)| *known == engine) {
            Some((_, best)) => {
                best.rate = best.rate.max(now.rate);
                best.memory = best.memory.zip(now.memory).map(|(one, other)| one.min(other));
            }
            None => self.cells.push((engine, now)),
        }
    }
}

fn measure(engine: Engine, work: Work, simpy: Option<&Simpy>) -> anyhow::Result<Figures> {
    let mut command = match (engine, simpy) {
        (Engine::Simpy, Some(simpy)) => {
            let mut python = Command::new(&simpy.python);
            python.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("simpy/run.py"));
            python
        }
        _ => {
            let mut program = Command::new(std::env::current_exe()?);
            program.args(["measure", &engine.name().to_lowercase()]);
            program
        }
    };
    let output = command.arg(work.to_string()).stdin(Stdio::null()).stderr(Stdio::inherit()).output()?;
    ensure!(output.status.success(), "the measuring process ended with {}", output.status);
    String::from_utf8(output.stdout)?.parse()
}
