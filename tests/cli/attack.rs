//! The search for attacks: what is found breaks what holds as written and can be run, neither threads nor interruptions change a
//! byte, and errors come before anything is run.

use super::program::{Home, Ran};

/// Three nodes that praise each other too seldom to matter; by another kind or rate of praise they can be believed.
const RING: &str = r#"
name = "ring"
duration = "2 min"
[groups.clients]
count = 2
[groups.honest]
count = 6
skill = 0.9
[groups.ring]
count = 3
skill = 0.3
conduct = { kind = "colluder", rate = "1 /h", start = "100 s" }
[groups.storers]
count = 3
stores = true
[network]
latency = { fixed = "40 ms" }
[workloads.jobs]
kind = "tasks"
from = "clients"
candidates = ["honest", "ring"]
choose_from = 4
arrivals = { poisson = "1 /s" }
[expect.work_is_done]
metric = "tasks.good_ratio"
group = "ring"
max = 0.6
[claims.praise_changes_little]
claim = "cannot_be_bought"
metric = "conduct.reputation_gain.ring"
max = 0.2
[claims.nothing_altered_is_taken]
claim = "audit_trail"
by_construction = "all is verified"
metric = "storage.forged_accepted"
max = 0
[claims.answers_come]
claim = "fast"
metric = "queries.answered_ratio"
min = 0.5
"#;

/// A short search.
const SHORT: [&str; 8] = ["--rounds", "2", "--attempts", "5", "--replications", "2", "--held-out", "5"];

fn home() -> Home {
    let home = Home::new();
    home.file("ring.toml", RING);
    home
}

/// What a finding's folder has.
fn files(home: &Home, folder: &str) -> [String; 4] {
    ["attack.json", "attack.toml", "attempts.csv", "store/all.runs.jsonl"]
        .map(|file| home.read(&format!("{folder}/{file}")))
}

fn attack(home: &Home, more: &[&str]) -> Ran {
    home.run(&[&["attack", "ring.toml"], more, &SHORT[..]].concat())
}

#[test]
fn an_attack_is_found_that_breaks_what_holds_as_written_and_it_is_a_scenario() {
    let home = home();
    let asked =
        ["--against", "cannot_be_bought", "--budget", "identities=3,bytes=1GB", "--keep", "work_is_done"];
    let one = attack(&home, &[&asked[..], &["--jobs", "1", "--out", "one", "--json"]].concat()).exits(0);
    let found = one.json();
    assert!(one.error.contains("about ") && one.error.contains("runs: "), "{}", one.error);
    assert_eq!(found["written"]["judged"]["verdict"], "holds");
    assert_eq!(found["found"]["judged"]["verdict"], "fails");
    assert_eq!((&found["beats"], &found["difference"]["pairs"]), (&true.into(), &5.into()));
    let low = found["difference"]["ci_low"].as_f64().expect("a number");
    assert!(low > 0.0 && found["found"]["identities"] == 3, "{found}");
    // Only praise of the others is believed, and a storer it is not.
    assert_eq!(found["attack"]["teams"][0]["kind"], "colluder");
    let left_out: Vec<&str> = found["left_out"]
        .as_array()
        .expect("kinds")
        .iter()
        .map(|out| out["kind"].as_str().expect("a kind"))
        .collect();
    assert!(left_out.contains(&"forger") && left_out.contains(&"sybil") && !left_out.contains(&"slanderer"));
    // The same bytes with other threads, and nothing is run twice.
    let two = attack(&home, &[&asked[..], &["--threads", "2", "--out", "two"]].concat()).exits(0);
    assert!(
        two.out.contains("It breaks the bound")
            && two.out.contains("goes further than the attack as written")
    );
    assert_eq!(files(&home, "one"), files(&home, "two"));
    let before = files(&home, "one");
    let again = attack(&home, &[&asked[..], &["--out", "one", "-q"]].concat()).exits(0);
    assert_eq!((again.out.lines().count(), files(&home, "one")), (1, before));
    let kept = attack(&home, &[&asked[..], &["--out", "one"]].concat()).exits(0);
    assert!(kept.error.contains("runs were there already and are kept"), "{}", kept.error);
    // What was found is run as any scenario, and carries the claim and what was to be kept alone.
    let run = ["run", "one/attack.toml", "--replications", "4", "--no-charts", "--out", "run", "--json"];
    let ran = home.run(&run).exits(0).json();
    assert_eq!(
        (ran["claims"].as_array().map(Vec::len), ran["expect"].as_array().map(Vec::len)),
        (Some(1), Some(1))
    );
    assert_eq!(ran["claims"][0]["verdict"], "fails");
    let text = home.read("one/attack.toml");
    assert!(text.contains("name = \"ring-attack\"") && !text.contains("stop ="), "{text}");
}

#[test]
fn no_attack_counts_that_has_more_names_than_the_budget_be_it_the_one_that_is_written() {
    let home = home();
    let asked = ["--against", "cannot_be_bought", "--budget", "identities=2", "--out", "two", "--json"];
    let ran = attack(&home, &asked);
    let found = ran.json();
    // What is written has three, and so has whatever leaves their number as it is written.
    assert_eq!((&found["written"]["identities"], &found["written"]["within"]), (&3.into(), &false.into()));
    assert_eq!((&found["found"]["identities"], &found["found"]["within"]), (&2.into(), &true.into()));
    let attempts = home.read("two/attempts.csv");
    assert!(attempts.lines().nth(1).is_some_and(|first| first.starts_with("0,cost,")), "{attempts}");
}

#[test]
fn what_a_budget_does_not_have_is_not_spent_and_honest_hosts_are_joined() {
    let home = home();
    let honest = RING
        .replace("conduct = {", "cpu_of_nobody = {")
        .lines()
        .filter(|line| !line.contains("cpu_of_nobody"))
        .collect::<Vec<_>>()
        .join("\n");
    let honest = honest.replace("conduct.reputation_gain.ring", "selection.share.ring");
    home.file("ring.toml", &honest);
    let asked = [
        "--against",
        "cannot_be_bought",
        "--budget",
        "hosts=2,identities=6,stake=10",
        "--out",
        "joined",
        "--json",
    ];
    let found = home.run(&[&["attack", "ring.toml"], &asked[..], &SHORT[..]].concat());
    assert!([Some(0), Some(4)].contains(&found.code), "{}", found.error);
    let found = found.json();
    assert_eq!((&found["joined"], &found["found"]["hosts"]), (&true.into(), &2.into()));
    assert!(found["found"]["identities"].as_u64().is_some_and(|all| all <= 6), "{found}");
    assert_eq!(found["attack"]["teams"][0]["group"], "attackers");
    assert!(home.read("joined/attack.toml").contains("[groups.attackers]"));
}

#[test]
fn errors_are_told_before_anything_is_run() {
    let home = home();
    let refused = |against: &str, budget: &str, more: &[&str], said: &[&str]| {
        let asked = [&["--against", against, "--budget", budget, "--out", "out"], more].concat();
        let ran = attack(&home, &asked).exits(2);
        said.iter().for_each(|said| assert!(ran.error.contains(said), "{said} is not in:\n{}", ran.error));
        assert!(!home.path("out").exists());
    };
    let some = "identities=3";
    refused("cannot_be_bougt", some, &[], &["nearest is `cannot_be_bought`"]);
    refused("privacy", some, &[], &["no trial of this claim", "`cannot_be_bought`"]);
    refused("audit_trail", some, &[], &["is a control, which no attack can break: all is verified"]);
    refused("fast", some, &["--trial", "praise"], &["there are `answers_come`"]);
    refused("fast", some, &["--keep", "work_is_don"], &["nearest is `work_is_done`"]);
    refused("fast", "money=3", &[], &["unknown key `money`", "identities=N"]);
    refused("fast", "identities=0", &[], &["allows no attack"]);
    refused("fast", some, &["-S", "network.lss=0"], &["unknown path"]);
    refused("fast", some, &["--held-out", "1"], &["whole number from 2"]);
    home.file("mine/notes.txt", "mine");
    let ran = attack(&home, &["--against", "fast", "--budget", some, "--out", "mine"]).exits(2);
    assert!(ran.error.contains("holds other files, and no attack"), "{}", ran.error);
    let alone = RING.replace("candidates = [\"honest\", \"ring\"]", "candidates = [\"honest\"]");
    let alone = alone.replace("conduct.reputation_gain.ring", "selection.share.honest");
    let alone = alone.replace("group = \"ring\"\n", "");
    let alone = alone.replace("skill = 0.3\n", "");
    home.file("ring.toml", &alone);
    refused("cannot_be_bought", "stake=10", &[], &["stake=… has no effect"]);
}
