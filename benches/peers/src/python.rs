//! A Python with SimPy, below the target folder.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

/// The version that is installed.
const SIMPY: &str = "4.1.2";

/// A Python that has SimPy.
pub struct Simpy {
    pub python: PathBuf,
    /// Of SimPy and of Python.
    pub version: String,
}

/// Finds SimPy where an earlier run left it, or installs it.
pub fn simpy() -> anyhow::Result<Simpy> {
    let program = std::env::current_exe()?;
    let target = program.ancestors().nth(2).context("the program is not in a target folder")?;
    let folder = target.join("simpy");
    let python = folder.join("bin/python");
    if let Ok(simpy) = found(&python) {
        return Ok(simpy);
    }
    eprintln!("installing SimPy {SIMPY} below {}", folder.display());
    said(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder)).context("python3 -m venv")?;
    said(Command::new(&python).args(["-m", "pip", "install", "--quiet", &format!("simpy=={SIMPY}")]))
        .context("pip install simpy")?;
    found(&python)
}

fn found(python: &Path) -> anyhow::Result<Simpy> {
    const ASK: &str = "import importlib.metadata, platform, simpy
print(importlib.metadata.version('simpy'), platform.python_implementation(), platform.python_version())";
    let answer = said(Command::new(python).args(["-c", ASK]))?;
    match answer.trim().split_once(' ') {
        Some((SIMPY, below)) => {
            Ok(Simpy { python: python.to_owned(), version: format!("{SIMPY} on {below}") })
        }
        _ => bail!("found `{answer}` instead of SimPy {SIMPY}"),
    }
}

/// What a command prints; its last words when it fails.
fn said(command: &mut Command) -> anyhow::Result<String> {
    let output = command.stdin(Stdio::null()).output()?;
    if !output.status.success() {
        let words =
            [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
        let last = words.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
        bail!("{}: {last}", output.status);
    }
    Ok(String::from_utf8(output.stdout)?)
}
