//! Reading drawings back.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The names of the files in `charts/`.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder.join("charts")).expect("charts");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// The SVG files in `charts/`, by name.
pub(crate) fn svgs(folder: &Path) -> BTreeMap<String, String> {
    let read =
        |name: String| (name.clone(), fs::read_to_string(folder.join("charts").join(name)).expect("SVG"));
    names(folder).into_iter().filter(|name| name.ends_with(".svg")).map(read).collect()
}

/// Checks tags, attributes and entities as far as our drawings use them.
pub(crate) fn assert_well_formed(name: &str, svg: &str) {
    let mut open = Vec::new();
    for piece in svg.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').unwrap_or_else(|| panic!("{name}: {piece}"));
        assert!(!text.contains('>'), "{name}: {piece}");
        assert_eq!(tag.matches('"').count() % 2, 0, "{name}: {tag}");
        for entity in piece.split('&').skip(1) {
            let entity = entity.split_once(';').map(|(entity, _)| entity);
            assert!(matches!(entity, Some("amp" | "lt" | "gt" | "quot" | "apos")), "{name}: {piece}");
        }
        let element = tag.split_whitespace().next().unwrap_or_default();
        match element.strip_prefix('/') {
            Some(closed) => assert_eq!(open.pop(), Some(closed), "{name}"),
            None if tag.ends_with('/') => {}
            None => open.push(element),
        }
    }
    assert!(open.is_empty(), "{name}: {open:?}");
    assert!(!svg.contains("NaN") && !svg.contains("inf\""), "{name}");
}

/// Every number that places something lies in the picture.
pub(crate) fn assert_inside(name: &str, svg: &str) {
    let size = |key: &str| -> f64 {
        let rest = &svg[svg.find(key).expect("a size") + key.len()..];
        rest[..rest.find('"').expect("a quote")].parse().expect("a number")
    };
    let (width, height) = (size("width=\""), size("height=\""));
    for points in svg.split("points=\"").skip(1) {
        let points = points.split('"').next().unwrap_or_default();
        for point in points.split_whitespace() {
            let (x, y) = point.split_once(',').expect("a point");
            let (x, y): (f64, f64) = (x.parse().expect("x"), y.parse().expect("y"));
            assert!((0.0..=width).contains(&x) && (0.0..=height).contains(&y), "{name}: {point}");
        }
    }
}

/// The texts of a drawing, in the order in which they were put there.
pub(crate) fn texts(svg: &str) -> Vec<String> {
    let pieces =
        svg.split("<text").skip(1).filter_map(|piece| piece.split_once('>')?.1.split_once("</text>"));
    pieces.map(|(text, _)| text.trim().to_owned()).collect()
}
