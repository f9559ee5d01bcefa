//! Values of options that are read in a way of their own.

use crate::scenario::{Method, nearest};
use crate::study::attack::Budget;
use crate::units::{Duration, Time};

/// Reads a method by its word.
pub(crate) fn method(text: &str) -> Result<Method, String> {
    let known = || Method::ALL.map(|(word, _)| word).join(", ");
    let found = Method::ALL.into_iter().find(|(word, _)| *word == text).map(|(_, method)| method);
    found.ok_or_else(|| {
        let near = nearest(text, Method::ALL.map(|(word, _)| word));
        let near = near.map(|near| format!("; the nearest is {near}")).unwrap_or_default();
        format!("it must be one of {}{near}", known())
    })
}

/// Reads a budget of attackers.
pub(crate) fn budget(text: &str) -> Result<Budget, String> {
    text.parse().map_err(|error: crate::study::attack::BudgetError| error.to_string())
}

/// Reads a share, `1/32` or `0.25`, as the parts of the whole: a power of two, so that a finer search looks at the points of
/// a coarser one again.
pub(crate) fn parts(text: &str) -> Result<u32, String> {
    let share = match text.split_once('/') {
        Some((one, parts)) => {
            one.trim().parse::<f64>().ok().zip(parts.trim().parse::<f64>().ok()).map(|(a, b)| a / b)
        }
        None => text.parse().ok(),
    };
    let share = share.filter(|share| (1.0 / 1024.0..=0.5).contains(share));
    let share = share.ok_or_else(|| "it must be a share from 1/1024 to 1/2".to_owned())?;
    let parts = ((1.0 / share).ceil() as u32).next_power_of_two();
    if f64::from(parts) * share == 1.0 {
        return Ok(parts);
    }
    Err(format!("it must be a half, a quarter, an eighth, … down to 1/1024: the next finer one is 1/{parts}"))
}

/// Reads two times with two points between.
pub(crate) fn stretch(text: &str) -> Result<(Time, Time), String> {
    let time = |text: &str| text.trim().parse::<Duration>().ok().map(|time| Time::ZERO + time);
    let times = text.split_once("..").and_then(|(from, until)| time(from).zip(time(until)));
    let times = times.filter(|(from, until)| from < until);
    times.ok_or_else(|| "it must be two times, the later one last, as in `12.5s..13s`".to_owned())
}

/// Reads a whole number between two bounds, both included.
pub(crate) fn whole<T: TryFrom<u64>>(least: u64, most: u64) -> impl Fn(&str) -> Result<T, String> + Clone {
    move |text| {
        let number = text.parse().ok().filter(|number| (least..=most).contains(number));
        let number = number.and_then(|number| T::try_from(number).ok());
        number.ok_or_else(|| format!("it must be a whole number from {least} to {most}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resolution_is_a_half_or_a_half_of_one() {
        assert_eq!(["1/2", "1/32", "0.25", "1/1024"].map(parts), [Ok(2), Ok(32), Ok(4), Ok(1024)]);
        for (bad, finer) in [("1/30", "1/32"), ("0.03", "1/64"), ("0.1", "1/16")] {
            assert!(parts(bad).is_err_and(|said| said.ends_with(finer)), "{bad}");
        }
        for bad in ["0", "1", "-1/4", "1/0", "1/2000", "x", "nan"] {
            assert!(parts(bad).is_err(), "{bad}");
        }
    }
}
