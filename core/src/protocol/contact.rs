//! Where a peer can be reached: ids and socket addresses, as text and on the wire.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;

use super::codec::{DecodeError, Reader};
use super::peer::{Id, Peer};

/// A peer, and where it listens. Written `<id in hex>@<address>`, as in `4fb0…9e@192.0.2.7:4001`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contact {
    /// Who it is.
    pub id: Id,
    /// Where it listens.
    pub address: SocketAddr,
}

/// Text that is no contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a contact is written as 64 hexadecimal digits, @, and an address such as 192.0.2.7:4001 or [2001:db8::7]:4001"
)]
pub struct ParseContactError;

impl fmt::Display for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.id, self.address)
    }
}

impl FromStr for Contact {
    type Err = ParseContactError;

    fn from_str(text: &str) -> Result<Contact, ParseContactError> {
        let (id, address) = text.split_once('@').ok_or(ParseContactError)?;
        let address = address.parse().map_err(|_| ParseContactError)?;
        Ok(Contact { id: Id::from_hex(id).ok_or(ParseContactError)?, address })
    }
}

/// Which form addresses have in a message: those of BEP 5 and BEP 32 (compact node information), with ids of
/// 32 bytes. The narrow one holds IPv4 alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Narrow,
    Wide,
}

impl Form {
    /// Bytes of an encoded contact.
    pub(super) const fn len(self) -> usize {
        match self {
            Form::Narrow => 32 + 4 + 2,
            Form::Wide => 32 + 16 + 2,
        }
    }

    /// Appends an id and its address. One that is not known, or does not fit the form, is all zeros.
    pub(super) fn put(self, id: &Id, address: Option<SocketAddr>, out: &mut Vec<u8>) {
        out.extend_from_slice(&id.0);
        let address = address.unwrap_or(UNKNOWN);
        let port = match (self, address.ip()) {
            (Form::Narrow, IpAddr::V4(ip)) => {
                out.extend_from_slice(&ip.octets());
                address.port()
            }
            (Form::Narrow, IpAddr::V6(_)) => {
                out.extend_from_slice(&[0; 4]);
                0
            }
            (Form::Wide, IpAddr::V4(ip)) => {
                out.extend_from_slice(&ip.to_ipv6_mapped().octets());
                address.port()
            }
            (Form::Wide, IpAddr::V6(ip)) => {
                out.extend_from_slice(&ip.octets());
                address.port()
            }
        };
        out.extend_from_slice(&port.to_be_bytes());
    }

    /// Reads a contact into the table. Also says whether its address needs the wide form.
    pub(super) fn read(self, reader: &mut Reader<'_>) -> Result<(Peer, bool), DecodeError> {
        let peer = reader.peer()?;
        let ip = match self {
            Form::Narrow => IpAddr::V4(reader.array::<4>()?.into()),
            Form::Wide => IpAddr::V6(reader.array::<16>()?.into()).to_canonical(),
        };
        let address = SocketAddr::new(ip, u16::from_be_bytes(reader.array()?));
        if address != UNKNOWN {
            if !can_be_reached(address) {
                return Err(DecodeError::Address);
            }
            reader.note_address(peer, address);
        }
        Ok((peer, address.is_ipv6()))
    }
}

/// What stands for an address that is not known. In the wide form too: as an IPv4-mapped one.
const UNKNOWN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);

/// Whether one host can be meant. An address that stands for many would make of each message to it as many.
fn can_be_reached(address: SocketAddr) -> bool {
    let ip = address.ip();
    let many = ip.is_multicast() || ip == IpAddr::V4(Ipv4Addr::BROADCAST);
    address.port() != 0 && !ip.is_unspecified() && !many
}

/// One spelling an address: IPv4 is never mapped into IPv6, and what is no part of it on the wire is left out.
pub(super) fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

/// Where a peer of a simulated network would listen: 10.0.0.0 and on, at port 4001.
pub(super) fn simulated_address(peer: Peer) -> SocketAddr {
    const FIRST: u32 = Ipv4Addr::new(10, 0, 0, 0).to_bits();
    SocketAddr::from((Ipv4Addr::from_bits(FIRST.wrapping_add(peer.0)), 4001))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::net::Ipv6Addr;

    fn address() -> impl Strategy<Value = SocketAddr> {
        prop_oneof![
            (any::<u32>(), any::<u16>()).prop_map(|(ip, port)| SocketAddr::from((Ipv4Addr::from(ip), port))),
            (any::<u128>(), any::<u16>()).prop_map(|(ip, port)| SocketAddr::from((Ipv6Addr::from(ip), port))),
        ]
    }

    proptest! {
        #[test]
        fn a_contact_can_be_written_and_read(id: [u8; 32], address in address()) {
            let contact = Contact { id: Id(id), address };
            prop_assert_eq!(contact.to_string().parse(), Ok(contact));
        }

        #[test]
        fn text_that_is_no_contact_is_an_error(text in ".{0,80}") {
            prop_assert_eq!(text.parse::<Contact>(), Err(ParseContactError));
        }
    }

    #[test]
    fn nobody_listens_at_port_zero_or_at_an_address_of_many() {
        for address in
            ["192.0.2.1:0", "0.0.0.0:1", "224.0.0.1:1", "255.255.255.255:1", "[::]:1", "[ff02::1]:1"]
        {
            assert!(!can_be_reached(address.parse().expect("it is an address")), "{address}");
        }
        for address in ["192.0.2.1:1", "127.0.0.1:4001", "[::1]:1", "[2001:db8::1]:65535"] {
            assert!(can_be_reached(address.parse().expect("it is an address")), "{address}");
        }
    }
}
