//! Charts as parts of a page: only what draws is let through, and no name of one meets that of another.

use crate::cli::shown::plain;

/// What draws, or says in words what is drawn.
const ELEMENTS: [&str; 14] = [
    "svg", "g", "title", "desc", "defs", "clipPath", "rect", "circle", "line", "path", "polygon", "polyline",
    "text", "tspan",
];

/// Attributes that place, shape or paint.
const ATTRIBUTES: [&str; 42] = [
    "class",
    "clip-path",
    "clip-rule",
    "cx",
    "cy",
    "d",
    "dominant-baseline",
    "dx",
    "dy",
    "fill",
    "fill-opacity",
    "fill-rule",
    "font-family",
    "font-size",
    "font-style",
    "font-weight",
    "height",
    "id",
    "opacity",
    "points",
    "preserveAspectRatio",
    "r",
    "role",
    "rx",
    "ry",
    "stroke",
    "stroke-dasharray",
    "stroke-linecap",
    "stroke-linejoin",
    "stroke-opacity",
    "stroke-width",
    "text-anchor",
    "transform",
    "viewBox",
    "width",
    "x",
    "x1",
    "x2",
    "xmlns",
    "y",
    "y1",
    "y2",
];

/// The text of an SVG file as a part of a page. Ids get a prefix; the size on screen, the font and what is the default
/// anyway are left to the page, and lines that follow each other and look alike become one.
pub(super) fn inline(text: &str, prefix: &str) -> Result<String, String> {
    let mut page = Page { text: String::with_capacity(text.len()), prefix, last_line: None };
    let mut open: Vec<&str> = Vec::new();
    let mut rest = text;
    while let Some((before, tag)) = rest.split_once('<') {
        content(before, !open.is_empty(), &mut page.text)?;
        rest = if let Some(other) = tag.strip_prefix('?') {
            other.split_once("?>").ok_or_else(cut_short)?.1
        } else if let Some(comment) = tag.strip_prefix("!--") {
            comment.split_once("-->").ok_or_else(cut_short)?.1
        } else if let Some(end) = tag.strip_prefix('/') {
            close(end, &mut open, &mut page.text)?
        } else {
            start(tag, &mut open, &mut page)?
        };
    }
    content(rest, false, &mut page.text)?;
    if open.is_empty() && page.text.starts_with("<svg") { Ok(page.text) } else { Err(cut_short()) }
}

/// What is written.
struct Page<'p> {
    text: String,
    prefix: &'p str,
    /// Where the last line ends, and how it looks, if it may go on.
    last_line: Option<(usize, Attributes<'p>)>,
}

type Attributes<'p> = Vec<(&'p str, String)>;

fn cut_short() -> String {
    "it is no whole SVG file".to_owned()
}

fn content(text: &str, is_inside: bool, page: &mut String) -> Result<(), String> {
    if is_inside {
        // Line feeds between and around texts mean nothing.
        page.push_str(&plain(text.trim()));
        Ok(())
    } else if text.trim().is_empty() {
        Ok(())
    } else {
        Err(cut_short())
    }
}

fn close<'a>(end: &'a str, open: &mut Vec<&'a str>, page: &mut String) -> Result<&'a str, String> {
    let (name, rest) = end.split_once('>').ok_or_else(cut_short)?;
    if open.pop() != Some(name.trim()) {
        return Err(cut_short());
    }
    page.push_str(&format!("</{}>", name.trim()));
    Ok(rest)
}

fn start<'a>(tag: &'a str, open: &mut Vec<&'a str>, page: &mut Page<'a>) -> Result<&'a str, String> {
    let end = tag.find(|c: char| c.is_ascii_whitespace() || c == '/' || c == '>').ok_or_else(cut_short)?;
    let (name, mut rest) = tag.split_at(end);
    if !ELEMENTS.contains(&name) || (name == "svg") != open.is_empty() {
        return Err(format!("it has an element `{name}`, which a chart has not"));
    }
    let mut attributes = Attributes::new();
    loop {
        rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix("/>") {
            page.empty(name, attributes);
            return Ok(after);
        }
        if let Some(after) = rest.strip_prefix('>') {
            page.begin(name, &attributes);
            page.text.push('>');
            open.push(name);
            return Ok(after);
        }
        rest = attribute(rest, name, page.prefix, &mut attributes)?;
    }
}

impl<'a> Page<'a> {
    fn begin(&mut self, name: &str, attributes: &[(&str, String)]) {
        self.text.push_str(&format!("<{name}"));
        attributes.iter().for_each(|(name, value)| self.text.push_str(&format!(" {name}=\"{value}\"")));
    }

    /// Writes an element without content. A line goes on with the one before if nothing came between them and both look
    /// alike; one that shines through does not, since it would no longer shine through itself.
    fn empty(&mut self, name: &str, mut attributes: Attributes<'a>) {
        let points = attributes.iter().position(|(name, _)| *name == "points").filter(|_| name == "polyline");
        let Some(points) = points.map(|place| attributes.remove(place).1.trim().replace(',', " ")) else {
            self.begin(name, &attributes);
            self.text.push_str("/>");
            return;
        };
        let last =
            self.last_line.take().filter(|(end, looks)| *end == self.text.len() && *looks == attributes);
        if last.is_some() {
            self.text.truncate(self.text.len() - END.len());
        } else {
            self.begin("path", &attributes);
            self.text.push_str(" d=\"");
        }
        self.text.push_str(&format!("M{points}{END}"));
        let shines = attributes.iter().any(|(name, _)| name.ends_with("opacity"));
        self.last_line = (!shines).then_some((self.text.len(), attributes));
    }
}

/// What ends a line.
const END: &str = "\"/>";

fn attribute<'a>(
    text: &'a str,
    element: &str,
    prefix: &str,
    attributes: &mut Attributes<'a>,
) -> Result<&'a str, String> {
    let (name, value) = text.split_once("=\"").ok_or_else(cut_short)?;
    let (value, rest) = value.split_once('"').ok_or_else(cut_short)?;
    // With references and escapes a value could be another than it looks.
    if !ATTRIBUTES.contains(&name) || value.contains(['<', '&', '\\']) {
        return Err(format!("it has an attribute `{name}`, which a chart has not"));
    }
    let value = match value.strip_prefix("url(#") {
        _ if name == "id" => format!("{prefix}{value}"),
        Some(target) => format!("url(#{prefix}{target}"),
        None if name == "xmlns" || !value.contains(['(', ':']) || name == "transform" => value.to_owned(),
        None => return Err(format!("its `{name}` may lead out of it")),
    };
    if !is_left_to_the_page(element, name, &value) {
        // A tenth of a pixel is not seen.
        let rounded = value.parse::<f64>().ok().filter(|_| name == "font-size");
        attributes.push((name, rounded.map_or(value, |size| format!("{size:.1}"))));
    }
    Ok(rest)
}

/// A page scales its charts, sets them in a font of its own, and knows the namespace; some values are what is without them.
fn is_left_to_the_page(element: &str, name: &str, value: &str) -> bool {
    let of_page =
        matches!((element, name), ("svg", "width" | "height" | "xmlns" | "class") | (_, "font-family"));
    let usual = matches!(
        (name, value),
        ("opacity", "1") | ("stroke", "none") | ("stroke-width", "0") | ("text-anchor", "start")
    );
    of_page || usual
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_draws_stays_and_what_the_page_knows_goes() {
        let svg = "<?xml version=\"1.0\"?>\n<!-- a chart -->\n<svg width=\"9\" height=\"8\" viewBox=\"0 0 9 8\" \
                   xmlns=\"http://www.w3.org/2000/svg\" role=\"img\">\n<title>1 &lt; 2</title>\n<rect x=\"1\" opacity=\"1\"/>\n\
                   <text y=\"2\" font-family=\"Arial\" >\nsaid\n</text>\n</svg>\n";
        let wanted = "<svg viewBox=\"0 0 9 8\" role=\"img\"><title>1 &lt; 2</title><rect x=\"1\"/><text y=\"2\">said</text></svg>";
        assert_eq!(inline(svg, "a-").as_deref(), Ok(wanted));
    }

    #[test]
    fn lines_that_look_alike_become_one_unless_something_lies_between_or_they_shine_through() {
        let line =
            |looks: &str, points: &str| format!("<polyline {looks} opacity=\"1\" points=\"{points}\"/>\n");
        let (red, blue, pale) =
            ("stroke=\"red\"", "stroke=\"blue\"", "stroke=\"red\" stroke-opacity=\"0.5\"");
        let all: String = [(red, "1,2 3,4 "), (red, "5,6 7,8"), (blue, "1,1 2,2"), (blue, "3,3 4,4")]
            .map(|(looks, points)| line(looks, points))
            .concat();
        let between = format!("<rect x=\"1\"/>{}", line(blue, "5,5 6,6"));
        let faded = [line(pale, "1,1 2,2"), line(pale, "3,3 4,4")].concat();
        let wanted = "<svg><path stroke=\"red\" d=\"M1 2 3 4M5 6 7 8\"/><path stroke=\"blue\" d=\"M1 1 2 2M3 3 4 4\"/>\
                      <rect x=\"1\"/><path stroke=\"blue\" d=\"M5 5 6 6\"/>\
                      <path stroke=\"red\" stroke-opacity=\"0.5\" d=\"M1 1 2 2\"/>\
                      <path stroke=\"red\" stroke-opacity=\"0.5\" d=\"M3 3 4 4\"/></svg>";
        assert_eq!(inline(&format!("<svg>{all}{between}{faded}</svg>"), "a-").as_deref(), Ok(wanted));
    }

    #[test]
    fn names_of_two_charts_never_meet() {
        let svg = "<svg><defs><clipPath id=\"c\"/></defs><g clip-path=\"url(#c)\"></g></svg>";
        let wanted = "<svg><defs><clipPath id=\"r1c2-c\"/></defs><g clip-path=\"url(#r1c2-c)\"></g></svg>";
        assert_eq!(inline(svg, "r1c2-").as_deref(), Ok(wanted));
    }

    #[test]
    fn whatever_could_act_or_fetch_is_refused() {
        for inside in [
            "<script>alert(1)</script>",
            "<g onload=\"alert(1)\"/>",
            "<image href=\"https://example.org/x.png\"/>",
            "<a href=\"javascript:alert(1)\"/>",
            "<foreignObject/>",
            "<style>@import 'x'</style>",
            "<g style=\"fill:red\"/>",
            "<rect fill=\"url(https://example.org/x)\"/>",
            "<rect fill=\"red url(#a)\"/>",
            "<rect fill=\"URL(https://example.org/x)\"/>",
            "<rect fill=\"url&#40;https://example.org/x)\"/>",
            "<rect fill=\"u\\72l(https://example.org/x)\"/>",
            "<svg/>",
            "<![CDATA[<script>]]>",
            "<rect x='1'/>",
            "<g>",
            "</g>",
            "<rect x=\"<\"/>",
        ] {
            assert!(inline(&format!("<svg>{inside}</svg>"), "a-").is_err(), "{inside}");
        }
        for text in ["", "no chart", "<svg", "<svg>", "<g></g>", "<svg></svg>more", "<svg></svg><svg></svg>x"]
        {
            assert!(inline(text, "a-").is_err(), "{text}");
        }
    }
}
