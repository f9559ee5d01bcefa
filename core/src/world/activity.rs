//! Whether a configuration makes any host record outcomes or issue queries, who asks, and about whom.

use std::collections::BTreeSet;

use super::config::{Group, Recorders, Work, WorldConfig};
use crate::conduct::{AdversaryKind, Traits};
use crate::network::{Fault, FaultKind, HostGroup, Presence, Transport};
use crate::protocol::{Config, Dissemination};
use crate::units::GroupId;

impl WorldConfig {
    /// Whether a host that has joined may be offline.
    pub fn ever_offline(&self) -> bool {
        let offline = |fault: &Fault| matches!(fault.kind, FaultKind::Offline(_));
        let come_and_go = |group: &Group| group.hosts.presence != Presence::Always;
        self.faults.values().any(offline) || self.groups.iter().any(come_and_go)
    }

    /// Whether requesters of tasks ask nodes about candidates, and weigh them by the answers.
    pub fn weighs(&self) -> bool {
        self.baseline.is_none() && self.any_work(|work| matches!(work, Work::Tasks(tasks) if tasks.ask))
    }

    /// Whether storage nodes have room for so much and no more.
    pub fn limits_stores(&self) -> bool {
        self.protocol.as_ref().is_some_and(|protocol| protocol.store.capacity.is_some())
    }

    /// Whether any fault keeps messages from passing.
    pub fn faults_lose(&self) -> bool {
        self.faults.values().any(|fault| fault.kind.loses())
    }

    /// Whether any fault lets datagrams come twice.
    pub fn faults_duplicate(&self) -> bool {
        self.faults.values().any(|fault| matches!(fault.kind, FaultKind::Duplicate(..)))
    }

    /// Whether the hosts of any group are like this.
    pub fn any_hosts(&self, are: impl Fn(&HostGroup) -> bool) -> bool {
        self.groups.iter().any(|group| are(&group.hosts))
    }

    /// Whether there are hosts to which others cannot send unasked.
    pub fn limits_reach(&self) -> bool {
        self.any_hosts(HostGroup::limits_reach)
    }

    /// Whether any host sends over connections, or answers who does.
    pub fn has_connections(&self) -> bool {
        self.groups.iter().any(|group| group.hosts.transports().any(Transport::has_connections))
    }

    /// The share of its messages that a group sends by such transports, if it sends to all hosts alike.
    pub(super) fn sends_by(&self, group: &Group, is: impl Fn(Transport) -> bool) -> f64 {
        if group.hosts.transport_to.is_empty() {
            return f64::from(u8::from(is(group.hosts.transport)));
        }
        let sum = |counts: &dyn Fn(usize) -> bool| -> f64 {
            let groups = self.groups.iter().enumerate().filter(|(id, _)| counts(*id));
            groups.map(|(_, to)| f64::from(to.hosts.count)).sum()
        };
        let so = |id: usize| is(group.hosts.transport_to(GroupId(id as u16)));
        sum(&so) / sum(&|_| true).max(1.0)
    }

    /// Whether hosts have processors that take time.
    pub fn has_cpus(&self) -> bool {
        self.groups.iter().any(|group| group.cpu.is_some())
    }

    /// Whether any host records outcomes.
    pub fn records(&self) -> bool {
        let by_work = |work: &Work| match work {
            Work::Record { .. } => true,
            Work::Tasks(tasks) => tasks.recorded_by != Recorders::Nobody,
            Work::Query { .. } | Work::Broadcast { .. } | Work::Traffic { .. } => false,
        };
        self.any_work(by_work) || self.any_conduct(|kind| kind.traits().records)
    }

    /// Whether any host issues queries.
    pub fn asks(&self) -> bool {
        let by_work = |work: &Work| match work {
            Work::Query { .. } => true,
            Work::Tasks(tasks) => tasks.ask,
            Work::Record { .. } | Work::Broadcast { .. } | Work::Traffic { .. } => false,
        };
        self.any_work(by_work) || self.any_conduct(|kind| kind.traits().asks)
    }

    /// Whether queries are about a group, too, of which no work leaves a record.
    pub fn asks_about_unknown(&self) -> bool {
        let leaves_record = |group: &GroupId| {
            self.any_work(|work| match work {
                Work::Record { about, .. } => about.contains(group),
                Work::Tasks(tasks) => {
                    tasks.recorded_by != Recorders::Nobody && tasks.candidates.contains(group)
                }
                Work::Query { .. } | Work::Broadcast { .. } | Work::Traffic { .. } => false,
            })
        };
        self.any_work(|work| match work {
            Work::Query { about, .. } => !about.iter().all(leaves_record),
            _ => false,
        })
    }

    /// Whether nodes run the protocol: they broadcast, record, ask, or give tasks.
    pub fn runs_protocol(&self) -> bool {
        let by_work = |work: &Work| matches!(work, Work::Broadcast { .. } | Work::Tasks(_));
        self.baseline.is_none() && (self.records() || self.asks() || self.any_work(by_work))
    }

    /// Whether routing tables change by what nodes receive.
    pub fn learns(&self) -> bool {
        self.baseline.is_none() && self.protocol.as_ref().is_some_and(Config::learns)
    }

    /// Whether nodes look each other up, for their routing tables, or for chunks and queries.
    pub fn looks_up(&self) -> bool {
        let by_lookup = |protocol: &Config| protocol.dissemination == Dissemination::Lookup;
        let is_used = self.baseline.is_none() && (self.records() || self.asks());
        self.learns() || is_used && self.protocol.as_ref().is_some_and(by_lookup)
    }

    /// The groups that somebody asks about.
    pub fn targets(&self) -> BTreeSet<GroupId> {
        let about = self.workloads.iter().flat_map(|workload| match &workload.work {
            Work::Query { about, .. } => &about[..],
            Work::Tasks(tasks) if tasks.ask => &tasks.candidates[..],
            _ => &[],
        });
        let mut targets: BTreeSet<GroupId> = about.copied().collect();
        for (group, traits) in self.asking_by_themselves() {
            targets.extend(traits.targets);
            // Those that have no others ask about themselves.
            targets.extend(traits.targets.is_empty().then_some(group));
        }
        targets
    }

    /// The groups that ask.
    pub fn askers(&self) -> BTreeSet<GroupId> {
        let by_work = self.workloads.iter().filter_map(|workload| match &workload.work {
            Work::Query { from, .. } => Some(*from),
            Work::Tasks(tasks) => tasks.ask.then_some(tasks.from),
            _ => None,
        });
        by_work.chain(self.asking_by_themselves().map(|(group, _)| group)).collect()
    }

    /// Groups of adversaries that ask on their own account.
    fn asking_by_themselves(&self) -> impl Iterator<Item = (GroupId, Traits<'_>)> {
        let traits = self.groups.iter().enumerate().filter_map(|(number, group)| {
            Some((GroupId(number as u16), group.conduct.as_ref()?.kind.traits()))
        });
        traits.filter(|(_, traits)| traits.asks)
    }

    /// Whether any group is of adversaries.
    pub fn is_attacked(&self) -> bool {
        self.runs_protocol() && self.groups.iter().any(|group| group.conduct.is_some())
    }

    /// Whether a host of any group has several identities, at once or one after another.
    pub fn has_further_identities(&self) -> bool {
        self.is_attacked() && self.groups.iter().any(|group| group.identities() > 1)
    }

    /// Whether any work is of this kind.
    pub fn any_work(&self, is: impl Fn(&Work) -> bool) -> bool {
        self.workloads.iter().any(|workload| is(&workload.work))
    }

    /// Whether any group has a conduct of this kind.
    pub fn has_conduct(&self, is: impl Fn(&AdversaryKind) -> bool) -> bool {
        self.runs_protocol() && self.any_conduct(is)
    }

    fn any_conduct(&self, is: impl Fn(&AdversaryKind) -> bool) -> bool {
        self.groups.iter().filter_map(|group| group.conduct.as_ref()).any(|conduct| is(&conduct.kind))
    }
}
