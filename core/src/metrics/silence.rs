//! Holders that give no answer to a query, and why. A cause is declared once: its metric, its columns, and what charts
//! call it follow from that.

use super::storage::Storage;
use crate::units::HostId;
use crate::world::{About, Fate};

/// Gives all causes to a macro: variant, end of its names, when a scenario has the metric, the column of intervals and that of
/// queries, which holders are meant, what charts call it. Metrics and tables make theirs of it.
#[macro_export]
macro_rules! for_each_cause {
    ($declare:ident) => {
        $declare! {
            Offline: "offline", (NodesAsk, Asks, Always) "that were offline", "offline";
            Unreached: "unreached", (NodesAsk, Asks, Always) "that no copy of the query reached within the window", "not reached";
            Denied: "denied", (NodesAsk, Asks, Always) "whose owner, an adversary, withheld the answer", "withheld";
            Lost: "lost", (NodesAsk, Asks, Always) "whose answer was lost or dropped, or found the asker offline", "answer lost";
            Late: "late", (NodesAsk, Asks, Always) "that were late, or not yet reached when enough others had answered", "too late";
            BehindNat: "behind_nat", (NodesAskLimitsReach, AsksLimitsReach, LimitsReach) "from whom a NAT or the like, or an absent relay, kept a copy of the query", "behind a NAT";
        }
    };
}

pub use for_each_cause;

macro_rules! causes {
    ($($cause:ident: $name:literal, $has:tt $holders:literal, $label:literal;)+) => {
        /// Why a holder gave no answer in time.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Cause {
            $(#[doc = concat!("Holders ", $holders, ".")] $cause,)+
        }

        impl Cause {
            /// All causes, in the order of columns.
            pub const ALL: &[Cause] = &[$(Cause::$cause),+];
        }
    };
}

for_each_cause!(causes);

impl Cause {
    /// Why the holder is not asked to whom a copy of the query met this end. Other copies may yet come to whom one was lost.
    fn of_copy(fate: Fate) -> Option<Cause> {
        match fate {
            Fate::ToOffline(_) => Some(Cause::Offline),
            Fate::Lost(cause) if cause.is_barrier() => Some(Cause::BehindNat),
            _ => None,
        }
    }

    /// Whether no copy of the query came to these holders.
    fn is_unasked(self) -> bool {
        matches!(self, Cause::Offline | Cause::Unreached | Cause::BehindNat)
    }
}

/// Holders that gave no answer in time, by the true cause.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Silence([u32; Cause::ALL.len()]);

impl Silence {
    pub(super) fn of(self, cause: Cause) -> u32 {
        self.0[cause as usize]
    }

    pub(super) fn total(self) -> u32 {
        self.0.iter().sum()
    }

    /// Holders to whom no copy of the query came.
    pub(super) fn unasked(self) -> u32 {
        Cause::ALL.iter().filter(|cause| cause.is_unasked()).map(|cause| self.of(*cause)).sum()
    }

    fn add(&mut self, cause: Cause) {
        self.0[cause as usize] += 1;
    }
}

/// Whether the end of a message tells something of a holder: why it is not asked, or that its answer did not arrive.
#[inline]
pub(super) fn tells_of_holder(fate: Fate, about: About) -> bool {
    match about {
        About::QueryCopy { .. } => Cause::of_copy(fate).is_some(),
        About::Answer { .. } => fate != Fate::Delivered,
        About::Other => false,
    }
}

/// What is known of one holder while a collection goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holder {
    /// No copy of the query has come to it.
    Unheard,
    /// This is why the last one did not. Or it was offline at the start.
    Missed(Cause),
    /// A copy has come to it; it has not answered yet.
    Asked,
    AnswerSent,
    AnswerDenied,
    AnswerLost,
    Answered,
}

impl Holder {
    /// Why the holder was silent, if it was. `in_full`: the collection lasted as long as it can.
    fn silent(self, online: bool, in_full: bool) -> Option<Cause> {
        match self {
            Holder::Answered => None,
            Holder::Missed(cause) => Some(cause),
            // It went offline before its answer was due.
            Holder::Asked if !online => Some(Cause::Offline),
            // Whether a copy would have come is not known when enough others had answered.
            Holder::Unheard if in_full => Some(Cause::Unreached),
            Holder::AnswerDenied => Some(Cause::Denied),
            Holder::AnswerLost => Some(Cause::Lost),
            Holder::Unheard | Holder::Asked | Holder::AnswerSent => Some(Cause::Late),
        }
    }

    fn is_unasked(self) -> bool {
        matches!(self, Holder::Unheard | Holder::Missed(_))
    }
}

/// The holders of what is asked about, while a collection goes on; in the order of hosts.
pub(super) struct Holders(Vec<(HostId, Holder)>);

impl Holders {
    /// Those who could answer, each once, and whether they are online.
    pub(super) fn new(holders: impl Iterator<Item = (HostId, bool)>) -> Holders {
        let known = |online| if online { Holder::Unheard } else { Holder::Missed(Cause::Offline) };
        Holders(holders.map(|(holder, online)| (holder, known(online))).collect())
    }

    /// A copy of the query met this end on its way to the holder.
    pub(super) fn copy_ended(&mut self, holder: HostId, fate: Fate) {
        if let Some(cause) = Cause::of_copy(fate) {
            self.mark(holder, Holder::is_unasked, Holder::Missed(cause));
        }
    }

    pub(super) fn reached(&mut self, holder: HostId) {
        self.mark(holder, Holder::is_unasked, Holder::Asked);
    }

    /// The holder has answered. An answer that is lost on its way out is seen to be so before.
    pub(super) fn answer_sent(&mut self, holder: HostId) {
        self.mark(holder, |state| state.is_unasked() || state == Holder::Asked, Holder::AnswerSent);
    }

    /// The holder's answer met this end.
    pub(super) fn answer_ended(&mut self, holder: HostId, fate: Fate) {
        if fate != Fate::Delivered {
            let before = |state| matches!(state, Holder::Asked | Holder::AnswerSent);
            self.mark(holder, before, Holder::AnswerLost);
        }
    }

    /// Returns whether the holder could still have answered in time.
    pub(super) fn answer_denied(&mut self, holder: HostId) -> bool {
        let before =
            |state: Holder| state.is_unasked() || matches!(state, Holder::Asked | Holder::AnswerSent);
        self.mark(holder, before, Holder::AnswerDenied)
    }

    pub(super) fn answered(&mut self, holder: HostId) {
        let before = |state| matches!(state, Holder::AnswerSent | Holder::AnswerDenied | Holder::AnswerLost);
        self.mark(holder, before, Holder::Answered);
    }

    /// Who was silent, at the end of the collection.
    pub(super) fn silence(self, storage: &Storage, in_full: bool) -> Silence {
        let mut silence = Silence::default();
        let causes =
            self.0.into_iter().filter_map(|(host, holder)| holder.silent(storage.online(host), in_full));
        causes.for_each(|cause| silence.add(cause));
        silence
    }

    /// Returns whether its state was one of those that this changes.
    fn mark(&mut self, holder: HostId, from: impl Fn(Holder) -> bool, to: Holder) -> bool {
        let Ok(place) = self.0.binary_search_by_key(&holder, |(known, _)| *known) else { return false };
        let state = &mut self.0[place].1;
        let changes = from(*state);
        if changes {
            *state = to;
        }
        changes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Absence;
    use crate::world::LossCause;

    /// What becomes of holder 7, in a collection that lasts in full.
    fn cause(steps: impl FnOnce(&mut Holders)) -> Option<Cause> {
        let mut holders = Holders::new([(HostId(3), true), (HostId(7), true)].into_iter());
        steps(&mut holders);
        holders.0[1].1.silent(true, true)
    }

    #[test]
    fn the_last_thing_that_kept_a_holder_from_answering_is_the_cause() {
        let (holder, offline) = (HostId(7), Fate::ToOffline(Absence::Offline));
        assert_eq!(cause(|_| ()), Some(Cause::Unreached));
        assert_eq!(cause(|holders| holders.copy_ended(holder, offline)), Some(Cause::Offline));
        assert_eq!(cause(|holders| holders.reached(holder)), Some(Cause::Late));
        let lost = |holders: &mut Holders| {
            holders.reached(holder);
            holders.answer_sent(holder);
            holders.answer_ended(holder, offline);
        };
        assert_eq!(cause(lost), Some(Cause::Lost));
        assert_eq!(
            cause(|holders| {
                lost(holders);
                holders.answered(holder);
            }),
            None,
            "another answer of it came"
        );
        assert_eq!(
            cause(|holders| {
                holders.reached(holder);
                assert!(holders.answer_denied(holder));
                assert!(!holders.answer_denied(holder), "once");
            }),
            Some(Cause::Denied)
        );
    }

    #[test]
    fn a_holder_behind_a_nat_is_so_until_a_copy_comes_or_finds_it_offline() {
        let (holder, barred) = (HostId(7), Fate::Lost(LossCause::Unreachable));
        assert_eq!(cause(|holders| holders.copy_ended(holder, barred)), Some(Cause::BehindNat));
        assert_eq!(
            cause(|holders| holders.copy_ended(holder, Fate::Lost(LossCause::Path))),
            Some(Cause::Unreached)
        );
        let then = |next: fn(&mut Holders)| {
            cause(|holders| {
                holders.copy_ended(holder, barred);
                next(holders);
            })
        };
        assert_eq!(then(|holders| holders.reached(HostId(7))), Some(Cause::Late));
        let away = |holders: &mut Holders| holders.copy_ended(HostId(7), Fate::ToOffline(Absence::Offline));
        assert_eq!(then(away), Some(Cause::Offline));
    }

    #[test]
    fn a_holder_that_left_before_it_answered_was_offline() {
        assert_eq!(Holder::Asked.silent(false, true), Some(Cause::Offline));
        assert_eq!(Holder::Unheard.silent(true, false), Some(Cause::Late));
    }
}
