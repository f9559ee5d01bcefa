//! What a constraint says at a point.

use super::fault::Fault;
use super::quantity::Value;
use super::tree::{Expr, Infix, Kind, Prefix};
use crate::scenario::path;

/// What a path of the scenario has at a point.
pub(in crate::scenario::sweep) enum Found {
    /// This value.
    Value(Value),
    /// A list or a table.
    Compound,
    /// Nothing.
    Nothing,
}

/// Whether a constraint holds where paths have these values.
pub(in crate::scenario::sweep) fn holds(
    expr: &Expr,
    find: &dyn Fn(&[String]) -> Found,
    unknown: &dyn Fn(&Expr, &[String]) -> Fault,
) -> Result<bool, Fault> {
    let value = Evaluation { find, unknown }.value(expr)?;
    match value {
        Value::Truth(truth) => Ok(truth),
        other => {
            let headline = format!("the constraint is no condition: it is {}", other.kind());
            Err(Fault::new(expr.span.clone(), headline, "a comparison, or conditions joined by && and ||"))
        }
    }
}

struct Evaluation<'e> {
    find: &'e dyn Fn(&[String]) -> Found,
    unknown: &'e dyn Fn(&Expr, &[String]) -> Fault,
}

impl Evaluation<'_> {
    /// Both sides of a sign are looked at always, so that what can't be compared is an error at every point.
    fn value(&self, expr: &Expr) -> Result<Value, Fault> {
        match &expr.kind {
            Kind::Number(number, None) => Ok(Value::bare(*number)),
            Kind::Number(number, Some(unit)) => Ok(unit.of(*number)),
            Kind::Word(word) => Ok(Value::of_text(word)),
            Kind::Truth(truth) => Ok(Value::Truth(*truth)),
            Kind::Path(parts) => match (self.find)(parts) {
                Found::Value(value) => Ok(value),
                Found::Nothing => Err((self.unknown)(expr, parts)),
                Found::Compound => {
                    let headline = format!("`{}` is a list or a table", path::join(parts));
                    Err(Fault::new(expr.span.clone(), headline, "the path of one value"))
                }
            },
            Kind::Prefix(prefix, of) => prefixed(*prefix, of, self.value(of)?),
            Kind::Infix(infix, left, right) => {
                joined(*infix, (left, self.value(left)?), (right, self.value(right)?), expr)
            }
        }
    }
}

fn prefixed(prefix: Prefix, of: &Expr, value: Value) -> Result<Value, Fault> {
    match (prefix, value) {
        (Prefix::Minus, Value::Number(number, dimension)) => Ok(Value::Number(-number, dimension)),
        (Prefix::Not, Value::Truth(truth)) => Ok(Value::Truth(!truth)),
        (Prefix::Minus, other) => Err(unfit("-", of, &other, NUMBERS)),
        (Prefix::Not, other) => Err(unfit("!", of, &other, CONDITIONS)),
    }
}

const NUMBERS: &str = "numbers and quantities";
const CONDITIONS: &str = "conditions";

/// A value that a sign can't take.
fn unfit(sign: &str, of: &Expr, value: &Value, allowed: &str) -> Fault {
    let headline = format!("`{sign}` takes {allowed}, and this is {}", value.kind());
    Fault::new(of.span.clone(), headline, allowed)
}

fn joined(infix: Infix, left: (&Expr, Value), right: (&Expr, Value), both: &Expr) -> Result<Value, Fault> {
    match infix {
        Infix::And | Infix::Or => {
            let (one, other) = (truth(infix, left)?, truth(infix, right)?);
            Ok(Value::Truth(if infix == Infix::And { one && other } else { one || other }))
        }
        Infix::Compare(comparison) => match left.1.compare(comparison, &right.1) {
            Some(truth) => Ok(Value::Truth(truth)),
            None => Err(incomparable(infix, &left.1, &right.1, both)),
        },
        Infix::Add | Infix::Subtract | Infix::Multiply | Infix::Divide => {
            arithmetic(infix, left, right, both)
        }
    }
}

fn truth(infix: Infix, (of, value): (&Expr, Value)) -> Result<bool, Fault> {
    match value {
        Value::Truth(truth) => Ok(truth),
        other => Err(unfit(infix.sign(), of, &other, CONDITIONS)),
    }
}

fn incomparable(infix: Infix, left: &Value, right: &Value, both: &Expr) -> Fault {
    let sign = infix.sign();
    let words =
        matches!((left, right), (Value::Word(_), Value::Word(_)) | (Value::Truth(_), Value::Truth(_)));
    let (headline, allowed) = if words {
        (format!("`{sign}` does not order words"), "== or !=")
    } else {
        let headline = format!("`{sign}` compares {} with {}", left.kind(), right.kind());
        (headline, "two of one kind: numbers, times, sizes, rates, words")
    };
    Fault::new(both.span.clone(), headline, allowed)
}

fn arithmetic(
    infix: Infix,
    left: (&Expr, Value),
    right: (&Expr, Value),
    both: &Expr,
) -> Result<Value, Fault> {
    let number = |(of, value): (&Expr, Value)| match value {
        Value::Number(number, dimension) => Ok((number, dimension)),
        other => Err(unfit(infix.sign(), of, &other, NUMBERS)),
    };
    let ((one, of_one), (other, of_other)) = (number(left)?, number(right)?);
    match infix {
        Infix::Multiply => Ok(Value::Number(one * other, of_one.times(of_other))),
        Infix::Divide => Ok(Value::Number(one / other, of_one.over(of_other))),
        _ if of_one != of_other => {
            let headline = format!("`{}` joins {of_one} with {of_other}", infix.sign());
            Err(Fault::new(both.span.clone(), headline, "two of one kind: numbers, times, sizes, rates"))
        }
        Infix::Add => Ok(Value::Number(one + other, of_one)),
        _ => Ok(Value::Number(one - other, of_one)),
    }
}
