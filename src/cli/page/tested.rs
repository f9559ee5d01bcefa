//! Which values of parameters sweeps have tried, which of them the scenario has, and why.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::cells;
use super::point_verdicts;
use super::reasons;
use super::study::Study;
use super::sweeps;
use crate::cli::shown::plain;
use crate::results::{self, Verdict};
use crate::scenario;

/// A table for each sweep.
pub(super) fn section(studies: &[Study]) -> Markup {
    html! {
        @if studies.is_empty() {
            p.none { "No sweep is on this page: each parameter was tried at the one value that its scenario sets, and no other is known to be "
                "worse or better." }
        } @else {
            h3 { "Tested in sweeps" }
            p.sub { "Tested: the values that were run. Chosen: what the scenario has without the sweep. The reason is the comment beside it in the files, or what their "
                "purposes say where they name it; no reason of the program's own is added. That a value was tested and another chosen does not show that the chosen is best: what "
                "holds at it stands below each table." }
            @for study in studies { (part(study)) }
        }
    }
}

fn part(study: &Study) -> Markup {
    let chosen = chosen(study);
    html! {
        h4 { a href={ "#" (study.id) } { (plain(study.title())) } }
        div.wide { table {
            thead { tr { th { "parameter" } th { "tested" } th { "chosen" } th { "reason" } } }
            tbody { @for path in sweeps::paths(study) {
                tr data-tested=(plain(path)) {
                    td { code { (plain(path)) } }
                    td { (plain(&sweeps::values(study, path))) }
                    td { @match chosen.get(path) { Some(value) => { code { (plain(value)) } }, None => { span.none { "the scenario has none" } } } }
                    td { (reason(study, path, chosen.get(path).map_or("", String::as_str))) }
                }
            } }
        } }
        (at_chosen(study, &chosen))
    }
}

/// What the scenario has for each path that is varied.
fn chosen(study: &Study) -> BTreeMap<String, String> {
    let text = &study.plan.base.text;
    let resolved = scenario::parse(&study.plan.base.name, text, &[]).map(|scenario| scenario.to_toml());
    let resolved = resolved.ok().and_then(|text| text.parse::<toml::Table>().ok());
    let values = resolved.as_ref().map(results::parameters).unwrap_or_default();
    sweeps::paths(study)
        .into_iter()
        .filter_map(|path| Some((path.to_owned(), value_at(&values, path)?)))
        .collect()
}

/// A value by its path, or all of those below it.
fn value_at(values: &BTreeMap<String, String>, path: &str) -> Option<String> {
    let below = values.iter().filter_map(|(other, value)| {
        let rest = other.strip_prefix(path)?.strip_prefix('.')?;
        Some(format!("{rest} = {value}"))
    });
    values
        .get(path)
        .cloned()
        .or_else(|| Some(below.collect::<Vec<_>>().join(", ")).filter(|all| !all.is_empty()))
}

fn reason(study: &Study, path: &str, value: &str) -> Markup {
    let base = &study.plan.base.text;
    let purpose = || base.parse::<toml::Table>().ok()?.get("purpose")?.as_str().map(str::to_owned);
    let of_sweep = study.plan.sweep.purpose.as_deref();
    let said = reasons::comment(base, path)
        .or_else(|| reasons::sentences(of_sweep?, path, value))
        .or_else(|| reasons::sentences(&purpose()?, path, value));
    html! { @match said { Some(said) => (cells::text(&said)), None => span.none { "none is given" } } }
}

/// What is claimed and expected at the point with all chosen values.
fn at_chosen(study: &Study, chosen: &BTreeMap<String, String>) -> Markup {
    let is_it = |point: &usize| {
        let resolved = study.plan.points[*point].scenario.to_toml().parse::<toml::Table>().ok();
        let values = resolved.as_ref().map(results::parameters).unwrap_or_default();
        sweeps::paths(study).into_iter().all(|path| value_at(&values, path).as_ref() == chosen.get(path))
    };
    let Some(point) = (0..study.plan.points.len()).find(is_it) else {
        return html! { p.none { "No point has all chosen values: nothing that was run here says what holds at them." } };
    };
    let verdicts = point_verdicts::at(study, point);
    let named = |wanted: Verdict| {
        let names =
            verdicts.iter().filter(|(_, verdict)| *verdict == wanted).map(|(name, _)| cells::sentence(name));
        names.collect::<Vec<_>>().join(", ")
    };
    html! {
        p {
            "At the chosen values (" (plain(&study.at(point))) "), among all points: "
            @if verdicts.is_empty() { "nothing is claimed or expected." }
            @for verdict in [Verdict::Fails, Verdict::Inconclusive, Verdict::Holds] {
                @let names = named(verdict);
                @if !names.is_empty() { (cells::verdict(verdict)) " " (names) ". " }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_to_a_table_has_the_values_below_it() {
        let values =
            [("network.latency.fixed", "\"10 ms\""), ("network.loss", "0.1"), ("network.latency2", "1")];
        let values: BTreeMap<String, String> =
            values.iter().map(|(path, value)| ((*path).to_owned(), (*value).to_owned())).collect();
        assert_eq!(value_at(&values, "network.loss").as_deref(), Some("0.1"));
        assert_eq!(value_at(&values, "network.latency").as_deref(), Some("fixed = \"10 ms\""));
        assert_eq!(value_at(&values, "network.jitter"), None);
    }
}
