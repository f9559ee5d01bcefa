//! Quantities of one kind in different units.

use crate::units::{Bitrate, ByteSize, Duration, Frequency};

/// How many of one unit another is; `None` for units of two kinds, or none that are known.
pub(super) fn ratio(of: &str, unit: &str) -> Option<f64> {
    let kinds: [fn(&str) -> Option<f64>; 4] = [seconds, bytes, bits_per_second, per_second];
    kinds.iter().find_map(|size| Some(size(of)? / size(unit)?))
}

fn one<T: std::str::FromStr>(unit: &str) -> Option<T> {
    format!("1{unit}").parse().ok()
}

fn seconds(unit: &str) -> Option<f64> {
    one(unit).map(Duration::as_seconds)
}

fn bytes(unit: &str) -> Option<f64> {
    one::<ByteSize>(unit).map(|size| size.as_bytes() as f64)
}

fn bits_per_second(unit: &str) -> Option<f64> {
    one(unit).map(Bitrate::bits_per_second)
}

fn per_second(unit: &str) -> Option<f64> {
    one(unit).map(Frequency::as_per_second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_of_one_kind_are_told_in_each_other() {
        for (of, unit, wanted) in [
            (" s", " ms", 1000.0),
            (" KiB", " B", 1024.0),
            (" Mbit/s", " kbit/s", 1000.0),
            (" /min", " /h", 60.0),
        ] {
            let ratio = ratio(of, unit).expect("one kind");
            assert!((ratio / wanted - 1.0).abs() < 1e-12, "{of} in {unit}: {ratio}");
        }
        assert_eq!(ratio(" s", " B"), None);
        assert_eq!(ratio(" s", " apples"), None);
    }
}
