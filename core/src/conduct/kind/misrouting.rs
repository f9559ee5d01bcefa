//! The misrouter: a node that sends lookups to its accomplices.

use std::ops::Range;
use std::sync::Arc;

use crate::conduct::behaviour::{Behaviour, Deceit, Filtered, Outgoing, Scene, queried};
use crate::protocol::{Id, Input, Message, Nodes, Peer, Shared};

/// Answers questions of lookups with those of its own group that are closest to the id, so that a lookup that believes it ends
/// among them. What is stored there nobody hears of again.
pub(super) struct Misrouter {
    pub fellows: Range<u32>,
    /// The id that its node is asked for, which its answer does not name.
    asked_for: Option<Id>,
}

impl Misrouter {
    pub(super) fn among(fellows: Range<u32>) -> Misrouter {
        Misrouter { fellows, asked_for: None }
    }

    /// As many fellows as an honest answer may name, closest to an id first, without whoever asks.
    fn closest(&self, target: &Id, asker: Peer, shared: &Shared) -> Box<[Peer]> {
        let others = self.fellows.clone().map(Peer).filter(|&peer| peer != asker);
        let mut all: Vec<(Id, Peer)> =
            others.map(|peer| (shared.peers.id(peer).distance(target), peer)).collect();
        all.sort_unstable();
        let most = usize::from(shared.config.bucket_size);
        all.into_iter().take(most).map(|(_, peer)| peer).collect()
    }
}

impl Behaviour for Misrouter {
    /// To be found is the aim; to be asked for what was stored is not.
    fn filter_input(&mut self, _: &mut Scene<'_>, input: &Input) -> Result<(), Deceit> {
        if let Input::Message { message: Message::Find(find), .. } = input {
            self.asked_for = Some(find.target);
        }
        queried(input).map_or(Ok(()), |(query, _)| Err(Deceit::Denied(query)))
    }

    fn filter_output(&mut self, scene: &mut Scene<'_>, to: Peer, message: &Message) -> Filtered {
        let (Message::Nodes(nodes), Some(target)) = (message, &self.asked_for) else {
            return Filtered::Unchanged;
        };
        let shared = scene.shared;
        let lie = Nodes::new(nodes.question(), self.closest(target, to, shared), &shared.peers);
        Filtered::Replaced(Outgoing::Message(Message::Nodes(Arc::new(lie))), Some(Deceit::Misrouted))
    }
}
