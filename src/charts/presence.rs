//! The share of hosts online over time.

use super::axis::Axis;
use super::drawing::Drawing;
use super::error::ChartError;
use super::panel::{Frame, Panel};
use super::picture::Picture;
use super::scale::percent;
use super::sheet::Sheet;
use super::source::Source;
use super::stats::mean;
use super::style::{BLUE, SKY, SOLID, Stroke};
use super::timeline::Timeline;
use crate::metrics::{chart_kind, tables::timeseries};

pub(super) const DRAWING: Drawing =
    Drawing { unasked: somebody_is_away, ..Drawing::new(&chart_kind::PRESENCE, draw) };

fn draw(source: &Source, title: Option<&str>) -> Result<Picture, ChartError> {
    let table = source.series();
    let time = Timeline::read(table)?;
    let online = table.numbers(&timeseries::ONLINE)?;
    let (from, to) = source.run.counted;
    let counted: Vec<Option<f64>> = time.within(from, to).map(|interval| online[interval]).collect();
    let mut sheet = Sheet::new(720, title, &finding(&counted), &source.run);
    let row = sheet.rows(&[1.0])[0];
    let y = Axis::share("Hosts online (%)", 0.0);
    let frame = Frame { x: time.axis(), y, legend: &[], spans: &source.run.spans };
    let mut panel = Panel::open(&mut sheet.picture, row, &frame);
    if time.is_empty() {
        panel.note("no intervals");
    }
    panel.band(time.points(&online).into_iter().map(|(x, y)| (x, y.map(|y| (0.0, y)))), SKY.fade(0.35));
    panel.line(time.points(&online), Stroke::new(BLUE, SOLID));
    Ok(sheet.picture)
}

fn somebody_is_away(source: &Source) -> Result<bool, ChartError> {
    let online = source.series().numbers(&timeseries::ONLINE)?;
    Ok(online.is_empty() || online.iter().flatten().any(|online| *online < 1.0))
}

fn finding(online: &[Option<f64>]) -> String {
    let values: Vec<f64> = online.iter().flatten().copied().collect();
    let Some(mean) = mean(&values) else {
        return "Hosts online over time: no values".to_owned();
    };
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let most = values.iter().copied().fold(0.0, f64::max);
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
