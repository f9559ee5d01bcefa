//! Attacks, for each group of adversaries: what they cost, what was done, and what was won by it.

use crate::metrics::MetricUnit::{Bytes, Eth, Of, Plain};
use crate::metrics::attacks::Deeds;
use crate::metrics::declaration::{Definition::PerGroup, Has, OfPlace, metrics};
use crate::metrics::figures::mean;
use crate::metrics::queries::QueryRecord;
use crate::metrics::view::View;
use crate::units::{GroupId, HostId};
use crate::world::WorldConfig;

metrics!(CONDUCT {
    "conduct.identities.GROUP", Of("identities"), Amount, Neither, Sum, Run, WholeRun, "groups.csv", "What the attack costs: identities that the group has used in the whole run.", PerGroup(ATTACKS, |v, group| Some(v.run.identities_used(group) as f64));
    "conduct.stake.GROUP", Eth, Amount, Neither, Sum, Run, WholeRun, "groups.csv", "What the attack costs: the group's stake.", PerGroup(ATTACKS, |v, group| Some(v.run.stake(group)));
    "conduct.bytes.GROUP", Bytes, Count, Neither, Sum, Run, Happened, "hosts.csv", "What the attack costs: bytes that the group has put on the wire.", PerGroup(ATTACKS, |v, group| Some(bytes(v, group)));
    "conduct.lies.GROUP", Of("outcomes"), Count, Neither, Sum, Window, Happened, "counts.csv", "Outcomes that the group recorded although they did not happen, or happened differently.", PerGroup(ATTACKS, |v, group| Some(deeds(v, group).lied as f64));
    "conduct.denied.GROUP", Of("answers"), Count, Neither, Sum, Window, Happened, "counts.csv", "Answers that hosts of the group withheld although they could have come in time, or gave without chunks.", PerGroup(ATTACKS, |v, group| Some(deeds(v, group).denied as f64));
    "conduct.forged.GROUP", Of("answers"), Count, Neither, Sum, Window, Happened, "counts.csv", "Answers that the group sent with chunks altered or made up.", PerGroup(ATTACKS, |v, group| Some(deeds(v, group).forged as f64));
    "conduct.shirked.GROUP", Of("announcements"), Count, Neither, Sum, Window, Happened, "counts.csv", "Announcements of chunks that the group ignored although it had space for them.", PerGroup(ATTACKS, |v, group| Some(deeds(v, group).shirked as f64));
    "conduct.asked.GROUP", Of("queries"), Count, Neither, Sum, Window, Happened, "counts.csv", "Queries that the group issued for the attack alone.", PerGroup(ATTACKS, |v, group| Some(deeds(v, group).asked as f64));
    "conduct.swallowed.GROUP", Of("copies"), Count, Neither, Sum, Window, Happened, "counts.csv", "Copies of broadcasts that the group should have sent, and did not.", PerGroup(ATTACKS, |v, group| Some(deeds(v, group).swallowed as f64));
    "conduct.reputation_gain.GROUP", Plain, Signed, Neither, Mean, Window, Started, "queries.csv", "Derived reputation − true share of good outcomes, over queries about the group that found events.", PerGroup(ASKED_ABOUT, reputation_gain);
});

const ATTACKS: OfPlace = Has { when: "the group has a `conduct`", is: attacks };
const ASKED_ABOUT: OfPlace = Has {
    when: "the group has a `conduct`, and queries ask about it",
    is: |config, group| attacks(config, group) && config.targets().contains(&GroupId(group as u16)),
};

fn attacks(config: &WorldConfig, group: usize) -> bool {
    config.groups[group].conduct.is_some() && config.protocol.is_some()
}

fn deeds(view: &View<'_>, group: usize) -> Deeds {
    view.run.attacks.of_group(group, view.window)
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
