//! Bare addresses in text, as GitHub Flavored Markdown 0.29 (section 6.9) finds them. Knows only the text.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memchr2;
use memchr::memmem::Finder;

static WWW: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("www."));

/// An address in a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Address {
    /// Its bytes in the text.
    pub(super) range: Range<usize>,
    /// Where it leads.
    pub(super) target: String,
}

/// Every bare address in the text: `https://…`, `http://…`, `www.…` and e-mail addresses.
pub(super) fn find(text: &str) -> Vec<Address> {
    let mut found = Vec::new();
    // Nearly every text has none.
    if memchr2(b':', b'@', text.as_bytes()).is_none() && WWW.find(text.as_bytes()).is_none() {
        return found;
    }
    let mut from = 0;
    while from < text.len() {
        let Some(address) = next(text, from) else { break };
        from = address.range.end.max(from + 1);
        found.push(address);
    }
    found
}

fn next(text: &str, from: usize) -> Option<Address> {
    let bytes = text.as_bytes();
    (from..text.len()).filter(|at| text.is_char_boundary(*at)).find_map(|at| {
        let rest = &text[at..];
        match bytes[at] {
            b'h' | b'w' if starts_word(text, at) => {
                let prefix = ["https://", "http://", "www."].into_iter().find(|prefix| rest.starts_with(prefix))?;
                let end = at + address_length(rest);
                let host =
                    rest[if prefix == "www." { 0 } else { prefix.len() }..end - at].split(['/', '?', '#']).next()?;
                is_host(host).then(|| Address { range: at..end, target: target(&text[at..end], prefix) })
            }
            b'@' if at > from => email(text, from, at),
            _ => None,
        }
    })
}

fn starts_word(text: &str, at: usize) -> bool {
    text[..at].chars().next_back().is_none_or(|c| c.is_whitespace() || "*_~(".contains(c))
}

fn target(written: &str, prefix: &str) -> String {
    if prefix == "www." { format!("http://{written}") } else { written.to_owned() }
}

fn is_host(host: &str) -> bool {
    let labels: Vec<&str> = host.split(':').next().unwrap_or("").split('.').collect();
    labels.len() >= 2
        && labels
            .iter()
            .all(|label| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_'))
        && labels[labels.len() - 2..].iter().all(|label| !label.contains('_'))
}

/// How far the address reaches: to a blank or `<`, without the punctuation that closes a sentence,
/// without closing brackets that it did not open, without an entity at its end.
fn address_length(rest: &str) -> usize {
    let mut end = rest.find(|c: char| c.is_whitespace() || c == '<').unwrap_or(rest.len());
    loop {
        let address = &rest[..end];
        let Some(last) = address.chars().next_back() else { return end };
        let is_open = |open: char, close: char| address.matches(open).count() < address.matches(close).count();
        end -= match last {
            '?' | '!' | '.' | ',' | ':' | '*' | '_' | '~' | '\'' | '"' => 1,
            ')' if is_open('(', ')') => 1,
            ']' if is_open('[', ']') => 1,
            ';' => match address.rfind('&') {
                Some(at) if address[at + 1..end - 1].chars().all(char::is_alphanumeric) => end - at,
                _ => 1,
            },
            _ => return end,
        };
    }
}

fn email(text: &str, from: usize, at: usize) -> Option<Address> {
    let is_local = |c: char| c.is_ascii_alphanumeric() || ".-_+".contains(c);
    let local = text[from..at].chars().rev().take_while(|c| is_local(*c)).count();
    let after: usize = text[at + 1..].chars().take_while(|c| c.is_ascii_alphanumeric() || ".-_".contains(*c)).count();
    let domain = text[at + 1..at + 1 + after].trim_end_matches('.');
    let last = domain.chars().next_back()?;
    if local == 0 || !domain.contains('.') || domain.starts_with('.') || last == '-' || last == '_' {
        return None;
    }
    let range = at - local..at + 1 + domain.len();
    Some(Address { target: format!("mailto:{}", &text[range.clone()]), range })
}

#[cfg(test)]
mod tests {
    use super::find;

    fn targets(text: &str) -> Vec<String> {
        find(text).into_iter().map(|address| address.target).collect()
    }

    #[test]
    fn bare_addresses_are_found_as_github_does() {
        for (text, wanted) in [
            ("www.commonmark.org", vec!["http://www.commonmark.org"]),
            ("Visit www.commonmark.org/help for more.", vec!["http://www.commonmark.org/help"]),
            ("Visit www.commonmark.org/a.b.", vec!["http://www.commonmark.org/a.b"]),
            ("(www.google.com/search?q=Markup+(business))", vec!["http://www.google.com/search?q=Markup+(business)"]),
            ("www.google.com/search?q=commonmark&hl=en", vec!["http://www.google.com/search?q=commonmark&hl=en"]),
            ("www.google.com/search?q=commonmark&hl;", vec!["http://www.google.com/search?q=commonmark"]),
            ("www.commonmark.org/he<lp", vec!["http://www.commonmark.org/he"]),
            (
                "http://commonmark.org and https://encrypted.google.com/search?q=Markup+(business)",
                vec!["http://commonmark.org", "https://encrypted.google.com/search?q=Markup+(business)"],
            ),
            ("foo@bar.baz", vec!["mailto:foo@bar.baz"]),
            (
                "hello@mail+xyz.example isn't valid, but hello+xyz@mail.example is.",
                vec!["mailto:hello+xyz@mail.example"],
            ),
            ("a.b-c_d@a.b. a.b-c_d@a.b- a.b-c_d@a.b_", vec!["mailto:a.b-c_d@a.b"]),
            ("no://address here, http:// neither, nor xhttp://a.b", vec![]),
        ] {
            assert_eq!(targets(text), wanted, "{text}");
        }
    }

    #[test]
    fn a_long_text_without_an_address_is_read_once() {
        assert!(find(&"@".repeat(200_000)).is_empty());
    }
}
