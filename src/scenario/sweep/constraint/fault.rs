//! What is wrong with a constraint, and where.

use std::ops::Range;

/// What is wrong, with the bytes of the text that are at fault.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::scenario::sweep) struct Fault {
    pub span: Range<usize>,
    pub headline: String,
    pub allowed: String,
    pub hint: Option<String>,
}

impl Fault {
    pub(super) fn new(span: Range<usize>, headline: String, allowed: &str) -> Fault {
        Fault { span, headline, allowed: allowed.to_owned(), hint: None }
    }

    pub(super) fn hint(mut self, hint: Option<String>) -> Fault {
        self.hint = hint;
        self
    }
}
