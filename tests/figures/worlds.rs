//! Small scenarios that between them have every metric. What counts lies between 30 and 100 s of 120.

/// All that have the same warm-up and cool-down.
pub(crate) const ALL: [(&str, &str); 6] = [
    ("work", WORK),
    ("cold start", COLD),
    ("lookup", LOOKUP),
    ("baseline", BASELINE),
    ("repaired", REPAIRED),
    ("treachery", TREACHERY),
];

/// Those who record, store and ask in ways of their own, and an owner of several names.
pub(crate) const TREACHERY: &str = r#"
name = "treachery"
duration = "120 s"
warmup = "30 s"
cooldown = "20 s"

[groups.storers]
count = 8
link = "datacentre"
stores = true

[groups.racers]
count = 2
link = "datacentre"
stores = true
conduct = "racer"

[groups.people]
count = 12
link = "datacentre"
skill = 0.8

[groups.twins]
count = 2
link = "datacentre"
skill = 0.5
conduct = { kind = "sybil", identities = 3 }

[groups.forkers]
count = 3
link = "datacentre"
presence = { model = "exponential", online = "40 s", offline = "5 s" }
conduct = { kind = "equivocator", about = ["people"], start = "10 s" }

[groups.friends]
count = 3
link = "datacentre"
conduct = { kind = "omitting_recorder", about = ["people"], stop = "100 s" }

[groups.spoofers]
count = 2
link = "datacentre"
conduct = { kind = "origin_spoofer", target = "people", about = ["people"], rate = "2 /s" }

[network]
latency = { fixed = "20 ms" }

[protocol]
answer_jitter = "500 ms"
flush_after = "2 s"

[workloads.told]
kind = "record"
about = ["people"]
by = "forkers"
arrivals = { poisson = "5 /s" }

[workloads.kept]
kind = "record"
about = ["people"]
by = "friends"
arrivals = { poisson = "5 /s" }

[workloads.jobs]
kind = "tasks"
from = "people"
candidates = ["people", "twins"]
choose_from = 4
arrivals = { poisson = "3 /s" }
"#;

/// Nodes that come and go and do everything, among adversaries.
pub(crate) const WORK: &str = r#"
name = "work"
duration = "120 s"
warmup = "30 s"
cooldown = "20 s"

[groups.storers]
count = 10
link = { up = "2 Mbit/s", down = "20 Mbit/s" }
presence = { model = "exponential", online = "60 s", offline = "6 s" }
stores = true

[groups.forgers]
count = 2
link = "datacentre"
stores = true
conduct = "forger"

[groups.misers]
count = 2
link = "datacentre"
stores = true
conduct = { kind = "withholder", answer = "empty" }

[groups.people]
count = 25
link = "residential"
skill = 0.8
stake = 4.0
cpu = { message = "1 ms" }

[groups.liars]
count = 3
link = "residential"
skill = 0.3
conduct = { kind = "slanderer", rate = "10 /min", about = ["people"] }

[network]
latency = "world"
loss = 0.002

[protocol]
flush_after = "5 s"
replicas = 4
enough = 5

[protocol.store]
capacity = "32 KiB"
when_full = "least_recently_asked"

[workloads.history]
kind = "record"
about = ["people", "liars"]
arrivals = { poisson = "15 /s" }

[workloads.lookups]
kind = "query"
from = "people"
about = ["people", "liars", "misers"]
arrivals = { poisson = "4 /s" }
start = "10 s"

[workloads.audits]
kind = "query"
from = "storers"
about = ["people"]
arrivals = { poisson = "3 /s" }
start = "10 s"

[workloads.jobs]
kind = "tasks"
from = "people"
candidates = ["people", "liars"]
choose_from = 3
arrivals = { poisson = "1 /s" }

[workloads.chores]
kind = "tasks"
from = "storers"
candidates = ["people"]
choose_from = 2
ask = false
arrivals = { poisson = "1 /s" }

[workloads.shouts]
kind = "broadcast"
from = "storers"
size = "200 B"
arrivals = { every = "2 s" }

[workloads.probe]
kind = "traffic"
from = "people"
to = "forgers"
size = "400 B"
arrivals = { poisson = "10 /s" }
"#;

/// Nodes that have to find each other, and go on looking.
pub(crate) const COLD: &str = r#"
name = "cold"
duration = "120 s"
warmup = "30 s"
cooldown = "20 s"

[groups.all]
count = 40
link = "datacentre"
presence = { model = "exponential", online = "60 s", offline = "10 s" }

[groups.late]
count = 10
link = "datacentre"
joins = "40 s"

[groups.too_late]
count = 10
link = "datacentre"
joins = "95 s"

[network]
latency = "world"

[protocol]
start = "cold"
join_over = "70 s"
maintenance = { ping_every = "5 s", refresh_every = "20 s" }

[workloads.shouts]
kind = "broadcast"
from = "all"
size = "100 B"
arrivals = { every = "3 s" }
"#;

/// Chunks and questions that go to the closest, who are behind NATs, with relays that come and go.
pub(crate) const LOOKUP: &str = r#"
name = "lookup"
duration = "120 s"
warmup = "30 s"
cooldown = "20 s"

[groups.all]
count = 40
link = "datacentre"
nat = { port_restricted = 0.5, symmetric = 0.5 }
stores = true
skill = 0.7

[groups.misrouters]
count = 4
link = "datacentre"
stores = true
conduct = "misrouter"

[groups.relays]
count = 4
link = "datacentre"
presence = { model = "exponential", online = "15 s", offline = "15 s" }
relays = true

[network]
latency = "world"

[protocol]
dissemination = "lookup"
enough = 5

[workloads.history]
kind = "record"
about = ["all"]
arrivals = { poisson = "80 /s" }

[workloads.lookups]
kind = "query"
from = "all"
about = ["all"]
arrivals = { poisson = "5 /s" }
"#;

/// A coordinator that is away for a while, and clients that block.
pub(crate) const BASELINE: &str = r#"
name = "central"
duration = "120 s"
warmup = "30 s"
cooldown = "20 s"

[groups.coordinator]
count = 1
link = "datacentre"

[groups.people]
count = 20
link = "residential"
skill = 0.8

[network]
latency = "world"

[protocol]
baseline = "central"
coordinator = "coordinator"

[workloads.history]
kind = "record"
about = ["people"]
arrivals = { poisson = "5 /s" }

[workloads.lookups]
kind = "query"
from = "people"
about = ["people"]
arrivals = { poisson = "5 /s" }

[faults.away]
kind = "offline"
groups = ["coordinator"]
at = "25 s"
for = "10 s"

[faults.burst]
kind = "loss"
at = "50 s"
for = "20 s"
loss = 0.2
"#;

/// Nodes that sign for each other, take what was announced, and do not pass everything on.
pub(crate) const REPAIRED: &str = include_str!("../data/repaired.toml");

/// As many hosts as have a file of their own.
pub(crate) const CROWD: &str = r#"
name = "crowd"
duration = "2 s"
cooldown = "0 s"

[groups.one]
count = 2
link = "datacentre"

[groups.crowd]
count = 9998
link = "datacentre"

[network]
latency = { fixed = "10 ms" }

[workloads.probe]
kind = "traffic"
from = "one"
to = "crowd"
size = "400 B"
arrivals = { every = "10 ms" }
"#;

/// A hundred datagrams in one second of a hundred.
pub(crate) const A_SECOND_OF_TRAFFIC: &str = r#"
name = "t"
duration = "100 s"
cooldown = "0 s"

[groups.a]
count = 1
link = { up = "unlimited", down = "unlimited" }

[groups.b]
count = 1
link = { up = "unlimited", down = "unlimited" }

[network]
latency = { fixed = "10 ms" }

[workloads.t]
kind = "traffic"
from = "a"
to = "b"
size = "1000 B"
arrivals = { every = "10 ms" }
start = "50 s"
stop = "51 s"
"#;

/// A single owner stores everything, under five names.
pub(crate) const ONE_OWNER: &str = r#"
name = "owner"
duration = "2 min"
warmup = "40 s"
cooldown = "20 s"

[groups.owner]
count = 1
link = "datacentre"
stores = true
conduct = { kind = "sybil", identities = 5 }

[groups.people]
count = 10
link = "datacentre"
skill = 0.8

[network]
latency = { fixed = "20 ms" }

[protocol]
enough = 5

[workloads.history]
kind = "record"
about = ["people"]
arrivals = { poisson = "10 /s" }
stop = "40 s"

[workloads.lookups]
kind = "query"
from = "people"
about = ["people"]
arrivals = { poisson = "2 /s" }
start = "40 s"
"#;
