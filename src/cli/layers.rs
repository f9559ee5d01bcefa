//! FILE of `--overlay`: a partial scenario, `-` for standard input, or the name of an overlay that is part of the program.

use std::fs;
use std::path::{Path, PathBuf};

use super::args::Layers;
use super::builtin::{self, Builtin};
use super::failure::Exit;
use super::input::{self, Refused, is_read_once, is_sweep};
use super::shown::Shown;
use crate::scenario::{Overlay, nearest};

impl Layers {
    /// Refuses what would have to be read twice, beside this FILE of the command.
    pub(super) fn can_be_read(&self, file: &Path) -> Result<(), Refused> {
        let all = self.overlays.iter().map(PathBuf::as_path).chain([file]);
        if all.filter(|file| input::is_stdin(file)).count() > 1 {
            let said = "standard input can be FILE, or one overlay, and not both";
            return Err(Refused::Unread(Exit::Usage, anyhow::anyhow!(said)));
        }
        Ok(())
    }

    /// Whether one of them is gone once it is read.
    pub(super) fn are_read_once(&self) -> bool {
        self.overlays.iter().any(|file| is_read_once(file))
    }

    /// The overlays, in their order.
    pub(super) fn read(&self) -> Result<Vec<Overlay>, Refused> {
        self.overlays.iter().map(|file| read(file)).collect()
    }
}

/// A file wins over an overlay of the program with the same name; a folder does not.
fn read(file: &Path) -> Result<Overlay, Refused> {
    if let Some(builtin) = of_program(file) {
        return Ok(Overlay::new(builtin.name, builtin.text.to_owned()));
    }
    let shown = Shown::of(file).to_string();
    let (name, bytes) = match file {
        file if input::is_stdin(file) => ("stdin".to_owned(), input::stdin()?),
        file if file.exists() => (shown, fs::read(file).map_err(|error| unread(file, &error.to_string()))?),
        file => return Err(unread(file, &missing(file))),
    };
    let text = String::from_utf8(bytes).map_err(|_| unread(file, "it is not UTF-8 text"))?;
    if is_sweep(&text) {
        let said = format!("`{name}` is a sweep, and no overlay");
        return Err(Refused::Unread(Exit::Usage, anyhow::anyhow!(said)));
    }
    Ok(Overlay::new(&name, text))
}

fn of_program(file: &Path) -> Option<&'static Builtin> {
    let name = input::word(file)?;
    let builtin = builtin::overlays().find(|builtin| builtin.name == name)?;
    (!file.exists() || file.is_dir()).then_some(builtin)
}

fn missing(file: &Path) -> String {
    let names = builtin::overlays().map(|builtin| builtin.name);
    let near = file.file_stem().and_then(|name| nearest(name.to_str()?, names));
    let near = near.map(|near| format!(": the nearest is `{near}`")).unwrap_or_default();
    format!("there is no such file, and no overlay of this name comes with the program{near}")
}

fn unread(file: &Path, why: &str) -> Refused {
    input::failed(anyhow::anyhow!("could not read the overlay `{}`: {why}", Shown::of(file)))
}
