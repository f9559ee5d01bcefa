//! The share of tasks that one budget gets by the number of identities it is split into, beside its share of all
//! weights.

use super::axis::Axis;
use super::drawing::Drawing;
use super::error::ChartError;
use super::legend::{Entry, Key};
use super::panel::{Frame, Panel};
use super::picture::Picture;
use super::scale::percent;
use super::sheet::Sheet;
use super::source::Source;
use super::style::{DASHED, MUTED, Marker, Stroke, cycled};
use crate::metrics::{chart_kind, tables::shares};

pub(super) const DRAWING: Drawing = Drawing {
    suffices: |source| rivals(source).is_ok_and(|rivals| rivals.len() > 1),
    unasked: |source| Ok(rivals(source)?.iter().any(|rival| rival.identities > 1.0)),
    ..Drawing::new(&chart_kind::SHARES, draw)
};

const WEIGHTS: Stroke = Stroke::new(MUTED, DASHED).wide(3);

/// A group that competes with the one that is a candidate everywhere.
struct Rival {
    /// How many candidates are considered: `all`, or a number.
    considered: String,
    identities: f64,
    share: f64,
    /// Its share of all known weights.
    weight: Option<f64>,
}

fn rivals(source: &Source) -> Result<Vec<Rival>, ChartError> {
    let Some(table) = &source.shares else { return Ok(Vec::new()) };
    let (workloads, groups) = (table.texts(&shares::WORKLOAD)?, table.texts(&shares::GROUP)?);
    let considered = table.texts(&shares::CONSIDERED)?;
    let identities = table.full(&shares::IDENTITIES)?;
    let (shares, weights) = (table.numbers(&shares::SHARE)?, table.numbers(&shares::WEIGHT)?);
    let mut names = workloads.clone();
    names.dedup();
    let everywhere = |group: &String| groups.iter().filter(|other| *other == group).count() == names.len();
    let mut rivals: Vec<Rival> = (0..groups.len())
        .filter(|&row| !everywhere(&groups[row]))
        .filter_map(|row| {
            let considered = considered[row].clone();
            Some(Rival { considered, identities: identities[row], share: shares[row]?, weight: weights[row] })
        })
        .collect();
    rivals.sort_by(|a, b| a.considered.cmp(&b.considered).then(a.identities.total_cmp(&b.identities)));
    Ok(rivals)
}

fn draw(source: &Source, title: Option<&str>) -> Result<Picture, ChartError> {
    let rivals = rivals(source)?;
    let mut sheet = Sheet::new(860, title, &finding(&rivals), &source.run);
    let row = sheet.rows(&[1.0])[0];
    let mut ways: Vec<&str> = rivals.iter().map(|rival| rival.considered.as_str()).collect();
    ways.dedup();
    let label = |way: &str| match way {
        "all" => "all candidates considered".to_owned(),
        number => format!("{number} candidates, drawn at random"),
    };
    let mut legend: Vec<Entry> =
        ways.iter().enumerate().map(|(n, way)| Entry::line(label(way), cycled(n))).collect();
    legend.push(Entry::new("share of all weights", Key::Line(WEIGHTS)));
    let most = rivals.iter().map(|rival| rival.identities).fold(10.0, f64::max);
    let x = Axis::log_count("Identities", 1.0, most);
    let frame = Frame {
        x,
        y: Axis::share("Tasks won by the split identities (% of all)", 0.0),
        legend: &legend,
        spans: &[],
    };
    let mut panel = Panel::open(&mut sheet.picture, row, &frame);
    let weights = rivals.iter().filter(|rival| rival.considered == ways[0]);
    panel.line(weights.map(|rival| (rival.identities, rival.weight)), WEIGHTS);
    for (number, way) in ways.iter().enumerate() {
        let of_way = || rivals.iter().filter(|rival| rival.considered == *way);
        let stroke = Stroke { marker: None, ..cycled(number) };
        panel.line(of_way().map(|rival| (rival.identities, Some(rival.share))), stroke);
        let marker = cycled(number).marker.unwrap_or(Marker::Disc);
        of_way().for_each(|rival| panel.dot(rival.identities, rival.share, marker, 10, stroke.colour));
    }
    Ok(sheet.picture)
}

fn finding(rivals: &[Rival]) -> String {
    let most = rivals.iter().max_by(|a, b| a.share.total_cmp(&b.share));
    let least = rivals.iter().min_by(|a, b| a.share.total_cmp(&b.share));
    match (least, most) {
        (Some(least), Some(most)) => format!(
            "The same budget gets {} of the tasks with {}, and {} with {}",
            percent(least.share),
            identities(least),
            percent(most.share),
            identities(most)
        ),
        _ => "Tasks by number of identities: no values".to_owned(),
    }
}

fn identities(rival: &Rival) -> String {
    let things = if rival.identities == 1.0 { "identity" } else { "identities" };
    format!("{}\u{A0}{things}", rival.identities)
}
