//! The networks under which the claims are tried beside that of each scenario: overlays, and what of a scenario they leave alone.

/// A network: its name, and the overlays that make it, in their order.
pub(crate) const NETWORKS: &[(&str, &[&str])] =
    &[("realistic", &["realistic"]), ("maintained", &["realistic", "maintained"])];

/// What is set in a scenario after the overlays, and why.
pub(crate) struct Kept {
    pub scenario: &'static str,
    pub set: &'static [&'static str],
    pub why: &'static str,
    /// In which network: in all of them, unless it is about one alone.
    pub network: Option<&'static str>,
}

const UPLINKS: &str = "The claim is about what these uplinks carry";

#[rustfmt::skip]
pub(crate) const KEPT: &[Kept] = &[
    Kept {
        scenario: "eclipse",
        set: &["groups.attacker.link=datacentre", "groups.attacker.nat=none", "groups.attacker.presence=always",
               "groups.victim.presence=always"],
        why: "One attacker and one victim: who is offline neither attacks nor is attacked, and an attacker can rent a server",
        network: None,
    },
    Kept {
        scenario: "fairness",
        set: &[r#"groups.slow.link={ up = "512 kbit/s", down = "100 Mbit/s", queue = "64 KiB" }"#,
               r#"groups.middling.link={ up = "2 Mbit/s", down = "100 Mbit/s", queue = "64 KiB" }"#,
               r#"groups.quick.link={ up = "8 Mbit/s", down = "100 Mbit/s", queue = "128 KiB" }"#,
               r#"groups.quickest.link={ up = "32 Mbit/s", down = "100 Mbit/s", queue = "512 KiB" }"#],
        why: UPLINKS,
        network: None,
    },
    Kept {
        scenario: "overload",
        set: &[r#"groups.storers.link={ up = "512 kbit/s", down = "10 Mbit/s", queue = "64 KiB" }"#],
        why: UPLINKS,
        network: None,
    },
    Kept {
        scenario: "pure-flux",
        set: &[r#"groups.coordinator.link={ up = "512 kbit/s", down = "512 kbit/s", queue = "256 KiB" }"#,
               r#"groups.storers.link={ up = "512 kbit/s", down = "512 kbit/s", queue = "256 KiB" }"#],
        why: UPLINKS,
        network: None,
    },
    Kept {
        scenario: "query-flood",
        set: &[r#"groups.storers.link={ up = "512 kbit/s", down = "10 Mbit/s", queue = "64 KiB" }"#],
        why: UPLINKS,
        network: None,
    },
    Kept {
        scenario: "churn-storage",
        set: &[r#"protocol.maintenance={ ping_every = "30 min", refresh_every = "3 h" }"#],
        why: "Four days: pings every minute would be most of what is simulated, and sessions last for hours",
        network: Some("maintained"),
    },
    Kept {
        scenario: "stake-curve",
        set: &["protocol.maintenance=none"],
        why: "Nobody asks anybody: no routing table is used",
        network: Some("maintained"),
    },
    Kept {
        scenario: "sybil-stake",
        set: &["protocol.maintenance=none"],
        why: "Nobody asks anybody: no routing table is used",
        network: Some("maintained"),
    },
];

/// Metrics that explain why a verdict is another one.
#[rustfmt::skip]
pub(crate) const METRICS: &[&str] = &[
    "presence.online_ratio", "routing.away_ratio", "broadcast.coverage_ratio", "storage.chunks", "storage.replicas_mean",
    "queries.issued", "queries.answered_ratio", "queries.sources_mean", "queries.latency_p50_s", "queries.holders",
    "queries.silent_offline", "queries.silent_unreached", "queries.silent_denied", "queries.silent_lost", "queries.silent_late",
    "queries.silent_behind_nat", "work.skipped", "messages.sent", "messages.relayed", "messages.to_offline", "messages.lost",
    "messages.lost.unreachable", "bytes.sent", "bytes.relayed", "load.max_share_ratio",
];
