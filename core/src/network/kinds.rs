//! Kinds of messages, which models tell apart and the network numbers.

/// A kind of messages: a number below [`MessageKind::MOST`] that a model gives to those that are alike.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct MessageKind(u8);

impl MessageKind {
    /// How many kinds there can be.
    pub const MOST: u8 = 64;

    /// The kind of this number.
    ///
    /// # Panics
    /// From [`MessageKind::MOST`] on.
    pub const fn new(number: u8) -> MessageKind {
        assert!(number < MessageKind::MOST, "at most 64 kinds");
        MessageKind(number)
    }
}

/// Messages that a fault on paths is about: those of some kinds, or all that is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MessageKinds(Option<u64>);

impl MessageKinds {
    /// All messages, and what transports and NATs send themselves.
    pub const ALL: MessageKinds = MessageKinds(None);

    /// Messages of these kinds, and nothing else.
    pub fn only(kinds: impl IntoIterator<Item = MessageKind>) -> MessageKinds {
        MessageKinds(Some(kinds.into_iter().fold(0, |set, kind| set | 1 << kind.0)))
    }

    /// The kinds, unless it is everything.
    pub fn kinds(self) -> Option<impl Iterator<Item = MessageKind>> {
        self.0.map(|set| (0..MessageKind::MOST).filter(move |kind| set >> kind & 1 == 1).map(MessageKind))
    }

    /// Whether something is among them: a message of this kind, or, `None`, what is no message of the model's.
    pub(super) fn has(self, kind: Option<MessageKind>) -> bool {
        match (self.0, kind) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(set), Some(kind)) => set >> kind.0 & 1 == 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_has_its_kinds_and_nothing_that_has_none() {
        let [first, last] = [0, 63].map(MessageKind::new);
        let set = MessageKinds::only([last]);
        assert!(set.has(Some(last)) && !set.has(Some(first)) && !set.has(None));
        assert!(MessageKinds::ALL.has(Some(first)) && MessageKinds::ALL.has(None));
        assert_eq!(set.kinds().map(Iterator::collect), Some(vec![last]));
        assert!(MessageKinds::ALL.kinds().is_none());
    }
}
