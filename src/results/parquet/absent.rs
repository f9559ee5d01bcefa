//! In the place of an encoder where the program is built without one.

use std::collections::BTreeMap;
use std::io;

use super::literal::Literal;
use super::not_built::NotBuilt;
use crate::metrics::Table;

pub(super) fn bytes(_: &Table, _: &[Literal], _: &BTreeMap<&str, &str>) -> io::Result<Vec<u8>> {
    Err(io::Error::new(io::ErrorKind::Unsupported, NotBuilt))
}
