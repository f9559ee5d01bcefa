//! Which chunks were announced to everybody, for an asker that takes no others.
//!
//! What was never announced could be made up by whoever is asked. An announcement is no proof: broadcasts are not signed, and
//! who wants to can announce lies. But all storage nodes hear of it, and nobody can wait to be asked first, and about whom.

use super::chunk::Chunk;
use super::codec::Hash;
use super::context::Context;
use super::io::Driver;
use super::message::{Body, ChunkId, Content};
use super::observation::Memory;
use super::recent::Recent;

/// The announcements that a node remembers: the hash of each chunk, as it was heard first.
#[derive(Debug)]
pub(super) struct Announced(Recent<ChunkId, Hash>);

impl Default for Announced {
    fn default() -> Announced {
        Announced(Recent::new())
    }
}

impl Announced {
    /// A broadcast was heard for the first time. A second announcement under the same name does not count.
    pub(super) fn on_broadcast<E: Driver>(&mut self, body: &Body, ctx: &mut Context<'_, E>) {
        let Content::StoreIntent(intent) = body.content() else { return };
        let chunk = ChunkId { recorder: body.id().origin, length: intent.length };
        if self.0.get(&chunk).is_some() {
            return;
        }
        let (most, span) = (ctx.config().announcements, ctx.config().remember_for);
        let forgotten = self.0.insert(chunk, intent.hash, ctx.now, (most, span));
        ctx.forgot(Memory::Announcements, forgotten);
    }

    /// Whether this chunk, and no other of its name, was announced.
    pub(super) fn has(&self, chunk: &Chunk) -> bool {
        self.0.get(&chunk.id()).is_some_and(|hash| hash == chunk.hash())
    }

    /// Whether a chunk of this name was announced.
    pub(super) fn names(&self, chunk: &Chunk) -> bool {
        self.0.get(&chunk.id()).is_some()
    }
}
