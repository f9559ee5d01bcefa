//! Faults that come again, slow links, double datagrams, or are about some messages: what of that would be in vain.

use super::sample::{GOOD, assert_message, bad, edited, expect_errors, good};

#[test]
fn a_fault_that_would_do_nothing_is_refused_with_what_would() {
    let fault = |keys: &str| format!("[faults.f]\nat = \"2 min\"\nfor = \"1 min\"\n{keys}\n[expect.some]");
    let cut = |keys: &str| fault(&format!("kind = \"cut\"\n{keys}"));
    for (text, path, parts) in [
        (cut("every = \"1 min\""), "every", vec!["= 1 min is not longer than `for` = 1 min"]),
        (cut("every = \"8 min\""), "every", vec!["the run ends at 10 min, before the fault comes again"]),
        (
            cut("every = { exponential = \"1 us\" }"),
            "every",
            vec!["lets the fault begin some 480000000 times"],
        ),
        (cut("every = \"often\""), "every", vec!["does not begin with a finite number", "{ exponential"]),
        (
            cut("messages = [\"chunks\"]"),
            "messages",
            vec!["is not a known kind of message", "the nearest known is \"chunk\"", "\"store_intent\""],
        ),
        (
            cut("messages = [\"chunk\", \"ping\"]"),
            "messages",
            vec!["names \"ping\", which nobody sends here", "\"query\", \"store_intent\""],
        ),
        (
            fault("kind = \"offline\"\nmessages = [\"chunk\"]"),
            "messages",
            vec!["has no effect with kind = \"offline\""],
        ),
        (fault("kind = \"slow\""), "", vec!["slows nothing", "`uplink` or `downlink` of less than 1"]),
        (fault("kind = \"slow\"\nuplink = 2"), "uplink", vec!["a number from 0 to 1"]),
        (fault("kind = \"clock\""), "", vec!["puts no clock off", "either `ahead` or `behind`"]),
        (
            fault("kind = \"clock\"\nahead = \"1 s\"\nbehind = \"2 s\""),
            "",
            vec!["contradicts `behind` = 2 s"],
        ),
        (fault("kind = \"clock\"\nahead = \"1 s\""), "", vec!["has no effect: without `protocol.recency`"]),
        (fault("kind = \"clock\"\nahead = \"-1 s\""), "ahead", vec!["is out of range", "between 0 s and"]),
        (fault("kind = \"duplicate\"\nchance = 0"), "chance", vec!["= 0 has no effect"]),
    ] {
        let path = if path.is_empty() { "faults.f".to_owned() } else { format!("faults.f.{path}") };
        let report = bad(&edited("[expect.some]", &text), &[]);
        let errors = report.errors();
        let error = errors.iter().find(|error| error.path == path);
        assert_message(error.unwrap_or_else(|| panic!("{path} in\n{report}")), &report, &parts);
    }
    let clock = "kind = \"clock\"\nbehind = \"1 s\"\ngroups = [\"idle\"]\n\
        [groups.idle]\ncount = 2\n[protocol]\nrecency = \"1 min\"";
    let report = bad(&edited("[expect.some]", &fault(clock)), &[]);
    assert!(report.to_string().contains("none of these hosts records anything or asks"), "{report}");
    for text in [
        cut("every = \"7 min\""),
        cut("every = { exponential = \"1 min\" }\nmessages = [\"chunk\", \"yes\"]"),
        fault("kind = \"slow\"\ndownlink = 0"),
        fault("kind = \"duplicate\"\nchance = 1"),
        fault("kind = \"clock\"\nbehind = \"1 s\"\n[protocol]\nrecency = \"1 min\""),
    ] {
        good(&edited("[expect.some]", &text), &[]);
    }
}

#[test]
fn what_links_and_transports_make_of_a_fault_without_effect_is_an_error() {
    let fault = "[faults.f]\nat = \"2 min\"\nfor = \"1 min\"\n";
    let slow = format!("{fault}kind = \"slow\"\nuplink = 0.5\ndownlink = 0.5\n");
    let text = edited("\"residential\"", "{ up = \"unlimited\", down = \"1 Mbit/s\" }") + &slow;
    let report = bad(&text, &[]);
    assert_message(
        &report.errors()[0],
        &report,
        &["`faults.f.uplink` = 0.5 has no effect on links that are unlimited"],
    );
    assert_eq!(report.errors().len(), 1, "{report}");
    good(&text.replace("uplink = 0.5\n", ""), &[]);
    let text = edited("stores = true", "stores = true\ntransport = \"quic\"");
    let report = bad(&format!("{text}{fault}kind = \"duplicate\"\nchance = 0.5\n"), &[]);
    assert_message(&report.errors()[0], &report, &["nobody that it is about sends over udp"]);
}

#[test]
fn hosts_that_would_join_after_the_end_or_take_leave_and_never_go_are_an_error() {
    #[rustfmt::skip]
    let cases: &[(&str, &str, &str, &[&str])] = &[
        ("stores = true", "stores = true\njoins_over = \"11 min\"", "groups.people.joins_over", &["hosts would join until 11 min, after the end"]),
        ("stores = true", "stores = true\ndeparture = \"graceful\"", "groups.people.departure", &["its hosts never leave by themselves", "a `presence` other than"]),
        ("stores = true", "stores = true\ndeparture = \"slow\"", "groups.people.departure", &["\"crash\", \"graceful\""]),
    ];
    expect_errors(cases);
    good(&edited("stores = true", "stores = true\njoins = \"4 min\"\njoins_over = \"6 min\""), &[]);
}

/// Hosts that send, and others that are sent.
fn one_way(transport: &str, more: &str) -> String {
    format!(
        "name = \"one-way\"\nduration = \"2 min\"\n\
         [groups.a]\ncount = 2\nlink = \"datacentre\"\ntransport = {transport:?}\n\
         [groups.b]\ncount = 2\nlink = \"datacentre\"\ntransport = {transport:?}\n\
         [network]\nlatency = {{ fixed = \"10 ms\" }}\n\
         [workloads.t]\nkind = \"traffic\"\nfrom = \"a\"\nto = \"b\"\nsize = \"100 B\"\narrivals = {{ every = \"1 s\" }}\n{more}"
    )
}

#[test]
fn a_fault_or_processor_where_no_packet_comes_is_refused() {
    let fault = |keys: &str| format!("[faults.f]\nat = \"10 s\"\nfor = \"20 s\"\n{keys}\n");
    let back = |kind: &str| fault(&format!("kind = {kind}\nfrom_groups = [\"b\"]\nto_groups = [\"a\"]"));
    let there = |kind: &str| fault(&format!("kind = {kind}\nfrom_groups = [\"a\"]\nto_groups = [\"b\"]"));
    let kinds =
        ["\"cut\"", "\"loss\"\nloss = 0.5", "\"delay\"\nextra = \"5 ms\"", "\"duplicate\"\nchance = 1"];
    let slow = |group: &str, key: &str| fault(&format!("kind = \"slow\"\ngroups = [{group:?}]\n{key} = 0.5"));
    let cpu = |group: &str| format!("[groups.{group}.cpu]\nmessage = \"1 ms\"\n");
    let idle: Vec<String> = kinds.iter().map(|kind| back(kind)).collect();
    let idle = idle.into_iter().chain([slow("a", "downlink"), slow("b", "uplink"), cpu("a")]);
    for text in idle {
        let report = bad(&one_way("udp", &text), &[]);
        assert!(report.to_string().contains("has no effect"), "{report}");
    }
    // Acknowledgements go back.
    for text in kinds[..3].iter().map(|kind| back(kind)).chain([slow("a", "downlink"), slow("b", "uplink")]) {
        good(&one_way("tcp", &text), &[]);
    }
    bad(&one_way("tcp", &cpu("a")), &[]);
    // A transport of a pair needs messages that way, and not only what acknowledges them.
    let other = |pair: &str| vec![format!("groups.{pair}=\"quic\"")];
    let report = bad(&one_way("tcp", ""), &other("b.transport_to.a"));
    assert!(report.to_string().contains("send no messages to those of `a`"), "{report}");
    good(&one_way("tcp", ""), &other("a.transport_to.b"));
    // And so do answers.
    let answered = ["workloads.t.response=\"50 B\"".to_owned()];
    let used = kinds.iter().flat_map(|kind| [there(kind), back(kind)]);
    for text in used.chain([slow("a", "downlink"), slow("b", "uplink"), cpu("a"), cpu("b")]) {
        good(&one_way("udp", &text), &answered);
    }
}

#[test]
fn what_is_asked_about_groups_that_could_not_be_read_is_no_panic() {
    let lines = GOOD.replace("[groups.people]\ncount = 20\nstores = true\nlink = \"residential\"\n", "");
    let own = "[protocol]\nown_store = \"ignored\"\n[expect.some]";
    for groups in
        ["", "[groups]\n", "[groups]\npeople = 5\n", "[groups]\na = 5\n[groups.people]\ncount = 20\n"]
    {
        let report = bad(
            &lines.replace("[network]", &format!("{groups}[network]")).replace("[expect.some]", own),
            &[],
        );
        assert!(report.to_string().contains("group"), "{report}");
    }
}

#[test]
fn traffic_of_groups_that_are_not_there_is_refused() {
    let text = one_way("udp", "[faults.f]\nkind = \"cut\"\nat = \"1 s\"\nfor = \"1 s\"\n");
    let groups = text.find("[groups.a]").expect("a group")..text.find("[network]").expect("a network");
    let report = bad(&[&text[..groups.start], &text[groups.end..]].concat(), &[]);
    assert!(report.to_string().contains("`groups` is missing"), "{report}");
    assert!(!report.to_string().contains("not a known group"), "it is told once: {report}");
}

#[test]
fn a_fault_about_messages_that_never_go_its_way_is_refused() {
    let cut = |from: &str, messages: &str| {
        let way = format!("from_groups = [\"{from}\"]\nmessages = [{messages}]");
        let fault = format!("[faults.f]\nkind = \"cut\"\nat = \"6 min\"\nfor = \"1 min\"\n{way}\n");
        edited("[expect.some]", &(fault + "[groups.idle]\ncount = 2\n[expect.some]"))
    };
    let report = bad(&cut("idle", "\"yes\", \"query\", \"chunk\""), &[]);
    let errors = report.errors();
    let error = errors.iter().find(|error| error.path == "faults.f.messages");
    assert_message(
        error.unwrap_or_else(|| panic!("{report}")),
        &report,
        &["names \"chunk\", \"yes\", which nobody sends that way", "what is sent that way: \"query\""],
    );
    // Whoever has no data may pass on what others ask.
    good(&cut("idle", "\"query\", \"store_intent\""), &[]);
    let early =
        "[faults.f]\nkind = \"cut\"\nat = \"2 min\"\nfor = \"3 min\"\nmessages = [\"yes\"]\n[expect.some]";
    let report = bad(&edited("[expect.some]", early), &[]);
    let told = "names \"yes\", which nobody sends before 5 min: the fault is over at 5 min";
    assert!(report.to_string().contains(told), "{report}");
    good(&edited("[expect.some]", &early.replace("3 min", "181 s")), &[]);
}
