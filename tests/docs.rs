//! The figures in the documents are those of the checked-in results and of the source: what stands between two marks
//! (`<!-- NAME -->` and `<!-- end of NAME -->`) is written here. `UPDATE_DOCS=1 cargo test --test docs` writes it anew.
//! Tables that take several runs are left to `cargo run --release --example regenerate`.

#[path = "docs/alarms.rs"]
mod alarms;
#[path = "docs/attack.rs"]
mod attack;
#[path = "docs/attacks.rs"]
mod attacks;
#[path = "docs/audit.rs"]
mod audit;
#[path = "../examples/regenerate/cases.rs"]
mod cases;
#[path = "docs/claims.rs"]
mod claims;
#[path = "../examples/regenerate/documents.rs"]
mod documents;
#[path = "../examples/regenerate/figures.rs"]
mod figures;
#[path = "docs/intervals.rs"]
mod intervals;
#[path = "docs/lines.rs"]
mod lines;
#[path = "../examples/regenerate/networks.rs"]
mod networks;
#[path = "../examples/regenerate/parts.rs"]
mod parts;
#[path = "docs/readings.rs"]
mod readings;
#[path = "docs/readme.rs"]
mod readme;
#[path = "docs/realistic.rs"]
mod realistic;
#[path = "docs/repairs.rs"]
mod repairs;
#[expect(dead_code, reason = "columns are for who writes the table")]
#[path = "../examples/regenerate/searches.rs"]
mod searches;
#[path = "docs/sweeps.rs"]
mod sweeps;
#[path = "docs/traditional.rs"]
mod traditional;
#[path = "docs/unmodelled.rs"]
mod unmodelled;

use std::fs;

use documents::root;
use ir3sim::results::{self, Stored};

fn results() -> Vec<Stored> {
    let folders = results::find(&root().join("results")).expect("results");
    folders.iter().map(|folder| results::read(folder).expect("a result")).collect()
}

/// Holds the part of a document between the marks of this name to a text, or writes it.
fn hold(document: &str, name: &str, text: &str) {
    let (old, new) = parts::with_part(document, name, text);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(root().join(document), &new).expect("a document");
    } else {
        assert!(old == new, "{document}: `{name}` is out of date: UPDATE_DOCS=1 cargo test --test docs");
    }
}

// One test a document: two that write the same one would write over each other.
#[test]
fn the_readme_sums_up_the_checked_in_results() {
    hold("README.md", "verdicts", &claims::summary(&results()));
}

#[test]
fn the_page_of_claims_has_every_trial_in_the_checked_in_results() {
    let results = results();
    hold("docs/claims.md", "verdicts", &claims::verdicts(&results));
    hold("docs/claims.md", "trials", &claims::trials(&results));
    let turns = results::find_turns(&root().join("results")).expect("findings");
    hold("docs/claims.md", "turns", &claims::turns(&turns));
}

#[test]
fn the_page_of_repairs_has_what_each_mends_and_costs() {
    let table = repairs::Table::read();
    for repair in repairs::repairs() {
        hold("docs/repairs.md", &repair, &repairs::mended(&table, &repair));
    }
    hold("docs/repairs.md", "by-claim", &repairs::by_claim(&table, &results()));
    hold("docs/repairs.md", "costs", &repairs::costs(&table));
    hold("docs/repairs.md", "commands", &repairs::commands());
}

#[test]
fn the_chart_linked_with_a_verdict_shows_its_figure() {
    claims::hold_charts(&results());
}

#[test]
fn the_closing_table_of_the_proposal_is_measured_by_the_checked_in_results() {
    let results = results();
    hold("docs/traditional.md", "figures", &traditional::table(&results));
    hold("docs/traditional.md", "lines", &lines::table());
}

#[test]
fn the_page_of_networks_has_the_verdicts_under_each() {
    let results = results();
    hold("docs/realistic.md", "claims", &realistic::claims(&results));
    hold("docs/realistic.md", "trials", &realistic::trials(&results));
    hold("docs/realistic.md", "why", &realistic::why(&results));
    hold("docs/realistic.md", "kept", &realistic::kept());
}

#[test]
fn the_page_of_sweeps_has_the_figures_of_the_checked_in_sweeps() {
    for (sweep, metrics) in sweeps::SHOWN {
        let tables: Vec<String> = metrics.iter().map(|metric| sweeps::table(sweep, metric)).collect();
        hold("docs/sweeps.md", sweep, &tables.join("\n"));
    }
    hold("docs/sweeps.md", "exponents", &sweeps::exponents("query-scale"));
}

#[test]
fn the_page_of_readings_has_figures_of_what_is_no_claim() {
    hold("docs/readings.md", "benefits", &readings::benefits());
}

#[test]
fn the_program_tells_of_each_of_the_seventeen_claims_where_a_trial_of_it_turns() {
    let results = root().join("results");
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_ir3sim")).arg("claims").arg(results).output();
    let text = String::from_utf8(output.expect("it runs").stdout).expect("text");
    let (verdicts, thresholds) = text.split_once("turns along").expect("two tables");
    let first = |lines: &str| -> Vec<String> {
        let rows = lines.lines().skip(1).take(17);
        rows.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
    };
    assert_eq!(first(verdicts).len(), 17, "{text}");
    assert_eq!(first(thresholds), first(verdicts), "{text}");
    let shown = thresholds.lines().skip(1).take(17);
    assert!(
        shown.filter(|line| line.contains('–')).count() <= 1,
        "only silence is not known to hold: {text}"
    );
}

#[test]
fn the_page_of_attacks_has_those_that_were_found() {
    hold("docs/attack.md", "found", &attack::found());
    hold("docs/attack.md", "attacks", &attack::attacks());
    hold("docs/attack.md", "commands", &attack::commands());
}

#[test]
fn the_page_of_reports_says_what_is_not_modelled() {
    hold("docs/report.md", "unmodelled", &unmodelled::table());
}

#[test]
fn the_page_of_statistics_says_how_often_intervals_miss() {
    hold("docs/statistics.md", "audit", &audit::table());
}

#[test]
fn the_page_of_statistics_says_how_often_nothing_is_taken_for_a_change() {
    hold("docs/statistics.md", "alarms", &alarms::table());
}

#[test]
fn the_page_of_attacks_has_every_adversary_of_the_checked_in_results() {
    let results = results();
    attacks::hold_all_adversaries();
    hold("docs/attacks.md", "gains", &attacks::gains(&results));
    hold("docs/attacks.md", "costs", &attacks::costs(&results));
    is_up_to_date(attacks::CHART, &attacks::chart(&results));
}

#[test]
fn the_page_of_metrics_has_every_declaration() {
    is_up_to_date("docs/metrics.md", &ir3sim::metrics::guide());
}

#[test]
fn the_page_of_results_has_every_file_key_and_column() {
    is_up_to_date("docs/results.md", &ir3sim::results::guide());
}

/// Holds a generated document to what it is generated from, or writes it.
fn is_up_to_date(document: &str, text: &str) {
    let path = root().join(document);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, text).expect("a document");
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(written == text, "{document} is out of date: UPDATE_DOCS=1 cargo test --test docs");
}

#[test]
fn every_link_of_the_documents_leads_to_a_file() {
    for path in documents::all() {
        let text = fs::read_to_string(&path).expect("a document");
        let links = text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link);
        let files = links.filter(|link| !link.contains("://") && !link.starts_with('#'));
        for file in files.map(|link| link.split('#').next().expect("a part before the mark")) {
            let there = path.parent().expect("a folder").join(file).exists();
            assert!(there, "{}: {file}", path.display());
        }
    }
}
