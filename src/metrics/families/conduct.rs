//! Attacks, for each group of adversaries: what they cost, what was done, and what was won by it.

use crate::conduct::Deceit;
use crate::metrics::MetricUnit::{Bytes, Eth, Of, Plain};
use crate::metrics::declaration::{
    Definition::PerGroup,
    Has, OfPlace,
    Source::{Nowhere, Table},
    metrics,
};
use crate::metrics::figures::mean;
use crate::metrics::queries::QueryRecord;
use crate::metrics::view::View;
use crate::metrics::window::Window;
use crate::units::{GroupId, HostId, Time};
use crate::world::WorldConfig;

const DEEDS: &str = "no file has a row for each deed of an adversary";
const SCENARIO: &str = "it follows from the scenario, and from names dropped, which no file has";

metrics!(CONDUCT {
    "conduct.identities.GROUP", Of("identities"), Count, Sum, Run, WholeRun, Nowhere(SCENARIO), "What the attack costs: identities that the group has used in the whole run.", PerGroup(ATTACKS, identities);
    "conduct.stake.GROUP", Eth, Amount, Sum, Run, WholeRun, Nowhere(SCENARIO), "What the attack costs: the group's stake.", PerGroup(ATTACKS, |v, group| Some(stake(v, group)));
    "conduct.bytes.GROUP", Bytes, Count, Sum, Run, Happened, Table("hosts.csv"), "What the attack costs: bytes that the group has put on the wire.", PerGroup(ATTACKS, |v, group| Some(bytes(v, group)));
    "conduct.lies.GROUP", Of("outcomes"), Count, Sum, Window, Happened, Nowhere(DEEDS), "Outcomes that the group recorded although they did not happen, or happened differently.", PerGroup(ATTACKS, |v, group| Some(count(v, group, |deceit| *deceit == Deceit::Lied)));
    "conduct.denied.GROUP", Of("answers"), Count, Sum, Window, Happened, Nowhere(DEEDS), "Answers that hosts of the group withheld although they could have come in time, or gave without chunks.", PerGroup(ATTACKS, |v, group| Some(count(v, group, |deceit| matches!(deceit, Deceit::Denied(_)))));
    "conduct.forged.GROUP", Of("answers"), Count, Sum, Window, Happened, Nowhere(DEEDS), "Answers with altered chunks that the group sent.", PerGroup(ATTACKS, |v, group| Some(count(v, group, |deceit| matches!(deceit, Deceit::Forged(_)))));
    "conduct.shirked.GROUP", Of("announcements"), Count, Sum, Window, Happened, Nowhere(DEEDS), "Announcements of chunks that the group ignored although it had space for them.", PerGroup(ATTACKS, |v, group| Some(count(v, group, |deceit| *deceit == Deceit::Shirked)));
    "conduct.asked.GROUP", Of("queries"), Count, Sum, Window, Happened, Nowhere(DEEDS), "Queries that the group issued for the attack alone.", PerGroup(ATTACKS, |v, group| Some(count(v, group, |deceit| *deceit == Deceit::Asked)));
    "conduct.swallowed.GROUP", Of("broadcasts"), Count, Sum, Window, Happened, Nowhere(DEEDS), "Broadcasts that the group did not forward.", PerGroup(ATTACKS, |v, group| Some(count(v, group, |deceit| *deceit == Deceit::Swallowed)));
    "conduct.reputation_gain.GROUP", Plain, Signed, Mean, Window, Started, Table("queries.csv"), "Derived reputation − true share of good outcomes, over queries about the group that found events.", PerGroup(ASKED_ABOUT, reputation_gain);
});

const ATTACKS: OfPlace = Has { when: "the group has a `conduct`", is: attacks };
const ASKED_ABOUT: OfPlace = Has {
    when: "the group has a `conduct`, and queries ask about it",
    is: |config, group| attacks(config, group) && config.targets().contains(&GroupId(group as u16)),
};

fn attacks(config: &WorldConfig, group: usize) -> bool {
    config.groups[group].conduct.is_some() && config.protocol.is_some()
}

fn count(view: &View<'_>, group: usize, is: fn(&Deceit) -> bool) -> f64 {
    view.within(view.run.attacks.of_group(group)).filter(|deceit| is(deceit)).count() as f64
}

fn identities(view: &View<'_>, number: usize) -> Option<f64> {
    let group = &view.run.config.groups[number];
    let kind = &group.conduct.as_ref()?.kind;
    if kind.together() {
        return Some(f64::from(group.hosts.count) * f64::from(kind.identities()));
    }
    // Whoever drops a name takes the next one: over the whole run, since a window has no beginning of its own.
    let whole = View { window: Window { from: Time::ZERO, to: Time::NEVER }, ..*view };
    Some(f64::from(group.hosts.count) + count(&whole, number, |deceit| *deceit == Deceit::Renamed))
}

fn stake(view: &View<'_>, number: usize) -> f64 {
    let group = &view.run.config.groups[number];
    f64::from(group.hosts.count) * group.stake
}

fn bytes(view: &View<'_>, group: usize) -> f64 {
    let hosts = view.run.groups.identities.members(GroupId(group as u16));
    hosts.map(|host| view.run.tally.bytes_counted(HostId(host)).up).sum::<u64>() as f64
}

fn reputation_gain(view: &View<'_>, group: usize) -> Option<f64> {
    mean(about(view, group).filter_map(QueryRecord::gain))
}

/// Queries about the group.
pub(super) fn about<'v>(view: &'v View<'_>, group: usize) -> impl Iterator<Item = &'v QueryRecord> {
    view.run.queries.records.iter().filter(move |query| {
        view.window.contains(query.issued) && view.run.groups.of_peer(query.target) == group
    })
}
