//! What the sections of a page share: figures, verdicts, and links to where they are explained and repeated.

use maud::{Markup, html};

use super::material::Entry;
use super::study::Column;
use crate::cli::format;
use crate::cli::report::table;
use crate::cli::shown::plain;
use crate::metrics;
use crate::results::{Bounds, Figure, Judged, Look, Verdict};

/// A verdict: a mark, a word and a colour.
pub(super) fn verdict(verdict: Verdict) -> Markup {
    badge(verdict.name(), table::words_of(verdict))
}

/// Words with a mark before them, in the colour of a class.
pub(super) fn badge(class: &str, words: &str) -> Markup {
    html! { span class={ "v " (class) } { (words) } }
}

/// A metric's name, which leads to what it means, and the part of what happened that was looked at.
pub(super) fn look(look: &Look) -> Markup {
    html! { (metric(&look.metric)) (plain(&table::part(look))) }
}

/// A metric's name, which leads to what it means.
pub(super) fn metric(name: &str) -> Markup {
    match metrics::find(name) {
        Some(found) => html! { a.m href={ "#m-" (found.name) } { (plain(name)) } },
        None => html! { span.m { (plain(name)) } },
    }
}

/// A metric, or what an expectation or trial looks at, with its part of the run.
pub(super) fn column(column: &Column) -> Markup {
    html! {
        @match &column.look {
            Some(looked) => { (plain(&column.name)) ": " (look(looked)) }
            None => (metric(&column.metric)),
        }
    }
}

/// A name of a file as a sentence: without underscores.
pub(super) fn sentence(name: &str) -> String {
    plain(&name.replace('_', " "))
}

/// A text in which what stands between backticks is code.
pub(super) fn text(text: &str) -> Markup {
    let text = plain(text);
    html! {
        @for (place, part) in text.split('`').enumerate() {
            @if place % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}

/// The result that a figure is from, and the command that repeats it.
pub(super) fn source(entry: &Entry) -> Markup {
    html! { (link(entry)) br; (command(entry)) }
}

/// The result that a figure is from.
pub(super) fn link(entry: &Entry) -> Markup {
    html! { a href={ "#" (entry.id) } { (plain(&entry.label)) } }
}

/// The command that repeats a result.
pub(super) fn command(entry: &Entry) -> Markup {
    html! { code.cmd { (plain(&entry.command())) } }
}

/// How far a mean is beyond its bound, in the metric's unit and with its sign.
pub(super) fn effect(metric: &str, effect: Figure) -> String {
    let Some(effect) = effect.0 else { return "–".to_owned() };
    let sign = if effect < 0.0 { "−" } else { "+" };
    format!("{sign}{}", format::value(metric, Some(effect.abs())))
}

/// What a verdict rests on: bound, effect, margin, runs and p-value, a cell each.
pub(super) fn judged(metric: &str, bounds: Bounds, judged: &Judged, adjusted: Option<f64>) -> Markup {
    html! {
        td { (format::bounds(metric, bounds)) }
        td.n { (effect(metric, judged.effect)) br; small.bad[judged.margin.0.is_some_and(|margin| margin < 0.0)] { (margin(judged.margin)) } }
        td.n { (judged.n) }
        td.n { (p_value(adjusted)) }
    }
}

/// How far inside its bound the worse end of an interval is.
fn margin(margin: Figure) -> String {
    let side = match margin.0 {
        None => return "no margin".to_owned(),
        Some(margin) if margin < 0.0 => "outside",
        Some(margin) if margin > 0.0 => "inside",
        Some(_) => "on the bound",
    };
    format!("{} {side}", table::margin(margin))
}

/// A p-value; below what four digits show, that it is.
pub(super) fn p_value(p: Option<f64>) -> String {
    match p {
        None => "–".to_owned(),
        Some(p) if p < 1e-4 => "< 0.0001".to_owned(),
        Some(p) => format!("{p:.4}"),
    }
}

/// What stands above a metric of a result and the cells of [`figure`].
pub(super) fn figure_heads(entry: &Entry) -> Markup {
    let value = if entry.runs() == 1 { "value" } else { "mean" };
    html! { th { "metric" } th { (value) } th { "95 % interval" } th { "runs (n)" } }
}

/// A metric of a result: value, interval and runs, a cell each. What has no value says so.
pub(super) fn figure(entry: &Entry, metric: &str) -> Markup {
    let estimate = entry.estimate(metric);
    let all = entry.runs();
    let n = if estimate.n < all { format!("{} of {all}", estimate.n) } else { all.to_string() };
    let value = entry.value(metric).0;
    html! {
        @if value.is_none() {
            td.none { "no value" }
            td.none { (nothing(entry, estimate.n)) }
        } @else {
            td.n { (format::value(metric, value)) }
            td.n { (interval(entry, metric)) }
        }
        td.n.none[estimate.n < all] { (n) }
    }
}

fn nothing(entry: &Entry, n: u32) -> &'static str {
    match (n, entry.runs()) {
        (0, 1) => "too little was counted, or it is longer than any time",
        (0, _) => "too little was counted in any run",
        _ => "it is longer than any time",
    }
}

/// The interval of a metric, or why there is none.
pub(super) fn interval(entry: &Entry, metric: &str) -> String {
    let estimate = entry.estimate(metric);
    if let Some(endless) = estimate.endless {
        let median = format::value(metric, endless.median.0.or(Some(f64::INFINITY)));
        return format!("∞ in {} runs, median {median}", endless.replications);
    }
    match estimate.interval() {
        None if entry.runs() == 1 => "none: one run".to_owned(),
        ends => format::interval(metric, ends),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn effects_have_a_sign_and_small_p_values_are_not_nothing() {
        assert_eq!(effect("queries.latency_p50_s", Figure(Some(-0.5))), "−0.5000 s");
        assert_eq!(effect("queries.issued", Figure(Some(3.0))), "+3");
        assert_eq!(effect("queries.issued", Figure(None)), "–");
        assert_eq!([p_value(None), p_value(Some(1e-12)), p_value(Some(0.0585))], ["–", "< 0.0001", "0.0585"]);
    }

    #[test]
    fn margins_say_on_which_side_of_the_bound() {
        let of = |margin: f64| super::margin(margin.into());
        assert_eq!([of(0.24), of(-0.48), of(0.0)], ["+24 % inside", "−48 % outside", "+0 % on the bound"]);
    }

    #[test]
    fn what_looks_like_markup_is_text() {
        let evil = "<script>alert(\"1\")</script>\u{202e}";
        let shown = metric(evil).into_string();
        assert!(
            !shown.contains("<script") && shown.contains("&lt;script&gt;") && shown.contains("\\u{202e}"),
            "{shown}"
        );
    }
}
