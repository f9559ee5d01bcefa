//! How far two cores are from each other: without it, what two threads make cannot be read.

use std::num::NonZero;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use crate::harness::wall_clock;

const TURNS: u64 = 4_000;

/// Nanoseconds until one core sees what another has written: some 30 where they share a cache, and five times as many where they
/// do not. A virtual machine can be moved from the one to the other several times a minute. To be measured where two threads have
/// just been at work: after a while with one, both begin on the same core, and it tells how often that changes between them. `None`
/// where there is only one core.
pub(crate) fn distance() -> Option<f64> {
    thread::available_parallelism().ok().filter(|cores| *cores > NonZero::<usize>::MIN)?;
    let turn = AtomicU64::new(0);
    let wait = |number| {
        while turn.load(Ordering::Acquire) != number {
            std::hint::spin_loop();
        }
    };
    thread::scope(|scope| {
        let answer = |number| {
            wait(number);
            turn.store(number + 1, Ordering::Release);
        };
        scope.spawn(move || (1..2 * TURNS).step_by(2).for_each(answer));
        let ask = |number| {
            turn.store(number, Ordering::Release);
            wait(number + 1);
        };
        // After the first turn both are awake.
        ask(1);
        let begun = wall_clock();
        (3..2 * TURNS).step_by(2).for_each(ask);
        Some((wall_clock() - begun) * 1e9 / (2 * TURNS - 2) as f64)
    })
}

/// The least and the greatest of several distances, to be printed; `-` for none.
#[derive(Default)]
pub(crate) struct Distances(Vec<f64>);

impl Distances {
    pub(crate) fn add(&mut self, distance: Option<f64>) {
        self.0.extend(distance);
    }

    pub(crate) fn range(&self) -> String {
        let least = self.0.iter().copied().reduce(f64::min);
        let greatest = self.0.iter().copied().reduce(f64::max);
        least.zip(greatest).map_or("-".into(), |(least, greatest)| format!("{least:.0} to {greatest:.0}"))
    }
}
