//! One parameter between two bounds, as the command line has it: `PATH=LOW:HIGH` or `PATH=log:LOW:HIGH`.

use super::Span;
use super::axis::Values;
use super::settings::Placed;
use super::short;
use crate::scenario::reader::Reader;
use crate::scenario::report::{Problem, Report};

const ALLOWED: &str = "PATH=LOW:HIGH or PATH=log:LOW:HIGH with LOW below HIGH, such as network.loss=0.0:0.5 or \
                       workloads.lookups.arrivals.poisson=log:1 /h:10 /s";

/// The path and the span that `text` names.
///
/// # Errors
/// When it is no path with two bounds, or of a path that no run depends on.
pub fn parse_span(text: &str) -> Result<(String, Span), Report> {
    let mut reader = Reader::new(Vec::new());
    let axis = short::axis(text, 0, &mut reader);
    let found = axis.and_then(|axis| span(axis).map_err(|problem| reader.problems.push(*problem)).ok());
    let problems: Vec<Problem> =
        reader.problems.into_iter().map(|problem| problem.allowed(ALLOWED)).collect();
    found.ok_or_else(|| Report::new(vec![short::source("--axis", text)], problems))
}

fn span(axis: Placed<Values>) -> Result<(String, Span), Box<Problem>> {
    let Placed { path, value, origin } = axis;
    let refused = |why: &str| Box::new(Problem::new(&path, origin.clone(), format!("`{path}` {why}")));
    if path == "seed" {
        return Err(refused("has no threshold: every replication has a seed of its own"));
    }
    if path.starts_with("expect.") || path.starts_with("claims.") {
        return Err(refused("is what is judged by, and changes no run"));
    }
    match value {
        Values::Span(span) => Ok((path, span)),
        Values::Listed(_) => Err(refused("has values, and no two bounds to search between")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_has_two_bounds_in_order() {
        let (path, span) = parse_span("network.loss=0.0:0.5").expect("a span");
        assert_eq!((path.as_str(), span.is_log(), span.unit()), ("network.loss", false, ""));
        let (_, span) = parse_span("a.poisson=log:1 /h:1 /min").expect("a span");
        assert_eq!((span.is_log(), span.unit(), span.grid(1).len()), (true, "/h", 2));
        for (text, why) in [
            ("a=0.5:0.1", "not below"),
            ("a=1:1", "not below"),
            ("a=0:1:0.1", "no two bounds"),
            ("a=1,2", "no two bounds"),
            ("a=x:y", "no two bounds"),
            ("a=1 s:2 /h", "two units"),
            ("a=log:0:1", "begin above 0"),
            ("seed=1:9", "seed of its own"),
            ("expect.x.max=1:9", "judged by"),
            ("a", "no path with values"),
        ] {
            let said = parse_span(text).expect_err(text).to_string();
            assert!(said.contains(why) && said.contains("PATH=LOW:HIGH"), "{text}: {said}");
        }
    }
}
