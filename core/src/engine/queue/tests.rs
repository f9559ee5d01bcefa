//! The queue against a plain list, and what its parts promise.

use super::*;
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Step {
    /// So many events, each so much later than the present.
    Push {
        delays: Vec<u64>,
        origin: u32,
    },
    Pop {
        count: usize,
    },
    /// So many of the tickets given so far, from this share of them on: some are spent.
    Cancel {
        from: f64,
        count: usize,
    },
}

/// Ties, zero delays, skewed and far-future times; few events and enough of them for ladders in ladders.
fn delays() -> impl Strategy<Value = Vec<u64>> {
    let delay = prop_oneof![
        3 => 0..1_000_000_u64,
        1 => Just(0),
        1 => 0..3_u64,
        1 => (0..40_u32).prop_map(|bits| 1 << bits),
        1 => (u64::MAX - 3)..u64::MAX,
    ];
    prop_oneof![
        4 => prop::collection::vec(delay.clone(), 0..20),
        1 => prop::collection::vec(delay, 1000..3000),
        1 => (1000..4000_usize, 0..3_u64).prop_map(|(count, delay)| vec![delay; count]),
    ]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let count = || prop_oneof![Just(1), 1..30_usize, 100..5000_usize];
    let step = prop_oneof![
        3 => (delays(), 0..5_u32).prop_map(|(delays, origin)| Step::Push { delays, origin }),
        3 => count().prop_map(|count| Step::Pop { count }),
        1 => (0.0..1.0, count()).prop_map(|(from, count)| Step::Cancel { from, count }),
    ];
    prop::collection::vec(step, 0..50)
}

fn stamp(origin: u32, number: u64) -> Stamp {
    Stamp::new(HostId(origin), number).expect("small")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn events_leave_in_the_order_of_their_keys_unless_cancelled(steps in steps()) {
        let mut queue = Queue::default();
        // Of all events the key, and the ticket: sorted are those that wait.
        let (mut sorted, mut given) = (std::collections::BTreeSet::new(), Vec::new());
        let mut now = Time::ZERO;
        for step in steps.into_iter().chain([Step::Pop { count: usize::MAX }]) {
            match step {
                Step::Push { delays, origin } => for delay in delays {
                    let time = Time::from_nanos(now.as_nanos().saturating_add(delay));
                    let number = given.len();
                    let key = (time, stamp(origin, number as u64), number);
                    sorted.insert(key);
                    // Every third can not be cancelled; its slot is used like those of the others.
                    if number % 3 == 0 {
                        queue.push(time, key.1, HostId(origin), number);
                        given.push((key, None));
                    } else {
                        given.push((key, Some(queue.push_ticketed(time, key.1, HostId(origin), number))));
                    }
                },
                Step::Pop { count } => for _ in 0..count {
                    let first = sorted.first().copied().filter(|&(time, ..)| time < Time::NEVER);
                    let Some((time, stamp, number)) = first else {
                        prop_assert!(queue.pop().is_none());
                        break;
                    };
                    sorted.pop_first();
                    prop_assert_eq!(queue.next_time(|_, _| ()), Some(time));
                    prop_assert!(queue.pop_before(time, |_, _| ()).is_none());
                    let popped = Scheduled { time, stamp, host: stamp.origin(), event: number };
                    prop_assert_eq!(queue.pop(), Some(popped));
                    now = time;
                },
                Step::Cancel { from, count } => {
                    let from = (from * given.len() as f64) as usize;
                    for (key, ticket) in given[from..].iter().take(count) {
                        let Some(ticket) = ticket else { continue };
                        prop_assert_eq!(queue.cancel(*ticket), sorted.remove(key).then_some(key.2));
                    }
                }
            }
            prop_assert_eq!(queue.len(), sorted.len());
            prop_assert_eq!(queue.is_empty(), sorted.is_empty());
            prop_assert_eq!(queue.waiting().count(), sorted.len());
        }
    }
}

#[test]
fn timers_that_are_set_and_cancelled_take_no_more_room_each_time() {
    let mut queue = Queue::default();
    let hour = Time::from_nanos(3_600_000_000_000);
    for number in 0..100_000 {
        let times = [hour, Time::from_nanos(number), Time::NEVER];
        for (time, origin) in times.into_iter().zip(0..) {
            let ticket = queue.push_ticketed(time, stamp(origin, number), HostId(origin), number);
            assert_eq!(queue.cancel(ticket), Some(number));
            assert_eq!(queue.cancel(ticket), None);
        }
    }
    assert!(queue.is_empty() && queue.next_time(|_, _| ()).is_none());
    assert!(queue.slab.slots.len() < 1000, "{} slots", queue.slab.slots.len());
}

#[test]
fn a_ticket_does_not_cancel_what_took_the_place_of_its_event() {
    let mut queue = Queue::default();
    let first = queue.push_ticketed(Time::ZERO, stamp(0, 0), HostId(0), 'a');
    assert_eq!(queue.pop().map(|first| first.event), Some('a'));
    queue.push(Time::ZERO, stamp(0, 1), HostId(0), 'b');
    assert_eq!(queue.cancel(first), None);
    assert_eq!(queue.pop().map(|first| first.event), Some('b'));
    let third = queue.push_ticketed(Time::ZERO, stamp(0, 2), HostId(0), 'c');
    assert_eq!(first.slot, third.slot);
    assert_eq!((queue.cancel(first), queue.cancel(third)), (None, Some('c')));
}

#[test]
fn each_event_of_a_new_batch_is_prefetched_before_it_leaves() {
    let mut queue = Queue::default();
    for number in 0..1000 {
        queue.push(Time::from_nanos(number * 7919 % 1000), stamp(0, number), HostId(0), number);
    }
    let mut prefetched = Vec::new();
    let until = Time::from_nanos(900);
    while let Some(first) = queue.pop_before(until, |_, &number| prefetched.push(number)) {
        assert!(prefetched.contains(&first.take()));
    }
    assert_eq!(queue.len(), 100);
}

#[test]
fn a_stamp_that_does_not_fit_is_refused() {
    assert!(Stamp::new(HostId(Stamp::HOSTS), 0).is_none());
    assert!(Stamp::new(HostId(0), 1 << 38).is_none());
    assert_eq!(Stamp::new(HostId(9), 3).map(Stamp::origin), Some(HostId(9)));
}

#[test]
fn an_event_at_never_waits_for_ever() {
    let mut queue = Queue::default();
    queue.push(Time::NEVER, Stamp::new(HostId(0), 0).expect("small"), HostId(0), 'a');
    assert_eq!((queue.next_time(|_, _| ()), queue.len(), queue.waiting().count()), (None, 1, 1));
    assert!(queue.pop().is_none());
}

#[test]
fn an_entry_has_24_bytes() {
    assert_eq!(size_of::<Entry>(), 24);
}
