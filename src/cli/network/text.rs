//! What a network is, as tables for a terminal.

use comfy_table::{Cell, Table};

use super::portrait::{Loss, Portrait, Stay};
use super::spread::{QUANTILES, Spread};
use crate::cli::console::Console;
use crate::cli::format::percent;
use crate::cli::format::{count, number};
use crate::cli::report::table;
use crate::cli::shown::plain;

/// Headings with a table each.
pub(super) fn of(portrait: &Portrait, console: &Console) -> String {
    let hosts = count(portrait.hosts.into(), "host");
    let groups = count(portrait.links.len() as u64, "group");
    let head = format!("{}: {hosts} in {groups}, seed {}", plain(&portrait.title), portrait.seed);
    let parts = [
        Some(paths(portrait, console)),
        (!portrait.nats.is_empty()).then(|| nats(portrait, console)),
        (!portrait.reach.is_empty()).then(|| reach(portrait, console)),
        Some(round_trips(portrait, console)),
        Some(rates(portrait, console)),
        Some(queues(portrait, console)),
        Some(transports(portrait, console)),
        Some(presence(portrait, console)),
        stays(portrait, console),
        (!portrait.faults.is_empty()).then(|| faults(portrait, console)),
    ];
    [head].into_iter().chain(parts.into_iter().flatten()).collect::<Vec<_>>().join("\n\n")
}

fn under(heading: &str, table: &Table) -> String {
    format!("{heading}\n{}", table.trim_fmt())
}

fn paths(portrait: &Portrait, console: &Console) -> String {
    let mut table = table::plain(console);
    table.add_rows([
        ["latency".to_owned(), portrait.latency.clone()],
        ["jitter".to_owned(), portrait.jitter.clone()],
        ["loss".to_owned(), loss(&portrait.loss)],
    ]);
    table::keep_whole(&mut table, 1);
    under("Paths", &table)
}

fn loss(loss: &Loss) -> String {
    match (loss.bad_spell_s, loss.bad_loss_ratio, loss.good_loss_ratio) {
        _ if loss.mean_ratio == 0.0 => "none".to_owned(),
        (Some(spell), Some(bad), Some(good)) => {
            let rest = loss.good_spell_s.map_or("ever".to_owned(), time);
            format!(
                "{} of packets: {} in bad spells of {} on average, {} in good ones of {rest}",
                percent(loss.mean_ratio),
                percent(bad),
                time(spell),
                percent(good)
            )
        }
        _ => format!("{} of packets, each independently", percent(loss.mean_ratio)),
    }
}

fn nats(portrait: &Portrait, console: &Console) -> String {
    let columns = ["group", "public", "full cone", "port restricted", "symmetric", "relays"];
    let mut table = table::headed(console, &columns);
    table.add_rows(portrait.nats.iter().map(|row| {
        let shares = [row.public_ratio, row.full_cone_ratio, row.port_restricted_ratio, row.symmetric_ratio];
        let relays = if row.relays { "yes" } else { "no" };
        [plain(&row.group)].into_iter().chain(shares.map(percent)).chain([relays.to_owned()])
    }));
    table::align_right(&mut table, &[1, 2, 3, 4]);
    under("What hosts are behind", &table)
}

fn reach(portrait: &Portrait, console: &Console) -> String {
    let columns = ["from – to", "pairs", "straight", "called", "answers", "relayed", "never"];
    let mut table = table::headed(console, &columns);
    table.add_rows(portrait.reach.iter().map(|row| {
        let shares =
            [row.open_ratio, row.called_ratio, row.answered_ratio, row.relayed_ratio, row.shut_ratio];
        [plain(&row.between), number(row.pairs as f64)].into_iter().chain(shares.map(percent))
    }));
    table::align_right(&mut table, &[1, 2, 3, 4, 5, 6]);
    table::keep_whole(&mut table, columns.len());
    under(
        "How a first message comes, in shares of pairs: straight, after a call by a relay, only as an answer, by a relay, never",
        &table,
    )
}

/// A table with a column for each quantile, and one for the mean.
fn spreads<'a>(
    console: &Console,
    first: &[&str],
    rows: impl IntoIterator<Item = (Vec<String>, &'a Spread)>,
    told: fn(f64) -> String,
) -> Table {
    let names = QUANTILES.map(|(name, _)| name);
    let columns = first.len() + names.len() + 1;
    let mut table = table::headed(console, &[first, &names, &["mean"]].concat());
    for (words, spread) in rows {
        let figures = spread.quantiles().into_iter().chain([spread.mean]).map(told);
        table.add_row(words.into_iter().chain(figures).map(Cell::from));
    }
    table::align_right(&mut table, &(first.len()..columns).collect::<Vec<_>>());
    table::keep_whole(&mut table, columns);
    table
}

fn round_trips(portrait: &Portrait, console: &Console) -> String {
    let rows = portrait
        .round_trips
        .iter()
        .map(|row| (vec![plain(&row.between), number(row.round_trip_s.n as f64)], &row.round_trip_s));
    let table = spreads(console, &["between", "pairs"], rows, time);
    let relays = if portrait.reach.is_empty() { "" } else { ", by a relay where hosts cannot meet" };
    under(&format!("Round trips, over idle links and without jitter{relays}"), &table)
}

fn rates(portrait: &Portrait, console: &Console) -> String {
    let rows = portrait.links.iter().flat_map(|link| {
        let words = |way: &str| vec![plain(&link.group), way.to_owned()];
        [(words("up"), &link.up_bps), (words("down"), &link.down_bps)]
    });
    under("Rates of access links, in Mbit/s", &spreads(console, &["group", "link"], rows, megabits))
}

fn queues(portrait: &Portrait, console: &Console) -> String {
    let rows = portrait.links.iter().flat_map(|link| {
        let words = |way: &str| vec![plain(&link.group), way.to_owned()];
        [(words("up"), &link.up_queue), (words("down"), &link.down_queue)]
    });
    under("Queues of access links", &spreads(console, &["group", "link"], rows, size))
}

fn transports(portrait: &Portrait, console: &Console) -> String {
    let columns = ["transport", "new", "idle", "headers", "what is lost", "groups"];
    let mut table = table::headed(console, &columns);
    table.add_rows(portrait.transports.iter().map(|row| {
        [
            row.transport.to_owned(),
            row.round_trips_new.to_string(),
            row.round_trips_idle.to_string(),
            format!("{} B", row.headers),
            row.when_lost.to_owned(),
            plain(&row.groups.join(", ")),
        ]
    }));
    table::align_right(&mut table, &[1, 2, 3]);
    let head = "Transports: round trips before the first byte, and headers of a message of 1 kB";
    under(head, &table)
}

/// When a group joins: at a time, or from one to another.
fn joins(row: &Stay) -> String {
    if row.joins_s == row.joined_s {
        return time(row.joins_s);
    }
    format!("{} to {}", time(row.joins_s), time(row.joined_s))
}

fn presence(portrait: &Portrait, console: &Console) -> String {
    let mut table = table::headed(console, &["group", "joins", "online", "most at once", "turns"]);
    let share = |share: f64| format!("{:.1} %", share * 100.0);
    let row = |row: &Stay| {
        [plain(&row.group), joins(row), share(row.online_ratio), share(row.peak_ratio), number(row.turns)]
    };
    table.add_rows(portrait.presence.iter().map(row));
    table::align_right(&mut table, &[1, 2, 3, 4]);
    let head = "Presence to be expected of the run, once a group has joined";
    under(head, &table)
}

fn stays(portrait: &Portrait, console: &Console) -> Option<String> {
    let rows = portrait.presence.iter().flat_map(|row| {
        let of = |what: &str, spread| (vec![plain(&row.group), what.to_owned()], spread);
        let sessions = row.session_s.iter().map(move |spread| of("sessions", spread));
        sessions.chain(row.absence_s.iter().map(move |spread| of("absences", spread)))
    });
    let table = spreads(console, &["group", ""], rows, time);
    (!table.is_empty()).then(|| under("Lengths of sessions and absences", &table))
}

fn faults(portrait: &Portrait, console: &Console) -> String {
    let mut table = table::headed(console, &["from", "to", "fault", "kind", "what happens"]);
    table.add_rows(portrait.faults.iter().map(|fault| {
        let words = [&fault.name, fault.kind, &fault.does].map(plain);
        [time(fault.from_s), time(fault.to_s)].into_iter().chain(words)
    }));
    table::align_right(&mut table, &[0, 1]);
    under("Faults", &table)
}

/// Three digits and a unit.
fn told(value: f64, units: &[(&str, f64)]) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let (unit, scale) = units.iter().find(|(_, scale)| value >= *scale).unwrap_or(&units[units.len() - 1]);
    let figure = value / scale;
    let decimals = if figure >= 99.95 { 0 } else { usize::from(figure < 9.995) + 1 };
    let text = format!("{figure:.decimals$}");
    let text = if decimals > 0 { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("{text} {unit}").trim_end().to_owned()
}

pub(super) fn time(seconds: f64) -> String {
    told(seconds, &[("d", 86_400.0), ("h", 3600.0), ("min", 60.0), ("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)])
}

pub(super) fn rate(bits: f64) -> String {
    told(bits, &[("Gbit/s", 1e9), ("Mbit/s", 1e6), ("kbit/s", 1e3), ("bit/s", 1.0)])
}

fn megabits(bits: f64) -> String {
    if bits.is_infinite() { "unlimited".to_owned() } else { told(bits / 1e6, &[("", 1.0)]) }
}

fn size(bytes: f64) -> String {
    told(bytes, &[("GB", 1e9), ("MB", 1e6), ("kB", 1e3), ("B", 1.0)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_three_digits_and_the_unit_that_suits_them() {
        for (seconds, words) in [
            (0.0, "0"),
            (0.0002, "200 µs"),
            (0.14637, "146 ms"),
            (1.0, "1 s"),
            (5400.0, "1.5 h"),
            (1e6, "11.6 d"),
        ] {
            assert_eq!(time(seconds), words);
        }
        assert_eq!(
            [megabits(94.37e6), megabits(f64::INFINITY), size(64_000.0)],
            ["94.4", "unlimited", "64 kB"]
        );
        assert_eq!([megabits(9.996e6), megabits(8.236e6), megabits(1e4)], ["10", "8.24", "0.01"]);
    }
}
