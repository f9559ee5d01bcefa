//! Why charts could not be drawn.

use std::path::PathBuf;

/// Why charts could not be drawn.
#[derive(Debug, thiserror::Error)]
pub enum ChartError {
    #[error("cannot read {}: {source}", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("cannot write {}: {source}", path.display())]
    Write { path: PathBuf, source: std::io::Error },
    #[error("{} is no manifest: {message}", path.display())]
    Manifest { path: PathBuf, message: String },
    #[error("{} is no table: {message}", path.display())]
    Table { path: PathBuf, message: String },
    #[error("{} has no column `{column}`", path.display())]
    Column { path: PathBuf, column: String },
    #[error("{} line {line}, column `{column}`: `{value}`: {why}", path.display())]
    Cell { path: PathBuf, line: u64, column: String, value: String, why: &'static str },
    #[error("chart `{chart}`: there is no kind `{kind}`; the kinds are {kinds}")]
    UnknownKind { chart: String, kind: String, kinds: String },
    #[error("chart `{chart}`: no data for a chart of kind `{kind}`, which needs {needs}")]
    NoData { chart: String, kind: &'static str, needs: String },
    #[error("chart `{chart}`: a chart's name becomes a file name: letters, digits, `-` and `_` only")]
    Name { chart: String },
    #[error("cannot draw {}: {message}", path.display())]
    Draw { path: PathBuf, message: String },
}
