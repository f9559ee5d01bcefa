//! What holds for every scenario file, good or bad.

use ir3sim::results::{Counts, Identity, Manifest};
use ir3sim::scenario::{self, Report, Scenario};
use ir3sim::units::Duration;
use proptest::prelude::*;
use rayon::prelude::*;

const BASICS: &str = include_str!("data/basics.toml");
const LINK: &str = include_str!("data/link.toml");
/// Every kind of workload and of key that the other two lack.
const EVERYTHING: &str = include_str!("data/everything.toml");

/// Words that a careless edit may leave anywhere in a file.
const WORDS: [&str; 20] = [
    "nan",
    "-1",
    "1e400",
    "\"5 s\"",
    "{",
    "}",
    "[[",
    "]",
    "=",
    "\"",
    "'''",
    "\n",
    "\r\n",
    "\t",
    "ä",
    "groups",
    ".",
    "{ fixed = 3 }",
    "0x",
    "[groups.self]",
];

#[test]
fn every_key_of_the_resolved_text_can_be_set_by_an_override_to_what_it_is() {
    for text in [BASICS, LINK] {
        let scenario = scenario::parse("x", text, &[]).expect("a scenario");
        let resolved: toml::Table = scenario.to_toml().parse().expect("TOML");
        let mut overrides = Vec::new();
        flatten("", &toml::Value::Table(resolved), &mut overrides);
        assert!(overrides.len() > 30);
        // One share alone takes the place of the whole mix.
        for text_of_one in overrides.iter().filter(|path| !path.contains(".kinds.")) {
            let one = scenario::parse("x", text, std::slice::from_ref(text_of_one));
            assert_eq!(one.unwrap_or_else(|report| panic!("{report}")), scenario, "{text_of_one}");
        }
        assert_eq!(scenario::parse("x", text, &overrides).expect("all at once"), scenario);
    }
}

/// Values at the ends of what numbers can be, and beyond: of counts, shares, figures and quantities.
fn extremes() -> Vec<String> {
    let integers = [
        "0",
        "1",
        "255",
        "256",
        "65535",
        "65536",
        "67108863",
        "4294967295",
        "4294967296",
        "9007199254740993",
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551615",
        "18446744073709551616",
        "-1",
        "-9223372036854775809",
    ];
    let floats = ["0.0", "-0.0", "5e-324", "1e-12", "0.1", "1.7976931348623157e308", "-1e308", "inf", "nan"];
    let numbers = ["0", "0.5", "999999999.999999", "9007199254740993"];
    // Of each kind the least and the largest, and the second, in which a manifest has times.
    let units = ["ns", "s", "d", "bit/s", "Gbit/s", "/d", "/s", "B", "MiB"];
    let quantities =
        numbers.iter().flat_map(|number| units.iter().map(move |unit| format!("\"{number} {unit}\"")));
    let limits = ["36525 d", "1e9 /s", "1000000 Gbit/s", "1048576 MiB", "unlimited", "never"]
        .map(|text| format!("\"{text}\""));
    let seeds = ["\"9223372036854775808\"", "\"18446744073709551615\"", "\"18446744073709551616\"", "\"07\""];
    let plain = integers.iter().chain(&floats).chain(&seeds).map(|text| (*text).to_owned());
    plain.chain(quantities).chain(limits).collect()
}

/// Whether a key that has one of these values may take the other: a number for a number, a quantity for a quantity, anything for
/// what is neither.
fn may_stand_for(value: &str, now: &str) -> bool {
    let is_number = |text: &str| !text.starts_with('"');
    let is_quantity =
        |text: &str| text.starts_with('"') && text[1..].starts_with(|c: char| c.is_ascii_digit());
    if is_quantity(now) { !is_number(value) } else { !is_number(now) || is_number(value) }
}

/// What a run of this scenario writes, read again.
fn through_a_manifest(scenario: &Scenario) -> (Manifest, Scenario) {
    let manifest = Manifest::new(&Identity::of(scenario, Some(7)), "f".to_owned(), Counts::default());
    let text = toml::to_string(&manifest).expect("a manifest can be written");
    let read: Manifest = toml::from_str(&text).expect("and read again");
    assert_eq!(read, manifest);
    let resolved = toml::to_string(&read.scenario).expect("the scenario in it, too");
    let again =
        scenario::parse("manifest", &resolved, &[]).unwrap_or_else(|report| panic!("{resolved}\n{report}"));
    (read, again)
}

#[test]
fn what_check_accepts_at_the_ends_of_a_number_a_manifest_can_hold_and_gives_back() {
    let extremes = extremes();
    let accepted = |text: &str, path: &str, now: &str| {
        let taken = extremes.iter().filter(|value| may_stand_for(value, now)).filter(|value| {
            let change = format!("{path}={value}");
            let Ok(extreme) = scenario::parse("x", text, std::slice::from_ref(&change)) else { return false };
            let (manifest, again) = through_a_manifest(&extreme);
            assert_eq!(again, extreme, "{change}");
            assert_eq!(manifest.seed, extreme.seed, "{change}");
            true
        });
        taken.count()
    };
    let of_text = |text: &&str| -> usize {
        let scenario = scenario::parse("x", text, &[]).unwrap_or_else(|report| panic!("{report}"));
        let resolved: toml::Table = scenario.to_toml().parse().expect("TOML");
        let mut overrides = Vec::new();
        flatten("", &toml::Value::Table(resolved), &mut overrides);
        let values: Vec<(&str, &str)> =
            overrides.iter().filter_map(|change| change.split_once('=')).collect();
        // Nothing else of this file takes as long: it has all cores.
        values.par_iter().map(|(path, now)| accepted(text, path, now)).sum()
    };
    let all: usize = [LINK, EVERYTHING].iter().map(of_text).sum();
    assert!(all > 800, "{all}");
}

#[test]
fn every_seed_of_64_bits_is_read_in_both_forms_and_comes_back() {
    for seed in [0, 1, i64::MAX as u64, i64::MAX as u64 + 1, u64::MAX] {
        for change in [format!("seed={seed}"), format!("seed=\"{seed}\"")] {
            let scenario = scenario::parse("x", LINK, &[change]).unwrap_or_else(|report| panic!("{report}"));
            assert_eq!(scenario.seed, seed);
            let (manifest, again) = through_a_manifest(&scenario);
            assert_eq!((manifest.seed, again.seed), (seed, seed));
        }
    }
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "(?s).{0,60}", change in "(?s).{0,40}") {
        tried(&text, &[]);
        tried(BASICS, std::slice::from_ref(&change));
        tried(&text, &[change]);
    }

    #[test]
    fn no_edit_of_a_file_makes_the_reader_panic(
        at in 0..BASICS.len(),
        length in 0..40usize,
        word in prop::sample::select(WORDS.to_vec()),
    ) {
        for original in [BASICS, LINK] {
            let mut text = original.to_owned();
            let start = boundary(&text, at);
            let end = boundary(&text, start + length).max(start);
            text.replace_range(start..end, word);
            tried(&text, &[]);
        }
    }

    #[test]
    fn no_override_of_a_key_makes_the_reader_panic(
        path in prop::sample::select(vec![
            "groups", "groups.people", "groups.people.link", "groups.people.region", "groups.people.skill.after_events",
            "network.latency", "network.latency.fixed", "protocol", "protocol.limiter", "protocol.flush_after",
            "workloads.history", "workloads.history.arrivals.ramp", "workloads.history.kinds", "workloads.lookups.about",
            "faults.eu_outage.regions", "expect.most_are_answered", "claims.answers_arrive_soon.claim", "charts.new",
        ]),
        value in prop::sample::select(vec![
            "", "5", "-5", "nan", "\"x\"", "[]", "{}", "[[]]", "{ a = { b = 1 } }", "{ 0 = 0.5 }", "{ 00 = 0.5, 0 = 0.5 }",
            "2024-01-01", "true", "[\"people\", 3]", "{ eu-west-1 = 1 }", "{ ecosystem = 1 }", "{ kind = \"query\" }",
            "{ poisson = \"1 /s\", every = 3 }", "\"eu-west-1\"", "{ from = \"1 /s\" }", "\"never\"",
        ]),
    ) {
        tried(BASICS, &[format!("{path}={value}")]);
    }

    #[test]
    fn a_time_is_printed_with_no_more_digits_than_it_was_typed_with_and_reads_back(
        number in prop_oneof![(1..100_000_u32).prop_map(f64::from), (1..100_000_u32).prop_map(|n| f64::from(n) / 100.0)],
        unit in prop::sample::select(vec!["us", "ms", "s", "min", "h"]),
    ) {
        let typed = format!("{number} {unit}");
        let span: Duration = typed.parse().expect("a time");
        let printed = span.to_string();
        prop_assert_eq!(printed.parse::<Duration>(), Ok(span));
        let digits = |text: &str| text.find(' ');
        prop_assert!(digits(&printed) <= digits(&typed), "{} became {}", typed, printed);
    }

    #[test]
    fn every_time_reads_back_to_itself(nanos in 0..1_u64 << 53) {
        let span = Duration::from_nanos(nanos);
        prop_assert_eq!(span.to_string().parse::<Duration>(), Ok(span), "{}", span);
    }

    #[test]
    fn resolved_text_reads_back_to_the_very_same_scenario(file in a_file()) {
        let scenario = scenario::parse("x", &file, &[]).unwrap_or_else(|report| panic!("{file}\n{report}"));
        let text = scenario.to_toml();
        let again = scenario::parse("resolved", &text, &[]).unwrap_or_else(|report| panic!("{text}\n{report}"));
        prop_assert_eq!(&again, &scenario);
        prop_assert_eq!(again.to_toml(), text);
    }
}

/// Reads, and when that fails looks at the report in every way.
fn tried(text: &str, overrides: &[String]) {
    if let Err(report) = scenario::parse("x.toml", text, overrides) {
        let report: Report = report;
        assert!(!report.errors().is_empty());
        assert!(report.errors().iter().all(|error| error.line > 0 && !error.message.contains('\n')));
        report.render(true);
        report.render(false);
    }
}

fn boundary(text: &str, at: usize) -> usize {
    (at.min(text.len())..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
}

fn flatten(path: &str, value: &toml::Value, into: &mut Vec<String>) {
    match value {
        toml::Value::Table(table) => {
            for (key, value) in table {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                flatten(&path, value, into);
            }
        }
        other => into.push(format!("{path}={other}")),
    }
}

/// Parts of a file that fit together, with any values.
fn a_file() -> impl Strategy<Value = String> {
    (heads(), groups(), protocols(), works()).prop_map(|(head, groups, protocol, works)| {
        format!("{head}\n[network]\nlatency = \"regions\"\n{groups}\n{protocol}\n{works}")
    })
}

fn heads() -> impl Strategy<Value = String> {
    let purpose = "[ -~äé\"\\\\\n\t]{0,40}";
    (1_000_000_000_000u64..10_000_000_000_000, 0u64..900_000_000_000, any::<u64>(), purpose).prop_map(
        |(duration, warmup, seed, purpose)| {
            let purpose = toml::Value::String(purpose);
            format!(
                "name = \"any\"\nduration = \"{duration} ns\"\nwarmup = \"{warmup} ns\"\nseed = {seed}\npurpose = {purpose}\n"
            )
        },
    )
}

fn share() -> impl Strategy<Value = f64> {
    prop_oneof![Just(0.0), Just(1.0), 0.0..1.0f64, 0.0..1e-12f64]
}

fn groups() -> impl Strategy<Value = String> {
    let regions = prop_oneof![
        Just(String::new()),
        Just("region = \"us-east-1\"".to_owned()),
        (0.0..1.0f64)
            .prop_map(|first| format!("region = {{ us-west-2 = {first:?}, eu-west-1 = {:?} }}", 1.0 - first)),
    ];
    let links = prop_oneof![
        Just("\"dsl\"".to_owned()),
        (1u64..1_000_000_000_000_000, 1u64..1_000_000_000)
            .prop_map(|(up, down)| format!("{{ up = \"{up} bit/s\", down = \"{down} bit/s\" }}")),
        (0u64..1 << 40).prop_map(|queue| format!(
            "{{ up = \"unlimited\", down = \"unlimited\", queue = \"{queue} B\" }}"
        )),
    ];
    let skills = prop_oneof![
        share().prop_map(|share| format!("{share:?}")),
        (share(), 1u32.., share())
            .prop_map(|(a, from, b)| format!("{{ after_events = {{ {from} = {b:?}, 0 = {a:?} }} }}")),
    ];
    let presences = prop_oneof![
        Just("\"always\"".to_owned()),
        (1u64.., 1_000u64..1_000_000).prop_map(|(online, offline)| format!(
            "{{ model = \"exponential\", online = \"{} ns\", offline = \"{offline} us\" }}",
            online % 3_000_000_000_000_000_000 + 1_000_000
        )),
        (0.1..10f64, 0.0..5f64, 0.05..0.95f64).prop_map(|(shape, sigma, share)| format!(
            "{{ model = \"mixture\", availability = {share:?}, start = \"fresh\", online = {{ a = {{ model = \"weibull\", \
             share = {share:?}, mean = \"1 h\", shape = {shape:?} }}, b = {{ model = \"log_normal\", share = {:?}, \
             median = \"1 min\", sigma = {sigma:?} }} }} }}",
            1.0 - share
        )),
        (0.1..10f64, 0.5..10f64, 1u64..1000).prop_map(|(a, b, scale)| format!(
            "{{ model = \"weibull\", online = {{ scale = \"{scale} s\", shape = {b:?} }}, \
             availability = {{ beta = {{ a = {a:?}, b = {b:?} }} }} }}"
        )),
        (1u64..86_400, 0.01..0.1f64, -180.0..180f64).prop_map(|(peak, share, longitude)| format!(
            "{{ model = \"exponential\", online = \"20 min\", availability = {{ diurnal = {{ mean = {share:?}, \
             amplitude = {share:?}, peak = \"{peak} s\", longitude = {longitude:?} }} }} }}"
        )),
        Just("\"microsoft-1999\"".to_owned()),
    ];
    (2u32..1000, regions, links, skills, presences, share()).prop_map(|(count, region, link, skill, presence, loss)| {
        format!(
            "loss = {loss:?}\n[groups.a]\ncount = {count}\n{region}\nlink = {link}\nskill = {skill}\npresence = {presence}\nstores = true\n"
        )
    })
}

fn protocols() -> impl Strategy<Value = String> {
    let gates = prop_oneof![
        Just("gate = \"off\"".to_owned()),
        share().prop_map(|share| format!("gate = \"threshold\"\ntracking_min = {share:?}")),
        Just("gate = \"probabilistic\"\nvalue = \"requester\"".to_owned()),
    ];
    (1u8..=8, prop::sample::select(vec![0, 1, 5]), share(), gates, prop::option::of(1u64..1_000_000_000)).prop_map(
        |(redundancy, replicas, newcomer, gate, flush)| {
            let flush = flush.map_or("never".to_owned(), |millis| format!("{millis} ms"));
            format!(
                "[protocol]\nredundancy = {redundancy}\nreplicas = {replicas}\nnewcomer = {newcomer:?}\nflush_after = \"{flush}\"\n[protocol.limiter]\n{gate}\n"
            )
        },
    )
}

fn works() -> impl Strategy<Value = String> {
    let rates = (1e-6..1e3f64, prop::sample::select(vec!["s", "min", "h", "d"]));
    let arrivals = prop_oneof![
        rates.prop_map(|(rate, unit)| format!("{{ poisson = \"{rate} /{unit}\" }}")),
        (1_000u64..1_000_000).prop_map(|micros| format!("{{ every = \"{micros} us\" }}")),
        (0.0..10f64, 1u64..1_000_000).prop_map(|(from, rise)| format!(
            "{{ ramp = {{ from = \"{from} /s\", to = \"7 /min\", rise = \"{rise} ns\", hold = \"0 s\", fall = \"1 h\" }} }}"
        )),
    ];
    let bounds = (any::<f64>(), any::<u32>()).prop_map(|(min, events)| {
        let min = if min.is_finite() { min.abs() } else { 0.0 };
        format!("[expect.e]\nmetric = \"messages.sent\"\nmin = {min:?}\n[claims.c]\nclaim = \"fast\"\nmetric = \"messages.sent\"\nmax = {events}\n")
    });
    (arrivals, share(), bounds).prop_map(|(arrivals, share, bounds)| {
        format!(
            "[workloads.w]\nkind = \"record\"\nabout = [\"a\"]\nkinds = {{ dispute = {share:?}, consensus = {:?} }}\narrivals = {arrivals}\n\
             [workloads.q]\nkind = \"query\"\nfrom = \"a\"\nabout = [\"a\"]\narrivals = {{ every = \"1 s\" }}\n{bounds}",
            1.0 - share
        )
    })
}
