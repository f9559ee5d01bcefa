//! A constraint as a tree, and how it is written.

use std::fmt;
use std::ops::Range;

use super::quantity::{Comparison, Unit};
use crate::scenario::path;

/// A part of a constraint, and which bytes of the text it is. Where it stands makes it no other.
#[derive(Clone, Debug)]
pub(in crate::scenario::sweep) struct Expr {
    pub span: Range<usize>,
    pub kind: Kind,
}

#[derive(Clone, Debug, PartialEq)]
pub(in crate::scenario::sweep) enum Kind {
    /// A number, with a unit if it is a quantity.
    Number(f64, Option<&'static Unit>),
    /// A word of the scenario, such as `tree`.
    Word(String),
    Truth(bool),
    Path(Vec<String>),
    Prefix(Prefix, Box<Expr>),
    Infix(Infix, Box<Expr>, Box<Expr>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::scenario::sweep) enum Prefix {
    Minus,
    Not,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::scenario::sweep) enum Infix {
    Or,
    And,
    Compare(Comparison),
    Add,
    Subtract,
    Multiply,
    Divide,
}

impl PartialEq for Expr {
    fn eq(&self, other: &Expr) -> bool {
        self.kind == other.kind
    }
}

impl Prefix {
    pub(super) const ALL: [(&'static str, Prefix); 2] = [("-", Prefix::Minus), ("!", Prefix::Not)];
}

impl Infix {
    /// How each is written; of two of which one begins as the other, the longer comes first.
    pub(super) const ALL: [(&'static str, Infix); 12] = [
        ("||", Infix::Or),
        ("&&", Infix::And),
        ("<=", Infix::Compare(Comparison::AtMost)),
        (">=", Infix::Compare(Comparison::AtLeast)),
        ("==", Infix::Compare(Comparison::Equal)),
        ("!=", Infix::Compare(Comparison::Unequal)),
        ("<", Infix::Compare(Comparison::Less)),
        (">", Infix::Compare(Comparison::More)),
        ("+", Infix::Add),
        ("-", Infix::Subtract),
        ("*", Infix::Multiply),
        ("/", Infix::Divide),
    ];

    /// What binds tighter has a higher rank.
    pub(super) fn rank(self) -> u8 {
        match self {
            Infix::Or => 0,
            Infix::And => 1,
            Infix::Compare(_) => 2,
            Infix::Add | Infix::Subtract => 3,
            Infix::Multiply | Infix::Divide => 4,
        }
    }

    pub(super) fn sign(self) -> &'static str {
        Infix::ALL.iter().find(|(_, infix)| *infix == self).map_or("", |(sign, _)| sign)
    }
}

impl Prefix {
    pub(super) fn sign(self) -> &'static str {
        Prefix::ALL.iter().find(|(_, prefix)| *prefix == self).map_or("", |(sign, _)| sign)
    }
}

impl Expr {
    /// The paths in it.
    pub(super) fn paths(&self) -> Vec<&[String]> {
        match &self.kind {
            Kind::Path(path) => vec![path],
            Kind::Prefix(_, of) => of.paths(),
            Kind::Infix(_, left, right) => [left.paths(), right.paths()].concat(),
            Kind::Number(..) | Kind::Word(_) | Kind::Truth(_) => Vec::new(),
        }
    }

    fn rank(&self) -> u8 {
        match &self.kind {
            Kind::Infix(infix, ..) => infix.rank(),
            _ => u8::MAX,
        }
    }

    /// In parentheses if what is around it binds tighter than `least`.
    fn written(&self, least: u8, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.rank() < least { write!(f, "({self})") } else { write!(f, "{self}") }
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Number(number, unit) => {
                // Without a hundred zeros.
                if (1e-5..1e15).contains(number) {
                    write!(f, "{number}")?;
                } else {
                    write!(f, "{number:?}")?;
                }
                unit.map_or(Ok(()), |unit| write!(f, " {}", unit.name))
            }
            Kind::Word(word) if word.contains('\'') => write!(f, "\"{word}\""),
            Kind::Word(word) => write!(f, "'{word}'"),
            Kind::Truth(truth) => write!(f, "{truth}"),
            Kind::Path(parts) => f.write_str(&path::join(parts)),
            Kind::Prefix(prefix, of) => {
                f.write_str(prefix.sign())?;
                of.written(u8::MAX, f)
            }
            Kind::Infix(infix, left, right) => {
                let rank = infix.rank();
                // Comparisons are not chained; other signs of one rank are taken from the left.
                let comparison = u8::from(matches!(infix, Infix::Compare(_)));
                left.written(rank + comparison, f)?;
                write!(f, " {} ", infix.sign())?;
                right.written(rank + 1, f)
            }
        }
    }
}
