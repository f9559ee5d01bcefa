//! The words and signs that a constraint is made of.

use std::ops::Range;

use super::fault::Fault;
use super::quantity::{UNITS, Unit, number_end, quantity};
use super::tree::{Infix, Kind, Prefix};
use crate::scenario::nearest::nearest;
use crate::scenario::path;

/// A word or sign, and which bytes of the text it is.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub span: Range<usize>,
    pub what: What,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum What {
    /// A number, word or path.
    Operand(Kind),
    /// A sign, such as `<=`.
    Sign(&'static str),
    Open,
    Close,
    End,
}

/// All tokens of a text; the last is its end.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, Fault> {
    let (mut found, mut at) = (Vec::new(), 0);
    loop {
        at += text[at..].len() - text[at..].trim_start().len();
        let token = token(text, at)?;
        at = token.span.end;
        let is_end = token.what == What::End;
        found.push(token);
        if is_end {
            return Ok(found);
        }
    }
}

fn token(text: &str, at: usize) -> Result<Token, Fault> {
    let rest = &text[at..];
    let of = |length: usize, what: What| Ok(Token { span: at..at + length, what });
    match rest.chars().next() {
        None => of(0, What::End),
        Some('(') => of(1, What::Open),
        Some(')') => of(1, What::Close),
        Some('"' | '\'') => quoted(text, at),
        Some(c) if c.is_ascii_digit() => number(text, at),
        Some(c) if c.is_alphabetic() || c == '_' => word(text, at),
        Some(c) => match sign(rest) {
            Some(sign) => of(sign.len(), What::Sign(sign)),
            None => Err(unknown(c, at..at + c.len_utf8())),
        },
    }
}

fn sign(rest: &str) -> Option<&'static str> {
    let infix = Infix::ALL.iter().map(|(sign, _)| *sign);
    infix.chain(Prefix::ALL.iter().map(|(sign, _)| *sign)).find(|sign| rest.starts_with(sign))
}

fn unknown(c: char, span: Range<usize>) -> Fault {
    let meant = match c {
        '=' => Some("`==` asks whether two are equal"),
        '&' => Some("`&&` joins two conditions that must both hold"),
        '|' => Some("`||` joins two conditions of which one must hold"),
        _ => None,
    };
    Fault::new(span, format!("`{c}` is no sign of a constraint"), SIGNS).hint(meant.map(str::to_owned))
}

/// What signs there are.
pub(super) const SIGNS: &str = "+ - * / < <= > >= == != && || ! ( )";

/// Text in quotes: a path if there is a dot in it, a quantity if it is one, or else a word.
fn quoted(text: &str, at: usize) -> Result<Token, Fault> {
    let quote = &text[at..=at];
    let inside = &text[at + 1..];
    let Some(length) = inside.find(quote) else {
        let headline = format!("the quote {quote} is not closed");
        return Err(Fault::new(at..text.len(), headline, &format!("{quote} at the end of the word or path")));
    };
    let inside = &inside[..length];
    let of_path = || path::split(inside).filter(|parts| parts.len() > 1);
    let what = match quantity(inside) {
        Some((number, unit)) => Kind::Number(number, Some(unit)),
        None => of_path().map_or_else(|| Kind::Word(inside.to_owned()), Kind::Path),
    };
    Ok(Token { span: at..at + length + 2, what: What::Operand(what) })
}

/// A number, with its unit if one follows.
fn number(text: &str, at: usize) -> Result<Token, Fault> {
    let rest = &text[at..];
    let bad = |length: usize| {
        let shown = &rest[..length];
        Fault::new(at..at + length, format!("`{shown}` is no number"), "a number such as 3, 0.25 or 1e6")
    };
    let end = number_end(rest).ok_or_else(|| bad(word_end(rest)))?;
    let number: f64 =
        rest[..end].parse().ok().filter(|number: &f64| number.is_finite()).ok_or_else(|| bad(end))?;
    let behind = rest[end..].trim_start();
    let gap = rest[end..].len() - behind.len();
    if let Some(unit) = Unit::at_start(behind) {
        let span = at..at + end + gap + unit.name.len();
        return Ok(Token { span, what: What::Operand(Kind::Number(number, Some(unit))) });
    }
    let unit = &behind[..word_end(behind)];
    let is_unit = unit.starts_with(|c: char| c.is_alphabetic()) && meant(unit).is_none();
    if is_unit {
        let names = UNITS.iter().map(|unit| unit.name);
        let near = nearest(unit, names.clone()).map(|near| format!("the nearest unit is `{near}`"));
        let begins = at + end + gap;
        let span = begins..begins + unit.len();
        let allowed = format!("a sign such as < or &&, or a unit: {}", names.collect::<Vec<_>>().join(", "));
        return Err(Fault::new(span, format!("`{unit}` is no unit"), &allowed).hint(near));
    }
    Ok(Token { span: at..at + end, what: What::Operand(Kind::Number(number, None)) })
}

/// Where what looks like a word or unit ends.
fn word_end(text: &str) -> usize {
    text.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.' | '/'))).unwrap_or(text.len())
}

/// `true`, `false`, or a path, whose parts may be in quotes.
fn word(text: &str, at: usize) -> Result<Token, Fault> {
    let (mut end, mut quote) = (text.len(), None);
    for (place, c) in text[at..].char_indices() {
        match quote {
            Some(open) if open == c => quote = None,
            None if matches!(c, '"' | '\'') && text[..at + place].ends_with('.') => quote = Some(c),
            None if !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.')) => {
                end = at + place;
                break;
            }
            _ => {}
        }
    }
    let written = &text[at..end];
    let operand = |kind| Ok(Token { span: at..end, what: What::Operand(kind) });
    match written {
        "true" | "false" => operand(Kind::Truth(written == "true")),
        _ if meant(written).is_some() => {
            Err(Fault::new(at..end, format!("`{written}` is no sign of a constraint"), SIGNS)
                .hint(meant(written).map(|sign| format!("`{sign}` says it"))))
        }
        _ => match path::split(written) {
            Some(parts) => operand(Kind::Path(parts)),
            None => {
                let headline = format!("`{written}` is not a path");
                Err(Fault::new(at..end, headline, "keys joined by dots, such as network.loss"))
            }
        },
    }
}

/// The sign that is meant by a word of other languages.
fn meant(word: &str) -> Option<&'static str> {
    let words = [("and", "&&"), ("or", "||"), ("not", "!")];
    words.iter().find(|(other, _)| *other == word).map(|(_, sign)| *sign)
}
