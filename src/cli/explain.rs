//! What is said about arguments that can't be run: help, the version, or what is wrong with them.

use std::ffi::OsString;

use super::console::Console;
use super::failure::Exit;

/// Prints help, the version, or what is wrong with the arguments, and gives the exit code.
pub(super) fn explain(error: &clap::Error, arguments: &[OsString]) -> u8 {
    if error.use_stderr() && arguments.iter().any(|argument| argument == "--json") {
        let text = error.to_string();
        let message = text.trim_start_matches("error: ").trim_end();
        let _ = Console::print_json(&serde_json::json!({ "error": message, "exit": Exit::Usage.code() }));
    }
    // A closed stdout or stderr is all that can go wrong, and nobody is left to be told.
    let _ = error.print();
    if error.use_stderr() { Exit::Usage.code() } else { Exit::Done.code() }
}
