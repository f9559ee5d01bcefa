//! The protocol without the simulator: three nodes on UDP sockets of 127.0.0.1, a thread each, with real keys and real
//! time. A recorder records outcomes about a subject and pushes them, a storer keeps them, and an asker queries, collects
//! and derives the subject's reputation. `cargo run --release --example loopback` prints it, and fails when it is wrong.
//!
//! The storer and the asker are told one contact, the recorder's. All other addresses they learn from messages, each
//! node into a peer table of its own, and nobody has a key but its own.
//!
//! What this driver is not: a transport. A message has to fit into one datagram (65,507 bytes with its seal; a larger one
//! is counted and not sent), nothing is sent again when it is lost, and a datagram that somebody else copies and sends
//! again is taken for the original. QUIC would do all of that; its handshake would also take the place of the seal.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Instant;

use ir3sim::protocol::{
    Command, Config, Contact, Derived, Detail, Ed25519, Ed25519Verifier, Env, EventKind, Id, Input, Message,
    Node, Observation, Output, Peer, PeerTable, RoutingTable, Shared, Signature, Signer, Start, Timer,
    Verifier,
};
use ir3sim::random::{Draws, Purpose, Seed};
use ir3sim::units::{Duration, Time};

/// What the recorder has to say about the subject.
const GOOD: u32 = 17;
const BAD: u32 = 3;

/// When a node gives up, whatever it waits for: long after all has come, however busy the machine is.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);

/// Peers that a node can know: far more than there are here.
const CAPACITY: u32 = 1000;

fn main() -> ExitCode {
    match run() {
        Ok(Outcome { derived, learnt, unsent }) if derived.positive == GOOD && derived.negative == BAD => {
            println!("the asker learnt from messages that the storer is {learnt}");
            println!("it could not send {unsent} messages");
            println!(
                "reputation {} of {} outcomes from {} source, confidence {}",
                derived.reputation,
                derived.total_events,
                derived.sources,
                derived.confidence.name()
            );
            ExitCode::SUCCESS
        }
        Ok(Outcome { derived, .. }) => {
            eprintln!("{GOOD} good and {BAD} bad outcomes were recorded, but the asker derived {derived:?}");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// What the asker came to know.
pub(crate) struct Outcome {
    /// The subject's reputation, as last derived.
    pub derived: Derived,
    /// Where the asker found the storer, of which nobody had told it at the start.
    pub learnt: Contact,
    /// Messages that the asker could not send: to peers of whose address it had not heard, or too large for a datagram.
    pub unsent: u32,
}

/// Runs the three nodes until the asker has derived what was recorded, or has lost its patience.
///
/// # Errors
/// When a socket fails, or the asker derives nothing at all.
pub(crate) fn run() -> io::Result<Outcome> {
    // A real node has its secret from the system's source of randomness, and keeps it in a file that nobody else can read.
    let recorder = Host::bind([1; 32])?;
    let storer = Host::bind([2; 32])?;
    let asker = Host::bind([3; 32])?;
    let subject = Id::of(&Ed25519::new([4; 32]).public_key());
    let entry = recorder.contact;
    let storer_id = storer.contact.id;
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| recorder.start(false, None).record(&subject, &done));
        scope.spawn(|| storer.start(true, Some(entry)).serve(&done));
        let outcome = asker.start(false, Some(entry)).ask(&subject, &storer_id);
        done.store(true, Ordering::Relaxed);
        outcome
    })
}

/// A socket and a key; nobody lives there yet.
struct Host {
    secret: [u8; 32],
    socket: UdpSocket,
    contact: Contact,
    begun: Instant,
}

impl Host {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is no simulation: its time is that of the wall clock"
    )]
    fn bind(secret: [u8; 32]) -> io::Result<Host> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        let id = Id::of(&Ed25519::new(secret).public_key());
        let contact = Contact { id, address: socket.local_addr()? };
        Ok(Host { secret, socket, contact, begun: Instant::now() })
    }

    /// A node comes to life, which knows itself and at most one other.
    fn start(self, stores: bool, entry: Option<Contact>) -> Driver {
        let config = Config {
            start: Start::Cold,
            join_over: Duration::from_millis(50),
            redundancy: 2,
            enough: 1,
            window: Duration::from_millis(500),
            ..Config::default()
        };
        let peers = PeerTable::growing(CAPACITY);
        let meet = |contact| peers.meet(contact).expect("the table is new, and has room");
        let own = meet(self.contact);
        let bootstrap = entry.map(meet).into_iter().collect();
        let shared = Arc::new(Shared::new(config, peers, Box::new(Ed25519Verifier), bootstrap));
        let signer = Box::new(Ed25519::new(self.secret));
        let node = Node::new(own, signer, stores, Arc::clone(&shared), RoutingTable::default());
        let timers = BinaryHeap::from([Reverse((Time::ZERO, Timer::Begin))]);
        let draws = Seed(u64::from(self.secret[0])).draws(Purpose::Protocol, 0, 0);
        Driver { host: self, shared, node, timers, machine: Machine { draws }, unsent: 0, seen: Vec::new() }
    }
}

/// A node on its socket: carries inputs in and outputs out.
struct Driver {
    host: Host,
    shared: Arc<Shared>,
    node: Node,
    timers: BinaryHeap<Reverse<(Time, Timer)>>,
    machine: Machine,
    unsent: u32,
    seen: Vec<Observation>,
}

/// What the node asks of its machine. This one has a link that nothing can fill.
struct Machine {
    draws: Draws,
}

impl Env for Machine {
    fn random(&mut self) -> u64 {
        self.draws.next()
    }

    fn uplink_used(&self) -> f64 {
        0.0
    }

    fn network_load(&self) -> f64 {
        0.0
    }
}

impl Driver {
    /// Records as soon as both others have been heard from, then serves.
    fn record(mut self, subject: &Id, done: &AtomicBool) -> io::Result<()> {
        while self.node.table().contacts().len() < 2 && self.is_patient() && !done.load(Ordering::Relaxed) {
            self.step()?;
        }
        let subject = self.peer(subject);
        for number in 0..GOOD + BAD {
            let kind = if number < GOOD { EventKind::DisputeResolved } else { EventKind::DisputeFailed };
            let detail = Detail { reference: number.into(), magnitude: 1 };
            self.give(Input::Command(Command::Record { kind, subject, detail }))?;
        }
        self.serve(done)
    }

    /// Answers whatever comes.
    fn serve(mut self, done: &AtomicBool) -> io::Result<()> {
        while self.is_patient() && !done.load(Ordering::Relaxed) {
            self.step()?;
        }
        Ok(())
    }

    /// Asks about the subject again and again, until all that was recorded has come.
    fn ask(mut self, subject: &Id, storer: &Id) -> io::Result<Outcome> {
        let target = self.peer(subject);
        let mut last = None;
        while self.is_patient() {
            let joined = self.seen.drain(..).any(|seen| matches!(seen, Observation::Joined { .. }));
            if joined || last.is_some() {
                let derived = self.query(target)?;
                last = Some(derived);
                if derived.total_events >= GOOD + BAD {
                    break;
                }
            }
            self.step()?;
        }
        let peers = &self.shared.peers;
        let learnt =
            peers.find(storer).and_then(|peer| Some(Contact { id: *storer, address: peers.address(peer)? }));
        last.zip(learnt)
            .map(|(derived, learnt)| Outcome { derived, learnt, unsent: self.unsent })
            .ok_or_else(|| io::Error::other("the asker never joined the others"))
    }

    fn query(&mut self, target: Peer) -> io::Result<Derived> {
        self.give(Input::Command(Command::Query { target }))?;
        loop {
            let collected = self.seen.drain(..).find_map(|seen| match seen {
                Observation::Collected(collected) => Some(collected.derived),
                _ => None,
            });
            if let Some(derived) = collected {
                return Ok(derived);
            }
            self.step()?;
        }
    }

    /// Waits for a datagram or a timer, whichever comes first, and handles it.
    fn step(&mut self) -> io::Result<()> {
        const AWAKE_EVERY: Duration = Duration::from_millis(20);
        let now = self.now();
        if self.timers.peek().is_some_and(|Reverse((at, _))| *at <= now) {
            let Some(Reverse((_, timer))) = self.timers.pop() else { return Ok(()) };
            return self.give(Input::Timer(timer));
        }
        let due = self.timers.peek().map_or(AWAKE_EVERY, |Reverse((at, _))| at.since(now));
        // A socket takes a wait of nothing for one without end.
        let wait = due.min(AWAKE_EVERY).as_nanos().max(1_000_000);
        self.host.socket.set_read_timeout(Some(std::time::Duration::from_nanos(wait)))?;
        let mut datagram = vec![0; 65_536];
        match self.host.socket.recv_from(&mut datagram) {
            Ok((len, from)) => self.hear(&datagram[..len], from),
            Err(error) if is_silence(&error) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Datagrams that are not sealed by whom they name are not answered.
    fn hear(&mut self, datagram: &[u8], from: SocketAddr) -> io::Result<()> {
        let Some((id, message)) = opened(datagram, &self.host.contact.id, &*self.shared.verifier) else {
            return Ok(());
        };
        // A full table has no room for strangers.
        let Ok(from) = self.shared.peers.meet(Contact { id, address: from }) else { return Ok(()) };
        self.give(Input::Bytes { from, bytes: message.into() })
    }

    fn give(&mut self, input: Input) -> io::Result<()> {
        let mut outputs = Vec::new();
        self.node.handle(self.now(), input, &mut self.machine, &mut outputs);
        for output in outputs {
            match output {
                Output::Send { to, message } => self.send(to, &message)?,
                Output::SetTimer { timer, at } => self.timers.push(Reverse((at, timer))),
                Output::Observe(observation) => self.seen.push(observation),
            }
        }
        Ok(())
    }

    fn send(&mut self, to: Peer, message: &Message) -> io::Result<()> {
        let peers = &self.shared.peers;
        let mut bytes = Vec::new();
        message.encode(peers, &mut bytes);
        let datagram = sealed(&bytes, peers.id(to), &Ed25519::new(self.host.secret));
        match peers.address(to).filter(|_| datagram.len() <= LARGEST_DATAGRAM) {
            Some(address) => self.host.socket.send_to(&datagram, address).map(drop),
            None => {
                self.unsent += 1;
                Ok(())
            }
        }
    }

    fn peer(&self, id: &Id) -> Peer {
        self.shared.peers.intern(id).expect("few are known here")
    }

    fn now(&self) -> Time {
        Time::from_nanos(self.host.begun.elapsed().as_nanos() as u64)
    }

    fn is_patient(&self) -> bool {
        self.host.begun.elapsed() < PATIENCE
    }
}

/// Whether nothing came, or a peer is no longer there, which some systems tell the next time one listens.
fn is_silence(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionRefused, ConnectionReset, Interrupted, TimedOut, WouldBlock};
    matches!(error.kind(), WouldBlock | TimedOut | Interrupted | ConnectionRefused | ConnectionReset)
}

/// The most that UDP carries over IPv4.
const LARGEST_DATAGRAM: usize = 65_507;

/// What is sealed is this, the receiver's id and the message, so that a seal is good for nothing and nobody else.
const SEALED_AS: &[u8; 16] = b"ir3 datagram v1 ";

/// A message on its way: its sender's id, the sender's signature on it, and itself. The transport has to vouch for who
/// sends; this is the least that does.
fn sealed(message: &[u8], to: &Id, signer: &dyn Signer) -> Vec<u8> {
    let from = Id::of(&signer.public_key());
    let seal = signer.sign(&[SEALED_AS, &to.0[..], message].concat());
    [&from.0[..], &seal.0, message].concat()
}

/// The sender and the message of a datagram; `None` when its sender has not sealed it for this receiver.
fn opened<'a>(datagram: &'a [u8], own: &Id, verifier: &dyn Verifier) -> Option<(Id, &'a [u8])> {
    let (id, rest) = datagram.split_first_chunk()?;
    let (seal, message) = rest.split_first_chunk()?;
    let (id, seal) = (Id(*id), Signature(*seal));
    let genuine = verifier.verify(&id.public_key(), &[SEALED_AS, &own.0[..], message].concat(), &seal);
    genuine.then_some((id, message))
}
