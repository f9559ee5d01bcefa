//! What is behind the shares and scores of more than one family.

use crate::metrics::Sample::{self, Trials, Units};
use crate::metrics::queries::QueryRecord;
use crate::metrics::view::View;
use crate::protocol::Peer;
use crate::world::Group;

pub(super) fn collections(view: &View<'_>, _: usize, _: usize) -> Sample {
    Trials(view.collections())
}

/// Hosts of these groups, of the one that is asked for. Who is online, and when, is each host's own: so are the bytes that
/// it sends.
pub(super) fn hosts(view: &View<'_>, counts: fn(&Group) -> bool) -> f64 {
    let groups = view.run.config.groups.iter().enumerate();
    let asked = groups.filter(|(place, _)| view.group.is_none_or(|group| usize::from(group.0) == *place));
    asked.filter(|(_, group)| counts(group)).map(|(_, group)| f64::from(group.hosts.count)).sum()
}

/// Different targets of these queries: what was found out of a target goes together.
pub(super) fn targets<'q>(queries: impl Iterator<Item = &'q QueryRecord>) -> Sample {
    let mut targets: Vec<Peer> = queries.map(|query| query.target).collect();
    targets.sort_unstable();
    targets.dedup();
    Units(targets.len() as f64)
}
