//! Real and modelled signatures: the same world under both.

use ir3sim::conduct::{AdversaryKind, Conduct};
use ir3sim::protocol::{Config, Dissemination, Signatures};
use ir3sim::units::Share;
use ir3sim::world::Skill;

use crate::build::{UNLIMITED, every, figure, group, query, record, simulate, work, world};

/// Keys differ, and so do ids: everybody is in everybody's table and is told at once, so that they change nothing.
#[test]
fn real_and_modelled_signatures_give_the_same_figures_with_forgers_at_work() {
    let figures = |signatures| {
        let mut forgers = group("forgers", 3, UNLIMITED);
        forgers.stores = true;
        forgers.conduct = Some(Conduct::always(AdversaryKind::Forger));
        let mut storers = group("storers", 4, UNLIMITED);
        storers.stores = true;
        let mut subjects = group("subjects", 5, UNLIMITED);
        subjects.skill = Skill::Constant(Share::clamped(0.7));
        let mut config = world(vec![group("askers", 3, UNLIMITED), forgers, storers, subjects], 90);
        config.protocol = Some(Config {
            signatures,
            dissemination: Dissemination::Flood,
            bucket_size: u8::MAX,
            ..Config::default()
        });
        work(&mut config, "deeds", (0, 40), every(50), record(3));
        work(&mut config, "asks", (40, 80), every(100), query(0, 3));
        simulate(&config, 1).1
    };
    let modelled = figures(Signatures::Modelled);
    assert_eq!(modelled, figures(Signatures::Real));
    assert!(figure(&modelled, "conduct.forged.forgers") > 100.0);
    assert!(figure(&modelled, "protocol.rejected.bad_signature") > 100.0);
    assert!(figure(&modelled, "protocol.rejected.off_topic") > 0.0);
    assert_eq!(figure(&modelled, "storage.forged_accepted"), 0.0);
    assert!(figure(&modelled, "queries.answered_ratio") > 0.99);
}
