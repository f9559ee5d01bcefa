//! Where threads meet at the end of a window.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Condvar, Mutex, PoisonError};

/// Where threads wait for each other, many thousand times a second: they spin for a while before they go to sleep, if
/// each has a core of its own.
#[derive(Debug)]
pub(super) struct Barrier {
    threads: usize,
    spins: u32,
    here: AtomicUsize,
    /// Meetings so far.
    met: AtomicUsize,
    broken: AtomicBool,
    asleep: AtomicUsize,
    bed: Mutex<()>,
    bell: Condvar,
}

/// One of the threads will not come any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Broken;

/// Turns of the loop before a waiting thread goes to sleep: tens of microseconds, about what it costs to wake it.
const SPINS: u32 = 1 << 12;

/// Whether each of `threads` can have a core of its own.
pub(super) fn has_cores(threads: usize) -> bool {
    threads <= std::thread::available_parallelism().map_or(1, usize::from)
}

impl Barrier {
    pub(super) fn new(threads: usize) -> Barrier {
        Barrier {
            threads,
            spins: if has_cores(threads) { SPINS } else { 0 },
            here: AtomicUsize::new(0),
            met: AtomicUsize::new(0),
            broken: AtomicBool::new(false),
            asleep: AtomicUsize::new(0),
            bed: Mutex::new(()),
            bell: Condvar::new(),
        }
    }

    /// Waits until all threads are here. What each did before, all see after.
    pub(super) fn wait(&self) -> Result<(), Broken> {
        let met = self.met.load(SeqCst);
        if self.here.fetch_add(1, SeqCst) + 1 == self.threads {
            self.here.store(0, SeqCst);
            self.met.store(met.wrapping_add(1), SeqCst);
            self.ring();
            return Ok(());
        }
        let waits = || self.met.load(SeqCst) == met && !self.broken.load(SeqCst);
        for _ in 0..self.spins {
            if !waits() {
                break;
            }
            std::hint::spin_loop();
        }
        if waits() {
            self.sleep(waits);
        }
        if self.met.load(SeqCst) == met { Err(Broken) } else { Ok(()) }
    }

    /// Who rings looks for sleepers after the news; who sleeps looks for news after it counts as one: none is missed.
    fn sleep(&self, waits: impl Fn() -> bool) {
        self.asleep.fetch_add(1, SeqCst);
        let bed = self.bed.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.bell.wait_while(bed, |()| waits()));
        self.asleep.fetch_sub(1, SeqCst);
    }

    fn ring(&self) {
        if self.asleep.load(SeqCst) > 0 {
            let _bed = self.bed.lock();
            self.bell.notify_all();
        }
    }

    /// Lets nobody wait any more: a thread will not come.
    pub(super) fn give_up(&self) {
        self.broken.store(true, SeqCst);
        self.ring();
    }

    /// Lets nobody wait for the thread that holds this, should it panic.
    pub(super) fn guard(&self) -> Guard<'_> {
        Guard(self)
    }
}

/// Breaks its barrier when it is dropped in a panic.
pub(super) struct Guard<'a>(&'a Barrier);

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.give_up();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_goes_on_before_all_have_come() {
        let (barrier, come) = (Barrier::new(3), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    for round in 1..=1000 {
                        come.fetch_add(1, SeqCst);
                        assert_eq!(barrier.wait(), Ok(()));
                        assert!(come.load(SeqCst) >= 3 * round);
                    }
                });
            }
        });
        assert_eq!(come.into_inner(), 3000);
    }

    #[test]
    fn nobody_waits_for_a_thread_that_panicked() {
        let barrier = Barrier::new(2);
        let outcome = std::thread::scope(|scope| {
            let other = scope.spawn(|| {
                let _guard = barrier.guard();
                panic!("as planned");
            });
            let outcome = barrier.wait();
            assert!(other.join().is_err());
            outcome
        });
        assert_eq!(outcome, Err(Broken));
    }
}
