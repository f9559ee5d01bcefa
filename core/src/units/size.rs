//! Sizes in bytes.

use std::fmt;
use std::str::FromStr;

use super::quantity::{Quantity, QuantityError};

/// A size in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ByteSize(u64);

const SIZE: Quantity = Quantity {
    what: "a size",
    units: &[
        ("B", 1.0),
        ("kB", 1e3),
        ("KiB", 1024.0),
        ("MB", 1e6),
        ("MiB", 1_048_576.0),
        ("GB", 1e9),
        ("GiB", 1_073_741_824.0),
    ],
    least: (0.0, "0 B"),
    most: (1_048_576.0 * 1_048_576.0, "1048576 MiB"),
};

impl ByteSize {
    /// A size of `bytes` bytes.
    pub const fn from_bytes(bytes: u64) -> ByteSize {
        ByteSize(bytes)
    }

    /// Bytes.
    pub const fn as_bytes(self) -> u64 {
        self.0
    }
}

impl FromStr for ByteSize {
    type Err = QuantityError;
    fn from_str(text: &str) -> Result<ByteSize, QuantityError> {
        SIZE.parse_whole(text).map(ByteSize)
    }
}

impl fmt::Display for ByteSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&SIZE.print(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binary_and_decimal_units_differ() {
        assert_eq!("64 KiB".parse::<ByteSize>().expect("a size").as_bytes(), 65_536);
        assert_eq!("64 kB".parse::<ByteSize>().expect("a size").as_bytes(), 64_000);
        assert_eq!("64 MiB".parse::<ByteSize>().expect("a size").to_string(), "64 MiB");
        assert!("1e18 MiB".parse::<ByteSize>().is_err());
        assert!("1.5 B".parse::<ByteSize>().is_err());
    }
}
