//! The program `ir3sim`, one file a subcommand.
//!
//! What a command makes goes to stdout, as text or, with `--json`, as one JSON document; progress and messages go
//! to stderr. A reader that goes away early is no failure.

mod again;
mod args;
mod attack;
mod builtin;
mod check;
mod claims;
mod color;
mod compare;
mod console;
mod defect;
mod explain;
mod failure;
mod faults;
mod folders;
mod format;
mod help;
mod init;
mod input;
mod interrupt;
mod job;
mod layers;
mod limits;
mod list;
mod manual;
mod metrics;
mod network;
mod notes;
mod pace;
mod page;
mod plot;
mod progress;
mod repeat;
mod replay;
mod replicate;
mod report;
mod room;
mod run;
mod schema;
mod shipped;
mod shown;
mod stored;
mod swarm;
mod sweep;
mod threshold;
mod width;

use std::ffi::OsString;
use std::process::ExitCode;

use args::{Arguments, Command};
use console::Console;
use failure::Failure;

/// Runs the program on the arguments of the process.
pub fn main() -> ExitCode {
    defect::ends_the_program();
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let code = match Arguments::read(&arguments) {
        Ok(arguments) => execute(&arguments),
        Err(error) => explain::explain(&error, &arguments),
    };
    ExitCode::from(code)
}

fn execute(arguments: &Arguments) -> u8 {
    let console = Console::new(&arguments.global);
    let done = match &arguments.command {
        Command::Run(args) => run::run(args, &console),
        Command::Sweep(args) => sweep::sweep(args, &console),
        Command::Threshold(args) => threshold::threshold(args, &console),
        Command::Attack(args) => attack::attack(args, &console),
        Command::Replay(args) => replay::replay(args, &console),
        Command::Swarm(args) => swarm::swarm(args, &console),
        Command::Plot(args) if sweep::is_folder(&args.folder) => {
            sweep::plot(&args.folder, args.png, &console)
        }
        Command::Plot(args) => plot::plot(args, &console),
        Command::Check(args) => check::check(args, &console),
        Command::Network(args) => network::network(args, &console),
        Command::List(args) => list::list(args, &console),
        Command::Init(args) => init::init(args, &console),
        Command::Schema(args) => schema::schema(args, &console),
        Command::Metrics(args) => metrics::metrics(args, &console),
        Command::Claims(args) => claims::claims(args, &console),
        Command::Compare(args) => compare::compare(args, &console),
        Command::Report(args) => page::report(args, &console),
        Command::Completions(args) => manual::completions(args, &console),
        Command::Man(args) => manual::man(args, &console),
    };
    match done {
        Ok(exit) => exit.code(),
        Err(failure) => report(&failure, &console),
    }
}

fn report(failure: &Failure, console: &Console) -> u8 {
    console.fail(failure);
    failure.exit.code()
}
