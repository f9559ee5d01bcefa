//! What a file says in vain: nobody is there for it, nothing counts it, or a run of it would never end.

use super::sample::{GOOD, assert_message, bad, edited, expect_errors, good};

/// A group that joins near the end, with what names it before.
const LATE: &str = r#"name = "late"
duration = "100 s"
cooldown = "5 s"
[groups.a]
count = 4
stores = true
[groups.late]
count = 3
stores = true
joins = "90 s"
[network]
latency = { fixed = "10 ms" }
[workloads.deeds]
kind = "record"
about = ["a"]
arrivals = { every = "1 s" }
[workloads.w]
"#;

const OFTEN: &str = "arrivals = { every = \"1 s\" }\n";

#[test]
fn a_workload_of_a_group_whose_trace_has_it_away_is_an_error() {
    let traced = |rows: &str| {
        let rows: String =
            (0..3).flat_map(|host| rows.split('/').map(move |row| format!("{host},{row}\n"))).collect();
        let presence = format!(
            "presence = {{ model = \"trace\", rows = {:?} }}\n",
            format!("host,time_s,state\n{rows}")
        );
        LATE.replace("joins = \"90 s\"\n", &presence)
    };
    for (from, to) in [("late", "a"), ("a", "late")] {
        let work = format!(
            "kind = \"traffic\"\nfrom = {from:?}\nto = {to:?}\nsize = \"1 B\"\nstart = \"20 s\"\nstop = \"90 s\"\n{OFTEN}"
        );
        for away in ["20,offline", "90,online", "0,online/10,offline/95,online"] {
            let report = bad(&(traced(away) + &work), &[]);
            let key = if from == "late" { "workloads.w.from" } else { "workloads.w.to" };
            assert_eq!((report.errors().len(), report.errors()[0].path.as_str()), (1, key), "{report}");
            assert_message(
                &report.errors()[0],
                &report,
                &["\"late\" is never there", "its trace has all of its hosts offline"],
            );
        }
        for there in ["21,offline", "89,online", "0,offline/30,online/31,offline"] {
            good(&(traced(there) + &work), &[]);
        }
    }
}

#[test]
fn a_workload_of_a_group_that_joins_after_it_is_an_error() {
    for (work, key) in [
        ("kind = \"traffic\"\nfrom = \"late\"\nto = \"a\"\nsize = \"1 B\"\n", "from"),
        ("kind = \"traffic\"\nfrom = \"a\"\nto = \"late\"\nsize = \"1 B\"\n", "to"),
        ("kind = \"record\"\nabout = [\"a\", \"late\"]\n", "about"),
        ("kind = \"record\"\nabout = [\"a\"]\nby = \"late\"\n", "by"),
        ("kind = \"query\"\nfrom = \"late\"\nabout = [\"a\"]\n", "from"),
        ("kind = \"broadcast\"\nfrom = \"late\"\nsize = \"1 B\"\n", "from"),
        ("kind = \"tasks\"\nfrom = \"late\"\ncandidates = [\"a\"]\nchoose_from = 1\nask = false\n", "from"),
        (
            "kind = \"tasks\"\nfrom = \"a\"\ncandidates = [\"a\", \"late\"]\nchoose_from = 1\nask = false\n",
            "candidates",
        ),
    ] {
        let text = |stop| format!("{LATE}{work}{OFTEN}stop = \"{stop} s\"\n");
        let report = bad(&text(90), &[]);
        let errors = report.errors();
        assert_eq!(errors.len(), 1, "{report}");
        assert_eq!(errors[0].path, format!("workloads.w.{key}"));
        assert_message(
            &errors[0],
            &report,
            &["\"late\" is never there", "from 0 s to 90 s", "it joins at 90 s"],
        );
        good(&text(91), &[]);
    }
    // Outcomes about a node can be recorded by others, and asked for, before it joins.
    let before = "kind = \"record\"\nabout = [\"late\"]\nby = \"a\"\n";
    good(&format!("{LATE}{before}{OFTEN}stop = \"50 s\"\n"), &[]);
    good(&format!("{LATE}kind = \"query\"\nfrom = \"a\"\nabout = [\"late\"]\n{OFTEN}stop = \"50 s\"\n"), &[]);
}

#[test]
fn a_workload_whose_hosts_a_fault_keeps_away_all_the_time_is_an_error() {
    let text = |at: u32, lasts: u32| {
        let fault = format!(
            "[faults.f]\nkind = \"offline\"\nat = \"{at} s\"\nfor = \"{lasts} s\"\ngroups = [\"a\"]\n"
        );
        format!(
            "{LATE}kind = \"broadcast\"\nfrom = \"a\"\nsize = \"1 B\"\n{OFTEN}start = \"10 s\"\nstop = \"20 s\"\n{fault}"
        )
    };
    let report = bad(&text(5, 15), &[]);
    assert!(report.to_string().contains("`faults.f` keeps it offline"), "{report}");
    good(&text(5, 14), &[]);
    good(&text(11, 15), &[]);
    good(&(text(5, 15) + "share = 0.9\n"), &[]);
}

#[test]
fn a_fault_without_effect_is_an_error() {
    let fault = |name: &str, at: u32, lasts: u32, groups: &str| {
        format!("[faults.{name}]\nkind = \"offline\"\nat = \"{at} s\"\nfor = \"{lasts} s\"\n{groups}\n")
    };
    let file = |faults: &[String]| {
        format!("{LATE}kind = \"broadcast\"\nfrom = \"a\"\nsize = \"1 B\"\n{OFTEN}{}", faults.concat())
    };
    let late = "groups = [\"late\"]";
    let report = bad(&file(&[fault("f", 10, 20, late)]), &[]);
    assert_message(&report.errors()[0], &report, &["ends at 30 s, before the group \"late\" joins at 90 s"]);
    assert_eq!(report.errors()[0].path, "faults.f.groups");
    good(&file(&[fault("f", 10, 81, late)]), &[]);
    good(&file(&[fault("f", 10, 20, "")]), &[]);
    let report = bad(&file(&[fault("f", 10, 20, "share = 0")]), &[]);
    assert_message(
        &report.errors()[0],
        &report,
        &["`faults.f.share` = 0.0 hits nobody", "a share of more than 0"],
    );
    for (one, other, wanted) in [
        (fault("f", 10, 20, "groups = [\"a\"]"), fault("g", 5, 30, ""), Some("faults.f")),
        (fault("f", 10, 20, ""), fault("g", 10, 20, ""), Some("faults.g")),
        (fault("f", 10, 20, ""), fault("g", 5, 30, "groups = [\"a\"]"), None),
        (fault("f", 10, 20, "groups = [\"a\"]"), fault("g", 15, 30, ""), None),
        (fault("f", 10, 20, "groups = [\"a\"]\nshare = 0.1"), fault("g", 5, 30, ""), Some("faults.f")),
        (fault("f", 10, 20, ""), fault("g", 5, 30, "share = 0.9"), None),
    ] {
        let text = file(&[one, other]);
        match wanted {
            None => drop(good(&text, &[])),
            Some(path) => {
                let report = bad(&text, &[]);
                assert_eq!(report.errors()[0].path, path, "{report}");
                assert!(report.to_string().contains("keeps the same hosts offline"), "{report}");
            }
        }
    }
}

#[test]
fn an_adversary_that_never_acts_is_an_error() {
    let villains = |keys: &str, conduct: &str| {
        let jobs = "[workloads.jobs]\nkind = \"tasks\"\nfrom = \"people\"\ncandidates = [\"villains\"]\n\
                    choose_from = 2\narrivals = { every = \"1 s\" }\n[expect.some]";
        let text = edited(
            "[expect.some]",
            &format!("[groups.villains]\ncount = 3\n{keys}\nconduct = {conduct}\n{jobs}"),
        );
        bad(&text, &[])
    };
    for (keys, conduct, path) in [
        ("joins = \"5 min\"", "{ kind = \"self_promoter\", stop = \"5 min\" }", "stop"),
        ("", "{ kind = \"on_off\", on = \"10 min\" }", "on"),
        ("", "{ kind = \"on_off\", on = \"6 min\", start = \"5 min\" }", "on"),
        ("", "{ kind = \"long_con\", checks = \"10 min\" }", "checks"),
        ("joins = \"8 min\"", "{ kind = \"whitewasher\", identities = 2, checks = \"2 min\" }", "checks"),
    ] {
        let report = villains(keys, conduct);
        let wanted = format!("groups.villains.conduct.{path}");
        assert!(report.errors().iter().any(|error| error.path == wanted), "{conduct}\n{report}");
    }
}

#[test]
fn a_value_for_somebody_who_is_not_there_is_an_error() {
    let askers = edited("from = \"people\"", "from = \"askers\"") + "[groups.askers]\ncount = 2\n";
    let watched = edited("about = [\"people\"]\narr", "about = [\"people\"]\nby = \"askers\"\narr")
        + "[groups.askers]\ncount = 2\n";
    let maintained = edited("[expect.some]", "[protocol.maintenance]\n[expect.some]");
    for (text, key, value, usual, cured) in [
        (&askers, "own_store", "ignored", "answers", "groups.askers.stores=true"),
        (&watched, "self_reports", "ignore", "count", "workloads.deeds.by=self"),
        (&watched, "self_reports", "ignore", "count", "groups.askers.conduct=self_promoter"),
        (&maintained, "bootstrap", "3", "8", "protocol.start=cold"),
        (
            &maintained,
            "join_over",
            "9 s",
            "1 min",
            "groups.late={ count = 2, joins = \"2 min\", stores = true }",
        ),
    ] {
        let change = |value: &str| format!("protocol.{key}={value}");
        let report = bad(text, &[change(value)]);
        let path = format!("protocol.{key}");
        let error = report.errors().into_iter().find(|error| error.path == path);
        assert_message(&error.unwrap_or_else(|| panic!("{report}")), &report, &["has no effect", "allowed"]);
        // What a resolved file writes out does no harm.
        good(text, &[change(usual)]);
        good(text, &[change(value), cured.to_owned()]);
    }
}

#[test]
fn a_span_of_identities_that_do_nothing_is_an_error() {
    let sybils = |more: &str| {
        let group =
            format!("[groups.many]\ncount = 2\nconduct = {{ kind = \"sybil\", identities = 3{more} }}\n");
        edited("[expect.some]", &(group + "[expect.some]"))
    };
    for key in ["start", "stop"] {
        let report = bad(&sybils(&format!(", {key} = \"5 min\"")), &[]);
        let errors = report.errors();
        assert_eq!(errors[0].path, format!("groups.many.conduct.{key}"));
        assert_message(&errors[0], &report, &["has no effect", "without `rate`", "beside it a `rate`"]);
        good(&sybils(&format!(", {key} = \"5 min\", rate = \"1 /min\"")), &[]);
    }
    good(&sybils(""), &[]);
}

#[test]
fn recording_where_nobody_stores_is_an_error() {
    let report = bad(&edited("stores = true\n", ""), &[]);
    let errors = report.errors();
    assert_eq!(errors[0].path, "workloads.deeds.kind");
    assert_message(&errors[0], &report, &["no group stores what is recorded", "`stores` = true"]);
    let alone = "kind = \"broadcast\"\nfrom = \"people\"\nsize = \"1 B\"";
    let text = without_asks(&edited("kind = \"record\"\nabout = [\"people\"]", alone));
    good(&text, &[]);
    let report = bad(&text.replace("stores = true", "stores = true\nconduct = \"free_rider\""), &[]);
    assert!(report.to_string().contains("nothing is recorded that it could store"), "{report}");
}

#[test]
fn hiding_or_forging_what_nobody_asks_for_is_an_error() {
    let conducted = |text: &str, kind: &str| {
        text.replace("stores = true", &format!("stores = true\nconduct = {{ kind = {kind} }}"))
    };
    let unasked = without_asks(GOOD);
    for kind in ["\"withholder\"", "\"forger\"", "\"racer\", then = \"forges\""] {
        // Holders that are asked whether they still have a chunk hand out nothing.
        for repair in ["never", "1 min"] {
            let repair = [format!("protocol.repair_every={repair}")];
            let report = bad(&conducted(&unasked, kind), &repair);
            let errors = report.errors();
            assert_eq!(errors[0].path, "groups.people.conduct");
            assert_message(&errors[0], &report, &["nobody asks for what it stores", "kind = \"query\""]);
            good(&conducted(GOOD, kind), &repair);
        }
    }
    good(&conducted(&unasked, "\"free_rider\""), &[]);
}

/// The file without its queries, and without what it expects of them.
fn without_asks(text: &str) -> String {
    let (start, end) = (text.find("[workloads.asks]"), text.find("[expect"));
    let (start, end) = start.zip(end).expect("both are there");
    let kept = format!("{}{}", &text[..start], &text[end..]);
    kept.replace("queries.answered", "messages.sent").replace("queries.latency_p99_s", "bytes.sent")
}

#[test]
fn a_group_that_no_workload_of_traffic_names_is_an_error() {
    let text = "name = \"x\"\nduration = \"60 s\"\n[groups.a]\ncount = 2\n[groups.b]\ncount = 2\n[network]\nlatency = \"world\"\n\
                [workloads.w]\nkind = \"traffic\"\nfrom = \"a\"\nto = \"a\"\nsize = \"1 B\"\narrivals = { every = \"1 s\" }\n";
    let report = bad(text, &[]);
    assert_eq!(report.errors()[0].path, "groups.b");
    assert_message(&report.errors()[0], &report, &["no workload names it"]);
    good(&text.replace("to = \"a\"", "to = \"b\""), &[]);
    good(&text.replace("\"traffic\"\nfrom = \"a\"\nto = \"a\"", "\"broadcast\"\nfrom = \"a\""), &[]);
}

#[test]
fn work_that_nothing_counts_is_an_error() {
    let text = |more: &str| {
        let head = "duration = \"10 min\"\nwarmup = \"6 min\"";
        edited("duration = \"10 min\"", head).replace("start = \"5 min\"", more)
    };
    for (span, key, wanted) in [
        ("stop = \"5 min\"", "stop", "only what starts from 6 min to 570 s"),
        ("stop = \"6 min\"", "stop", "more than `warmup`"),
        ("start = \"575 s\"", "start", "less than `duration` − `cooldown`"),
    ] {
        let report = bad(&text(span), &[]);
        let errors = report.errors();
        let error = errors.iter().find(|error| error.path == format!("workloads.asks.{key}"));
        assert_message(error.unwrap_or_else(|| panic!("{span}\n{report}")), &report, &[wanted]);
    }
    good(&text("stop = \"361 s\""), &[]);
    // A window of its own counts it, and what is recorded lasts.
    good(&text("stop = \"5 min\"").replace("min = 1", "min = 1\nfrom = \"1 min\""), &[]);
    good(
        &text("start = \"5 min\"")
            .replace("{ poisson = \"5 /s\" }", "{ poisson = \"5 /s\" }\nstop = \"1 min\""),
        &[],
    );
}

#[test]
fn a_bound_or_a_window_that_nothing_can_meet_is_an_error() {
    #[rustfmt::skip]
    let cases: &[(&str, &str, &str, &[&str])] = &[
        ("queries.answered\"\nmin = 1", "queries.answered_ratio\"\nmin = 95", "expect.some.min", &["= 95 is out of what", "it is a share", "from 0 to 1"]),
        ("queries.answered\"\nmin = 1", "reputation.mean\"\nmax = 1.5", "expect.some.max", &["it is a score"]),
        ("min = 1", "min = -1", "expect.some.min", &["it is a count", "0 or more"]),
        ("max = 2", "max = -2", "claims.soon.max", &["it is a time"]),
        ("min = 1", "min = 1\nfrom = \"1 min\"\nto = \"5 min\"", "expect.some.to", &["from 1 min to 5 min there is nothing", "the work begins later"]),
        ("start = \"5 min\"", "start = \"1 min\"\nstop = \"4 min\"\n[expect.late]\nmetric = \"queries.issued\"\nmin = 0\nfrom = \"4 min\"", "expect.late.from", &["no more work arrives"]),
        ("min = 1", "min = 1\ngroup = \"others\"\n[groups.others]\ncount = 2", "expect.some.group", &["never asked about", "\"people\""]),
        ("min = 1", "min = 1\nat_events = 5000", "expect.some.at_events", &["more than any node ever has"]),
    ];
    expect_errors(cases);
    good(&edited("min = 1", "min = 1\nfrom = \"1 min\"\nto = \"301 s\""), &[]);
    good(&edited("min = 1", "min = 1\nat_events = 250"), &[]);
    good(&edited("min = 1", "min = 1\ngroup = \"people\""), &[]);
}

#[test]
fn how_many_events_a_node_has_is_exact_where_they_come_in_turns() {
    // 3,000 outcomes less the one at the end, in turns about 20 nodes: 150 at the most.
    let turns = edited("{ poisson = \"5 /s\" }", "{ every = \"200 ms\" }");
    good(&turns.replace("min = 1", "min = 1\nat_events = 150"), &[]);
    let report = bad(&turns.replace("min = 1", "min = 1\nat_events = 151"), &[]);
    assert!(report.to_string().contains("150 at the most"), "{report}");
}

#[test]
fn what_happens_without_end_is_refused_with_the_number_of_events() {
    #[rustfmt::skip]
    let cases: &[(&str, &str, &str, &[&str])] = &[
        ("stores = true", "stores = true\npresence = { model = \"exponential\", online = \"1 ns\", offline = \"1 ns\" }", "groups.people.presence.online", &["= 1 ns is too short", "come and go about 1.2 · 10^13 times", "1 ms or more"]),
        ("stores = true", "stores = true\npresence = { model = \"exponential\", online = \"1 min\", offline = \"999 us\" }", "groups.people.presence.offline", &["too short"]),
        ("[expect.some]", "[protocol]\nrepair_every = \"1 us\"\n[expect.some]", "protocol.repair_every", &["look after their chunks about"]),
        ("[expect.some]", "[groups.cons]\ncount = 2\nconduct = { kind = \"long_con\", checks = \"1 ns\" }\n[workloads.jobs]\nkind = \"tasks\"\nfrom = \"people\"\ncandidates = [\"cons\"]\nchoose_from = 1\narrivals = { every = \"1 s\" }\n[expect.some]", "groups.cons.conduct.checks", &["ask about themselves about 1.2 · 10^12 times"]),
        ("\"5 /s\"", "\"1e9 /s\"", "workloads.deeds.arrivals", &["a run would take about", "· 10^12 events", "because of this"]),
        ("[expect.some]", "[groups.flood]\ncount = 5\nconduct = { kind = \"query_flooder\", about = [\"people\"], rate = \"1e8 /s\" }\n[expect.some]", "groups.flood.conduct", &["a run would take about", "because of this"]),
        ("\"2 s\"", "\"1.5 ns\"", "workloads.asks.arrivals.every", &["no whole number of its smallest unit"]),
    ];
    expect_errors(cases);
    good(
        &edited(
            "stores = true",
            "stores = true\npresence = { model = \"exponential\", online = \"1 ms\", offline = \"1 ms\" }",
        ),
        &[],
    );
    good(&edited("\"5 /s\"", "\"1e6 /s\""), &[]);
}

#[test]
fn replicas_are_tuned_by_recorders_that_ask_and_begin_with_some() {
    #[rustfmt::skip]
    let cases: &[(&str, &str, &str, &[&str])] = &[
        ("[expect.some]", "[protocol]\nreplicas_for = 0.99\n[expect.some]", "protocol.replicas_for", &["needs `protocol.repair_every`"]),
        ("[expect.some]", "[protocol]\nreplicas_for = 1.0\nrepair_every = \"1 min\"\n[expect.some]", "protocol.replicas_for", &["between 0 and 1"]),
        ("[expect.some]", "[protocol]\nreplicas_for = 0.99\nrepair_every = \"1 min\"\nreplicas = 0\n[expect.some]", "protocol.replicas", &["recorders begin"]),
        ("[expect.some]", "[protocol]\nreplicas_for = 0.99\nrepair_every = \"1 min\"\nreplicas_max = 4\n[expect.some]", "protocol.replicas", &["from 1 to `protocol.replicas_max` = 4"]),
        ("[expect.some]", "[protocol]\nreplicas_max = 9\n[expect.some]", "protocol.replicas_max", &["no effect", "`protocol.replicas_for`"]),
    ];
    expect_errors(cases);
    good(
        &edited("[expect.some]", "[protocol]\nreplicas_for = 0.99\nrepair_every = \"1 min\"\n[expect.some]"),
        &[],
    );
}

#[test]
fn paths_relays_and_who_listens_to_them_need_lookups_and_questions() {
    let asks = &GOOD[GOOD.find("[workloads.asks]").expect("it asks")..];
    let lookup = "[protocol]\ndissemination = \"lookup\"\n";
    let misrouters = "[groups.m]\ncount = 2\nstores = true\nconduct = \"misrouter\"\n[network]";
    let spies = "[groups.s]\ncount = 2\nconduct = \"spy\"\n[workloads.shouts]\nkind = \"broadcast\"\nfrom = \"people\"\nsize = \"1 kB\"\narrivals = { every = \"2 s\" }";
    #[rustfmt::skip]
    let cases: &[(&str, &str, &str, &[&str])] = &[
        ("[expect.some]", "[protocol]\nlookup_paths = 2\n[expect.some]", "protocol.lookup_paths", &["no effect", "lookup"]),
        ("[expect.some]", &format!("{lookup}lookup_paths = 9\n[expect.some]"), "protocol.lookup_paths", &["is more than `protocol.bucket_size` = 8"]),
        ("[expect.some]", "[protocol]\nlookup_paths = 17\n[expect.some]", "protocol.lookup_paths", &["17"]),
        ("[expect.some]", "[protocol]\nqueries = { stem = 1.0 }\n[expect.some]", "protocol.queries.stem", &["hardly any relay would ever broadcast", "at most 0.99"]),
        ("[expect.some]", "[protocol]\nqueries = { wait = \"0 s\" }\n[expect.some]", "protocol.queries.wait", &["0 s"]),
        ("[expect.some]", "[protocol]\nqueries = { wait = \"5 s\" }\n[expect.some]", "protocol.queries.wait", &["`protocol.window` = 5 s", "turn to another relay"]),
        ("[expect.some]", "[protocol]\nrecency = \"10 min\"\n[expect.some]", "protocol.recency", &["no effect", "`duration` = 10 min"]),
        ("[network]", misrouters, "groups.m.conduct", &["no effect", "nobody looks anybody up"]),
        (asks, spies, "groups.s.conduct", &["no effect", "no workload asks"]),
    ];
    expect_errors(cases);
    good(&edited("[expect.some]", &format!("{lookup}lookup_paths = 8\n[expect.some]")), &[]);
    good(
        &edited("[expect.some]", "[protocol]\nqueries = { stem = 0.99 }\nrecency = \"9 min\"\n[expect.some]"),
        &[],
    );
}

#[test]
fn what_a_misspelled_table_would_have_is_not_missed() {
    let text = edited("[workloads.deeds]", "[workload.deeds]")
        .replace("stores = true", "stores = true\nskill = 0.8");
    let report = bad(&text, &[]);
    let paths: Vec<String> = report.errors().into_iter().map(|error| error.path).collect();
    assert_eq!(paths, ["workload"], "{report}");
    // What has nothing to do with it is told beside it.
    let report =
        bad(&text.replace("duration = \"10 min\"", "duration = \"10 min\"\nwarmup = \"11 min\""), &[]);
    assert!(report.errors().len() == 2 && report.to_string().contains("warmup"), "{report}");
}
