//! `groups.csv`: what each group of hosts did over the whole run.

use super::column::{Column, Schema, columns};
use super::rows::Rows;
use crate::metrics::figures::mean;
use crate::metrics::queries::QueryRecord;
use crate::metrics::record::RunRecord;
use crate::metrics::when::When;
use crate::metrics::window::Window;
use crate::protocol::Peer;
use crate::units::{HostId, Time};
use crate::world::GroupId;

/// `groups.csv`.
pub struct Groups;

/// A group of the scenario.
pub struct Group<'a> {
    run: &'a RunRecord<'a>,
    number: usize,
    hosts: Vec<HostId>,
}

impl Schema for Groups {
    type Row<'a> = Group<'a>;
    const FILE: &'static str = "groups.csv";
    const MEANING: &'static str = "A group of hosts, over the whole run.";
    const WHEN: When = When::Always;
    const COLUMNS: &'static [&'static [Column<Groups>]] = &[COLUMNS];
}

columns!(COLUMNS: Groups {
    GROUP: "group", Name, Always, "The group's name in the scenario.", |row| row.run.config.groups[row.number].hosts.name.as_str();
    NODES: "nodes_count", Count, Always, "Hosts of the group.", |row| row.hosts.len() as u64;
    SENT: "sent_B", Bytes, Always, "Bytes its hosts put on the wire.", |row| row.sum(|host| row.run.tally.bytes(host).up);
    RECEIVED: "received_B", Bytes, Always, "Bytes its hosts received.", |row| row.sum(|host| row.run.tally.bytes(host).down);
    ONLINE: "online_ratio", Ratio, Always, "Share of its hosts online, averaged over time.", |row| row.online();
    CHUNKS_HELD: "chunks_held_count", Count, Always, "Chunks that its hosts hold at the end, each once a host.", |row| row.sum(|host| row.run.storage.held_by(host) as u64);
    EVENTS_ABOUT: "events_about_count", Count, Always, "Outcomes that happened about its identities.", |row| row.peers().map(|peer| u64::from(row.run.truth.events(peer))).sum::<u64>();
    TRUTH: "truth_ratio", Ratio, Always, "True share of good outcomes: mean over its identities that have any.", |row| mean(row.peers().filter_map(|peer| row.run.truth.share(peer)));
    IDENTITIES: "identities_used_count", Count, Always, "Identities that it has used: its hosts', and those taken in place of dropped ones.", |row| row.run.identities_used(row.number);
    STAKE: "stake_eth", Eth, Always, "Its stake.", |row| row.run.stake(row.number);
    RECORDED_MOST: "events_most_by_host_count", Count, NodesRecordOrAsk, "Most outcomes that one of its hosts recorded.", |row| row.hosts.iter().map(|host| row.run.tally.recorded[host.index()]).max();
    REPEATS: "copies_repeated_count", Count, NodesRun, "Copies of broadcasts that came to its nodes which had received one before.", |row| row.run.tally.repeats[row.number];
    RECORDED: "events_recorded_count", Count, Attacked, "Outcomes that its hosts recorded, whether they happened or not.", |row| row.run.recorded(row.number);
    ACTED: "conduct_host_s", Seconds, Attacked, "Time for which its hosts were online and followed their `conduct`, summed over hosts; empty without one.", |row| row.run.attacks.host_seconds(row.number);
    PLACED: "chunks_received_count", Count, Attacked, "Copies of chunks that recorders sent to its hosts.", |row| row.run.storage.placed[row.number];
    REFLECTED: "reflected_B", Bytes, Attacked, "Bytes of answers that came to its hosts although others had asked, in their name.", |row| row.run.tally.reflected[row.number];
    REPUTATION_DERIVED: "reputation_derived_ratio", Ratio, Always, "Derived reputation of its identities: mean over queries that found events.", |row| row.derived();
});

impl Group<'_> {
    fn sum(&self, of: impl Fn(HostId) -> u64) -> u64 {
        self.hosts.iter().map(|host| of(*host)).sum()
    }

    fn peers(&self) -> impl Iterator<Item = Peer> {
        let identities = &self.run.groups.identities;
        let each = self.run.config.groups[self.number].identities();
        self.hosts
            .iter()
            .flat_map(move |host| (0..each).map(move |number| identities.identity(*host, number)))
    }

    fn online(&self) -> Option<f64> {
        let whole = Window { from: Time::ZERO, to: Time::ZERO + self.run.config.duration };
        self.run.timeline.online_ratio(whole, Some(GroupId(self.number as u16)))
    }

    fn derived(&self) -> Option<f64> {
        let about = self
            .run
            .queries
            .records
            .iter()
            .filter(|query| self.run.groups.of_peer(query.target) == self.number);
        mean(about.filter_map(QueryRecord::derived))
    }
}

impl Rows for Groups {
    fn rows<'a>(run: &'a RunRecord<'a>) -> Vec<Group<'a>> {
        let mut groups: Vec<Group> =
            (0..run.groups.len()).map(|number| Group { run, number, hosts: Vec::new() }).collect();
        (0..run.groups.hosts())
            .map(HostId)
            .for_each(|host| groups[run.groups.of_host(host)].hosts.push(host));
        groups
    }
}
