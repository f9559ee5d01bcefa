//! Where the program's output goes: stdout, stderr, text or JSON, with colours or without.

use std::io::{self, IsTerminal, Write};

use serde::Serialize;
use serde_json::{Value, json};

use super::args::Global;
use super::color::wants_color;
use super::failure::{Exit, Failure, chain};
use super::shown::{plain, plain_but_for_colors, plain_json};

/// Where output goes, and how much of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Console {
    pub json: bool,
    pub quiet: bool,
    pub verbose: bool,
    /// Colours on stdout.
    pub color: bool,
    /// Colours on stderr.
    pub error_color: bool,
}

/// A colour of a few words.
#[derive(Clone, Copy, Debug)]
pub(super) enum Paint {
    Good,
    Bad,
}

impl Console {
    /// A console as the options wish.
    pub(super) fn new(global: &Global) -> Console {
        Console {
            json: global.json,
            quiet: global.quiet,
            verbose: global.verbose,
            color: wants_color(global.color, io::stdout().is_terminal()),
            error_color: wants_color(global.color, io::stderr().is_terminal()),
        }
    }

    /// Prints text to stdout, a line feed at its end; nothing with `--json`.
    pub(super) fn say(&self, text: &str) -> io::Result<()> {
        if self.json { Ok(()) } else { print(&self.safe(text, self.color)) }
    }

    /// Prints the text of a file to stdout, exactly unless that is a terminal; nothing with `--json`.
    pub(super) fn hand_over(&self, text: &str) -> io::Result<()> {
        if self.json || io::stdout().is_terminal() { self.say(text) } else { print(text) }
    }

    /// Prints the JSON document with `--json`, and nothing without.
    pub(super) fn document(&self, value: &impl Serialize) -> io::Result<()> {
        if self.json { Console::print_json(value) } else { Ok(()) }
    }

    /// Prints a JSON document.
    pub(super) fn print_json(value: &impl Serialize) -> io::Result<()> {
        print(&plain_json(&serde_json::to_string_pretty(value)?))
    }

    /// Tells something on stderr, unless it is to be quiet.
    pub(super) fn note(&self, text: &str) {
        if !self.quiet {
            self.complain(text);
        }
    }

    /// Prints to stderr whatever the options say.
    pub(super) fn complain(&self, text: &str) {
        // When stderr is closed nobody is left to be told.
        let text = self.safe(text.trim_end_matches('\n'), self.error_color);
        let _ = writeln!(io::stderr().lock(), "{text}");
    }

    /// Tells of a failure, on stderr and, with `--json`, on stdout.
    pub(super) fn fail(&self, failure: &Failure) {
        let said = chain(&failure.error);
        let (error, causes) = said.split_first().expect("an error says something");
        match &failure.rendered {
            Some(rendered) => self.complain(rendered),
            None => {
                let mark = paint(self.error_color, Paint::Bad, "error:");
                self.complain(&format!("{mark} {}", plain(error)));
                causes.iter().for_each(|cause| self.complain(&format!("  caused by: {}", plain(cause))));
            }
        }
        let _ = self.document(&told(error, causes, &failure.findings, failure.exit));
    }

    /// Text on which a terminal does not act, but for colours if there are any.
    fn safe(&self, text: &str, color: bool) -> String {
        if color { plain_but_for_colors(text) } else { plain(text) }
    }

    /// Text for stdout in a colour, if there are colours.
    pub(super) fn paint(&self, paint_as: Paint, text: &str) -> String {
        paint(self.color, paint_as, text)
    }
}

/// A failure as a JSON document: what it is, what caused it, each thing that is wrong with a file, and the exit code.
pub(super) fn told(error: &str, causes: &[String], findings: &[Value], exit: Exit) -> Value {
    json!({ "error": error, "causes": causes, "errors": findings, "exit": exit.code() })
}

fn paint(color: bool, paint: Paint, text: &str) -> String {
    let code = match paint {
        Paint::Good => 32,
        Paint::Bad => 31,
    };
    if color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
}

fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    match write!(out, "{text}{end}").and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(io::Error::new(error.kind(), format!("could not write to stdout: {error}"))),
        Ok(()) => Ok(()),
    }
}
