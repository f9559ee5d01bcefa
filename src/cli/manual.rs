//! `ir3sim completions` and `ir3sim man`: what shells and readers know of the arguments.

use clap::CommandFactory;

use super::args::{Arguments, CompletionsArgs, ManArgs};
use super::console::Console;
use super::failure::{Exit, Failure};
use crate::scenario::nearest;

/// `ir3sim completions`: the completion script for a shell.
pub(super) fn completions(args: &CompletionsArgs, console: &Console) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Arguments::command(), "ir3sim", &mut script);
    put(script, &args.shell.to_string(), console)
}

/// `ir3sim man`: a manual page, in the language of man.
pub(super) fn man(args: &ManArgs, console: &Console) -> Result<Exit, Failure> {
    let mut program = Arguments::command();
    // Gives commands their full names, and the options that all have.
    program.build();
    let page = match &args.command {
        None => program,
        Some(name) => command(&program, name)?,
    };
    let name = page.get_display_name().unwrap_or("ir3sim").to_owned();
    let mut text = Vec::new();
    clap_mangen::Man::new(page).render(&mut text)?;
    put(text, &name, console)
}

fn command(program: &clap::Command, name: &str) -> Result<clap::Command, Failure> {
    if let Some(found) = program.find_subcommand(name) {
        return Ok(found.clone());
    }
    let names = program.get_subcommands().map(clap::Command::get_name);
    let near = nearest(name, names).map(|near| format!("; the nearest is `{near}`"));
    let said = format!("there is no command `{name}`{}", near.unwrap_or_default());
    Err(Failure::new(Exit::Usage, anyhow::anyhow!(said)))
}

fn put(text: Vec<u8>, name: &str, console: &Console) -> Result<Exit, Failure> {
    let text = String::from_utf8(text)?;
    console.document(&serde_json::json!({ "name": name, "text": text }))?;
    console.say(&text)?;
    Ok(Exit::Done)
}
