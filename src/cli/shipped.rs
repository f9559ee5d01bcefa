//! Where the folders are that come with the program.

use std::path::{Path, PathBuf};

/// The folder of this name that comes with the program, and holds what is looked for: here or in a folder above, else
/// above the program itself, as it is when the program was built in its source tree.
pub(super) fn folder(name: &str, holds: impl Fn(&Path) -> bool) -> Option<PathBuf> {
    let here = std::env::current_dir().ok();
    let program = std::env::current_exe().ok();
    let start = [here.as_deref(), program.as_deref()];
    let above = start.into_iter().flatten().flat_map(Path::ancestors);
    let found = above.map(|folder| folder.join(name)).find(|folder| holds(folder))?;
    Some(relative(found, here.as_deref()))
}

/// The files in `folder` that end so, by name.
pub(super) fn files(folder: &Path, extension: &str) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|found| found == extension) && path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn relative(path: PathBuf, here: Option<&Path>) -> PathBuf {
    match here.and_then(|here| path.strip_prefix(here).ok()) {
        Some(below) if below.as_os_str().is_empty() => PathBuf::from("."),
        Some(below) => below.to_owned(),
        None => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_named_from_here_when_it_is_below() {
        let named = |path: &str| relative(PathBuf::from(path), Some(Path::new("/a/results")));
        assert_eq!(named("/a/results"), Path::new("."));
        assert_eq!(named("/a/results/b"), Path::new("b"));
        assert_eq!(named("/a/scenarios"), Path::new("/a/scenarios"));
    }
}
