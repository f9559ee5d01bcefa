//! A condition that points have to meet: `protocol.enough <= protocol.replicas && groups.all.count >= 100`.

mod evaluate;
mod fault;
mod parse;
mod quantity;
#[cfg(test)]
mod tests;
mod token;
mod tree;

use std::fmt;

use evaluate::Found;
pub(super) use fault::Fault;
use parse::parse;
use quantity::Value;
use tree::Expr;

use super::written::Written;
use super::{Setting, Sweep};
use crate::scenario::nearest::nearest;
use crate::scenario::path;
use crate::scenario::report::Report;

/// A condition on the values that a scenario has at a point.
#[derive(Clone, Debug, PartialEq)]
pub struct Constraint {
    expr: Expr,
    written: Written,
}

/// What paths have at a point.
#[derive(Clone, Copy, Debug)]
pub struct AtPoint<'a> {
    /// The sweep, which sets some at every point.
    pub sweep: &'a Sweep,
    /// What is set at this point.
    pub settings: &'a [Setting],
    /// The scenario here, or its file, as TOML.
    pub scenario: Option<&'a toml::Table>,
}

impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.expr.fmt(f)
    }
}

impl Constraint {
    /// The constraint that a text says, which was written there.
    pub(super) fn parse(text: &str, written: Written) -> Result<Constraint, Fault> {
        parse(text).map(|expr| Constraint { expr, written })
    }

    /// Whether what a sweep sets decides it, whatever the scenario's file says.
    pub fn is_decided(&self, at: &AtPoint<'_>) -> bool {
        self.expr.paths().into_iter().all(|parts| !matches!(at.find_set(parts), Found::Nothing))
    }

    /// Whether a point meets it.
    ///
    /// # Errors
    /// When a path has no value there, or values can't be compared.
    pub fn holds(&self, at: &AtPoint<'_>) -> Result<bool, Report> {
        evaluate::holds(&self.expr, &|parts| at.find(parts), &|expr, parts| at.unknown(expr, parts)).map_err(
            |Fault { span, headline, allowed, hint }| {
                self.written.part(span).report("constraint", headline, &allowed, hint)
            },
        )
    }

    /// What is said when no point of so many meets it.
    pub fn nothing_left(&self, points: usize) -> Report {
        let headline = format!("none of {points} points meets the constraint");
        self.written.report("constraint", headline, "a condition that some points meet", None)
    }
}

impl AtPoint<'_> {
    fn find(&self, parts: &[String]) -> Found {
        match self.find_set(parts) {
            Found::Nothing => self.scenario.map_or(Found::Nothing, |table| below(table, parts)),
            found => found,
        }
    }

    /// What the sweep itself sets.
    fn find_set(&self, parts: &[String]) -> Found {
        let found = self.settings.iter().chain(&self.sweep.set).map(|setting| of_setting(setting, parts));
        found.into_iter().find(|found| !matches!(found, Found::Nothing)).unwrap_or(Found::Nothing)
    }

    fn unknown(&self, expr: &Expr, parts: &[String]) -> Fault {
        let written = path::join(parts);
        let own = self.settings.iter().chain(&self.sweep.set).map(|setting| setting.path.clone());
        let mut known: Vec<String> = own.collect();
        self.scenario.into_iter().for_each(|table| leaves(table, "", &mut known));
        let near = nearest(&written, &known).map(|near| format!("the nearest known path is `{near}`"));
        let word = || (parts.len() == 1).then(|| format!("a word stands in quotes: '{written}'"));
        let headline = format!("`{written}` has no value here");
        let allowed = "a path of an axis, of [set], or of the scenario";
        Fault::new(expr.span.clone(), headline, allowed).hint(near.or_else(word))
    }
}

/// What a setting says of a path.
fn of_setting(setting: &Setting, parts: &[String]) -> Found {
    let set = path::split(&setting.path).unwrap_or_default();
    let line = format!("x = {}", setting.value);
    let value = || line.parse::<toml::Table>().ok().and_then(|mut table| table.remove("x"));
    match (parts.strip_prefix(&set[..]), set.strip_prefix(parts)) {
        (Some([]), _) => value().map_or(Found::Nothing, |value| of_value(&value)),
        (Some(rest), _) => match value() {
            Some(toml::Value::Table(table)) => below(&table, rest),
            _ => Found::Nothing,
        },
        (None, Some(_)) => Found::Compound,
        (None, None) => Found::Nothing,
    }
}

fn below(table: &toml::Table, parts: &[String]) -> Found {
    let Some((first, rest)) = parts.split_first() else { return Found::Compound };
    match table.get(first) {
        Some(value) if rest.is_empty() => of_value(value),
        Some(toml::Value::Table(table)) => below(table, rest),
        _ => Found::Nothing,
    }
}

fn of_value(value: &toml::Value) -> Found {
    match value {
        toml::Value::Integer(number) => Found::Value(Value::bare(*number as f64)),
        toml::Value::Float(number) => Found::Value(Value::bare(*number)),
        toml::Value::Boolean(truth) => Found::Value(Value::Truth(*truth)),
        toml::Value::String(text) => Found::Value(Value::of_text(text)),
        toml::Value::Datetime(_) | toml::Value::Array(_) | toml::Value::Table(_) => Found::Compound,
    }
}

/// The paths of all values of a table.
fn leaves(table: &toml::Table, above: &str, known: &mut Vec<String>) {
    for (key, value) in table {
        let key = path::key(key);
        let path = if above.is_empty() { key } else { format!("{above}.{key}") };
        match value {
            toml::Value::Table(table) => leaves(table, &path, known),
            _ => known.push(path),
        }
    }
}
