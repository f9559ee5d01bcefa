//! Which points of a sweep are compared: those with the values that `-A`, `-B` and `-S` name.

use crate::cli::failure::{Exit, Failure};
use crate::cli::shown::plain;
use crate::scenario::nearest;

use super::study::{Point, Study};

/// The value that an axis is to have.
#[derive(Clone, Debug)]
pub(super) struct Chosen {
    pub path: String,
    value: toml::Value,
    /// As it was written.
    text: String,
    option: &'static str,
}

impl Chosen {
    /// What the values of an option say.
    pub(super) fn all(option: &'static str, texts: &[String]) -> Result<Vec<Chosen>, Failure> {
        let chosen = |text: &String| {
            let Some((path, value)) = text.split_once('=') else {
                return Err(refused(format!("`{option} {}`: it takes PATH=VALUE", plain(text))));
            };
            let (path, value) = (path.trim().to_owned(), self::value(value.trim()));
            Ok(Chosen { path, value, text: text.clone(), option })
        };
        texts.iter().map(chosen).collect()
    }

    /// Keeps the points of a sweep that have the value.
    pub(super) fn keep(&self, study: &mut Study) -> Result<(), Failure> {
        let Chosen { path, text, option, .. } = self;
        let asked = format!("`{option} {}`", plain(text));
        if !study.axes.contains(path) {
            let near = nearest(path, &study.axes).map(|near| format!("; the nearest is `{near}`"));
            let axes = study.axes.iter().map(|path| format!("`{path}`")).collect::<Vec<_>>().join(", ");
            let said = format!("{asked}: `{}` does not vary it, but {axes}", study.source);
            return Err(refused(said + &near.unwrap_or_default()));
        }
        let values = values(&study.points, path);
        study.points.retain(|point| of(point, path).is_some_and(|text| is_same(&value(text), &self.value)));
        if study.points.is_empty() {
            let said = format!("{asked}: no point of `{}` has it there, but {values}", study.source);
            return Err(refused(said));
        }
        Ok(())
    }
}

/// What is set at a point under a path.
pub(super) fn of<'a>(point: &'a Point, path: &str) -> Option<&'a str> {
    let setting = point.settings.iter().find(|setting| setting.path == path);
    setting.map(|setting| setting.value.as_str())
}

/// Values in a message.
const SHOWN: usize = 12;

fn values(points: &[Point], path: &str) -> String {
    let mut different: Vec<&str> = Vec::new();
    for value in points.iter().filter_map(|point| of(point, path)) {
        if !different.contains(&value) {
            different.push(value);
        }
    }
    let shown = different[..different.len().min(SHOWN)].join(", ");
    if different.len() > SHOWN { format!("{shown}, …") } else { shown }
}

/// A value as TOML; what is none is a text.
pub(super) fn value(text: &str) -> toml::Value {
    let table = format!("x = {text}").parse::<toml::Table>();
    let value = table.ok().and_then(|mut table| table.remove("x"));
    value.unwrap_or_else(|| toml::Value::String(text.to_owned()))
}

fn is_same(a: &toml::Value, b: &toml::Value) -> bool {
    let number = |value: &toml::Value| value.as_float().or(value.as_integer().map(|whole| whole as f64));
    let unspaced = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    match (number(a).zip(number(b)), a.as_str().zip(b.as_str())) {
        (Some((a, b)), _) => a == b,
        (_, Some((a, b))) => unspaced(a) == unspaced(b),
        _ => a == b,
    }
}

fn refused(said: String) -> Failure {
    Failure::new(Exit::Usage, anyhow::anyhow!(said))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_the_same_however_they_are_written() {
        let same = |a: &str, b: &str| is_same(&value(a), &value(b));
        assert!(
            same("0", "0.0") && same("\"30 s\"", "30s") && same("tree", "\"tree\"") && same("[1]", "[ 1 ]")
        );
        assert!(!same("1", "\"1\"") && !same("0.1", "0.2") && !same("\"30 s\"", "\"3 0 min\""));
    }
}
