//! From a [`Picture`] to the bytes of an SVG or PNG file.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::sync::Once;

use plotters::prelude::{BitMapBackend, DrawingBackend, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{
    Color as _, FontDesc, FontFamily, FontStyle, RGBAColor, ShapeStyle, TextStyle, register_font,
};
use png::{ColorType, Encoder, EncodingError};

use super::picture::{Anchor, Picture, Shape, printable};
use super::pointer::Hint;
use super::style::{Colour, FONT_STACK, Type, WHITE};

const REGULAR: &[u8] = include_bytes!("assets/DejaVuSans-subset.ttf");
const BOLD: &[u8] = include_bytes!("assets/DejaVuSans-Bold-subset.ttf");

/// How far down, as a share of its size, text has to be moved so that its capitals and digits are centred: each
/// backend has its own notion of the middle of a line.
const SVG_NUDGE: f64 = 0.07;
const PNG_NUDGE: f64 = 0.21;

static FONTS: Once = Once::new();

/// Makes the embedded fonts known. Measuring and drawing text need it.
pub(super) fn register_fonts() {
    FONTS.call_once(|| {
        for (style, bytes) in [(FontStyle::Normal, REGULAR), (FontStyle::Bold, BOLD)] {
            let known = register_font(FONT_STACK, style, bytes).is_ok();
            assert!(known, "the embedded fonts are sound");
        }
    });
}

/// The SVG document.
pub(super) fn svg(picture: &Picture) -> Result<String, String> {
    register_fonts();
    let mut text = String::new();
    {
        let mut backend = SVGBackend::with_string(&mut text, (picture.width, picture.height));
        paint(&mut backend, picture, SVG_NUDGE)?;
    }
    Ok(with_hints(&with_description(&text, &printable(&picture.title)), &picture.hints))
}

/// Writes the PNG file.
pub(super) fn png(picture: &Picture, path: &Path) -> Result<(), String> {
    register_fonts();
    let (width, height) = (picture.width, picture.height);
    let mut pixels = vec![0; BYTES_OF_PIXEL * width as usize * height as usize];
    paint(&mut BitMapBackend::with_buffer(&mut pixels, (width, height)), picture, PNG_NUDGE)?;
    write_png(path, (width, height), &pixels).map_err(|error| error.to_string())
}

/// Red, green and blue.
const BYTES_OF_PIXEL: usize = 3;

fn write_png(path: &Path, (width, height): (u32, u32), pixels: &[u8]) -> Result<(), EncodingError> {
    let mut encoder = Encoder::new(BufWriter::new(File::create(path)?), width, height);
    encoder.set_color(ColorType::Rgb);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()
}

fn paint<B: DrawingBackend>(backend: &mut B, picture: &Picture, nudge: f64) -> Result<(), String> {
    backend.ensure_prepared().map_err(|error| error.to_string())?;
    let corner = (picture.width as i32, picture.height as i32);
    backend.draw_rect((0, 0), corner, &fill(WHITE), true).map_err(|error| error.to_string())?;
    for shape in &picture.shapes {
        paint_shape(backend, shape, nudge)?;
    }
    backend.present().map_err(|error| error.to_string())
}

fn paint_shape<B: DrawingBackend>(backend: &mut B, shape: &Shape, nudge: f64) -> Result<(), String> {
    let done = match shape {
        Shape::Line { points, colour, width } => {
            backend.draw_path(points.iter().copied(), &stroke(*colour, *width))
        }
        Shape::Area { points, colour } => backend.fill_polygon(points.iter().copied(), &fill(*colour)),
        Shape::Disc { centre, radius, colour } => backend.draw_circle(*centre, *radius, &fill(*colour), true),
        Shape::Text { at, text, font, colour, anchor } => {
            let down = (font.size * nudge).round() as i32;
            backend.draw_text(text, &text_style(*font, *colour, *anchor), (at.0, at.1 + down))
        }
    };
    done.map_err(|error| error.to_string())
}

fn rgba(colour: Colour) -> RGBAColor {
    RGBAColor(colour.rgb.0, colour.rgb.1, colour.rgb.2, colour.alpha)
}

fn fill(colour: Colour) -> ShapeStyle {
    ShapeStyle { color: rgba(colour), filled: true, stroke_width: 0 }
}

fn stroke(colour: Colour, width: u32) -> ShapeStyle {
    ShapeStyle { color: rgba(colour), filled: false, stroke_width: width }
}

fn text_style(font: Type, colour: Colour, anchor: Anchor) -> TextStyle<'static> {
    let weight = if font.bold { FontStyle::Bold } else { FontStyle::Normal };
    let description = FontDesc::new(FontFamily::Name(FONT_STACK), font.size, weight);
    let horizontal = match anchor {
        Anchor::Left => HPos::Left,
        Anchor::Middle => HPos::Center,
        Anchor::Right => HPos::Right,
    };
    TextStyle {
        font: description,
        color: rgba(colour).to_backend_color(),
        pos: Pos::new(horizontal, VPos::Center),
    }
}

/// Puts areas above all that is drawn, which are not seen and have titles.
fn with_hints(svg: &str, hints: &[Hint]) -> String {
    let Some(drawn) = svg.trim_end().strip_suffix("</svg>").filter(|_| !hints.is_empty()) else {
        return svg.to_owned();
    };
    let area = |Hint { area, text }: &Hint| {
        let lines: Vec<String> = text.lines().map(|line| escaped(&printable(line))).collect();
        let (left, top, width, height) = (area.left, area.top, area.width(), area.height());
        let title = lines.join("\n");
        format!("<path d=\"M{left} {top}h{width}v{height}h-{width}z\"><title>{title}</title></path>\n")
    };
    let areas: String = hints.iter().map(area).collect();
    format!("{drawn}<g class=\"hints\" fill-opacity=\"0\">\n{areas}</g>\n</svg>\n")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Gives the document a title for screen readers, as its first child.
fn with_description(svg: &str, title: &str) -> String {
    let escaped = escaped(title);
    svg.replacen(
        "xmlns=\"http://www.w3.org/2000/svg\">",
        &format!("xmlns=\"http://www.w3.org/2000/svg\" role=\"img\">\n<title>{escaped}</title>"),
        1,
    )
}
