//! The parameters of the protocol, and its named variants.

use crate::units::{ByteSize, Duration, Frequency, Share};

/// Parameters of the protocol: `[protocol]`. Where the proposal allows two readings, both are here by name, and the
/// default is the one that fits its prose.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// How a broadcast reaches everybody.
    pub dissemination: Dissemination,
    /// Contacts per bucket that get a copy of a broadcast, 1 to `bucket_size`. One is enough while nobody is away.
    pub redundancy: u8,
    /// Contacts that get a copy of a gossiped broadcast.
    pub fanout: u8,
    /// Contacts that a lookup asks at a time. Kademlia: 3.
    pub alpha: u8,
    /// Paths of a lookup that share no node, among which these are divided: 1 to `bucket_size`. Kademlia: 1.
    pub lookup_paths: u8,
    /// Contacts a bucket of the routing table holds (Kademlia's k).
    pub bucket_size: u8,
    /// Whether nodes begin with converged routing tables or have to join.
    pub start: Start,
    /// How many nodes everybody knows, to join through.
    pub bootstrap: u32,
    /// Who has to join waits for a random part of this, so that not all come at once.
    pub join_over: Duration,
    /// What keeps routing tables fresh. `None`: nothing.
    pub maintenance: Option<Maintenance>,
    /// Broadcasts that a node remembers in order not to forward them twice, beside those within `remember_for`; between half of
    /// it and all.
    pub seen: u32,
    /// What is over is remembered for so long at the least, however much there is of it: that a broadcast was heard, who has
    /// answered a query, or the announcement of a chunk.
    pub remember_for: Duration,
    /// Hops from the origin after which a copy of a broadcast is not passed on, 1 to 255.
    pub hop_limit: u8,
    /// The shortest time-out of a question, be it of a lookup, a ping, or whether a chunk is still held (twice as long).
    /// RFC 6298: 1 s.
    pub rpc_timeout_min: Duration,
    /// The longest one, however long answers take. RFC 6298: 60 s or more.
    pub rpc_timeout_max: Duration,
    /// What ends a collection before its window has passed.
    pub collect: Collect,
    /// Sources, or answers, that end a collection early. The proposal: 3.
    pub enough: u32,
    /// When a collection ends at the latest. The proposal: 5 s.
    pub window: Duration,
    /// Holders a chunk is sent to, the first that say YES. 0: all of them, as in the proposal.
    pub replicas: u32,
    /// Recorders keep as many holders of a chunk as make one of them be there with this chance, by what they find when they ask
    /// (`repair_every`), and not `replicas`, which is what they begin with. `None`: `replicas`, as in the proposal.
    pub replicas_for: Option<Share>,
    /// The most holders that they keep for that.
    pub replicas_max: u32,
    /// Answers to a broadcast are spread over this span. The proposal: none.
    pub answer_jitter: Duration,
    /// Whether a node that asks finds what it stores itself.
    pub own_store: OwnStore,
    /// Own queries, and own chunks, that have ended and of which a node remembers who has answered, beside those within
    /// `remember_for`; between half of it and all.
    pub remembered: u32,
    /// Who is counted as one source, as one holder and as one voice. The proposal: each node.
    pub sources: Sources,
    /// Whom an event counts for.
    pub attribution: Attribution,
    /// Whether a node's events about itself count.
    pub self_reports: SelfReports,
    /// Whether replicas of one chunk count once.
    pub aggregation: Aggregation,
    /// How sources and events become a label.
    pub confidence: ConfidenceRule,
    /// When a chunk is cut.
    pub chunking: Chunking,
    /// Push fewer than ten events when they have waited this long. `None`: never, as in the proposal.
    pub flush_after: Option<Duration>,
    /// Reputation of a node about which nothing is known. The proposal: 0.5.
    pub newcomer: Share,
    /// Outcomes of each kind that a newcomer of reputation 0.5 is taken to have had: a of them make (p + a) / (n + 2a) of p good
    /// outcomes among n. 0 or more; the proposal: 0.
    pub prior: f64,
    /// How a stake becomes a multiplier of the selection weight.
    pub stake_curve: StakeCurve,
    /// So long after it was announced last a chunk is sent to those that say YES.
    pub push_window: Duration,
    /// So long a storer that said YES waits for the chunk.
    pub chunk_wait: Duration,
    /// Announce a chunk again that fewer than `replicas` have taken by then. `None`: never, as in the proposal.
    pub repush_after: Option<Duration>,
    /// Ask the holders of a chunk after it so often, and replace those that have it no more. `None`: never, as in the proposal.
    pub repair_every: Option<Duration>,
    /// Chunks of its own that a recorder looks after in that way, the last ones.
    pub repair_chunks: u32,
    /// What becomes of a node's own log.
    pub series: SeriesConfig,
    /// What storage nodes have room for.
    pub store: StoreConfig,
    /// Whether a chunk travels with the proof that it belongs to its recorder's series, without which it is not kept.
    pub proofs: bool,
    /// Whether the other party of an interaction is asked to sign its outcome, and what an outcome counts that it did not sign.
    /// `None`: nobody is asked, as in the proposal.
    pub receipts: Option<Receipts>,
    /// Whether an asker takes those chunks alone whose announcement it has heard. The proposal: no.
    pub announced_only: bool,
    /// Announcements that a node remembers for that, beside those within `remember_for`; between half of it and all.
    pub announcements: u32,
    /// Outcomes that are older do not count. `None`: all count, as in the proposal.
    pub recency: Option<Duration>,
    /// What an outcome weighs by who recorded it. The proposal: all the same.
    pub recorder_weight: RecorderWeight,
    /// Stake in ETH that an identity has to show to be given work. The proposal: none.
    pub identity_stake: f64,
    /// Queries of others that a node passes on, with bursts of a second's worth. `None`: all, as in the proposal.
    pub forward_limit: Option<Frequency>,
    /// Whether a question goes through others before it is broadcast. `None`: it is broadcast by who asks, as in the proposal.
    pub queries: Option<Relaying>,
    /// Real Ed25519, or signatures of the same size that are unforgeable by construction.
    pub signatures: Signatures,
    /// The rate limiters.
    pub limiter: LimiterConfig,
}

/// What nodes know at the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// Everybody knows up to `bucket_size` random members of every subtree next to its own.
    Converged,
    /// Everybody knows the bootstrap nodes, and joins through them.
    Cold,
}

/// What keeps routing tables fresh, at a price in messages: `[protocol.maintenance]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Maintenance {
    /// In this time the contact of each bucket that was silent for the longest time is asked whether it is there. `None`:
    /// never.
    pub ping_every: Option<Duration>,
    /// In this time a random id of each bucket is looked up, and the own one. `None`: never.
    pub refresh_every: Option<Duration>,
}

/// How a broadcast reaches everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dissemination {
    /// Kademlia bucket delegation.
    Tree,
    /// To all contacts, who pass it on likewise.
    Flood,
    /// To some contacts, who pass it on likewise: infect and die.
    Gossip,
    /// To nobody but those closest to the subject's id.
    Lookup,
}

/// Whether a node that asks finds what it stores itself. The proposal does not say: its query is broadcast to all storage
/// nodes, of which the asker may be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnStore {
    /// It is a source like any other, at once and without a message: as no bandwidth is used, no limiter decides.
    Answers,
    /// It asks others only.
    Ignored,
}

/// Who is counted as one: of those that answer, that hold a chunk, and that have recorded outcomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sources {
    /// Each identity; and each outcome counts.
    Identities,
    /// All identities at one address, which also have one vote together, however many outcomes they tell.
    Addresses,
}

/// Whom an event counts for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attribution {
    /// The node that it is about, whoever recorded it.
    Subject,
    /// The node that recorded it, as the proposal is coded.
    Recorder,
}

/// What ends a collection before its window has passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Collect {
    /// Enough sources that have said YES, as the proposal's prose has it.
    Yes,
    /// Enough answers, YES or NO, as the proposal is coded: it counts responses.
    Any,
    /// Nothing: all that has come is read when the window has passed, as in the proposal's examples.
    ScanAfter,
}

/// Whether a node's events about itself count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SelfReports {
    /// As in the proposal.
    Count,
    /// They do not, whatever is recorded.
    Ignore,
}

/// Whether replicas of one chunk count once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aggregation {
    /// Each chunk once, by id and hash.
    Distinct,
    /// Every copy, as the proposal is coded.
    Raw,
}

/// How sources and events become a confidence label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfidenceRule {
    /// `very_high` is tested first.
    Ladder,
    /// In the order printed in the proposal: `very_high` can never be returned.
    Literal,
    /// The shorter rule inside the proposal's `derive_reputation`.
    Derive,
}

/// When a chunk is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chunking {
    /// After every tenth reputation event not yet pushed.
    Reputation,
    /// As the proposal is coded: when an outcome is recorded and the series' length is a multiple of ten, audit entries
    /// included; with the last ten entries, whatever they are.
    Literal,
}

/// How signatures are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signatures {
    /// Same sizes, unforgeable by construction, cheap.
    Modelled,
    /// Ed25519.
    Real,
}

/// A node's own log: `[protocol.series]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeriesConfig {
    /// What a node keeps over an absence, of this and of what else it holds.
    pub persist: Persist,
}

/// What a node keeps over an absence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Persist {
    /// Everything: its series, others' chunks, and what it was waiting for.
    All,
    /// Its own series; others' chunks, and what it was waiting for, are lost.
    Own,
    /// Its keys alone.
    Nothing,
}

/// What an outcome weighs by who recorded it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecorderWeight {
    /// As much as any other.
    Equal,
    /// As much as the asker's own outcomes with the recorder speak for it: (p + 1) / (n + 2) of p good ones among n, and so a half
    /// without any; its own outcomes in full. `EigenTrust`'s local trust, without what friends of friends say.
    Experience,
    /// The reputation of the recorder as the asker last derived it, or a newcomer's; its own outcomes in full.
    Derived,
}

/// Receipts: signatures of both parties on an outcome: `[protocol.receipts]`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Receipts {
    /// What it is that the other party signs.
    pub sign: Signed,
    /// So long a recorder waits for the other party's signature before it records the outcome without.
    pub wait: Duration,
    /// What an outcome counts that the other party did not sign, where one that it did counts 1. 0..=1.
    pub unsigned_weight: Share,
}

/// How a question goes through others before it is broadcast: `[protocol.queries]`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Relaying {
    /// The chance that a relay hands a question on to another, instead of having it broadcast. Less than 1; scenarios may have 0.99 at most.
    pub stem: Share,
    /// So long an asker waits to hear its question broadcast before it turns to another relay.
    pub wait: Duration,
}

impl Default for Relaying {
    fn default() -> Relaying {
        Relaying { stem: Share::ZERO, wait: Duration::from_secs(1) }
    }
}

/// What the other party of an interaction signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signed {
    /// How it has ended, afterwards: that both say the same.
    Outcome,
    /// That there is to be one, beforehand: whoever asks for it gives no work without, and says alone how it has ended.
    Deal,
}

impl Default for Receipts {
    fn default() -> Receipts {
        // As long as a collection lasts: who does not answer then is taken to be away.
        Receipts { sign: Signed::Outcome, wait: Duration::from_secs(5), unsigned_weight: Share::ZERO }
    }
}

/// What a storage node has room for: `[protocol.store]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoreConfig {
    /// Bytes of encoded chunks. `None`: no limit.
    pub capacity: Option<ByteSize>,
    /// What to do with an announcement of a chunk that does not fit.
    pub when_full: WhenFull,
    /// So long room is kept for a chunk that was wanted and has not come.
    pub reserve_for: Duration,
}

/// What a full storage node does with an announcement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenFull {
    /// It says NO.
    Refuse,
    /// It makes room: what nobody has asked about for the longest time goes first.
    LeastRecentlyAsked,
}

/// The rate limiters: `[protocol.limiter]`.
#[derive(Clone, Debug, PartialEq)]
pub struct LimiterConfig {
    /// How limiters become a YES or NO.
    pub gate: Gate,
    /// A query is answered YES unless `w_tracking` is below this. The proposal: 0.3.
    pub tracking_min: Share,
    /// A chunk is stored when `overall` is at least this.
    pub overall_min: Share,
    /// The model behind `w_objective`.
    pub value: ValueModel,
    /// The sliding window over which bandwidth is measured.
    pub window: Duration,
}

/// What the limiters decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// YES at or above the limits: a query by `tracking` alone, as the proposal is coded, and a chunk by `overall`.
    Threshold,
    /// YES at or above the limit of `overall`, a query as well as a chunk, as in the proposal's closing examples.
    Overall,
    /// YES with probability `overall`.
    Probabilistic,
    /// Always YES.
    Off,
}

/// The model behind `w_objective`: what is answering this request worth?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueModel {
    /// Always 1.
    Flat,
    /// 1 − e^(−events held about the target / 10).
    Information,
    /// The asker's reputation as last derived here; the newcomer's when it never was.
    Requester,
}

/// How a stake becomes a multiplier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StakeCurve {
    /// 1 + 0.1 ln(stake), as in the proposal; 1 without a stake. Below 1 ETH it lowers the weight.
    Ln,
    /// 1 + 0.1 ln(1 + stake): never below 1.
    Ln1p,
}

impl Default for StoreConfig {
    fn default() -> StoreConfig {
        StoreConfig { capacity: None, when_full: WhenFull::Refuse, reserve_for: Duration::from_secs(30) }
    }
}

impl Default for Config {
    fn default() -> Config {
        Config {
            dissemination: Dissemination::Tree,
            redundancy: 1,
            fanout: 3,
            alpha: 3,
            lookup_paths: 1,
            bucket_size: 8,
            start: Start::Converged,
            bootstrap: 8,
            join_over: Duration::from_secs(60),
            maintenance: None,
            seen: 1024,
            // Gossipsub's implementations remember messages for two minutes, of which one would do on today's Internet.
            remember_for: Duration::from_secs(60),
            // The initial time to live of IP (RFC 1700). In a converged tree of a million nodes no copy comes half as far.
            hop_limit: 64,
            rpc_timeout_min: Duration::from_secs(1),
            rpc_timeout_max: Duration::from_secs(60),
            collect: Collect::Yes,
            enough: 3,
            window: Duration::from_secs(5),
            replicas: 5,
            replicas_for: None,
            replicas_max: 32,
            answer_jitter: Duration::ZERO,
            own_store: OwnStore::Answers,
            remembered: 4096,
            sources: Sources::Identities,
            attribution: Attribution::Subject,
            self_reports: SelfReports::Count,
            aggregation: Aggregation::Distinct,
            confidence: ConfidenceRule::Ladder,
            chunking: Chunking::Reputation,
            flush_after: None,
            newcomer: Share::clamped(0.5),
            prior: 0.0,
            stake_curve: StakeCurve::Ln,
            push_window: Duration::from_secs(600),
            chunk_wait: Duration::from_secs(60),
            repush_after: None,
            repair_every: None,
            repair_chunks: 64,
            series: SeriesConfig { persist: Persist::All },
            store: StoreConfig::default(),
            proofs: false,
            receipts: None,
            announced_only: false,
            announcements: 65_536,
            recency: None,
            recorder_weight: RecorderWeight::Equal,
            identity_stake: 0.0,
            forward_limit: None,
            queries: None,
            signatures: Signatures::Modelled,
            limiter: LimiterConfig::default(),
        }
    }
}

impl Config {
    /// Whether routing tables change by what nodes hear. Else they are given.
    pub fn learns(&self) -> bool {
        self.start == Start::Cold || self.maintenance.is_some()
    }

    /// How much a node remembers of what it has asked for and is over: how many, and for how long at the least.
    pub(super) fn remembers(&self) -> (u32, Duration) {
        (self.remembered, self.remember_for)
    }

    /// The proposal as it is coded, where that is not what its prose says.
    pub fn literal() -> Config {
        Config {
            attribution: Attribution::Recorder,
            aggregation: Aggregation::Raw,
            confidence: ConfidenceRule::Literal,
            chunking: Chunking::Literal,
            collect: Collect::Any,
            replicas: 0,
            ..Config::default()
        }
    }
}

impl Default for Maintenance {
    fn default() -> Maintenance {
        Maintenance {
            // BitTorrent's BEP 5: a node not heard of for 15 minutes is questionable.
            ping_every: Some(Duration::from_secs(900)),
            // Kademlia: a bucket in which nothing was looked up for an hour.
            refresh_every: Some(Duration::from_secs(3600)),
        }
    }
}

impl Default for LimiterConfig {
    fn default() -> LimiterConfig {
        LimiterConfig {
            gate: Gate::Threshold,
            tracking_min: Share::clamped(0.3),
            overall_min: Share::clamped(0.3),
            value: ValueModel::Flat,
            window: Duration::from_secs(1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_literal_profile_is_the_proposal_as_it_is_coded_row_by_row() {
        let literal = Config::literal();
        assert_eq!(literal.attribution, Attribution::Recorder);
        assert_eq!(literal.self_reports, SelfReports::Count);
        assert_eq!(literal.aggregation, Aggregation::Raw);
        assert_eq!(literal.confidence, ConfidenceRule::Literal);
        let collection = (literal.collect, literal.enough, literal.window);
        assert_eq!(collection, (Collect::Any, 3, Duration::from_secs(5)));
        assert_eq!((literal.chunking, literal.flush_after), (Chunking::Literal, None));
        assert_eq!((literal.stake_curve, literal.newcomer.get(), literal.prior), (StakeCurve::Ln, 0.5, 0.0));
        assert_eq!((literal.replicas, literal.answer_jitter), (0, Duration::ZERO));
        assert_eq!((literal.limiter.gate, literal.limiter.tracking_min.get()), (Gate::Threshold, 0.3));
        // What the proposal does not know.
        assert_eq!((literal.repush_after, literal.repair_every, literal.proofs), (None, None, false));
        assert_eq!(literal.recorder_weight, RecorderWeight::Equal);
        assert_eq!((literal.identity_stake, literal.forward_limit), (0.0, None));
        assert_eq!((literal.sources, literal.replicas_for), (Sources::Identities, None));
        assert_eq!((literal.receipts, literal.announced_only, literal.recency), (None, false, None));
        assert_eq!((literal.lookup_paths, literal.queries), (1, None));
        assert_eq!((literal.series.persist, literal.store.capacity), (Persist::All, None));
    }

    #[test]
    fn the_defaults_are_the_readings_that_fit_the_prose() {
        let prose = Config::default();
        assert_eq!(prose.attribution, Attribution::Subject);
        assert_eq!(prose.aggregation, Aggregation::Distinct);
        assert_eq!(prose.confidence, ConfidenceRule::Ladder);
        assert_eq!(prose.chunking, Chunking::Reputation);
        assert_eq!(prose.replicas, 5);
    }
}
