//! PHOLD and NETFLOOD in ir3sim's engine and in its peers, by one command. See README.md beside this package.

#[path = "../../common/mod.rs"]
mod common;
mod compare;
mod engines;
mod python;
mod table;
mod work;

use std::process::ExitCode;

use anyhow::{Context, ensure};
use clap::{Parser, Subcommand};

use engines::Engine;
use work::Work;

/// Runs PHOLD and NETFLOOD in ir3sim's engine, nexosim, simcore and SimPy, checks that all of them did the same work,
/// and writes a table of their speed and memory to docs/peers.md.
///
/// Every measurement is a process of its own; the engines take turns, and the best of all rounds counts. A full run
/// takes some ten minutes. SimPy needs python3 and is installed below the target folder; without it its column is
/// left out.
#[derive(Parser)]
#[command(name = "ir3sim-peers", version)]
struct Arguments {
    /// How often each engine does each work.
    #[arg(long, default_value_t = 3, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100))]
    rounds: u32,
    /// PHOLD with 1,000 and 100,000 nodes alone, and fewer events; the table is printed, but not written.
    #[arg(long)]
    quick: bool,
    #[command(subcommand)]
    measure: Option<Measure>,
}

/// What the program asks of itself.
#[derive(Subcommand)]
enum Measure {
    #[command(hide = true)]
    Measure { engine: Engine, work: String },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> anyhow::Result<()> {
    ensure!(!cfg!(debug_assertions), "figures of a debug build say nothing: use `cargo run --release`");
    if let Some(Measure::Measure { engine, work }) = &arguments.measure {
        println!("{}", engines::measure(*engine, work.parse()?)?);
        return Ok(());
    }
    let works = if arguments.quick { Work::quick() } else { Work::all() };
    let simpy = python::simpy();
    if let Err(reason) = &simpy {
        eprintln!("SimPy's column is left out: {reason:#}");
    }
    let found = compare::compare(&works, simpy.as_ref().ok(), arguments.rounds)?;
    let text = table::document(&found, &simpy, arguments.rounds);
    print!("{text}");
    if !arguments.quick {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/peers.md");
        std::fs::write(path, text).with_context(|| format!("cannot write {path}"))?;
    }
    Ok(())
}
