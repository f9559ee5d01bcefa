//! The source of work: a host beside the others that hands out work when it arrives. It alone counts the outcomes about
//! each node, for skills that change with them; an outcome counts even if its recorder turns out to be offline.

use rand::Rng;

use super::config::{Arrivals, KindMix, Observers, Skill, Work, Workload};
use super::event::{Action, WorkItem};
use super::plan::Plan;
use super::population::Population;
use crate::protocol::{Detail, EventKind, Peer};
use crate::random::{ChaCha8Rng, Draws, Flow, PoissonGaps, Purpose, Seed, index, key_of, weighted};
use crate::units::{Duration, Frequency, GroupId, HostId, Share, Time};

pub(super) struct WorkloadGenerator {
    arrivals: Vec<ArrivalProcess>,
    /// Outcomes about each node so far; empty when nothing is recorded.
    outcomes: Vec<u32>,
}

/// The state of one workload.
struct ArrivalProcess {
    key: u64,
    stream: ChaCha8Rng,
    gaps: PoissonGaps,
    /// Arrivals so far.
    count: u64,
}

impl WorkloadGenerator {
    pub(super) fn new(seed: Seed, population: &Population<'_>, plan: &Plan<'_>) -> WorkloadGenerator {
        let process = |workload: &Workload| ArrivalProcess {
            key: key_of(&workload.name),
            stream: seed.stream(Purpose::Arrival, key_of(&workload.name)),
            gaps: PoissonGaps::default(),
            count: 0,
        };
        let records = plan.workloads.iter().any(|workload| matches!(workload.work, Work::Record { .. }));
        WorkloadGenerator {
            arrivals: plan.workloads.iter().map(process).collect(),
            outcomes: if records { vec![0; population.count() as usize] } else { Vec::new() },
        }
    }

    /// When the next work of a workload arrives after `now`, if it does before the workload stops.
    pub(super) fn next(&mut self, plan: &Plan<'_>, workload: u16, now: Time) -> Option<Time> {
        let process = &mut self.arrivals[usize::from(workload)];
        let workload = plan.workload(workload);
        let now = now.max(workload.start);
        let end = workload.stop.min(Time::ZERO + plan.duration);
        let next = match workload.arrivals {
            Arrivals::Every(interval) => now + interval,
            Arrivals::Poisson(rate) => now + process.gaps.next(process.stream.next_u64(), rate)?,
            Arrivals::Ramp { .. } => process.thinned(workload, now, end)?,
        };
        (next < end).then_some(next)
    }

    /// When the first work of each workload arrives, for those that have any.
    pub(super) fn first(&mut self, plan: &Plan<'_>) -> Vec<(Time, u16)> {
        let workloads = 0..plan.workloads.len() as u16;
        workloads.filter_map(|workload| Some((self.next(plan, workload, Time::ZERO)?, workload))).collect()
    }

    /// The work that arrives now, and the host that it comes to; `None` when a group has no other member to pick.
    pub(super) fn generate(
        &mut self,
        population: &Population<'_>,
        plan: &Plan<'_>,
        workload: u16,
    ) -> Option<(HostId, WorkItem)> {
        let process = &mut self.arrivals[usize::from(workload)];
        let number = process.count;
        process.count += 1;
        let flow = Flow::new(process.key, number);
        let spec = plan.workload(workload);
        let turns = matches!(spec.arrivals, Arrivals::Every(_));
        let mut pick = Pick { population, stream: &mut process.stream, turn: turns.then_some(number) };
        let (host, action) = match &spec.work {
            Work::Record { about, by, kinds } => {
                let subject = pick.one_of(about);
                let recorder = match by {
                    Observers::Subject => subject,
                    Observers::Group(group) => pick.other_of(&[*group], subject)?,
                };
                (recorder, self.record(population, subject, *kinds, flow))
            }
            Work::Query { from, about } => {
                let (asker, target) = pick.pair(&[*from], about)?;
                (asker, Action::Query { target: Peer(target.0) })
            }
            Work::Tasks(tasks) => (pick.one_of(&[tasks.from]), Action::RequestTask),
            Work::Broadcast { from, size } => {
                (pick.one_of(&[*from]), Action::Broadcast { size: size.as_bytes() as u32 })
            }
            Work::Traffic { from, to, size, .. } => {
                let (sender, to) = pick.pair(&[*from], &[*to])?;
                let draws = population.draws(Purpose::Size, sender, flow.get().into());
                (sender, Action::Traffic { to, size: size.draw(draws) })
            }
        };
        Some((host, WorkItem { workload, flow, action }))
    }

    /// The next outcome about `subject`: its kind, and whether it is good. The draws are the arrival's own; a skill that
    /// changes goes by the number of all outcomes about the subject.
    fn record(&mut self, population: &Population<'_>, subject: HostId, kinds: KindMix, flow: Flow) -> Action {
        let number = self.outcomes[subject.index()];
        self.outcomes[subject.index()] += 1;
        let mut draws = population.draws(Purpose::Outcome, subject, flow.get().into());
        let skill = population.group(subject).skill.after(number);
        let (kind, detail) = outcome(&mut draws, kinds, skill);
        Action::Record { kind, subject: Peer(subject.0), detail }
    }
}

/// Draws an outcome: its kind by the mix, and whether it is good by the skill.
pub(super) fn outcome(draws: &mut Draws, kinds: KindMix, skill: Share) -> (EventKind, Detail) {
    let shares = [kinds.ecosystem, kinds.dispute, kinds.consensus].map(Share::get);
    let kind = weighted(draws.next(), shares.into_iter());
    let well = skill.happens(draws.next());
    let kind = match (kind, well) {
        (0, true) => EventKind::EcosystemImproved,
        (0, false) => EventKind::EcosystemDegraded,
        (1, true) => EventKind::DisputeResolved,
        (1, false) => EventKind::DisputeFailed,
        (_, true) => EventKind::ConsensusMatched,
        (_, false) => EventKind::ConsensusMissed,
    };
    // A territory or dispute by its number, and a change of health of 1 to 20 points, as in the proposal's examples.
    let change = 1 + index(draws.next(), 20) as i32;
    let magnitude = if well { change } else { -change };
    (kind, Detail { reference: index(draws.next(), 1 << 20), magnitude })
}

/// Picks the hosts that take part in an arrival: round-robin, or at random.
struct Pick<'a> {
    population: &'a Population<'a>,
    stream: &'a mut ChaCha8Rng,
    turn: Option<u64>,
}

impl Pick<'_> {
    fn count(&self, groups: &[GroupId]) -> u64 {
        groups.iter().map(|group| self.population.members(*group).len() as u64).sum()
    }

    fn member(&self, groups: &[GroupId], mut number: u64) -> HostId {
        for group in groups {
            let members = self.population.members(*group);
            if number < members.len() as u64 {
                return HostId(members.start + number as u32);
            }
            number -= members.len() as u64;
        }
        unreachable!("the number is below the count of all members")
    }

    fn one_of(&mut self, groups: &[GroupId]) -> HostId {
        let count = self.count(groups);
        let number = match self.turn {
            Some(turn) => turn % count,
            None => index(self.stream.next_u64(), count),
        };
        self.member(groups, number)
    }

    /// One at random other than `not`, all with the same chance.
    fn other_of(&mut self, groups: &[GroupId], not: HostId) -> Option<HostId> {
        let place = self.place_of(groups, not);
        let others = self.count(groups) - u64::from(place.is_some());
        if others == 0 {
            return None;
        }
        let number = index(self.stream.next_u64(), others);
        Some(self.member(groups, number + u64::from(place.is_some_and(|place| place <= number))))
    }

    /// The number of a host among the members of `groups`, if it is one.
    fn place_of(&self, groups: &[GroupId], host: HostId) -> Option<u64> {
        let mut before = 0;
        for group in groups {
            let members = self.population.members(*group);
            if members.contains(&host.0) {
                return Some(before + u64::from(host.0 - members.start));
            }
            before += members.len() as u64;
        }
        None
    }

    /// An actor and its target, two different hosts. In turns, each of `on` is the target once a round, with another actor
    /// each round.
    fn pair(&mut self, acts: &[GroupId], on: &[GroupId]) -> Option<(HostId, HostId)> {
        let Some(turn) = self.turn else {
            let actor = self.one_of(acts);
            return Some((actor, self.other_of(on, actor)?));
        };
        let (actors, targets) = (self.count(acts), self.count(on));
        let target = self.member(on, turn % targets);
        let first = turn + turn / targets;
        let actor = (first..first + actors)
            .map(|turn| self.member(acts, turn % actors))
            .find(|host| *host != target)?;
        Some((actor, target))
    }
}

impl Skill {
    /// The chance of a good outcome after this many outcomes.
    pub fn after(&self, events: u32) -> Share {
        match self {
            Skill::Constant(share) => *share,
            Skill::AfterEvents(steps) => {
                steps.iter().rev().find(|(from, _)| *from <= events).map_or(Share::ZERO, |(_, share)| *share)
            }
        }
    }
}

impl Arrivals {
    /// The highest rate of the phase that a workload is in so long after its start, and when after the start that
    /// phase ends. `None`: it goes on.
    fn phase_at(&self, since: Duration) -> (Frequency, Option<Duration>) {
        let Arrivals::Ramp { from, to, rise, hold, fall } = *self else { return (self.rate_at(since), None) };
        let highest = if from > to { from } else { to };
        let phases = [(highest, rise), (to, rise + hold), (highest, rise + hold + fall)];
        let now = phases.into_iter().find(|(_, ends)| since < *ends);
        now.map_or((from, None), |(highest, ends)| (highest, Some(ends)))
    }

    /// The rate of arrivals, so long after the start of the workload.
    pub fn rate_at(&self, since: Duration) -> Frequency {
        match *self {
            Arrivals::Poisson(rate) => rate,
            Arrivals::Every(interval) => Frequency::per_second(1.0 / interval.as_seconds()),
            Arrivals::Ramp { from, to, rise, hold, fall } => {
                let part = |past: Duration, whole: Duration| past.as_seconds() / whole.as_seconds();
                let height = if since < rise {
                    part(since, rise)
                } else if since < rise + hold {
                    1.0
                } else if since < rise + hold + fall {
                    1.0 - part(since - (rise + hold), fall)
                } else {
                    0.0
                };
                let (from, to) = (from.as_per_second(), to.as_per_second());
                Frequency::per_second(from + (to - from) * height)
            }
        }
    }
}

impl ArrivalProcess {
    /// When a ramp's next work arrives after `now`, if before `end`: arrivals of a Poisson process at the highest rate of
    /// the phase, each kept with (rate now)/(highest rate). A phase's process ends with it, as it is memoryless.
    fn thinned(&mut self, workload: &Workload, now: Time, end: Time) -> Option<Time> {
        let mut at = now;
        while at < end {
            let (highest, lasts) = workload.arrivals.phase_at(at.since(workload.start));
            let phase_ends = lasts.map_or(end, |lasts| (workload.start + lasts).min(end));
            let gap = self.gaps.next(self.stream.next_u64(), highest);
            let next = gap.map_or(Time::NEVER, |gap| at + gap);
            if next >= phase_ends {
                (at, self.gaps) = (phase_ends, PoissonGaps::default());
                continue;
            }
            at = next;
            let rate = workload.arrivals.rate_at(at.since(workload.start));
            let keep = Share::clamped(rate.as_per_second() / highest.as_per_second());
            if keep.happens(self.stream.next_u64()) {
                return Some(at);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_skill_changes_with_the_number_of_events() {
        let skill = Skill::AfterEvents(vec![(0, Share::clamped(0.65)), (30, Share::clamped(0.8))]);
        assert_eq!(skill.after(0).get(), 0.65);
        assert_eq!(skill.after(29).get(), 0.65);
        assert_eq!(skill.after(30).get(), 0.8);
    }

    #[test]
    fn a_ramp_rises_holds_and_falls_back() {
        let seconds = Duration::from_secs;
        let ramp = Arrivals::Ramp {
            from: Frequency::per_second(10.0),
            to: Frequency::per_second(110.0),
            rise: seconds(10),
            hold: seconds(5),
            fall: seconds(20),
        };
        for (at, rate) in [(0, 10.0), (5, 60.0), (10, 110.0), (14, 110.0), (25, 60.0), (35, 10.0), (99, 10.0)]
        {
            assert_eq!(ramp.rate_at(seconds(at)).as_per_second(), rate, "at {at} s");
        }
    }
}
