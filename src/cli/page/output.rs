//! The file that a page goes to: replaced only if it is a page of this program, and never half written.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::cli::failure::Failure;
use crate::cli::shown::Shown;

/// How every page begins; nothing else is replaced.
pub(super) const MARK: &str = "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"generator\" content=\"ir3sim report\">";

/// Fails if there is something else in the page's place.
pub(super) fn check(path: &Path) -> Result<(), Failure> {
    let shown = Shown::of(path);
    let kind = match path.metadata() {
        Ok(metadata) => metadata.file_type(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(unreadable(path, error)),
    };
    if kind.is_dir() {
        return Err(anyhow::anyhow!("`{shown}` is a folder: choose a file with --out").into());
    }
    if !kind.is_file() {
        return Err(anyhow::anyhow!("`{shown}` is no file: choose another with --out").into());
    }
    let mut start = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MARK.len() as u64).read_to_end(&mut start));
    read.map_err(|error| unreadable(path, error))?;
    if start == MARK.as_bytes() {
        return Ok(());
    }
    let said = format!("`{shown}` is there already, and no page of this program: choose another with --out");
    Err(anyhow::anyhow!(said).into())
}

fn unreadable(path: &Path, error: io::Error) -> Failure {
    anyhow::Error::new(error).context(format!("could not look at `{}`", Shown::of(path))).into()
}

/// Puts the page into its place, whole.
pub(super) fn write(path: &Path, page: &[u8]) -> Result<(), Failure> {
    check(path)?;
    let failed = || format!("could not write `{}`", Shown::of(path));
    let growing = beside(path).with_context(failed)?;
    let done = write_new(&growing, page).and_then(|()| fs::rename(&growing, path));
    if done.is_err() {
        let _ = fs::remove_file(&growing);
    }
    Ok(done.with_context(failed)?)
}

/// Where it grows: in the same folder, which is made if need be, under a name of this process.
fn beside(path: &Path) -> io::Result<PathBuf> {
    let name = path.file_name().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    if folder != Path::new("") {
        fs::create_dir_all(folder)?;
    }
    let mut growing = std::ffi::OsString::from(".");
    growing.push(name);
    growing.push(format!(".{}.unfinished", std::process::id()));
    Ok(folder.join(growing))
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::options().write(true).create_new(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_page_of_this_program_is_replaced_and_nothing_else_is_left() {
        let home = tempfile::tempdir().expect("a folder");
        let path = home.path().join("new/report.html");
        let page = |text: &str| format!("{MARK}{text}");
        for text in ["first", "second"] {
            write(&path, page(text).as_bytes()).expect("it can be written");
            assert_eq!(fs::read_to_string(&path).expect("it is there"), page(text));
        }
        fs::write(&path, "<!DOCTYPE html><html>mine</html>").expect("a file");
        assert!(write(&path, b"third").is_err());
        assert!(fs::read_to_string(&path).expect("it is there").ends_with("mine</html>"));
        assert!(write(home.path(), b"a folder").is_err());
        let names: Vec<_> = fs::read_dir(home.path().join("new")).expect("a folder").collect();
        assert_eq!(names.len(), 1);
    }
}
