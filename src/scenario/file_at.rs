//! What a text is called, and where the files lie that it names.

use std::path::Path;

/// What errors call a text, and the folder in which the files lie that it names.
#[derive(Clone, Copy, Debug)]
pub struct FileAt<'a> {
    /// What errors call it.
    pub name: &'a str,
    /// Where the files lie that it names.
    pub folder: &'a Path,
}

/// A text that is called by the path of its file.
impl<'a> From<&'a str> for FileAt<'a> {
    fn from(name: &'a str) -> FileAt<'a> {
        FileAt { name, folder: Path::new(name).parent().unwrap_or(Path::new("")) }
    }
}

impl<'a> From<&'a String> for FileAt<'a> {
    fn from(name: &'a String) -> FileAt<'a> {
        FileAt::from(name.as_str())
    }
}
