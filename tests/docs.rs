//! The figures in the documents are those of the checked-in results and of the source: what stands between two marks
//! (`<!-- NAME -->` and `<!-- end of NAME -->`) is written here. `UPDATE_DOCS=1 cargo test --test docs` writes it anew.

#[path = "docs/claims.rs"]
mod claims;
#[path = "docs/figures.rs"]
mod figures;
#[path = "docs/lines.rs"]
mod lines;
#[path = "docs/traditional.rs"]
mod traditional;
#[path = "docs/variants.rs"]
mod variants;

use std::fs;
use std::path::Path;

use ir3sim::results::{self, Stored};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn results() -> Vec<Stored> {
    let folders = results::find(&root().join("results")).expect("results");
    folders.iter().map(|folder| results::read(folder).expect("a result")).collect()
}

/// Holds the part of a document between the marks of this name to a text, or writes it.
fn hold(document: &str, name: &str, text: &str) {
    let path = root().join(document);
    let old = fs::read_to_string(&path).expect("a document");
    let (start, end) = (format!("<!-- {name} -->\n"), format!("<!-- end of {name} -->"));
    let (before, rest) = old.split_once(&start).unwrap_or_else(|| panic!("{document} has no {start}"));
    let (_, after) = rest.split_once(&end).unwrap_or_else(|| panic!("{document} has no {end}"));
    let new = format!("{before}{start}{text}{end}{after}");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &new).expect("a document");
    } else {
        assert!(old == new, "{document}: `{name}` is out of date: UPDATE_DOCS=1 cargo test --test docs");
    }
}

// One test a document: two that write the same one would write over each other.
#[test]
fn the_readme_tells_what_the_checked_in_results_say() {
    let results = results();
    hold("README.md", "verdicts", &claims::verdicts(&results));
    hold("README.md", "limiters", &variants::limiters());
    hold("README.md", "lines", &lines::sentence());
}

#[test]
fn the_page_of_claims_has_every_trial_in_the_checked_in_results() {
    hold("docs/claims.md", "trials", &claims::trials(&results()));
    hold("docs/claims.md", "ways to tell", &variants::ways_to_tell());
}

#[test]
fn the_seeds_closing_table_is_measured_by_the_checked_in_results() {
    let results = results();
    hold("docs/traditional.md", "figures", &traditional::table(&results));
    hold("docs/traditional.md", "lines", &lines::table());
}

#[test]
fn the_page_of_results_has_every_file_key_and_column() {
    let path = root().join("docs/results.md");
    let text = results::guide();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &text).expect("a document");
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(written == text, "docs/results.md is out of date: UPDATE_DOCS=1 cargo test --test docs");
}

#[test]
fn every_link_of_the_documents_leads_to_a_file() {
    for document in ["README.md", "docs/claims.md", "docs/results.md", "docs/traditional.md"] {
        let path = root().join(document);
        let text = fs::read_to_string(&path).expect("a document");
        let links = text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link);
        for link in links.filter(|link| !link.contains("://") && !link.starts_with('#')) {
            assert!(path.parent().expect("a folder").join(link).exists(), "{document}: {link}");
        }
    }
}
