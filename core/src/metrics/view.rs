//! The part of a run that a metric is computed over.

use super::Selection;
use super::queries::{QueryEnd, QueryRecord};
use super::record::RunRecord;
use super::storage::Stock;
use super::tally::Counts;
use super::window::Window;
use crate::units::{GroupId, Time};

/// The record of a run as a selection sees it.
#[derive(Clone, Copy)]
pub(super) struct View<'r> {
    pub run: &'r RunRecord<'r>,
    pub window: Window,
    /// The beginning of the window, if it is asked for.
    pub from: Option<Time>,
    pub group: Option<GroupId>,
    pub at_events: Option<u32>,
}

impl<'r> View<'r> {
    pub(super) fn of(run: &'r RunRecord<'r>, selection: &Selection) -> View<'r> {
        let window = Window::of(selection, run.config);
        View { run, window, from: selection.from, group: selection.group, at_events: selection.at_events }
    }

    /// A count over the whole run.
    pub(super) fn total(&self, of: fn(&Counts) -> u64) -> f64 {
        of(&self.run.tally.total()) as f64
    }

    /// A count over the window.
    pub(super) fn counted(&self, of: fn(&Counts) -> u64) -> f64 {
        of(&self.run.tally.within(self.window)) as f64
    }

    /// How long the window lasts, as far as the run has come, in seconds.
    pub(super) fn seconds(&self) -> f64 {
        self.run.timeline.seconds(self.window)
    }

    /// Chunks that there are at the end of the window: those pushed in it, and before it too unless it is asked for.
    pub(super) fn stock(&self) -> impl Iterator<Item = Stock> + 'r {
        let (from, to) = (self.from.unwrap_or(Time::ZERO), self.window.to);
        let there = Window { from, to };
        self.run.storage.stock().filter(move |chunk| there.contains(chunk.pushed))
    }

    /// How many of these times lie in the window.
    pub(super) fn count_in(&self, times: &[Time]) -> f64 {
        times.iter().filter(|time| self.window.contains(**time)).count() as f64
    }

    /// Of what was seen at a time, what was seen in the window.
    pub(super) fn within<'t, T>(&self, seen: &'t [(Time, T)]) -> impl Iterator<Item = &'t T> + Clone {
        let window = self.window;
        seen.iter().filter(move |(time, _)| window.contains(*time)).map(|(_, what)| what)
    }

    /// The queries that are selected.
    pub(super) fn issued(&self) -> impl Iterator<Item = &'r QueryRecord> + Clone {
        let View { run, window, group, at_events, .. } = *self;
        run.queries.records.iter().filter(move |query| {
            window.contains(query.issued)
                && run.groups.has(group, query.target)
                && at_events.is_none_or(|events| query.first_at.contains(&events))
        })
    }

    /// Those of them whose collection has ended, each with what came of it.
    pub(super) fn collected(&self) -> impl Iterator<Item = (&'r QueryRecord, &'r QueryEnd)> + Clone {
        self.issued().filter_map(|query| query.end.as_ref().map(|end| (query, end)))
    }

    /// How many collections have ended.
    pub(super) fn collections(&self) -> f64 {
        self.collected().count() as f64
    }
}
