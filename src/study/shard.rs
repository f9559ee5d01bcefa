//! A part of a study: every n-th point.

use std::fmt;
use std::str::FromStr;

/// Shard `index` of `of`: the points p with p mod `of` = `index`. Shards count from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Which one.
    pub index: u32,
    /// Of how many.
    pub of: u32,
}

impl Shard {
    /// All points.
    pub const WHOLE: Shard = Shard { index: 0, of: 1 };

    /// Whether a point belongs to it.
    pub fn has(self, point: usize) -> bool {
        point % self.of as usize == self.index as usize
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.of)
    }
}

impl FromStr for Shard {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Shard, Self::Err> {
        const ALLOWED: &str = "allowed: I/N with I from 0 to N - 1, such as 0/4";
        let (index, of) = text.split_once('/').ok_or(ALLOWED)?;
        let shard =
            Shard { index: index.parse().map_err(|_| ALLOWED)?, of: of.parse().map_err(|_| ALLOWED)? };
        if shard.index < shard.of { Ok(shard) } else { Err(ALLOWED) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_point_is_in_one_shard_of_any_number() {
        for of in [1, 2, 3, 7] {
            for point in 0..20 {
                let having = (0..of).filter(|index| Shard { index: *index, of }.has(point));
                assert_eq!(having.count(), 1);
            }
        }
    }

    #[test]
    fn a_shard_is_read_as_it_is_written() {
        assert_eq!("2/3".parse(), Ok(Shard { index: 2, of: 3 }));
        assert_eq!(Shard { index: 2, of: 3 }.to_string(), "2/3");
        for bad in ["5/4", "1", "1/", "-1/3", "1/0", "a/b"] {
            assert!(bad.parse::<Shard>().is_err(), "{bad}");
        }
    }
}
