//! Threads that share the replications of a batch.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;
use thiserror::Error;

/// Threads that work through the replications of a batch.
#[derive(Debug)]
pub struct Workers {
    pool: rayon::ThreadPool,
}

/// The threads could not be started.
#[derive(Debug, Error)]
#[error("could not start {threads} threads")]
pub struct BatchError {
    /// How many were wanted.
    pub threads: usize,
    /// Why the pool was not built.
    #[source]
    pub cause: rayon::ThreadPoolBuildError,
}

impl Workers {
    /// As many threads as asked for, but no more than there are `jobs`; by default one per core.
    ///
    /// # Errors
    /// When the system does not start so many.
    pub fn start(wish: Option<usize>, jobs: usize) -> Result<Workers, BatchError> {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        let threads = wish.unwrap_or_else(cores).min(jobs).max(1);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        pool.map(|pool| Workers { pool }).map_err(|cause| BatchError { threads, cause })
    }

    /// How many there are.
    pub fn threads(&self) -> usize {
        self.pool.current_num_threads()
    }

    /// Runs the jobs 0 to `count` − 1 and returns their results in this order, whichever thread ran them. The first that
    /// fails raises `stop`, which all jobs should watch; no further job begins then.
    ///
    /// # Errors
    /// When a job fails; of several errors any may be returned.
    pub fn run<T: Send, E: Send>(
        &self,
        count: u32,
        stop: &AtomicBool,
        job: impl Fn(u32) -> Result<T, E> + Sync,
    ) -> Result<Vec<T>, E> {
        let guarded = |number| {
            let done = job(number);
            if done.is_err() {
                stop.store(true, Ordering::Relaxed);
            }
            done
        };
        // One job at a time: a split into halves would begin the last replications before the first are done.
        self.pool.install(|| (0..count).into_par_iter().with_max_len(1).map(guarded).collect())
    }

    /// Each thread takes jobs from `next` until there are none. The first that fails raises `stop`, which all jobs should
    /// watch; no further job begins then.
    ///
    /// # Errors
    /// When a job fails: what the first that failed says.
    pub fn drain<J, E: Send>(
        &self,
        stop: &AtomicBool,
        next: impl Fn() -> Option<J> + Sync,
        job: impl Fn(J) -> Result<(), E> + Sync,
    ) -> Result<(), E> {
        let first = Mutex::new(None);
        self.pool.broadcast(|_| {
            while let Some(one) = (!stop.load(Ordering::Relaxed)).then(&next).flatten() {
                if let Err(error) = job(one) {
                    stop.store(true, Ordering::Relaxed);
                    first.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                }
            }
        });
        first.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU32;

    use super::*;

    #[test]
    fn results_come_in_order_whatever_the_number_of_threads() {
        for threads in [1, 2, 7] {
            let workers = Workers::start(Some(threads), 100).expect("threads");
            let squares =
                workers.run(100, &AtomicBool::new(false), |n| Ok::<_, ()>(n * n)).expect("no job fails");
            assert_eq!(squares, (0..100).map(|n| n * n).collect::<Vec<_>>());
        }
    }

    #[test]
    fn there_are_no_more_threads_than_jobs() {
        assert_eq!(Workers::start(Some(8), 3).expect("threads").threads(), 3);
        assert_eq!(Workers::start(None, 0).expect("threads").threads(), 1);
    }

    #[test]
    fn every_job_that_is_given_out_is_done_once_and_the_first_failure_is_told() {
        let workers = Workers::start(Some(3), 100).expect("threads");
        let (begun, sum) = (AtomicU32::new(0), AtomicU32::new(0));
        let next = || Some(begun.fetch_add(1, Ordering::Relaxed)).filter(|number| *number < 100);
        let add = |number| {
            sum.fetch_add(number, Ordering::Relaxed);
            Ok::<(), ()>(())
        };
        assert_eq!(workers.drain(&AtomicBool::new(false), next, add), Ok(()));
        assert_eq!(sum.into_inner(), 4950);
        let (stop, begun) = (AtomicBool::new(false), AtomicU32::new(0));
        let next = || Some(begun.fetch_add(1, Ordering::Relaxed));
        let fails = |number| if number < 10 { Ok(()) } else { Err("broken") };
        assert_eq!(workers.drain(&stop, next, fails), Err("broken"));
        assert!(stop.load(Ordering::Relaxed) && begun.into_inner() < 20);
    }

    #[test]
    fn a_failure_stops_the_others() {
        let (stop, begun) = (AtomicBool::new(false), AtomicU32::new(0));
        let workers = Workers::start(Some(2), 1000).expect("threads");
        let result = workers.run(1000, &stop, |n| {
            begun.fetch_add(1, Ordering::Relaxed);
            if n == 0 { Err("broken") } else { Ok(n) }
        });
        assert_eq!(result, Err("broken"));
        assert!(stop.load(Ordering::Relaxed));
    }
}
