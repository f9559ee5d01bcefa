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

    /// The share of time up to the last change that the hosts are online, on average.
    pub fn share_online(&self) -> f64 {
        let last = self.hosts.iter().filter_map(|changes| changes.times.last()).max();
        let end = last.copied().unwrap_or(Time::ZERO).max(Time::from_nanos(1));
        let online: f64 = self.hosts.iter().map(|changes| changes.online_until(end).as_seconds()).sum();
        online / (self.hosts.len() as f64 * end.as_seconds())
    }

    /// How often a host comes or goes before `end`, on average.
    pub fn turns(&self, end: Time) -> f64 {
        let turns: usize = self.hosts.iter().map(|changes| changes.before(end)).sum();
        turns as f64 / self.hosts.len() as f64
    }

    /// Memory that it takes.
    pub fn bytes(&self) -> usize {
        let times: usize = self.hosts.iter().map(|changes| size_of_val(&changes.times[..])).sum();
        times + size_of_val(&self.hosts[..])
    }

    /// Whether a host is online at `now`, and how long it stays so. `None`: for ever.
    pub(super) fn at(&self, host: u32, now: Time) -> (bool, Option<Duration>) {
        let Some(changes) = self.hosts.get(host as usize) else { return (false, None) };
        let done = changes.times.partition_point(|time| *time <= now);
        (changes.online ^ (done % 2 == 1), changes.times.get(done).map(|next| next.since(now)))
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

    fn before(&self, end: Time) -> usize {
        self.times.partition_point(|time| *time < end)
    }

    fn online_until(&self, end: Time) -> Duration {
        let times = self.times.iter().copied().take(self.before(end));
        let bounds: Vec<Time> = [Time::ZERO].into_iter().chain(times).chain([end]).collect();
        let spans = bounds.windows(2).skip(usize::from(!self.online)).step_by(2);
        spans.map(|span| span[1].since(span[0])).fold(Duration::ZERO, |sum, span| sum + span)
    }
}

/// The row of a record, which the reader looks for from this position on: after empty lines.
fn row(text: &str, position: &Position) -> u64 {
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
        // 7.5 s and 5 s of 10 s each.
        assert!((trace.share_online() - 12.5 / 20.0).abs() < 1e-12);
        let at_once = Trace::parse("host,time_s,state\n0,0,online\n1,0,offline\n").expect("a trace");
        assert!((at_once.share_online() - 0.5).abs() < 1e-12);
        assert!((trace.turns(at(7)) - 1.5).abs() < 1e-12);
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
