//! A sweep as TOML text, which reads back to an equal sweep.

use super::axis::Values;
use super::{Setting, Sweep};
use crate::scenario::forms::{Form, SeedNumber};
use crate::scenario::names::Names;
use crate::scenario::print::{Item, document};

impl Sweep {
    /// The sweep as a file, with all that the command line has added.
    pub fn to_toml(&self) -> String {
        let text = |text: &str| Item::Text(text.to_owned());
        let mut keys = vec![("name".to_owned(), text(&self.name))];
        keys.extend(self.title.as_deref().map(|title| ("title".to_owned(), text(title))));
        keys.extend(self.purpose.as_deref().map(|purpose| ("purpose".to_owned(), text(purpose))));
        keys.push(("scenario".to_owned(), text(&self.scenario)));
        keys.extend(SeedNumber.print(&self.seed, &Names::of([])).map(|seed| ("seed".to_owned(), seed)));
        let fixed = || Item::Word(self.replications.to_string());
        let replications = self.until.as_ref().map_or_else(fixed, |until| until.item(self.replications));
        keys.push(("replications".to_owned(), replications));
        keys.push(("method".to_owned(), text(self.method.word())));
        if self.method.draws() {
            keys.push(("samples".to_owned(), Item::Word(self.samples.to_string())));
        }
        let constraint = self.constraint.as_ref().map(|constraint| text(&constraint.to_string()));
        keys.extend(constraint.map(|constraint| ("constraint".to_owned(), constraint)));
        let axes = self.axes.iter().map(|axis| (axis.path.clone(), axis.values.item()));
        keys.push(("axes".to_owned(), Item::Section(axes.collect())));
        let digits = self.points.len().to_string().len();
        let points = self.points.iter().enumerate();
        let points = points.map(|(number, point)| (format!("p{number:0digits$}"), settings(point)));
        keys.push(("points".to_owned(), Item::Section(points.collect())));
        keys.push(("set".to_owned(), settings(&self.set)));
        let charts = self.charts.iter().map(|chart| (chart.name.clone(), chart.item()));
        keys.push(("charts".to_owned(), Item::Section(charts.collect())));
        keys.retain(|(_, item)| *item != Item::Section(Vec::new()));
        document(&Item::Section(keys))
    }
}

fn settings(settings: &[Setting]) -> Item {
    let item = |setting: &Setting| (setting.path.clone(), Item::Word(setting.value.clone()));
    Item::Section(settings.iter().map(item).collect())
}

impl Values {
    fn item(&self) -> Item {
        match self {
            Values::Listed(values) => Item::List(values.iter().cloned().map(Item::Word).collect()),
            Values::Span(span) => {
                let (key, bounds) = span.bounds();
                let bounds = bounds.into_iter().map(Item::Word).collect();
                Item::Inline(vec![(key.to_owned(), Item::List(bounds))])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Given, parse_sweep};

    #[test]
    fn a_sweep_reads_back_as_it_was_written() {
        let file = |head: &str| format!("name = 's'\ntitle = 'what \"it\" is'\nscenario = 'a.toml'\n{head}");
        for text in [
            "seed = 7\n[axes]\n'a.b' = [1, 'x']\nc = { range = ['1 ms', '3 ms'], step = '1 ms' }\n[set]\n'x.y' = { fixed = '1 ms' }\n[charts.mine]\nkind = 'lines'\nmetric = 'messages.lost'\nx = 'c'",
            "method = 'lhs'\nsamples = 4\n[axes]\n'a.b' = { range = [1, 5] }\nc = { log_range = ['1 ms', '3 ms'] }",
            "replications = { until = 0.05, of = 'messages.lost' }\n[axes]\na = [1]",
            "constraint = 'a < 3 && (b == \"x\" || c >= 10 ms)'\n[axes]\na = [1]",
            "method = 'table'\n[points.second]\nb = 1\na = 2\n[points.first]\na = 3\nb = 4",
        ] {
            let read = |text: &str| {
                parse_sweep("s.toml", text, &Given::default())
                    .unwrap_or_else(|report| panic!("{text}\n{report}"))
            };
            let sweep = read(&file(text));
            assert_eq!(read(&sweep.to_toml()), sweep, "{}", sweep.to_toml());
        }
    }
}
