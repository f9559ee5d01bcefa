//! How latency, jitter and loss are written, and what is said about what they cannot be.

use ir3sim::network::Latency;
use ir3sim::scenario::{self, FileAt};

use super::sample::{GOOD, bad, edited, expect_errors, good};

/// What the resolved file says of a key.
fn resolved(from: &str, to: &str, key: &str) -> String {
    let scenario = good(&edited(from, to), &[]);
    let text = scenario.to_toml();
    assert_eq!(good(&text, &[]), scenario, "{text}");
    let line = text.lines().find_map(|line| line.strip_prefix(&format!("{key} = ")));
    line.unwrap_or_else(|| panic!("no {key} in\n{text}")).to_owned()
}

#[test]
fn models_of_paths_are_printed_as_they_were_written() {
    for latency in ["{ uniform = { from = \"10 ms\", to = \"100 ms\" } }", "{ fixed = \"40 ms\" }"] {
        assert_eq!(resolved("\"world\"", latency, "latency"), latency);
    }
    for loss in ["0.25", "{ gilbert_elliott = { mean = 0.01, burst = \"200 ms\", bad = 0.5, good = 0.001 } }"]
    {
        assert_eq!(resolved("0.01", loss, "loss"), loss);
    }
    let short = "{ gilbert_elliott = { mean = 0.01, burst = \"200 ms\" } }";
    assert_eq!(resolved("0.01", short, "loss"), short.replace(" } }", ", bad = 1.0, good = 0.0 } }"));
    let measured = "latency = \"regions\"\njitter = \"measured\"";
    assert_eq!(resolved("latency = \"world\"", measured, "jitter"), "\"measured\"");
    let set = ["network.loss.gilbert_elliott.mean=0.03".to_owned()];
    assert!(good(&edited("0.01", short), &set).to_toml().contains("mean = 0.03, burst"));
    assert!(good(&edited("0.01", short), &["network.loss=0.5".to_owned()]).to_toml().contains("loss = 0.5"));
}

#[test]
fn sizes_of_traffic_are_printed_as_they_were_written() {
    let with = |size: &str| {
        let work = format!(
            "[workloads.asks]\nkind = \"traffic\"\nfrom = \"people\"\nto = \"people\"\nsize = {size}\narrivals = {{ every = \"2 s\" }}\n[x]"
        );
        let (before, rest) = GOOD.split_once("[workloads.asks]").expect("it asks");
        let (_, after) = rest.split_once("[expect.some]").expect("it expects");
        let text = format!("{before}{}[expect.some]{after}", work.replace("[x]", ""));
        text.replace("queries.answered", "messages.sent")
            .replace("queries.latency_p99_s", "traffic.asks.delay_p99_s")
    };
    for size in
        ["\"1 kB\"", "{ exponential = \"1 kB\" }", "{ log_normal = { median = \"2 kB\", sigma = 1.5 } }"]
    {
        let scenario = good(&with(size), &[]);
        let text = scenario.to_toml();
        assert!(text.contains(&format!("size = {size}")), "{text}");
        assert_eq!(good(&text, &[]), scenario);
    }
    for (size, says) in [
        ("{ exponential = \"0 B\" }", "more than 0 B"),
        ("{ exponential = \"2 MiB\" }", "at most 1 MiB"),
        ("{ log_normal = { median = \"1 kB\", sigma = 6 } }", "a number from 0 to 5"),
        ("{ log_normal = { median = \"1 kB\" } }", "sigma` is missing"),
        ("{ uniform = \"1 kB\" }", "the keys exponential, log_normal"),
    ] {
        let report = bad(&with(size), &[]).to_string();
        assert!(report.contains(says), "{size}: {report}");
    }
}

#[rustfmt::skip]
const BAD: &[(&str, &str, &str, &[&str])] = &[
    ("\"world\"", "{ uniform = { from = \"10 ms\" } }", "network.latency.uniform.to", &["is missing"]),
    ("\"world\"", "{ uniform = { from = \"20 ms\", to = \"10 ms\" } }", "network.latency.uniform", &["begins at 20 ms, and ends at 10 ms"]),
    ("\"world\"", "{ uniform = \"10 ms\" }", "network.latency.uniform", &["wrong type", "{ from, to }"]),
    ("\"world\"", "\"world\"\njitter = \"measured\"", "network.jitter", &["has no effect", "only jitter between cloud regions"]),
    ("\"world\"", "{ uniform = { from = \"0 s\", to = \"0 s\" } }\njitter = 0.1", "network.jitter", &["has no effect", "a latency of 0 s"]),
    ("\"world\"", "\"world\"\njitter = \"mesured\"", "network.jitter", &["\"measured\" or a number from 0 to 1"]),
    ("0.01", "{ gilbert_elliott = { mean = 0.5, burst = \"1 s\", bad = 0.5 } }", "network.loss.gilbert_elliott", &["has a mean of 0.5, not from 0 to below 0.5"]),
    ("0.01", "{ gilbert_elliott = { mean = 0.1, burst = \"1 s\", good = 0.2 } }", "network.loss.gilbert_elliott", &["has a mean of 0.1, not from 0.2 to below 1"]),
    ("0.01", "{ gilbert_elliott = { mean = 0.1, burst = \"0 s\" } }", "network.loss.gilbert_elliott.burst", &["more than 0 s"]),
    ("0.01", "{ gilbert_eliott = 0.1 }", "network.loss.gilbert_eliott", &["nearest known key is `gilbert_elliott`"]),
    ("0.01", "\"0.7 %\"", "network.loss", &["wrong type", "write 0.007, without quotes"]),
    ("0.01", "\"heavy\"", "network.loss", &["wrong type", "a number from 0 to 1; or { gilbert_elliott ="]),
    ("\"world\"", "{ matrix = {} }", "network.latency.matrix", &["has no `file`, and no `rows`"]),
    ("\"world\"", "{ matrix = { file = \"none.csv\" } }", "network.latency.matrix.file", &["could not be read: none.csv"]),
    ("\"world\"", "{ matrix = { rows = \"r,a\\na,-1\" } }", "network.latency.matrix.rows", &["is no matrix: row 2, column 2: \"-1\" is not a round trip"]),
    ("\"world\"", "{ matrix = { rows = \"r,a,b\\na,1,2\\nb,3,1\", symmetric = true } }", "network.latency.matrix", &["is not symmetric: row 3, column 2: 3 ms from b to a, and 2 ms from a to b"]),
];

#[test]
fn paths_that_cannot_be_are_refused() {
    expect_errors(BAD);
}

const MATRIX: &str = "region,lab,home\nlab,1,30.25\nhome,30.25,2\n";

/// A scenario in the folder of a matrix.
fn with_file(groups: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("rtt.csv"), MATRIX).expect("a matrix");
    std::fs::write(folder.path().join("bad.csv"), "site,lab\nlab,x\n").expect("no matrix");
    let latency = "latency = { matrix = { file = \"rtt.csv\", symmetric = true } }";
    let text =
        edited("latency = \"world\"", latency).replacen("count = 20", &format!("count = 20\n{groups}"), 1);
    (folder, text)
}

#[test]
fn a_matrix_gives_its_regions_their_names_and_its_rows_to_the_resolved_file() {
    let (folder, text) = with_file("region = { lab = 0.25, home = 0.75 }");
    let fault = "\n[faults.cut]\nkind = \"offline\"\nat = \"1 min\"\nfor = \"1 min\"\nregions = [\"home\"]\n";
    let text = text + fault;
    let at = FileAt { name: "x.toml", folder: folder.path() };
    let scenario = scenario::parse(at, &text, &[]).unwrap_or_else(|report| panic!("{report}"));
    let resolved = scenario.to_toml();
    assert!(
        resolved.contains("region = { lab = 0.25, home = 0.75 }")
            && resolved.contains("regions = [\"home\"]")
    );
    assert!(!resolved.contains("rtt.csv"), "{resolved}");
    assert_eq!(good(&resolved, &[]), scenario);
    let Latency::Matrix(matrix) = &scenario.world.network.latency else { panic!("a matrix") };
    assert_eq!(matrix.to_string(), MATRIX);
    let inlined = scenario::self_contained(at, text.clone());
    assert_eq!(good(&inlined, &[]).world, scenario.world);
    let named =
        scenario::named_files("x.toml", &text, &["network.latency.matrix.file=\"b.csv\"".to_owned()], &[]);
    assert!(named.expect("a good name").contains("b.csv"));
}

#[test]
fn a_region_that_the_matrix_does_not_have_is_refused_with_those_that_it_has() {
    for (region, path) in
        [("\"labb\"", "groups.people.region"), ("{ labb = 1.0 }", "groups.people.region.labb")]
    {
        let (folder, text) = with_file(&format!("region = {region}"));
        let at = FileAt { name: "x.toml", folder: folder.path() };
        let report = scenario::parse(at, &text, &[]).expect_err("no such region");
        let errors = report.errors();
        assert!(errors.len() == 1 && errors[0].path == path && errors[0].message.contains("lab"), "{report}");
        // Of a matrix that cannot be read nobody knows the names: one error is enough.
        let report = scenario::parse(at, &text.replace("rtt.csv", "bad.csv"), &[]).expect_err("no matrix");
        let errors = report.errors();
        let told = "bad.csv, row 2, column 2: \"x\" is not a round trip in ms";
        assert!(errors.len() == 1 && errors[0].message.contains(told), "{report}");
    }
    // Nor have other models these names.
    let text = edited("count = 20", "count = 20\nregion = \"lab\"");
    assert!(bad(&text, &[]).to_string().contains("not a known region"));
    let day = "presence = { model = \"exponential\", online = \"1 h\", availability = { diurnal = { mean = 0.5, amplitude = 0.5, peak = \"20 h\" } } }";
    let (folder, text) = with_file(day);
    let report =
        scenario::parse(FileAt { name: "x.toml", folder: folder.path() }, &text, &[]).expect_err("no hour");
    assert!(report.to_string().contains("has no local time"), "{report}");
}
