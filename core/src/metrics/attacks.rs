//! What adversaries did, and for how long.

use std::ops::Range;

use super::spans::Spans;
use super::window::Window;
use crate::conduct::Deceit;
use crate::units::Time;
use crate::world::WorldConfig;

/// What the adversaries of each group did, in each span of a run.
pub(super) struct Attacks {
    spans: Spans,
    /// Span by span, the deeds of each group.
    deeds: Vec<Vec<Deeds>>,
    /// Of each group that has a conduct.
    acting: Vec<Option<Acting>>,
}

/// For how long the hosts of a group were online while they followed their conduct.
struct Acting {
    /// From when until when they follow it.
    start: Time,
    stop: Time,
    online: u32,
    /// Up to when time is summed, and the sum over hosts.
    summed: Time,
    host_seconds: f64,
}

/// Gives all deeds that have a metric to a macro: field, deceit, the metric's name, what is counted, which groups have it, of all that have a
/// conduct or of one kind with its name, what it says, and what notes say after the number. Counts, metrics, notes and reports make theirs of it.
#[macro_export]
macro_rules! for_each_deed {
    ($declare:ident) => {
        $declare! {
            lied: Lied, "lies", "outcomes", (all), "Outcomes that the group recorded although they did not happen, or happened differently.", "false outcomes recorded";
            denied: Denied(_), "denied", "answers", (all), "Answers that hosts of the group withheld although they could have come in time, or gave without chunks.", "answers withheld";
            forged: Forged(_), "forged", "answers", (all), "Answers that the group sent with chunks altered or made up.", "answers forged";
            shirked: Shirked, "shirked", "announcements", (all), "Announcements of chunks that the group ignored although it had space for them.", "announcements ignored";
            asked: Asked, "asked", "queries", (all), "Queries that the group issued for the attack alone.", "queries for the attack alone";
            swallowed: Swallowed, "swallowed", "copies", (all), "Copies of broadcasts that the group should have sent, and did not.", "broadcasts not forwarded";
            omitted: Omitted, "omitted", "outcomes", (OmittingRecorder "omitting_recorder"), "Outcomes that the group was to record, and left out.", "outcomes left out";
            forked: Forked(_), "forked", "chunks", (Equivocator "equivocator"), "Chunks that the group cut in two versions.", "chunks cut in two versions";
            raced: Raced, "raced", "announcements", (Racer "racer"), "Announcements of chunks that the group said YES to before its nodes had come to an answer.", "announcements answered too soon";
            discarded: Discarded(_), "discarded", "chunks", (Racer "racer"), "Chunks that the group had said YES to, was sent, and did not store.", "chunks not stored after a YES";
            misrouted: Misrouted, "misrouted", "answers", (Misrouter "misrouter"), "Questions of lookups that the group answered with nodes of its own.", "lookups answered with accomplices";
            overheard: Overheard(_), "overheard", "messages", (Spy "spy"), "Copies of queries, and questions to be handed on, that came to spies of the group.", "queries overheard";
            spoofed: Spoofed, "spoofed", "messages", (OriginSpoofer "origin_spoofer"), "Copies of queries that the group sent in the name of others.", "queries in the name of others";
        }
    };
}

pub use for_each_deed;

macro_rules! deeds {
    ($($deed:ident: $deceit:ident $(($any:tt))?, $name:literal, $unit:literal, $who:tt, $meaning:literal, $told:literal;)+) => {
        /// How often adversaries did what.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub(super) struct Deeds {
            $(pub $deed: u64,)+
            /// Identities that were taken after the first.
            pub renamed: u64,
        }

        impl Deeds {
            fn of(&mut self, deceit: Deceit) -> &mut u64 {
                match deceit {
                    $(Deceit::$deceit $(($any))? => &mut self.$deed,)+
                    Deceit::Renamed => &mut self.renamed,
                }
            }

            fn add(&mut self, other: &Deeds) {
                $(self.$deed += other.$deed;)+
                self.renamed += other.renamed;
            }
        }
    };
}

for_each_deed!(deeds);

impl Attacks {
    pub(super) fn new(config: &WorldConfig, spans: Spans) -> Attacks {
        let groups = config.groups.iter();
        let acting = groups.map(|group| {
            let conduct = group.conduct.as_ref()?;
            let stop = conduct.stop.unwrap_or(Time::NEVER);
            let (online, summed) = (0, Time::ZERO);
            Some(Acting { start: conduct.start, stop, online, summed, host_seconds: 0.0 })
        });
        let deeds = vec![vec![Deeds::default(); config.groups.len()]; spans.len()];
        Attacks { deeds, spans, acting: acting.collect() }
    }

    /// A host of a group came online or went offline.
    pub(super) fn presence(&mut self, now: Time, group: usize, online: bool) {
        if let Some(acting) = &mut self.acting[group] {
            acting.advance(now);
            if online { acting.online += 1 } else { acting.online -= 1 }
        }
    }

    /// Sums up to `now`, where the run ends.
    pub(super) fn finish(&mut self, now: Time) {
        self.acting.iter_mut().flatten().for_each(|acting| acting.advance(now));
    }

    /// Time for which hosts of a group were online and followed their conduct, in seconds, summed over hosts; `None` for
    /// honest ones.
    pub(super) fn host_seconds(&self, group: usize) -> Option<f64> {
        self.acting[group].as_ref().map(|acting| acting.host_seconds)
    }

    pub(super) fn see(&mut self, now: Time, group: usize, deceit: Deceit) {
        let deeds = &mut self.deeds[self.spans.place(now)][group];
        *deeds.of(deceit) += 1;
    }

    /// Outcomes recorded in these spans by any of them that did not happen, or not so.
    pub(super) fn lies(&self, spans: Range<usize>) -> u64 {
        self.deeds[spans].iter().flatten().map(|deeds| deeds.lied).sum()
    }

    /// The same in a window.
    pub(super) fn lies_within(&self, window: Window) -> u64 {
        self.lies(self.spans.within(window))
    }

    /// What the adversaries of a group did in a window.
    pub(super) fn of_group(&self, group: usize, window: Window) -> Deeds {
        self.sum(group, self.spans.within(window))
    }

    /// What they did in the whole run.
    pub(super) fn of_group_in_all(&self, group: usize) -> Deeds {
        self.sum(group, 0..self.deeds.len())
    }

    fn sum(&self, group: usize, spans: Range<usize>) -> Deeds {
        let mut sum = Deeds::default();
        self.deeds[spans].iter().for_each(|deeds| sum.add(&deeds[group]));
        sum
    }
}

impl Acting {
    fn advance(&mut self, now: Time) {
        let (from, to) = (self.summed.max(self.start), now.min(self.stop));
        if from < to {
            self.host_seconds += f64::from(self.online) * to.since(from).as_seconds();
        }
        self.summed = now;
    }
}
