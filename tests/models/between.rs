//! Which messages may go between two groups, as told before a run, against what runs send.

use ir3sim::network::{HostSet, Way};
use ir3sim::protocol::{Confidence, Receipts};
use ir3sim::units::{Duration, Share, Time};
use ir3sim::world::{
    Choose, Fault, FaultKind, GroupId, KindMix, MessageKinds, Observers, Paid, Recorders, Sent, Tasks, Work,
    WorldConfig,
};
use proptest::prelude::*;

use crate::build::{every, simulate, work};
use crate::luck::worlds;

const KINDS: KindMix = KindMix { ecosystem: Share::ONE, dispute: Share::ZERO, consensus: Share::ZERO };

/// Work with parties of its own: tasks and records of others, which are signed for and repaired.
fn parties(config: &mut WorldConfig, recorded_by: Recorders) {
    let jobs = Tasks {
        from: GroupId(1),
        candidates: vec![GroupId(0)],
        choose_from: Some(4),
        choose: Choose::Proportional,
        ask: true,
        patience: Duration::from_secs(1),
        min_confidence: Confidence::None,
        recorded_by,
        paid: Paid::Good,
        kinds: KINDS,
    };
    let watched = Work::Record { about: vec![GroupId(0)], by: Observers::Group(GroupId(1)), kinds: KINDS };
    work(config, "jobs", (10, 100), every(4000), Work::Tasks(jobs));
    work(config, "watch", (10, 100), every(3000), watched);
    let protocol = config.protocol.as_mut().expect("it runs the protocol");
    protocol.repair_every = Some(Duration::from_secs(20));
    protocol.receipts = Some(Receipts::default());
}

/// A fault that cuts off all messages of a kind between two groups, for each kind and two groups between which none may go.
fn in_vain(config: &WorldConfig) -> impl Iterator<Item = Fault> + '_ {
    let groups = || (0..config.groups.len() as u16).map(GroupId);
    let all = |group| HostSet { groups: vec![group], ..HostSet::default() };
    let pairs = groups().flat_map(move |from| groups().map(move |to| (from, to)));
    let ways = pairs.flat_map(|(from, to)| Sent::ALL.map(|sent| (sent, from, to)));
    let never = |(sent, from, to): &(Sent, GroupId, GroupId)| {
        !config.may_go(*sent, |group| group == *from, |group| group == *to)
    };
    ways.filter(never).map(move |(sent, from, to)| {
        let cut = FaultKind::Cut(Way { from: all(from), to: all(to) });
        let messages = MessageKinds::only([sent.kind()]);
        Fault { messages, ..Fault::new(Time::ZERO, config.duration, cut) }
    })
}

/// A fault that cuts off all messages of a kind until the first may be sent.
fn too_early(config: &WorldConfig) -> impl Iterator<Item = Fault> + '_ {
    let late = Sent::ALL.into_iter().filter(|sent| config.begins(*sent) > Time::ZERO);
    late.map(|sent| {
        let cut = FaultKind::Cut(Way::default());
        let messages = MessageKinds::only([sent.kind()]);
        Fault { messages, ..Fault::new(Time::ZERO, config.begins(sent).since(Time::ZERO), cut) }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn what_may_not_go_between_two_groups_never_does(
        mut config in worlds(),
        recorded_by in prop::sample::select(vec![Recorders::Both, Recorders::Requester, Recorders::Provider]),
        with_parties: bool,
        seed: u64,
    ) {
        if with_parties {
            parties(&mut config, recorded_by);
        }
        let (ended, _) = simulate(&config, seed);
        // A tenth of them: each message asks all faults.
        let faults: Vec<Fault> = in_vain(&config).skip((seed % 10) as usize).step_by(10).collect();
        prop_assert!(!faults.is_empty());
        let faults: Vec<Fault> = faults.into_iter().chain(too_early(&config)).collect();
        config.faults.extend((0..).map(|number| format!("vain {number}")).zip(faults));
        prop_assert_eq!(simulate(&config, seed).0.fingerprint, ended.fingerprint);
    }
}
