//! Why charts could not be drawn.

use std::path::PathBuf;

/// Why charts could not be drawn.
#[derive(Debug, thiserror::Error)]
pub enum ChartError {
    /// `manifest.toml`, `summary.json` or a table of the result cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The folder `charts` or a file in it cannot be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// `manifest.toml` cannot be parsed.
    #[error("{} is no manifest: {message}", path.display())]
    Manifest {
        /// The file.
        path: PathBuf,
        /// What the parser found, and where.
        message: String,
    },
    /// `summary.json` cannot be parsed.
    #[error("{} is no summary: {message}", path.display())]
    Summary {
        /// The file.
        path: PathBuf,
        /// What the parser found, and where.
        message: String,
    },
    /// `sweep.toml` cannot be parsed.
    #[error("{} is no sweep: {message}", path.display())]
    Sweep {
        /// The file.
        path: PathBuf,
        /// What the parser found, and where.
        message: String,
    },
    /// A chart of a sweep is about a metric that no point has.
    #[error("chart `{chart}`: no point has `{metric}`")]
    NoMetric {
        /// NAME of the chart, as in `[charts.NAME]`.
        chart: String,
        /// The metric.
        metric: String,
    },
    /// A chart of a sweep is over an axis that there isn't.
    #[error("chart `{chart}`: nothing is varied under `{axis}`; the axes are {axes}")]
    NoAxis {
        /// NAME of the chart, as in `[charts.NAME]`.
        chart: String,
        /// The axis that was asked for.
        axis: String,
        /// All axes that there are, as a list in words.
        axes: String,
    },
    /// A CSV file of the result cannot be parsed.
    #[error("{} is no table: {message}", path.display())]
    Table {
        /// The file.
        path: PathBuf,
        /// What the parser found, and where.
        message: String,
    },
    /// A table lacks a column that the chart is drawn from.
    #[error("{} has no column `{column}`", path.display())]
    Column {
        /// The file of the table.
        path: PathBuf,
        /// Header of the missing column.
        column: String,
    },
    /// A cell of a table holds something else than its column should.
    #[error("{} line {line}, column `{column}`: `{value}`: {why}", path.display())]
    Cell {
        /// The file of the table.
        path: PathBuf,
        /// Line of the cell in the file, counted from 1.
        line: u64,
        /// Header of the cell's column.
        column: String,
        /// Text of the cell.
        value: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A chart is asked for by a kind that does not exist.
    #[error("chart `{chart}`: there is no kind `{kind}`; the kinds are {kinds}")]
    UnknownKind {
        /// NAME of the chart, as in `[charts.NAME]`.
        chart: String,
        /// The kind that was asked for.
        kind: String,
        /// All kinds that there are, as a list in words.
        kinds: String,
    },
    /// The result lacks the data that the chart is drawn from.
    #[error("chart `{chart}`: no data for a chart of kind `{kind}`, which needs {needs}")]
    NoData {
        /// NAME of the chart, as in `[charts.NAME]`.
        chart: String,
        /// Its kind.
        kind: &'static str,
        /// What a result must have for this kind, in words.
        needs: String,
    },
    /// A chart's name cannot be part of a file name.
    #[error("chart `{chart}`: a chart's name becomes a file name: letters, digits, `-` and `_` only")]
    Name {
        /// The name.
        chart: String,
    },
    /// The drawing could not be made or encoded.
    #[error("cannot draw {}: {message}", path.display())]
    Draw {
        /// File that the chart was meant for.
        path: PathBuf,
        /// What the drawing library says.
        message: String,
    },
}
