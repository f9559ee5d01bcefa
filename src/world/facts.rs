//! What never changes during a run: who is where, who belongs to which group, and the luck of each host.

use std::ops::Range;

use super::GroupId;
use super::census::Census;
use super::config::{Placement, Work, WorldConfig};
use super::tasks::Pool;
use crate::network::{End, Loss, Paths, Place};
use crate::random::{Draws, Purpose, Seed, index, key_of, mix};
use crate::units::{Duration, HostId, Time};

/// The unchanging world: hosts are numbered through all groups, in the order of the groups.
#[derive(Debug)]
pub struct Facts<'a> {
    pub(super) config: &'a WorldConfig,
    pub(super) seed: Seed,
    pub(super) paths: Paths,
    pub(super) loss: Loss,
    /// Who is who.
    pub census: Census,
    group_keys: Vec<u64>,
    group_of: Vec<u16>,
    places: Vec<Place>,
    /// The times at which scheduled groups join, ascending, beginning with the start.
    pub(super) epochs: Vec<Time>,
    /// Who can be chosen, for each workload of tasks.
    pub(super) pools: Vec<Option<Pool>>,
}

/// Storage nodes tell their limiters so many times in a run.
const SAMPLES: u64 = 240;

impl<'a> Facts<'a> {
    /// The hosts of `config` in their places, with the luck that `seed` gives them.
    pub fn new(config: &'a WorldConfig, seed: Seed) -> Facts<'a> {
        let mut group_of = Vec::new();
        for (number, group) in config.groups.iter().enumerate() {
            group_of.extend(std::iter::repeat_n(number as u16, group.count as usize));
        }
        let census = Census::of(config);
        let pool = |workload: &super::Workload| match &workload.work {
            Work::Tasks(tasks) => Some(Pool::new(config, &census, tasks)),
            _ => None,
        };
        let paths = Paths::new(&config.network);
        let group_keys = config.groups.iter().map(|group| key_of(&group.name)).collect();
        let places = places(config, seed, paths.places());
        Facts {
            config,
            seed,
            loss: Loss::new(config.network.loss),
            paths,
            pools: config.workloads.iter().map(pool).collect(),
            census,
            group_keys,
            group_of,
            places,
            epochs: epochs(config),
        }
    }

    /// How many hosts there are.
    pub fn hosts(&self) -> u32 {
        self.group_of.len() as u32
    }

    /// The host that deals out work: one past the last.
    pub(super) fn dealer(&self) -> HostId {
        HostId(self.hosts())
    }

    /// Time between two samples of a storage node's limiters: short enough for a chart, and never less than a
    /// millisecond.
    pub(super) fn sample_every(&self) -> Duration {
        Duration::from_nanos(self.config.duration.as_nanos() / SAMPLES).max(Duration::from_millis(1))
    }

    /// The hosts of a group.
    pub fn members(&self, group: GroupId) -> Range<u32> {
        self.census.members(group)
    }

    pub(super) fn group(&self, host: HostId) -> &'a super::Group {
        &self.config.groups[usize::from(self.group_of[host.index()])]
    }

    pub(super) fn group_id(&self, host: HostId) -> GroupId {
        GroupId(self.group_of[host.index()])
    }

    #[inline]
    pub(super) fn place(&self, host: HostId) -> Place {
        self.places[host.index()]
    }

    /// The host as an end of paths.
    #[inline]
    pub(super) fn end(&self, host: HostId) -> End {
        End { host, place: self.place(host) }
    }

    /// The key of a host's luck: by the name of its group and its number in it, so that another group changes nothing.
    pub(super) fn luck(&self, host: HostId) -> u64 {
        let group = usize::from(self.group_of[host.index()]);
        let first = self.census.members(GroupId(group as u16)).start;
        mix(self.group_keys[group] ^ u64::from(host.0 - first))
    }

    /// The key of the luck of identity `number` of a host; the first has the host's.
    pub(super) fn luck_of(&self, host: HostId, number: u32) -> u64 {
        let luck = self.luck(host);
        if number == 0 { luck } else { mix(luck ^ u64::from(number)) }
    }

    /// The draws of a host for a purpose.
    pub(super) fn draws(&self, purpose: Purpose, host: HostId, counter: u64) -> Draws {
        self.seed.draws(purpose, self.luck(host), counter)
    }

    /// The epoch at which a host joins.
    pub(super) fn first_epoch(&self, host: HostId) -> usize {
        let joins = self.group(host).joins;
        self.epochs.partition_point(|epoch| *epoch < joins)
    }
}

fn epochs(config: &WorldConfig) -> Vec<Time> {
    let mut epochs: Vec<Time> = config.groups.iter().map(|group| group.joins).chain([Time::ZERO]).collect();
    epochs.sort_unstable();
    epochs.dedup();
    epochs
}

fn places(config: &WorldConfig, seed: Seed, places: usize) -> Vec<Place> {
    let mut all = Vec::new();
    for group in &config.groups {
        let of_group = 0..group.count;
        match &group.placement {
            Placement::Even => {
                let order = shuffled(places, &mut seed.draws(Purpose::Place, key_of(&group.name), 0));
                all.extend(of_group.map(|i| order[i as usize % places]));
            }
            Placement::Regions(shares) => all.extend(of_group.map(|i| {
                // The quantile of the host within its group: shares come out exact to one host.
                let quantile = (f64::from(i) + 0.5) / f64::from(group.count);
                let mut sum = 0.0;
                let region = shares.iter().find(|(_, share)| {
                    sum += share.get();
                    quantile <= sum
                });
                Place(region.or(shares.last()).map_or(0, |(region, _)| region.0))
            })),
        }
    }
    all
}

fn shuffled(places: usize, draws: &mut Draws) -> Vec<Place> {
    let mut order: Vec<Place> = (0..places).map(|place| Place(place as u8)).collect();
    for last in (1..places).rev() {
        order.swap(last, index(draws.next(), last as u64 + 1) as usize);
    }
    order
}
