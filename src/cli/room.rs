//! Whether this machine has room for a run: memory and cores.

use super::args::RunArgs;
use super::console::Console;
use super::failure::{Exit, Failure};
use super::format;
use super::limits::{self, Left};
use crate::batch;
use crate::scenario::Scenario;
use crate::units::ByteSize;
use crate::world::{Budget, Demand, Gauge, Memory, Need, Source};

/// Refuses a run that surely needs more memory than there is, unless it is told where to stop; notes when it may, and when
/// there are fewer cores than threads.
pub(super) fn check(args: &RunArgs, scenario: &Scenario, console: &Console) -> Result<(), Failure> {
    let cores = cores();
    if let Some(threads) = args.threads.filter(|threads| *threads > cores) {
        let cores_are = format::count(cores as u64, "core");
        console.note(&format!(
            "{threads} threads on {cores_are}: no quicker than {cores}; the results are the same"
        ));
    }
    let plan = Plan::of(args, cores);
    let memory = batch::memory(scenario, plan.each);
    let of_all = |one: ByteSize| one.as_bytes().saturating_mul(plan.together as u64);
    let (needed, least) = (of_all(memory.total()), of_all(memory.least()));
    // Who sets a limit knows what they do.
    match limits::left().filter(|_| args.max_memory.is_none()) {
        Some(left) if least > left.bytes => {
            let error = anyhow::anyhow!(refusal(scenario, &plan, &memory, needed, &left));
            return Err(Failure::new(Exit::Usage, error));
        }
        Some(left) if needed > left.bytes => {
            let (about, bytes) = (about(&memory), format::bytes(needed));
            let (free, says) = (format::bytes(left.bytes), left.says);
            console.note(&format!("{about} {bytes} of memory could be needed, and {free} {says}: the run is stopped before it takes all"));
        }
        _ => {}
    }
    Ok(())
}

/// How an estimate is to be read.
pub(super) fn about(memory: &Memory) -> &'static str {
    if memory.is_bound() { "at most" } else { "about" }
}

/// What the runs may spend: the memory of this process is that of all together.
pub(super) fn budget(args: &RunArgs) -> Result<Budget, Failure> {
    budget_of(args.max_events, args.max_memory)
}

/// The same, by the options that limit it.
pub(super) fn budget_of(max_events: Option<u64>, max_memory: Option<ByteSize>) -> Result<Budget, Failure> {
    let taken = limits::taken();
    if max_memory.is_some() && taken.is_none() {
        let text = "`--max-memory` has no effect: this system does not tell how much memory a process takes";
        return Err(Failure::new(Exit::Usage, anyhow::anyhow!(text)));
    }
    let free = || Some(limits::left()?.bytes / 10 * 9);
    let most = max_memory.or_else(|| Some(ByteSize::from_bytes(taken?.saturating_add(free()?))));
    let gauge: Gauge = || limits::taken().unwrap_or_default();
    Ok(Budget { events: max_events, memory: most.map(|most| (most, gauge)) })
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

fn refusal(scenario: &Scenario, plan: &Plan, memory: &Memory, needed: u64, left: &Left) -> String {
    let runs = match plan.together {
        1 => "a run".to_owned(),
        together => format!("{together} runs at a time"),
    };
    let threads = if plan.each == 1 { "1 thread".to_owned() } else { format!("{} threads each", plan.each) };
    format!(
        "{runs} of this scenario on {threads} would need {} {}, and {} {}{}; with `--max-memory SIZE` it runs all the \
         same, and is stopped there",
        about(memory),
        format::bytes(needed),
        format::bytes(left.bytes),
        left.says,
        remedy(scenario, memory, left.bytes as f64 / needed as f64),
    )
}

/// What needs the most, and what to lower, where only this part of what is needed is left.
fn remedy(scenario: &Scenario, memory: &Memory, part: f64) -> String {
    let Some((need, bytes)) = memory.largest() else { return String::new() };
    let what = match need {
        Need::Program => return String::new(),
        Need::Hosts => {
            let groups = &scenario.world.groups;
            let hosts: f64 = groups.iter().map(|group| f64::from(group.hosts.count)).sum();
            let fit = format::number(two_digits(hosts * part));
            return format!(": about {fit} of its {} hosts would fit", format::number(hosts));
        }
        Need::Connections => "connections between hosts",
        Need::Heard => "broadcasts that each host remembers",
        Need::UnderWay => "messages under way at the same time",
        Need::Queues => "messages that wait at overloaded links",
        Need::Records => "outcomes and their chunks",
        Need::Queries => "queries",
        Need::Broadcasts => "broadcasts",
        Need::Datagrams => "datagrams",
        Need::Lookups => "lookups",
    };
    let lower = source(scenario, need)
        .map_or_else(|| "`duration`".to_owned(), |key| format!("`{key}` or `duration`"));
    let of = format::bytes(bytes.as_bytes());
    format!("; {of} a run are for {what}: lower {lower}")
}

/// The key that says how often there is most of something.
fn source(scenario: &Scenario, need: Need) -> Option<String> {
    let world = &scenario.world;
    let sources = Demand::by_source(world).into_iter().map(|(source, demand)| (source, need.of(&demand)));
    let (source, _) = sources.filter(|(_, much)| *much > 0.0).max_by(|a, b| a.1.total_cmp(&b.1))?;
    Some(match source {
        Source::Workload(place) => format!("workloads.{}.arrivals", world.workloads[place].name),
        Source::Conduct(place) => format!("groups.{}.conduct", world.groups[place].hosts.name),
    })
}

/// A number cut down to two digits: an estimate is no better.
pub(super) fn two_digits(number: f64) -> f64 {
    let mut step = 1.0;
    while number / step >= 100.0 {
        step *= 10.0;
    }
    (number / step).floor() * step
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::again::Again;
    use crate::scenario;

    fn refused(text: &str, left: &Left) -> String {
        let text =
            format!("name = \"a\"\nduration = \"1 min\"\nnetwork.latency = {{ fixed = \"9 ms\" }}\n{text}");
        let scenario = scenario::parse("a.toml", &text, &[]).expect("a good scenario");
        let plan = Plan { together: 1, each: 1 };
        let memory = batch::memory(&scenario, 1);
        refusal(&scenario, &plan, &memory, 90 << 30, left)
    }

    #[test]
    fn a_refusal_says_who_sets_the_limit_and_what_to_lower() {
        let machine = Left { bytes: 20 << 30, says: "are available" };
        let hosts = refused("groups.a.count = 60_000_000\n", &machine);
        let wanted = "a run of this scenario on 1 thread would need about 90.0 GiB, and 20.0 GiB are available: \
                      about 13,000,000 of its 60,000,000 hosts would fit; with `--max-memory SIZE` it runs all the \
                      same, and is stopped there";
        assert_eq!(hosts, wanted);
        let work = "groups.a.count = 2\n[workloads.few]\nkind = \"traffic\"\nfrom = \"a\"\nto = \"a\"\nsize = \"1 B\"\n\
                    arrivals = { every = \"1 s\" }\n[workloads.many]\nkind = \"traffic\"\nfrom = \"a\"\nto = \"a\"\n\
                    size = \"1 B\"\narrivals = { poisson = \"1e9 /s\" }\n";
        let said = refused(work, &Left { bytes: 1 << 30, says: "are left" });
        assert!(said.contains("and 1.0 GiB are left; "), "{said}");
        assert!(
            said.contains("a run are for datagrams: lower `workloads.many.arrivals` or `duration`"),
            "{said}"
        );
        let flood = "groups.a.count = 20\ngroups.b = { count = 9, conduct = { kind = \"query_flooder\", about = [\"a\"], \
                     rate = \"100000 /s\" } }\ngroups.a.stores = true\n[workloads.deeds]\nkind = \"record\"\n\
                     about = [\"a\"]\narrivals = { every = \"1 s\" }\n";
        let said = refused(flood, &machine);
        assert!(said.contains("are for queries: lower `groups.b.conduct` or `duration`"), "{said}");
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
