//! The page of metrics in the documentation, out of the declarations.

use std::fmt::Write;

use super::{Kind, Metric, Scope, all};

const HEAD: &str = "\
# Metrics

Written by `UPDATE_DOCS=1 cargo test --test docs` from the declarations in `src/metrics/families`; `ir3sim metrics` prints the
same list, and `ir3sim metrics --json` as JSON.

`summary.json` has every metric that the scenario's workloads and groups give rise to, and `null` where there was nothing to
count. In a name, `GROUP` and `WORKLOAD` stand for names in the scenario: `conduct.lies.liars`, `traffic.probe.delay_p50_s`.

`messages.*`, `bytes.*` and every metric of scope *run* are over the whole run where their meaning says so; all others count
what started between `warmup` and `duration` − `cooldown`.

";

/// `docs/metrics.md`.
pub fn guide() -> String {
    let mut text = String::from(HEAD);
    scopes(&mut text);
    kinds(&mut text);
    let mut family = "";
    for metric in all() {
        let first = first_part(metric);
        if first != family {
            family = first;
            line(&mut text, &format!("\n## {family}\n"));
            line(&mut text, "| metric | unit | kind | statistic | scope | meaning |");
            line(&mut text, "| --- | --- | --- | --- | --- | --- |");
        }
        row(&mut text, metric);
    }
    text
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
}

fn row(text: &mut String, metric: &Metric) {
    let cells = [
        metric.unit.name(),
        metric.kind.name(),
        metric.statistic.name(),
        metric.scope.name(),
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
