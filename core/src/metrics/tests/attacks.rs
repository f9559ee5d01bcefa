//! Tasks, and what attacks cost and win.

use super::*;
use crate::conduct::{AdversaryKind, Conduct, Deceit};
use crate::protocol::{self, ChunkId, Confidence, EventKind, Peer, QueryId};
use crate::units::{Duration, Frequency, Share};
use crate::world::harness::{every_second, group, world};
use crate::world::{Choose, KindMix, Paid, Recorders, TaskSeen, Tasks, Work};

/// Two honest providers, two that slander, and one that gives out tasks.
fn config() -> WorldConfig {
    let (mut slanderers, rate) = (group("slanderers", 2), "1 /s".parse::<Frequency>().expect("a rate"));
    slanderers.stake = 32.0;
    slanderers.conduct = Some(Conduct::always(AdversaryKind::Slanderer { rate, about: vec![GroupId(0)] }));
    let mut config = world(vec![group("honest", 2), slanderers, group("requesters", 1)]);
    config.workloads.push(every_second("jobs", Work::Tasks(tasks(vec![GroupId(0), GroupId(1)]))));
    config.workloads.push(every_second("private", Work::Tasks(tasks(vec![GroupId(0)]))));
    config
}

fn tasks(candidates: Vec<GroupId>) -> Tasks {
    Tasks {
        from: GroupId(2),
        candidates,
        choose_from: None,
        choose: Choose::Proportional,
        ask: false,
        patience: Duration::from_secs(1),
        min_confidence: Confidence::None,
        recorded_by: Recorders::Requester,
        paid: Paid::Good,
        kinds: KindMix { ecosystem: Share::ONE, dispute: Share::ZERO, consensus: Share::ZERO },
    }
}

#[test]
fn a_group_s_share_is_of_the_tasks_of_all_workloads_that_name_it() {
    let config = config();
    let selections = [of_group("tasks.assigned", 1), of_group("tasks.good_ratio", 0)];
    let mut run = Run::of(&config, &selections);
    let mut see = |second, workload, what| {
        run.see(second, 4, Observation::Task { workload, given: seconds(second), what });
    };
    // Three honest, one slanderer among the jobs for both; one job for the honest alone; one for nobody.
    for (second, workload, provider, good) in
        [(1, 0, 0, true), (2, 0, 1, true), (3, 0, 0, false), (4, 0, 2, true), (5, 1, 1, true)]
    {
        see(second, workload, TaskSeen::Assigned { provider: Peer(provider) });
        see(second, workload, TaskSeen::Done { provider: Peer(provider), good, paid: good });
    }
    see(6, 0, TaskSeen::Unfilled);
    let figures = run.figures(60);
    figures.are(&[
        ("tasks.requested", 6.0),
        ("tasks.unfilled", 1.0),
        ("tasks.assigned", 5.0),
        ("tasks.done", 5.0),
        ("tasks.good_ratio", 0.8),
        ("tasks.paid", 4.0),
        ("selection.share.honest", 0.8),
        ("selection.share.slanderers", 0.25),
        ("tasks.jobs.share.slanderers", 0.25),
        ("tasks.private.share.honest", 1.0),
        ("earnings.share.honest", 0.75),
        ("earnings.share.slanderers", 1.0 / 3.0),
    ]);
    assert_eq!(figures.selected, [Some(1.0), Some(0.75)]);
}

#[test]
fn what_an_attack_does_is_counted_for_its_group_and_window() {
    let config = config();
    let selections = [in_window("conduct.lies.slanderers", 20, 40)];
    let mut run = Run::of(&config, &selections);
    for second in [10, 30] {
        run.see(second, 2, Observation::Deceit(Deceit::Lied));
        let subject = Peer(0);
        let recorded = protocol::Observation::Recorded { kind: EventKind::DisputeFailed, subject };
        run.see(second, 2, Observation::Protocol(recorded));
    }
    let recorded = protocol::Observation::Recorded { kind: EventKind::DisputeResolved, subject: Peer(1) };
    (0..2).for_each(|host| run.see(5, host, Observation::Protocol(recorded.clone())));
    let chunk = ChunkId { recorder: Peer(2), length: 1 };
    for deceit in [Deceit::Forged(chunk), Deceit::Shirked, Deceit::Swallowed, Deceit::Asked] {
        run.see(50, 3, Observation::Deceit(deceit));
    }
    // There is no such query: nothing could have been answered.
    let unknown = QueryId { asker: Peer(4), sequence: 0 };
    run.see(50, 3, Observation::Deceit(Deceit::Denied(unknown)));
    let figures = run.figures(60);
    figures.are(&[
        ("events.recorded", 4.0),
        ("events.false_ratio", 0.5),
        ("conduct.lies.slanderers", 2.0),
        ("conduct.forged.slanderers", 1.0),
        ("conduct.shirked.slanderers", 1.0),
        ("conduct.swallowed.slanderers", 1.0),
        ("conduct.asked.slanderers", 1.0),
        ("conduct.denied.slanderers", 0.0),
        ("conduct.identities.slanderers", 2.0),
        ("conduct.stake.slanderers", 64.0),
    ]);
    assert_eq!(figures.selected, [Some(1.0)]);
}

#[test]
fn a_whitewasher_s_identities_are_those_that_it_has_used_so_far() {
    let mut config = config();
    let (level, checks) = (Share::ONE, Duration::from_secs(1));
    let kind = AdversaryKind::Whitewasher { identities: 5, level, checks, praises: 0 };
    config.groups[1].conduct = Some(Conduct::always(kind));
    let mut run = Run::of(&config, &[]);
    [10, 20, 30].into_iter().for_each(|second| run.see(second, 2, Observation::Deceit(Deceit::Renamed)));
    run.figures(60).are(&[("conduct.identities.slanderers", 5.0)]);
}

#[test]
fn an_attack_costs_the_bytes_of_all_hosts_of_its_group() {
    let config = config();
    let mut run = Run::of(&config, &[]);
    let rate = "1 Mbit/s".parse().expect("a rate");
    (0..5).for_each(|host| run.tally.load(HostId(host), 100 * u64::from(host), 0, rate));
    run.figures(60).are(&[("conduct.bytes.slanderers", 500.0)]);
}

#[test]
fn an_attack_costs_the_time_for_which_its_hosts_are_online_while_it_lasts() {
    let mut config = config();
    let conduct = config.groups[1].conduct.as_mut().expect("slanderers");
    (conduct.start, conduct.stop) = (seconds(10), Some(seconds(50)));
    let mut run = Run::of(&config, &[]);
    // One of the two from the beginning to 30 s and again from 45 s on, the other all the time; of 40 s each.
    let online = |online| Observation::Network(crate::network::Observation::Online(online));
    for (second, host, is) in [(0, 2, true), (0, 3, true), (30, 2, false), (45, 2, true)] {
        run.see(second, host, online(is));
    }
    run.figures(60).are(&[("conduct.hours.slanderers", (20.0 + 5.0 + 40.0) / 3600.0)]);
}

#[test]
fn tasks_of_all_identities_of_a_host_are_its_owner_s() {
    let mut config = config();
    config.groups[1].conduct = Some(Conduct::always(AdversaryKind::Sybil { identities: 3, rate: None }));
    let mut run = Run::of(&config, &[]);
    // Hosts 2 and 3 have the identities 5 and 6, 7 and 8 beside their own.
    for (second, provider) in [(1, 2), (2, 5), (3, 6), (4, 7), (5, 0), (6, 0)] {
        let what = TaskSeen::Assigned { provider: Peer(provider) };
        run.see(second, 4, Observation::Task { workload: 0, given: seconds(second), what });
    }
    run.figures(60).are(&[
        ("tasks.jobs.most_by_owner_ratio", 0.5),
        ("tasks.jobs.most_by_identity_ratio", 1.0 / 3.0),
        ("tasks.jobs.share.slanderers", 4.0 / 6.0),
    ]);
}
