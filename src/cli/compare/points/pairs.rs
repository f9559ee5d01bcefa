//! Which points of A and B belong together: those with the same values of all that either varies.

use std::collections::{BTreeMap, BTreeSet};

use super::chosen::{Chosen, of, value};
use super::study::{Point, Study};

/// The points of both, by their places.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Pairs {
    /// The paths by which they are matched.
    pub paths: Vec<String>,
    /// A point of A and one of B each, in the order of A.
    pub pairs: Vec<(usize, usize)>,
    /// Points of A without one in B.
    pub only_a: Vec<usize>,
    pub only_b: Vec<usize>,
    /// How many points say the same as one before them in the same sweep, and are not compared again.
    pub repeated: usize,
}

/// The value of each path at a point.
type Place = Vec<BTreeMap<String, String>>;

impl Pairs {
    /// Matches the points. What is chosen for A and for B is no longer what they are matched by, unless the other still varies
    /// it. Two points of one sweep in the same place: which of them is meant is not known, and an error by its path.
    pub(super) fn of(a: &Study, b: &Study, of_a: &[Chosen], of_b: &[Chosen]) -> Result<Pairs, String> {
        let is_chosen = |chosen: &[Chosen], path: &String| chosen.iter().any(|chosen| chosen.path == *path);
        let is_open = |path: &&String| {
            let (in_a, in_b) = (is_chosen(of_a, path), is_chosen(of_b, path));
            let varies = |study: &Study, is_chosen: bool| study.axes.contains(path) && !is_chosen;
            varies(a, in_a) || varies(b, in_b)
        };
        let mut seen = BTreeSet::new();
        let all = a.axes.iter().chain(&b.axes).filter(|path| seen.insert(*path));
        let paths: Vec<String> = all.filter(is_open).cloned().collect();
        let (places_a, repeated_a) = places(a, &paths)?;
        let (places_b, repeated_b) = places(b, &paths)?;
        let mut pairs = Pairs { paths, repeated: repeated_a + repeated_b, ..Pairs::default() };
        for (place, in_a) in &places_a {
            match places_b.get(place) {
                Some(in_b) => pairs.pairs.push((*in_a, *in_b)),
                None => pairs.only_a.push(*in_a),
            }
        }
        pairs.only_b =
            places_b.iter().filter(|(place, _)| !places_a.contains_key(*place)).map(|(_, b)| *b).collect();
        pairs.pairs.sort_unstable();
        pairs.only_a.sort_unstable();
        pairs.only_b.sort_unstable();
        Ok(pairs)
    }
}

/// The points of a sweep by their places, and how many are there again.
fn places(study: &Study, paths: &[String]) -> Result<(BTreeMap<Place, usize>, usize), String> {
    let (mut places, mut repeated) = (BTreeMap::new(), 0);
    for (number, point) in study.points.iter().enumerate() {
        let place: Place = paths.iter().map(|path| values(point, path)).collect();
        match places.get(&place) {
            None => drop(places.insert(place, number)),
            Some(first) if study.points[*first].parameters == point.parameters => repeated += 1,
            Some(first) => return Err(differing(study, *first, number)),
        }
    }
    Ok((places, repeated))
}

/// What a scenario has under a path, which may be a table; what it does not show is taken as it was set.
fn values(point: &Point, path: &str) -> BTreeMap<String, String> {
    let below = format!("{path}.");
    let is_under = |key: &str| key == path || key.starts_with(&below);
    let under = point.parameters.iter().filter(|(key, _)| is_under(key));
    let found: BTreeMap<String, String> = under.map(|(key, value)| (key.clone(), value.clone())).collect();
    match of(point, path) {
        Some(text) if found.is_empty() => BTreeMap::from([(path.to_owned(), value(text).to_string())]),
        _ => found,
    }
}

/// Why it is not known which of two points is meant.
fn differing(study: &Study, first: usize, second: usize) -> String {
    let [first, second] = [first, second].map(|number| &study.points[number]);
    let differs = study.axes.iter().find(|path| of(first, path) != of(second, path));
    let path = differs.map_or("", String::as_str);
    format!(
        "several points of `{}` belong to one of the other, as they differ in `{path}` alone: say which is meant, with \
         -A or -B {path}=VALUE",
        study.source
    )
}

#[cfg(test)]
mod tests {
    use super::super::study::{Kept, Runs};
    use super::*;
    use crate::cli::shown::Shown;
    use crate::scenario::Setting;

    /// A sweep with these axes, at whose points they have these values; `fixed` is the same at each.
    fn study(axes: &[&str], points: &[&[&str]], fixed: &[(&str, &str)]) -> Study {
        let point = |values: &&[&str]| {
            let set = || axes.iter().copied().zip(values.iter().copied());
            let parameters = set().chain(fixed.iter().copied());
            Point {
                settings: set()
                    .map(|(path, value)| Setting { path: path.into(), value: value.into() })
                    .collect(),
                parameters: parameters.map(|(path, value)| (path.to_owned(), value.to_owned())).collect(),
                runs: Runs::Each(Vec::new()),
            }
        };
        Study {
            source: Shown("s".into()),
            name: "s".to_owned(),
            versions: BTreeSet::new(),
            model: 0,
            axes: axes.iter().map(|path| (*path).to_owned()).collect(),
            kept: Kept::Runs,
            points: points.iter().map(point).collect(),
            charted: Vec::new(),
            checked: Vec::new(),
            metrics: BTreeMap::new(),
        }
    }

    fn chosen(text: &str) -> Vec<Chosen> {
        Chosen::all("-A", &[text.to_owned()]).unwrap_or_else(|_| panic!("{text} is a path and a value"))
    }

    #[test]
    fn points_belong_together_by_their_values_in_whatever_order_of_axes() {
        let a = study(&["x", "y"], &[&["1", "5"], &["1", "6"], &["2", "5"]], &[]);
        let b = study(&["y", "x"], &[&["5", "2"], &["6", "1"], &["7", "1"]], &[]);
        let pairs = Pairs::of(&a, &b, &[], &[]).expect("they match");
        assert_eq!(pairs.paths, ["x", "y"]);
        assert_eq!((pairs.pairs, pairs.only_a, pairs.only_b), (vec![(1, 1), (2, 0)], vec![0], vec![2]));
    }

    #[test]
    fn what_one_of_them_varies_the_other_has_in_its_scenario() {
        let a = study(&["x"], &[&["1"], &["2"]], &[("z.low", "0"), ("z.high", "3")]);
        let mut b = study(&["x", "z"], &[&["1", "a"], &["2", "a"]], &[("z.low", "0"), ("z.high", "3")]);
        b.points.iter_mut().for_each(|point| drop(point.parameters.remove("z")));
        b.points[1].parameters.insert("z.high".to_owned(), "4".to_owned());
        let pairs = Pairs::of(&a, &b, &[], &[]).expect("they match");
        assert_eq!((pairs.pairs, pairs.only_a, pairs.only_b), (vec![(0, 0)], vec![1], vec![1]));
        let none = study(&[], &[&[]], &[("x", "2"), ("z.low", "0"), ("z.high", "3")]);
        assert_eq!(Pairs::of(&none, &a, &[], &[]).expect("it matches").pairs, [(0, 1)]);
    }

    #[test]
    fn two_cuts_through_one_sweep_are_matched_by_what_is_left() {
        let all = study(&["x", "y"], &[&["1", "5"], &["1", "6"], &["2", "5"], &["2", "6"]], &[]);
        let (one, two) = (chosen("x=1"), chosen("x=2"));
        let cut = |chosen: &[Chosen]| {
            let mut cut = all.clone();
            chosen[0].keep(&mut cut).unwrap_or_else(|_| panic!("there is such a point"));
            cut
        };
        let pairs = Pairs::of(&cut(&one), &cut(&two), &one, &two).expect("they match");
        assert_eq!((pairs.paths, pairs.pairs), (vec!["y".to_owned()], vec![(0, 0), (1, 1)]));
        // What is chosen for one alone still says which point of the other is meant.
        let pairs = Pairs::of(&cut(&one), &all, &one, &[]).expect("they match");
        assert_eq!((pairs.pairs, pairs.only_b), (vec![(0, 0), (1, 1)], vec![2, 3]));
    }

    #[test]
    fn a_point_that_is_there_twice_counts_once_and_two_that_differ_are_not_one() {
        let twice = study(&["x"], &[&["1"], &["1"]], &[]);
        let pairs = Pairs::of(&twice, &twice, &[], &[]).expect("they match");
        assert_eq!((pairs.pairs, pairs.repeated), (vec![(0, 0)], 2));
        let mut hidden = study(&["x"], &[&["1"], &["1"]], &[]);
        hidden.points[1].parameters.insert("y".to_owned(), "2".to_owned());
        assert!(Pairs::of(&twice, &hidden, &[], &[]).is_err_and(|why| why.contains("several points of `s`")));
    }
}
