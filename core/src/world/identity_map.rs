//! Who is who: hosts, their groups, and the identities that each goes by on the network.

use std::ops::Range;

use super::config::{Group, WorldConfig};
use crate::protocol::Peer;
use crate::units::{GroupId, HostId};

/// Who is who. Hosts are numbered through all groups, in the order of the groups. The first identity of a host has its
/// number; further ones, of owners that have several, come after all hosts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityMap {
    /// The first host of each group, and one past the last.
    starts: Vec<u32>,
    /// Of groups with further identities, by the first of them.
    blocks: Vec<Block>,
    peers: u32,
}

/// The further identities of a group: `each` a host.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Block {
    first: u32,
    each: u32,
    hosts: Range<u32>,
}

impl IdentityMap {
    /// The hosts and identities of a scenario.
    pub fn of(config: &WorldConfig) -> IdentityMap {
        let mut starts = vec![0];
        for group in &config.groups {
            starts.push(starts[starts.len() - 1] + group.hosts.count);
        }
        let mut peers = starts[starts.len() - 1];
        let mut blocks = Vec::new();
        for (number, group) in config.groups.iter().enumerate() {
            let each = group.identities() - 1;
            if each > 0 {
                let hosts = starts[number]..starts[number + 1];
                blocks.push(Block { first: peers, each, hosts });
                peers += each * group.hosts.count;
            }
        }
        IdentityMap { starts, blocks, peers }
    }

    /// How many hosts there are.
    pub fn hosts(&self) -> u32 {
        self.starts[self.starts.len() - 1]
    }

    /// How many identities they have in all.
    pub fn peers(&self) -> u32 {
        self.peers
    }

    /// How many groups there are.
    pub fn groups(&self) -> usize {
        self.starts.len() - 1
    }

    /// The hosts of a group.
    pub fn members(&self, group: GroupId) -> Range<u32> {
        self.starts[usize::from(group.0)]..self.starts[usize::from(group.0) + 1]
    }

    /// The group that a host is in.
    pub fn group_of(&self, host: HostId) -> GroupId {
        GroupId((self.starts.partition_point(|start| *start <= host.0) - 1) as u16)
    }

    /// The host that an identity belongs to.
    #[inline(always)]
    pub fn owner(&self, peer: Peer) -> HostId {
        if peer.0 < self.hosts() { HostId(peer.0) } else { self.place(peer).0 }
    }

    /// The number of an identity among those of its host.
    #[inline]
    pub fn number(&self, peer: Peer) -> u32 {
        if peer.0 < self.hosts() { 0 } else { self.place(peer).1 }
    }

    /// Identity `number` of a host; 0 is its first.
    pub fn identity(&self, host: HostId, number: u32) -> Peer {
        let block = self.blocks.iter().find(|block| block.hosts.contains(&host.0));
        match block {
            Some(block) if number > 0 => {
                Peer(block.first + (host.0 - block.hosts.start) * block.each + number - 1)
            }
            _ => Peer(host.0),
        }
    }

    /// All identities of a group: the first ones of all hosts, then the others.
    pub fn identities(&self, group: GroupId) -> [Range<u32>; 2] {
        let members = self.members(group);
        let block = self.blocks.iter().find(|block| block.hosts == members);
        let others = block.map_or(0..0, |block| block.first..block.first + block.each * members.len() as u32);
        [members, others]
    }

    fn place(&self, peer: Peer) -> (HostId, u32) {
        let block = &self.blocks[self.blocks.partition_point(|block| block.first <= peer.0) - 1];
        let offset = peer.0 - block.first;
        (HostId(block.hosts.start + offset / block.each), offset % block.each + 1)
    }
}

impl Group {
    /// Identities of each host.
    pub fn identities(&self) -> u32 {
        self.conduct.as_ref().map_or(1, |conduct| conduct.kind.identities())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_identity_has_one_owner_and_one_number() {
        let map = IdentityMap {
            starts: vec![0, 3, 5, 6, 8],
            blocks: vec![Block { first: 8, each: 2, hosts: 3..5 }, Block { first: 12, each: 1, hosts: 6..8 }],
            peers: 14,
        };
        assert_eq!((map.hosts(), map.peers(), map.groups()), (8, 14, 4));
        for peer in (0..14).map(Peer) {
            assert_eq!(map.identity(map.owner(peer), map.number(peer)), peer);
        }
        assert_eq!((map.owner(Peer(9)), map.number(Peer(9))), (HostId(3), 2));
        assert_eq!((map.owner(Peer(13)), map.number(Peer(13))), (HostId(7), 1));
        assert_eq!(map.identities(GroupId(1)), [3..5, 8..12]);
        assert_eq!(map.identities(GroupId(0)), [0..3, 0..0]);
        assert_eq!(map.group_of(HostId(5)), GroupId(2));
    }
}
