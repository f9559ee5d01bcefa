//! What the manifest says about a run.

use std::path::Path;

use toml::Value;

use super::error::ChartError;
use super::order::natural;
use super::scale::{NBSP, given};
use crate::units::{Duration, Time};

/// What charts need to know of a run beside its tables. What a key that is absent or of another
/// shape would say is not known.
#[derive(Clone, Debug, Default)]
pub(super) struct RunInfo {
    pub title: String,
    pub seed: String,
    pub fingerprint: String,
    /// `[charts.NAME]`, in the order of the names.
    pub requests: Vec<Request>,
    /// How many runs are drawn.
    pub runs: usize,
    /// Spans of simulated time worth marking: faults, attacks, work and groups that come later than the start, and what
    /// is not counted at the start and at the end.
    pub spans: Vec<Span>,
    /// Seconds before which, and from which on, what starts is not counted.
    pub counted: (f64, f64),
    /// The same in words, when that is not all.
    pub counted_words: Option<String>,
    /// Sources that end a collection.
    pub enough: Option<i64>,
    /// What that counts, if not sources.
    pub collect: Option<String>,
    /// How long a collection lasts at most.
    pub window: Option<Duration>,
    pub tracking_min: Option<f64>,
    pub overall_min: Option<f64>,
    /// Reputation of a node about which nothing is known.
    pub newcomer: f64,
    /// What is expected of the mean reputation at a number of events.
    pub milestones: Vec<Milestone>,
}

/// `[charts.NAME]`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Request {
    pub name: String,
    pub kind: String,
    pub title: Option<String>,
}

/// A named span of simulated time.
#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    /// What it is called.
    pub label: String,
    /// When it begins.
    pub from: Time,
    /// [`Time::NEVER`] for what has no end, and for what comes again and again.
    pub to: Time,
    /// When it begins and ends each time, if it comes again at times that are known, and so few of them that each is seen.
    pub times: Vec<(Time, Time)>,
    /// Whether what happens in it is counted.
    pub counted: bool,
}

impl Span {
    /// What happens once, and counts.
    pub fn new(label: String, from: Time, to: Time) -> Span {
        Span { label, from, to, times: Vec::new(), counted: true }
    }

    /// What is not counted.
    fn uncounted(label: &str, from: Time, to: Time) -> Span {
        Span { counted: false, ..Span::new(label.to_owned(), from, to) }
    }
}

/// An expectation on mean reputation at a number of events.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Milestone {
    pub events: f64,
    pub min: f64,
    pub max: f64,
    /// Whether it is about what all askers were shown, not only those who found events.
    pub shown: bool,
    /// The targets' group.
    pub group: Option<String>,
}

pub(super) const MANIFEST: &str = "manifest.toml";

/// A cool-down is marked from this part of the run on.
const LEAST_COOLDOWN: f64 = 0.005;

/// What comes again more often has one bar for all times: lines closer than some ten pixels are a hatching.
const MOST_TIMES: usize = 24;

/// So many names make a label, if it has no more letters than this; else it has their number.
const MOST_NAMED: usize = 3;
const LONGEST: usize = 60;

/// The proposal's reputation of a node about which nothing is known.
const NEWCOMER: f64 = 0.5;

impl RunInfo {
    /// Reads `manifest.toml` of the folder.
    pub(super) fn read(folder: &Path) -> Result<RunInfo, ChartError> {
        let path = folder.join(MANIFEST);
        let text = std::fs::read_to_string(&path)
            .map_err(|source| ChartError::Read { path: path.clone(), source })?;
        let manifest: toml::Table = text
            .parse()
            .map_err(|error: toml::de::Error| ChartError::Manifest { path, message: error.to_string() })?;
        Ok(RunInfo::of(&Value::Table(manifest)))
    }

    fn of(manifest: &Value) -> RunInfo {
        let text = |path: &[&str]| at(manifest, path).map(plain).unwrap_or_default();
        let scenario = at(manifest, &["scenario"]).cloned().unwrap_or(Value::Table(toml::Table::new()));
        let name = text(&["scenario", "name"]);
        let title = text(&["scenario", "title"]);
        let limiter = |key| at(&scenario, &["protocol", "limiter", key]).and_then(number);
        let (spans, counted) = (spans(&scenario), counted(&scenario));
        RunInfo {
            title: if title.is_empty() { name } else { title },
            seed: text(&["seed"]),
            fingerprint: text(&["fingerprint"]),
            runs: 1,
            requests: tables(&scenario, "charts").map(|(name, table)| request(name, table)).collect(),
            counted_words: counted_words(counted, &spans),
            spans,
            counted: (counted.0.as_seconds(), seconds(counted.1)),
            collect: at(&scenario, &["protocol", "collect"]).and_then(Value::as_str).map(str::to_owned),
            enough: at(&scenario, &["protocol", "enough"]).and_then(Value::as_integer),
            window: at(&scenario, &["protocol", "window"]).and_then(duration),
            tracking_min: limiter("tracking_min"),
            overall_min: limiter("overall_min"),
            newcomer: at(&scenario, &["protocol", "newcomer"]).and_then(number).unwrap_or(NEWCOMER),
            milestones: milestones(&scenario),
        }
    }

    /// Where a picture comes from, and what is counted: the line below its title.
    pub(super) fn provenance(&self) -> String {
        let seed = |before: &str| {
            if self.seed.is_empty() { String::new() } else { format!("{before}seed{NBSP}{}", self.seed) }
        };
        let runs = match self.runs {
            0 | 1 => format!("one run{}", seed(", ")),
            several => format!("{several} runs{}", seed(", the first with ")),
        };
        let mut parts = vec![self.title.clone(), runs];
        if !self.fingerprint.is_empty() {
            parts.push(format!("fingerprint {}…", self.fingerprint.chars().take(12).collect::<String>()));
        }
        parts.extend(self.counted_words.clone());
        parts.retain(|part| !part.is_empty());
        parts.join(" · ")
    }

    /// The times in seconds at which something that is marked begins or ends.
    pub(super) fn marked(&self) -> Vec<f64> {
        let edges = |(from, to): (Time, Time)| [seconds(from), seconds(to)];
        let of = |span: &Span| {
            let once = [(span.from, span.to)];
            let each = if span.times.is_empty() { &once[..] } else { &span.times };
            each.iter().copied().flat_map(edges).collect::<Vec<f64>>()
        };
        self.spans.iter().flat_map(of).collect()
    }
}

/// Seconds until a time, infinite until the one that never comes.
pub(super) fn seconds(time: Time) -> f64 {
    if time == Time::NEVER { f64::INFINITY } else { time.as_seconds() }
}

fn at<'a>(value: &'a Value, path: &[&str]) -> Option<&'a Value> {
    path.iter().try_fold(value, |value, key| value.get(key))
}

fn tables<'a>(scenario: &'a Value, key: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    scenario.get(key).and_then(Value::as_table).into_iter().flatten()
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn number(value: &Value) -> Option<f64> {
    value.as_float().or_else(|| value.as_integer().map(|n| n as f64)).filter(|n| n.is_finite())
}

/// A span of time such as `"1.5 h"`.
fn duration(value: &Value) -> Option<Duration> {
    value.as_str()?.parse().ok()
}

/// The time so long after the start.
fn time(value: &Value) -> Option<Time> {
    duration(value).map(|since| Time::ZERO + since)
}

fn request(name: &str, table: &Value) -> Request {
    let text = |key| table.get(key).and_then(Value::as_str).map(str::to_owned);
    Request {
        name: name.to_owned(),
        kind: text("kind").unwrap_or_default(),
        title: text("title").filter(|title| !title.trim().is_empty()),
    }
}

/// The faults and attacks of a resolved scenario that do not last from its start to its end, as charts mark them.
pub fn disturbances(scenario: &Value) -> Vec<Span> {
    let faults = tables(scenario, "faults").filter_map(|(name, fault)| {
        let (from, lasts) = (fault.get("at").and_then(time)?, fault.get("for").and_then(duration)?);
        let label = name.replace('_', " ");
        Some(match fault.get("every") {
            None => Span::new(label, from, from + lasts),
            Some(every) => {
                let label = again(&label, every, lasts);
                Span { times: times(scenario, (from, lasts), every), ..Span::new(label, from, Time::NEVER) }
            }
        })
    });
    faults.chain(attacks(scenario)).collect()
}

/// What a fault is called that comes again and again.
fn again(label: &str, every: &Value, lasts: Duration) -> String {
    match every.get("exponential") {
        None => format!("{label}, every {} for {lasts}", plain(every)),
        Some(mean) => format!("{label}, every {} on average for {lasts}", plain(mean)),
    }
}

/// When a fault that comes again begins and ends, if the scenario says it and it does not come too often to be seen.
fn times(scenario: &Value, (first, lasts): (Time, Duration), every: &Value) -> Vec<(Time, Time)> {
    let known = duration(every).zip(scenario.get("duration").and_then(time));
    let Some((period, end)) = known.filter(|(period, _)| !period.is_zero()) else { return Vec::new() };
    let begins = std::iter::successors(Some(first), |begins| Some(*begins + period));
    let times = begins.take_while(|begins| *begins < end).map(|begins| (begins, begins + lasts));
    let times: Vec<_> = times.take(MOST_TIMES + 1).collect();
    if times.len() > MOST_TIMES { Vec::new() } else { times }
}

fn spans(scenario: &Value) -> Vec<Span> {
    let mut spans = disturbances(scenario);
    spans.extend(arrivals(scenario));
    spans.extend(work(scenario));
    let warmup = scenario.get("warmup").and_then(time).filter(|end| *end > Time::ZERO);
    spans.extend(warmup.map(|to| Span::uncounted("warm-up", Time::ZERO, to)));
    spans.extend(cooldown(scenario));
    spans.sort_by(|a, b| a.from.cmp(&b.from).then_with(|| a.label.cmp(&b.label)));
    spans
}

/// What groups do from some moment on, or until some moment; what lasts from the start to the end has neither.
fn attacks(scenario: &Value) -> impl Iterator<Item = Span> + '_ {
    tables(scenario, "groups").filter_map(|(name, group)| {
        let conduct = group.get("conduct")?;
        let (start, stop) = (conduct.get("start").and_then(time), conduct.get("stop").and_then(time));
        let from = start.unwrap_or(Time::ZERO);
        (from > Time::ZERO || stop.is_some()).then(|| {
            let kind = conduct.get("kind").map(plain).unwrap_or_default().replace('_', " ");
            let name = name.replace('_', " ");
            let label = if name.contains(&kind) { name } else { format!("{name}: {kind}") };
            Span::new(label, from, stop.unwrap_or(Time::NEVER))
        })
    })
}

/// When groups join that are not there from the start: a moment, or a span.
fn arrivals(scenario: &Value) -> Vec<Span> {
    let joins = tables(scenario, "groups").filter_map(|(name, group)| {
        let at = group.get("joins").and_then(time).unwrap_or(Time::ZERO);
        let over = group.get("joins_over").and_then(duration).unwrap_or_default();
        (at + over > Time::ZERO).then_some((at, at + over, name.as_str()))
    });
    merged(joins.collect(), |names| format!("join: {}", several(names, "groups")))
}

/// What work there is from some moment on, and until when.
fn work(scenario: &Value) -> Vec<Span> {
    let workloads = tables(scenario, "workloads").filter_map(|(name, workload)| {
        let at = |key| workload.get(key).and_then(time);
        let from = at("start").filter(|from| *from > Time::ZERO)?;
        Some((from, at("stop").unwrap_or(Time::NEVER), name.as_str()))
    });
    merged(workloads.collect(), |names| several(names, "workloads"))
}

/// A span for all that begin and end together.
fn merged(mut named: Vec<(Time, Time, &str)>, label: impl Fn(&[&str]) -> String) -> Vec<Span> {
    named.sort_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)).then(natural(a.2, b.2)));
    let together = named.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1));
    let span = |group: &[(Time, Time, &str)]| {
        let names: Vec<&str> = group.iter().map(|(.., name)| *name).collect();
        Span::new(label(&names), group[0].0, group[0].1)
    };
    together.map(span).collect()
}

/// Names in a row, or how many of these things there are.
fn several(names: &[&str], things: &str) -> String {
    let named = names.join(", ").replace('_', " ");
    let is_short = names.len() <= MOST_NAMED && named.chars().count() <= LONGEST;
    if is_short || names.len() == 1 { named } else { format!("{} {things}", names.len()) }
}

/// The time at the end that is not counted, unless it is too short to be seen.
fn cooldown(scenario: &Value) -> Option<Span> {
    let span = |key| scenario.get(key).and_then(duration);
    let (whole, length) = (span("duration")?, span("cooldown")?);
    let (from, to) = (Time::ZERO + (whole - length), Time::ZERO + whole);
    let is_seen = !length.is_zero() && length.as_seconds() >= LEAST_COOLDOWN * whole.as_seconds();
    is_seen.then(|| Span::uncounted("cool-down", from, to))
}

/// From when on, and until when, what starts is counted.
fn counted(scenario: &Value) -> (Time, Time) {
    let span = |key| scenario.get(key).and_then(duration);
    let end = span("duration").map(|whole| Time::ZERO + (whole - span("cooldown").unwrap_or_default()));
    (Time::ZERO + span("warmup").unwrap_or_default(), end.unwrap_or(Time::NEVER))
}

fn counted_words((from, to): (Time, Time), spans: &[Span]) -> Option<String> {
    let is_part = spans.iter().any(|span| !span.counted) && from < to && to < Time::NEVER;
    is_part.then(|| format!("counted: {} to {}", given(from), given(to)))
}

fn milestones(scenario: &Value) -> Vec<Milestone> {
    let milestone = |expect: &Value| {
        let shown = match expect.get("metric")?.as_str()? {
            "reputation.mean" => false,
            "reputation.shown_mean" => true,
            _ => return None,
        };
        let bound = |key, missing| expect.get(key).and_then(number).unwrap_or(missing);
        let events = expect.get("at_events").and_then(number)?;
        let group = expect.get("group").and_then(Value::as_str).map(str::to_owned);
        Some(Milestone { events, min: bound("min", 0.0), max: bound("max", 1.0), shown, group })
    };
    let mut found: Vec<Milestone> =
        tables(scenario, "expect").filter_map(|(_, expect)| milestone(expect)).collect();
    found.sort_by(|a, b| a.events.total_cmp(&b.events));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_of_time_are_read_in_every_unit() {
        for (text, expected) in
            [("5 s", 5.0), ("2 min", 120.0), ("1.5 h", 5400.0), ("40 ms", 0.04), ("90d", 7_776_000.0)]
        {
            assert_eq!(duration(&Value::from(text)).map(Duration::as_seconds), Some(expected), "{text}");
        }
        for text in ["", "s", "5", "-1 s", "NaN s", "1e300 s"] {
            assert_eq!(duration(&Value::from(text)), None, "{text}");
        }
    }

    #[test]
    fn the_cool_down_is_marked_as_the_warm_up_is_unless_it_is_a_moment() {
        let spans = |text: &str| {
            let scenario: toml::Table = text.parse().expect("TOML");
            let found = spans(&Value::Table(scenario)).into_iter();
            found.map(|span| (span.label, seconds(span.from), seconds(span.to))).collect::<Vec<_>>()
        };
        assert_eq!(
            spans("duration = '10 min'\nwarmup = '1 min'\ncooldown = '30 s'"),
            [("warm-up".to_owned(), 0.0, 60.0), ("cool-down".to_owned(), 570.0, 600.0)]
        );
        assert_eq!(spans("duration = '365 d'\ncooldown = '30 s'"), []);
        assert_eq!(spans("duration = '10 s'\ncooldown = '0 s'"), []);
    }

    #[test]
    fn an_attack_is_marked_from_its_onset_to_its_end() {
        let text = "[groups.good]\ncount = 3\n[groups.always]\nconduct = { kind = 'forger', start = '0 s' }\n\
            [groups.late_ones]\nconduct = { kind = 'query_flooder', start = '20 min' }\n\
            [groups.some]\nconduct = { kind = 'colluder', start = '5 min', stop = '8 min' }\n\
            [groups.slanderers]\nconduct = { kind = 'slanderer', start = '30 min' }";
        let scenario: toml::Table = text.parse().expect("TOML");
        let found = spans(&Value::Table(scenario)).into_iter();
        assert_eq!(
            found.map(|span| (span.label, seconds(span.from), seconds(span.to))).collect::<Vec<_>>(),
            [
                ("some: colluder".to_owned(), 300.0, 480.0),
                ("late ones: query flooder".to_owned(), 1200.0, f64::INFINITY),
                ("slanderers".to_owned(), 1800.0, f64::INFINITY)
            ]
        );
    }

    #[test]
    fn a_fault_that_comes_again_is_marked_each_time_if_that_is_known_and_seen() {
        let faults = "duration = '50 s'\n[faults.dip]\nat = '10 s'\nfor = '5 s'\nevery = ";
        let span = |every: &str| {
            let scenario: toml::Table = format!("{faults}{every}").parse().expect("TOML");
            spans(&Value::Table(scenario)).remove(0)
        };
        let at = |seconds| Time::ZERO + Duration::from_secs(seconds);
        let periodic = span("'20 s'");
        assert_eq!(periodic.times, [(at(10), at(15)), (at(30), at(35))]);
        assert_eq!((periodic.label.as_str(), periodic.to), ("dip, every 20 s for 5 s", Time::NEVER));
        let info = RunInfo { spans: vec![periodic], ..RunInfo::default() };
        assert_eq!(info.marked(), [10.0, 15.0, 30.0, 35.0]);
        assert_eq!(span("'1 s'").times, []);
        let random = span("{ exponential = '20 s' }");
        assert_eq!((random.label.as_str(), random.times), ("dip, every 20 s on average for 5 s", Vec::new()));
    }

    #[test]
    fn groups_and_work_that_come_later_are_marked_those_of_one_moment_together() {
        let text = "[groups.first]\njoins = '0 s'\n[groups.late_one]\njoins = '10 min'\n[groups.late_two]\n\
            joins = '10 min'\n[groups.last]\njoins = '1 h'\n[workloads.all_along]\nstart = '0 s'\nstop = '2 h'\n\
            [workloads.rush]\nstart = '7 min'\nstop = '8 min'\n[workloads.w1]\nstart = '5 min'\n\
            [workloads.w2]\nstart = '5 min'\n[workloads.w3]\nstart = '5 min'\n[workloads.w10]\nstart = '5 min'";
        let scenario: toml::Table = text.parse().expect("TOML");
        let found = spans(&Value::Table(scenario)).into_iter();
        assert_eq!(
            found.map(|span| (span.label, seconds(span.from), seconds(span.to))).collect::<Vec<_>>(),
            [
                ("4 workloads".to_owned(), 300.0, f64::INFINITY),
                ("rush".to_owned(), 420.0, 480.0),
                ("join: late one, late two".to_owned(), 600.0, 600.0),
                ("join: last".to_owned(), 3600.0, 3600.0),
            ]
        );
    }

    #[test]
    fn the_line_below_the_title_says_how_many_runs_and_what_counts() {
        let text = "seed = 7\nfingerprint = '3fa9c2d1e07b55aa'\n[scenario]\nname = 'a'\n\
            duration = '10 min'\nwarmup = '1 min'";
        let manifest: toml::Table = text.parse().expect("TOML");
        let one = RunInfo::of(&Value::Table(manifest));
        let spaced = |text: String| text.replace('\u{A0}', " ");
        assert_eq!(
            spaced(one.provenance()),
            "a · one run, seed 7 · fingerprint 3fa9c2d1e07b… · counted: 1 min to 10 min"
        );
        let several = RunInfo { runs: 5, ..one };
        assert!(spaced(several.provenance()).starts_with("a · 5 runs, the first with seed 7 · "));
    }

    #[test]
    fn what_counts_is_told_in_the_times_that_the_scenario_has() {
        for (scenario, told) in [
            ("duration = '20000 s'\nwarmup = '100 s'\ncooldown = '30 s'", "counted: 100 s to 19970 s"),
            ("duration = '101 h'\nwarmup = '1 h'\ncooldown = '0 s'", "counted: 1 h to 101 h"),
            ("duration = '2030 s'\nwarmup = '2000 s'", "counted: 2000 s to 2030 s"),
            ("duration = '365 d'\nwarmup = '1.5 ms'\ncooldown = '1.1 s'", "counted: 1.5 ms to 31535998.9 s"),
        ] {
            let manifest: toml::Table = format!("[scenario]\n{scenario}").parse().expect("TOML");
            let provenance = RunInfo::of(&Value::Table(manifest)).provenance();
            assert!(provenance.replace('\u{A0}', " ").ends_with(told), "{provenance}");
        }
    }

    #[test]
    fn expectations_on_reputation_at_a_number_of_events_are_milestones() {
        let text = "[expect.b]\nmetric = 'reputation.shown_mean'\nat_events = 30\nmin = 0.6\n\
            [expect.a]\nmetric = 'reputation.mean'\nmax = 0.9\ngroup = 'cohort'\nat_events = 100\n\
            [expect.c]\nmetric = 'queries.yes'\nat_events = 5\n[expect.d]\nmetric = 'reputation.mean'";
        let scenario: toml::Table = text.parse().expect("TOML");
        let found = milestones(&Value::Table(scenario));
        let group = Some("cohort".to_owned());
        assert_eq!(
            found,
            [
                Milestone { events: 30.0, min: 0.6, max: 1.0, shown: true, group: None },
                Milestone { events: 100.0, min: 0.0, max: 0.9, shown: false, group },
            ]
        );
    }

    #[test]
    fn a_manifest_of_another_shape_leaves_the_rest_unknown() {
        let manifest: toml::Table = "seed = 3\nscenario = 5".parse().expect("TOML");
        let run = RunInfo::of(&Value::Table(manifest));
        assert_eq!((run.seed.as_str(), run.window, run.newcomer), ("3", None, 0.5));
    }
}
