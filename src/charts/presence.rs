//! The share of hosts online over time.

use super::axis::Axis;
use super::course::{Among, Points, band_key, over_runs};
use super::drawing::Drawing;
use super::error::ChartError;
use super::legend::Entry;
use super::marks::Marks;
use super::panel::Frame;
use super::picture::Picture;
use super::scale::percent;
use super::sheet::Sheet;
use super::source::Source;
use super::stats::{mean_of_runs, weighted_mean};
use super::style::{BLUE, SOLID, Stroke};
use super::timeline::points_for;
use crate::metrics::{families, tables::timeseries};

pub(super) const DRAWING: Drawing =
    Drawing { unasked: somebody_is_away, ..Drawing::new(&families::network::PRESENCE_CHART, draw) };

const ONLINE: Stroke = Stroke::new(BLUE, SOLID);

fn draw(source: &Source, title: Option<&str>) -> Result<Picture, ChartError> {
    let time = source.timeline()?;
    let online = source.each(|run| run.series().numbers(&timeseries::ONLINE))?;
    let lengths = time.lengths();
    let counted: Vec<&[Option<f64>]> = online.iter().map(|run| &run[time.counted()]).collect();
    let mut sheet = Sheet::new(title, &finding(&counted, &lengths[time.counted()]), &source.run);
    let most = points_for(online.iter());
    let mut legend = vec![Entry::line(format!("mean over {}", time.step(most)), ONLINE)];
    legend.extend(band_key(online.len()));
    let y = Axis::share("Hosts online (%)", 0.0);
    let frame = Frame { x: time.axis(), y, legend: &legend, marks: Marks::Named(&source.run.spans) };
    let mut panel = sheet.panel(400, &frame);
    if time.is_empty() {
        panel.note("no intervals");
    }
    let course =
        over_runs(&online.iter().map(|run| time.points(run, &lengths, most)).collect::<Vec<Points>>());
    if online.len() == 1 {
        let ground = |among: Among| (0.0, among.mid);
        panel.band(course.iter().map(|(x, among)| (*x, among.map(ground))), BLUE.fade(0.12));
    }
    panel.course(&course, ONLINE);
    Ok(sheet.finish())
}

fn somebody_is_away(source: &Source) -> Result<bool, ChartError> {
    let online = source.each(|run| run.series().numbers(&timeseries::ONLINE))?;
    Ok(online.iter().any(|run| run.is_empty() || run.iter().flatten().any(|online| *online < 1.0)))
}

/// As the metric `presence.online_ratio` has it: the mean over the time that counts, of each run.
fn finding(online: &[&[Option<f64>]], lengths: &[f64]) -> String {
    let Some(mean) = mean_of_runs(online.iter().map(|run| weighted_mean(run, lengths))) else {
        return "Hosts online over time: no values".to_owned();
    };
    let values = || online.iter().flat_map(|run| run.iter()).flatten().copied();
    let (least, most) = (values().fold(f64::INFINITY, f64::min), values().fold(0.0, f64::max));
    if percent(least) == percent(most) {
        return format!("Hosts online over time: {} throughout", percent(mean));
    }
    format!(
        "Hosts online over time: {} on average, from {} to {}",
        percent(mean),
        percent(least),
        percent(most)
    )
}
