//! The protocol's parameters against each other.

use super::Checker;
use crate::protocol::{CHUNK_MIN_BYTES, Confidence, ConfidenceRule, Config, sources_for};
use crate::units::Duration;
use crate::world::{Fault, FaultKind, Group, Work};

/// Parameters of the protocol that nothing can fulfil.
pub(super) fn check(checker: &mut Checker<'_>) {
    let world = &checker.scenario.world;
    let Some(config) = world.protocol.as_ref().filter(|_| world.baseline.is_none()) else { return };
    if !checker.sound(&["protocol", "groups"]) {
        return;
    }
    let identities = |group: &Group| u64::from(group.hosts.count) * u64::from(group.identities());
    let storers: u64 = world.groups.iter().filter(|group| group.stores).map(identities).sum();
    holders(checker, config, storers);
    tuned(checker, config);
    stems(checker, config);
    room(checker, config);
    time(checker, config);
    ages(checker, config);
    for workload in &world.workloads {
        let path = format!("workloads.{}.min_confidence", workload.name);
        match &workload.work {
            Work::Tasks(tasks) if tasks.ask && checker.sound(&[&path]) => {
                eligible(checker, &path, tasks.min_confidence, config, storers);
            }
            _ => {}
        }
    }
}

/// Without storage nodes at all the key is one without effect. The default, which resolved files write out, is for as many
/// as there are.
fn holders(checker: &mut Checker<'_>, config: &Config, storers: u64) {
    let path = "protocol.replicas";
    let meant = config.replicas != Config::default().replicas;
    if meant && storers > 0 && u64::from(config.replicas) > storers {
        let replicas = checker.name(path, &config.replicas);
        let headline = format!(
            "{replicas} is more than there are storage nodes: groups with `stores` = true have {storers}"
        );
        checker.fail(path, headline, format!("at most {storers}, or 0 for all of them"));
    }
}

/// Recorders that tune the number of holders have to ask these, and to begin with some.
fn tuned(checker: &mut Checker<'_>, config: &Config) {
    let Some(target) = config.replicas_for else { return };
    let path = "protocol.replicas_for";
    let named = checker.name(path, &target);
    if config.repair_every.is_none() {
        let headline = format!(
            "{named} needs `protocol.repair_every`: else no recorder finds out whether holders are there"
        );
        checker.fail(path, headline, "beside it a `protocol.repair_every`");
    }
    if config.replicas == 0 || config.replicas > config.replicas_max {
        let (replicas, most) = (
            checker.name("protocol.replicas", &config.replicas),
            checker.name("protocol.replicas_max", &config.replicas_max),
        );
        let headline = format!("{replicas}, with which recorders begin, is not from 1 to {most}");
        checker.fail("protocol.replicas", headline, "1 or more, and at most `protocol.replicas_max`");
    }
}

/// A hundred relays on average, some milliseconds from each to the next at least, take a good part of any window.
const MOST_STEM: f64 = 0.99;

/// A question that is always handed on is never asked.
fn stems(checker: &mut Checker<'_>, config: &Config) {
    let path = "protocol.queries.stem";
    if let Some(relaying) = config.queries.filter(|relaying| relaying.stem.get() > MOST_STEM) {
        let headline = format!(
            "{}: hardly any relay would ever broadcast a question",
            checker.name(path, &relaying.stem)
        );
        checker.fail(path, headline, format!("at most {MOST_STEM}: 1 / (1 − `stem`) relays on average"));
    }
}

/// What counts has to have time to end.
fn time(checker: &mut Checker<'_>, config: &Config) {
    let world = &checker.scenario.world;
    let path = "protocol.window";
    if world.asks() && checker.sound(&["cooldown"]) && config.window > world.cooldown {
        let (window, cooldown) =
            (checker.name(path, &config.window), checker.name("cooldown", &world.cooldown));
        let headline = format!("{window} is longer than {cooldown}: collections that count would not end");
        checker.fail(path, headline, "at most `cooldown`");
    }
    let path = "protocol.queries.wait";
    if let Some(relaying) = config.queries.filter(|relaying| relaying.wait >= config.window) {
        let (wait, window) =
            (checker.name(path, &relaying.wait), checker.name("protocol.window", &config.window));
        let headline =
            format!("{wait} is not less than {window}: nobody would turn to another relay in time");
        checker.fail(path, headline, "less than `protocol.window`");
    }
    let path = "protocol.join_over";
    if config.learns() && checker.sound(&["duration"]) && config.join_over >= world.duration {
        let (span, duration) =
            (checker.name(path, &config.join_over), checker.name("duration", &world.duration));
        checker.fail(path, format!("{span} is not less than {duration}"), "less than `duration`");
    }
}

/// Outcomes are of the run itself: only clocks that are off let one seem older than that.
fn ages(checker: &mut Checker<'_>, config: &Config) {
    let world = &checker.scenario.world;
    let skew = |fault: &Fault| match &fault.kind {
        FaultKind::Clock(_, skew) => skew.ahead + skew.behind,
        _ => Duration::ZERO,
    };
    let oldest = world.faults.values().fold(world.duration, |sum, fault| sum + skew(fault));
    let Some(recency) = config.recency.filter(|span| *span >= oldest) else { return };
    let path = "protocol.recency";
    if checker.sound(&["duration", "faults"]) {
        let (recency, duration) = (checker.name(path, &recency), checker.name("duration", &world.duration));
        let headline = format!("{recency} has no effect: with {duration} no outcome ever gets so old");
        checker.fail_idle(path, headline, "less than `duration`");
    }
}

fn room(checker: &mut Checker<'_>, config: &Config) {
    let path = "protocol.store.capacity";
    if let Some(capacity) = config.store.capacity.filter(|size| size.as_bytes() < CHUNK_MIN_BYTES as u64) {
        let headline = format!("{} is too small for any chunk", checker.name(path, &capacity));
        checker.fail(path, headline, format!("{CHUNK_MIN_BYTES} B or more"));
    }
}

/// A label that nobody can ever have makes nobody eligible.
fn eligible(checker: &mut Checker<'_>, path: &str, least: Confidence, config: &Config, storers: u64) {
    let wanted = format!("`{path}` = {:?} can never be reached", least.name());
    let Some(sources) = sources_for(config.confidence, least) else {
        let rule = match config.confidence {
            ConfidenceRule::Ladder => "ladder",
            ConfidenceRule::Literal => "literal",
            ConfidenceRule::Derive => "derive",
        };
        let headline = format!("{wanted} under `protocol.confidence` = {rule:?}");
        return checker.fail(path, headline, "a label that this rule gives");
    };
    if sources > config.enough {
        let enough = checker.name("protocol.enough", &config.enough);
        let headline =
            format!("{wanted}: it takes {sources} sources, and with {enough} a collection ends before");
        checker.fail(path, headline, format!("`protocol.enough` of {sources} or more, or another label"));
    } else if u64::from(sources) > storers {
        let headline =
            format!("{wanted}: it takes {sources} sources, and {storers} nodes have `stores` = true");
        checker.fail(path, headline, format!("{sources} storage nodes or more, or another label"));
    }
}
