//! The spans that a run is cut into, so that sums over a window are sums over whole spans.

use std::ops::Range;
use std::sync::Arc;

use super::Selection;
use super::cuts::{SLIVER, cuts};
use super::window::Window;
use crate::units::{Duration, Time};
use crate::world::{Fault, Recurrence, WorldConfig};

/// The spans of a run: a new one begins with each row of `timeseries.csv`, and where a window begins or ends.
#[derive(Clone, Debug)]
pub(super) struct Spans {
    /// When each begins, rising; the last takes what comes later, too.
    starts: Arc<[Time]>,
    /// The spans of each row.
    rows: Arc<[Range<usize>]>,
    /// When the run ends.
    end: Time,
}

/// Rows of a run, more or less: enough for a smooth chart.
const ROWS: u64 = 240;

impl Spans {
    pub(super) fn of(config: &WorldConfig, selections: &[Selection]) -> Spans {
        let end = Time::ZERO + config.duration;
        let rows = rows(config);
        let windows = selections.iter().flat_map(|selection| [selection.from, selection.to]).flatten();
        let mut starts: Vec<Time> = rows.iter().copied().chain(windows.filter(|cut| *cut < end)).collect();
        starts.sort_unstable();
        starts.dedup();
        let place = |time: &Time| starts.partition_point(|start| start < time);
        let ends = rows.iter().skip(1).chain([&end]);
        let rows = rows.iter().zip(ends).map(|(start, end)| place(start)..place(end)).collect();
        Spans { starts: starts.into(), rows, end }
    }

    pub(super) fn len(&self) -> usize {
        self.starts.len()
    }

    /// The span of a time; what comes after the end belongs to the last.
    pub(super) fn place(&self, time: Time) -> usize {
        self.starts.partition_point(|start| *start <= time) - 1
    }

    /// From when on a time belongs to a span, and until when.
    pub(super) fn bounds(&self, place: usize) -> (Time, Time) {
        (self.starts[place], self.starts.get(place + 1).copied().unwrap_or(Time::NEVER))
    }

    /// The spans that lie in a window. The windows of the run and of its selections begin and end with a span.
    pub(super) fn within(&self, window: Window) -> Range<usize> {
        let place = |time: Time| self.starts.partition_point(|start| *start < time);
        let from = place(window.from);
        from..place(window.to).max(from)
    }

    /// The row of a time.
    pub(super) fn row(&self, time: Time) -> usize {
        let place = self.place(time);
        self.rows.partition_point(|row| row.end <= place).min(self.rows.len() - 1)
    }

    /// The spans of each row, with the times at which it begins and ends.
    pub(super) fn rows(&self) -> impl Iterator<Item = (Time, Time, Range<usize>)> + '_ {
        let end = |row: &Range<usize>| self.starts.get(row.end).copied().unwrap_or(self.end);
        self.rows.iter().map(move |row| (self.starts[row.start], end(row), row.clone()))
    }
}

/// When each row begins. What lies between two cuts is divided into rows of one length, which differs little unless cuts
/// are near each other.
fn rows(config: &WorldConfig) -> Vec<Time> {
    let Window { from, to } = Window::counted(config);
    let end = Time::ZERO + config.duration;
    let width = Duration::from_nanos(config.duration.as_nanos().div_ceil(ROWS).max(1));
    let least = Duration::from_seconds(SLIVER * width.as_seconds());
    let cuts =
        cuts(&[Time::ZERO, from, to, end], &onsets(config), |before, after| after.since(before) < least);
    let part = |pair: &[Time]| {
        let (from, length) = (pair[0], u128::from(pair[1].since(pair[0]).as_nanos()));
        let count = length.div_ceil(u128::from(width.as_nanos()));
        (0..count).map(move |row| from + Duration::from_nanos((length * row / count) as u64))
    };
    let starts: Vec<Time> = cuts.windows(2).flat_map(part).collect();
    if starts.is_empty() { vec![Time::ZERO] } else { starts }
}

/// When faults, attacks and work begin and end, and when groups join.
fn onsets(config: &WorldConfig) -> Vec<Time> {
    let end = Time::ZERO + config.duration;
    let faults = config.faults.values().flat_map(|fault| of_fault(fault, end));
    let conducts = config.groups.iter().filter_map(|group| group.conduct.as_ref());
    let attacks = conducts.flat_map(|conduct| [Some(conduct.start), conduct.stop]).flatten();
    let joins = config.groups.iter().flat_map(|group| [group.hosts.joins, group.hosts.has_joined()]);
    let work = config.workloads.iter().flat_map(|workload| [workload.start, workload.stop]);
    faults.chain(attacks).chain(joins).chain(work).filter(|time| *time < end).collect()
}

/// When a fault begins and ends. When one does that recurs at random the scenario does not know, and how often one recurs of which
/// no row would be told from the next need not be known.
fn of_fault(fault: &Fault, end: Time) -> Vec<Time> {
    let again = match fault.recurs {
        Recurrence::Never => return vec![fault.at, fault.at + fault.lasts],
        Recurrence::Every(period) if fault.times(end) <= ROWS as f64 => period,
        Recurrence::Every(_) | Recurrence::Exponential(_) => return vec![fault.at],
    };
    let begins = std::iter::successors(Some(fault.at), |begins| Some(*begins + again));
    begins.take_while(|begins| *begins < end).flat_map(|begins| [begins, begins + fault.lasts]).collect()
}

/// Quantities summed up over time, span by span.
pub(super) struct Integrals<const N: usize> {
    spans: Spans,
    until: Time,
    place: usize,
    sums: Vec<[f64; N]>,
}

impl<const N: usize> Integrals<N> {
    pub(super) fn new(spans: &Spans) -> Integrals<N> {
        Integrals { spans: spans.clone(), until: Time::ZERO, place: 0, sums: vec![[0.0; N]; spans.len()] }
    }

    /// The quantities have had these values since the last call.
    pub(super) fn advance(&mut self, now: Time, values: [f64; N]) {
        while self.until < now {
            let (_, end) = self.spans.bounds(self.place);
            let until = end.min(now);
            let seconds = until.since(self.until).as_seconds();
            self.sums[self.place].iter_mut().zip(values).for_each(|(sum, value)| *sum += seconds * value);
            self.until = until;
            self.place += usize::from(until == end);
        }
    }

    /// Sums over these spans, in units times seconds.
    pub(super) fn over(&self, spans: Range<usize>) -> [f64; N] {
        let mut total = [0.0; N];
        for sums in &self.sums[spans] {
            total.iter_mut().zip(sums).for_each(|(total, sum)| *total += sum);
        }
        total
    }

    /// Sums over a window.
    pub(super) fn within(&self, window: Window) -> [f64; N] {
        self.over(self.spans.within(window))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::conduct::{AdversaryKind, Conduct};
    use crate::network::{FaultKind, HostGroup, HostSet};
    use crate::world::harness::{every_second, group, seconds, world};
    use crate::world::{Group, GroupId, Work, Workload};

    fn config() -> WorldConfig {
        WorldConfig {
            warmup: Duration::from_millis(10_100),
            cooldown: Duration::from_secs(7),
            ..world(vec![group("all", 1)])
        }
    }

    #[test]
    fn a_row_lies_in_the_counted_part_or_outside_and_rows_are_about_as_long() {
        let config = config();
        let (spans, window) = (Spans::of(&config, &[]), Window::counted(&config));
        let mut last = Time::ZERO;
        for (from, to, _) in spans.rows() {
            assert_eq!(from, last);
            assert_eq!(window.contains(from), window.from < to && from < window.to);
            let seconds = to.since(from).as_seconds();
            assert!((0.24..=0.25).contains(&seconds), "{seconds}");
            last = to;
        }
        assert_eq!(last, seconds(60));
    }

    fn at(millis: u64) -> Time {
        Time::ZERO + Duration::from_millis(millis)
    }

    fn outage(from: Time, lasts: Duration) -> Fault {
        Fault::new(from, lasts, FaultKind::Offline(HostSet::default()))
    }

    #[test]
    fn a_row_ends_where_a_fault_an_attack_or_work_begins_or_ends_and_where_a_group_joins() {
        let plain = group("late", 1);
        let late = Group { hosts: HostGroup { joins: at(20_111), ..plain.hosts.clone() }, ..plain };
        let conduct = Conduct {
            kind: AdversaryKind::FreeRider { forwards: true },
            start: at(25_111),
            stop: Some(at(28_111)),
        };
        let attackers = Group { conduct: Some(conduct), ..group("attackers", 1) };
        let work = every_second("shouts", Work::Query { from: GroupId(0), about: vec![GroupId(1)] });
        let config = WorldConfig {
            workloads: vec![Workload { start: at(33_111), stop: at(36_111), ..work }],
            faults: BTreeMap::from([("outage".to_owned(), outage(at(41_111), Duration::from_secs(3)))]),
            ..world(vec![late, attackers])
        };
        let ends: Vec<Time> = Spans::of(&config, &[]).rows().map(|(_, end, _)| end).collect();
        for onset in [20_111, 25_111, 28_111, 33_111, 36_111, 41_111, 44_111] {
            assert!(ends.contains(&at(onset)), "{onset}");
        }
    }

    proptest! {
        #[test]
        fn a_row_that_an_onset_falls_into_began_just_before_and_rows_stay_few(
            outages in prop::collection::vec((0..60_000_u64, 1..20_000_u64), 0..300)
        ) {
            let onsets = outages.iter().flat_map(|(from, lasts)| [*from, from + lasts]);
            let outages = outages.iter().map(|(from, lasts)| outage(at(*from), Duration::from_millis(*lasts)));
            let faults = outages.enumerate().map(|(n, outage)| (n.to_string(), outage)).collect();
            let spans = Spans::of(&WorldConfig { faults, ..config() }, &[]);
            let rows: Vec<(Time, Time)> = spans.rows().map(|(from, end, _)| (from, end)).collect();
            prop_assert!(rows.iter().all(|(from, end)| end.since(*from) <= Duration::from_millis(250)));
            prop_assert!(rows.windows(2).all(|pair| pair[0].1 == pair[1].0));
            prop_assert!(rows.len() <= 5 * 240 + 4, "{}", rows.len());
            for onset in onsets.map(at).filter(|onset| *onset < seconds(60)) {
                let (from, _) = rows[spans.row(onset)];
                prop_assert!(onset.since(from) < Duration::from_nanos(62_500_000), "{onset:?} {from:?}");
            }
        }
    }

    #[test]
    fn the_windows_of_selections_are_made_of_whole_spans_and_leave_the_rows_as_they_are() {
        let config = config();
        let selection =
            Selection { from: Some(Time::from_nanos(1)), to: Some(seconds(33)), ..Selection::default() };
        let (plain, cut) = (Spans::of(&config, &[]), Spans::of(&config, std::slice::from_ref(&selection)));
        let times = |spans: &Spans| spans.rows().map(|(from, to, _)| (from, to)).collect::<Vec<_>>();
        assert_eq!(times(&plain), times(&cut));
        let within = cut.within(Window::of(&selection, &config));
        assert_eq!(cut.bounds(within.start).0, Time::from_nanos(1));
        assert_eq!(cut.bounds(within.end - 1).1, seconds(33));
        assert_eq!((cut.row(Time::ZERO), cut.row(Time::from_nanos(1))), (0, 0));
        assert_eq!(cut.row(seconds(99)), cut.rows().count() - 1);
    }

    #[test]
    fn a_quantity_is_summed_up_span_by_span() {
        let spans = Spans::of(&config(), &[]);
        let mut integrals = Integrals::new(&spans);
        integrals.advance(seconds(20), [1.0]);
        integrals.advance(seconds(60), [3.0]);
        let [sum] = integrals.within(Window::counted(&config()));
        assert!((sum - (9.9 + 33.0 * 3.0)).abs() < 1e-9, "{sum}");
        let [sum] = integrals.over(0..spans.len());
        assert!((sum - 140.0).abs() < 1e-9, "{sum}");
    }
}
