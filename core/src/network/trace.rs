//! Who was online when, from a file.

use std::collections::BTreeMap;
use std::fmt;

use csv::{Position, ReaderBuilder, StringRecord, Trim};
use thiserror::Error;

use crate::units::{Duration, Time};

/// When each host of a group comes and goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    hosts: Vec<Changes>,
}

/// When a host comes and goes: every other change brings it back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Changes {
    /// Whether it is online before the first of them.
    online: bool,
    times: Vec<Time>,
}

/// A row that cannot be.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("row {row}, {column}: {why}")]
pub struct TraceError {
    /// Of the file, from 1.
    pub row: u64,
    /// The name of the column.
    pub column: &'static str,
    /// What is wrong there.
    pub why: String,
}

const HOST: &str = "host";
const TIME: &str = "time_s";
const STATE: &str = "state";
const COLUMNS: [&str; 3] = [HOST, TIME, STATE];

impl Trace {
    /// Reads rows `host,time_s,state` below that header: the number of a host in its group, from 0; seconds since the start of the
    /// run, ascending for each host; `online` or `offline`, in turns. Before its first row a host is in the other state, and after
    /// its last one it stays as it is.
    ///
    /// # Errors
    /// The first row that cannot be.
    pub fn parse(text: &str) -> Result<Trace, TraceError> {
        let mut hosts: BTreeMap<u32, Changes> = BTreeMap::new();
        let mut reader = ReaderBuilder::new().flexible(true).trim(Trim::All).from_reader(text.as_bytes());
        let header: Vec<String> =
            reader.headers().map(|names| names.iter().map(str::to_owned).collect()).unwrap_or_default();
        if header != COLUMNS {
            let why = format!("the header is {:?}, not {:?}", header.join(","), COLUMNS.join(","));
            return Err(TraceError { row: 1, column: HOST, why });
        }
        for record in reader.records().map_while(Result::ok) {
            let row = record.position().map_or(0, |position| row(text, position));
            let wrong = |(column, why): Wrong| TraceError { row, column, why };
            let (host, time, online) = change(&record).map_err(wrong)?;
            hosts.entry(host).or_default().add(time, online).map_err(wrong)?;
        }
        Trace::of(hosts).map_err(|why| TraceError { row: reader.position().line(), column: HOST, why })
    }

    /// The same of what a file has, which may begin with a byte order mark.
    ///
    /// # Errors
    /// As with [`Trace::parse`].
    pub fn of_file(text: &str) -> Result<Trace, TraceError> {
        Trace::parse(text.strip_prefix('\u{feff}').unwrap_or(text))
    }

    /// The trace of these hosts, if all up to the last are there.
    fn of(hosts: BTreeMap<u32, Changes>) -> Result<Trace, String> {
        if hosts.is_empty() {
            return Err("the file ends without the row of any host".to_owned());
        }
        match (0..).zip(hosts.keys()).find(|(number, host)| number != *host) {
            Some((missing, _)) => Err(format!("the file ends without a row of host {missing}")),
            None => Ok(Trace { hosts: hosts.into_values().collect() }),
        }
    }

    /// How many hosts there are.
    pub fn hosts(&self) -> usize {
        self.hosts.len()
    }

    /// For how many seconds hosts are online from one time to another, and how often they come or go in between, on average.
    pub(super) fn within(&self, from: Time, until: Time) -> (f64, f64) {
        let hosts = self.hosts.len() as f64;
        let online = self.hosts.iter().map(|changes| changes.online_within(from, until).as_seconds());
        let turns: usize = self.hosts.iter().map(|changes| changes.within(from, until).len()).sum();
        (online.sum::<f64>() / hosts, turns as f64 / hosts)
    }

    /// The largest share of hosts that are online at one of so many moments, evenly from one time to before another.
    pub(super) fn peak(&self, from: Time, until: Time, moments: u64) -> f64 {
        let step = (until.since(from).as_nanos() / moments).max(1);
        let mut more = vec![0_i64; moments as usize];
        for changes in &self.hosts {
            let mut online = changes.at(from);
            more[0] += i64::from(online);
            for time in changes.within(from, until) {
                online = !online;
                let moment = time.since(from).as_nanos().div_ceil(step);
                if let Some(more) = more.get_mut(moment as usize) {
                    *more += if online { 1 } else { -1 };
                }
            }
        }
        let (mut now, mut peak) = (0, 0);
        more.into_iter().for_each(|more| {
            now += more;
            peak = peak.max(now);
        });
        peak as f64 / self.hosts.len() as f64
    }

    /// Whether any host is online at any time from one to before another.
    pub fn has_anybody(&self, from: Time, until: Time) -> bool {
        // Who comes or goes is online before or after.
        from < until
            && self.hosts.iter().any(|changes| changes.at(from) || !changes.within(from, until).is_empty())
    }

    /// The time of the first row, if until then all hosts are online.
    pub fn all_until(&self) -> Option<Time> {
        let first = self.hosts.iter().filter_map(|changes| changes.times.first()).min()?;
        self.hosts.iter().all(|changes| changes.online).then_some(*first)
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.hosts.iter().map(|changes| changes.times.len()).sum()
    }

    /// Memory that it takes.
    pub fn bytes(&self) -> usize {
        let times: usize = self.hosts.iter().map(|changes| size_of_val(&changes.times[..])).sum();
        times + size_of_val(&self.hosts[..])
    }

    /// Whether a host is online at `now`, and how long it stays so. `None`: for ever.
    pub(super) fn at(&self, host: u32, now: Time) -> (bool, Option<Duration>) {
        let Some(changes) = self.hosts.get(host as usize) else { return (false, None) };
        let next = changes.times.get(changes.until(now));
        (changes.at(now), next.map(|next| next.since(now)))
    }
}

/// The text of a file that says the same, host by host.
impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", COLUMNS.join(","))?;
        for (host, changes) in self.hosts.iter().enumerate() {
            let mut online = changes.online;
            for time in &changes.times {
                online = !online;
                let (seconds, rest) = (time.as_nanos() / 1_000_000_000, time.as_nanos() % 1_000_000_000);
                let fraction = format!(".{rest:09}");
                let fraction = fraction.trim_end_matches('0').trim_end_matches('.');
                writeln!(f, "{host},{seconds}{fraction},{}", if online { "online" } else { "offline" })?;
            }
        }
        Ok(())
    }
}

/// The column that cannot be, and why.
type Wrong = (&'static str, String);

impl Changes {
    fn add(&mut self, time: Time, online: bool) -> Result<(), Wrong> {
        match self.times.last() {
            None => self.online = !online,
            Some(last) if *last >= time => {
                return Err((TIME, format!("not after the host's row before, at {} s", last.as_seconds())));
            }
            Some(_) if (self.times.len() % 2 == 1) ^ self.online == online => {
                return Err((STATE, "what the host is already".to_owned()));
            }
            Some(_) => {}
        }
        self.times.push(time);
        Ok(())
    }

    /// How many changes there are up to a time, those at that time included.
    fn until(&self, now: Time) -> usize {
        self.times.partition_point(|time| *time <= now)
    }

    /// Whether the host is online at a time.
    fn at(&self, now: Time) -> bool {
        self.online ^ (self.until(now) % 2 == 1)
    }

    /// Its changes after one time and before another.
    fn within(&self, from: Time, until: Time) -> &[Time] {
        let before = self.times.partition_point(|time| *time < until);
        &self.times[self.until(from).min(before)..before]
    }

    fn online_within(&self, from: Time, until: Time) -> Duration {
        let (mut online, mut since, mut sum) = (self.at(from), from, Duration::ZERO);
        for time in self.within(from, until).iter().copied().chain([until]) {
            if online {
                sum = sum + time.since(since);
            }
            (online, since) = (!online, time);
        }
        sum
    }
}

/// The row of a record, which the reader looks for from this position on: after empty lines.
pub(super) fn row(text: &str, position: &Position) -> u64 {
    let rest = text.bytes().skip(position.byte() as usize);
    let skipped = rest.take_while(|byte| matches!(byte, b'\n' | b'\r')).filter(|byte| *byte == b'\n');
    position.line() + skipped.count() as u64
}

/// What a row says.
fn change(record: &StringRecord) -> Result<(u32, Time, bool), Wrong> {
    let fields: Vec<&str> = record.iter().collect();
    let &[host, time, state] = &fields[..] else {
        let column = COLUMNS[fields.len().min(COLUMNS.len() - 1)];
        return Err((column, format!("the row has {} fields, not {}", fields.len(), COLUMNS.len())));
    };
    let host = host.parse().map_err(|_| (HOST, format!("{host:?} is not the number of a host, from 0")))?;
    let exact = nanos(time).filter(|nanos| *nanos <= LATEST).map(Time::from_nanos);
    let refused =
        || (TIME, format!("{time:?} is not a number of seconds, from 0 on with at most nine decimals"));
    let time = exact.ok_or_else(refused)?;
    match state {
        "online" => Ok((host, time, true)),
        "offline" => Ok((host, time, false)),
        _ => Err((STATE, format!("{state:?} is not \"online\" or \"offline\""))),
    }
}

/// A hundred years.
const LATEST: u64 = 36_525 * 86_400 * 1_000_000_000;

/// A number of seconds without sign or exponent, exact to the nanosecond.
fn nanos(text: &str) -> Option<u64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) || fraction.len() > 9 {
        return None;
    }
    let seconds: u64 = whole.parse().ok()?;
    let rest: u64 = format!("{fraction:0<9}").parse().ok()?;
    seconds.checked_mul(1_000_000_000)?.checked_add(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Time {
        Time::ZERO + Duration::from_secs(seconds)
    }

    fn trace(rows: &str) -> Result<Trace, TraceError> {
        Trace::parse(&format!("host,time_s,state\n{rows}"))
    }

    #[test]
    fn a_host_is_what_its_rows_say_and_the_other_before() {
        let trace =
            trace("1,4,offline\n0,2.5,online\n0,10,offline\n1,6,online\n1,7,offline\n").expect("a trace");
        let of = |host, now| {
            let (online, lasts) = trace.at(host, at(now));
            (online, lasts.map(Duration::as_seconds))
        };
        assert_eq!([of(0, 0), of(0, 3), of(0, 10)], [(false, Some(2.5)), (true, Some(7.0)), (false, None)]);
        assert_eq!(
            [of(1, 0), of(1, 4), of(1, 6)],
            [(true, Some(4.0)), (false, Some(2.0)), (true, Some(1.0))]
        );
        assert_eq!(trace.hosts(), 2);
    }

    #[test]
    fn what_is_after_a_span_of_time_does_not_count_in_it() {
        let trace =
            trace("0,2.5,online\n0,10,offline\n1,4,offline\n1,6,online\n1,7,offline\n").expect("a trace");
        // Within 10 s host 0 is online for 7.5 s and host 1 for 5 s; within 6 s for 3.5 s and 4 s; from 3 s to 5 s for 2 s and 1 s.
        let within = |from, until| trace.within(at(from), at(until));
        assert_eq!([within(0, 10), within(0, 6), within(3, 5)], [(6.25, 2.0), (3.75, 1.0), (1.5, 0.5)]);
        assert_eq!([within(10, 3600), within(4, 4)], [(0.0, 0.0), (0.0, 0.0)]);
        let peak = |from, until, moments| trace.peak(at(from), at(until), moments);
        assert_eq!([peak(0, 10, 10), peak(0, 10, 1), peak(4, 6, 1), peak(10, 30, 64)], [1.0, 0.5, 0.5, 0.0]);
        let anybody =
            [(0, 1), (8, 10), (9, 30), (10, 30), (5, 5)].map(|(a, b)| trace.has_anybody(at(a), at(b)));
        assert_eq!(anybody, [true, true, true, false, false]);
        assert_eq!((trace.all_until(), trace.rows()), (None, 5));
        let leaving =
            Trace::parse("host,time_s,state\n0,9,offline\n1,8,offline\n1,10,online\n").expect("a trace");
        assert_eq!(leaving.all_until(), Some(at(8)));
        // A row at the very beginning is how a host begins, and no coming.
        let at_once = Trace::parse("host,time_s,state\n0,0,online\n1,0,offline\n").expect("a trace");
        assert_eq!(at_once.within(at(0), at(4)), (2.0, 0.0));
    }

    #[test]
    fn a_trace_is_read_from_its_text_as_it_was() {
        let rows = "0,2.5,online\n0,1000000000.000000001,offline\n1,0,offline\n1,0.25,online\n";
        let trace = trace(rows).expect("a trace");
        assert_eq!(trace.to_string(), format!("host,time_s,state\n{rows}"));
        assert_eq!(Trace::parse(&trace.to_string()), Ok(trace));
    }

    #[test]
    fn rows_that_cannot_be_are_told_by_row_and_column() {
        for (rows, row, column, why) in [
            ("0,1", 2, "state", "2 fields, not 3"),
            ("0,1,online,2", 2, "state", "4 fields, not 3"),
            ("\n\na,1,online", 4, "host", "\"a\" is not the number of a host"),
            ("-1,1,online", 2, "host", "is not the number of a host"),
            ("0, -1,online", 2, "time_s", "\"-1\" is not a number of seconds"),
            ("0,NaN,online", 2, "time_s", "is not a number of seconds"),
            ("0,1e3,online", 2, "time_s", "is not a number of seconds"),
            ("0,.5,online", 2, "time_s", "is not a number of seconds"),
            ("0,1.0123456789,online", 2, "time_s", "at most nine decimals"),
            ("0,99999999999999999999,online", 2, "time_s", "is not a number of seconds"),
            ("0,1,up", 2, "state", "\"up\" is not \"online\" or \"offline\""),
            ("0,5,online\n0,5,offline", 3, "time_s", "not after the host's row before, at 5 s"),
            ("0,5,online\n0,3,offline", 3, "time_s", "not after"),
            ("0,5,online\n0,6,online", 3, "state", "what the host is already"),
            ("", 2, "host", "without the row of any host"),
            ("1,5,online\n", 3, "host", "without a row of host 0"),
            ("0,5,online\n4294967295,5,online\n", 4, "host", "without a row of host 1"),
        ] {
            let error = trace(rows).expect_err(rows);
            assert_eq!((error.row, error.column), (row, column), "{rows}: {error}");
            assert!(error.why.contains(why), "{rows}: {error}");
        }
        for text in ["", "host,time\n", "0,1,online\n"] {
            let error = Trace::parse(text).expect_err("a header").to_string();
            assert!(error.starts_with("row 1, host: the header is"), "{error}");
        }
    }
}
