//! Charts of sweeps, drawn from the files of their folder alone.

use std::fs;
use std::path::{Path, PathBuf};

use ir3sim::charts::draw_study;

use crate::svg::{assert_inside, assert_well_formed, names, svgs, texts};
use crate::{PNG_TOO, SVG, sample};

/// What is set at a point, and the values of a metric in its runs.
type Point<'p> = (Vec<&'p str>, Vec<&'p str>);

const METRIC: &str = "queries.answered_ratio";

/// A sweep's folder: `head` is what its file has beside name and seed, `verdict` what a claim comes to at each point.
fn sweep(
    name: &str,
    head: &str,
    axes: &[&str],
    points: &[Point<'_>],
    verdict: impl Fn(usize) -> &'static str,
) -> PathBuf {
    let folder = sample::folder(name);
    let runs = points.first().map_or(1, |(_, runs)| runs.len());
    let text = format!("name = \"s\"\ntitle = \"A sweep\"\nseed = 9\nreplications = {runs}\n{head}");
    sample::put(&folder, "sweep.toml", &text);
    let quoted = |values: &[&str]| {
        let cells: Vec<String> =
            values.iter().map(|value| format!("\"{}\",", value.replace('"', "\"\""))).collect();
        cells.concat()
    };
    let mut of_runs = format!("{}seed,fingerprint,{METRIC}\n", quoted(axes));
    let mut of_points = format!("{}metric,n,mean,sd,ci_low,ci_high\n", quoted(axes));
    let mut checks = Vec::new();
    for (place, (at, runs)) in points.iter().enumerate() {
        for (run, value) in runs.iter().enumerate() {
            of_runs += &format!("{}{},f,{value}\n", quoted(at), 9 + run);
        }
        let known: Vec<f64> = runs.iter().filter_map(|value| value.parse().ok()).collect();
        let finite = known.iter().all(|value| value.is_finite()) && !known.is_empty();
        let figures = if finite {
            let mean = known.iter().sum::<f64>() / known.len() as f64;
            format!("{mean},0.01,{},{}", mean - 0.01, mean + 0.01)
        } else {
            ",,,".to_owned()
        };
        of_points += &format!("{}{METRIC},{},{figures}\n", quoted(at), known.len());
        checks.push(format!(
            "{{\"replications\": {}, \"claims\": [{{\"name\": \"most\", \"metric\": \"{METRIC}\", \"min\": 0.5, \"verdict\": \"{}\"}}]}}",
            runs.len(),
            verdict(place)
        ));
    }
    sample::put(&folder, "runs.csv", &of_runs);
    sample::put(&folder, "points.csv", &of_points);
    let summary = format!("{{\"fingerprint\": \"abcdef012345\", \"points\": [{}]}}", checks.join(","));
    sample::put(&folder, "summary.json", &summary);
    folder
}

fn drawn(folder: &Path) -> Vec<String> {
    draw_study(folder, &[METRIC.to_owned()], SVG).expect("charts");
    svgs(folder)
        .into_iter()
        .map(|(name, svg)| {
            assert_well_formed(&name, &svg);
            assert_inside(&name, &svg);
            texts(&svg).join(" ").replace('\u{A0}', " ")
        })
        .collect()
}

const CHARTS: &str = "\n[charts.lines]\nkind = \"lines\"\nmetric = \"queries.answered_ratio\"\n\
    [charts.load]\nkind = \"load\"\nmetric = \"queries.answered_ratio\"\n\
    [charts.attack]\nkind = \"attack\"\nmetric = \"queries.answered_ratio\"\n\
    [charts.heatmap]\nkind = \"heatmap\"\nmetric = \"queries.answered_ratio\"\ntitle = \"Mine\"\n";

/// Four losses by four sizes; answered less with each.
fn plane(name: &str, head: &str) -> PathBuf {
    let (losses, sizes) = (["0.0", "0.1", "0.2", "0.4"], ["1 KiB", "2 KiB", "512 B", "4 KiB"]);
    let values = ["0.90", "0.80", "0.70", "0.60", "0.50", "0.40", "0.30", "0.20"];
    let point = |loss: usize, size: usize| {
        let value = values[loss + size];
        (vec![losses[loss], sizes[size]], vec![value; 3])
    };
    let points: Vec<_> =
        (0..4).flat_map(|loss| (0..4).map(move |size| (loss, size))).map(|(l, s)| point(l, s)).collect();
    let verdict = |place: usize| match place / 4 + place % 4 {
        0..=3 => "holds",
        4 => "inconclusive",
        _ => "fails",
    };
    sweep(name, head, &["network.loss", "workloads.w.size"], &points, verdict)
}

#[test]
fn a_grid_of_numbers_is_a_heat_map_that_says_what_the_files_say() {
    let folder = plane("sweep-plane", "method = \"grid\"\n");
    let said = &drawn(&folder)[0];
    for text in [
        "queries.answered_ratio: 30 % (network.loss 0.4, w.size 4 KiB) to 90 % (network.loss 0.0, w.size 1 KiB)",
        "surely at least 50 % at 10 of 16 points",
        "A sweep · 16 points",
        "48 runs, the first with seed 9",
        "fingerprint abcdef012345",
        "mean of 3 runs (95 % intervals: ± 1 %): queries.answered_ratio (%)",
        "claims.most: at least 50 %",
        "fails",
        "inconclusive",
        "border of where it holds",
    ] {
        assert!(said.contains(text), "{text}: {said}");
    }
    for number in ["90", "80", "70", "60", "50", "40", "30", "512 B", "4 KiB"] {
        assert!(said.contains(&format!(" {number} ")), "{number}: {said}");
    }
}

#[test]
fn charts_that_are_asked_for_are_drawn_instead_and_the_same_bytes_each_time() {
    let (one, two) = (plane("sweep-asked-1", CHARTS), plane("sweep-asked-2", CHARTS));
    draw_study(&one, &[], PNG_TOO).expect("charts");
    draw_study(&two, &[], PNG_TOO).expect("charts");
    draw_study(&two, &[], PNG_TOO).expect("charts again");
    assert_eq!(names(&one).len(), 8);
    for name in names(&one) {
        let read = |folder: &Path| fs::read(folder.join("charts").join(&name)).expect("a chart");
        assert!(read(&one) == read(&two), "{name} differs");
    }
    for (name, svg) in svgs(&one) {
        assert_well_formed(&name, &svg);
        assert_inside(&name, &svg);
        assert_eq!(texts(&svg).join(" ").starts_with("Mine "), name == "heatmap.svg");
    }
}

#[test]
fn one_axis_at_a_time_is_a_tornado_whose_intervals_are_of_pairs() {
    let base = vec!["0.50", "0.60", "0.70", "0.80", "0.90"];
    let points = [
        (vec!["1", "tree", "x"], base.clone()),
        (vec!["2", "tree", "x"], vec!["0.40", "0.51", "0.60", "0.70", "0.80"]),
        (vec!["1", "flood", "x"], vec!["0.90", "0.50", "0.71", "0.62", "0.80"]),
        (vec!["1", "tree", "y"], base),
    ];
    let axes = ["protocol.enough", "protocol.dissemination", "groups.all.link"];
    let folder = sweep("sweep-oat", "method = \"oat\"\n", &axes, &points, |_| "holds");
    let said = &drawn(&folder)[0];
    for text in [
        "protocol.enough moves it most, from 60 % (2) to 70 % (1), 70 % at the base",
        "1 of 3 axes have an effect that is more than chance",
        "of 5 pairs of runs under the same seed, for all 3 points at once (Bonferroni)",
        "protocol.dissemination, base tree (pale: no effect seen)",
        "groups.all.link, base x: the same at all values",
        "a larger value",
        "another word",
    ] {
        assert!(said.contains(text), "{text}: {said}");
    }
}

#[test]
fn a_load_curve_has_a_knee_where_there_is_one_and_says_where_there_is_none() {
    let at = ["10 /s", "20 /s", "30 /s", "40 /s", "50 /s", "60 /s"];
    let fall = |noise: [&'static str; 6]| -> Vec<Point<'static>> {
        at.iter().zip(noise).map(|(at, value)| (vec![*at], vec![value; 6])).collect()
    };
    let axes = ["workloads.w.arrivals.poisson"];
    let knee = fall(["0.99", "0.99", "0.98", "0.98", "0.60", "0.20"]);
    let head = "method = \"grid\"\n[charts.load]\nkind = \"load\"\nmetric = \"queries.answered_ratio\"\n";
    let folder = sweep("sweep-knee", head, &axes, &knee, |_| "holds");
    let said = drawn(&folder).join(" ");
    assert!(said.contains("median of the runs 20 % to 99 %; knee at 40 /s"), "{said}");
    assert!(said.contains("lowest to highest of 6 runs (too few for 10–90 %)"), "{said}");
    let straight = fall(["0.9", "0.8", "0.7", "0.6", "0.5", "0.4"]);
    let folder = sweep("sweep-straight", head, &axes, &straight, |_| "holds");
    assert!(drawn(&folder).join(" ").contains("no knee that is more than noise"));
}

#[test]
fn an_attack_passes_the_bound_between_two_costs() {
    let at = ["1.0", "10.0", "100.0", "1000.0"];
    let points: Vec<_> =
        at.iter().zip(["0.9", "0.8", "0.5", "0.1"]).map(|(at, value)| (vec![*at], vec![value; 4])).collect();
    let verdict = |place: usize| ["holds", "holds", "inconclusive", "fails"][place];
    let folder = sweep("sweep-attack", "method = \"grid\"\n", &["groups.ring.stake"], &points, verdict);
    let said = &drawn(&folder)[0];
    for text in [
        "what is claimed holds up to 10.0 and fails from 1000.0 on",
        "queries.answered_ratio per 1 of ring.stake",
        "claims.most: at least 50 %",
    ] {
        assert!(said.contains(text), "{text}: {said}");
    }
}

#[test]
fn odd_values_are_drawn_by_every_kind_or_refused() {
    let long = "a_name_of_sixty_characters_that_goes_on_and_on_to_the_end_xx";
    let fixed = "{ fixed = \"10 ms\" }";
    let many: Vec<String> = (0..200).map(|value| value.to_string()).collect();
    let cells =
        many.iter().map(|value| (vec![&**value, if value.len() > 2 { "b" } else { "a" }], vec!["0.5"; 2]));
    let odd: [(&str, Vec<Point<'_>>); 7] = [
        ("one", vec![(vec!["1", "a"], vec!["0.5"])]),
        ("equal", (1..4).map(|_| (vec!["1", "a"], vec!["0.5"; 3])).collect()),
        ("none", vec![(vec!["1", "a"], vec!["", ""]), (vec!["2", "b"], vec!["", ""])]),
        ("endless", vec![(vec!["1", "a"], vec!["inf", "inf"]), (vec!["2", "b"], vec!["inf", "0.5"])]),
        ("some", vec![(vec!["1", long], vec!["0.1", "0.2"]), (vec!["2", fixed], vec!["inf", "0.5"])]),
        ("words", vec![(vec![long, fixed], vec!["0.2"; 2]), (vec![fixed, long], vec!["0.4"; 2])]),
        ("many", cells.collect()),
    ];
    for (name, points) in &odd {
        for kind in ["lines", "heatmap", "tornado", "load", "attack"] {
            let method = if kind == "tornado" { "oat" } else { "zip" };
            let head =
                format!("method = \"{method}\"\n[charts.c]\nkind = \"{kind}\"\nmetric = \"{METRIC}\"\n");
            let folder =
                sweep(&format!("sweep-odd-{name}-{kind}"), &head, &["a.b.c", long], points, |_| "fails");
            match draw_study(&folder, &[METRIC.to_owned()], SVG) {
                Ok(_) => assert!(!drawn(&folder).is_empty(), "{name} {kind}"),
                Err(error) => assert!(error.to_string().contains("which needs"), "{name} {kind}: {error}"),
            }
        }
    }
}

#[test]
fn a_chart_that_can_not_be_drawn_says_why() {
    for (chart, told) in [
        ("kind = \"pie\"\nmetric = \"queries.answered_ratio\"", &["`mine`", "`pie`", "heatmap"][..]),
        ("kind = \"lines\"\nmetric = \"messages.lost\"", &["`mine`", "no point has `messages.lost`"]),
        ("kind = \"lines\"\nmetric = \"queries.answered_ratio\"\nx = \"a.b\"", &["`a.b`", "network.loss"]),
    ] {
        let folder = plane("sweep-refused", &format!("[charts.mine]\n{chart}\n"));
        let error = draw_study(&folder, &[], SVG).expect_err("an error").to_string();
        assert!(told.iter().all(|part| error.contains(part)), "{error}");
    }
    let folder = plane("sweep-short", "");
    sample::put(
        &folder,
        "runs.csv",
        "network.loss,workloads.w.size,seed,fingerprint,queries.answered_ratio\n",
    );
    sample::put(&folder, "sweep.toml", CHARTS);
    let error = draw_study(&folder, &[], SVG).expect_err("an error").to_string();
    assert!(error.contains("0 rows, and not 48 as `summary.json` has it"), "{error}");
}
