//! From the text of a constraint to its tree.

use super::fault::Fault;
use super::token::{Token, What, tokens};
use super::tree::{Expr, Infix, Kind, Prefix};

/// No constraint is longer, in bytes: its tree is walked by functions that call themselves.
const LONGEST: usize = 1000;
/// Nor has it more parentheses and signs of prefixes around anything.
const DEEPEST: usize = 50;
const OPERAND: &str = "a path, a number, a quantity such as 10 ms, a word in quotes, `-`, `!` or `(`";

/// The tree of a text.
pub(in crate::scenario::sweep) fn parse(text: &str) -> Result<Expr, Fault> {
    if text.len() > LONGEST {
        let headline = format!("the constraint has {} bytes", text.len());
        return Err(Fault::new(0..text.len(), headline, &format!("at most {LONGEST}")));
    }
    let mut parser = Parser { tokens: tokens(text)?, next: 0, open: 0, depth: 0 };
    let whole = parser.infix(0)?;
    match parser.peek().what {
        What::End => Ok(whole),
        _ => Err(parser.unexpected()),
    }
}

struct Parser {
    tokens: Vec<Token>,
    next: usize,
    /// Parentheses that are not closed.
    open: usize,
    /// Parentheses and prefixes around what is read.
    depth: usize,
}

impl Parser {
    fn peek(&self) -> &Token {
        &self.tokens[self.next]
    }

    /// The next token; the end stays.
    fn take(&mut self) -> Token {
        let token = self.peek().clone();
        self.next = (self.next + 1).min(self.tokens.len() - 1);
        token
    }

    /// Operands joined by signs of this rank and above.
    fn infix(&mut self, rank: u8) -> Result<Expr, Fault> {
        let mut left = self.prefix()?;
        let mut compared = false;
        while let Some(infix) = self.peek_infix().filter(|infix| infix.rank() >= rank) {
            let is_comparison = matches!(infix, Infix::Compare(_));
            if is_comparison && compared {
                let fault = self.unexpected();
                return Err(Fault { headline: "comparisons are not chained".to_owned(), ..fault }
                    .hint(Some("`a < b && b < c` says it".to_owned())));
            }
            compared = is_comparison;
            self.take();
            let right = self.infix(infix.rank() + 1)?;
            let span = left.span.start..right.span.end;
            left = Expr { span, kind: Kind::Infix(infix, Box::new(left), Box::new(right)) };
        }
        Ok(left)
    }

    fn peek_infix(&self) -> Option<Infix> {
        let What::Sign(sign) = self.peek().what else { return None };
        Infix::ALL.iter().find(|(written, _)| *written == sign).map(|(_, infix)| *infix)
    }

    fn prefix(&mut self) -> Result<Expr, Fault> {
        self.depth += 1;
        let operand = if self.depth > DEEPEST { Err(self.too_deep()) } else { self.operand() };
        self.depth -= 1;
        operand
    }

    fn too_deep(&self) -> Fault {
        let headline = "the constraint is nested too deeply".to_owned();
        Fault::new(self.peek().span.clone(), headline, &format!("at most {DEEPEST} levels"))
    }

    /// An operand, with the prefixes before it or in parentheses.
    fn operand(&mut self) -> Result<Expr, Fault> {
        let Token { span, what } = self.peek().clone();
        match what {
            What::Sign(sign) => {
                let prefix = Prefix::ALL.iter().find(|(written, _)| *written == sign);
                let (_, prefix) = *prefix.ok_or_else(|| self.unexpected_operand())?;
                self.take();
                let of = self.prefix()?;
                Ok(Expr { span: span.start..of.span.end, kind: Kind::Prefix(prefix, Box::new(of)) })
            }
            What::Operand(kind) => {
                self.take();
                Ok(Expr { span, kind })
            }
            What::Open => {
                self.take();
                self.open += 1;
                let inside = self.infix(0)?;
                if self.peek().what != What::Close {
                    return Err(self.unexpected());
                }
                self.open -= 1;
                Ok(Expr { span: span.start..self.take().span.end, ..inside })
            }
            What::Close | What::End => Err(self.unexpected_operand()),
        }
    }

    /// Something stands where an operand should.
    fn unexpected_operand(&self) -> Fault {
        self.fault(OPERAND)
    }

    /// Something stands behind an operand that can't.
    fn unexpected(&self) -> Fault {
        let end = if self.open > 0 { "`)`" } else { "the end" };
        self.fault(&format!("a sign such as < or &&, or {end}"))
    }

    fn fault(&self, allowed: &str) -> Fault {
        let token = self.peek();
        let headline = match &token.what {
            What::End => "the constraint ends too early".to_owned(),
            What::Sign(sign) => format!("`{sign}` can't stand here"),
            What::Open => "`(` can't stand here".to_owned(),
            What::Close => "`)` can't stand here".to_owned(),
            What::Operand(kind) => {
                let shown = Expr { span: token.span.clone(), kind: kind.clone() };
                format!("`{shown}` can't stand here")
            }
        };
        Fault::new(token.span.clone(), headline, allowed)
    }
}
