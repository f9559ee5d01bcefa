//! How many nodes hold something about whom is asked about, estimated before a run starts.

use super::config::{Group, Observers, Work, Workload, WorldConfig};
use super::demand::{Demand, Source, members};
use super::reach::Reach;
use crate::protocol::{CHUNK_ENTRIES, Dissemination};
use crate::units::{Duration, GroupId, Time};

/// What storage nodes hold, on average over all queries.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Stock {
    /// Storage nodes, and those that hear of a chunk.
    pub storers: f64,
    pub told: f64,
    /// Holders of a chunk.
    pub replicas: f64,
    /// Chunks about a node that is asked about.
    pub chunks: f64,
    /// Nodes that a chunk is about.
    pub subjects: f64,
    /// Nodes that hold any of them, and those of them that hear the query.
    pub holders: f64,
    pub asked: f64,
}

/// Moments at which a query is thought to be asked, evenly over the time of its workload.
const MOMENTS: u32 = 16;

impl Stock {
    pub(super) fn of(config: &WorldConfig, reach: &Reach) -> Stock {
        let storing = || config.groups.iter().filter(|group| group.stores);
        let nodes = |group: &Group| f64::from(group.hosts.count) * f64::from(group.shown());
        let storers: f64 = storing().map(nodes).sum();
        let end = Time::ZERO + config.duration;
        let online = |group: &Group| nodes(group) * group.hosts.outlook(group.hosts.joins, end).online;
        let online: f64 = storing().map(online).sum();
        let wanted = config.protocol.as_ref().map_or(0, |protocol| protocol.replicas);
        let lookup =
            config.protocol.as_ref().filter(|protocol| protocol.dissemination == Dissemination::Lookup);
        // By lookups the closest are told, and they are also asked.
        let told =
            lookup.map_or(online * reach.coverage, |protocol| online.min(f64::from(protocol.bucket_size)));
        let replicas = if wanted == 0 { told } else { f64::from(wanted).min(told) };
        let made = made(config);
        let all: f64 = made.iter().map(|made| made.chunks).sum();
        let subjects =
            made.iter().map(|made| made.chunks * made.subjects).sum::<f64>() / all.max(f64::MIN_POSITIVE);
        let chunks = chunks_about_one(config, &made);
        // Chunks are held by so many each, whom chance decides.
        let missed = if storers > 0.0 { libm::pow(1.0 - (replicas / storers).min(1.0), chunks) } else { 1.0 };
        let holders = if lookup.is_some() { told.min(replicas * chunks) } else { storers * (1.0 - missed) };
        let heard = if lookup.is_some() { 1.0 } else { told / storers.max(1.0) };
        let asked = holders * heard;
        Stock { storers, told, replicas, chunks, subjects, holders, asked }
    }
}

/// Chunks about a node that is asked about, when it is asked about: the mean over all workloads of queries.
fn chunks_about_one(config: &WorldConfig, made: &[Made]) -> f64 {
    let (mut chunks, mut weight) = (0.0, 0.0);
    let mut asked = |about: &[GroupId], queries: f64, span: Span| {
        let of = made.iter().filter(|made| made.about.iter().any(|subject| about.contains(subject)));
        chunks += queries * of.map(|made| made.about_one() * span.share_after(&made.span)).sum::<f64>();
        weight += queries;
    };
    let all: Vec<GroupId> = (0..config.groups.len()).map(|place| GroupId(place as u16)).collect();
    for (source, demand) in Demand::by_source(config).into_iter().filter(|(_, demand)| demand.queries > 0.0) {
        match source {
            Source::Workload(place) => {
                let workload = &config.workloads[place];
                let about: &[GroupId] = match &workload.work {
                    Work::Query { about, .. } => about,
                    Work::Tasks(tasks) => &tasks.candidates,
                    _ => &[],
                };
                asked(about, demand.queries, Span::of(workload, config));
            }
            Source::Conduct(_) => {
                asked(&all, demand.queries, Span { start: Duration::ZERO, end: config.duration });
            }
        }
    }
    if weight > 0.0 { chunks / weight } else { 0.0 }
}

/// Chunks that one source of records makes.
struct Made {
    chunks: f64,
    /// The groups that they are about, how many hosts these have, and about how many of them each is.
    about: Vec<GroupId>,
    hosts: f64,
    subjects: f64,
    span: Span,
}

impl Made {
    /// Chunks about one host.
    fn about_one(&self) -> f64 {
        self.chunks * self.subjects / self.hosts
    }
}

fn made(config: &WorldConfig) -> Vec<Made> {
    let sources = Demand::by_source(config).into_iter().filter(|(_, demand)| demand.chunks > 0.0);
    let of = |(source, demand): (Source, Demand)| {
        let (about, alone, span) = match source {
            Source::Conduct(place) => {
                (vec![GroupId(place as u16)], true, Span { start: Duration::ZERO, end: config.duration })
            }
            Source::Workload(place) => {
                let workload = &config.workloads[place];
                let span = Span::of(workload, config);
                match &workload.work {
                    Work::Record { about, by, .. } => (about.clone(), *by == Observers::Subject, span),
                    Work::Tasks(tasks) => (tasks.candidates.clone(), false, span),
                    _ => return None,
                }
            }
        };
        let hosts = members(config, &about);
        // A chunk of somebody else's is about as many as it has entries, as far as there are so many.
        let entries = (demand.records / demand.chunks).min(CHUNK_ENTRIES as f64);
        let subjects = if alone { 1.0 } else { entries.min(hosts) };
        Some(Made { chunks: demand.chunks, about, hosts, subjects, span })
    };
    sources.filter_map(of).collect()
}

/// When a workload brings work.
#[derive(Clone, Copy, Debug)]
struct Span {
    start: Duration,
    end: Duration,
}

impl Span {
    fn of(workload: &Workload, config: &WorldConfig) -> Span {
        let end = workload.stop.since(Time::ZERO).min(config.duration);
        Span { start: workload.start.since(Time::ZERO), end }
    }

    /// How much of what another brings evenly has come, on average over this one.
    fn share_after(&self, other: &Span) -> f64 {
        let length = other.end.as_seconds() - other.start.as_seconds();
        let shares = (0..MOMENTS).map(|moment| {
            let part = (f64::from(moment) + 0.5) / f64::from(MOMENTS);
            let at = self.start.as_seconds() + part * (self.end.as_seconds() - self.start.as_seconds());
            ((at - other.start.as_seconds()) / length.max(f64::MIN_POSITIVE)).clamp(0.0, 1.0)
        });
        shares.sum::<f64>() / f64::from(MOMENTS)
    }
}

#[cfg(test)]
mod tests {
    use super::super::harness::{every_second, group, seconds, world};
    use super::*;
    use crate::units::{Frequency, Share};
    use crate::world::{Arrivals, KindMix};

    #[test]
    fn chunks_about_a_node_are_those_that_were_made_by_the_time_of_the_query() {
        let mut config = world(vec![Group { stores: false, ..group("people", 10) }, group("storers", 50)]);
        let about = vec![GroupId(0)];
        let kinds = KindMix { ecosystem: Share::ONE, dispute: Share::ZERO, consensus: Share::ZERO };
        let deeds = Work::Record { about: about.clone(), by: Observers::Subject, kinds };
        let arrivals = Arrivals::Poisson(Frequency::per_second(100.0));
        config.workloads = vec![
            Workload { arrivals, stop: seconds(30), ..every_second("deeds", deeds) },
            Workload { start: seconds(30), ..every_second("ask", Work::Query { from: GroupId(0), about }) },
        ];
        let reach = Reach::of(&config);
        let stock = Stock::of(&config, &reach);
        // 3000 outcomes about ten, each a recorder; 0.45 of ten are left over.
        assert!((stock.chunks - 29.55).abs() < 0.01, "{}", stock.chunks);
        assert_eq!((stock.replicas, stock.told), (5.0, 50.0));
        // 50 · (1 − (1 − 5/50)^29.55)
        assert!((stock.holders - 47.8).abs() < 0.1 && stock.asked == stock.holders, "{}", stock.holders);
        // Asked while they are made: half of them are there.
        config.workloads[1] =
            Workload { start: seconds(0), stop: seconds(30), ..config.workloads[1].clone() };
        let half = Stock::of(&config, &reach).chunks;
        assert!((half - 14.8).abs() < 0.1, "{half}");
    }
}
