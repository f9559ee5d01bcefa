//! What somebody is told who points at a place of a drawing: words over it that are not seen otherwise, and that need no
//! script. A PNG has none.

use std::collections::BTreeMap;

use super::rect::Rect;

/// Words over an area.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Hint {
    pub area: Rect,
    pub text: String,
}

/// In which direction a panel's places lie beside each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Across,
    Up,
}

/// One of the values that are drawn at a place of a panel.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Reading {
    pub plot: Rect,
    pub way: Way,
    /// The pixel of the place.
    pub at: i32,
    /// The place in words.
    pub place: String,
    /// What is drawn there.
    pub value: String,
    /// What intervals mean; empty where there are none.
    pub note: String,
}

/// Strips of a panel at the most: narrower ones are hard to point at, and each takes its bytes.
const MOST_STRIPS: usize = 60;

/// Strips that cover each panel, one for each place: of many places so many that are spread evenly, those with the most
/// values before others.
pub(super) fn hints(readings: &[Reading]) -> Vec<Hint> {
    let mut panels: Vec<(Rect, Way)> = Vec::new();
    for reading in readings {
        if !panels.contains(&(reading.plot, reading.way)) {
            panels.push((reading.plot, reading.way));
        }
    }
    let of_panel = |(plot, way): (Rect, Way)| {
        let mut places: BTreeMap<i32, Vec<&Reading>> = BTreeMap::new();
        for reading in readings.iter().filter(|reading| reading.plot == plot && reading.way == way) {
            places.entry(reading.at).or_default().push(reading);
        }
        strips(plot, way, &thinned(places, ends(plot, way)))
    };
    panels.into_iter().flat_map(of_panel).collect()
}

fn ends(plot: Rect, way: Way) -> (i32, i32) {
    match way {
        Way::Across => (plot.left, plot.right),
        Way::Up => (plot.top, plot.bottom),
    }
}

type Place<'r> = (i32, Vec<&'r Reading>);

fn thinned(places: BTreeMap<i32, Vec<&Reading>>, (from, to): (i32, i32)) -> Vec<Place<'_>> {
    if places.len() <= MOST_STRIPS {
        return places.into_iter().collect();
    }
    let width = f64::from((to - from).max(1)) / MOST_STRIPS as f64;
    let cell = |at: i32| (f64::from(at - from) / width).clamp(0.0, MOST_STRIPS as f64 - 1.0) as i32;
    let mut kept: BTreeMap<i32, Place<'_>> = BTreeMap::new();
    for (at, readings) in places {
        let aside = |at: i32| (f64::from(at - from) - (f64::from(cell(at)) + 0.5) * width).abs();
        let is_better = kept
            .get(&cell(at))
            .is_none_or(|(other, others)| (readings.len(), -aside(at)) > (others.len(), -aside(*other)));
        if is_better {
            kept.insert(cell(at), (at, readings));
        }
    }
    kept.into_values().collect()
}

/// Each reaches half of the way to its neighbours.
fn strips(plot: Rect, way: Way, places: &[Place<'_>]) -> Vec<Hint> {
    let (from, to) = ends(plot, way);
    let between = |place: usize| (places[place].0 + places[place + 1].0) / 2;
    let strip = |(place, (at, readings)): (usize, &Place<'_>)| {
        let before = place.checked_sub(1).map(between);
        let after = (place + 1 < places.len()).then(|| between(place));
        // At the ends as far as on the other side.
        let low = before.or(after.map(|after| (2 * at - after).max(from))).unwrap_or(from);
        let high = after.or(before.map(|before| (2 * at - before).min(to))).unwrap_or(to);
        let area = match way {
            Way::Across => Rect { left: low, right: high, ..plot },
            Way::Up => Rect { top: low, bottom: high, ..plot },
        };
        Hint { area, text: text(readings) }
    };
    places
        .iter()
        .enumerate()
        .map(strip)
        .filter(|hint| hint.area.width() > 0 && hint.area.height() > 0)
        .collect()
}

fn text(readings: &[&Reading]) -> String {
    let place = readings.first().map(|reading| &reading.place);
    let note = readings.iter().map(|reading| &reading.note).find(|note| !note.is_empty());
    let values = readings.iter().map(|reading| &reading.value);
    let lines: Vec<&str> = place.into_iter().chain(values).chain(note).map(String::as_str).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLOT: Rect = Rect { left: 100, top: 10, right: 700, bottom: 210 };

    fn reading(at: i32, value: &str) -> Reading {
        let (place, note) = (format!("at {at}"), "95 %".to_owned());
        Reading { plot: PLOT, way: Way::Across, at, place, value: value.to_owned(), note }
    }

    #[test]
    fn a_strip_tells_all_that_is_at_its_place_and_reaches_half_of_the_way_to_the_next() {
        let found = hints(&[reading(200, "a 1"), reading(400, "a 2"), reading(200, "b 3")]);
        let told: Vec<(i32, i32, &str)> =
            found.iter().map(|hint| (hint.area.left, hint.area.right, hint.text.as_str())).collect();
        assert_eq!(told, [(100, 300, "at 200\na 1\nb 3\n95 %"), (300, 500, "at 400\na 2\n95 %")]);
        assert_eq!(hints(&[reading(300, "a")])[0].area, PLOT, "one alone is told everywhere");
        let up = Reading { way: Way::Up, at: 60, ..reading(0, "a") };
        let beside = Reading { at: 110, ..up.clone() };
        let found = hints(&[up, beside]);
        assert_eq!(found[0].area, Rect { top: 35, bottom: 85, ..PLOT });
    }

    #[test]
    fn of_many_places_those_with_most_to_tell_are_kept_and_spread_evenly() {
        let many: Vec<Reading> = (100..700).map(|at| reading(at, "a")).collect();
        let found = hints(&many);
        assert_eq!(found.len(), MOST_STRIPS);
        assert!(found.iter().all(|hint| (5..=15).contains(&hint.area.width())), "{found:?}");
        assert!(found.windows(2).all(|pair| pair[0].area.right == pair[1].area.left));
        let both: Vec<Reading> = many.into_iter().chain([reading(101, "b")]).collect();
        assert!(hints(&both)[0].text.starts_with("at 101\na\nb"));
    }
}
