//! When hosts are online: the parameters of their sessions and absences.

use std::sync::Arc;

use super::{Diurnal, Lengths, Trace};
use crate::units::{Duration, Share};

/// When a host is online.
#[derive(Clone, Debug, PartialEq)]
pub enum Presence {
    /// Online to the end of the run, without a break.
    Always,
    /// Sessions and absences take turns.
    Churn(Churn),
    /// As it was seen, host by host in the order of their numbers; who is not in it is never online.
    Trace(Arc<Trace>),
}

/// Sessions and absences that take turns, each as long as chance has it: an alternating renewal process.
#[derive(Clone, Debug, PartialEq)]
pub struct Churn {
    /// How long sessions last.
    pub sessions: Lengths,
    /// How long absences last.
    pub absences: Absences,
    /// What a host is in the middle of when it joins.
    pub start: Start,
}

/// How long absences last.
#[derive(Clone, Debug, PartialEq)]
pub enum Absences {
    /// As this distribution says.
    Last(Lengths),
    /// As long as makes hosts online for this share of their time, by the distribution of the sessions.
    Availability(Availability),
}

/// The share of its time for which a host is online.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Availability {
    /// The same for all hosts.
    Same(Share),
    /// Each host has its own, drawn from a beta distribution.
    Beta {
        /// Weight of being online.
        a: f64,
        /// Weight of being offline.
        b: f64,
    },
    /// It follows the time of day. Only for exponential sessions, of which it is exact.
    Diurnal(Diurnal),
}

/// What a host is in the middle of when it joins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Start {
    /// Whatever it would be in the middle of if it had come and gone for ever: an equilibrium renewal process.
    #[default]
    Stationary,
    /// Nothing: all begin a session when they join.
    Fresh,
}

impl Presence {
    /// Sessions and absences of exponential length, with these means; in equilibrium at the start.
    pub fn exponential(online: Duration, offline: Duration) -> Presence {
        let [sessions, absences] = [online, offline].map(|mean| Lengths::Exponential { mean });
        Presence::Churn(Churn { sessions, absences: Absences::Last(absences), start: Start::Stationary })
    }
}

impl Churn {
    /// The share of time for which a host is online, on average over hosts and a long time.
    pub fn availability(&self) -> f64 {
        match &self.absences {
            Absences::Last(absences) => {
                let online = self.sessions.mean();
                online / (online + absences.mean())
            }
            Absences::Availability(availability) => availability.mean(),
        }
    }

    /// The mean length of an absence, in seconds; of hosts that differ, that of one whose availability is their mean.
    pub fn mean_absence(&self) -> f64 {
        match &self.absences {
            Absences::Last(absences) => absences.mean(),
            Absences::Availability(availability) => {
                let share = availability.mean();
                self.sessions.mean() * (1.0 - share) / share
            }
        }
    }
}

impl Availability {
    /// Its mean over hosts and time.
    pub fn mean(self) -> f64 {
        match self {
            Availability::Same(share) => share.get(),
            Availability::Beta { a, b } => a / (a + b),
            Availability::Diurnal(diurnal) => diurnal.mean.get(),
        }
    }
}
