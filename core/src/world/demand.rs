//! How much work a run will bring, estimated before it starts: that of workloads, and that of adversaries.

use super::config::{Arrivals, Group, Observers, Work, Workload, WorldConfig};
use crate::conduct::{AdversaryKind, Conduct};
use crate::protocol::CHUNK_ENTRIES;
use crate::units::{Duration, Frequency, GroupId, Time};

/// Who brings work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// A workload, by its place among them.
    Workload(usize),
    /// The adversaries of a group, by its place among the groups, on their own account.
    Conduct(usize),
}

/// How much work a run is expected to bring, over all hosts. Work that comes to a host that is offline is skipped, and not
/// counted.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Demand {
    /// Work that arrives, that which is skipped included.
    pub arrivals: f64,
    /// Outcomes recorded.
    pub records: f64,
    /// Chunks announced.
    pub chunks: f64,
    /// Queries issued, those for tasks included.
    pub queries: f64,
    /// Tasks requested.
    pub tasks: f64,
    /// Broadcasts of broadcast workloads.
    pub broadcasts: f64,
    /// Datagrams of traffic workloads.
    pub datagrams: f64,
    /// Broadcasts of all kinds in the busiest second.
    pub busiest: f64,
    /// Datagrams and calls in the busiest second.
    pub rush: f64,
    /// Nodes that broadcast anything.
    pub origins: f64,
}

impl Demand {
    /// All work.
    pub fn of(config: &WorldConfig) -> Demand {
        Demand::by_source(config).into_iter().fold(Demand::default(), |sum, (_, demand)| sum.and(demand))
    }

    /// The work of each workload, and of each group of adversaries that does any on its own account.
    pub fn by_source(config: &WorldConfig) -> Vec<(Source, Demand)> {
        let workloads = config.workloads.iter().enumerate();
        let workloads = workloads.map(|(place, work)| (Source::Workload(place), of_workload(config, work)));
        let conducts = config.groups.iter().enumerate().filter_map(|(place, group)| {
            Some((Source::Conduct(place), of_conduct(config, group, group.conduct.as_ref()?)))
        });
        workloads.chain(conducts.filter(|(_, demand)| *demand != Demand::default())).collect()
    }

    /// Broadcasts of all kinds.
    pub fn all_broadcasts(&self) -> f64 {
        self.chunks + self.queries + self.broadcasts
    }

    fn and(self, other: Demand) -> Demand {
        Demand {
            arrivals: self.arrivals + other.arrivals,
            records: self.records + other.records,
            chunks: self.chunks + other.chunks,
            queries: self.queries + other.queries,
            tasks: self.tasks + other.tasks,
            broadcasts: self.broadcasts + other.broadcasts,
            datagrams: self.datagrams + other.datagrams,
            busiest: self.busiest + other.busiest,
            rush: self.rush + other.rush,
            origins: self.origins + other.origins,
        }
    }
}

fn of_workload(config: &WorldConfig, workload: &Workload) -> Demand {
    let end = workload.stop.min(Time::ZERO + config.duration);
    let span = end.since(workload.start);
    let doers = doers(&workload.work);
    let (online, peak) = online_of(config, &doers, (workload.start, end));
    let arrivals = workload.arrivals.expected(span);
    let (count, rate) = (online * arrivals, peak * workload.arrivals.busiest(span));
    let each = match &workload.work {
        Work::Record { about, by, .. } => {
            let recorders = match by {
                Observers::Subject => members(config, about),
                Observers::Group(group) => members(config, &[*group]),
            };
            recorded(config, 1.0, count, span, recorders)
        }
        Work::Query { .. } => Demand { queries: 1.0, ..Demand::default() },
        Work::Broadcast { .. } => Demand { broadcasts: 1.0, ..Demand::default() },
        Work::Traffic { response, .. } => {
            Demand { datagrams: if response.is_some() { 2.0 } else { 1.0 }, ..Demand::default() }
        }
        Work::Tasks(tasks) => {
            let candidates = f64::from(tasks.considered(config));
            let recorders = members(config, &tasks.candidates) + members(config, &[tasks.from]);
            let (queries, calls) = if tasks.ask { (candidates, 2.0 * candidates) } else { (0.0, 0.0) };
            let recorded = recorded(config, tasks.recorded_by.count(), count, span, recorders);
            Demand { tasks: 1.0, queries, datagrams: calls + 2.0, ..recorded }
        }
    };
    Demand { arrivals, origins: members(config, &doers), ..times(each, count, rate) }
}

/// Whom the work comes to.
fn doers(work: &Work) -> Vec<GroupId> {
    match work {
        Work::Record { about, by: Observers::Subject, .. } => about.clone(),
        Work::Record { by: Observers::Group(from), .. }
        | Work::Query { from, .. }
        | Work::Broadcast { from, .. }
        | Work::Traffic { from, .. } => vec![*from],
        Work::Tasks(tasks) => vec![tasks.from],
    }
}

/// What adversaries do on their own account.
fn of_conduct(config: &WorldConfig, group: &Group, conduct: &Conduct) -> Demand {
    let end = Time::ZERO + config.duration;
    let end = conduct.stop.unwrap_or(end).min(end);
    let start = conduct.start.max(group.hosts.joins);
    let span = end.since(start);
    let hosts = f64::from(group.hosts.count);
    let outlook = group.hosts.outlook(start, end);
    // How much of what all would do at this rate is done, and how fast at the most.
    let done = |rate: f64| (rate * outlook.online * span.as_seconds(), rate * outlook.peak);
    let praises = |rate: Frequency, doers: f64| {
        let (count, rate) = done(rate.as_per_second() * doers);
        Demand { origins: doers, ..times(recorded(config, 1.0, count, span, doers), count, rate) }
    };
    let asks = |rate: f64| {
        let (count, rate) = done(rate * hosts);
        Demand { origins: hosts, ..times(Demand { queries: 1.0, ..Demand::default() }, count, rate) }
    };
    match conduct.kind {
        AdversaryKind::SelfPromoter { rate }
        | AdversaryKind::Slanderer { rate, .. }
        | AdversaryKind::Colluder { rate, .. } => praises(rate, hosts),
        AdversaryKind::Sybil { identities, rate: Some(rate) } => praises(rate, hosts * f64::from(identities)),
        AdversaryKind::QueryFlooder { rate, .. } | AdversaryKind::OriginSpoofer { rate, .. } => {
            asks(rate.as_per_second())
        }
        AdversaryKind::Whitewasher { checks, .. } | AdversaryKind::LongCon { checks, .. } => {
            asks(1.0 / checks.as_seconds())
        }
        _ => Demand::default(),
    }
}

/// `each`, so many times, and in the busiest second so often.
fn times(each: Demand, count: f64, rate: f64) -> Demand {
    Demand {
        arrivals: count,
        records: each.records * count,
        chunks: each.chunks * count,
        queries: each.queries * count,
        tasks: each.tasks * count,
        broadcasts: each.broadcasts * count,
        datagrams: each.datagrams * count,
        busiest: each.all_broadcasts() * rate,
        rush: each.datagrams * rate,
        origins: 0.0,
    }
}

/// What comes of each piece of work after which so many outcomes are recorded. A chunk is cut of ten, or of those that
/// have come when the time-out of the first is over.
fn recorded(config: &WorldConfig, records: f64, count: f64, span: Duration, recorders: f64) -> Demand {
    let flush = config.protocol.as_ref().and_then(|protocol| protocol.flush_after);
    let each = records * count / recorders.max(1.0);
    let full = CHUNK_ENTRIES as f64;
    let chunks = match flush {
        Some(flush) => {
            let rate = each / span.as_seconds().max(f64::MIN_POSITIVE);
            records / (1.0 + rate * flush.as_seconds()).min(full)
        }
        None => records * whole_chunks(each) / each.max(f64::MIN_POSITIVE),
    };
    Demand { records, chunks, ..Demand::default() }
}

/// Above so many outcomes the mean of what is left over is as good as half of a chunk.
const MANY: f64 = 200.0;

/// The mean of whole chunks that come of outcomes which are Poisson distributed about `mean`.
fn whole_chunks(mean: f64) -> f64 {
    let full = CHUNK_ENTRIES as f64;
    if mean > MANY {
        return mean / full - (full - 1.0) / (2.0 * full);
    }
    let mut probability = libm::exp(-mean);
    let mut chunks = 0.0;
    for outcomes in 1..=(3.0 * MANY) as u32 {
        probability *= mean / f64::from(outcomes);
        chunks += probability * f64::from(outcomes / CHUNK_ENTRIES as u32);
    }
    chunks
}

/// Of the hosts of these groups, the share that is online within a span of time, and the largest one.
fn online_of(config: &WorldConfig, groups: &[GroupId], (from, until): (Time, Time)) -> (f64, f64) {
    let (mut online, mut peak) = (0.0, 0.0);
    for id in groups {
        let hosts = &config.groups[usize::from(id.0)].hosts;
        let (count, outlook) = (f64::from(hosts.count), hosts.outlook(from, until));
        (online, peak) = (online + count * outlook.online, peak + count * outlook.peak);
    }
    let all = members(config, groups).max(1.0);
    (online / all, peak / all)
}

pub(super) fn members(config: &WorldConfig, groups: &[GroupId]) -> f64 {
    groups.iter().map(|id| f64::from(config.groups[usize::from(id.0)].hosts.count)).sum()
}

impl Arrivals {
    /// How many arrivals are expected within `span` after the start of the workload.
    pub fn expected(&self, span: Duration) -> f64 {
        let seconds = span.as_seconds();
        match *self {
            Arrivals::Poisson(rate) => rate.as_per_second() * seconds,
            // The first is one interval after the start, and none is at the end.
            Arrivals::Every(interval) => (span.as_nanos().saturating_sub(1) / interval.as_nanos()) as f64,
            Arrivals::Ramp { from, to, rise, hold, fall } => {
                let (from, to) = (from.as_per_second(), to.as_per_second());
                // The area of a slope up to a point of it; the fall is what is missing of its top.
                let part = |span: Duration, whole: Duration| {
                    let (part, whole) = (span.min(whole).as_seconds(), whole.as_seconds());
                    if whole > 0.0 { part * part / whole / 2.0 } else { 0.0 }
                };
                let (held, fell) = (span - rise, span - (rise + hold));
                let top = held.min(hold).as_seconds() + fell.min(fall).as_seconds() - part(fell, fall);
                from * seconds + (to - from) * (part(span, rise) + top)
            }
        }
    }

    /// The highest rate within `span` after the start of the workload, in arrivals a second.
    fn busiest(&self, span: Duration) -> f64 {
        match *self {
            Arrivals::Every(interval) => 1.0 / interval.as_seconds(),
            Arrivals::Ramp { from, rise, .. } => {
                from.as_per_second().max(self.rate_at(span.min(rise)).as_per_second())
            }
            Arrivals::Poisson(rate) => rate.as_per_second(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::harness::{group, seconds, world};
    use super::*;

    fn ramp(from: f64, to: f64, spans: [u64; 3]) -> Arrivals {
        let [rise, hold, fall] = spans.map(Duration::from_secs);
        Arrivals::Ramp { from: Frequency::per_second(from), to: Frequency::per_second(to), rise, hold, fall }
    }

    #[test]
    fn arrivals_are_counted_as_their_rates_say_and_no_further_than_the_run_goes() {
        let expected = |arrivals: Arrivals, seconds: u64| arrivals.expected(Duration::from_secs(seconds));
        assert_eq!(expected(Arrivals::Poisson(Frequency::per_second(3.0)), 20), 60.0);
        let every = Arrivals::Every(Duration::from_secs(2));
        assert_eq!([0, 1, 2, 3, 20].map(|seconds| expected(every, seconds)), [0.0, 0.0, 0.0, 1.0, 9.0]);
        // 1 /s all along; 10 /s more for 6 s, and half of that on the slopes of 4 s and 2 s.
        let hill = ramp(1.0, 11.0, [4, 6, 2]);
        let whole = [0, 2, 4, 10, 11, 12, 20].map(|seconds| expected(hill, seconds));
        assert_eq!(whole, [0.0, 7.0, 24.0, 90.0, 98.5, 102.0, 110.0]);
        // A slope of a day to 10^6 /s, of which a run sees 10 s: (10 s)²/2 · 10^6/86,400 s².
        let steep = ramp(0.0, 1e6, [86_400, 0, 0]);
        assert!((expected(steep, 10) - 50.0 * 1e6 / 86_400.0).abs() < 1e-6, "{}", expected(steep, 10));
        assert!((steep.busiest(Duration::from_secs(10)) - 1e7 / 86_400.0).abs() < 1e-6);
        assert_eq!(hill.busiest(Duration::from_secs(20)), 11.0);
    }

    #[test]
    fn what_adversaries_do_on_their_own_account_is_counted_while_they_do_it() {
        let rate = Frequency::per_second(2.0);
        let flooder = AdversaryKind::QueryFlooder { rate, about: vec![GroupId(0)] };
        let conduct = Conduct { kind: flooder, start: seconds(10), stop: Some(seconds(40)) };
        let twins = AdversaryKind::Sybil { identities: 3, rate: Some(rate) };
        let mut config = world(vec![
            group("honest", 5),
            Group { conduct: Some(conduct), ..group("flood", 4) },
            Group { conduct: Some(Conduct::always(twins)), ..group("twins", 2) },
        ]);
        config.groups[2].hosts.joins = seconds(20);
        let [flood, twins] = Demand::by_source(&config)[..] else { panic!("two sources") };
        assert_eq!((flood.0, flood.1.queries, flood.1.busiest), (Source::Conduct(1), 240.0, 8.0));
        assert_eq!((twins.0, twins.1.records), (Source::Conduct(2), 480.0));
        // 6 identities for 40 s: of 80 outcomes each, ten make a chunk, and 4.5 are left over on average.
        assert!((twins.1.chunks - 6.0 * 7.55).abs() < 0.01, "{}", twins.1.chunks);
    }

    #[test]
    fn who_records_fewer_than_ten_outcomes_makes_no_chunk() {
        let means = [0.0, 1.0, 10.0, 199.0, 201.0].map(whole_chunks);
        // 1 − P(at most 9 of 10) = 0.542; a second chunk with a probability of 0.0035.
        for (mean, wanted) in means.into_iter().zip([0.0, 0.0, 0.546, 19.45, 19.65]) {
            assert!((mean - wanted).abs() < 0.001, "{mean} for {wanted}");
        }
    }

    #[test]
    fn work_that_comes_to_hosts_that_are_away_is_not_done() {
        let mut config = world(vec![group("all", 10)]);
        let (online, offline) = (Duration::from_secs(10), Duration::from_secs(30));
        config.groups[0].hosts.presence = crate::network::Presence::exponential(online, offline);
        let work = Work::Query { from: GroupId(0), about: vec![GroupId(0)] };
        config.workloads = vec![super::super::harness::every_second("ask", work)];
        let demand = Demand::of(&config);
        assert_eq!((demand.arrivals, demand.queries), (59.0, 59.0 / 4.0));
    }

    #[test]
    fn work_is_done_by_those_who_are_there_while_it_arrives() {
        let mut config = world(vec![group("all", 10)]);
        let work = Work::Query { from: GroupId(0), about: vec![GroupId(0)] };
        config.workloads = vec![super::super::harness::every_second("ask", work)];
        config.groups[0].hosts.joins = seconds(45);
        let late = Demand::of(&config);
        assert_eq!((late.arrivals, late.queries, late.busiest), (59.0, 59.0 / 4.0, 1.0));
        // Online for a minute, and then away for an hour that is not simulated.
        config.groups[0].hosts.joins = seconds(0);
        let rows = (0..10).map(|host| format!("{host},60,offline\n{host},3660,online\n"));
        let rows = rows.collect::<Vec<_>>().concat();
        let trace = crate::network::Trace::parse(&format!("host,time_s,state\n{rows}")).expect("a trace");
        config.groups[0].hosts.presence = crate::network::Presence::Trace(std::sync::Arc::new(trace));
        assert_eq!(Demand::of(&config).queries, 59.0);
    }

    #[test]
    fn a_time_out_makes_chunks_of_what_has_come_by_then() {
        let mut config = world(vec![group("all", 10)]);
        config.protocol.as_mut().expect("it runs").flush_after = Some(Duration::from_secs(30));
        let [slow, fast] = [1.0, 1000.0].map(|rate| {
            // In 60 s a node records 6 outcomes, 3 in each half minute; or far more than ten.
            recorded(&config, 1.0, 60.0 * rate, Duration::from_secs(60), 10.0).chunks
        });
        assert_eq!((slow, fast), (0.25, 0.1));
    }
}
