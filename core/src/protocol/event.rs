//! Events that are recorded: outcomes of work, each good or bad.

use super::peer::Peer;

/// The outcomes that count for a reputation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventKind {
    /// Good: the health of a territory rose under the subject's work.
    EcosystemImproved,
    /// Bad: the health of a territory fell under the subject's work.
    EcosystemDegraded,
    /// Good: the subject settled a dispute.
    DisputeResolved,
    /// Bad: the subject failed to settle a dispute.
    DisputeFailed,
    /// Good: the subject's result agreed with the consensus of a round.
    ConsensusMatched,
    /// Bad: the subject's result differed from the consensus of a round.
    ConsensusMissed,
}

impl EventKind {
    /// All kinds, in the order of their codes.
    pub const ALL: [EventKind; 6] = [
        EventKind::EcosystemImproved,
        EventKind::EcosystemDegraded,
        EventKind::DisputeResolved,
        EventKind::DisputeFailed,
        EventKind::ConsensusMatched,
        EventKind::ConsensusMissed,
    ];

    /// Whether it is one of the good outcomes.
    pub fn is_positive(self) -> bool {
        matches!(
            self,
            EventKind::EcosystemImproved | EventKind::DisputeResolved | EventKind::ConsensusMatched
        )
    }

    /// The proposal's name.
    pub fn name(self) -> &'static str {
        match self {
            EventKind::EcosystemImproved => "ecosystem_improved",
            EventKind::EcosystemDegraded => "ecosystem_degraded",
            EventKind::DisputeResolved => "dispute_resolved",
            EventKind::DisputeFailed => "dispute_failed",
            EventKind::ConsensusMatched => "consensus_matched",
            EventKind::ConsensusMissed => "consensus_missed",
        }
    }
}

/// What an event is about beside its subject.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Detail {
    /// The territory, or the number of the dispute or of the consensus round.
    pub reference: u64,
    /// Change of health, in the proposal's points: +15, −10.
    pub magnitude: i32,
}

/// An outcome: what happened, and about whom. Who recorded it, and when, is known from where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// What happened, and so whether it was good.
    pub kind: EventKind,
    /// The node whose doing it was.
    pub subject: Peer,
    /// Which territory, dispute or round, and by how much.
    pub detail: Detail,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_kinds_are_good_and_three_are_bad() {
        let good: Vec<_> =
            EventKind::ALL.iter().filter(|kind| kind.is_positive()).map(|kind| kind.name()).collect();
        assert_eq!(good, ["ecosystem_improved", "dispute_resolved", "consensus_matched"]);
    }
}
