//! Attacks, for each group of adversaries: what they cost, what was done, and what was won by it.

use super::behind::targets;
use crate::conduct::AdversaryKind;
use crate::metrics::MetricUnit::{Bytes, Eth, Of, Plain};
use crate::metrics::Sample::Trials;
use crate::metrics::attacks::for_each_deed;
use crate::metrics::declaration::{Definition::PerGroup, Has, OfPlace, metrics};
use crate::metrics::figures::{mean, ratio};
use crate::metrics::queries::QueryRecord;
use crate::metrics::view::View;
use crate::metrics::{Better, Counting, Kind, Metric, Scope, Statistic};
use crate::units::{GroupId, HostId};
use crate::world::WorldConfig;

metrics!(COSTS {
    "conduct.identities.GROUP", Of("identities"), Amount, Neither, Sum, Run, WholeRun, "groups.csv", "What the attack costs: identities that the group has used in the whole run.", PerGroup(ATTACKS, |v, group| Some(v.run.identities_used(group) as f64));
    "conduct.stake.GROUP", Eth, Amount, Neither, Sum, Run, WholeRun, "groups.csv", "What the attack costs: the group's stake.", PerGroup(ATTACKS, |v, group| Some(v.run.stake(group)));
    "conduct.bytes.GROUP", Bytes, Count, Neither, Sum, Run, WholeRun, "groups.csv", "What the attack costs: bytes that the group has put on the wire in the whole run.", PerGroup(ATTACKS, |v, group| Some(bytes(v, group)));
    "conduct.recorded.GROUP", Of("outcomes"), Count, Neither, Sum, Run, WholeRun, "groups.csv", "What the attack costs: outcomes that the group recorded in the whole run, whether they happened or not.", PerGroup(ATTACKS, |v, group| Some(v.run.recorded(group) as f64));
    "conduct.hours.GROUP", Of("host-hours"), Amount, Neither, Sum, Run, WholeRun, "groups.csv", "What the attack costs: time for which the group's hosts were online and followed their `conduct`, summed over hosts.", PerGroup(ATTACKS, |v, group| Some(v.run.attacks.host_seconds(group)? / 3600.0));
});

/// All groups that have a conduct, or those with a kind of it, which has this name.
macro_rules! groups {
    (all) => {
        ATTACKS
    };
    ($kind:ident $name:literal) => {
        Has {
            when: concat!("the group has `conduct` = \"", $name, "\""),
            is: |config, group| is(config, group, |kind| matches!(kind, AdversaryKind::$kind { .. })),
        }
    };
}

/// A metric for each deed.
macro_rules! deeds {
    ($($deed:ident: $deceit:ident $(($any:tt))?, $name:literal, $unit:literal, $who:tt, $meaning:literal, $told:literal;)+) => {
        pub(in crate::metrics) const DEEDS: &[Metric] = &[$(Metric {
            name: concat!("conduct.", $name, ".GROUP"),
            unit: Of($unit),
            kind: Kind::Count,
            better: Better::Neither,
            statistic: Statistic::Sum,
            scope: Scope::Window,
            window: Counting::Happened,
            file: "counts.csv",
            meaning: $meaning,
            definition: PerGroup(groups!$who, |v, group| Some(v.run.attacks.of_group(group, v.window).$deed as f64)),
            behind: None,
        }),+];
    };
}

for_each_deed!(deeds);

metrics!(DAMAGE {
    "storage.share.GROUP", Plain, Share, Neither, Ratio, Run, WholeRun, "groups.csv", "Share of the copies of chunks sent by recorders in the whole run that went to the group.", PerGroup(groups!(Racer "racer"), placed), of |v, _, _| Trials(copies(v));
    "conduct.reflected.GROUP", Bytes, Count, Neither, Sum, Run, WholeRun, "groups.csv", "Bytes of answers that came to the group in the whole run although others had asked, in its name.", PerGroup(VICTIM, |v, group| Some(v.run.tally.reflected[group] as f64));
    "conduct.amplification.GROUP", Plain, Amount, Neither, Ratio, Run, WholeRun, "groups.csv", "Bytes of answers to queries in the name of others that came to these in the whole run, over the bytes that the group put on the wire meanwhile for whatever purpose. With several groups of spoofers, the answers are to all of them.", PerGroup(groups!(OriginSpoofer "origin_spoofer"), amplification);
    "conduct.reputation_gain.GROUP", Plain, Signed, Neither, Mean, Window, Started, "queries.csv", "Derived reputation − true share of good outcomes, over queries about the group that found events.", PerGroup(ASKED_ABOUT, reputation_gain), of |v, _, group| targets(about(v, group).filter(|query| query.gain().is_some()));
});

const ATTACKS: OfPlace = Has { when: "the group has a `conduct`", is: attacks };
const ASKED_ABOUT: OfPlace = Has {
    when: "the group has a `conduct`, and queries ask about it",
    is: |config, group| attacks(config, group) && config.targets().contains(&GroupId(group as u16)),
};

const VICTIM: OfPlace = Has {
    when: "the group is the `target` of an \"origin_spoofer\"",
    is: |config, group| {
        let group = GroupId(group as u16);
        config.has_conduct(
            |kind| matches!(kind, AdversaryKind::OriginSpoofer { target, .. } if *target == group),
        )
    },
};

fn is(config: &WorldConfig, group: usize, kind: fn(&AdversaryKind) -> bool) -> bool {
    attacks(config, group) && config.groups[group].conduct.as_ref().is_some_and(|conduct| kind(&conduct.kind))
}

/// As a share of all copies.
fn placed(view: &View<'_>, group: usize) -> Option<f64> {
    ratio(view.run.storage.placed[group] as f64, copies(view))
}

fn copies(view: &View<'_>) -> f64 {
    view.run.storage.placed.iter().sum::<u64>() as f64
}

fn amplification(view: &View<'_>, group: usize) -> Option<f64> {
    let hosts = view.run.groups.identities.members(GroupId(group as u16));
    let spent = hosts.map(|host| view.run.tally.bytes(HostId(host)).up).sum::<u64>();
    ratio(view.run.tally.reflected.iter().sum::<u64>() as f64, spent as f64)
}

fn attacks(config: &WorldConfig, group: usize) -> bool {
    config.groups[group].conduct.is_some() && config.protocol.is_some()
}

fn bytes(view: &View<'_>, group: usize) -> f64 {
    let hosts = view.run.groups.identities.members(GroupId(group as u16));
    hosts.map(|host| view.run.tally.bytes(HostId(host)).up).sum::<u64>() as f64
}

fn reputation_gain(view: &View<'_>, group: usize) -> Option<f64> {
    mean(about(view, group).filter_map(QueryRecord::gain))
}

/// Queries about the group.
fn about<'v>(view: &'v View<'_>, group: usize) -> impl Iterator<Item = &'v QueryRecord> {
    view.run.queries.records.iter().filter(move |query| {
        view.window.contains(query.issued) && view.run.groups.of_peer(query.target) == group
    })
}
