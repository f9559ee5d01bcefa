//! The frame of a page: its head, its table of contents, and its sections.

use maud::{Markup, PreEscaped, html};

use super::material::Material;
use super::output::MARK;
use super::{overview, problems};
use crate::results::MODEL_VERSION;

const STYLE: &str = include_str!("style.css");

/// A page fetches nothing and runs nothing, whatever is in it.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

/// A part of the page.
pub(super) struct Section {
    id: &'static str,
    title: &'static str,
    body: Markup,
}

impl Section {
    pub(super) fn new(id: &'static str, title: &'static str, body: Markup) -> Section {
        Section { id, title, body }
    }
}

/// The whole page.
pub(super) fn page(material: &Material, sections: &[Section]) -> String {
    let title = title(material);
    let rest = html! {
        meta name="viewport" content="width=device-width, initial-scale=1";
        meta http-equiv="Content-Security-Policy" content=(POLICY);
        meta name="color-scheme" content="light dark";
        title { (title) }
        style { (PreEscaped(STYLE)) }
    };
    let body = html! {
        header {
            h1 { (title) }
            (made_by(material))
            @if !material.entries.is_empty() { (overview::tiles(material)) }
            (problems::section(material))
            nav { ol { @for section in sections { li { a href={ "#" (section.id) } { (section.title) } } } } }
        }
        main {
            @for (section, number) in sections.iter().zip(1..) {
                section id=(section.id) {
                    h2 { (number) ". " (section.title) }
                    (section.body)
                }
                @if number == 1 && !material.entries.is_empty() { (overview::section(material)) }
            }
        }
    };
    format!("{MARK}{}</head><body>{}</body></html>\n", rest.into_string(), body.into_string())
}

fn title(material: &Material) -> String {
    match material.entries.as_slice() {
        [entry] if material.studies.is_empty() => format!(
            "iR³ Reputation in simulation: {}",
            crate::cli::shown::plain(entry.stored.manifest.title())
        ),
        _ => format!("iR³ Reputation in simulation: {}", material.size()),
    }
}

fn made_by(material: &Material) -> Markup {
    html! {
        p.sub {
            "Made by ir3sim " (env!("CARGO_PKG_VERSION")) " (model " (MODEL_VERSION) ") with "
            code.cmd { (crate::cli::shown::plain(&material.command)) } ". All figures are simulated; none was measured on a real network."
        }
    }
}
