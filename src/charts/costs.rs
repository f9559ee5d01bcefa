//! What attacks gain, beside how many of all identities they take: a row an attack.

use std::path::{Path, PathBuf};

use super::axis::Axis;
use super::error::ChartError;
use super::legend::Entry;
use super::marks::Marks;
use super::panel::Frame;
use super::picture::{Anchor, Picture};
use super::render;
use super::sheet::Sheet;
use super::style::{BLUE, INK, SOLID, Stroke, VERMILION};

/// An attack, and what came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Campaign {
    /// What it is, in words.
    pub name: String,
    /// What it cost beside identities, in words.
    pub cost: String,
    /// Identities that it took, as a share of all.
    pub identities: f64,
    /// What it gained, as a share: what there is to gain is 1. Below 0 it lost.
    pub gain: f64,
    /// The 95 % interval of that.
    pub interval: Option<(f64, f64)>,
}

/// Attacks, compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Campaigns {
    /// What the figures are from.
    pub about: String,
    /// In the order in which they are drawn.
    pub attacks: Vec<Campaign>,
}

const LINE: i32 = 40;
const ROW: i32 = 118;
const HALF: i32 = 14;
const BOUNDS: Stroke = Stroke::new(INK, SOLID).wide(3);
const ZERO: Stroke = Stroke::new(INK, SOLID).wide(2);

/// Draws attacks into an SVG file.
///
/// # Errors
/// When the file can't be written.
pub fn draw_campaigns(path: &Path, campaigns: &Campaigns) -> Result<PathBuf, ChartError> {
    render::register_fonts();
    let text = render::svg(&picture(campaigns))
        .map_err(|message| ChartError::Draw { path: path.to_owned(), message })?;
    std::fs::write(path, text).map_err(|source| ChartError::Write { path: path.to_owned(), source })?;
    Ok(path.to_owned())
}

fn picture(campaigns: &Campaigns) -> Picture {
    let attacks = &campaigns.attacks;
    let legend = [
        Entry::fill("gain", VERMILION),
        Entry::fill("share of all identities", BLUE),
        Entry::words("lines: 95 % interval of the gain"),
    ];
    let least = attacks.iter().map(low).fold(0.0, f64::min);
    let frame = Frame {
        x: Axis::share(
            "What an attack gains, of all that there is to gain, and its share of identities",
            0.0,
        )
        .between(least, 1.0, false),
        y: Axis::rows("Attacks, by their gain", attacks.len()),
        legend: &legend,
        marks: Marks::Nothing,
    };
    let mut sheet = Sheet::about(None, &finding(attacks), &campaigns.about);
    let mut panel = sheet.panel(ROW * attacks.len().max(1) as i32 + 10, &frame);
    if attacks.is_empty() {
        panel.note("no attack");
    }
    for (place, attack) in attacks.iter().enumerate() {
        let at = |pixels: i32| (attacks.len() - place) as f64 - f64::from(pixels) / f64::from(ROW);
        let (gain, identities) = (at(LINE + 2 * HALF - 2), at(LINE + 4 * HALF));
        panel.bar(gain, (attack.gain.min(0.0), attack.gain.max(0.0)), HALF, VERMILION);
        panel.bar(identities, (0.0, attack.identities), HALF, BLUE);
        if let Some(bounds) = attack.interval {
            panel.whisker(gain, 0, bounds, BOUNDS);
        }
        let told = format!("{}: {}", attack.name, attack.cost);
        panel.hint(gain, ROW / 2, &told);
        panel.words((None, at(LINE / 2 + 4)), 12, &told, INK, Anchor::Left);
    }
    panel.bound(0.0, ZERO);
    sheet.finish()
}

fn low(attack: &Campaign) -> f64 {
    attack.interval.map_or(attack.gain, |(low, _)| low)
}

/// Which attack gains most for each identity.
fn finding(attacks: &[Campaign]) -> String {
    let each = |attack: &Campaign| attack.gain / attack.identities;
    match attacks.iter().max_by(|a, b| each(a).total_cmp(&each(b))) {
        Some(most) => format!(
            "Most for its share of identities gains {}: {:.0} % for {:.1} %",
            most.name,
            100.0 * most.gain,
            100.0 * most.identities
        ),
        None => "No attack".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn campaign(name: &str, identities: f64, gain: f64) -> Campaign {
        let interval = Some((gain - 0.05, gain + 0.05));
        Campaign { name: name.to_owned(), cost: "1 MB".to_owned(), identities, gain, interval }
    }

    #[test]
    fn the_attack_that_gains_most_for_each_identity_is_named() {
        let attacks =
            [campaign("large", 0.5, 0.9), campaign("small", 0.01, 0.3), campaign("vain", 0.2, -0.02)];
        assert_eq!(finding(&attacks), "Most for its share of identities gains small: 30 % for 1.0 %");
        assert!((attacks.iter().map(low).fold(0.0, f64::min) + 0.07).abs() < 1e-12);
        render::register_fonts();
        let both = Campaigns { about: "three".to_owned(), attacks: attacks.to_vec() };
        let none = Campaigns { attacks: Vec::new(), ..both.clone() };
        assert!(picture(&both).height > picture(&none).height);
    }
}
