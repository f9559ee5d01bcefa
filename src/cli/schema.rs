//! `ir3sim schema`: the JSON Schemas of files.

use super::args::SchemaArgs;
use super::console::Console;
use super::failure::{Exit, Failure};
use crate::scenario;

/// `ir3sim schema`: prints a schema, whether JSON is wanted or not.
pub(super) fn schema(args: &SchemaArgs, _: &Console) -> Result<Exit, Failure> {
    let schema = if args.sweep { scenario::sweep_schema() } else { scenario::schema() };
    Console::print_json(&schema)?;
    Ok(Exit::Done)
}
