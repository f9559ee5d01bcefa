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

// Okabe and Ito's palette, which readers with any common colour vision can tell apart.
pub(super) const BLUE: Colour = rgb(0x00, 0x72, 0xB2);
pub(super) const VERMILION: Colour = rgb(0xD5, 0x5E, 0x00);
pub(super) const GREEN: Colour = rgb(0x00, 0x9E, 0x73);
pub(super) const AMBER: Colour = rgb(0xE6, 0x9F, 0x00);
pub(super) const SKY: Colour = rgb(0x56, 0xB4, 0xE9);
pub(super) const PURPLE: Colour = rgb(0xCC, 0x79, 0xA7);

pub(super) const INK: Colour = rgb(0x22, 0x22, 0x22);
pub(super) const MUTED: Colour = rgb(0x5A, 0x5A, 0x5A);
pub(super) const GRID: Colour = rgb(0xE4, 0xE4, 0xE4);
pub(super) const FRAME: Colour = rgb(0x8A, 0x8A, 0x8A);
pub(super) const WHITE: Colour = rgb(0xFF, 0xFF, 0xFF);

/// A grey, 0 black to 255 white.
pub(super) const fn grey(level: u8) -> Colour {
    rgb(level, level, level)
}

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

/// Strokes for lines that have no meaning of their own, such as one per workload or group.
pub(super) const CYCLE: [Stroke; 6] = [
    Stroke::new(BLUE, SOLID).marked(Marker::Disc),
    Stroke::new(VERMILION, DASHED).marked(Marker::Square),
    Stroke::new(GREEN, DASH_DOT).marked(Marker::Triangle),
    Stroke::new(AMBER, SOLID).marked(Marker::Diamond),
    Stroke::new(SKY, DASHED).marked(Marker::Disc),
    Stroke::new(PURPLE, DASH_DOT).marked(Marker::Square),
];

/// The stroke of the `index`th such line.
pub(super) fn cycled(index: usize) -> Stroke {
    CYCLE[index % CYCLE.len()]
}
