//! What hosts do with messages: links that these share, processors, and limits of connections.

use ir3sim::network::{Sharing, Transport};
use ir3sim::units::{Duration, GroupId};

use super::sample::{bad, edited, expect_errors, good};

#[test]
fn hosts_are_as_the_file_says_and_a_resolved_file_says_the_same() {
    let keys = "link = \"residential\"\ncpu = { message = \"20 us\" }";
    let text = edited("link = \"residential\"", keys).replace("loss", "sharing = \"max_min\"\nloss");
    let scenario = good(&text, &[]);
    let cpu = scenario.world.groups[0].cpu.expect("it has one");
    assert_eq!((cpu.message, cpu.verification), (Duration::from_nanos(20_000), Duration::from_nanos(91_121)));
    assert_eq!(scenario.world.network.sharing, Sharing::MaxMin);
    assert_eq!(good(&scenario.to_toml(), &[]).world, scenario.world);
    let text = edited("stores = true", "stores = true\ntransport = \"tcp\"\nmax_connections = 7");
    let scenario = good(&text, &[]);
    assert_eq!(scenario.world.groups[0].hosts.max_connections, Some(7));
    assert_eq!(good(&scenario.to_toml(), &[]).world, scenario.world);
    let text =
        edited("stores = true", "stores = true\ntransport_to = { people = \"tcp\" }\nmax_connections = 7");
    let scenario = good(&text, &[]);
    assert_eq!(scenario.world.groups[0].hosts.transport_to, [(GroupId(0), Transport::Tcp)]);
    assert_eq!(good(&scenario.to_toml(), &[]).world, scenario.world);
    let without =
        good(&text, &["transport_to={}", "transport=quic"].map(|set| format!("groups.people.{set}")));
    assert!(
        without.world.groups[0].hosts.transport_to.is_empty() && !without.to_toml().contains("transport_to")
    );
    let usual = good(&edited("loss", "sharing = \"fifo\"\nloss"), &[]).to_toml();
    assert!(
        ["sharing", "cpu", "max_connections", "transport_to"].iter().all(|key| !usual.contains(key)),
        "{usual}"
    );
}

#[test]
fn a_transport_for_a_group_that_is_none_or_has_it_anyway_is_an_error() {
    let group = "stores = true";
    expect_errors(&[
        (
            group,
            "stores = true\ntransport_to = { people = \"udp\" }",
            "groups.people.transport_to.people",
            &["has no effect: `transport` is the same"],
        ),
        (
            group,
            "stores = true\ntransport_to = { peple = \"tcp\" }",
            "groups.people.transport_to.peple",
            &["the nearest known key is `people`"],
        ),
        (
            group,
            "stores = true\ntransport_to = { people = \"sctp\" }",
            "groups.people.transport_to.people",
            &["\"sctp\"", "\"tcp_tls\""],
        ),
        (
            group,
            "stores = true\ntransport_to = \"tcp\"",
            "groups.people.transport_to",
            &["{ GROUP = transport, … }"],
        ),
    ]);
}

#[test]
fn what_has_no_effect_on_hosts_is_an_error() {
    let group = "stores = true";
    expect_errors(&[
        (
            group,
            "stores = true\nmax_connections = 3",
            "groups.people.max_connections",
            &["nobody makes connections"],
        ),
        (group, "stores = true\nmax_connections = 0", "groups.people.max_connections", &["from 1 to"]),
        (
            group,
            "stores = true\ncpu = { message = \"0 s\", verification = \"0 s\" }",
            "groups.people.cpu",
            &["takes no time"],
        ),
        ("loss", "sharing = \"fair\"\nloss", "network.sharing", &["\"fair\"", "\"max_min\""]),
    ]);
    let leaves = "departure = \"graceful\"\npresence = { model = \"exponential\", online = \"5 min\", offline = \"1 min\" }";
    for (key, path) in [
        ("transport = \"quic\"", "transport"),
        ("transport_to = { people = \"tcp\" }", "transport_to.people"),
        ("nat = \"residential\"", "nat"),
        (leaves, "departure"),
    ] {
        let text = edited(group, &format!("{group}\n{key}")).replace("loss", "sharing = \"max_min\"\nloss");
        let report = bad(&text, &[]);
        assert_eq!(report.errors()[0].path, format!("groups.people.{path}"));
        assert!(report.errors()[0].message.contains("`network.sharing` = \"max_min\""), "{report}");
    }
    let faults = "\n[faults.f]\nkind = \"slow\"\nat = \"10 s\"\nfor = \"10 s\"\nuplink = 0.5\n";
    let report = bad(&(edited("loss", "sharing = \"max_min\"\nloss") + faults), &[]);
    assert_eq!(report.errors()[0].path, "faults.f.kind", "{report}");
    let traffic = r#"name = "bare"
duration = "60 s"
[groups.all]
count = 2
cpu = { message = "1 ms", verification = "1 ms" }
[network]
latency = { fixed = "10 ms" }
[workloads.w]
kind = "traffic"
from = "all"
to = "all"
size = "1 kB"
arrivals = { every = "1 s" }
"#;
    let report = bad(traffic, &[]);
    assert_eq!(report.errors()[0].path, "groups.all.cpu.verification", "{report}");
    let report =
        bad(&traffic.replace("message = \"1 ms\", verification = \"1 ms\"", "message = \"0 s\""), &[]);
    assert_eq!(report.errors()[0].path, "groups.all.cpu", "{report}");
    let scenario = good(&traffic.replace(", verification = \"1 ms\"", ""), &[]);
    assert_eq!(good(&scenario.to_toml(), &[]).world, scenario.world);
}
