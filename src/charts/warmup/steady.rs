//! From when on the series of a result are steady, beside the warm-up that its scenario declares.

use std::ops::Range;
use std::path::{Path, PathBuf};

use super::super::data::Table;
use super::super::error::ChartError;
use super::super::run_info::{RunInfo, seconds};
use super::super::timeline::Timeline;
use super::mser::truncation;
use super::series::{Series, Values, series};
use crate::metrics::tables::timeseries::Timeseries;

/// Intervals in a batch: MSER-5.
const BATCH: usize = 5;
/// Means differ by more than chance from so many standard errors on: where the cut is chosen so that they do, by chance two
/// are nothing.
const ERRORS: f64 = 4.0;
/// A difference that does not matter, as a part of the larger.
const NOTHING: f64 = 0.01;

/// A series that becomes steady later than the warm-up ends, so that what counts is biased.
#[derive(Clone, Debug, PartialEq)]
pub struct Late {
    /// What it is of.
    pub name: &'static str,
    /// What its values are.
    pub values: Values,
    /// The end of the warm-up, in seconds.
    pub declared_s: f64,
    /// From when on it is steady, in seconds.
    pub found_s: f64,
    /// Its value over what counts.
    pub counted: f64,
    /// Its value over the part of this that is steady.
    pub steady: f64,
}

/// A series, and from which interval on it is steady; none where the run is too short to tell.
pub(super) struct Found {
    pub series: Series,
    pub from: Option<usize>,
}

/// The series of a result whose runs, each in a folder of its own, become steady later than its warm-up ends, as MSER-5 finds
/// it over all runs; none where the scenario itself changes in the time that counts.
///
/// # Errors
/// When a table can't be read.
pub fn late(batch: &Path, runs: &[PathBuf]) -> Result<Vec<Late>, ChartError> {
    let run = RunInfo::read(batch)?;
    let tables = runs.iter().map(|run| Table::open(run)).collect::<Result<Vec<_>, ChartError>>()?;
    let tables: Vec<&Table<Timeseries>> = tables.iter().flatten().collect();
    let Some(first) = tables.first().filter(|_| !changes(&run)) else { return Ok(Vec::new()) };
    let time = Timeline::read(first, &run)?;
    Ok(found(&tables, &time)?.iter().filter_map(|found| found.late(&time)).collect())
}

/// The series of these tables, and from when on each is steady. What is not followed to its end, after the beginning of the
/// cool-down, tells nothing.
pub(super) fn found(tables: &[&Table<Timeseries>], time: &Timeline) -> Result<Vec<Found>, ChartError> {
    let lengths = &time.lengths()[..time.counted().end];
    Ok(series(tables, lengths)?.into_iter().map(Found::of).collect())
}

/// Whether faults, attacks, work or groups begin or end while it counts: then there is no one state to become steady.
pub(super) fn changes(run: &RunInfo) -> bool {
    let inside = |moment: f64| run.counted.0 < moment && moment < run.counted.1;
    let counted = run.spans.iter().filter(|span| span.counted);
    counted.flat_map(|span| [span.from, span.to]).any(|moment| inside(seconds(moment)))
}

impl Found {
    fn of(series: Series) -> Found {
        let batches: Vec<(usize, f64)> =
            batches(0..series.len()).filter_map(|batch| Some((batch.start, series.over(batch)?))).collect();
        let values: Vec<f64> = batches.iter().map(|(_, value)| *value).collect();
        let cuts = [truncation(&values), flat(&values)].into_iter().flatten();
        let from = cuts.min().map(|cut| batches[cut].0);
        Found { series, from }
    }

    /// What is to be told if it is steady later than what counts begins.
    fn late(&self, time: &Timeline) -> Option<Late> {
        let counted = time.counted();
        let (from, [all, steady]) = self.bias(&counted)?;
        Some(Late {
            name: self.series.name,
            values: self.series.values,
            declared_s: time.span(&counted).0,
            found_s: time.span(&(from..from + 1)).0,
            counted: all,
            steady,
        })
    }

    /// From which interval on it is steady, if that is later than what counts begins, with its value over these and over those
    /// that are steady, if that differs by more than chance and nothing.
    fn bias(&self, counted: &Range<usize>) -> Option<(usize, [f64; 2])> {
        let from = self.from.filter(|from| *from >= counted.start + BATCH)?;
        let (before, rest) = (counted.start..from, from..counted.end);
        let [all, early, steady] =
            [counted.clone(), before.clone(), rest.clone()].map(|part| self.series.over(part));
        let (all, early, steady) = (all?, early?, steady?);
        let matters = (all - steady).abs() > NOTHING * all.abs().max(steady.abs());
        let is_chance = (early - steady).abs() <= ERRORS * self.error(before, rest)?;
        (matters && !is_chance).then_some((from, [all, steady]))
    }

    /// The standard error of the difference between two parts, if both were as the steady one is.
    fn error(&self, before: Range<usize>, steady: Range<usize>) -> Option<f64> {
        let values: Vec<f64> = batches(steady).filter_map(|batch| self.series.over(batch)).collect();
        let (n, few) = (values.len() as f64, batches(before).len() as f64);
        let mean = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
        (n > 1.0).then(|| (squares / (n - 1.0) * (1.0 / n + 1.0 / few.max(1.0))).sqrt())
    }
}

/// How many values to cut off at the start so that those left differ by nothing that matters; `None` where that is more than
/// half of them. To the rule even the smallest of trends is one.
fn flat(values: &[f64]) -> Option<usize> {
    let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
    let near = values.iter().rev().take_while(|value| {
        (least, most) = (least.min(**value), most.max(**value));
        most - least <= NOTHING * most.abs().max(least.abs())
    });
    let cut = values.len() - near.count();
    (!values.is_empty() && cut <= values.len() / 2).then_some(cut)
}

/// Whole batches of intervals, from the first on.
fn batches(intervals: Range<usize>) -> impl ExactSizeIterator<Item = Range<usize>> {
    let start = intervals.start;
    (0..intervals.len() / BATCH).map(move |batch| start + batch * BATCH..start + (batch + 1) * BATCH)
}

#[cfg(test)]
mod tests {
    use super::super::series::made_of;
    use super::*;

    /// Noise from −1 to 1, by a linear congruence.
    fn noise(seed: u64) -> impl Iterator<Item = f64> {
        let step = |state: &mut u64| {
            *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            Some((*state >> 33) as f64 / f64::from(1_u32 << 30) - 1.0)
        };
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        std::iter::from_fn(move || step(&mut state))
    }

    fn of(values: impl Iterator<Item = f64>) -> Found {
        let values: Vec<f64> = values.collect();
        Found::of(made_of(&values, &vec![1.0; values.len()]))
    }

    #[test]
    fn a_start_that_is_cut_off_too_little_is_found_with_what_it_does_to_the_mean() {
        // Nothing for 40 intervals, then 1; 20 of the 40 are declared to be the warm-up.
        let found = of((0..240).map(|place| if place < 40 { 0.0 } else { 1.0 }));
        assert_eq!(found.from, Some(40));
        assert_eq!(found.bias(&(20..230)), Some((40, [190.0 / 210.0, 1.0])));
        assert_eq!(found.bias(&(40..230)), None, "all of it is declared");
        assert_eq!(found.bias(&(38..230)), None, "a batch is as exact as it is");
        let hardly = of((0..240).map(|place| if place < 40 { 0.99 } else { 1.0 }));
        assert_eq!((hardly.from, hardly.bias(&(20..230))), (Some(40), None), "it does not matter");
    }

    #[test]
    fn noise_alone_is_no_bias() {
        // Batches of what is steady, 48 of them: more than four standard errors come by chance once in thousands, and a cut that
        // is chosen among some twenty of them makes that once in hundreds.
        let told = (0..300)
            .filter(|seed| of(noise(*seed).take(240).map(|x| 1.0 + 0.5 * x)).bias(&(0..240)).is_some());
        let told = told.count();
        assert!(told <= 6, "{told} of 300");
    }

    #[test]
    fn a_trend_that_does_not_matter_is_none() {
        let nearly = |place: usize| 1.0 - 1e-5 * place as f64;
        assert_eq!(of((0..240).map(nearly)).from, Some(0));
        assert_eq!(of((0..240).map(|place| if place < 30 { 0.0 } else { nearly(place) })).from, Some(30));
        assert_eq!(of((0..240).map(|place| 1.0 - 1e-3 * f64::from(place))).from, None);
        assert_eq!(flat(&[]), None);
    }

    #[test]
    fn batches_without_values_are_left_out() {
        let wholes: Vec<f64> = (0..240).map(|place| f64::from(u8::from(place % 20 >= 10))).collect();
        let parts: Vec<f64> =
            wholes.iter().enumerate().map(|(place, whole)| if place < 60 { 0.0 } else { *whole }).collect();
        // The first that is not 0 is in the batch from 70 on.
        assert_eq!(Found::of(made_of(&parts, &wholes)).from, Some(70));
    }
}
