//! Sockets of this machine: where to listen, and where others find it. Knows nothing of what is said there.

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, UdpSocket};

use super::error::Error;

/// Ports that are tried behind the one that was asked for.
const MOST_TRIED: u16 = 50;

/// Listens on this port, or on the next one that is free.
///
/// # Errors
/// None of them is, or the address is not one of this machine.
pub fn listen(ip: IpAddr, port: u16) -> Result<TcpListener, Error> {
    let mut port = port;
    for _ in 0..MOST_TRIED {
        match TcpListener::bind(SocketAddr::new(ip, port)) {
            Ok(listener) => {
                let ready = listener.set_nonblocking(true).map(|()| listener);
                return ready.map_err(|source| Error::Listen { address: format!("{ip}:{port}"), source });
            }
            Err(error) if error.kind() == ErrorKind::AddrInUse && port < u16::MAX => port += 1,
            Err(source) => return Err(Error::Listen { address: format!("{ip}:{port}"), source }),
        }
    }
    let source = ErrorKind::AddrInUse.into();
    Err(Error::Listen { address: format!("{ip}, ports {} to {port}", port.saturating_sub(MOST_TRIED)), source })
}

/// The address under which other machines of the network find this one; `None` without a network. Nothing is sent.
#[must_use]
pub fn address_in_network() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    // An address that is kept for documentation: the system says which of its own it would come from.
    socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9)).ok()?;
    socket.local_addr().ok().map(|address| address.ip()).filter(|ip| !ip.is_unspecified())
}

/// How many connections can be open at one time: this many, or what the system allows less some for files. The system's limit
/// is raised as far as it lets itself be.
#[must_use]
pub fn most_connections(wanted: usize) -> usize {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        const FOR_FILES: u64 = 128;
        let limit = getrlimit(Resource::Nofile);
        let needed = wanted as u64 + FOR_FILES;
        let raised = limit.maximum.unwrap_or(needed).min(needed).max(limit.current.unwrap_or(needed));
        let is_raised = setrlimit(Resource::Nofile, Rlimit { current: Some(raised), maximum: limit.maximum }).is_ok();
        let allowed = if is_raised { raised } else { limit.current.unwrap_or(needed) };
        wanted.min(usize::try_from(allowed.saturating_sub(FOR_FILES)).unwrap_or(wanted)).max(16)
    }
    #[cfg(not(unix))]
    {
        wanted
    }
}

/// A word that nobody can guess: 128 bits of the system's randomness.
///
/// # Errors
/// The system gives none.
pub fn secret() -> Result<String, Error> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|error| Error::Listen {
        address: "randomness of the system".to_owned(),
        source: std::io::Error::other(error.to_string()),
    })?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
