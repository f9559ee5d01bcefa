//! Charts of results and sweeps, as parts of a page.

use std::fs;
use std::path::Path;

use super::svg;

pub(super) const CHARTS: &str = "charts/";

/// A chart of a result or sweep.
pub(super) struct Chart {
    /// Its path in the folder.
    pub path: String,
    /// It as a part of a page, or why it can't be shown.
    pub drawn: Result<String, String>,
}

impl Chart {
    /// What a sweep's chart is of.
    pub(super) fn metric(&self) -> Option<&str> {
        self.path.strip_prefix(CHARTS)?.strip_suffix(".svg")
    }
}

/// Whether a path in a folder is that of a chart.
pub(super) fn is_chart(path: &str) -> bool {
    let name = path.strip_prefix(CHARTS).and_then(|name| name.strip_suffix(".svg"));
    name.is_some_and(|name| !name.is_empty() && !name.contains(['/', '\\']))
}

/// A chart in a folder; `as_written` says whether it still is what the manifest lists, if that lists it.
pub(super) fn chart_of(
    folder: &Path,
    as_written: impl Fn(&[u8]) -> Option<bool>,
    prefix: &str,
    path: String,
) -> Chart {
    let drawn = drawn(folder, as_written, prefix, &path);
    Chart { path, drawn }
}

fn drawn(
    folder: &Path,
    as_written: impl Fn(&[u8]) -> Option<bool>,
    prefix: &str,
    path: &str,
) -> Result<String, String> {
    let bytes = fs::read(folder.join(path)).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => "the manifest lists it, and the folder does not have it".to_owned(),
        _ => format!("it can't be read: {error}"),
    })?;
    if as_written(&bytes) == Some(false) {
        return Err("it was changed since the result was written".to_owned());
    }
    let text = String::from_utf8(bytes).map_err(|_| "it is no text".to_owned())?;
    svg::inline(&text, prefix)
}
