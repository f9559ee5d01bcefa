//! Constraints are read as they are written, say what arithmetic says, and tell what is wrong with them.

use proptest::prelude::*;

use super::quantity::Comparison;
use super::tree::{Infix, Kind, Prefix};
use super::*;
use crate::scenario::{Given, parse_sweep};

fn sweep(set: &[&str]) -> Sweep {
    let given = Given {
        scenario: Some(("s".to_owned(), "s".to_owned())),
        axes: vec!["a=1".to_owned()],
        set: set.iter().map(|set| (*set).to_owned()).collect(),
        ..Given::default()
    };
    parse_sweep("s", "", &given).unwrap_or_else(|report| panic!("{report}"))
}

const SET: [&str; 9] = [
    "p.enough=3",
    "p.replicas=5",
    "p.window=\"2 s\"",
    "n.loss=0.1",
    "n.latency={ fixed = \"40 ms\" }",
    "l.up=\"20 Mbit/s\"",
    "w.size=\"1 MB\"",
    "p.mode=\"tree\"",
    "g.\"a b\".on=true",
];

fn holds(text: &str) -> Result<bool, String> {
    let sweep = sweep(&SET);
    let at = AtPoint { sweep: &sweep, settings: &[], scenario: None };
    let constraint = Constraint::parse(text, Written::default()).map_err(|fault| told(text, &fault))?;
    let held =
        evaluate::holds(&constraint.expr, &|parts| at.find(parts), &|expr, parts| at.unknown(expr, parts));
    held.map_err(|fault| told(text, &fault))
}

/// What is at fault, what is wrong with it, what may be there, and what was meant.
fn told(text: &str, fault: &Fault) -> String {
    let hint = fault.hint.as_deref().unwrap_or_default();
    format!("[{}] {}; {}; {hint}", &text[fault.span.clone()], fault.headline, fault.allowed)
}

#[test]
fn conditions_say_what_they_look_like() {
    for (text, held) in [
        ("p.enough <= p.replicas && n.loss < 0.5", true),
        ("p.enough > p.replicas || n.loss >= 0.5", false),
        ("p.enough + 2 * 1 == p.replicas", true),
        ("10 - 4 - 3 == 3 && 12 / 3 / 2 == 2", true),
        ("2 + 3 * 4 == 14 && (2 + 3) * 4 == 20", true),
        ("!(p.enough == 3) || p.mode != 'gossip'", true),
        ("-p.enough < -2", true),
        ("n.latency.fixed < 50 ms && \"n.latency.fixed\" == '0.04 s'", true),
        ("p.window / n.latency.fixed == 50", true),
        ("w.size / l.up <= 0.4 s", true),
        ("w.size == l.up * 400ms", true),
        ("l.up < 'unlimited'", true),
        ("3 /s == 180 /min", true),
        ("g.'a b'.on", true),
        ("g.\"a b\".on == false", false),
        ("1 / 0 > 1e300 && !(0 / 0 == 0 / 0)", true),
        ("a == 1 || true", true),
    ] {
        if text.starts_with("a ") {
            assert!(holds(text).is_err(), "axes are values of a point");
        } else {
            assert_eq!(holds(text), Ok(held), "{text}");
        }
    }
}

#[test]
fn what_is_no_constraint_says_why_and_where() {
    for (text, said) in [
        ("p.window < w.size", "[p.window < w.size] `<` compares a time with a size; two of one kind"),
        ("p.window < 3", "compares a time with a number without unit"),
        ("p.window + w.size > 3 s", "[p.window + w.size] `+` joins a time with a size"),
        ("p.mode < 'tree'", "`<` does not order words; == or !="),
        ("p.mode == 3", "compares the word 'tree' with a number"),
        ("p.mode && true", "[p.mode] `&&` takes conditions, and this is the word 'tree'"),
        ("!p.enough", "[p.enough] `!` takes conditions"),
        ("p.enough + 1", "the constraint is no condition: it is a number"),
        ("p.enough", "no condition"),
        (
            "p.enuogh < 3",
            "[p.enuogh] `p.enuogh` has no value here; a path of an axis, of [set], or of the scenario; \
                          the nearest known path is `p.enough`",
        ),
        (
            "p.mode == tree",
            "[tree] `tree` has no value here; a path of an axis, of [set], or of the scenario; a word \
                            stands in quotes: 'tree'",
        ),
        ("n.latency == 3", "[n.latency] `n.latency` is a list or a table"),
        ("g == 3", "is a list or a table"),
        ("p.enough = 3", "[=] `=` is no sign of a constraint; + - * /"),
        ("p.enough < 3 and true", "[and] `and` is no sign of a constraint"),
        ("1 < 2 & 3 < 4", "`&&` joins"),
        ("1 < p.enough < 9", "[<] comparisons are not chained"),
        ("p.enough <", "[] the constraint ends too early; a path, a number"),
        ("", "[] the constraint ends too early"),
        ("(p.enough < 3", "[] the constraint ends too early; a sign such as < or &&, or `)`"),
        ("p.enough < 3)", "[)] `)` can't stand here; a sign such as < or &&, or the end"),
        ("p.enough p.replicas", "[p.replicas] `p.replicas` can't stand here"),
        ("* 3 < 4", "[*] `*` can't stand here; a path"),
        ("p.window < 10 mss", "[mss] `mss` is no unit"),
        ("p.window < 1e999 s", "[1e999] `1e999` is no number"),
        ("1. < 2", "[1.] `1.` is no number"),
        ("a..b < 2", "[a..b] `a..b` is not a path"),
        ("p.mode == 'tree", "[\'tree] the quote ' is not closed"),
        ("p.enough ≤ 3", "[≤] `≤` is no sign"),
    ] {
        let error = holds(text).expect_err(text);
        assert!(error.contains(said), "{text}: {error}");
    }
    let deep = format!("{}true{}", "(".repeat(60), ")".repeat(60));
    assert!(holds(&deep).expect_err("deep").contains("nested too deeply"));
    let long = format!("true{}", " && true".repeat(200));
    assert!(holds(&long).expect_err("long").contains("at most 1000"));
    assert_eq!(holds(&format!("1{} == 300", " + 1".repeat(240)).replace("300", "241")), Ok(true));
}

fn expr(kind: Kind) -> Expr {
    Expr { span: 0..0, kind }
}

fn join(infix: Infix) -> impl Fn((Expr, Expr)) -> Expr {
    move |(left, right)| expr(Kind::Infix(infix, Box::new(left), Box::new(right)))
}

/// Whole numbers, and what is made of them without a remainder.
fn numbers() -> impl Strategy<Value = Expr> {
    let leaf = (0..7_u32).prop_map(|number| expr(Kind::Number(f64::from(number), None)));
    leaf.prop_recursive(3, 12, 2, |inner| {
        let pair = || (inner.clone(), inner.clone());
        let negative = inner.clone().prop_map(|of| expr(Kind::Prefix(Prefix::Minus, Box::new(of))));
        prop_oneof![
            pair().prop_map(join(Infix::Add)),
            pair().prop_map(join(Infix::Subtract)),
            pair().prop_map(join(Infix::Multiply)),
            negative,
        ]
    })
}

fn conditions() -> impl Strategy<Value = Expr> {
    let comparisons = [
        Comparison::Less,
        Comparison::AtMost,
        Comparison::More,
        Comparison::AtLeast,
        Comparison::Equal,
        Comparison::Unequal,
    ];
    let leaf = (numbers(), numbers(), prop::sample::select(comparisons.to_vec()))
        .prop_map(|(left, right, comparison)| join(Infix::Compare(comparison))((left, right)));
    leaf.prop_recursive(4, 24, 2, |inner| {
        let pair = || (inner.clone(), inner.clone());
        prop_oneof![
            pair().prop_map(join(Infix::And)),
            pair().prop_map(join(Infix::Or)),
            inner.clone().prop_map(|of| expr(Kind::Prefix(Prefix::Not, Box::new(of)))),
        ]
    })
}

/// Whatever can be written, sensible or not.
fn anything() -> impl Strategy<Value = Expr> {
    let units: Vec<&'static quantity::Unit> = quantity::UNITS.iter().collect();
    let number = (0.0..1e18_f64, prop::option::of(prop::sample::select(units)));
    let part = prop_oneof!["[a-z][a-z0-9_]{0,5}", "[a-z ]{1,5}[.]"];
    let leaf = prop_oneof![
        number.prop_map(|(number, unit)| expr(Kind::Number(number, unit))),
        "[a-z_]{0,8}".prop_map(|word| expr(Kind::Word(word))),
        any::<bool>().prop_map(|truth| expr(Kind::Truth(truth))),
        ("[a-z]{4,6}", prop::collection::vec(part, 0..3))
            .prop_map(|(first, rest)| expr(Kind::Path([vec![first], rest].concat()))),
    ];
    leaf.prop_recursive(5, 32, 2, |inner| {
        let signs: Vec<Infix> = Infix::ALL.iter().map(|(_, infix)| *infix).collect();
        let joined = (prop::sample::select(signs), inner.clone(), inner.clone());
        let minus = prop::sample::select(vec![Prefix::Minus, Prefix::Not]);
        prop_oneof![
            joined.prop_map(|(infix, left, right)| join(infix)((left, right))),
            (minus, inner).prop_map(|(prefix, of)| expr(Kind::Prefix(prefix, Box::new(of)))),
        ]
    })
}

/// The same by a machine with a stack, in whole numbers: 1 is true.
fn by_stack(expr: &Expr) -> i128 {
    fn steps<'e>(expr: &'e Expr, into: &mut Vec<&'e Kind>) {
        match &expr.kind {
            Kind::Prefix(_, of) => steps(of, into),
            Kind::Infix(_, left, right) => {
                steps(left, into);
                steps(right, into);
            }
            _ => {}
        }
        into.push(&expr.kind);
    }
    let (mut program, mut stack) = (Vec::new(), Vec::<i128>::new());
    steps(expr, &mut program);
    for step in program {
        let mut pop = || stack.pop().expect("an operand");
        let value = match step {
            Kind::Number(number, _) => *number as i128,
            Kind::Prefix(Prefix::Minus, _) => -pop(),
            Kind::Prefix(Prefix::Not, _) => 1 - pop(),
            Kind::Infix(infix, ..) => {
                let (right, left) = (pop(), pop());
                match infix {
                    Infix::Add => left + right,
                    Infix::Subtract => left - right,
                    Infix::Multiply => left * right,
                    Infix::And => left.min(right),
                    Infix::Or => left.max(right),
                    Infix::Compare(Comparison::Less) => i128::from(left < right),
                    Infix::Compare(Comparison::AtMost) => i128::from(left <= right),
                    Infix::Compare(Comparison::More) => i128::from(left > right),
                    Infix::Compare(Comparison::AtLeast) => i128::from(left >= right),
                    Infix::Compare(Comparison::Equal) => i128::from(left == right),
                    Infix::Compare(Comparison::Unequal) => i128::from(left != right),
                    Infix::Divide => unreachable!("none is made"),
                }
            }
            other => unreachable!("{other:?}"),
        };
        stack.push(value);
    }
    stack[0]
}

proptest! {
    #[test]
    fn what_is_written_reads_back_as_the_same_tree(expr in anything()) {
        let text = expr.to_string();
        prop_assume!(text.len() <= 1000);
        let read = parse(&text);
        prop_assert_eq!(read.as_ref().map_err(|fault| told(&text, fault)), Ok(&expr), "{}", text);
    }

    #[test]
    fn a_condition_says_what_whole_numbers_say(expr in conditions()) {
        let find = |_: &[String]| Found::Nothing;
        let held = evaluate::holds(&expr, &find, &|_, _| unreachable!("no path"));
        prop_assert_eq!(held, Ok(by_stack(&expr) == 1), "{}", expr);
    }

    #[test]
    fn no_text_breaks_the_reader(text in "[a-z0-9 .'\"()<>=!&|+*/≤-]{0,40}") {
        if let Err(fault) = parse(&text) {
            prop_assert!(text.get(fault.span.clone()).is_some(), "{text}: {fault:?}");
        }
    }
}
