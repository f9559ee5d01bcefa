//! How a sweep is shared out: into how many shards, and what each is given.

use crate::cli::limits;
use crate::cli::pace::EVENTS_A_SECOND;
use crate::cli::sweep::needs::Need;

/// All that is to be run.
pub(super) struct Work {
    /// What a run needs, point by point.
    pub needs: Vec<Need>,
    pub replications: u32,
}

/// What each shard is given.
#[derive(Debug, PartialEq)]
pub(super) struct Share {
    pub shards: u32,
    /// How many shards run at the same time on this machine.
    pub together: u32,
    /// How many runs of a shard do.
    pub jobs: u32,
    /// Memory for each of these runs, and time for the shard, as Slurm reads them.
    pub memory: String,
    pub time: String,
    /// The same for the merge.
    pub merge_memory: String,
    pub merge_time: String,
}

/// So many tasks an array of Slurm may have unless its site allows more, nearly.
const MOST_SHARDS: f64 = 1000.0;
/// So many shards are never too many.
const FEW_SHARDS: f64 = 16.0;
/// Work that is worth a task of its own, in seconds of processor time.
const WORTH_A_TASK: f64 = 600.0;
/// A task with more work than this is given more cores, as far as a node surely has them.
const WORTH_A_CORE: f64 = 3600.0;
const MOST_JOBS: f64 = 16.0;
/// Shards for each core of one machine: while the last of them run, few cores have nothing to do.
const SHARDS_A_CORE: u32 = 4;
/// By how much memory and time are more than estimated. Estimates of memory are good to a factor of 1.5; of the scenarios
/// that come with the program the slowest takes twice the time, and machines differ.
const ROOM_OF_MEMORY: f64 = 2.0;
const ROOM_OF_TIME: f64 = 4.0;
/// Seconds that any task is given, and that a point or run more takes to be read.
const START: f64 = 600.0;
const READING: f64 = 0.01;
/// Bytes that a process takes for each point and each finished run that it reads, and when it makes tables of them.
const READ: f64 = 32.0 * 1024.0;
const MERGED: f64 = 4.0 * READ;

impl Work {
    pub(super) fn runs(&self) -> usize {
        self.needs.len() * self.replications as usize
    }

    /// Seconds of processor time for so many events.
    fn seconds(&self, events: f64) -> f64 {
        events * f64::from(self.replications) / EVENTS_A_SECOND
    }

    fn all_seconds(&self) -> f64 {
        self.seconds(self.needs.iter().map(|need| need.events).sum())
    }

    /// Memory of the largest run.
    fn largest(&self) -> f64 {
        self.needs.iter().map(|need| need.memory).max().unwrap_or_default() as f64
    }

    /// Seconds of processor time of the heaviest of so many shards.
    fn heaviest(&self, shards: u32) -> f64 {
        let of = |first: usize| {
            self.needs.iter().skip(first).step_by(shards as usize).map(|need| need.events).sum()
        };
        self.seconds((0..shards as usize).map(of).fold(0.0, f64::max))
    }

    /// Points of the largest of so many shards, times replications.
    fn runs_of_shard(&self, shards: u32) -> f64 {
        self.needs.len().div_ceil(shards as usize) as f64 * f64::from(self.replications)
    }

    fn share(&self, shards: u32, together: u32, jobs: u32) -> Share {
        let longest = self.needs.iter().map(|need| need.events).fold(0.0, f64::max) / EVENTS_A_SECOND;
        let running = self.heaviest(shards) / f64::from(jobs) + longest;
        let read = (self.needs.len() + self.runs()) as f64;
        Share {
            shards,
            together,
            jobs,
            memory: memory(self.largest() * ROOM_OF_MEMORY + read * READ),
            time: time(running * ROOM_OF_TIME + START + read * READING),
            merge_memory: memory(read * MERGED),
            merge_time: time(START + read * READING),
        }
    }
}

impl Share {
    /// For tasks that a cluster finds room for: one a point if there is enough to do at each.
    pub(super) fn for_cluster(work: &Work, wished: Option<u32>) -> Share {
        let worth = (work.all_seconds() / WORTH_A_TASK).clamp(FEW_SHARDS, MOST_SHARDS);
        let shards = wished.unwrap_or(work.needs.len().min(worth as usize) as u32);
        let cores = (work.heaviest(shards) / WORTH_A_CORE).ceil().clamp(1.0, MOST_JOBS);
        let jobs = cores.min(work.runs_of_shard(shards)).max(1.0);
        work.share(shards, shards, jobs as u32)
    }

    /// For a machine like this: as many runs at a time as it has cores, and room for.
    pub(super) fn for_machine(work: &Work, wished: Option<u32>) -> Share {
        let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get() as u32);
        let room = limits::left().map_or(cores, |left| (left.bytes as f64 / work.largest().max(1.0)) as u32);
        Share::with_cores(work, wished, cores.min(room).max(1))
    }

    fn with_cores(work: &Work, wished: Option<u32>, cores: u32) -> Share {
        let shards = wished.unwrap_or((SHARDS_A_CORE * cores).min(work.needs.len() as u32));
        let together = shards.min(cores);
        let jobs = f64::from(cores / together).min(work.runs_of_shard(shards)).max(1.0);
        work.share(shards, together, jobs as u32)
    }
}

/// An amount of memory as Slurm reads it: whole steps of 64 MiB, and at least four of them.
fn memory(bytes: f64) -> String {
    const STEP: f64 = 64.0;
    let mebibytes = (bytes / f64::from(1 << 20) / STEP).ceil().max(4.0) * STEP;
    format!("{}M", mebibytes as u64)
}

/// A time as Slurm reads it: whole steps of ten minutes, and at most a year.
fn time(seconds: f64) -> String {
    let minutes = ((seconds / 600.0).ceil() * 10.0).min(365.0 * 24.0 * 60.0) as u64;
    format!("{}-{:02}:{:02}:00", minutes / 1440, minutes / 60 % 24, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn work(events: &[f64], replications: u32) -> Work {
        let need = |events: &f64| Need { events: *events, memory: 100 << 20, least: 60 << 20 };
        Work { needs: events.iter().map(need).collect(), replications }
    }

    #[test]
    fn a_cluster_is_given_a_shard_a_point_as_long_as_that_is_worth_it() {
        let shards = |points: usize, events: f64| {
            let share = Share::for_cluster(&work(&vec![events; points], 10), None);
            (share.shards, share.jobs)
        };
        assert_eq!(shards(6, 1e6), (6, 1));
        assert_eq!(shards(5000, 1e6), (83, 1), "50000 s of work");
        assert_eq!(shards(5000, 1e9), (1000, 14), "50000 s for a task");
        assert_eq!(shards(1, 1e12), (1, 10), "no more cores than runs");
    }

    #[test]
    fn a_machine_is_given_as_many_runs_at_a_time_as_it_has_cores() {
        let of = |points: usize, replications, wished| {
            let share = Share::with_cores(&work(&vec![1e6; points], replications), wished, 8);
            (share.shards, share.together, share.jobs)
        };
        assert_eq!(of(100, 3, None), (32, 8, 1));
        assert_eq!(of(3, 100, None), (3, 3, 2));
        assert_eq!(of(1, 3, None), (1, 1, 3));
        assert_eq!(of(100, 3, Some(4)), (4, 4, 2));
    }

    #[test]
    fn time_and_memory_have_room_to_spare() {
        let share = work(&[9e9, 1e9, 1e9], 4).share(2, 2, 2);
        // Shard 0 has the points 0 and 2: 40000 s on two cores, and 9000 s if the longest run begins last.
        assert_eq!(share.time, time((20_000.0 + 9_000.0) * 4.0 + 600.0 + 0.15));
        assert_eq!((&share.time[..], &share.memory[..]), ("1-08:30:00", "256M"));
        assert_eq!(
            [0.0, 601.0, 90_000.0, f64::INFINITY].map(time),
            ["0-00:00:00", "0-00:20:00", "1-01:00:00", "365-00:00:00"]
        );
        assert_eq!([0.0, 3e9].map(memory), ["256M", "2880M"]);
    }
}
