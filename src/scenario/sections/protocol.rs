//! `[protocol]`.

mod idle;

use crate::baseline;
use crate::protocol::{
    Aggregation, Attribution, Chunking, Collect, ConfidenceRule, Config, Dissemination, Gate, LimiterConfig,
    MOST_LOOKUP_PATHS, Maintenance, OwnStore, Persist, Receipts, RecorderWeight, Relaying, SelfReports,
    SeriesConfig, Signatures, Signed, Sources, StakeCurve, Start, StoreConfig, ValueModel, WhenFull,
};
use crate::scenario::forms::{
    Choice, Count, Figure, Flag, Form, Fraction, GroupName, OrWord, ProperFraction, Quantity, Section,
    Unless, Words, maybe,
};
use crate::scenario::names::Names;
use crate::scenario::print::Item;
use crate::scenario::reader::Reader;
use crate::scenario::shape::Shape;
use crate::scenario::tree::{Node, Value};
use crate::units::{ByteSize, Duration, Frequency, GroupId};

pub(super) use idle::idle;

/// `[protocol]`: the protocol's parameters, and what runs in its place.
#[derive(Clone)]
pub(super) struct ProtocolKeys {
    pub config: Config,
    baseline: Baseline,
    coordinator: Option<GroupId>,
    timeout: Duration,
    retries: u32,
    profile: Profile,
}

#[derive(Clone, Copy, PartialEq)]
enum Baseline {
    None,
    Central,
}

impl ProtocolKeys {
    pub(super) fn of(config: &Config, baseline: Option<baseline::Config>) -> ProtocolKeys {
        let keys = ProtocolKeys {
            config: config.clone(),
            baseline: Baseline::None,
            coordinator: None,
            timeout: Duration::from_secs(2),
            retries: 3,
            profile: Profile::Prose,
        };
        let Some(baseline::Config { coordinator, timeout, retries }) = baseline else { return keys };
        ProtocolKeys { baseline: Baseline::Central, coordinator: Some(coordinator), timeout, retries, ..keys }
    }

    /// The baseline that runs in place of the protocol, if any. Without a coordinator it is the first group's, and the
    /// checks refuse it.
    pub(super) fn baseline(&self) -> Option<baseline::Config> {
        let coordinator = self.coordinator.unwrap_or(GroupId(u16::MAX));
        let central = baseline::Config { coordinator, timeout: self.timeout, retries: self.retries };
        (self.baseline == Baseline::Central).then_some(central)
    }
}

/// `[protocol]`: the profile says what the other keys are when they are not given.
pub(super) fn section() -> ByProfile {
    let of = |config: Config| keys(ProtocolKeys::of(&config, None));
    ByProfile { prose: of(Config::default()), literal: of(Config::literal()) }
}

/// One section for each profile.
pub(super) struct ByProfile {
    prose: Section<ProtocolKeys>,
    literal: Section<ProtocolKeys>,
}

impl Form for ByProfile {
    type Value = ProtocolKeys;

    fn read(&self, node: &Node, reader: &mut Reader) -> Option<ProtocolKeys> {
        let profile = match &node.value {
            Value::Table(table) => table.get("profile").map(|entry| &entry.node.value),
            _ => None,
        };
        match profile {
            Some(Value::Text(word)) if word == "literal" => self.literal.read(node, reader),
            _ => self.prose.read(node, reader),
        }
    }

    /// With every key written out a profile says nothing more.
    fn print(&self, value: &ProtocolKeys, names: &Names) -> Option<Item> {
        self.prose.print(value, names)
    }

    fn shape(&self) -> Shape {
        self.prose.shape()
    }
}

const PROFILES: &str = "how the proposal is interpreted, as defaults of the other keys: by its text, or by its code (`attribution` recorder, `aggregation` raw, `confidence` literal, `chunking` literal, `collect` any, `replicas` 0)";

#[derive(Clone, Copy, PartialEq)]
enum Profile {
    Prose,
    Literal,
}

fn keys(draft: ProtocolKeys) -> Section<ProtocolKeys> {
    let profiles = [("prose", Profile::Prose), ("literal", Profile::Literal)];
    let section =
        Section::new(draft).key("profile", words("profile", &profiles), |p| &mut p.profile, PROFILES);
    baseline_keys(readings(placing(asking(joining(forwarding(relaying(looking_up(spreading(section)))))))))
        .optional("limiter", limiter(), |p| &mut p.config.limiter, "all defaults", "the rate limiters")
}

/// How broadcasts spread.
fn spreading(section: Section<ProtocolKeys>) -> Section<ProtocolKeys> {
    section
        .key(
            "dissemination",
            dissemination(),
            |p| &mut p.config.dissemination,
            "how a broadcast reaches everybody: `tree` is Kademlia bucket delegation, `flood` passes it to all contacts, `gossip` to `fanout` of them; with `lookup` there is no broadcast: chunks are announced to, and asked from, the storage nodes closest to the subject's id",
        )
        .key(
            "redundancy",
            Count { least: 1, most: u8::MAX },
            |p| &mut p.config.redundancy,
            "contacts per bucket that get a copy of a broadcast; at most `bucket_size`; only with `tree`",
        )
        .key(
            "fanout",
            Count { least: 1, most: u8::MAX },
            |p| &mut p.config.fanout,
            "contacts that each node passes a broadcast on to; only with `gossip`",
        )
        .key(
            "alpha",
            Count { least: 1, most: u8::MAX },
            |p| &mut p.config.alpha,
            "contacts that a lookup asks at a time (Kademlia's α); only with `lookup`",
        )
        .key(
            "bucket_size",
            Count { least: 1, most: u8::MAX },
            |p| &mut p.config.bucket_size,
            "contacts that a bucket of the routing table holds (Kademlia's k)",
        )
        .key(
            "seen",
            Count { least: 2, most: u32::MAX },
            |p| &mut p.config.seen,
            "maximum number of broadcasts remembered to suppress duplicates, beside those of the last `remember_for` (at least half of it is always kept)",
        )
        .key(
            "remember_for",
            Quantity::time(),
            |p| &mut p.config.remember_for,
            "what is over is remembered at least this long, however much there is of it: that a broadcast was received, and who has answered a query or the announcement of a chunk. Raise it when copies or answers may come later than that: a node that has forgotten a broadcast forwards it again",
        )
        .key(
            "hop_limit",
            Count { least: 1, most: u8::MAX },
            |p| &mut p.config.hop_limit,
            "hops after which a copy of a broadcast is not passed on, so that even one that is always forgotten again ends; each copy carries its hops; not with `dissemination` = \"lookup\"",
        )
}

/// Whom a lookup listens to.
fn looking_up(section: Section<ProtocolKeys>) -> Section<ProtocolKeys> {
    section.optional(
        "lookup_paths",
        Unless { form: Count { least: 1, most: MOST_LOOKUP_PATHS }, usual: 1 },
        |p| &mut p.config.lookup_paths,
        "1",
        "paths of a lookup that share no node, as in S/Kademlia: each goes on until the `bucket_size` closest nodes that no other path has asked have answered, and the closest of all paths are taken. At most `bucket_size`; each asks `alpha` / `lookup_paths` nodes at a time, at least one; only where nodes look each other up",
    )
}

/// In whose name a question is broadcast.
fn relaying(section: Section<ProtocolKeys>) -> Section<ProtocolKeys> {
    let stem = Fraction;
    let table = Section::new(Relaying::default())
        .key("stem", stem, |r| &mut r.stem, "the chance that a relay hands a question on to another relay, instead of broadcasting it: 1 / (1 − `stem`) relays on average; at most 0.99")
        .key("wait", Quantity::time().more_than(Duration::ZERO), |r| &mut r.wait, "how long an asker waits until it has heard its question broadcast, or an answer, before it turns to another relay; again and again until the collection ends. With `dissemination` = \"lookup\" it hears answers alone, and each question without any goes to relay after relay");
    let form = Choice::new().plain(words("queries", &[("broadcast", None)])).table(maybe(table));
    section.optional(
        "queries",
        Unless { form, usual: None },
        |p| &mut p.config.queries,
        "`\"broadcast\"`",
        "a question is broadcast by who asks; or, with this table, handed to a random node that broadcasts it in its own name, and passes the answers on",
    )
}

/// How much of what others say is passed on.
fn forwarding(section: Section<ProtocolKeys>) -> Section<ProtocolKeys> {
    let limit = OrWord { word: "never", form: Quantity::frequency().more_than(Frequency::per_second(0.0)) };
    section.optional(
        "forward_limit",
        Unless { form: limit, usual: None },
        |p| &mut p.config.forward_limit,
        "`\"never\"`",
        "queries of others that a node passes on, with bursts of a second's worth; the rest it may answer, but tells nobody. Not with `dissemination` = \"lookup\"",
    )
}

/// Whom a node knows at first, and how it comes to know others.
fn joining(section: Section<ProtocolKeys>) -> Section<ProtocolKeys> {
    section
        .key(
            "start",
            words("start", &[("converged", Start::Converged), ("cold", Start::Cold)]),
            |p| &mut p.config.start,
            "routing tables have converged at the start, or everybody joins through the bootstrap nodes",
        )
        .key(
            "bootstrap",
            Count { least: 1, most: u32::MAX },
            |p| &mut p.config.bootstrap,
            "nodes that everybody knows, to join through: honest ones that are online from the start, or fewer if there are not so many; only with `start` = \"cold\" or a `maintenance`",
        )
        .key(
            "join_over",
            Quantity::time(),
            |p| &mut p.config.join_over,
            "a node that has to join waits for a random part of this first: a group that comes online at once joins at a rate of its `count` in this time; only with `start` = \"cold\" or a `maintenance`",
        )
        .key(
            "maintenance",
            maintenance(),
            |p| &mut p.config.maintenance,
            "what keeps routing tables fresh: pings, and lookups of random ids. Without it, contacts that went offline are never replaced; only when a group `joins` are the tables of all made anew. With it, nodes that come online later have to join, and no table is made anew",
        )
        .key(
            "rpc_timeout_min",
            Quantity::time().more_than(Duration::ZERO),
            |p| &mut p.config.rpc_timeout_min,
            "minimum time-out of a question to another node (of a lookup, a ping; twice that for whether a chunk is still held). Above it the time-out follows the round trips that a node measures, as in RFC 6298, and doubles when nobody answers",
        )
        .key(
            "rpc_timeout_max",
            Quantity::time().more_than(Duration::ZERO),
            |p| &mut p.config.rpc_timeout_max,
            "maximum of that time-out, and how long an answer that comes after its time-out still counts; the same as the minimum for a fixed time-out",
        )
}

/// How a question ends.
fn asking(section: Section<ProtocolKeys>) -> Section<ProtocolKeys> {
    let counts = Count { least: 1, most: u32::MAX };
    section
        .optional(
            "collect",
            Unless { form: collect(), usual: Collect::Yes },
            |p| &mut p.config.collect,
            "`\"yes\"`",
            "what ends a collection before its window has passed: `enough` sources that said YES, as the proposal speaks of sources; `enough` answers, YES or NO, as its code counts; or nothing: what has come when the window has passed is read, which is nearest to its examples (with `window` = \"2 s\")",
        )
        .key(
            "enough",
            counts,
            |p| &mut p.config.enough,
            "number of distinct sources, or answers, that ends a collection early. Raise it for more sources per answer, which take longer (`very_high` confidence needs 5); not with `collect` = \"scan_after\"",
        )
        .key(
            "window",
            Quantity::time().more_than(Duration::ZERO),
            |p| &mut p.config.window,
            "maximum duration of a collection. Shorten it for a bound on the time per query, lengthen it when slow holders should still count",
        )
}

/// How chunks are placed, and what is remembered of that.
fn placing(section: Section<ProtocolKeys>) -> Section<ProtocolKeys> {
    section
        .key(
            "replicas",
            Count { least: 0, most: u32::MAX },
            |p| &mut p.config.replicas,
            "number of holders that a chunk is sent to, the first that say YES; 0: all of them",
        )
        .optional(
            "replicas_for",
            Unless { form: OrWord { word: "never", form: ProperFraction }, usual: None },
            |p| &mut p.config.replicas_for,
            "`\"never\"`",
            "availability for which recorders choose the number of holders: the smallest r with 1 − (1 − p)^r of at least this, where p is the share of holders that still say they have a chunk when they are asked (`repair_every`), among their last 256 answers or so. They begin with `replicas`, which as a belief weighs ten answers, replace a holder that is missing only while there are fewer than r, and take none away",
        )
        .optional(
            "replicas_max",
            Unless { form: Count { least: 1, most: u32::MAX }, usual: 32 },
            |p| &mut p.config.replicas_max,
            "32",
            "maximum of that number; only with `replicas_for`",
        )
        .key(
            "answer_jitter",
            Quantity::time(),
            |p| &mut p.config.answer_jitter,
            "each answer to a broadcast is delayed by a random part of this, so that answers do not all arrive at once",
        )
        .key(
            "own_store",
            words("treatment of a node's own store", &[("answers", OwnStore::Answers), ("ignored", OwnStore::Ignored)]),
            |p| &mut p.config.own_store,
            "whether a storage node that asks counts what it stores itself: as one source, at once and whatever its limiters say, as no message is sent",
        )
        .key(
            "remembered",
            Count { least: 2, most: u32::MAX },
            |p| &mut p.config.remembered,
            "maximum number of own queries that have ended, and of own chunks that found their holders or were given up, of which a node remembers who has answered, so as to recognise a second or late answer, beside those of the last `remember_for` (at least half of it is always kept). Open ones are never forgotten",
        )
        .key(
            "push_window",
            Quantity::time().more_than(Duration::ZERO),
            |p| &mut p.config.push_window,
            "how long after its last announcement a chunk is sent to holders that say YES, while it has fewer than `replicas`",
        )
        .key(
            "chunk_wait",
            Quantity::time().more_than(Duration::ZERO),
            |p| &mut p.config.chunk_wait,
            "how long a storage node that said YES waits for the chunk; one that comes later is rejected as unrequested",
        )
}

/// The left column of the proposal's table.
fn baseline_keys(section: Section<ProtocolKeys>) -> Section<ProtocolKeys> {
    let kinds = words("baseline", &[("none", Baseline::None), ("central", Baseline::Central)]);
    section
        .key("baseline", kinds, |p| &mut p.baseline, "what runs in place of the protocol, for comparison: `central` is a coordinator that holds all events, and clients that block")
        .optional("coordinator", maybe(GroupName), |p| &mut p.coordinator, "none", "the group, of one host, that is the coordinator; needed with `baseline` = \"central\"")
        .key("timeout", Quantity::time().more_than(Duration::ZERO), |p| &mut p.timeout, "how long a client waits for a response of the coordinator; only with a baseline")
        .key("retries", Count { least: 0, most: 100 }, |p| &mut p.retries, "how often it repeats a request before it gives up; only with a baseline")
}

/// Where the proposal can be read in two ways.
fn readings(section: Section<ProtocolKeys>) -> Section<ProtocolKeys> {
    let flush = OrWord { word: "never", form: Quantity::time().more_than(Duration::ZERO) };
    section
        .optional("sources", Unless { form: sources(), usual: Sources::Identities }, |p| &mut p.config.sources, "`\"identities\"`", "who counts as one: each identity, or all identities at one address. With `addresses` their answers are one source, a recorder gives a chunk to one of them, and what they have recorded has one vote in a reputation, however many outcomes it is: that of a node is the mean of the shares of good outcomes by address")
        .key("attribution", attribution(), |p| &mut p.config.attribution, "which node an event counts for: the one it is about, or the one that recorded it. They differ for events about others, and where somebody forges")
        .key("self_reports", self_reports(), |p| &mut p.config.self_reports, "whether a node's events about itself count")
        .key("aggregation", aggregation(), |p| &mut p.config.aggregation, "each chunk once, or every copy of it. Change it to `raw` to see what repeated copies of a chunk do to the result, as in the proposal's code")
        .key("confidence", confidence(), |p| &mut p.config.confidence, "how sources and events become a label: `very_high` tested first, the order as printed in the proposal, or the shorter rule inside its `derive_reputation`")
        .key("chunking", chunking(), |p| &mut p.config.chunking, "a chunk is cut after every tenth reputation event, or, when an outcome is recorded as every tenth entry of the series, of the last ten entries whatever they are")
        .key("flush_after", flush, |p| &mut p.config.flush_after, "events that have waited this long are pushed, even if they are fewer than ten")
        .key("repush_after", OrWord { word: "never", form: Quantity::time().more_than(Duration::ZERO) }, |p| &mut p.config.repush_after, "a chunk that fewer than `replicas` holders have taken by then is announced again, at most three times")
        .key("repair_every", OrWord { word: "never", form: Quantity::time().more_than(Duration::ZERO) }, |p| &mut p.config.repair_every, "how often a recorder checks with the holders of its last `repair_chunks` chunks, and replaces those that do not answer")
        .key("repair_chunks", Count { least: 1, most: u32::MAX }, |p| &mut p.config.repair_chunks, "number of its own chunks that a recorder looks after in this way, beside those announced within `push_window`; only with `repair_every`")
        .optional("series", series(), |p| &mut p.config.series, "all defaults", "a node's own log")
        .optional("store", store(), |p| &mut p.config.store, "all defaults", "how much storage nodes can hold")
        .key("proofs", Flag, |p| &mut p.config.proofs, "whether a chunk carries the entries of its recorder's series since the previous chunk as a proof, without which storage nodes reject it; answers carry none, and askers check signatures alone")
        .optional("receipts", Unless { form: receipts(), usual: None }, |p| &mut p.config.receipts, "`\"none\"`", "whether the other party of an interaction is asked to sign its outcome, and what an outcome counts without that. The other party of a report about oneself is known for outcomes of `tasks`; of one about somebody else it is the subject")
        .optional("announced_only", Unless { form: Flag, usual: false }, |p| &mut p.config.announced_only, "false", "whether an asker takes those chunks alone whose announcement it has heard, and nothing of a recorder that has signed another under the same name. It misses what was announced while it was away; not with `dissemination` = \"lookup\", where announcements reach storage nodes alone")
        .optional("announcements", Unless { form: Count { least: 2, most: u32::MAX }, usual: 65_536 }, |p| &mut p.config.announcements, "65536", "maximum number of announcements that a node remembers for that, beside those of the last `remember_for` (at least half of it is always kept); 44 bytes each; only with `announced_only`")
        .optional("recency", Unless { form: OrWord { word: "never", form: Quantity::time().more_than(Duration::ZERO) }, usual: None }, |p| &mut p.config.recency, "`\"never\"`", "age after which an outcome does not count, by the time at which it says it was recorded")
        .optional("recorder_weight", Unless { form: recorder_weight(), usual: RecorderWeight::Equal }, |p| &mut p.config.recorder_weight, "`\"equal\"`", "what an outcome weighs by who recorded it: all the same; by the asker's own outcomes with the recorder, (p + 1) / (n + 2) of p good ones among n; or by the recorder's reputation as the asker last derived it. The asker's own outcomes weigh 1")
        .optional("identity_stake", Unless { form: Figure { least: 0.0, most: 1e9 }, usual: 0.0 }, |p| &mut p.config.identity_stake, "0", "stake in ETH that an identity has to show to be given work by reputation")
        .key("stake_curve", stake_curve(), |p| &mut p.config.stake_curve, "the multiplier of a stake: 1 + 0.1 ln(stake), where a weight is at least 0, or 1 + 0.1 ln(1 + stake)")
        .key("newcomer", Fraction, |p| &mut p.config.newcomer, "reputation of a node about which nothing is known. Lower it when new identities should get less work, as against whitewashing")
        .optional("prior", Unless { form: Figure { least: 0.0, most: 1e9 }, usual: 0.0 }, |p| &mut p.config.prior, "0", "how much what is believed beforehand weighs: twice so many outcomes, of which the share `newcomer` was good, count beside those found. With a `newcomer` of 0.5, p good outcomes among n make (p + a) / (n + 2a). Raise it to keep a few outcomes from making a reputation of 0 or 1")
        .key("signatures", signatures(), |p| &mut p.config.signatures, "signatures of the same size that cannot be forged by construction, or real Ed25519")
}

/// `[protocol.limiter]`.
fn limiter() -> Section<LimiterConfig> {
    Section::new(LimiterConfig::default())
        .key("gate", gate(), |l| &mut l.gate, "what the limiters decide: YES at or above the limits; the same, but queries by `overall`, too; YES with probability `overall`; or always YES")
        .key("tracking_min", Fraction, |l| &mut l.tracking_min, "a query is answered YES unless `w_tracking` is below this; only with gate `threshold`")
        .key("overall_min", Fraction, |l| &mut l.overall_min, "a chunk is stored when `overall` is at least this, and with gate `overall` a query answered YES; only with gates `threshold` and `overall`")
        .key("value", value(), |l| &mut l.value, "the model behind `w_objective`: always 1, by the events held about the target, or the asker's reputation")
        .key("window", Quantity::time().more_than(Duration::ZERO), |l| &mut l.window, "the sliding window over which bandwidth is measured")
}

fn words<T>(what: &'static str, words: &[(&'static str, T)]) -> Words<T>
where
    T: Copy,
{
    Words { what, words: words.to_vec() }
}

fn dissemination() -> Words<Dissemination> {
    let known = [
        ("tree", Dissemination::Tree),
        ("flood", Dissemination::Flood),
        ("gossip", Dissemination::Gossip),
        ("lookup", Dissemination::Lookup),
    ];
    words("way of dissemination", &known)
}

/// `"none"`, or `[protocol.maintenance]`.
fn maintenance() -> Choice<Option<Maintenance>> {
    let period = || OrWord { word: "never", form: Quantity::time().from(Duration::from_secs(1)) };
    let table = Section::new(Maintenance::default())
        .key(
            "ping_every",
            period(),
            |m| &mut m.ping_every,
            "how often the least recently heard-from contact of each bucket is pinged",
        )
        .key(
            "refresh_every",
            period(),
            |m| &mut m.refresh_every,
            "how often a random id of each bucket is looked up, and the node's own id",
        );
    Choice::new().plain(words("maintenance", &[("none", None)])).table(maybe(table))
}

fn sources() -> Words<Sources> {
    words("sources", &[("identities", Sources::Identities), ("addresses", Sources::Addresses)])
}

fn attribution() -> Words<Attribution> {
    words("attribution", &[("subject", Attribution::Subject), ("recorder", Attribution::Recorder)])
}

fn collect() -> Words<Collect> {
    let known = [("yes", Collect::Yes), ("any", Collect::Any), ("scan_after", Collect::ScanAfter)];
    words("end of a collection", &known)
}

fn self_reports() -> Words<SelfReports> {
    words("treatment of self-reports", &[("count", SelfReports::Count), ("ignore", SelfReports::Ignore)])
}

fn aggregation() -> Words<Aggregation> {
    words("aggregation", &[("distinct", Aggregation::Distinct), ("raw", Aggregation::Raw)])
}

fn confidence() -> Words<ConfidenceRule> {
    let known = [
        ("ladder", ConfidenceRule::Ladder),
        ("literal", ConfidenceRule::Literal),
        ("derive", ConfidenceRule::Derive),
    ];
    words("confidence rule", &known)
}

fn chunking() -> Words<Chunking> {
    words("way of chunking", &[("reputation", Chunking::Reputation), ("literal", Chunking::Literal)])
}

/// `[protocol.series]`.
fn series() -> Section<SeriesConfig> {
    let known = [("all", Persist::All), ("own", Persist::Own), ("nothing", Persist::Nothing)];
    Section::new(Config::default().series)
        .key("persist", words("part that is kept", &known), |s| &mut s.persist, "what a node still has after downtime: everything, its own series without others' chunks, or nothing but its keys")
}

fn recorder_weight() -> Words<RecorderWeight> {
    let known = [
        ("equal", RecorderWeight::Equal),
        ("experience", RecorderWeight::Experience),
        ("derived", RecorderWeight::Derived),
    ];
    words("weight of recorders", &known)
}

/// `"none"`, or `[protocol.receipts]`.
fn receipts() -> Choice<Option<Receipts>> {
    let table = Section::new(Receipts::default())
        .key("sign", words("thing to sign", &[("outcome", Signed::Outcome), ("deal", Signed::Deal)]), |r| &mut r.sign, "how the interaction has ended, afterwards; or that there is to be one, beforehand: a requester then gives no work without (for workloads with `ask`), and records alone how it has ended")
        .key("wait", Quantity::time().more_than(Duration::ZERO), |r| &mut r.wait, "how long a recorder waits for the other party's signature; then it records the outcome without")
        .key("unsigned_weight", Fraction, |r| &mut r.unsigned_weight, "what an outcome counts that the other party has not signed, where one that it has counts 1. At 0 nobody can be talked down, and nobody need admit a bad outcome; at 1 receipts mean nothing");
    Choice::new().plain(words("receipts", &[("none", None)])).table(maybe(table))
}

/// `[protocol.store]`.
fn store() -> Section<StoreConfig> {
    let full = [("refuse", WhenFull::Refuse), ("least_recently_asked", WhenFull::LeastRecentlyAsked)];
    let capacity = OrWord { word: "unlimited", form: Quantity::size().more_than(ByteSize::default()) };
    Section::new(Config::default().store)
        .key("capacity", capacity, |s| &mut s.capacity, "bytes of encoded chunks")
        .key("when_full", words("answer", &full), |s| &mut s.when_full, "say NO, or evict the chunk that has not been queried for the longest time; only with a `capacity`")
        .key("reserve_for", Quantity::time().more_than(Duration::ZERO), |s| &mut s.reserve_for, "how long room is reserved for a chunk that was wanted and has not come; only with a `capacity` and `when_full` = \"refuse\"")
}

fn stake_curve() -> Words<StakeCurve> {
    words("stake curve", &[("ln", StakeCurve::Ln), ("ln1p", StakeCurve::Ln1p)])
}

fn signatures() -> Words<Signatures> {
    words("kind of signatures", &[("modelled", Signatures::Modelled), ("real", Signatures::Real)])
}

fn gate() -> Words<Gate> {
    let known = [
        ("threshold", Gate::Threshold),
        ("overall", Gate::Overall),
        ("probabilistic", Gate::Probabilistic),
        ("off", Gate::Off),
    ];
    words("gate", &known)
}

fn value() -> Words<ValueModel> {
    let known = [
        ("flat", ValueModel::Flat),
        ("information", ValueModel::Information),
        ("requester", ValueModel::Requester),
    ];
    words("value model", &known)
}
