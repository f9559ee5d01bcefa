//! What benchmarks need to run: a clock, and their option.

use std::sync::LazyLock;
use std::time::Instant;

/// Seconds of the wall.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures wall time")]
pub(crate) fn wall_clock() -> f64 {
    static BEGUN: LazyLock<Instant> = LazyLock::new(Instant::now);
    BEGUN.elapsed().as_secs_f64()
}

/// The number after `--rounds`, else 3. Cargo gives `--bench` besides.
pub(crate) fn rounds() -> u32 {
    let rounds = std::env::args().skip_while(|argument| argument != "--rounds").nth(1);
    rounds.map_or(3, |rounds| rounds.parse().ok().filter(|&n| n > 0).expect("--rounds takes a number from 1"))
}
