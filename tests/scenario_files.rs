//! Scenario files as a user writes them: what loads, and what a bad one says.

#[path = "scenario_files/faults.rs"]
mod faults;
#[path = "scenario_files/hosts.rs"]
mod hosts;
#[path = "scenario_files/overlay.rs"]
mod overlay;
#[path = "scenario_files/overrides.rs"]
mod overrides;
#[path = "scenario_files/paths.rs"]
mod paths;
#[path = "scenario_files/presence.rs"]
mod presence;
#[path = "scenario_files/sample.rs"]
mod sample;
#[path = "scenario_files/schema.rs"]
mod schema;
#[path = "scenario_files/vain.rs"]
mod vain;

use ir3sim::scenario::{self, LoadError};

use sample::{GOOD, assert_message, bad, data, edited, expect_errors, good};

#[test]
fn the_files_of_the_contract_load_and_read_back_from_their_resolved_text() {
    for name in ["link.toml", "broadcast.toml", "basics.toml"] {
        let scenario = scenario::load(&data(name), &[]).unwrap_or_else(|error| panic!("{error}"));
        let text = scenario.to_toml();
        let again = scenario::parse("resolved", &text, &[])
            .unwrap_or_else(|error| panic!("{name}:\n{text}\n{error}"));
        assert_eq!(again, scenario);
        assert_eq!(again.to_toml(), text);
    }
}

#[test]
fn resolved_text_has_the_defaults_and_no_key_without_effect() {
    let text = scenario::load(&data("broadcast.toml"), &[]).expect("a scenario").to_toml();
    for line in ["cooldown = \"30 s\"", "bucket_size = 8", "redundancy = 2", "stop = \"10 min\""] {
        assert!(text.lines().any(|known| known == line), "{line} is missing in\n{text}");
    }
    for key in ["enough", "limiter", "skill", "region"] {
        assert!(!text.contains(key), "{key} has no effect in\n{text}");
    }
}

#[test]
fn the_order_of_tables_changes_nothing() {
    let text = std::fs::read_to_string(data("basics.toml")).expect("a file");
    let mut tables: Vec<&str> = text.split("\n\n").collect();
    tables[1..].reverse();
    let reversed = tables.join("\n\n").replace("[expect.most_are_answered]", "\n[expect.most_are_answered]");
    assert_eq!(good(&reversed, &[]), good(&text, &[]));
}

#[test]
fn a_file_that_cannot_be_read_is_told_from_a_bad_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let missing = scenario::load(&folder.path().join("none.toml"), &[]).expect_err("missing");
    assert!(matches!(&missing, LoadError::Read { .. }));
    assert!(missing.to_string().contains("none.toml"), "{missing}");
    let not_a_file = scenario::load(folder.path(), &[]).expect_err("a folder");
    assert!(matches!(&not_a_file, LoadError::Read { .. }));
    assert!(not_a_file.to_string().contains("folder"), "{not_a_file}");
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("a file");
        match scenario::load(&path, &[]) {
            Err(LoadError::Invalid(report)) => report,
            other => panic!("{other:?}"),
        }
    };
    let empty = write("empty.toml", b" \n# nothing\n");
    assert!(empty.to_string().contains("the file is empty"), "{empty}");
    let latin = write("latin.toml", b"name = \"x\"\ntitle = \"caf\xe9\"\n");
    let error = &latin.errors()[0];
    assert_eq!((error.line, error.column), (2, 13));
    assert!(error.message.contains("not UTF-8") && error.message.contains("0xe9"), "{}", error.message);
    latin.render(true);
}

#[test]
fn a_file_says_the_same_whatever_ends_its_lines_and_whether_a_mark_begins_it() {
    let unix = GOOD.replacen('\n', "\npurpose = \"\"\"\none\ntwo\n\"\"\"\n", 1);
    let dos = unix.replace('\n', "\r\n");
    let marked = format!("\u{feff}{dos}");
    let scenario = good(&unix, &[]);
    assert_eq!(scenario.purpose.as_deref(), Some("one\ntwo\n"));
    for text in [&dos, &marked] {
        assert_eq!(good(text, &[]), scenario);
        assert_eq!(good(text, &[]).to_toml(), scenario.to_toml());
    }
    let purpose = |lines: &str| good(GOOD, &[format!("purpose=\"\"\"one{lines}two\"\"\"")]).purpose;
    assert_eq!(purpose("\r\n"), purpose("\n"));
    let escaped = good(GOOD, &["purpose=\"one\\r\\ntwo\"".to_owned()]);
    assert_eq!(escaped.purpose.as_deref(), Some("one\r\ntwo"), "what is written out is meant");
    let places = |text: &str| -> Vec<(usize, usize)> {
        let text = text.replace("loss = 0.01", "loss = 2").replace("\"good\"", "\"go od\"");
        bad(&text, &[]).errors().iter().map(|error| (error.line, error.column)).collect()
    };
    assert_eq!(places(&unix), [(1, 8), (14, 8)]);
    assert_eq!(places(&dos), places(&unix));
    assert_eq!(places(&marked), places(&unix));
}

#[test]
fn all_errors_of_syntax_are_shown_and_what_follows_from_them_is_not() {
    let text = "name = \"x\nduration = \nseed = -1\n[groups.a]\ncount = 2\ncount = 3\n";
    let errors = bad(text, &[]).errors();
    let lines: Vec<usize> = errors.iter().map(|error| error.line).collect();
    assert_eq!(lines, [1, 2, 3, 6], "{errors:#?}");
    assert!(errors[0].message.contains("not TOML"));
    assert!(errors[2].message.contains("`seed` = -1 is out of range"));
    assert!(errors[3].message.contains("duplicate key"));
}

/// What is replaced in [`GOOD`], by what, and the path, line and column of the error with parts of its message.
type Case = (&'static str, &'static str, &'static str, (usize, usize), &'static [&'static str]);

#[rustfmt::skip]
const BAD_VALUES: &[Case] = &[
    ("duration =", "durration =", "durration", (2, 1), &["unknown key", "nearest known key is `duration`"]),
    ("count = 20", "cuont = 20", "groups.people.cuont", (4, 1), &["allowed: the keys count, region", "nearest known key is `count`"]),
    ("\"10 min\"", "600", "duration", (2, 12), &["= 600 has no unit", "ns, us, ms, s, min, h, d"]),
    ("\"10 min\"", "\"600\"", "duration", (2, 12), &["= \"600\" has no unit", "ns, us, ms, s, min, h, d"]),
    ("\"10 min\"", "\"2,5 min\"", "duration", (2, 12), &["= \"2,5 min\" has a comma in its number"]),
    ("\"10 min\"", "\"10 parsec\"", "duration", (2, 12), &["unknown unit"]),
    ("\"10 min\"", "\"1e300 s\"", "duration", (2, 12), &["out of range", "100 years"]),
    ("\"10 min\"", "\"-1 s\"", "duration", (2, 12), &["out of range"]),
    ("\"10 min\"", "\"NaN s\"", "duration", (2, 12), &["finite number"]),
    ("\"10 min\"", "\"inf s\"", "duration", (2, 12), &["finite number"]),
    ("\"10 min\"", "\"0 s\"", "duration", (2, 12), &["out of range", "more than 0 s"]),
    ("\"10 min\"", "2024-01-01", "duration", (2, 12), &["wrong type", "a date"]),
    ("count = 20", "count = 1e18", "groups.people.count", (4, 9), &["wrong type", "whole number from 1 to 67108863"]),
    ("count = 20", "count = 1_000_000_000_000_000_000", "groups.people.count", (4, 9), &["= 1000000000000000000 is out of range"]),
    ("count = 20", "count = 99999999999999999999999999999999999999999", "groups.people.count", (4, 9), &["whole number from 1"]),
    ("count = 20", "count = 0", "groups.people.count", (4, 9), &["= 0 is out of range"]),
    ("count = 20", "count = -3", "groups.people.count", (4, 9), &["= -3 is out of range"]),
    ("count = 20", "count = \"20\"", "groups.people.count", (4, 9), &["a string", "a whole number", "write 20, without quotes"]),
    ("count = 20", "count = true", "groups.people.count", (4, 9), &["true or false", "a whole number"]),
    ("count = 20", "count = [20]", "groups.people.count", (4, 9), &["a list"]),
    ("stores = true", "stores = 1", "groups.people.stores", (5, 10), &["= 1", "allowed: true or false"]),
    ("loss = 0.01", "loss = nan", "network.loss", (10, 8), &["NaN is out of range", "from 0 to 1"]),
    ("loss = 0.01", "loss = -inf", "network.loss", (10, 8), &["-inf is out of range"]),
    ("loss = 0.01", "loss = 1.01", "network.loss", (10, 8), &["= 1.01 is out of range", "from 0 to 1"]),
    ("loss = 0.01", "loss = -0.5", "network.loss", (10, 8), &["= -0.5 is out of range"]),
    ("\"world\"", "\"wrld\"", "network.latency", (9, 11), &["latency model", "nearest known is \"world\"", "{ fixed ="]),
    ("\"world\"", "\"40 ms\"", "network.latency", (9, 11), &["not a known latency model", "write { fixed = \"40 ms\" }"]),
    ("\"world\"", "{ fixd = \"1 ms\" }", "network.latency.fixd", (9, 13), &["nearest known key is `fixed`"]),
    ("\"world\"", "{}", "network.latency", (9, 11), &["is empty", "{ fixed ="]),
    ("\"world\"", "5", "network.latency", (9, 11), &["wrong type", "\"regions\", \"world\"; or { fixed ="]),
    ("\"residential\"", "\"residental\"", "groups.people.link", (6, 8), &["nearest known is \"residential\"", "{ up, down, queue }"]),
    ("\"residential\"", "{ up = \"1 Mbit/s\" }", "groups.people.link.down", (6, 8), &["is missing", "a rate of data"]),
    ("\"residential\"", "{ up = 1, down = \"1 Mbit\" }", "groups.people.link.up", (6, 15), &["has no unit", "Gbit/s"]),
    ("\"5 /s\"", "\"5\"", "workloads.deeds.arrivals.poisson", (14, 24), &["has no unit", "/s, /min, /h, /d"]),
    ("\"5 /s\"", "\"0 /s\"", "workloads.deeds.arrivals.poisson", (14, 24), &["out of range", "more than 0 /s"]),
    ("{ poisson = \"5 /s\" }", "\"5 /s\"", "workloads.deeds.arrivals", (14, 12), &["wrong type", "{ poisson =", "write { poisson = \"5 /s\" }"]),
    ("poisson = \"5 /s\"", "poisson = \"5 /s\", every = \"5 s\"", "workloads.deeds.arrivals", (14, 12), &["give only one of `poisson`, `every`, `ramp`"]),
    ("[\"people\"]\narr", "[\"peple\"]\narr", "workloads.deeds.about", (13, 10), &["\"peple\" is not a known group", "nearest known is \"people\""]),
    ("[\"people\"]\narr", "[]\narr", "workloads.deeds.about", (13, 9), &["is empty"]),
    ("[\"people\"]\narr", "[\"people\", \"people\"]\narr", "workloads.deeds.about", (13, 9), &["twice"]),
    ("[\"people\"]\narr", "\"people\"\narr", "workloads.deeds.about", (13, 9), &["a string", "a non-empty list"]),
    ("kind = \"record\"", "kind = \"recrd\"", "workloads.deeds.kind", (12, 8), &["nearest known is \"record\""]),
    ("kind = \"record\"", "kind = 1", "workloads.deeds.kind", (12, 8), &["wrong type", "\"record\", \"query\""]),
    ("kind = \"record\"\n", "", "workloads.deeds.kind", (11, 1), &["is missing", "\"record\""]),
    ("start = \"5 min\"", "kinds = {}", "workloads.asks.kinds", (20, 1), &["no effect with kind = \"query\"", "only with \"record\""]),
    ("queries.answered", "queries.answred", "expect.some.metric", (22, 10), &["is not the name of a metric", "nearest known is \"queries.answered\""]),
    ("queries.answered", "tasks.requested", "expect.some.metric", (22, 10), &["not a metric of this scenario", "a scenario has it when"]),
    ("min = 1", "min = nan", "expect.some.min", (23, 7), &["not finite"]),
    ("claim = \"fast\"", "claim = \"quick\"", "claims.soon.claim", (25, 9), &["is not a known claim", "never_blocks"]),
    ("name = \"good\"", "name = \"a/b\"", "name", (1, 8), &["is not a valid name", "letters"]),
    ("name = \"good\"", "name = \"good\"\ntitle = \"two\\nlines\"", "title", (2, 9), &["one line"]),
    ("name = \"good\"", "name = \"good\"\nseed = -1", "seed", (2, 8), &["18446744073709551615"]),
    ("[groups.people]", "[groups.self]", "groups.self", (3, 9), &["\"self\" is reserved"]),
    ("stores = true", "conduct = \"sybil\"", "groups.people.conduct", (5, 11), &["\"sybil\" needs parameters", "as in `conduct = { kind = \"sybil\", identities = 10 }`"]),
    ("stores = true", "conduct = \"slanderer\"", "groups.people.conduct", (5, 11), &["as in `conduct = { kind = \"slanderer\", about = [\"GROUP\"] }`"]),
    ("stores = true", "conduct = \"long_con\"", "groups.people.conduct", (5, 11), &["has to be a table", "as in `conduct = { kind = \"long_con\" }`"]),
    ("[groups.people]", "[groups.\"a b\"]", "groups.\"a b\"", (3, 9), &["letters"]),
    ("[workloads.deeds]", "workloads.deeds = 5\n[workloads.dees]", "network.workloads", (11, 1), &["unknown key"]),
];

#[test]
fn every_bad_value_is_named_with_its_place_and_what_is_allowed() {
    for (from, to, path, (line, column), parts) in BAD_VALUES {
        let text = edited(from, to);
        let report = bad(&text, &[]);
        let errors = report.errors();
        let error = errors.iter().find(|error| error.path == *path);
        let error = error.unwrap_or_else(|| panic!("{to}: nothing about {path} in\n{report}"));
        assert_eq!(
            (error.file.as_str(), error.line, error.column),
            ("x.toml", *line, *column),
            "{to}\n{report}"
        );
        assert_message(error, &report, parts);
        let place = format!("x.toml:{line}:{column}");
        assert!(report.render(false).contains(&place), "{place} is missing in\n{report}");
    }
}

#[test]
fn what_can_never_happen_is_an_error() {
    #[rustfmt::skip]
    let cases: &[(&str, &str, &str, &[&str])] = &[
        ("[groups.people]\ncount = 20", "[groups]\n[foo]", "groups", &["no group"]),
        ("[groups.people]\ncount = 20", "[foo]", "groups", &["`groups` is missing"]),
        ("\"10 min\"", "\"25 s\"", "duration", &["`warmup` = 0 s (the default) and `cooldown` = 30 s (the default) leave nothing of `duration` = 25 s"]),
        ("\"10 min\"", "\"10 min\"\nwarmup = \"9.5 min\"", "warmup", &["`warmup` = 570 s", "leave nothing of `duration` = 10 min"]),
        ("start = \"5 min\"", "start = \"10 min\"", "workloads.asks.start", &["not before the end of the run at 10 min"]),
        ("start = \"5 min\"", "start = \"5 min\"\nstop = \"4 min\"", "workloads.asks.start", &["`workloads.asks.start` = 5 min is not before `workloads.asks.stop` = 4 min"]),
        ("{ every = \"2 s\" }", "{ every = \"5 min\" }", "workloads.asks.arrivals.every", &["nothing arrives"]),
        ("{ every = \"2 s\" }", "{ ramp = { from = \"1 /s\", to = \"2 /s\", rise = \"0 s\", hold = \"0 s\", fall = \"0 s\" } }", "workloads.asks.arrivals.ramp", &["never leaves"]),
        ("kind = \"record\"\nabout = [\"people\"]", "kind = \"broadcast\"\nfrom = \"people\"\nsize = \"1 B\"", "workloads.asks.kind", &["can find nothing", "kind = \"record\""]),
        ("stores = true", "stores = true\njoins = \"10 min\"", "groups.people.joins", &["not before the end"]),
        ("count = 20", "count = 67108863\nlink = \"dsl\"\n[groups.more]\ncount = 1", "groups", &["67108864 hosts in all"]),
        ("min = 1", "min = 2\nmax = 1", "expect.some.min", &["= 2 is more than `expect.some.max` = 1", "no value can satisfy it"]),
        ("min = 1", "", "expect.some", &["has no bound"]),
        ("min = 1", "min = 1\nto = \"11 min\"", "expect.some.to", &["after the end of the run at 10 min"]),
        ("min = 1", "min = 1\nfrom = \"6 min\"\nto = \"5 min\"", "expect.some.from", &["window from 6 min to 5 min is empty"]),
        ("min = 1", "min = 1\nfrom = \"590 s\"", "expect.some.from", &["to 570 s is empty"]),
        ("[expect.some]", "[groups.one]\ncount = 1\n[workloads.alone]\nkind = \"query\"\nfrom = \"one\"\nabout = [\"one\"]\narrivals = { every = \"1 s\" }\n[expect.some]", "workloads.alone.about", &["nobody else"]),
        ("about = [\"people\"]\narr", "about = [\"people\"]\nkinds = { ecosystem = 0.5, dispute = 0.4 }\narr", "workloads.deeds.kinds", &["add up to 0.9"]),
        ("[expect.some]", "[faults.f]\nkind = \"offline\"\nat = \"10 min\"\nfor = \"1 min\"\n[expect.some]", "faults.f.at", &["not before the end of the run"]),
        ("[expect.some]", "[faults.f]\nkind = \"partition\"\nat = \"1 min\"\nfor = \"1 min\"\n[expect.some]", "faults.f", &["parts nobody", "on one side"]),
        ("[expect.some]", "[groups.one]\ncount = 1\n[faults.f]\nkind = \"cut\"\nat = \"1 min\"\nfor = \"1 min\"\nfrom_groups = [\"one\"]\nto_groups = [\"one\"]\n[expect.some]", "faults.f", &["hits no path", "another host"]),
        ("[expect.some]", "[faults.f]\nkind = \"loss\"\nat = \"1 min\"\nfor = \"1 min\"\nloss = 0.0\n[expect.some]", "faults.f.loss", &["= 0 has no effect", "more than 0"]),
        ("[expect.some]", "[faults.f]\nkind = \"cut\"\nat = \"1 min\"\nfor = \"1 min\"\nextra = \"1 s\"\n[expect.some]", "faults.f.extra", &["no effect with kind = \"cut\", only with \"delay\""]),
        ("[expect.some]", "[faults.f]\nkind = \"cut\"\nat = \"1 min\"\nfor = \"1 min\"\nto_regions = [\"eu-west-1\"]\n[expect.some]", "faults.f.to_regions", &["no effect"]),
        ("[expect.some]", "[protocol]\nredundancy = 9\n[expect.some]", "protocol.redundancy", &["9", "`protocol.bucket_size` = 8"]),
        ("[expect.some]", "[protocol]\nreplicas = 21\n[expect.some]", "protocol.replicas", &["= 21 is more than", "have 20", "or 0"]),
        ("[expect.some]", "[protocol.store]\ncapacity = \"100 B\"\n[expect.some]", "protocol.store.capacity", &["= 100 B is too small for any chunk"]),
        ("[expect.some]", "[charts.b]\nkind = \"broadcasts\"\n[expect.some]", "charts.b.kind", &["nothing to show", "kind = \"broadcast\""]),
    ];
    expect_errors(cases);
}

/// Half a minute from one host to another: a minute there and back.
#[test]
fn a_wait_that_no_answer_can_keep_to_is_an_error() {
    let text = |protocol: &str| {
        let text = edited("\"world\"", "{ fixed = \"30 s\" }");
        let text = text.replacen("\"10 min\"", "\"10 min\"\ncooldown = \"3 min\"", 1);
        let protocol = format!("[protocol]\nwindow = \"2 min\"\nchunk_wait = \"2 min\"\n{protocol}\n");
        text.replacen("[expect.some]", &format!("{protocol}[expect.some]"), 1)
    };
    good(&text(""), &[]);
    for (change, path) in [
        ("protocol.window=1 min", "protocol.window"),
        ("protocol.push_window=59 s", "protocol.push_window"),
        ("protocol.chunk_wait=1 min", "protocol.chunk_wait"),
    ] {
        let report = bad(&text(""), &[change.to_owned()]);
        assert_eq!(report.errors()[0].path, path, "{report}");
        assert!(report.to_string().contains("no round trip takes less than 1 min"), "{report}");
    }
    for protocol in ["start = \"cold\"", "repair_every = \"5 min\"", "dissemination = \"lookup\""] {
        let report = bad(&text(protocol), &[]);
        assert_eq!(report.errors()[0].path, "protocol.rpc_timeout_max", "{report}");
        good(&text(protocol), &["protocol.rpc_timeout_max=61 s".to_owned()]);
        let report = bad(&text(protocol), &["protocol.rpc_timeout_min=61 s".to_owned()]);
        assert!(report.to_string().contains("is longer than `protocol.rpc_timeout_max`"), "{report}");
    }
    for table in ["queries", "receipts"] {
        let text = text(&format!("{table} = {{ wait = \"1 min\" }}"));
        let report = bad(&text, &[]);
        assert_eq!(report.errors()[0].path, format!("protocol.{table}.wait"), "{report}");
        good(&text, &[format!("protocol.{table}.wait=61 s")]);
    }
}

#[test]
fn a_conduct_of_storers_in_a_group_that_stores_nothing_is_an_error() {
    for conduct in [
        "\"free_rider\"",
        "\"withholder\"",
        "\"forger\"",
        "{ kind = \"eclipse\", target = \"people\", identities = 2 }",
    ] {
        let villains = format!("[groups.villains]\ncount = 2\nconduct = {conduct}\n[expect.some]");
        let report = bad(&edited("[expect.some]", &villains), &[]);
        let text = report.to_string();
        assert!(text.contains("`groups.villains.conduct`"), "{report}");
        assert!(text.contains("contradicts `groups.villains.stores` = false"), "{report}");
    }
}

#[test]
fn a_confidence_that_nobody_can_ever_have_is_an_error() {
    let jobs = |label: &str, protocol: &str, storers: u32| {
        let jobs = format!(
            "[groups.firm]\ncount = 2\n[workloads.jobs]\nkind = \"tasks\"\nfrom = \"firm\"\n\
             candidates = [\"people\"]\narrivals = {{ every = \"1 s\" }}\nchoose_from = \"all\"\nmin_confidence = \"{label}\"\n\
             [protocol]\n{protocol}\n[expect.some]"
        );
        edited("[expect.some]", &jobs).replace("count = 20", &format!("count = {storers}"))
    };
    good(&jobs("very_high", "enough = 5", 20), &[]);
    good(&jobs("high", "", 3), &[]);
    for (text, parts) in [
        (jobs("very_high", "", 20), ["it takes 5 sources", "`protocol.enough` = 3 (the default)"]),
        (jobs("very_high", "enough = 5", 4), ["it takes 5 sources", "4 nodes have `stores` = true"]),
        (
            jobs("very_high", "confidence = \"literal\"", 20),
            ["never be reached", "`protocol.confidence` = \"literal\""],
        ),
        (jobs("high", "enough = 2", 20), ["it takes 3 sources", "`protocol.enough` = 2"]),
    ] {
        let report = bad(&text, &[]);
        let errors = report.errors();
        assert_eq!(errors.len(), 1, "{report}");
        assert_eq!(errors[0].path, "workloads.jobs.min_confidence");
        assert_message(&errors[0], &report, &parts);
    }
}

#[test]
fn regions_that_cannot_be_are_errors() {
    let text = std::fs::read_to_string(data("basics.toml")).expect("a file");
    #[rustfmt::skip]
    let cases: &[(&str, &[&str])] = &[
        ("groups.people.region=eu-west-9", &["`groups.people.region` = \"eu-west-9\" is not a known region", "nearest known is \"eu-west-1\"", "\"af-south-1\", ", "or { REGION"]),
        ("groups.storage.region.eu-west-9=0.1", &["unknown key `groups.storage.region.eu-west-9`", "nearest known key is `eu-west-1`"]),
        ("groups.storage.region.eu-west-1=0.6", &["`groups.storage.region` = { ap-northeast-1, eu-west-1, us-east-1 } adds up to 1.1"]),
        ("groups.storage.region=us-west-1", &["`faults.eu_outage.regions` hits nobody"]),
        ("faults.eu_outage.groups=[]", &["is empty"]),
        ("network.latency=world", &["`groups.storage.region`", "`faults.eu_outage.regions`", "has no effect"]),
    ];
    for (change, parts) in cases {
        let report = bad(&text, &[(*change).to_owned()]);
        let messages: Vec<String> = report.errors().into_iter().map(|error| error.message).collect();
        for part in *parts {
            assert!(messages.join("\n").contains(part), "{part} is missing in\n{report}");
        }
    }
    let moved = good(&text, &["groups.people.region={ us-east-1 = 1 }".to_owned()]);
    assert!(moved.to_toml().contains("region = \"us-east-1\""));
}

#[test]
fn what_is_broken_hides_no_error_that_does_not_depend_on_it() {
    let text = edited("count = 20", "cuont = 20").replace("queries.answered", "queries.asnwered");
    let text =
        text.replace("loss = 0.01", "loss = 7\njitter = 0.1").replace("\"world\"", "{ fixed = \"0 s\" }");
    let report = bad(&text.replace("start = \"5 min\"", "start = \"5 h\""), &[]);
    let errors = report.errors();
    let paths: Vec<&str> = errors.iter().map(|error| error.path.as_str()).collect();
    let wanted = [
        "groups.people.cuont",
        "network.loss",
        "network.jitter",
        "workloads.asks.start",
        "expect.some.metric",
    ];
    assert_eq!(paths, wanted, "{report}");
}

#[test]
fn traffic_that_cannot_be_is_an_error() {
    let text = std::fs::read_to_string(data("link.toml")).expect("a file");
    let itself = bad(&text, &["workloads.probe.to=sender".to_owned()]);
    assert!(itself.to_string().contains("would send to itself"), "{itself}");
    let large = bad(&text, &["workloads.probe.size=65508 B".to_owned()]);
    assert!(large.to_string().contains("at most 65507 B with transport \"udp\""), "{large}");
    good(&text, &["workloads.probe.size=65507 B".to_owned()]);
    good(&text, &["workloads.probe.size=1 MiB".to_owned(), "groups.sender.transport=quic".to_owned()]);
}

#[test]
fn an_option_without_effect_is_an_error() {
    #[rustfmt::skip]
    let cases: &[(&str, &str, &str, &[&str])] = &[
        ("stores = true", "stores = true\nregion = \"eu-west-1\"", "groups.people.region", &["no effect", "`network.latency` = \"regions\""]),
        ("[expect.some]", "[faults.f]\nkind = \"offline\"\nat = \"1 min\"\nfor = \"1 min\"\nregions = [\"eu-west-1\"]\n[expect.some]", "faults.f.regions", &["no effect"]),
        ("[network]", "[groups.others]\ncount = 2\nskill = 0.5\n[network]", "groups.others.skill", &["no effect", "`about`"]),
        ("\"world\"", "{ fixed = \"0 s\" }\njitter = 0.1", "network.jitter", &["no effect"]),
        ("stores = true\nlink = \"residential\"", "[protocol]\nreplicas = 3", "protocol.replicas", &["no effect", "nobody stores"]),
        ("[expect.some]", "[protocol]\ndissemination = \"gossip\"\nredundancy = 2\n[expect.some]", "protocol.redundancy", &["no effect", "\"gossip\"", "\"tree\""]),
        ("[expect.some]", "[protocol]\nfanout = 2\n[expect.some]", "protocol.fanout", &["no effect", "\"tree\"", "\"gossip\""]),
        ("[expect.some]", "[protocol]\nalpha = 2\n[expect.some]", "protocol.alpha", &["no effect", "\"tree\"", "\"lookup\""]),
        ("[expect.some]", "[protocol.series]\npersist = \"own\"\n[expect.some]", "protocol.series.persist", &["no effect", "no host is ever offline"]),
        ("[expect.some]", "[protocol.store]\nwhen_full = \"refuse\"\n[expect.some]", "protocol.store.when_full", &["no effect", "`protocol.store.capacity`"]),
        ("[expect.some]", "[protocol.store]\nreserve_for = \"1 min\"\n[expect.some]", "protocol.store.reserve_for", &["no effect", "`protocol.store.capacity`"]),
        ("[expect.some]", "[protocol.store]\ncapacity = \"1 MiB\"\nwhen_full = \"least_recently_asked\"\nreserve_for = \"1 min\"\n[expect.some]", "protocol.store.reserve_for", &["no effect", "`protocol.store.when_full` = \"refuse\""]),
        ("[expect.some]", "[protocol]\nrepair_chunks = 9\n[expect.some]", "protocol.repair_chunks", &["no effect", "`protocol.repair_every`"]),
        ("[expect.some]", "[protocol]\nrpc_timeout_min = \"2 s\"\n[expect.some]", "protocol.rpc_timeout_min", &["no effect", "`protocol.start` = \"cold\""]),
        ("[expect.some]", "[protocol]\ndissemination = \"lookup\"\nhop_limit = 9\n[expect.some]", "protocol.hop_limit", &["no effect", "nothing is passed on"]),
        ("[expect.some]", "[protocol.limiter]\ngate = \"off\"\noverall_min = 0.2\n[expect.some]", "protocol.limiter.overall_min", &["no effect: the gate is off"]),
        ("[expect.some]", "[protocol.limiter]\ngate = \"probabilistic\"\ntracking_min = 0.2\n[expect.some]", "protocol.limiter.tracking_min", &["no effect"]),
        ("min = 1", "min = 1\n[expect.more]\nmetric = \"messages.sent\"\nmin = 1\ngroup = \"people\"", "expect.more.group", &["no effect on the metric"]),
        ("min = 1", "min = 1\n[expect.more]\nmetric = \"messages.sent\"\nmin = 1\nfrom = \"1 min\"", "expect.more.from", &["no effect on the metric"]),
        ("min = 1", "min = 1\n[expect.more]\nmetric = \"storage.chunks\"\nmin = 1\nat_events = 5", "expect.more.at_events", &["no effect on the metric"]),
    ];
    expect_errors(cases);
    let text = std::fs::read_to_string(data("link.toml")).expect("a file");
    let report = bad(&text, &["protocol.enough=5".to_owned()]);
    assert!(report.to_string().contains("no workload runs the protocol"), "{report}");
    let text = std::fs::read_to_string(data("broadcast.toml")).expect("a file");
    for key in ["enough=5", "window=4s", "replicas=3", "limiter.gate=off", "newcomer=0.4", "chunking=literal"]
    {
        let report = bad(&text, &[format!("protocol.{key}")]);
        assert!(report.to_string().contains("has no effect"), "{key}\n{report}");
    }
    good(&text, &["protocol.seen=64".to_owned(), "protocol.bucket_size=4".to_owned()]);
}

#[test]
fn a_metric_that_the_scenario_has_not_says_which_scenarios_do() {
    for (metric, parts) in [
        ("routing.unjoined", &["a scenario has it when nodes have to join"][..]),
        ("askers.people.issued", &["when the group asks, and another group asks too"]),
        ("queries.answred", &["the nearest known is \"queries.answered\""]),
    ] {
        let report = bad(&edited("\"queries.answered\"", &format!("{metric:?}")), &[]);
        assert_message(&report.errors()[0], &report, parts);
    }
}

#[test]
fn all_errors_are_shown_at_once_in_the_order_of_the_file() {
    let text = edited("count = 20", "count = 0").replace("0.01", "2").replace("\"5 min\"", "\"11 min\"");
    let report = bad(&text.replace("min = 1", "mim = 1"), &["seed=x".to_owned()]);
    let errors = report.errors();
    let paths: Vec<&str> = errors.iter().map(|error| error.path.as_str()).collect();
    let wanted = ["groups.people.count", "network.loss", "workloads.asks.start", "expect.some.mim", "seed"];
    assert_eq!(paths, wanted, "{report}");
    assert_eq!(report.to_string().matches("error: ").count(), wanted.len());
}

#[test]
fn an_error_of_syntax_brings_no_value_that_is_not_there() {
    let report = bad(&GOOD.replacen("count = ", "count = = ", 1), &[]);
    let errors = report.errors();
    assert!(!errors.is_empty() && errors.iter().all(|error| error.message.contains("not TOML")), "{report}");
}
