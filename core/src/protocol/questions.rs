//! The open questions of a node, and how long it waits for their answers.

use std::collections::BTreeMap;

use super::config::Config;
use super::peer::Peer;
use super::round_trips::RoundTrips;
use crate::units::{Duration, Time};

/// Questions by number, whom they were put to and when. One that has had its time is kept until `rpc_timeout_max`: it may
/// be answered late.
#[derive(Debug, Default)]
pub(super) struct Questions {
    open: BTreeMap<u32, (Peer, Time)>,
    round_trips: RoundTrips,
}

impl Questions {
    /// A question is put to a peer, under a number greater than all before. Returns its time-out.
    pub(super) fn ask(&mut self, question: u32, to: Peer, now: Time, config: &Config) -> Duration {
        let is_old = |(_, asked): &(Peer, Time)| now.since(*asked) >= config.rpc_timeout_max;
        while self.open.first_key_value().is_some_and(|(_, oldest)| is_old(oldest)) {
            self.open.pop_first();
        }
        self.open.insert(question, (to, now));
        self.round_trips.timeout(config)
    }

    /// A peer answers. Returns whether it was asked.
    pub(super) fn answered(&mut self, question: u32, by: Peer, now: Time) -> bool {
        let Some((_, asked)) = self.open.get(&question).copied().filter(|(to, _)| *to == by) else {
            return false;
        };
        self.open.remove(&question);
        self.round_trips.took(now.since(asked));
        true
    }

    /// Of all that were asked for one thing, nobody has answered.
    pub(super) fn nobody_answered(&mut self) {
        self.round_trips.back_off();
    }

    /// Nobody is waited for any more.
    pub(super) fn forget(&mut self) {
        self.open.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_answered_once_by_whom_it_was_put_to_and_not_for_ever() {
        let (config, mut questions) = (Config::default(), Questions::default());
        let at = |second| Time::ZERO + Duration::from_secs(second);
        assert_eq!(questions.ask(0, Peer(1), at(0), &config), Duration::from_secs(1));
        assert!(!questions.answered(0, Peer(2), at(1)) && questions.answered(0, Peer(1), at(1)));
        assert!(!questions.answered(0, Peer(1), at(1)));
        // That answer took 1 s: 1 s + 4 · 0.5 s.
        assert_eq!(questions.ask(1, Peer(1), at(2), &config), Duration::from_secs(3));
        questions.ask(2, Peer(1), at(62), &config);
        assert!(!questions.answered(1, Peer(1), at(63)) && questions.answered(2, Peer(1), at(63)));
    }
}
