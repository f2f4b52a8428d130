//! Names and numbers of hosts, and which of them stand on the open network. Knows no socket and asks nobody.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether this is a name of a host on the open network, with no port and no bare number.
#[must_use]
pub fn is_public(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or("");
    host.contains('.')
        && host.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '.')
        && last.chars().any(|c| c.is_ascii_alphabetic())
        && !["local", "localhost", "internal", "lan", "home", "arpa", "test"].contains(&last)
}

/// Whether this number belongs to a machine on the open network: a name that looks public may lead to one that does not.
#[must_use]
pub fn is_public_number(number: IpAddr) -> bool {
    match number {
        IpAddr::V4(four) => is_public_four(four),
        IpAddr::V6(six) => is_public_six(six),
    }
}

fn is_public_four(number: Ipv4Addr) -> bool {
    let [a, b, c, _] = number.octets();
    // RFC 6890: what is kept for one machine, one network, documents and measurements.
    let is_kept = matches!((a, b, c), (0 | 127 | 240..=255, ..) | (100, 64..=127, _) | (192, 0, 0) | (198, 18..=19, _));
    !is_kept && !number.is_private() && !number.is_link_local() && !number.is_documentation() && !number.is_multicast()
}

fn is_public_six(number: Ipv6Addr) -> bool {
    let parts = number.segments();
    let four = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match parts {
        // Numbers of the older kind in the newer notation: mapped, translated (RFC 6052), and 6to4.
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => is_public_four(four(high, low)),
        [0x2002, high, low, ..] => is_public_four(four(high, low)),
        [0x2001, 0xdb8, ..] => false,
        // Everything that is given out for the open network today begins so (RFC 4291).
        [first, ..] => (0x2000..=0x3fff).contains(&first),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_machines_nearby_are_not_public() {
        for name in ["example.org", "a.b-c.example", "xn--bcher-kva.example"] {
            assert!(is_public(name), "{name}");
        }
        for name in
            ["localhost", "printer.local", "10.0.0.1", "[::1]", "a.internal", "host", "0x7f.1", "", "a_b.example"]
        {
            assert!(!is_public(name), "{name}");
        }
    }

    #[test]
    fn numbers_of_machines_nearby_are_not_public() {
        for number in ["93.184.216.34", "2606:4700::1111", "::ffff:93.184.216.34"] {
            assert!(is_public_number(number.parse().expect(number)), "{number}");
        }
        for number in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "::",
            "::1",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "64:ff9b::10.0.0.1",
            "2002:7f00:1::",
            "2001:db8::1",
        ] {
            assert!(!is_public_number(number.parse().expect(number)), "{number}");
        }
    }
}
