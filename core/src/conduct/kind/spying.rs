//! The spy: runs the protocol as it is, and notes who seems to ask.

use crate::conduct::behaviour::{Act, Behaviour, Deceit, Scene, queried};
use crate::protocol::{Input, Message, QueryId};

/// Takes whoever it first has a question from, by name or by hand, for its asker (the first-spy estimator of Fanti et al., 2018).
pub(super) struct Spy;

impl Behaviour for Spy {
    fn on_input(&mut self, _: &mut Scene<'_>, input: &Input, acts: &mut Vec<Act>) {
        acts.extend(asker_in(input).map(|query| Act::Note(Deceit::Overheard(query))));
    }
}

/// The query in this, under the name of who asks or hands it on.
fn asker_in(input: &Input) -> Option<QueryId> {
    match input {
        &Input::Message { from, message: Message::Ask { number, .. } } => {
            Some(QueryId { asker: from, sequence: number })
        }
        _ => queried(input).map(|(query, _)| query),
    }
}
