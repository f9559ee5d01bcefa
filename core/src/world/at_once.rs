//! Work on all parts of a run at once, before it begins and after it has ended: with a million hosts that takes a while.

use std::panic::resume_unwind;
use std::sync::{Mutex, PoisonError};
use std::thread::{Builder, scope};

/// What `work` makes of each item, in their order, on as many threads. Where the system starts no more of them, those that
/// there are do the rest.
pub(super) fn each_at_once<T: Send, R: Send>(items: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    let threads = items.len();
    let queue = &Mutex::new(items.into_iter().enumerate());
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work =
        || -> Vec<(usize, R)> { std::iter::from_fn(next).map(|(place, item)| (place, work(item))).collect() };
    let mut done = scope(|scope| {
        let helpers = (1..threads).filter_map(|_| Builder::new().spawn_scoped(scope, work).ok());
        let helpers: Vec<_> = helpers.collect();
        let mut done = work();
        for helper in helpers {
            done.extend(helper.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        done
    });
    done.sort_unstable_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_worked_on_once_and_results_come_in_the_order_of_items() {
        for count in [0, 1, 2, 9] {
            let items: Vec<u32> = (0..count).collect();
            let doubled: Vec<u32> = items.iter().map(|item| 2 * item).collect();
            assert_eq!(each_at_once(items, |item| 2 * item), doubled);
        }
    }

    #[test]
    fn items_are_worked_on_at_the_same_time() {
        // Neither comes through before the other has come.
        let barrier = std::sync::Barrier::new(2);
        let led = each_at_once(vec![(), ()], |()| barrier.wait().is_leader());
        assert_eq!(led.iter().filter(|led| **led).count(), 1);
    }

    #[test]
    #[should_panic(expected = "as planned")]
    fn a_panic_goes_on() {
        each_at_once(vec![1, 2, 3], |item| assert!(item != 2, "as planned"));
    }
}
