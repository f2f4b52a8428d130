//! Names of files as parts of addresses (RFC 3986).

use std::fmt::Write;

/// A path with all but letters, digits and `-._~/` written as `%XX`.
pub(super) fn encoded(path: &str) -> String {
    let mut url = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            url.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(url, "%{byte:02X}");
        }
    }
    url
}

/// The same for a text that is one part of a path, or of a query.
pub(super) fn encoded_part(text: &str) -> String {
    encoded(text).replace('/', "%2F")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_whole_in_addresses() {
        assert_eq!(encoded("a b/ü+#?%20(1)*~.txt"), "a%20b/%C3%BC%2B%23%3F%2520%281%29%2A~.txt");
        assert_eq!(encoded_part("../x"), "..%2Fx");
    }
}
