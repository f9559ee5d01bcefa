//! What is said about arguments that can't be run: help, the version, or what is wrong with them.

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};

use super::color::{self, wants_color};
use super::console::{Console, told};
use super::failure::Exit;
use super::shown::{plain, plain_but_for_colors};

/// Prints help, the version, or what is wrong with the arguments, and gives the exit code.
pub(super) fn explain(error: &clap::Error, arguments: &[OsString]) -> u8 {
    if error.use_stderr() && arguments.iter().any(|argument| argument == "--json") {
        let text = error.to_string();
        let message = text.trim_start_matches("error: ").trim_end();
        let _ = Console::print_json(&told(message, &[], &[], Exit::Usage));
    }
    // A closed stdout or stderr is all that can go wrong, and nobody is left to be told.
    let _ = if error.use_stderr() { complain(error, arguments) } else { error.print() };
    if error.use_stderr() { Exit::Usage.code() } else { Exit::Done.code() }
}

/// Prints what is wrong with the arguments. It repeats them, so not quite as it is.
fn complain(error: &clap::Error, arguments: &[OsString]) -> io::Result<()> {
    let text = error.render();
    let color = wants_color(color::wish(arguments), io::stderr().is_terminal());
    let text = if color { plain_but_for_colors(&text.ansi().to_string()) } else { plain(&text.to_string()) };
    write!(io::stderr().lock(), "{text}")
}
