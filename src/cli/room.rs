//! Whether this machine has room for a run: memory and cores.

use super::args::RunArgs;
use super::console::Console;
use super::failure::{Exit, Failure};
use super::format;
use crate::batch;
use crate::scenario::Scenario;

/// Refuses a run that needs more memory than there is, and notes when there are fewer cores than threads.
pub(super) fn check(args: &RunArgs, scenario: &Scenario, console: &Console) -> Result<(), Failure> {
    let cores = cores();
    if let Some(threads) = args.threads.filter(|threads| *threads > cores) {
        let cores_are = format::count(cores as u64, "core");
        console.note(&format!(
            "{threads} threads on {cores_are}: no quicker than {cores}; the results are the same"
        ));
    }
    let plan = Plan::of(args, cores);
    let needed = batch::memory(scenario, plan.each).as_bytes().saturating_mul(plan.together as u64);
    match available() {
        Some(available) if needed > available => {
            Err(Failure::new(Exit::Usage, anyhow::anyhow!(refusal(scenario, &plan, needed, available))))
        }
        _ => Ok(()),
    }
}

/// How many runs go at the same time, and on how many threads each goes at the most.
struct Plan {
    together: usize,
    each: usize,
}

impl Plan {
    fn of(args: &RunArgs, cores: usize) -> Plan {
        let runs = args.replications as usize;
        match (runs, args.threads) {
            (1, wish) => Plan { together: 1, each: wish.unwrap_or(cores) },
            (_, wish) => {
                Plan { together: wish.unwrap_or(cores).min(runs), each: (wish.unwrap_or(1) / runs).max(1) }
            }
        }
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn refusal(scenario: &Scenario, plan: &Plan, needed: u64, available: u64) -> String {
    let hosts: f64 = scenario.world.groups.iter().map(|group| f64::from(group.hosts.count)).sum();
    let fit = hosts * available as f64 / needed as f64;
    let runs = match plan.together {
        1 => "a run".to_owned(),
        together => format!("{together} runs at a time"),
    };
    format!(
        "{runs} of this scenario on {} would need about {}, and {} are available: about {} of its {} hosts would fit",
        if plan.each == 1 { "1 thread".to_owned() } else { format!("{} threads each", plan.each) },
        format::bytes(needed),
        format::bytes(available),
        format::number(two_digits(fit)),
        format::number(hosts),
    )
}

/// A number cut down to two digits: an estimate is no better.
fn two_digits(number: f64) -> f64 {
    let mut step = 1.0;
    while number / step >= 100.0 {
        step *= 10.0;
    }
    (number / step).floor() * step
}

/// Memory that is free or can be made free, where the system tells: Linux, in `/proc/meminfo`.
fn available() -> Option<u64> {
    read_available(&std::fs::read_to_string("/proc/meminfo").ok()?)
}

fn read_available(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find(|line| line.starts_with("MemAvailable:"))?;
    let kibibytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::again::Again;
    use crate::scenario;

    #[test]
    fn the_memory_that_is_available_is_read_from_what_linux_says() {
        let meminfo = "MemTotal:       24737404 kB\nMemFree: 1 kB\nMemAvailable:   23553232 kB\n";
        assert_eq!(read_available(meminfo), Some(23_553_232 * 1024));
        assert_eq!(read_available("MemTotal: 5 kB\n"), None);
    }

    #[test]
    fn a_refusal_says_how_many_hosts_would_fit() {
        let text = "name = \"a\"\nduration = \"1 min\"\ngroups.a.count = 60_000_000\n\
                    network.latency = { fixed = \"9 ms\" }\n";
        let scenario = scenario::parse("a.toml", text, &[]).expect("a good scenario");
        let said = refusal(&scenario, &Plan { together: 1, each: 1 }, 90 << 30, 20 << 30);
        let wanted = "a run of this scenario on 1 thread would need about 90.0 GiB, and 20.0 GiB are available: \
                      about 13,000,000 of its 60,000,000 hosts would fit";
        assert_eq!(said, wanted);
    }

    #[test]
    fn runs_at_the_same_time_share_the_threads() {
        let plan = |replications: &str, threads: &[&str]| {
            let words = [&["ir3sim", "run", "a.toml", "--replications", replications][..], threads].concat();
            let words: Vec<std::ffi::OsString> = words.into_iter().map(Into::into).collect();
            let arguments = crate::cli::args::Arguments::read(&words).expect("good arguments");
            let crate::cli::args::Command::Run(args) = arguments.command else { panic!("it is a run") };
            let Plan { together, each } = Plan::of(&Again::of(&args, None).args, 4);
            (together, each)
        };
        assert_eq!([plan("1", &[]), plan("1", &["--threads", "2"])], [(1, 4), (1, 2)]);
        assert_eq!([plan("9", &[]), plan("9", &["--threads", "2"])], [(4, 1), (2, 1)]);
        assert_eq!([plan("3", &[]), plan("3", &["--threads", "7"])], [(3, 1), (3, 2)]);
    }

    #[test]
    fn estimates_have_two_digits() {
        assert_eq!([7.9, 99.0, 123.0, 13_999_999.0].map(two_digits), [7.0, 99.0, 120.0, 13_000_000.0]);
    }
}
