//! Checks that cost too much for every run: `--paranoid`.

use std::sync::Arc;

use crate::protocol::{Message, Shared};

/// Encodes every message, compares its length with what the network was told, decodes it, and compares the result with
/// what was sent.
pub(super) struct Checks {
    shared: Arc<Shared>,
    buffer: Vec<u8>,
    pub violation: Option<String>,
}

impl Checks {
    pub(super) fn new(shared: &Arc<Shared>) -> Checks {
        Checks { shared: Arc::clone(shared), buffer: Vec::new(), violation: None }
    }

    pub(super) fn message(&mut self, message: &Message) {
        let peers = &self.shared.peers;
        self.buffer.clear();
        message.encode(peers, &mut self.buffer);
        let told = message.encoded_len();
        if self.buffer.len() != told as usize {
            self.violation
                .get_or_insert(format!("a message of {} bytes was sent as {told} bytes", self.buffer.len()));
        }
        match Message::decode(&self.buffer, peers) {
            Ok(read) if read == *message => {}
            Ok(_) => {
                self.violation.get_or_insert("a message reads back as another one".to_owned());
            }
            Err(error) => {
                self.violation.get_or_insert(format!("a message does not read back: {error}"));
            }
        }
    }
}
