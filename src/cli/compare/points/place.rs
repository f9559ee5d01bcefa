//! Where a point lies, for people and for programs.

use std::collections::BTreeSet;

use serde::Serialize;
use serde::ser::Serializer;

use super::chosen::of;
use super::study::Point;
use crate::charts::short_path;

/// What is set at a point, path by path, each value as TOML; none where a point of a table leaves a path as it is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Place(Vec<(String, Option<String>)>);

impl Place {
    /// What a point has under these paths; where it varies none of them, the other does, which belongs to it.
    pub(super) fn of(paths: &[String], point: &Point, other: Option<&Point>) -> Place {
        let value = |path: &str| of(point, path).or_else(|| of(other?, path)).map(str::to_owned);
        Place(paths.iter().map(|path| (path.clone(), value(path))).collect())
    }

    /// The values alone, as they are shown.
    pub(super) fn values(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(_, value)| value.as_deref().map_or("–", |value| value.trim_matches('"')))
    }

    fn set(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().filter_map(|(path, value)| Some((path.as_str(), value.as_deref()?)))
    }

    /// In words; nothing where nothing is varied.
    pub(crate) fn words(&self) -> String {
        let (paths, values): (Vec<&str>, Vec<&str>) = self.set().unzip();
        let named = short(&paths).into_iter().zip(values);
        named
            .map(|(path, value)| format!("{path} = {}", value.trim_matches('"')))
            .collect::<Vec<_>>()
            .join(", ")
    }
}

impl Serialize for Place {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.set())
    }
}

/// Paths without what comes before their last two parts, unless that is needed to tell them apart.
pub(super) fn short<'p>(paths: &[&'p str]) -> Vec<&'p str> {
    let different: BTreeSet<&str> = paths.iter().map(|path| short_path(path)).collect();
    if different.len() < paths.len() {
        paths.to_vec()
    } else {
        paths.iter().map(|path| short_path(path)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_as_short_as_tells_them_apart() {
        assert_eq!(short(&["groups.all.count", "protocol.fanout"]), ["all.count", "protocol.fanout"]);
        assert_eq!(short(&["a.link.up", "b.link.up"]), ["a.link.up", "b.link.up"]);
    }
}
