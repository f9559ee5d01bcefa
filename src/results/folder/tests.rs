//! Drafts that are committed, given up, killed, and gone on from.

use super::*;
use crate::results::{Counts, seal};

fn identity(seed: u64, duration: &str) -> Identity {
    let scenario = format!("name = \"test\"\nduration = \"{duration}\"").parse().expect("TOML");
    Identity { scenario, seed, replications: None, name: "test".to_owned(), hash: "01234567".to_owned() }
}

fn manifest(identity: &Identity, mark: &str) -> Manifest {
    Manifest::new(identity, mark.to_owned(), Counts::default())
}

/// Fills a draft with a manifest and these files, and commits it.
fn fill(draft: Draft, identity: &Identity, mark: &str, files: &[&str]) -> Result<(), FolderError> {
    write_manifest(draft.folder(), &manifest(identity, mark)).expect("the draft can be written");
    files.iter().for_each(|path| put(draft.folder(), path, mark));
    draft.commit()
}

fn finish(target: &Path, identity: &Identity, mark: &str) -> Result<(), FolderError> {
    fill(Draft::open(target, identity.clone())?, identity, mark, &["summary.json"])
}

fn put(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().expect("it is inside")).expect("a folder");
    fs::write(path, text).expect("a file");
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn fingerprint(folder: &Path) -> String {
    Manifest::read(folder).expect("it can be read").expect("it is there").fingerprint
}

#[test]
fn a_committed_draft_is_in_its_folder_and_nowhere_else() {
    let home = tempfile::tempdir().expect("a folder");
    let target = home.path().join("a/b/result");
    finish(&target, &identity(1, "1 s"), "f").expect("there is nothing in the way");
    assert_eq!(names(&target), ["manifest.toml", "summary.json"]);
    assert_eq!(names(&home.path().join("a/b")), ["result"]);
}

#[test]
fn a_dropped_draft_leaves_nothing_not_even_the_folders_above_it() {
    let home = tempfile::tempdir().expect("a folder");
    let draft = Draft::open(&home.path().join("a/b/result"), identity(1, "1 s")).expect("a draft");
    fs::write(draft.folder().join("summary.json"), "{}").expect("it can be written");
    drop(draft);
    assert!(names(home.path()).is_empty());
}

#[test]
fn what_is_left_of_a_draft_is_taken_away_as_if_it_were_dropped() {
    let home = tempfile::tempdir().expect("a folder");
    let draft = Draft::open(&home.path().join("a/b/result"), identity(1, "1 s")).expect("a draft");
    put(draft.folder(), "charts/half.svg", "<svg");
    draft.leftovers().clear();
    assert!(names(home.path()).is_empty() && draft.leftovers().kept().is_none());
    std::mem::forget(draft);
}

#[test]
fn what_a_killed_process_left_is_removed_by_the_next_run() {
    let home = tempfile::tempdir().expect("a folder");
    let target = home.path().join("result");
    put(&target, "unfinished/lock", "1");
    put(&target, "unfinished/draft.toml", "seed = 2\n[scenario]\nname = \"other\"");
    put(&target, "unfinished/files/stale.csv", "stale");
    put(&target, "unfinished/redrawn/charts/stale.svg", "stale");
    finish(&target, &identity(1, "1 s"), "f").expect("nobody works there");
    assert_eq!(names(&target), ["manifest.toml", "summary.json"]);
}

#[test]
fn the_same_result_is_replaced_in_the_same_folder_and_what_it_did_not_list_stays() {
    let home = tempfile::tempdir().expect("a folder");
    let target = home.path().join("result");
    let first = identity(1, "1 s");
    let draft = Draft::open(&target, first.clone()).expect("a draft");
    fill(draft, &first, "first", &["summary.json", "queries.csv", "charts/answers.svg"]).expect("the first");
    for mine in ["notes.md", "analysis.csv", "charts/mine.svg", "seed-notes/n.txt"] {
        put(&target, mine, "mine");
    }
    finish(&target, &first, "second").expect("the second");
    assert_eq!(fingerprint(&target), "second");
    let left = ["analysis.csv", "charts", "manifest.toml", "notes.md", "seed-notes", "summary.json"];
    assert_eq!(
        (names(&target), names(&target.join("charts"))),
        (left.map(str::to_owned).into(), vec!["mine.svg".to_owned()])
    );
    assert_eq!(names(home.path()), ["result"]);
}

#[test]
fn a_file_that_was_edited_or_has_the_name_of_one_of_ours_is_refused_before_the_run() {
    let home = tempfile::tempdir().expect("a folder");
    let target = home.path().join("result");
    finish(&target, &identity(1, "1 s"), "first").expect("the first");
    put(&target, "summary.json", "edited");
    let error = Draft::open(&target, identity(1, "1 s")).expect_err("it was edited");
    assert!(error.to_string().contains("summary.json` was changed"), "{error}");
    put(&target, "summary.json", "first");
    for taken in ["queries.csv", "charts/answers.png"] {
        put(&target, taken, "mine");
        let error = Draft::open(&target, identity(1, "1 s")).expect_err("it is not ours");
        assert!(matches!(&error, FolderError::InTheWay { path } if path.ends_with(taken)), "{error:?}");
        fs::remove_file(target.join(taken)).expect("it is there");
    }
    fs::remove_file(target.join("summary.json")).expect("it is there");
    finish(&target, &identity(1, "1 s"), "second").expect("what is missing does no harm");
}

#[test]
fn another_seed_or_other_parameters_are_refused_and_change_nothing() {
    let home = tempfile::tempdir().expect("a folder");
    let target = home.path().join("result");
    finish(&target, &identity(1, "1 s"), "first").expect("the first");
    for other in [identity(2, "1 s"), identity(1, "2 s")] {
        let error = finish(&target, &other, "other").expect_err("it is another result");
        assert!(error.to_string().contains("scenario test, seed 1"), "{error}");
    }
    let batch = Identity { replications: Some(3), ..identity(1, "1 s") };
    assert!(matches!(finish(&target, &batch, "other"), Err(FolderError::Occupied { .. })));
    assert_eq!(fingerprint(&target), "first");
    assert_eq!(names(home.path()), ["result"]);
}

#[test]
fn a_foreign_folder_is_refused_and_left_alone_and_an_empty_one_is_filled() {
    let home = tempfile::tempdir().expect("a folder");
    let target = home.path().join("result");
    fs::create_dir(&target).expect("a folder");
    for foreign in ["letter.txt", "unfinished/symphony.txt"] {
        put(&target, foreign, "dear");
        assert!(matches!(finish(&target, &identity(1, "1 s"), "f"), Err(FolderError::Foreign { .. })));
        assert_eq!(fs::read_to_string(target.join(foreign)).expect("it is there"), "dear");
        fs::remove_file(target.join(foreign)).expect("it was there");
    }
    finish(&target, &identity(1, "1 s"), "f").expect("it is empty now");
    fs::write(target.join("manifest.toml"), "seed = 1").expect("a broken manifest");
    assert!(matches!(finish(&target, &identity(1, "1 s"), "f"), Err(FolderError::Foreign { .. })));
}

#[test]
fn a_file_in_the_way_is_refused() {
    let home = tempfile::tempdir().expect("a folder");
    let file = home.path().join("file");
    fs::write(&file, "").expect("a file");
    assert!(matches!(finish(&file, &identity(1, "1 s"), "f"), Err(FolderError::NotAFolder { .. })));
    let below = file.join("result");
    assert!(matches!(finish(&below, &identity(1, "1 s"), "f"), Err(FolderError::Make { .. })));
    assert_eq!(names(home.path()), ["file"]);
}

#[test]
fn of_two_runs_into_one_folder_the_second_is_refused_and_the_first_goes_on() {
    let home = tempfile::tempdir().expect("a folder");
    let target = home.path().join("result");
    let draft = Draft::open(&target, identity(1, "1 s")).expect("a draft");
    for other in [identity(1, "1 s"), identity(2, "1 s")] {
        assert!(matches!(Draft::open(&target, other), Err(FolderError::Busy { .. })));
    }
    fill(draft, &identity(1, "1 s"), "first", &[]).expect("nobody disturbed it");
    assert_eq!(fingerprint(&target), "first");
    finish(&target, &identity(1, "1 s"), "second").expect("it is free again");
}

#[test]
fn finished_parts_are_kept_for_the_next_run_of_the_same_and_for_no_other() {
    let home = tempfile::tempdir().expect("a folder");
    let target = home.path().join("result");
    let batch = |count| Identity { replications: Some(count), ..identity(1, "1 s") };
    let mut draft = Draft::open(&target, batch(3)).expect("a draft");
    let part = draft.folder().join("seed-1");
    put(&part, "q.csv", "figures");
    write_manifest(&part, &manifest(&identity(1, "1 s"), "one")).and_then(|()| seal(&part)).expect("a part");
    put(draft.folder(), "seed-2/q.csv", "half of it");
    assert_eq!(draft.leftovers().kept(), None, "unless they are to be kept");
    draft.keep_finished(true);
    let kept = draft.leftovers().kept().expect("there is one");
    assert!(kept.starts_with("1 of 3 replications are finished and kept in `"), "{kept}");
    drop(draft);
    let error = Draft::open(&target, identity(2, "1 s")).expect_err("another result was begun");
    assert!(error.to_string().contains("1 of 3 replications of scenario test"), "{error}");
    let told = target.join("unfinished/draft.toml");
    let text = fs::read_to_string(&told).expect("it is there");
    put(&target, "unfinished/draft.toml", "seed = ");
    for identity in [identity(1, "1 s"), batch(3)] {
        let error = Draft::open(&target, identity).expect_err("it is not known what was begun");
        assert!(error.to_string().contains("`draft.toml` does not tell which"), "{error}");
    }
    put(&target, "unfinished/draft.toml", &text);
    let read = read(&target).expect_err("it is unfinished").to_string();
    assert!(read.contains("unfinished") && read.contains("1 of 3"), "{read}");
    let mut draft = Draft::open(&target, batch(4)).expect("it goes on");
    let mut reuse = |name, run, fits: bool| draft.reuse(name, &run, |_| fits).expect("nothing is in the way");
    assert_eq!(reuse("seed-2", identity(2, "1 s"), true), Err(Stale::Changed));
    assert_eq!(reuse("seed-1", identity(1, "1 s"), true), Ok(part.clone()));
    assert_eq!(reuse("seed-1", identity(1, "1 s"), false), Err(Stale::Unwanted));
    assert!(!part.exists(), "what does not fit is made again");
}

#[test]
fn of_many_drafts_at_once_all_but_one_are_told_that_the_folder_is_busy() {
    let home = tempfile::tempdir().expect("a folder");
    let target = home.path().join("a/result");
    let opened = AtomicUsize::new(0);
    let work = || {
        for _ in 0..100 {
            match Draft::open(&target, identity(1, "1 s")) {
                Ok(draft) => {
                    opened.fetch_add(1, Ordering::SeqCst);
                    drop(draft);
                }
                Err(error) => assert!(matches!(error, FolderError::Busy { .. }), "{error:?}"),
            }
        }
    };
    std::thread::scope(|scope| (0..4).for_each(|_| drop(scope.spawn(work))));
    assert!(opened.into_inner() > 0);
    // Empty folders that one had made while another was in them may stay.
    assert!(!unfinished(&target).exists());
}
