//! Regenerates what is checked in and takes long to make: `results/`, and the tables of the documents that compare
//! several runs. Says which files get other bytes.
//!
//! `cargo run --release --example regenerate [-- [--check] [NAMES…]]`: a name is that of a scenario, of a sweep
//! (`sweeps/replicas`), of a table (`limiters`, `dissemination`), `thresholds`, which is where claims turn (`thresholds/fast-rush`: one
//! of them), `overlays`, which is all claims under
//! other networks, or `repairs`, which is all cases of `examples/regenerate/repairs.toml` (`repairs/receipts`: some of them); without
//! names it is all of them, which takes some minutes. Only by its name `attack` searches for attacks, which takes about ten
//! minutes on two cores. With `--check` nothing is written. Exits with 1 when bytes differ under `--check`, and when a run or an expectation fails.

mod cases;
mod documents;
mod figures;
mod networks;
mod overlays;
mod parts;
mod plan;
mod repairs;
mod searches;
mod thresholds;
mod variants;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

use documents::root;

/// Set for the processes that run scenarios: this program then is `ir3sim` itself.
const AS_PROGRAM: &str = "REGENERATE_AS_PROGRAM";

/// A document, the name of a table in it, and what writes the table.
type Table = (&'static str, &'static str, fn() -> String);

const TABLES: [Table; 2] = [
    ("docs/claims.md", "limiters", variants::limiters),
    ("docs/claims.md", "dissemination", variants::dissemination),
];

fn main() -> ExitCode {
    if std::env::var_os(AS_PROGRAM).is_some() {
        return ir3sim::cli::main();
    }
    let mut names: Vec<String> = std::env::args().skip(1).collect();
    let writes = !names.iter().any(|name| name == "--check");
    names.retain(|name| name != "--check");
    let scenarios = scenarios();
    if let Some(unknown) = names.iter().find(|name| !is_known(name, &scenarios)) {
        eprintln!("`{unknown}` is neither a scenario, nor a sweep, nor a table of a document");
        return ExitCode::from(2);
    }
    let is_wanted = |name: &str| names.is_empty() || names.iter().any(|wanted| wanted == name);
    let mut report = Report { writes, differ: 0, failed: 0 };
    scenarios.iter().filter(|name| is_wanted(name)).for_each(|name| report.result(name));
    TABLES.iter().filter(|(_, name, _)| is_wanted(name)).for_each(|table| report.table(table));
    let is_part = |folder: &str, part: &str| names.contains(&format!("{folder}/{part}"));
    let turns = thresholds::SEARCHES.iter();
    turns
        .filter(|search| is_wanted(thresholds::FOLDER) || is_part(thresholds::FOLDER, search.0))
        .for_each(|search| report.threshold(search));
    if is_wanted(plan::OVERLAYS) {
        report.overlays(&scenarios);
    }
    let of_repairs: Vec<String> = names.iter().filter_map(|name| case_of(name)).collect();
    if is_wanted(repairs::REPAIRS) || !of_repairs.is_empty() {
        report.repairs(&of_repairs);
    }
    if names.iter().any(|name| name == searches::ATTACK) {
        report.attacks();
    }
    report.end()
}

/// The scenarios, and then the sweeps.
fn scenarios() -> Vec<String> {
    let names = |folder: &str, prefix: &str| {
        let entries = fs::read_dir(root().join(folder)).expect("a folder");
        let files = entries.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_file());
        let stems = files.map(|path| path.file_stem().expect("a name").to_string_lossy().into_owned());
        let mut names: Vec<String> = stems.map(|stem| format!("{prefix}{stem}")).collect();
        names.sort();
        names
    };
    let prefix = format!("{}/", plan::SWEEPS);
    [names("scenarios", ""), names(&format!("scenarios/{}", plan::SWEEPS), &prefix)].concat()
}

/// Whether a name is that of a sweep: it begins with its folder.
fn is_sweep(name: &str) -> bool {
    name.split_once('/').is_some_and(|(folder, _)| folder == plan::SWEEPS)
}

fn is_known(name: &str, scenarios: &[String]) -> bool {
    scenarios.iter().any(|scenario| scenario == name)
        || TABLES.iter().any(|(_, table, _)| *table == name)
        || [plan::OVERLAYS, repairs::REPAIRS, thresholds::FOLDER, searches::ATTACK].contains(&name)
        || case_of(name).is_some()
        || thresholds::SEARCHES.iter().any(|search| name == format!("{}/{}", thresholds::FOLDER, search.0))
}

/// The case of a repair, or the repair, that a name such as `repairs/receipts` is about.
fn case_of(name: &str) -> Option<String> {
    let (folder, name) = name.split_once('/')?;
    let is_one = cases::cases().iter().any(|case| case.name == name || case.repair == name);
    (folder == repairs::REPAIRS && is_one).then(|| name.to_owned())
}

/// What has been found so far.
struct Report {
    writes: bool,
    differ: usize,
    failed: usize,
}

impl Report {
    fn result(&mut self, name: &str) {
        let fresh = tempfile::tempdir().expect("a folder");
        let holds = run(name, &[], &fresh.path().join(name)) == Some(0);
        if !holds {
            println!("{name}: the run or one of its expectations fails");
            self.failed += 1;
        }
        let stored = root().join("results").join(name);
        let (new, old) = (kept(name, &fresh.path().join(name)), files(&stored));
        let all: BTreeSet<&String> = new.keys().chain(old.keys()).collect();
        let differ: Vec<&String> = all.into_iter().filter(|file| new.get(*file) != old.get(*file)).collect();
        self.tell(name, &differ);
        // Without a result there is nothing to take the old one's place.
        if self.writes && !differ.is_empty() && !new.is_empty() {
            store(&new, &stored);
        }
    }

    fn threshold(&mut self, search: &thresholds::Search) {
        let fresh = tempfile::tempdir().expect("a folder");
        let (name, folder) = (search.0, fresh.path().join("found"));
        let status = program().args(thresholds::arguments(search, &folder)).status();
        // Where it does not turn is a finding, too.
        let found = matches!(status.expect("the program starts").code(), Some(0 | 4));
        let path = root().join("results").join(thresholds::FOLDER).join(name);
        match fs::read(folder.join("threshold.json")) {
            Ok(new) if found => {
                let file = "threshold.json".to_owned();
                let differs = fs::read(path.join(&file)).ok().as_ref() != Some(&new);
                self.tell(&format!("{}/{name}", thresholds::FOLDER), &[&file][..usize::from(differs)]);
                if self.writes {
                    fs::create_dir_all(&path).expect("a folder");
                    fs::write(path.join(file), new).expect("a finding");
                }
            }
            _ => {
                println!("{}/{name} fails", thresholds::FOLDER);
                self.failed += 1;
            }
        }
    }

    /// Expectations are those of a scenario's own network.
    fn overlays(&mut self, scenarios: &[String]) {
        let run = |name: &str, more: &[String], folder: &Path| matches!(run(name, more, folder), Some(0 | 3));
        let new = match overlays::tables(scenarios, run) {
            Ok(new) => new,
            Err(failed) => {
                println!("{} fails", failed.join(", "));
                self.failed += failed.len();
                return;
            }
        };
        let stored = root().join("results").join(plan::OVERLAYS);
        let old = files(&stored);
        let differ: Vec<&String> = new.keys().filter(|file| new.get(*file) != old.get(*file)).collect();
        self.tell(plan::OVERLAYS, &differ);
        if self.writes {
            fs::create_dir_all(&stored).expect("a folder");
            new.iter().for_each(|(file, bytes)| fs::write(stored.join(file), bytes).expect("a table"));
        }
    }

    /// All cases, or those of these names; the rows of the others stay.
    fn repairs(&mut self, wanted: &[String]) {
        let run = |name: &str, more: &[String], folder: &Path| matches!(run(name, more, folder), Some(0 | 3));
        let new = match repairs::rows(wanted, run) {
            Ok(new) => new,
            Err(failed) => {
                println!("{} fails", failed.join(", "));
                self.failed += failed.len();
                return;
            }
        };
        let stored = root().join("results").join(repairs::REPAIRS);
        let old = fs::read_to_string(stored.join(repairs::TABLE)).unwrap_or_default();
        let table = repairs::table(&old, &new);
        let file = repairs::TABLE.to_owned();
        let differ = if old == table { vec![] } else { vec![&file] };
        self.tell(repairs::REPAIRS, &differ);
        if self.writes {
            fs::create_dir_all(&stored).expect("a folder");
            fs::write(stored.join(repairs::TABLE), table).expect("a table");
        }
    }

    fn attacks(&mut self) {
        let mut table = csv::Writer::from_writer(Vec::new());
        let names = searches::COLUMNS.iter().map(|(name, _)| *name).chain(["attack"]);
        table.write_record(names).expect("a row");
        let mut new = BTreeMap::new();
        for asked in searches::ASKED {
            let fresh = tempfile::tempdir().expect("a folder");
            let found = search(asked, &fresh.path().join("found"));
            let Some((finding, scenario)) = found else {
                println!("{}: the search fails", asked.scenario);
                self.failed += 1;
                return;
            };
            table.write_record(row(&finding)).expect("a row");
            new.insert(format!("{}.toml", asked.scenario), scenario);
        }
        new.insert(searches::TABLE.to_owned(), table.into_inner().expect("a table"));
        let stored = root().join("results").join(searches::ATTACK);
        let old = files(&stored);
        let differ: Vec<&String> = new.keys().filter(|file| new.get(*file) != old.get(*file)).collect();
        self.tell(searches::ATTACK, &differ);
        if self.writes {
            fs::create_dir_all(&stored).expect("a folder");
            new.iter().for_each(|(file, bytes)| fs::write(stored.join(file), bytes).expect("a file"));
        }
    }

    fn table(&mut self, &(document, name, write): &Table) {
        let (old, new) = parts::with_part(document, name, &write());
        let differ = if old == new { vec![] } else { vec![document.to_owned()] };
        self.tell(name, &differ.iter().collect::<Vec<_>>());
        if self.writes {
            fs::write(root().join(document), new).expect("a document");
        }
    }

    fn tell(&mut self, name: &str, differ: &[&String]) {
        self.differ += differ.len();
        if differ.is_empty() {
            println!("{name}: the same bytes");
        }
        for file in differ {
            println!("{name}: other bytes in {file}");
        }
    }

    fn end(&self) -> ExitCode {
        match (self.differ, self.writes) {
            (0, _) => println!("nothing differs"),
            (some, true) => {
                println!(
                    "{some} files written; `UPDATE_DOCS=1 cargo test --test docs` brings the documents up to date"
                );
            }
            (some, false) => println!("{some} files differ"),
        }
        ExitCode::from(u8::from(self.failed > 0 || self.differ > 0 && !self.writes))
    }
}

/// Runs a scenario or sweep into a new folder, with these further arguments; returns its exit code, which is 0 if the expectations
/// of a scenario hold. Those of a sweep are what it is about: where do they?
fn run(name: &str, more: &[String], folder: &Path) -> Option<i32> {
    let is_sweep = is_sweep(name);
    let replications = plan::replications(name).to_string();
    let command = if is_sweep { vec!["sweep", "run"] } else { vec!["run", "--replications", &replications] };
    let status = program()
        .arg("-q")
        .args(command)
        .args(more)
        .arg("--out")
        .arg(folder)
        .arg(root().join("scenarios").join(format!("{name}.toml")))
        .stderr(if is_sweep || !more.is_empty() {
            std::process::Stdio::null()
        } else {
            std::process::Stdio::inherit()
        })
        .status()
        .expect("the program starts");
    status.code().map(|code| if is_sweep && code == 3 { 0 } else { code })
}

/// `ir3sim`, in the folder of the project.
fn program() -> Command {
    let mut program = Command::new(std::env::current_exe().expect("this program has a path"));
    program.env(AS_PROGRAM, "1").current_dir(root()).stdout(std::process::Stdio::null());
    program
}

/// Searches for an attack; gives back what `attack.json` and `attack.toml` say.
fn search(asked: &searches::Asked, folder: &Path) -> Option<(serde_json::Value, Vec<u8>)> {
    let status = program()
        .arg("-q")
        .args(searches::arguments(asked))
        .arg("--out")
        .arg(folder)
        .status()
        .expect("the program starts");
    // 4: no attack was found that breaks the bound.
    if !matches!(status.code(), Some(0 | 4)) {
        return None;
    }
    // Nor was anything found where no attempt is within the budget.
    let json = fs::read_to_string(folder.join("attack.json")).ok()?;
    let scenario = fs::read(folder.join("attack.toml")).expect("a scenario");
    Some((serde_json::from_str(&json).expect("JSON"), scenario))
}

/// The row of a finding in the table.
fn row(finding: &serde_json::Value) -> Vec<String> {
    let text = |value: &serde_json::Value| match value {
        serde_json::Value::Null => String::new(),
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let cells =
        searches::COLUMNS.iter().map(|(_, path)| finding.pointer(path).map_or_else(String::new, text));
    let overrides = finding["overrides"].as_array().expect("overrides").iter().map(text);
    cells.chain([overrides.collect::<Vec<_>>().join("; ")]).collect()
}

/// Those files of a result that are checked in.
fn kept(name: &str, folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let read = |path: &_| fs::read_to_string(path).expect("a document");
    let documents: String = documents::all().iter().map(read).collect();
    let mut all = files(folder);
    all.retain(|file, _| plan::is_kept(name, file, &documents));
    all
}

/// The files of a result, by their path in its folder.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for (prefix, part) in [("", folder.to_owned()), ("charts/", folder.join("charts"))] {
        let Ok(entries) = fs::read_dir(part) else { continue };
        let paths = entries.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_file());
        for path in paths {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            files.insert(format!("{prefix}{name}"), fs::read(path).expect("a file"));
        }
    }
    files
}

fn store(files: &BTreeMap<String, Vec<u8>>, folder: &Path) {
    let _ = fs::remove_dir_all(folder);
    fs::create_dir_all(folder.join("charts")).expect("a folder");
    for (file, bytes) in files {
        fs::write(folder.join(file), bytes).expect("a file");
    }
}
