//! The page of metrics in the documentation, out of the declarations.

use std::fmt::Write;

use super::{Counting, Kind, Metric, Scope, all};

const HEAD: &str = "\
# Metrics

Written by `UPDATE_DOCS=1 cargo test --test docs` from the declarations in `core/src/metrics/families`; `ir3sim metrics` prints the
same list, and `ir3sim metrics --json` as JSON.

`summary.json` has every metric that applies to the scenario, which the tables below tell of each, and `null` where there was
nothing to count. In a name, `GROUP`, `WORKLOAD` and `FAULT` stand for names in the scenario: `conduct.lies.liars`,
`traffic.probe.delay_p50_s`, `messages.lost.fault.split`.

The *asker* issues a query about a *target*. Its *collection* gathers the answers: it ends when `protocol.enough` sources have
said YES, or after `protocol.window` (`protocol.collect` may have it end otherwise). A *storage node* is a host that stores others' chunks; it is a *holder* with respect to
a target if it has a chunk about it. A *bystander* is a host that is reached and has none.

The **window** is from `warmup` to `duration` − `cooldown`, or from the `from` to the `to` of an expectation or trial: an
explicit `from` before the end of the warm-up counts that part of it too.

A quantile of times counts what never came as longer than any time. When so much never came, it is infinite: no upper bound
holds for it, and files have `null`. So is a mean time of which nothing came. A 99 % quantile of fewer than 100 has no value.
Beside each figure of what came stands the share of what did not.

Every figure can be computed again from the rows of a CSV file, which the tables below name; where a file has a column
`counted`, it is 1 in the rows that count. A test computes all of them. `hosts.csv` is not written of more than 10,000 hosts.

";

/// By whose group the key `group` selects, by the first part of a metric's name.
const WHOSE: [(&str, &str); 10] = [
    ("presence", "the host"),
    ("broadcast", "the broadcast's origin"),
    ("limiter", "the storage node"),
    ("queries", "the target, the node asked about"),
    ("askers", "the target, the node asked about; `GROUP` is that of the asker"),
    ("silence", "the target, the node asked about"),
    ("privacy", "the target, the node asked about"),
    ("reputation", "the target, the node asked about"),
    ("confidence", "the target, the node asked about"),
    ("tasks", "the provider"),
];

/// `docs/metrics.md`.
pub fn guide() -> String {
    let mut text = String::from(HEAD);
    windows(&mut text);
    scopes(&mut text);
    kinds(&mut text);
    let mut family = "";
    for metric in all() {
        let first = first_part(metric);
        if first != family {
            family = first;
            line(&mut text, &format!("\n## {family}\n"));
            if let Some((_, whose)) = WHOSE.iter().find(|(of, _)| *of == family) {
                line(&mut text, &format!("`group` selects by the group of {whose}.\n"));
            }
            line(
                &mut text,
                "| metric | unit | kind | better | statistic | scope | window | file | a scenario has it when | meaning |",
            );
            line(&mut text, "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        }
        row(&mut text, metric);
    }
    text
}

fn windows(text: &mut String) {
    line(text, "What a metric counts of the window is one of these:\n");
    line(text, "| window | what counts |\n| --- | --- |");
    for window in Counting::ALL {
        line(text, &format!("| {} | {} |", window.name(), window.meaning()));
    }
    line(text, "");
}

fn scopes(text: &mut String) {
    line(
        text,
        "The **scope** of a metric says which keys of `[expect.NAME]` and `[claims.NAME]` have an effect on it:\n",
    );
    line(text, "| scope | keys |\n| --- | --- |");
    for scope in [Scope::Run, Scope::Window, Scope::Group, Scope::Subject] {
        let keys: Vec<String> = scope.keys().iter().map(|key| format!("`{key}`")).collect();
        let keys = if keys.is_empty() { "none".to_owned() } else { keys.join(", ") };
        line(text, &format!("| {} | {keys} |", scope.name()));
    }
}

fn kinds(text: &mut String) {
    line(
        text,
        "\nThe **kind** says what values there can be, and how intervals over replications treat them:\n",
    );
    line(text, "| kind | values |\n| --- | --- |");
    for kind in Kind::ALL {
        line(text, &format!("| {} | {} |", kind.name(), kind.meaning()));
    }
    line(
        text,
        "\n**Better** says which way a metric changes for the better, all else being equal, for the honest users of the system: \
         `ir3sim compare` calls a difference so. It is empty for what the scenario or an adversary decides, and for what is \
         best in between.",
    );
}

fn row(text: &mut String, metric: &Metric) {
    let cells = [
        metric.unit.name(),
        metric.kind.name(),
        metric.better.name(),
        metric.statistic.name(),
        metric.scope.name(),
        metric.window.name(),
        metric.file,
        metric.when(),
        metric.meaning,
    ];
    line(text, &format!("| `{}` | {} |", metric.name, cells.join(" | ")));
}

fn line(text: &mut String, line: &str) {
    writeln!(text, "{line}").expect("a string takes every line");
}

fn first_part(metric: &Metric) -> &'static str {
    metric.name.split('.').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_family_that_can_be_asked_for_a_group_says_whose() {
        for metric in all() {
            let family = first_part(metric);
            let selects =
                all().any(|metric| first_part(metric) == family && metric.scope.keys().contains(&"group"));
            assert_eq!(WHOSE.iter().any(|(of, _)| *of == family), selects, "{family}");
        }
    }
}
