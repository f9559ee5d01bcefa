//! From the text of a sweep file, and what the command line adds, to a sweep or a report of all errors.

use super::axis::Values;
use super::charts;
use super::check::Check;
use super::constraint::Constraint;
use super::draft::{Draft, document};
use super::given::Given;
use super::settings::Placed;
use super::written::Written;
use super::{Sweep, short};
use crate::scenario::file::is_echo;
use crate::scenario::forms::Form;
use crate::scenario::reader::Reader;
use crate::scenario::report::{Problem, Report, Source};
use crate::scenario::syntax::{lines, plant};
use crate::scenario::tree::Origin;

/// The sweep in `text`, which errors call `file_name`; what the command line gives wins. Without a file, `text` is empty
/// and the command line gives the scenario.
///
/// # Errors
/// Everything that is wrong with the text and what the command line gives.
pub fn parse_sweep(file_name: &str, text: &str, given: &Given) -> Result<Sweep, Report> {
    let file = if given.scenario.is_some() {
        Source::absent(file_name)
    } else {
        Source::new(file_name, lines(text))
    };
    let mut sources = vec![file];
    let mut reader = Reader::new(Vec::new());
    let mut problems = Vec::new();
    let mut draft = match &given.scenario {
        Some((name, scenario)) => Draft::of(name, scenario),
        None => of_file(&sources[0], &mut reader, &mut problems),
    };
    draft.take(given);
    add(given, &mut draft, &mut sources, &mut reader);
    problems.append(&mut reader.problems);
    let constraint = draft.constraint.as_ref().and_then(|placed| constraint(placed, &sources, &mut problems));
    let left_out =
        if given.axes.is_empty() && given.method.is_none() { Vec::new() } else { drop_charts(&mut draft) };
    if problems.is_empty() {
        problems = Check { draft: &draft, reader: &reader, found: Vec::new() }.all();
    }
    if problems.is_empty() {
        Ok(Sweep { left_out, ..draft.build(constraint, &sources) })
    } else {
        Err(Report::new(sources, problems))
    }
}

/// A report of what is wrong with the scenario that the sweep in `text` names, at the place where it does.
pub fn bad_scenario(file_name: &str, text: &str, why: &str) -> Report {
    let file = Source::new(file_name, lines(text));
    let mut reader = Reader::new(Vec::new());
    of_file(&file, &mut reader, &mut Vec::new());
    let (origin, shown) = reader.given.get("scenario").cloned().unwrap_or_default();
    let allowed =
        "a scenario file, as a path from this file's folder, or the name of one that comes with the program";
    let problem = Problem::new("scenario", origin, format!("`scenario` = {shown}: {why}")).allowed(allowed);
    Report::new(vec![file], vec![problem])
}

fn of_file(file: &Source, reader: &mut Reader, problems: &mut Vec<Problem>) -> Draft {
    let (root, syntax) = plant(file);
    let broken = syntax.iter().map(|error| file.line(error.origin.start)).collect();
    let whole = syntax.is_empty();
    problems.extend(syntax);
    let mut draft = document().read(&root, reader).unwrap_or_else(Draft::new);
    reader.problems.retain(|problem| whole || !is_echo(problem, &broken, file));
    draft.until_at = reader.given.get("replications.of").map(|(at, _)| at.clone()).unwrap_or_default();
    draft
}

/// Takes away the charts of a file that can't be drawn of what the command line varies instead.
fn drop_charts(draft: &mut Draft) -> Vec<String> {
    let varied = draft.varied();
    let unfit: Vec<String> = charts::unfitting(&draft.charts, &varied).map(str::to_owned).collect();
    draft.charts.retain(|(name, _)| !unfit.contains(name));
    unfit.iter().map(|name| format!("charts.{name}")).collect()
}

fn constraint(
    placed: &Placed<String>,
    sources: &[Source],
    problems: &mut Vec<Problem>,
) -> Option<Constraint> {
    let source = placed.origin.source;
    let written = Written::string(&sources[source], &placed.origin, &placed.value);
    match Constraint::parse(&placed.value, written.clone()) {
        Ok(constraint) => Some(constraint),
        Err(fault) => {
            let origin = written.part(fault.span).origin(source);
            let problem = Problem::new("constraint", origin, fault.headline);
            problems.push(problem.allowed(fault.allowed).hint(fault.hint));
            None
        }
    }
}

/// What the command line adds, each text a source of its own.
fn add(given: &Given, draft: &mut Draft, sources: &mut Vec<Source>, reader: &mut Reader) {
    for text in &given.axes {
        if let Some(axis) = short::axis(text, sources.len(), reader) {
            let same = |other: &&mut Placed<Values>| other.origin.source == 0 && other.path == axis.path;
            match draft.axes.iter_mut().find(same) {
                Some(of_file) => *of_file = axis,
                None => draft.axes.push(axis),
            }
        }
        sources.push(short::source("--axis", text));
    }
    for text in &given.set {
        if let Some(setting) = short::setting(text, sources.len(), reader) {
            draft.set.retain(|other| other.path != setting.path);
            draft.set.push(setting);
        }
        sources.push(short::source("-S", text));
    }
    if let Some(text) = &given.until {
        if let Some(until) = short::until(text, sources.len(), reader) {
            draft.run_until(until, given.replications);
        }
        sources.push(short::source("--until", text));
    }
    if let Some(text) = &given.constraint {
        let origin = Origin { source: sources.len(), start: 0, end: text.len() };
        draft.constraint = Some(Placed { path: "constraint".to_owned(), value: text.clone(), origin });
        sources.push(short::source("--constraint", text));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Method, Setting};

    const FILE: &str = r#"
        name = "s"
        scenario = "a.toml"
        replications = 5
        [axes]
        "groups.all.count" = [200, 400]
        protocol.redundancy = { range = [1, 3], step = 1 }
        [set]
        duration = "120 s"
        network.latency = { fixed = "1 ms" }
    "#;

    fn fails(text: &str, given: &Given) -> String {
        parse_sweep("s.toml", text, given).expect_err("no sweep").to_string()
    }

    #[test]
    fn axes_stand_in_the_order_of_the_file_under_quoted_or_bare_paths() {
        let sweep = parse_sweep("s.toml", FILE, &Given::default()).expect("a sweep");
        let paths: Vec<&str> = sweep.axes.iter().map(|axis| axis.path.as_str()).collect();
        assert_eq!(paths, ["groups.all.count", "protocol.redundancy"]);
        let set: Vec<String> = sweep.set.iter().map(Setting::as_override).collect();
        assert_eq!(set, ["duration=\"120 s\"", "network.latency.fixed=\"1 ms\""]);
        assert_eq!((sweep.replications, sweep.seed, sweep.method), (5, 1, Method::Grid));
    }

    #[test]
    fn points_of_a_table_have_their_paths_in_the_order_of_the_first() {
        let text = "name = 's'\nscenario = 'a'\nmethod = 'table'\n[points.z]\nb = 1\na = 2\n[points.y]\na = 3\nb = 4";
        let sweep = parse_sweep("s.toml", text, &Given::default()).expect("a sweep");
        let told = |point: &Vec<Setting>| point.iter().map(Setting::as_override).collect::<Vec<_>>();
        assert_eq!(sweep.points.iter().map(told).collect::<Vec<_>>(), [["b=1", "a=2"], ["b=4", "a=3"]]);
    }

    #[test]
    fn the_command_line_wins_over_the_file() {
        let axes = vec!["protocol.redundancy=1,2".to_owned(), "network.loss=0,0.1".to_owned()];
        let given = Given { axes, replications: Some(3), seed: Some(9), ..Given::default() };
        let sweep = parse_sweep("s.toml", FILE, &given).expect("a sweep");
        assert_eq!((sweep.axes.len(), sweep.replications, sweep.seed), (3, 3, 9));
        assert_eq!(sweep.axes[1].values, Values::Listed(vec!["1".to_owned(), "2".to_owned()]));
        let given = Given {
            scenario: Some(("a-sweep".to_owned(), "a".to_owned())),
            axes: given.axes,
            ..Given::default()
        };
        assert_eq!(parse_sweep("a", "", &given).expect("a sweep").axes.len(), 2);
    }

    #[test]
    fn what_is_missing_on_the_command_line_has_no_place() {
        let given = Given { scenario: Some(("s".to_owned(), "s.toml".to_owned())), ..Given::default() };
        let said = fails("", &given);
        assert!(
            said.starts_with("error: nothing is varied\n") && said.contains("--axis PATH=VALUES"),
            "{said}"
        );
        assert!(!said.contains("-->"), "{said}");
    }

    #[test]
    fn what_can_be_no_sweep_says_why_and_where() {
        let head = "name = 's'\nscenario = 'a'\n";
        for (text, why) in [
            ("", "nothing is varied"),
            ("[axes]\n'a.b' = [1]\n[set]\na.b = 3", "twice"),
            ("method = 'zip'\n[axes]\na = [1, 2]\nb = [1]", "has 1 values and another 2"),
            ("method = 'lhs'\n[axes]\na = [1, 2]", "`samples` is missing"),
            ("samples = 3\n[axes]\na = [1, 2]", "no effect"),
            ("[axes]\na = { range = [1, 2] }", "no step"),
            ("method = 'table'", "has no points"),
            ("method = 'table'\n[points.x]\na = 1\n[points.y]\nb = 1", "other paths"),
            ("method = 'grd'\n[axes]\na = [1]", "not a known method"),
            ("replications = 0\n[axes]\na = [1]", "out of range"),
            ("axs = 1\n[axes]\na = [1]", "unknown key"),
            ("[axes]\n'a b' = [1]", "not a path"),
            ("[axes]\na = [1", "not TOML"),
            ("[axes]\nseed = [1, 2]", "no effect in a sweep"),
            ("[axes]\na = [1]\n[set]\nseed = 3", "no effect in a sweep"),
            ("replications = 100000\n[axes]\na = { range = [1, 200], step = 1 }", "20000000 runs"),
        ] {
            let said = fails(&format!("{head}{text}"), &Given::default());
            assert!(said.contains(why) && said.contains("s.toml:"), "{text}: {said}");
        }
        let many: Vec<String> = (0..12).map(|axis| format!("a{axis}=0:9:1")).collect();
        let said = fails(head, &Given { axes: many, ..Given::default() });
        assert!(said.contains("1000000000000 points"), "{said}");
    }
}
