//! What `-S` changes, and what it says.

use super::sample::{GOOD, assert_message, bad, edited, good};

#[test]
fn an_override_replaces_what_the_file_says() {
    let set = |text: &str| good(GOOD, &[text.to_owned()]).to_toml();
    #[rustfmt::skip]
    let cases = [
        ("network.latency.fixed=\"40 ms\"", "latency = { fixed = \"40 ms\" }"),
        ("network.latency=regions", "latency = \"regions\""),
        ("network.latency = { fixed = \"1 ms\" }", "latency = { fixed = \"1 ms\" }"),
        ("workloads.deeds.arrivals.every=3s", "arrivals = { every = \"3 s\" }"),
        ("workloads.deeds.arrivals.poisson=500/s", "arrivals = { poisson = \"500 /s\" }"),
        ("duration=20min", "duration = \"20 min\""),
        ("\"duration\"='20 min'", "duration = \"20 min\""),
        ("title=a = b", "title = \"a = b\""),
        ("protocol.enough=5", "enough = 5"),
        ("protocol.limiter.window=2 s", "window = \"2 s\""),
        ("groups.people.skill.after_events={ 0 = 0.5, 30 = 0.8 }", "skill = { after_events = { 0 = 0.5, 30 = 0.8 } }"),
        ("groups.people.link={ up = \"1 Mbit/s\", down = \"8 Mbit/s\" }", "queue = \"64 kB\""),
        ("groups.more={ count = 3 }", "[groups.more]"),
        ("claims.soon.max=3", "max = 3.0"),
    ];
    for (text, line) in cases {
        let resolved = set(text);
        assert!(resolved.contains(line), "{text}: {line} is missing in\n{resolved}");
    }
    let later = good(GOOD, &["seed=2".to_owned(), "seed=3".to_owned()]);
    assert_eq!(later.seed, 3);
}

#[test]
fn a_bad_override_is_named_as_it_was_given() {
    #[rustfmt::skip]
    let cases: &[(&str, (usize, usize), &[&str])] = &[
        ("network.loss=2", (1, 14), &["`network.loss` = 2 is out of range", "from 0 to 1"]),
        ("netwrk.loss=0.5", (1, 1), &["unknown path `netwrk.loss`", "nearest known path is `network.loss`"]),
        ("groups.peple.count=5", (1, 1), &["nearest known path is `groups.people.count`"]),
        ("workloads.deeds.arrivals.poissn=5/s", (1, 1), &["`workloads.deeds.arrivals.poisson`"]),
        ("name.x=5", (1, 1), &["unknown path `name.x`"]),
        ("network.loss", (1, 1), &["no `=`", "PATH=VALUE"]),
        ("=5", (1, 1), &["is not a path"]),
        ("a..b=5", (1, 1), &["is not a path"]),
        ("duration=60", (1, 10), &["= 60 has no unit"]),
        ("title=", (1, 7), &["\"\" is not a line of text"]),
        ("groups.people=7", (1, 15), &["wrong type"]),
        ("warmup=9.9 min", (1, 8), &["`warmup` = 594 s and `cooldown` = 30 s (the default) leave nothing"]),
        ("cooldown=10 min", (1, 10), &["leave nothing of `duration` = 10 min"]),
        ("title=two\nlines", (1, 7), &["one line"]),
        ("\"a\nb\"=1", (1, 1), &["is not a path"]),
        ("protocol.enough=5=5", (1, 17), &["\"5=5\" has the wrong type"]),
    ];
    for (text, (line, column), parts) in cases {
        let report = bad(GOOD, &[(*text).to_owned()]);
        let error = &report.errors()[0];
        assert_eq!(error.file, format!("-S {}", text.replace('\n', " ")));
        assert_eq!((error.line, error.column), (*line, *column), "{report}");
        assert_message(error, &report, parts);
        assert!(report.to_string().contains(&error.file), "{report}");
    }
}

#[test]
fn an_override_of_the_other_half_of_an_either_or_says_what_replaces_both() {
    let weibull = "{ model = \"weibull\", online = { mean = \"20 min\", shape = 0.6 }, availability = 0.7 }";
    let text = edited("stores = true", &format!("stores = true\npresence = {weibull}"));
    let said = bad(&text, &["groups.people.presence.offline.mean=3 min".to_owned()]).to_string();
    for part in ["`groups.people.presence.availability` is given", "-S 'groups.people.presence={ … }'"] {
        assert!(said.contains(part), "{part} is not in:\n{said}");
    }
    // The whole of the other half takes the place of what the file says.
    let offline = "groups.people.presence.offline={ mean = \"3 min\", shape = 0.6 }";
    good(&text, &[offline.to_owned()]);
    let whole = "{ model = \"weibull\", online = { mean = \"20 min\", shape = 0.6 }, offline = { mean = \"3 min\", shape = 1 } }";
    good(&text, &[format!("groups.people.presence={whole}")]);
    // Where nothing is in its place, nothing is said of that.
    let said = bad(&text, &["groups.people.presence.online.shape=0".to_owned()]).to_string();
    assert!(!said.contains("is given"), "{said}");
}
