//! Why a result can't be written to its folder.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use super::files::WriteError;
use super::names::UNFINISHED;
use super::read_error::ReadError;
use super::shown::shown;

/// Why a result can't be written to its folder.
#[derive(Debug, Error)]
pub enum FolderError {
    /// The folder holds a result of another scenario, or with other parameters, seed or number of replications.
    #[error(
        "`{}` already holds another result ({held}): choose another folder with --out, or remove it",
        shown(path)
    )]
    Occupied {
        /// The result's folder.
        path: PathBuf,
        /// Which result it is, in words.
        held: String,
    },
    /// The folder holds replications of another result, which is unfinished.
    #[error(
        "`{}` holds finished replications of another result ({held}): run that again to finish it, remove \
         `{}`, or choose another folder with --out",
        shown(path), shown(&path.join(UNFINISHED))
    )]
    Begun {
        /// The result's folder.
        path: PathBuf,
        /// Which result it is, and how far, in words.
        held: String,
    },
    /// The folder holds files, and no manifest that can be read.
    #[error(
        "`{}` is not empty and not a result of this program: choose another folder with --out",
        shown(path)
    )]
    Foreign {
        /// The result's folder.
        path: PathBuf,
    },
    /// A file has the name of one of the result's, and the manifest does not list it.
    #[error(
        "`{}` is in the way: it has the name of a file of the result, but the manifest does not list it; move it away",
        shown(path)
    )]
    InTheWay {
        /// The file or folder.
        path: PathBuf,
    },
    /// A file of the result is not as it was written.
    #[error(
        "`{}` was changed since the result was written, and would be replaced or drawn from: move it away",
        shown(path)
    )]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// Another process is writing to the folder.
    #[error(
        "`{}` is being written by another run{by}: wait for it, or choose another folder with --out",
        shown(path)
    )]
    Busy {
        /// The result's folder.
        path: PathBuf,
        /// Which process, in words.
        by: String,
    },
    /// It is a file.
    #[error("`{}` is not a folder: choose another with --out", shown(path))]
    NotAFolder {
        /// What was to be the result's folder.
        path: PathBuf,
    },
    /// The folder, or one above it, could not be created, locked or looked at.
    #[error("could not make the result folder `{}`", shown(path))]
    Make {
        /// The result's folder.
        path: PathBuf,
        /// What the system says.
        #[source]
        cause: io::Error,
    },
    /// A complete result could not be moved into its place. What is left to do is done by the next run into the folder,
    /// and by `ir3sim plot`.
    #[error(
        "could not put the result into `{}`; it is kept inside, and `ir3sim plot` puts it into place once that is possible",
        shown(path)
    )]
    Place {
        /// The result's folder.
        path: PathBuf,
        /// What was in the way, or what the system says.
        #[source]
        cause: Box<dyn std::error::Error + Send + Sync>,
    },
    /// What the folder holds can't be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A file can't be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}
