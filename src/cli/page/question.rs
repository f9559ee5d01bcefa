//! What each scenario asks, and what no scenario can answer since it is not modelled.

use maud::{Markup, html};

use super::cells;
use super::material::{Entry, Material};
use crate::cli::shown::plain;
use crate::scenario::{Claim, UNMODELLED};

/// The purpose of each scenario, as its author has put it; then what is missing from all of them.
pub(super) fn section(material: &Material) -> Markup {
    html! {
        p { "In the words of the authors of the scenarios, who also give their reasons for parameters and bounds." }
        @for entry in &material.entries { (purpose(entry)) }
        h3 #unmodelled { "Not modelled" }
        p { "Each with how the protocol looks because of it. Where that is better than it is, a claim that holds here need not hold in a "
            "real network; where it is worse, one that fails here need not fail there." }
        div.wide { table {
            thead { tr { th { "not modelled" } th { "in its place" } th { "the protocol looks" } th { "why" } th { "bears on" } } }
            tbody {
                @for (entry, number) in UNMODELLED.iter().zip(1..) {
                    tr #{ "u" (number) } {
                        td { b { (entry.what) } }
                        td { (cells::text(entry.instead)) }
                        td { (entry.leans.name()) }
                        td { (cells::text(entry.why)) }
                        td { (claims(entry.bears_on)) }
                    }
                }
            }
        } }
    }
}

fn purpose(entry: &Entry) -> Markup {
    let manifest = &entry.stored.manifest;
    let purpose = manifest.scenario.get("purpose").and_then(toml::Value::as_str);
    html! {
        details open {
            summary { b { (plain(manifest.title())) } " (" (cells::link(entry)) ")" }
            @match purpose {
                Some(purpose) => {
                    @for paragraph in purpose.trim().split("\n\n") { p.purpose { (cells::text(paragraph.trim())) } }
                }
                None => p.none { "The scenario does not say what it is for." },
            }
        }
    }
}

fn claims(claims: &[Claim]) -> Markup {
    html! {
        @for (place, claim) in claims.iter().enumerate() {
            @if place > 0 { ", " }
            a href={ "#claim-" (claim.name()) } { (cells::sentence(claim.name())) }
        }
    }
}
