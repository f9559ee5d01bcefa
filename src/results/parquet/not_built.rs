//! That the program has no Parquet.

use thiserror::Error;

/// The program is built without it.
#[derive(Clone, Copy, Debug, Error)]
#[error(
    "this program is built without Parquet: `cargo install --path . --locked --features parquet` builds it with that"
)]
pub struct NotBuilt;
