//! A host above its network: what runs there, and what drives it.

use super::app::App;
use super::config::Work;
use super::env::Env;
use super::event::{Action, AddressedMessage, AppMessage, NodeTimer, WorkItem};
use super::market::Market;
use super::observation::Observation;
use crate::protocol::Command;
use crate::random::Purpose;
use crate::units::HostId;

/// The state of a host.
#[derive(Default)]
pub(super) struct HostState {
    pub app: App,
    /// Of a host that requests tasks, or performs them.
    market: Option<Box<Market>>,
}

impl HostState {
    /// Whether the app has to report its node events: there is a market that waits for them.
    #[inline]
    pub(super) fn listens(&self) -> bool {
        self.market.is_some()
    }

    /// A message was delivered.
    #[inline(always)]
    pub(super) fn on_message<'a>(&mut self, env: &mut impl Env<'a>, from: HostId, message: AppMessage) {
        match message {
            // By far the most.
            AppMessage::Protocol(message) => {
                self.app.on_protocol_message(env, from, message);
                self.process_node_events(env);
            }
            message => self.on_other_message(env, from, message),
        }
    }

    /// A message was delivered a second time. Nodes and coordinators have to bear that; the market, and bare traffic, know by its
    /// number what they have.
    #[cold]
    pub(super) fn on_copy<'a>(&mut self, env: &mut impl Env<'a>, from: HostId, message: AppMessage) {
        let is_known =
            matches!(message, AppMessage::Traffic { .. } | AppMessage::Response { .. } | AppMessage::Task(_));
        if !is_known {
            self.on_message(env, from, message);
        }
    }

    #[inline(never)]
    fn on_other_message<'a>(&mut self, env: &mut impl Env<'a>, from: HostId, message: AppMessage) {
        match message {
            AppMessage::Traffic { workload, handed_over, size } => {
                env.observe(Observation::TrafficDelivered { workload, handed_over, size });
                if let Some(size) = response(env, workload) {
                    env.send(from, AppMessage::Response { workload, size, handed_over });
                }
            }
            AppMessage::Response { workload, handed_over, .. } => {
                env.observe(Observation::TrafficAnswered { workload, handed_over });
            }
            AppMessage::Task(message) => {
                self.with_market(env, |market, app, env| market.on_message(app, env, from, *message));
            }
            message => {
                self.app.on_message(env, from, message);
                self.process_node_events(env);
            }
        }
    }

    /// A message between two identities of the host.
    pub(super) fn on_local<'a>(&mut self, env: &mut impl Env<'a>, message: AddressedMessage) {
        self.app.on_local(env, message);
        self.process_node_events(env);
    }

    /// A timer of the protocol has fired.
    pub(super) fn on_timer<'a>(&mut self, env: &mut impl Env<'a>, due: NodeTimer) {
        self.app.on_timer(env, due);
        self.process_node_events(env);
    }

    /// A request of the baseline has timed out.
    pub(super) fn on_request_timeout<'a>(&mut self, env: &mut impl Env<'a>, number: u32, times: u32) {
        self.app.on_request_timeout(env, number, times);
        self.process_node_events(env);
    }

    /// The host's owner, an adversary, acts on its own account.
    pub(super) fn on_conduct<'a>(&mut self, env: &mut impl Env<'a>) {
        self.app.on_conduct(env);
        self.process_node_events(env);
    }

    /// The time for bids is over.
    pub(super) fn on_bids_end<'a>(&mut self, env: &mut impl Env<'a>, task: u32) {
        self.with_market(env, |market, app, env| market.on_bids_end(app, env, task));
    }

    /// The host is back online. Timers that fell due meanwhile are due now.
    pub(super) fn on_online<'a>(&mut self, env: &mut impl Env<'a>, deferred: Vec<NodeTimer>) {
        self.app.on_online(env);
        self.process_node_events(env);
        if let Some(market) = &mut self.market {
            market.on_online(&mut self.app, env);
        }
        for due in deferred {
            env.enter(due.flow);
            self.on_timer(env, due);
        }
    }

    /// Work has come to the host.
    pub(super) fn on_work<'a>(&mut self, env: &mut impl Env<'a>, item: WorkItem) {
        let workload = item.workload;
        if !env.is_online() {
            return env.observe(Observation::Skipped { workload });
        }
        match item.action {
            Action::Record { kind, subject, detail } => {
                env.observe(Observation::Outcome { subject, good: kind.is_positive() });
                self.command(env, Command::Record { kind, subject, detail });
            }
            Action::Query { target } => {
                env.observe(Observation::Asks { workload });
                self.command(env, Command::Query { target });
            }
            Action::Broadcast { size } => self.command(env, Command::Broadcast { size }),
            Action::RequestTask => {
                self.with_market(env, |market, app, env| market.request(app, env, workload));
            }
            Action::Traffic { to, size } => {
                env.observe(Observation::TrafficSent { workload });
                let handed_over = env.now();
                env.send(to, AppMessage::Traffic { workload, size, handed_over });
            }
        }
    }

    fn command<'a>(&mut self, env: &mut impl Env<'a>, command: Command) {
        self.app.command(env, command);
        self.process_node_events(env);
    }

    /// Lets the host's market, made when first needed, handle something.
    fn with_market<'a, E: Env<'a>>(
        &mut self,
        env: &mut E,
        handle: impl FnOnce(&mut Market, &mut App, &mut E),
    ) {
        let market = self.market.get_or_insert_default();
        env.listen();
        handle(market, &mut self.app, env);
        self.process_node_events(env);
    }

    /// The market comes first, then the owner, whose reaction may cause further events. The order is exchange of the result:
    /// both may send, and what follows is named in the order in which it does.
    #[inline]
    fn process_node_events<'a>(&mut self, env: &mut impl Env<'a>) {
        // After most events there are none.
        if env.has_reports() {
            self.process_reports(env);
        }
    }

    #[inline(never)]
    fn process_reports<'a>(&mut self, env: &mut impl Env<'a>) {
        while env.has_reports() {
            for event in env.take_reports() {
                if let Some(market) = &mut self.market {
                    market.on_report(&mut self.app, env, &event.what);
                }
                self.app.on_collected(env, &event);
            }
        }
    }
}

/// The size of the answer to a datagram of this workload, if it is to have one: drawn where it is given.
fn response<'a>(env: &mut impl Env<'a>, workload: u16) -> Option<u32> {
    let Work::Traffic { response: Some(size), .. } = &env.setting().plan.workload(workload).work else {
        return None;
    };
    let draw = env.follow();
    let draws = env.population().draws(Purpose::Size, env.host(), draw.get().into());
    Some(size.draw(draws))
}
