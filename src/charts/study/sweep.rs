//! What is drawn of `sweep.toml`: what the study is about, how its points are made, and which charts are asked for.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Value;

use super::super::error::ChartError;

/// The parts of `sweep.toml` that are drawn.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Sweep {
    pub name: String,
    pub title: Option<String>,
    #[serde(deserialize_with = "seed")]
    pub seed: String,
    pub method: String,
    pub charts: toml::Table,
}

/// A chart that is asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Request {
    pub name: String,
    pub kind: String,
    pub metric: String,
    pub x: Option<String>,
    pub title: Option<String>,
}

const FILE: &str = "sweep.toml";

fn seed<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    // Beyond the numbers of TOML a seed is a text.
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => text,
        other => other.to_string(),
    })
}

impl Sweep {
    pub(super) fn read(folder: &Path) -> Result<Sweep, ChartError> {
        let path: PathBuf = folder.join(FILE);
        let text = std::fs::read_to_string(&path)
            .map_err(|source| ChartError::Read { path: path.clone(), source })?;
        toml::from_str(&text).map_err(|error| ChartError::Sweep { path, message: error.message().to_owned() })
    }

    /// What it is about.
    pub(super) fn about(&self) -> &str {
        self.title.as_ref().unwrap_or(&self.name)
    }

    /// `[charts.NAME]`, in the order of their names.
    pub(super) fn requests(&self) -> Vec<Request> {
        let request = |(name, keys): (&String, &Value)| {
            let text = |key| keys.get(key).and_then(Value::as_str).map(str::to_owned);
            Request {
                name: name.clone(),
                kind: text("kind").unwrap_or_default(),
                metric: text("metric").unwrap_or_default(),
                x: text("x"),
                title: text("title"),
            }
        };
        self.charts.iter().map(request).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn charts_and_seeds_are_read_as_sweep_files_write_them() {
        let read = |text: &str| toml::from_str::<Sweep>(text).expect("a sweep");
        let sweep = read(
            "name = 's'\nseed = 7\n[charts.b]\nkind = 'lines'\nmetric = 'm'\n[charts.a]\nkind = 'load'\nx = 'p'",
        );
        assert_eq!((sweep.about(), sweep.seed.as_str()), ("s", "7"));
        let requests = sweep.requests();
        assert_eq!(requests.iter().map(|request| request.name.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!((requests[0].x.as_deref(), requests[1].metric.as_str()), (Some("p"), "m"));
        assert_eq!(read("seed = '18446744073709551615'").seed, "18446744073709551615");
    }
}
