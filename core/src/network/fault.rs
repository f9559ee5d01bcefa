//! What can go wrong for a while: what a scenario declares of it. What it does to hosts and messages is told by `effect`.

use std::fmt;

use super::config::{HostSet, Way};
use super::kinds::MessageKinds;
use crate::units::{Duration, Share, Time};

/// Something that goes wrong for a while.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// When it begins, for the first time; of one that recurs at random intervals, from when on it may.
    pub at: Time,
    /// How long it lasts, each time.
    pub lasts: Duration,
    /// Whether it comes again.
    pub recurs: Recurrence,
    /// Which messages it is about, if it is about what happens on paths.
    pub messages: MessageKinds,
    /// What goes wrong.
    pub kind: FaultKind,
}

impl Fault {
    /// A fault that comes once, and is about all messages.
    pub fn new(at: Time, lasts: Duration, kind: FaultKind) -> Fault {
        Fault { at, lasts, recurs: Recurrence::Never, messages: MessageKinds::ALL, kind }
    }

    /// When it is over for good, in a run that lasts until `end`: one that recurs may last until then.
    pub fn is_over(&self, end: Time) -> Time {
        match self.recurs {
            Recurrence::Never => self.at + self.lasts,
            Recurrence::Every(_) | Recurrence::Exponential(_) => end,
        }
    }

    /// How often it begins, on average, in a run that lasts until `end`.
    pub fn times(&self, end: Time) -> f64 {
        let span = end.since(self.at).as_seconds();
        match self.recurs {
            Recurrence::Never => 1.0,
            Recurrence::Every(period) => (span / period.as_seconds()).ceil(),
            Recurrence::Exponential(mean) => span / mean.as_seconds(),
        }
    }
}

/// Whether a fault comes again. Each time it draws anew whom it hits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Recurrence {
    /// It comes once.
    #[default]
    Never,
    /// So long after it began, again and again.
    Every(Duration),
    /// At the times of a Poisson process from `at` on, whose intervals have this mean: it may begin again before it has ended.
    Exponential(Duration),
}

/// A fault, by its place among those that happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FaultId(pub u16);

/// What goes wrong.
#[derive(Clone, Debug, PartialEq)]
pub enum FaultKind {
    /// These hosts are offline.
    Offline(HostSet),
    /// Nothing passes between these hosts and all others, in either direction.
    Partition(HostSet),
    /// Nothing passes in one direction.
    Cut(Way),
    /// What sets out in one direction takes longer by this much.
    Delay(Way, Duration),
    /// Of what sets out in one direction each packet is lost with this probability, besides what the network loses.
    Loss(Way, Share),
    /// Of what sets out in one direction over UDP each datagram that arrives does so twice with this probability.
    Duplicate(Way, Share),
    /// The access links of these hosts have a share of their rates.
    Slow(HostSet, SlowLinks),
    /// The clocks of these hosts are off.
    Clock(HostSet, Skew),
}

/// How far a clock is off. What waits goes by monotonic time, as on real machines: only time stamps are wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Skew {
    /// How much later it shows.
    pub ahead: Duration,
    /// How much earlier it shows.
    pub behind: Duration,
}

impl fmt::Display for Skew {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ahead >= self.behind {
            write!(f, "{} ahead", self.ahead - self.behind)
        } else {
            write!(f, "{} behind", self.behind - self.ahead)
        }
    }
}

impl Skew {
    /// What a clock shows at `now`: nothing from before the beginning of a run.
    pub fn shows(self, now: Time) -> Time {
        let nanos = (now + self.ahead).as_nanos();
        Time::from_nanos(nanos.saturating_sub(self.behind.as_nanos()))
    }
}

/// What a fault leaves access links of their rates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SlowLinks {
    /// Share of the uplink's rate.
    pub uplink: Share,
    /// Share of the downlink's rate.
    pub downlink: Share,
}

/// Whom a fault is about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FaultScope<'a> {
    /// What happens at these hosts.
    Hosts(&'a HostSet),
    /// What is sent this way.
    Way(&'a Way),
}

impl FaultKind {
    /// Its name.
    pub const fn name(&self) -> &'static str {
        match self {
            FaultKind::Offline(_) => "offline",
            FaultKind::Partition(_) => "partition",
            FaultKind::Cut(_) => "cut",
            FaultKind::Delay(..) => "delay",
            FaultKind::Loss(..) => "loss",
            FaultKind::Duplicate(..) => "duplicate",
            FaultKind::Slow(..) => "slow",
            FaultKind::Clock(..) => "clock",
        }
    }

    /// Whom it is about.
    pub fn scope(&self) -> FaultScope<'_> {
        match self {
            FaultKind::Offline(hosts)
            | FaultKind::Partition(hosts)
            | FaultKind::Slow(hosts, _)
            | FaultKind::Clock(hosts, _) => FaultScope::Hosts(hosts),
            FaultKind::Cut(way)
            | FaultKind::Delay(way, _)
            | FaultKind::Loss(way, _)
            | FaultKind::Duplicate(way, _) => FaultScope::Way(way),
        }
    }

    /// Whether messages are lost on their paths because of it.
    pub fn loses(&self) -> bool {
        match self {
            FaultKind::Partition(_) | FaultKind::Cut(_) | FaultKind::Loss(..) => true,
            FaultKind::Offline(_)
            | FaultKind::Delay(..)
            | FaultKind::Duplicate(..)
            | FaultKind::Slow(..)
            | FaultKind::Clock(..) => false,
        }
    }

    /// Whether it is modelled where messages share links.
    pub fn fits_shared_links(&self) -> bool {
        match self {
            FaultKind::Duplicate(..) | FaultKind::Slow(..) => false,
            FaultKind::Offline(_)
            | FaultKind::Partition(_)
            | FaultKind::Cut(_)
            | FaultKind::Delay(..)
            | FaultKind::Loss(..)
            | FaultKind::Clock(..) => true,
        }
    }

    /// What it does while it lasts, in words; the caller has those for a set of hosts, and for a share.
    pub fn does(&self, set: impl Fn(&HostSet) -> String, percent: impl Fn(f64) -> String) -> String {
        let whom = match self.scope() {
            FaultScope::Hosts(hosts) => set(hosts),
            FaultScope::Way(Way { from, to }) => format!("from {} to {}", set(from), set(to)),
        };
        match self {
            FaultKind::Offline(_) => format!("{whom} offline"),
            FaultKind::Partition(_) => {
                format!("on one side {whom}, on the other all others: nothing passes between")
            }
            FaultKind::Cut(_) => format!("nothing passes {whom}"),
            FaultKind::Delay(_, extra) => format!("{extra} longer {whom}"),
            FaultKind::Loss(_, share) => format!("{} lost {whom}", percent(share.get())),
            FaultKind::Duplicate(_, chance) => {
                format!("{} of datagrams come twice {whom}", percent(chance.get()))
            }
            FaultKind::Slow(_, links) => {
                let [up, down] = [links.uplink, links.downlink].map(|share| percent(share.get()));
                format!("links of {whom} have {up} of their rate up and {down} down")
            }
            FaultKind::Clock(_, skew) => format!("clocks of {whom} are {skew}"),
        }
    }
}
