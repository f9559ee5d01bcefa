//! Where a verdict turns along one parameter: which points are looked at, what is seen there, and what follows from it.
//!
//! The points that can be looked at are fixed before anything is run: a grid of the parameter's values. Each verdict may be
//! wrong with a probability of [`ERROR`] over the size of the grid, so that all of them are right together, whichever points
//! the search comes to.

mod check;
mod crossing;
mod finding;
mod search;
mod visit;

use serde::{Serialize, Serializer};

use crate::results::Figure;

pub use check::Check;
pub use crossing::Crossing;
pub use finding::{End, Finding, Outcome, Question, Told};
pub use search::{Search, Stretch, Turn};
pub use visit::{Visit, visit};

/// The finding's file in the folder of its study.
pub const FILE: &str = "threshold.json";
/// The probability, at most, that any verdict of a study is wrong.
pub const ERROR: f64 = 0.05;

/// A number in JSON: a whole one without a fraction.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn figure<S: Serializer>(number: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    Figure::from(*number).serialize(serializer)
}
