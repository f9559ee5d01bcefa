//! How a command fails: with which exit code, and what is said.

use crate::scenario::Report;

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    /// All is well, and all expectations hold.
    Done,
    /// Could not read or write, or an internal failure.
    Failed,
    /// Bad usage or a bad file.
    Usage,
    /// An expectation fails, or what must not be worse is.
    Unexpected,
    /// Incomplete, or nothing selected.
    Incomplete,
    /// A replay differs.
    Differs,
    /// Stopped by SIGINT.
    Interrupted,
    /// Stopped by SIGTERM.
    Terminated,
    /// Stopped by SIGHUP: the terminal is gone.
    HungUp,
}

impl Exit {
    /// Whether a signal has ended it.
    pub(super) fn is_by_signal(self) -> bool {
        matches!(self, Exit::Interrupted | Exit::Terminated | Exit::HungUp)
    }

    /// The process's exit code.
    pub(super) fn code(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::Unexpected => 3,
            Exit::Incomplete => 4,
            Exit::Differs => 5,
            // 128 and the number of the signal, as shells have it.
            Exit::Interrupted => 130,
            Exit::Terminated => 143,
            Exit::HungUp => 129,
        }
    }
}

/// Why a command could not do its work.
#[derive(Debug)]
pub(super) struct Failure {
    pub exit: Exit,
    pub error: anyhow::Error,
    /// What to print instead of the error, when that shows more.
    pub rendered: Option<String>,
    /// Each thing that is wrong with a file.
    pub findings: Vec<serde_json::Value>,
}

impl Failure {
    /// A failure that ends so.
    pub(super) fn new(exit: Exit, error: impl Into<anyhow::Error>) -> Failure {
        Failure { exit, error: error.into(), rendered: None, findings: Vec::new() }
    }

    /// A signal has ended it, and this is kept.
    pub(super) fn interrupted(exit: Exit, kept: &str) -> Failure {
        Failure::new(exit, anyhow::anyhow!("interrupted: {kept}"))
    }

    /// A file that is not a scenario; `in_color` is of stderr.
    pub(super) fn bad_file(name: &str, report: &Report, in_color: bool) -> Failure {
        let more = match report.more() {
            0 => String::new(),
            more => format!(": {more} more errors than are listed"),
        };
        Failure {
            exit: Exit::Usage,
            error: anyhow::anyhow!("`{name}` is not a valid scenario{more}"),
            rendered: Some(report.render(in_color)),
            findings: findings(report),
        }
    }
}

/// Whatever else goes wrong: it could not be read or written, or is an internal failure.
impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Failure {
        Failure::new(Exit::Failed, error)
    }
}

/// What an error says, and then each cause that it did not name itself.
pub(super) fn chain(error: &anyhow::Error) -> Vec<String> {
    let mut said: Vec<String> = Vec::new();
    for cause in error.chain().map(ToString::to_string) {
        if !said.last().is_some_and(|last| last.ends_with(&cause)) {
            said.push(cause);
        }
    }
    said
}

/// Each thing that is wrong with a file, for `--json`.
pub(super) fn findings(report: &Report) -> Vec<serde_json::Value> {
    let mut findings = Vec::new();
    for error in report.errors() {
        findings.push(serde_json::json!({
            "file": error.file,
            "line": error.line,
            "column": error.column,
            "path": error.path,
            "message": error.message,
        }));
    }
    findings
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[test]
    fn a_cause_that_is_named_already_is_not_told_twice() {
        let error =
            anyhow!("no such file").context("could not read `a`: no such file").context("no scenario");
        assert_eq!(chain(&error), ["no scenario", "could not read `a`: no such file"]);
    }
}
