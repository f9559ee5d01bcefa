//! Colours, strokes and type sizes, the same in every chart. Pixels are those of a picture 1600 wide, which is meant
//! to be printed 16 cm wide: 100 pixels are a centimetre.

/// The name under which the embedded fonts are known, and `font-family` in an SVG: a browser without the first takes
/// the second, whose letters are as wide.
pub(super) const FONT_STACK: &str = "DejaVu Sans, Verdana, Geneva, sans-serif";

/// A colour with its opacity, 0..=1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Colour {
    pub rgb: (u8, u8, u8),
    pub alpha: f64,
}

const fn rgb(r: u8, g: u8, b: u8) -> Colour {
    Colour { rgb: (r, g, b), alpha: 1.0 }
}

impl Colour {
    pub(super) const fn fade(self, alpha: f64) -> Colour {
        Colour { alpha, ..self }
    }
}

// Any two of these nine, white among them, are at least 20 apart (CIEDE2000), for readers without green cones as well
// as for all others: a test holds them to it. What meets in one chart takes its colours from here.
pub(super) const BLUE: Colour = rgb(0x00, 0x72, 0xB2);
pub(super) const VERMILION: Colour = rgb(0xD5, 0x5E, 0x00);
pub(super) const NAVY: Colour = rgb(0x00, 0x00, 0x69);
pub(super) const SKY: Colour = rgb(0x78, 0xC3, 0xFF);
pub(super) const WINE: Colour = rgb(0x87, 0x0F, 0x00);
pub(super) const GOLD: Colour = rgb(0xF5, 0xD8, 0x00);
pub(super) const INK: Colour = rgb(0x1E, 0x1E, 0x1E);
pub(super) const GREY: Colour = rgb(0x76, 0x76, 0x76);
pub(super) const WHITE: Colour = rgb(0xFF, 0xFF, 0xFF);

// For text, and for what lies behind the data and carries no meaning by its colour.
pub(super) const MUTED: Colour = rgb(0x5A, 0x5A, 0x5A);
pub(super) const GRID: Colour = rgb(0xE4, 0xE4, 0xE4);
pub(super) const FRAME: Colour = rgb(0x8A, 0x8A, 0x8A);
/// Behind what is not counted.
pub(super) const SHADE: Colour = rgb(0xF4, 0xF4, 0xF4);
/// What a panel shows beside its subject, to compare with.
pub(super) const PALE: Colour = rgb(0xCC, 0xCC, 0xCC);

/// A size and weight of type. `size` is the height of a line's box, about 1.24 times the em.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Type {
    pub size: f64,
    pub bold: bool,
}

pub(super) const TITLE: Type = Type { size: 43.0, bold: true };
pub(super) const HEADING: Type = Type { size: 35.0, bold: true };
pub(super) const BODY: Type = Type { size: 33.0, bold: false };

impl Type {
    /// Pixels from one line to the next.
    pub(super) fn leading(self) -> i32 {
        (self.size * 1.15).round() as i32
    }
}

/// A sign that tells a line from its neighbours where colours don't.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Marker {
    Disc,
    Square,
    Triangle,
    Diamond,
    /// Upwards.
    Arrow,
}

/// How a line is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stroke {
    pub colour: Colour,
    /// Pixels.
    pub width: u32,
    /// Pixels drawn, pixels left out, and so on. Empty: solid.
    pub dash: &'static [f64],
    pub marker: Option<Marker>,
}

pub(super) const SOLID: &[f64] = &[];
pub(super) const DASHED: &[f64] = &[20.0, 11.0];
pub(super) const DOTTED: &[f64] = &[5.0, 9.0];
pub(super) const DASH_DOT: &[f64] = &[26.0, 9.0, 5.0, 9.0];

impl Stroke {
    pub(super) const fn new(colour: Colour, dash: &'static [f64]) -> Stroke {
        Stroke { colour, width: 5, dash, marker: None }
    }

    pub(super) const fn marked(self, marker: Marker) -> Stroke {
        Stroke { marker: Some(marker), ..self }
    }

    pub(super) const fn wide(self, width: u32) -> Stroke {
        Stroke { width, ..self }
    }
}

/// Colours for what has no meaning of its own, such as one group among others.
const CYCLE: [Colour; 6] = [BLUE, VERMILION, NAVY, SKY, WINE, GOLD];
const DASHES: [&[f64]; 4] = [SOLID, DASHED, DASH_DOT, DOTTED];
const MARKERS: [Marker; 4] = [Marker::Disc, Marker::Square, Marker::Triangle, Marker::Diamond];

/// So many lines can be told apart by their colours alone.
pub(super) const COLOURS: usize = CYCLE.len();

/// The stroke of the `index`th line that has no meaning of its own. The first [`COLOURS`] differ in colour, four
/// times as many in colour or dashes.
pub(super) fn cycled(index: usize) -> Stroke {
    let turn = index + index / CYCLE.len();
    let dash = DASHES[turn % DASHES.len()];
    Stroke::new(CYCLE[index % CYCLE.len()], dash).marked(MARKERS[turn % MARKERS.len()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::vision::{difference, lab, without_green_cones};

    const PALETTE: [(&str, Colour); 9] = [
        ("blue", BLUE),
        ("vermilion", VERMILION),
        ("navy", NAVY),
        ("sky", SKY),
        ("wine", WINE),
        ("gold", GOLD),
        ("ink", INK),
        ("grey", GREY),
        ("white", WHITE),
    ];

    #[test]
    fn any_two_colours_are_twenty_apart_for_everybody() {
        for (place, (name, colour)) in PALETTE.iter().enumerate() {
            for (other_name, other) in &PALETTE[..place] {
                for sight in [lab, without_green_cones] {
                    let apart = difference(sight(colour.rgb), sight(other.rgb));
                    assert!(apart >= 20.0, "{name} and {other_name}: {apart}");
                }
            }
        }
    }

    #[test]
    fn the_background_of_what_is_not_counted_is_as_far_from_every_colour() {
        for (name, colour) in PALETTE.iter().filter(|(name, _)| *name != "white") {
            let apart = difference(without_green_cones(colour.rgb), without_green_cones(SHADE.rgb));
            assert!(apart >= 20.0, "{name}: {apart}");
        }
    }

    #[test]
    fn four_times_as_many_lines_as_colours_are_all_different() {
        let strokes: Vec<Stroke> = (0..4 * COLOURS).map(cycled).collect();
        for (place, stroke) in strokes.iter().enumerate() {
            let same = |other: &&Stroke| (other.colour, other.dash) == (stroke.colour, stroke.dash);
            assert_eq!(strokes.iter().filter(same).count(), 1, "{place}");
        }
        assert!((0..COLOURS).all(|place| cycled(place).colour == CYCLE[place]));
    }
}
