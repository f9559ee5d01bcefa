//! Stands for a host in the tests of transports: keeps what they do, and transmits what the test lets pass.

use std::cell::RefCell;

use super::*;
use crate::network::fate::Fate;
use crate::network::{Frame, MessageKind};

pub(crate) struct TestHost {
    pub id: HostId,
    pub now: Time,
    pub online: bool,
    /// How long a message takes to leave the uplink.
    pub wait: Duration,
    /// What becomes of the next transmissions, in their order: `None`, it sets out.
    pub failures: Vec<Option<Failure>>,
    /// Because of which they are lost.
    pub fault: Option<FaultId>,
    /// Whom something was transmitted to, what, and how many bytes.
    pub transmitted: Vec<(HostId, Frame<u32>, u32)>,
    pub timers: Vec<(Time, Timer<u32>)>,
    pub ended: Vec<(HostId, Fate)>,
    pub begun: u32,
    /// Bytes that the uplink's queue has room for.
    pub room: u64,
    /// What other hosts are told.
    pub told: Vec<(Time, HostId, Timer<u32>)>,
    /// What followed the first message that was delivered at a time.
    pub delivered: Vec<u32>,
    /// Segments that were transmitted.
    pub segments: Vec<Segments<u32>>,
    /// What becomes of what answers the next packets, in their order; it comes in its usual time when there is nothing here.
    pub answers: RefCell<Vec<Result<Duration, Option<FaultId>>>>,
    /// Whether segments come later than usual.
    pub is_late: bool,
    /// The limit of its connections, and whether it closed one when it had as many.
    pub most: Option<u32>,
    pub at_limit: Vec<bool>,
}

#[derive(Clone, Copy)]
pub(crate) enum Failure {
    QueueFull,
    Lost { packets: u32 },
}

impl TestHost {
    pub(crate) fn at(now: Time) -> TestHost {
        TestHost {
            id: HostId(0),
            now,
            online: true,
            wait: Duration::ZERO,
            failures: Vec::new(),
            fault: None,
            transmitted: Vec::new(),
            timers: Vec::new(),
            ended: Vec::new(),
            begun: 0,
            room: u64::MAX,
            told: Vec::new(),
            delivered: Vec::new(),
            segments: Vec::new(),
            answers: RefCell::default(),
            is_late: false,
            most: None,
            at_limit: Vec::new(),
        }
    }

    /// What was transmitted since the last look.
    pub(crate) fn frames(&mut self) -> Vec<Frame<u32>> {
        self.transmitted.drain(..).map(|(_, frame, _)| frame).collect()
    }

    /// The timer that was set last.
    pub(crate) fn fire(&mut self) -> Timer<u32> {
        let (at, timer) = self.timers.pop().expect("a timer was set");
        self.now = at;
        timer
    }
}

impl TestHost {
    /// The first timer of those that are set.
    pub(crate) fn fire_next(&mut self) -> Timer<u32> {
        let first = (0..self.timers.len()).min_by_key(|place| self.timers[*place].0);
        let (at, timer) = self.timers.remove(first.expect("a timer was set"));
        self.now = self.now.max(at);
        timer
    }
}

impl Payload for u32 {
    type Tag = ();
    fn size(&self) -> u32 {
        *self
    }
    fn digest(&self) -> u64 {
        u64::from(*self)
    }
    fn tag(&self, _: HostId, _: HostId) {}
}

impl Io<u32> for TestHost {
    fn now(&self) -> Time {
        self.now
    }
    fn host(&self) -> HostId {
        self.id
    }
    fn is_online(&self) -> bool {
        self.online
    }
    fn begin(&mut self) {
        self.begun += 1;
    }
    fn transmit(&mut self, to: HostId, packet: Packet<u32>, sent: Transmission) -> Departs<u32> {
        let fails = if self.failures.is_empty() { None } else { self.failures.remove(0) };
        match fails {
            Some(Failure::QueueFull) if !sent.waits => Undelivered::queue_full(packet),
            Some(Failure::Lost { packets: lost }) => {
                // The last ones.
                let losses = Losses { count: lost.min(sent.wire.count), behind: 0 };
                Undelivered::lost(packet, losses, self.now, self.fault)
            }
            Some(Failure::QueueFull) | None => {
                self.transmitted.push((to, packet.frame, sent.wire.bytes));
                Ok(self.now + self.wait)
            }
        }
    }
    fn max_connections(&self) -> Option<u32> {
        self.most
    }
    fn at_limit(&mut self, closes: bool) {
        self.at_limit.push(closes);
    }
    fn set_timer(&mut self, at: Time, timer: Timer<u32>) {
        self.timers.push((at, timer));
    }
    fn end(&mut self, fate: Fate, _: &Packet<u32>, to: HostId) {
        self.ended.push((to, fate));
    }
    fn rtt(&self, _: HostId) -> Duration {
        Duration::from_millis(100)
    }
    fn variation(&self, _: HostId) -> Duration {
        Duration::ZERO
    }
    fn one_way(&self, _: HostId) -> Duration {
        Duration::from_millis(50)
    }
    fn answer(&self, _: Time, _: HostId, _: u32, _: Flow) -> Result<Duration, Option<FaultId>> {
        let mut answers = self.answers.borrow_mut();
        if answers.is_empty() { Ok(Duration::ZERO) } else { answers.remove(0) }
    }
    fn echo(
        &self,
        (at, _): (Time, Duration),
        to: HostId,
        (_, packets): (MessageKind, u32),
        luck: Flow,
    ) -> Result<Duration, Option<FaultId>> {
        self.answer(at, to, packets, luck)
    }
    fn tell(&mut self, at: Time, to: HostId, timer: Timer<u32>) {
        self.told.push((at, to, timer));
    }
    fn uplink_room(&self) -> u64 {
        self.room
    }
    fn uplink_has_room_at(&self) -> Time {
        self.now + Duration::from_millis(10)
    }
    fn transmit_segments(
        &mut self,
        _: HostId,
        mut segments: Box<Segments<u32>>,
        wire: Packets,
        after: Time,
    ) -> Departure<u32> {
        let lost = match if self.failures.is_empty() { None } else { self.failures.remove(0) } {
            Some(Failure::Lost { packets }) => packets.min(wire.count),
            Some(Failure::QueueFull) | None => 0,
        };
        if lost == wire.count {
            return Departure {
                arrives: after,
                lost,
                is_late: false,
                back: Some(segments),
                fault: self.fault,
            };
        }
        segments.sent.count -= lost;
        self.segments.push(*segments);
        let arrives = after.max(self.now + Duration::from_millis(50));
        Departure { arrives, lost, is_late: self.is_late, back: None, fault: None }
    }
    fn first_passes(&mut self, _: Option<Stream>) -> Option<Time> {
        self.online.then_some(self.now)
    }
    fn deliver(&mut self, _: Flow, packet: Packet<u32>) {
        self.delivered.extend(packet.frame.payload());
    }
}
