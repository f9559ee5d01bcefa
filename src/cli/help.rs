//! What `--help` says beyond the arguments: examples and exit codes.

pub(super) const EXIT_CODES: &str = "\
Exit codes: 0 done, all expectations hold; 1 could not read or write, or an internal failure; \
2 bad usage or a bad file; 3 an expectation fails; 4 incomplete, or nothing found; 5 a replay differs; \
130 interrupted (143 by SIGTERM, 129 by SIGHUP).";

pub(super) const PROGRAM: &str = "\
Examples:
  ir3sim list                                 what comes with the program
  ir3sim run overload --out runs/overload     run one of them
  ir3sim run mine.toml -S network.loss=0.05   run a file of your own, with a change
  ir3sim check mine.toml                      is it valid?
  ir3sim claims                               what the results say about the claims
  ir3sim report --out review.html             all of it on one page, for a design review

Exit codes:
  0  done, all expectations hold
  1  could not read or write, or an internal failure
  2  bad usage or a bad file
  3  an expectation fails
  4  incomplete, as of a run that was stopped by its budget, or nothing found
  5  a replay differs
  130 interrupted, 143 terminated, 129 the terminal went away";

pub(super) const RUN: &str = "\
Examples:
  ir3sim run overload                         a scenario that comes with the program
  ir3sim run mine.toml --seed 7 --out runs/7  a file, under another seed
  ir3sim run mine.toml --replications 20      twenty seeds, with intervals
  ir3sim run mine.toml -S network.loss=0.05 -S 'duration=10 min'
  sed 's/0.05/0.1/' mine.toml | ir3sim run -  from standard input
  ir3sim run runs/7/manifest.toml --out again a result once more: exit code 5 if it differs
  ir3sim run mine.toml --json | jq .metrics   for programs

A file wins over a scenario of the same name that comes with the program; `./NAME` is always a file.";

pub(super) const SWEEP: &str = "\
Examples:
  ir3sim sweep run mine-sweep.toml                     every point of a sweep file
  ir3sim sweep run overload --axis network.loss=0,0.05 --replications 5
  ir3sim sweep plan mine-sweep.toml --measure          how many runs, how long?
  ir3sim sweep status sweeps/mine                      how far is it?";

pub(super) const SWEEP_RUN: &str = "\
Examples:
  ir3sim sweep run mine-sweep.toml --out sweeps/mine
  ir3sim sweep run privacy --axis protocol.enough=1,3,5 --show privacy.question_exposure_ratio
  ir3sim sweep run mine.toml --axis network.loss=0:0.1:0.025 --axis groups.all.count=log:50:800:3
  ir3sim sweep run mine.toml --method lhs --samples 40 --axis network.loss=0.0:0.2 --axis protocol.redundancy=1:4
  ir3sim sweep run mine.toml --axis network.loss=0,0.1 --until queries.answered_ratio=0.05 --replications 200
  ir3sim sweep run mine-sweep.toml --shard 0/3 --out shared   and 1/3, 2/3 elsewhere; then `sweep merge shared`

A sweep file names its scenario and its axes:
  name = \"cost\"
  scenario = \"broadcast.toml\"        # relative to this file, or a scenario of the program
  replications = 5
  [axes]
  \"groups.all.count\" = [200, 400, 800]
  \"protocol.redundancy\" = { range = [1, 3], step = 1 }
  [set]
  duration = \"120 s\"

What is finished is kept, run by run: the same command goes on from there, after a crash, too.";

pub(super) const THRESHOLD: &str = "\
Examples:
  ir3sim threshold collusion --axis 'groups.ring.conduct.rate=log:1 /h:1 /min' --expect praise_of_friends_changes_little
  ir3sim threshold mine.toml --axis network.loss=0.0:0.3 --expect answers_come --replications 20
  ir3sim threshold mine.toml --axis groups.all.count=50:800 --expect answers_come --resolution 1/64 --json

First five points from LOW to HIGH are looked at, then the middle of what is left, until neighbouring points differ or \
more runs would be needed to tell. All verdicts together are right with a certainty of 95 %, whichever points are looked at. \
The folder is that of a sweep over these points, with the finding in threshold.json and a chart. What is finished is kept: the \
same command goes on from there, and one with more replications or a finer resolution takes what there is.

Exit codes: 0 it turns somewhere between LOW and HIGH; 4 it does not, or nothing can be told.";

pub(super) const ATTACK: &str = "\
Examples:
  ir3sim attack collusion --against cannot_be_bought --budget identities=20,bytes=60MB
  ir3sim attack withholding --against censorship_resistant --budget identities=15 --trial victims_are_still_found
  ir3sim attack mine.toml --against fast --budget hosts=10,identities=100,bytes=1GB --rounds 8 --held-out 30 --json

Attempts are drawn at random first, over all kinds of adversaries that the scenario can have and all their keys, then near the \
best so far. All run under the same seeds. What is found is stripped of what does not matter, and confirmed under seeds that \
the search has not seen, beside the attack that the scenario has. The folder has the finding in attack.json, all attempts in \
attempts.csv, and the attack as a scenario in attack.toml. What is finished is kept: the same command goes on from there.

Exit codes: 0 the attack that was found breaks the claim's bound; 4 none was found that surely does.";
pub(super) const SWEEP_PLAN: &str = "\
Examples:
  ir3sim sweep plan mine-sweep.toml                    how many runs, how long?
  ir3sim sweep plan mine-sweep.toml -v                 which points?
  ir3sim sweep plan mine-sweep.toml --emit slurm > mine.sh        then `bash mine.sh`, where Slurm is
  ir3sim sweep plan mine-sweep.toml --emit parallel --shards 20 > mine.sh   with GNU parallel, here

A script runs each shard by `ir3sim sweep run --shard`, once more where a signal has ended it, and then `ir3sim sweep merge`.";

pub(super) const REPLAY: &str = "\
Examples:
  ir3sim replay runs/overload
  ir3sim replay overload --threads 1

All is simulated again, under the same seeds, in a temporary folder; nothing of it is kept. Exit code 0: the same events \
happened, and every figure and table is the same. 5: something differs. It is told what: the figures, tables that come out otherwise \
or were changed since, the first row of timeseries.csv in which anything does, if the result still has that file, and between which two \
times the first event is that differs, by the trail of hashes in timing.json: a thousandth of the run, or of the part that `ir3sim run \
--trail` chose, down to one nanosecond.";

pub(super) const SWARM: &str = "\
Examples:
  ir3sim swarm --seeds 1000
  ir3sim swarm --from 17 --print > found.toml
                                              the scenario of a seed that failed

Each scenario has some groups, work and faults at random, and some of their keys; rare are those that need several others beside \
them. It runs twice: on one thread, where every invariant is \
checked, and on two. Both must come to the same. Exit code 1: some fail, which is a defect of this program.";

pub(super) const INIT: &str = "\
Examples:
  ir3sim init mine.toml
  ir3sim init - | less

The scenario is good as it is, and takes some seconds to run. What is commented out may be added, a line or a table each.";

pub(super) const SCHEMA: &str = "\
Examples:
  ir3sim schema > scenario.schema.json
  ir3sim schema --sweep > sweep.schema.json

An editor with a language server for TOML (taplo, Even Better TOML) goes by it where the first line of a file is, beside a schema,
  #:schema ./scenario.schema.json

It is for whole files: overlays leave out what it requires. It knows tables, keys, words, types and ranges of numbers. Units, and what must be so of several keys together, only \
`ir3sim check` knows.";

pub(super) const PLOT: &str = "\
Examples:
  ir3sim plot runs/overload --png
  ir3sim plot overload

A name is that of the result's folder: runs/NAME or results/NAME, here or in a folder above; else the only folder in \
runs that is called NAME-…, as `ir3sim run` calls it without --out. A name that is none lists what was found.";

pub(super) const CHECK: &str = "\
Examples:
  ir3sim check mine.toml other.toml
  ir3sim check mine.toml --resolved      the scenario with all its defaults
  ir3sim check overload -S network.loss=2
  cat mine.toml | ir3sim check -";

pub(super) const NETWORK: &str = "\
Examples:
  ir3sim network mine.toml               loss, reachability, round trips, rates, queues, transports, presence, faults
  ir3sim network mine.toml -S network.latency=world
  ir3sim network overload --json | jq '.round_trips[0].round_trip_s.p50'
  ir3sim network mine.toml --out net     tables and charts of distributions, too

It is what a run under the same seed deals out: places and links of its hosts, and latencies of their pairs. Of more than \
40,000 pairs, 20,000 hosts or 10,000 sessions of a group so many are looked at.

With --out: round_trips, rates and stays, each as CSV (the quantile at each percent) and as SVG, and network.json.";

pub(super) const LIST: &str = "\
Examples:
  ir3sim list
  ir3sim list -v                         what each is for
  ir3sim list my-scenarios --json";

pub(super) const METRICS: &str = "\
Examples:
  ir3sim metrics
  ir3sim metrics silent                  those with `silent` in their name
  ir3sim metrics --json | jq '.[].name'";

pub(super) const CLAIMS: &str = "\
Examples:
  ir3sim claims
  ir3sim claims runs/overload runs/forgery
  ir3sim claims -v                       with what each claim says";

pub(super) const COMPARE: &str = "\
Examples:
  ir3sim compare runs/before runs/after        two results, paired by seed
  ir3sim compare overload -B protocol.redundancy=2
                                              a scenario and a variant: ten runs of each
  ir3sim compare old.toml new.toml --replications 20 -S 'duration=5 min'
  ir3sim compare runs/before mine.toml         a result, and a scenario under its seeds
  ir3sim compare sweeps/before sweeps/after    two sweeps, at the points that both have
  ir3sim compare sweeps/cost -A protocol.redundancy=1 -B protocol.redundancy=2
                                              two cuts through a sweep
  ir3sim compare A B --only queries.answered_ratio queries.latency_p50_s
  ir3sim compare A B --markdown --fail-if-worse queries.answered_ratio

Verdicts: better or worse, higher or lower where neither is better: more than chance, among all metrics compared (Holm, \
5 %). equivalent: the whole interval of the difference is less than matters. inconclusive: chance may explain it, or hide \
what matters. same: no run differs from that under the same seed.

Of sweeps the metrics of their charts are compared, else three that their expectations, claims and most people are about; \
--only names others, --only all takes every one. -A, -B and -S take the points that have a value.

A scenario that comes with the program wins over a result of the same name; `results/NAME` is always the result.

Exit code 3: a metric of --fail-if-worse is worse.";

pub(super) const REPORT: &str = "\
Examples:
  ir3sim report                              all that is in results, as report.html
  ir3sim report runs/overload runs/forgery --out review.html
  ir3sim report runs/a runs/b                two variants of a scenario, side by side
  ir3sim report runs/after --baseline runs/before
                                             and what has changed, in pairs of runs under the same seeds

The page is one file: no network, no script. It shows verdicts first, then the question and what is not modelled, charts
with their data, parameters, attacks, every metric explained, and how to repeat each run.";

pub(super) const COMPLETIONS: &str = "\
Examples:
  ir3sim completions bash > ~/.local/share/bash-completion/completions/ir3sim
  ir3sim completions zsh > ~/.zfunc/_ir3sim      with ~/.zfunc in $fpath
  ir3sim completions fish > ~/.config/fish/completions/ir3sim.fish";

pub(super) const MAN: &str = "\
Examples:
  ir3sim man | man -l -
  ir3sim man run > ir3sim-run.1";
