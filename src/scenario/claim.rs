//! The proposal's seventeen claims.

/// The proposal's seventeen claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Claim {
    /// No step of the protocol waits for another node.
    NeverBlocks,
    /// The limiters keep storage nodes from being overloaded.
    NaturalBackpressure,
    /// The limiters follow the load as it rises and falls.
    Adaptive,
    /// Nodes carry load in proportion to what their links can do.
    FairByCapacity,
    /// A broadcast reaches many nodes at a low cost each.
    EfficientQueries,
    /// No node's load grows out of proportion with the network.
    NoCentralBottleneck,
    /// Nodes without data stay silent, which saves bandwidth.
    OnlyInterestedRespond,
    /// Answers are not broadcast (but questions are).
    Privacy,
    /// No single node can suppress an answer.
    CensorshipResistant,
    /// Stored chunks stay available while nodes come and go.
    Reliable,
    /// Answers arrive without long waits.
    Fast,
    /// Each node's series is complete, verifiable and only ever appended to.
    AuditTrail,
    /// Reputation decides who is selected; stake only amplifies.
    ReputationDominates,
    /// Reputation comes from deeds, not from stake or fresh identities.
    CannotBeBought,
    /// A bad record costs work and earnings without any slashing.
    NaturalConsequences,
    /// A higher confidence label goes with a smaller error.
    ConfidenceIsCalibrated,
    /// An asker can tell from silence what happened to the holders.
    SilenceIsInformation,
}

/// Each claim once, in the order in which the proposal's claims are listed, with its name and its meaning.
const CLAIMS: [(Claim, &str, &str); 17] = [
    (Claim::NeverBlocks, "never_blocks", "no step of the protocol waits for another node"),
    (
        Claim::NaturalBackpressure,
        "natural_backpressure",
        "the limiters keep storage nodes from being overloaded",
    ),
    (Claim::Adaptive, "adaptive", "the limiters follow the load as it rises and falls"),
    (Claim::FairByCapacity, "fair_by_capacity", "nodes carry load in proportion to what their links can do"),
    (Claim::EfficientQueries, "efficient_queries", "a broadcast reaches many nodes at a low cost each"),
    (
        Claim::NoCentralBottleneck,
        "no_central_bottleneck",
        "no node's load grows out of proportion with the network",
    ),
    (
        Claim::OnlyInterestedRespond,
        "only_interested_respond",
        "nodes without data stay silent, which saves bandwidth",
    ),
    (Claim::Privacy, "privacy", "answers are not broadcast (but questions are)"),
    (Claim::CensorshipResistant, "censorship_resistant", "no single node can suppress an answer"),
    (Claim::Reliable, "reliable", "stored chunks stay available while nodes come and go"),
    (Claim::Fast, "fast", "answers arrive without long waits"),
    (
        Claim::AuditTrail,
        "audit_trail",
        "each node's series is complete, verifiable and only ever appended to",
    ),
    (
        Claim::ReputationDominates,
        "reputation_dominates",
        "reputation decides who is selected; stake only amplifies",
    ),
    (
        Claim::CannotBeBought,
        "cannot_be_bought",
        "reputation comes from deeds, not from stake or fresh identities",
    ),
    (
        Claim::NaturalConsequences,
        "natural_consequences",
        "a bad record costs work and earnings without any slashing",
    ),
    (
        Claim::ConfidenceIsCalibrated,
        "confidence_is_calibrated",
        "a higher confidence label goes with a smaller error",
    ),
    (
        Claim::SilenceIsInformation,
        "silence_is_information",
        "an asker can tell from silence what happened to the holders",
    ),
];

impl Claim {
    /// All claims, in the order in which they are listed in the documents.
    pub fn all() -> impl Iterator<Item = Claim> {
        CLAIMS.iter().map(|(claim, _, _)| *claim)
    }

    /// The claim of this name.
    pub fn from_name(name: &str) -> Option<Claim> {
        CLAIMS.iter().find(|(_, known, _)| *known == name).map(|(claim, _, _)| *claim)
    }

    /// Its name in files: `claim = "fast"`.
    pub fn name(self) -> &'static str {
        self.entry().1
    }

    /// What it says, in one line.
    pub fn meaning(self) -> &'static str {
        self.entry().2
    }

    fn entry(self) -> &'static (Claim, &'static str, &'static str) {
        &CLAIMS[self as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_claim_stands_at_its_place_and_is_found_by_its_name() {
        assert_eq!(Claim::all().count(), 17);
        for (place, claim) in Claim::all().enumerate() {
            assert_eq!(claim as usize, place);
            assert_eq!(Claim::from_name(claim.name()), Some(claim));
            assert!(!claim.meaning().is_empty());
        }
        assert_eq!(Claim::from_name("free_lunch"), None);
    }
}
