//! Three nodes on real sockets, with real keys and the wall clock: the example's core.

#[expect(dead_code, reason = "the example prints what it finds, and a test does not")]
#[path = "../examples/loopback.rs"]
mod loopback;

use ir3sim::protocol::Confidence;

#[test]
fn what_one_node_records_another_derives_over_udp_from_a_third_that_it_was_never_told_of() {
    let loopback::Outcome { derived, learnt, unsent } = loopback::run().expect("the nodes find each other");
    assert_eq!((derived.positive, derived.negative, derived.sources), (17, 3, 1), "{derived:?}");
    assert_eq!((derived.reputation, derived.confidence), (0.85, Confidence::Low));
    assert_eq!(unsent, 0);
    assert!(learnt.address.ip().is_loopback() && learnt.address.port() != 0);
}
