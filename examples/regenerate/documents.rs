//! The documents: the pages beside the README, and those in `docs`.

use std::fs;
use std::path::{Path, PathBuf};

/// The project's folder.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The README, the other pages beside it, and those in `docs`, by path.
pub(crate) fn all() -> Vec<PathBuf> {
    let pages = ["", "docs"].iter().flat_map(|folder| fs::read_dir(root().join(folder)).expect("a folder"));
    let pages = pages.map(|entry| entry.expect("an entry").path());
    let mut pages: Vec<PathBuf> =
        pages.filter(|path| path.extension().is_some_and(|extension| extension == "md")).collect();
    pages.sort();
    pages
}
