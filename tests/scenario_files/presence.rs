//! How sessions and absences are written, and what is said about what they cannot be.

use ir3sim::network::{PRESETS, Presence};
use ir3sim::scenario::{self, LoadError};

use super::sample::{bad, edited, good};

fn with(presence: &str) -> String {
    edited("stores = true", &format!("stores = true\npresence = {presence}"))
}

/// What the resolved file says of the presence.
fn resolved(presence: &str, overrides: &[&str]) -> String {
    let overrides: Vec<String> = overrides.iter().map(|text| (*text).to_owned()).collect();
    let scenario = good(&with(presence), &overrides);
    let text = scenario.to_toml();
    assert_eq!(good(&text, &[]), scenario, "{text}");
    let line = text.lines().find_map(|line| line.strip_prefix("presence = "));
    line.expect("a presence").to_owned()
}

#[test]
fn every_model_is_printed_as_it_was_written() {
    for presence in [
        "\"always\"",
        "{ model = \"exponential\", online = \"90 min\", offline = \"10 min\" }",
        "{ model = \"exponential\", online = \"1 h\", availability = 0.6 }",
        "{ model = \"weibull\", online = { mean = \"54 min\", shape = 0.6 }, offline = { scale = \"2 h\", shape = 1.5 } }",
        "{ model = \"weibull\", online = { mean = \"54 min\", shape = 0.6 }, availability = { beta = { a = 2.0, b = 0.5 } } }",
        "{ model = \"log_normal\", online = { median = \"20 min\", sigma = 1.5 }, offline = { mean = \"1 h\", sigma = 0.0 }, start = \"fresh\" }",
        "{ model = \"mixture\", online = { long = { share = 0.25, model = \"weibull\", mean = \"8 h\", shape = 0.5 }, \
         short = { share = 0.75, model = \"exponential\", mean = \"5 min\" } }, availability = 0.4 }",
        "{ model = \"exponential\", online = \"1 h\", availability = { diurnal = { mean = 0.4, amplitude = 0.3, peak = \"20 h\", longitude = -13.4 } } }",
        "\"skype-2006\"",
        "{ model = \"skype-2006\", start = \"fresh\" }",
        "{ model = \"ipfs-2022\", availability = 0.5 }",
    ] {
        assert_eq!(resolved(presence, &[]), presence);
    }
}

#[test]
fn a_word_or_a_start_that_is_the_default_is_the_same_as_none() {
    for preset in PRESETS.iter().filter(|preset| preset.absences().is_some()) {
        let (name, presence) =
            (preset.name, |text: &str| good(&with(text), &[]).world.groups[0].hosts.presence.clone());
        let word = presence(&format!("{name:?}"));
        assert_eq!(word, presence(&format!("{{ model = {name:?}, start = \"stationary\" }}")));
        assert!(matches!(word, Presence::Churn(churn) if churn.sessions == preset.sessions()));
    }
}

#[test]
fn every_figure_can_be_overridden() {
    let weibull = "{ model = \"weibull\", online = { mean = \"54 min\", shape = 0.6 }, availability = 0.5 }";
    for (change, says) in [
        ("groups.people.presence.online.mean=2 h", "mean = \"2 h\""),
        ("groups.people.presence.online.shape=0.9", "shape = 0.9"),
        ("groups.people.presence.availability=0.3", "availability = 0.3"),
        ("groups.people.presence.availability.beta.a=3", "beta = { a = 3.0, b = 2.0 }"),
        ("groups.people.presence.start=fresh", "start = \"fresh\""),
    ] {
        let mut changes = vec![change];
        changes.extend(change.contains("beta").then_some("groups.people.presence.availability.beta.b=2"));
        let text = resolved(weibull, &changes);
        assert!(text.contains(says), "{change}: {text}");
    }
    let mixture = "{ model = \"mixture\", online = { a = { share = 0.5, model = \"exponential\", mean = \"5 min\" }, \
                   b = { share = 0.5, model = \"log_normal\", median = \"1 h\", sigma = 1 } }, availability = 0.5 }";
    let text = resolved(mixture, &["groups.people.presence.online.b.sigma=2"]);
    assert!(text.contains("sigma = 2.0"), "{text}");
}

#[test]
fn what_the_file_says_gives_way_to_an_override_that_says_it_in_another_way() {
    let long = "{ model = \"weibull\", online = { mean = \"54 min\", shape = 0.6 }, offline = { scale = \"2 h\", shape = 1.5 } }";
    let text = resolved(long, &["groups.people.presence.availability=0.5"]);
    assert!(text.contains("availability = 0.5") && !text.contains("offline"), "{text}");
    let share = "{ model = \"exponential\", online = \"1 h\", availability = 0.6 }";
    let text = resolved(share, &["groups.people.presence.offline=3 h"]);
    assert!(text.contains("offline = \"3 h\"") && !text.contains("availability"), "{text}");
    let (_folder, path) = traced("{ model = \"trace\", file = \"hosts.csv\" }", ROWS);
    let load = |path: &std::path::Path, overrides: &[&str]| {
        let overrides: Vec<String> = overrides.iter().map(|text| (*text).to_owned()).collect();
        scenario::load(path, &overrides)
    };
    let of_file = load(&path, &[]).expect("a good scenario");
    // As a manifest has it: another trace in place of the rows, and the other way round.
    let other = path.with_file_name("other.toml");
    std::fs::write(&other, of_file.to_toml().replace("1,3,online", "1,4,online")).expect("a scenario");
    assert_ne!(load(&other, &[]).expect("a good scenario"), of_file);
    assert_eq!(load(&other, &["groups.people.presence.file=hosts.csv"]).expect("a good scenario"), of_file);
    let rows = format!("groups.people.presence.rows={ROWS:?}");
    std::fs::remove_file(path.with_file_name("hosts.csv")).expect("it was there");
    assert_eq!(load(&path, &[&rows]).expect("a good scenario"), of_file);
    // Of two overrides neither gives way.
    let error =
        load(&path, &["groups.people.presence.file=other.toml", &rows]).expect_err("two traces").to_string();
    assert!(error.contains("presence.file"), "{error}");
}

#[test]
fn what_a_presence_cannot_be_is_refused_where_it_stands() {
    #[rustfmt::skip]
    let cases: &[(&str, &str, &[&str])] = &[
        ("\"sometimes\"", "presence", &["is not a known presence"]),
        ("\"weibull\"", "presence", &["needs parameters"]),
        ("\"ipfs-2022\"", "presence", &["needs parameters", "availability = "]),
        ("{ model = \"weibul\", online = { mean = \"1 h\", shape = 1 } }", "presence.model", &["\"weibull\""]),
        ("{ model = \"exponential\", online = \"1 h\" }", "presence", &["no `offline`, and no `availability`"]),
        ("{ model = \"exponential\", online = \"1 h\", offline = \"1 h\", availability = 0.5 }", "presence", &["one of `offline` and `availability`"]),
        ("{ model = \"exponential\", online = \"1 h\", availability = 1 }", "presence.availability", &["out of range", "between 0 and 1"]),
        ("{ model = \"exponential\", online = \"100 d\", availability = 1e-6 }", "presence", &["absences of 273785 years"]),
        ("{ model = \"exponential\", online = { mean = \"1 h\" }, offline = \"1 h\" }", "presence.online", &["a time such as"]),
        ("{ model = \"weibull\", online = \"1 h\", availability = 0.5 }", "presence.online", &["wrong type", "{ mean or scale, shape }", "as in `online = { mean = \"20 min\", shape = 0.6 }`"]),
        ("{ model = \"weibull\", online = { mean = \"1 h\" }, availability = 0.5 }", "presence.online.shape", &["is missing"]),
        ("{ model = \"weibull\", online = { shape = 1 }, availability = 0.5 }", "presence.online", &["one of `mean` and `scale`"]),
        ("{ model = \"weibull\", online = { mean = \"1 h\", scale = \"1 h\", shape = 1 }, availability = 0.5 }", "presence.online", &["has a `mean`, and a `scale`"]),
        ("{ model = \"weibull\", online = { mean = \"1 h\", shape = 0.01 }, availability = 0.5 }", "presence.online.shape", &["a number from 0.1 to 10"]),
        ("{ model = \"weibull\", online = { mean = \"1 h\", shape = nan }, availability = 0.5 }", "presence.online.shape", &["out of range"]),
        ("{ model = \"weibull\", online = { scale = \"100 d\", shape = 0.1 }, availability = 0.5 }", "presence.online", &["a mean of 993511 years"]),
        ("{ model = \"weibull\", online = { mean = \"0 s\", shape = 1 }, availability = 0.5 }", "presence.online.mean", &["more than 0 s"]),
        ("{ model = \"log_normal\", online = { scale = \"1 h\", sigma = 1 }, availability = 0.5 }", "presence.online.scale", &["unknown key"]),
        ("{ model = \"log_normal\", online = { sigma = 1 }, availability = 0.5 }", "presence.online", &["one of `mean` and `median`"]),
        ("{ model = \"mixture\", online = { a = { share = 1, model = \"exponential\", mean = \"1 h\" } }, availability = 0.5 }", "presence.online", &["only one part"]),
        ("{ model = \"mixture\", online = { a = { share = 0.5, model = \"exponential\", mean = \"1 h\" }, b = { share = 0.4, model = \"exponential\", mean = \"1 d\" } }, availability = 0.5 }", "presence.online", &["add up to 0.9"]),
        ("{ model = \"mixture\", online = { a = { share = 1, model = \"exponential\", mean = \"1 h\" }, b = { share = 0, model = \"exponential\", mean = \"1 d\" } }, availability = 0.5 }", "presence.online", &["a part \"b\" without a share"]),
        ("{ model = \"mixture\", online = { a = { share = 0.5, model = \"exponential\", mean = \"1 h\" }, b = { share = 0.5, model = \"weibull\", shape = 1 } }, availability = 0.5 }", "presence.online", &["a part \"b\" that has no `mean`, and no `scale`"]),
        ("{ model = \"skype-2006\", online = { mean = \"1 h\", shape = 1 } }", "presence.online", &["has no effect with model = \"skype-2006\"", "only with \"exponential\""]),
        ("{ model = \"skype-2006\", availability = 0.5 }", "presence.availability", &["has no effect with model = \"skype-2006\""]),
        ("{ model = \"ipfs-2022\" }", "presence.availability", &["is missing"]),
        ("{ model = \"exponential\", online = \"1 h\", availability = { beta = { a = 0, b = 1 } } }", "presence.availability.beta.a", &["a number from 0.1 to 1000"]),
        ("{ model = \"exponential\", online = \"1 h\", availability = { diurnal = { mean = 0.4, amplitude = 0.3, peak = \"20 h\" } } }", "presence.availability.diurnal", &["has no local time", "a `longitude` in it"]),
        ("{ model = \"weibull\", online = { mean = \"1 h\", shape = 1 }, availability = { diurnal = { mean = 0.4, amplitude = 0.3, peak = \"20 h\", longitude = 0 } } }", "presence.availability.diurnal", &["only with `model` = \"exponential\"", "the keys beta"]),
        ("{ model = \"exponential\", online = \"8 h\", availability = { diurnal = { mean = 0.4, amplitude = 0.5, peak = \"20 h\", longitude = 0 } } }", "presence.availability.diurnal.amplitude", &["at most 0.43:"]),
        ("{ model = \"exponential\", online = \"1 h\", availability = { diurnal = { mean = 0.8, amplitude = 0.5, peak = \"20 h\", longitude = 0 } } }", "presence.availability.diurnal.amplitude", &["at most 0.237:"]),
        ("{ model = \"exponential\", online = \"200 d\", availability = { diurnal = { mean = 0.4, amplitude = 0.0009, peak = \"20 h\", longitude = 0 } } }", "presence.availability.diurnal.amplitude", &["at most 0.000795:"]),
        ("{ model = \"exponential\", online = \"1 h\", availability = { diurnal = { mean = 0.8, amplitude = 0.25, peak = \"20 h\", longitude = 0 } } }", "presence.availability.diurnal.amplitude", &["at most 0.237:"]),
        ("{ model = \"exponential\", online = \"1 h\", availability = { diurnal = { mean = 0.995, amplitude = 0.01, peak = \"20 h\", longitude = 0 } } }", "presence.availability.diurnal.mean", &["less than 0.99", "no room for an amplitude"]),
        ("{ model = \"exponential\", online = \"1 h\", availability = { diurnal = { mean = 0.8, amplitude = 0, peak = \"20 h\", longitude = 0 } } }", "presence.availability.diurnal.amplitude", &["out of range"]),
        ("{ model = \"exponential\", online = \"1 h\", availability = { diurnal = { mean = 0.4, amplitude = 0.3, peak = \"25 h\", longitude = 0 } } }", "presence.availability.diurnal.peak", &["out of range"]),
        ("{ model = \"exponential\", online = \"1 h\", availability = { diurnal = { mean = 0.4, amplitude = 0.3, peak = \"20 h\", longitude = 200 } } }", "presence.availability.diurnal.longitude", &["from -180 to 180"]),
        ("{ model = \"exponential\", online = \"1 h\", availability = 0.5, start = \"new\" }", "presence.start", &["\"stationary\", \"fresh\""]),
        ("{ model = \"weibull\", online = { mean = \"100 us\", shape = 1 }, availability = 0.01 }", "presence.online", &["a mean of 100 us, is too short"]),
        ("{ model = \"exponential\", online = \"1 s\", availability = 0.9999 }", "presence.availability", &["is too short"]),
    ];
    for (presence, path, says) in cases {
        let report = bad(&with(presence), &[]);
        assert_eq!(report.errors().len(), 1, "{presence}: {report}");
        let error = &report.errors()[0];
        assert_eq!(error.path, format!("groups.people.{path}"), "{report}");
        for words in *says {
            assert!(report.to_string().contains(words), "{presence}: {words} is missing in\n{report}");
        }
    }
}

const ROWS: &str = "host,time_s,state\n0,0.5,online\n0,12,offline\n1,3,online\n";

/// A scenario of two hosts in a folder with a trace.
fn traced(presence: &str, rows: &str) -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("traced.toml");
    let text = with(presence).replacen("count = 20", "count = 2", 1);
    std::fs::write(&path, text).expect("a scenario");
    std::fs::write(folder.path().join("hosts.csv"), rows).expect("a trace");
    (folder, path)
}

#[test]
fn a_trace_is_read_beside_its_scenario_and_printed_so_that_it_needs_no_file() {
    let (folder, path) = traced("{ model = \"trace\", file = \"hosts.csv\" }", ROWS);
    let scenario = scenario::load(&path, &[]).unwrap_or_else(|error| panic!("{error}"));
    assert!(
        matches!(&scenario.world.groups[0].hosts.presence, Presence::Trace(trace) if trace.to_string() == ROWS)
    );
    let text = std::fs::read_to_string(&path).expect("a scenario");
    let name = path.display().to_string();
    let whole = scenario::self_contained(&name, text.clone());
    drop(folder);
    assert_eq!(good(&scenario.to_toml(), &[]), scenario);
    assert_eq!(good(&whole, &[]), scenario);
    // Without a trace a text is its own.
    let plain = with("\"always\"");
    assert_eq!(scenario::self_contained("plain", plain.clone()), plain);
    assert_eq!(scenario::self_contained("gone", text.clone()), text);
}

#[test]
fn a_bad_trace_is_told_by_file_row_and_column() {
    let file = "{ model = \"trace\", file = \"hosts.csv\" }";
    #[rustfmt::skip]
    let cases: [(&str, &str, &str, &[&str]); 10] = [
        (file, "host,time_s,state\n0,1,online\n0,2,offline,x\n", "presence.file", &["hosts.csv, row 3, state: the row has 4 fields"]),
        (file, "host,time_s,state\n0,1,online\n0,-2,offline\n", "presence.file", &["hosts.csv, row 3, time_s: \"-2\" is not a number of seconds"]),
        (file, "host,time_s,state\n0,5,online\n0,2,offline\n", "presence.file", &["hosts.csv, row 3, time_s: not after the host's row before"]),
        (file, "", "presence.file", &["hosts.csv, row 1, host: the header is"]),
        (file, "host,time_s,state\n0,1,online\n1,2,online\n2,2,online\n", "presence", &["a trace of hosts 0 to 2", "`count` = 2"]),
        (file, "host,time_s,state\n0,1,online\n", "presence", &["a trace of hosts 0 to 0", "`count` = 2"]),
        (file, "host,time_s,state\n0,9000,offline\n1,8000,offline\n", "presence", &["its first row is at 8000 s", "the run ends at"]),
        ("{ model = \"trace\", file = \"none.csv\" }", ROWS, "presence.file", &["could not be read", "none.csv"]),
        ("{ model = \"trace\" }", ROWS, "presence", &["one of `file` and `rows`"]),
        ("{ model = \"trace\", rows = \"host,time_s,state\\n0,x,online\" }", ROWS, "presence.rows", &["row 2, time_s: \"x\""]),
    ];
    for (presence, rows, place, says) in cases {
        let (_folder, path) = traced(presence, rows);
        let Err(LoadError::Invalid(report)) = scenario::load(&path, &[]) else {
            panic!("{presence} is good")
        };
        assert_eq!(report.errors().len(), 1, "{report}");
        assert_eq!(report.errors()[0].path, format!("groups.people.{place}"), "{report}");
        says.iter().for_each(|words| assert!(report.to_string().contains(words), "{words}:\n{report}"));
    }
}
