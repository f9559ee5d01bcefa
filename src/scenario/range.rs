//! What a search may put in place of a value, from the declarations of the keys.

/// The values among which a search may choose.
#[derive(Clone, Debug, PartialEq)]
pub enum Range {
    /// None: it stays as it is.
    Fixed,
    /// One of these, as TOML.
    Words(Vec<String>),
    /// Whole numbers, both ends included.
    Whole {
        /// The smallest.
        least: i128,
        /// The largest.
        most: i128,
    },
    /// A number from 0 to 1.
    Share,
    /// A span of time, or a moment of the run.
    Time,
    /// A rate of arrivals.
    Rate,
    /// The name of a group.
    Group,
    /// Names of groups.
    Groups,
}
