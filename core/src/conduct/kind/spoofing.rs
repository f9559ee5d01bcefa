//! The origin spoofer: broadcasts under another node's name, whose answers go to that node.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use crate::conduct::behaviour::{Act, Behaviour, Deceit, Filtered, Outgoing, Scene, Spontaneous, one_of};
use crate::protocol::{Body, Broadcast, BroadcastId, Command, Content, Message, Observation, Peer, QueryId};
use crate::units::Duration;

/// Broadcasts of a false origin have numbers from here on, which no honest node gets to: so that none takes the place of
/// a broadcast of that node's own, and observers can tell them.
pub(crate) const SPOOFED_FROM: u32 = 1 << 31;

/// Whether a query was broadcast under a false name.
pub fn is_spoofed(query: QueryId) -> bool {
    query.sequence >= SPOOFED_FROM
}

/// Queries under the names of its victims. Nothing in a broadcast is signed, so nobody can tell; each holder sends its answer
/// to the victim. The spoofer pays for the copies that it sends itself, the network for all others.
pub(super) struct OriginSpoofer {
    pub pace: Spontaneous,
    /// Those whose names it takes.
    pub victims: Vec<Range<u32>>,
    /// Those whom it asks about.
    pub subjects: Vec<Range<u32>>,
    pub sent: Sent,
}

/// Its last queries, by their numbers among its own broadcasts: under `dissemination = "lookup"` copies leave later.
#[derive(Default)]
pub(super) struct Sent(BTreeMap<u32, Arc<Body>>);

/// Lookups end within seconds, in which nobody asks so often.
const QUERIES: usize = 4096;

impl OriginSpoofer {
    fn spoofed(&mut self, scene: &mut Scene<'_>, body: &Body) -> Option<Arc<Body>> {
        let own = body.id().sequence;
        if let Some(body) = self.sent.0.get(&own) {
            return Some(Arc::clone(body));
        }
        let origin = one_of(&self.victims, scene.own, scene.draws.next())?;
        // Drawn, as other spoofers may take the same name.
        let sequence = SPOOFED_FROM | scene.draws.next() as u32;
        let body = Arc::new(Body::new(BroadcastId { origin, sequence }, body.content().clone()));
        if self.sent.0.len() == QUERIES {
            self.sent.0.pop_first();
        }
        self.sent.0.insert(own, Arc::clone(&body));
        Some(body)
    }
}

impl Behaviour for OriginSpoofer {
    fn wake_up_after(&mut self, scene: &mut Scene<'_>) -> Option<Duration> {
        self.pace.wait(scene.draws)
    }

    fn on_wake_up(&mut self, scene: &mut Scene<'_>, acts: &mut Vec<Act>) {
        if let Some(target) = one_of(&self.subjects, scene.own, scene.draws.next()) {
            acts.push(Act::Command { identity: 0, command: Command::Query { target } });
        }
    }

    fn filter_output(&mut self, scene: &mut Scene<'_>, _: Peer, message: &Message) -> Filtered {
        let Message::Broadcast(copy) = message else { return Filtered::Unchanged };
        let own = copy.body.id().origin == scene.own;
        if !own || !matches!(copy.body.content(), Content::Query { .. }) {
            return Filtered::Unchanged;
        }
        let Some(body) = self.spoofed(scene, &copy.body) else { return Filtered::Unchanged };
        let message = Message::Broadcast(Broadcast { body, ..*copy });
        Filtered::Replaced(Outgoing::Message(message), Some(Deceit::Spoofed))
    }

    /// Its node takes itself for the asker, and waits for answers.
    fn disowns(&self, what: &Observation) -> bool {
        use Observation::{BroadcastStarted, Collected, QueryIssued};
        matches!(what, QueryIssued { .. } | BroadcastStarted { .. } | Collected(_))
    }
}
