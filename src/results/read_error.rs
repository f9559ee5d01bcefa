//! Why a folder can't be read as a result.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use super::names::MANIFEST;
use super::shown::shown;

/// Why a folder can't be read as a result.
#[derive(Debug, Error)]
pub enum ReadError {
    /// The folder lacks a manifest: it is something else.
    #[error("`{}` is not a result: it has no {MANIFEST}", shown(path))]
    NotAResult {
        /// The folder.
        path: PathBuf,
    },
    /// The folder is that of a result which was never completed.
    #[error("the result in `{}` is unfinished: {state}", shown(path))]
    Unfinished {
        /// The folder.
        path: PathBuf,
        /// How far it is and how it is finished, in words.
        state: String,
    },
    /// The summary is not the one that was written with the manifest.
    #[error(
        "`{}` was changed since the result was written: the manifest has another digest for it",
        shown(path)
    )]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// The folder, its manifest or its summary cannot be read.
    #[error("could not read `{}`", shown(path))]
    Io {
        /// The folder or file.
        path: PathBuf,
        /// What the system says.
        #[source]
        cause: io::Error,
    },
    /// The manifest or the summary cannot be parsed, as when another version wrote it.
    #[error("`{}` is not a valid file of a result: {cause}", shown(path))]
    Broken {
        /// The file.
        path: PathBuf,
        /// What the parser found.
        cause: String,
    },
}
