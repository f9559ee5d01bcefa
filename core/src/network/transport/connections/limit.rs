//! How many connections a host keeps.

use super::ending::Ending;
use super::segments::Connection;
use super::timer::Timer;
use super::{Connections, Key};
use crate::network::Payload;
use crate::network::transport::Io;
use crate::units::{Duration, Time};

/// A connection that was used in this time is not idle: so those that were just made are not closed before their first message has
/// come. A judgement: connection managers, as that of libp2p, have such a grace period as well.
const GRACE: Duration = Duration::from_secs(1);

impl<P: Payload> Connections<P> {
    /// Makes room for a connection: closes the one that was not used for the longest time of those that are idle. If none is, there is
    /// one too many.
    pub(super) fn make_room(&mut self, io: &mut impl Io<P>, key: Key) {
        let Some(most) = io.max_connections() else { return };
        let most = most as usize;
        if self.peers.len() < most || self.peers.contains_key(&key) {
            return;
        }
        let now = io.now();
        let closed: Vec<Key> =
            self.peers.iter().filter(|(key, it)| it.is_closed(now, key.1)).map(|(key, _)| *key).collect();
        for key in closed {
            let old = self.forget(key);
            self.ended.extend(old.map(|old| (key, (old.flow, Ending::Idle))));
        }
        if self.peers.len() < most {
            return;
        }
        let idle = self.least_recently_used(now);
        io.at_limit(idle.is_some());
        if let Some((key, connection)) = idle {
            self.end(io, key, Ending::Idle);
            let reset = Timer::Reset { peer: io.host(), connection, why: Ending::Idle };
            io.tell(now + io.one_way(key.0), key.0, reset);
        }
    }

    fn least_recently_used(&self, now: Time) -> Option<(Key, Connection)> {
        let idle = self.peers.iter().filter(|(_, it)| {
            it.is_open() && !it.is_busy() && it.waiting() == 0 && now.since(it.used) >= GRACE
        });
        let (key, it) = idle.min_by_key(|(key, it)| (it.used, **key))?;
        Some((*key, Connection { flow: it.flow, protocol: key.1 }))
    }
}
