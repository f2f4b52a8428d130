//! Where a page takes webmentions (W3C Recommendation, section 3.1.2), from what it answered. Asks nobody.

use url::Url;

use crate::import::html::Html;

/// The word by which a link is known.
const RELATION: &str = "webmention";

/// The address at which a page takes webmentions: the first of its `Link` headers, else the first `<link>` or `<a>` in its
/// text; from where the page stands.
#[must_use]
pub fn find(address: &Url, headers: &[String], page: &str) -> Option<Url> {
    let of_headers = headers.iter().find_map(|header| of_header(header));
    let found = of_headers.or_else(|| of_page(page))?;
    address.join(found.trim()).ok()
}

fn of_page(page: &str) -> Option<String> {
    let html = Html::new(page);
    let mut elements = html.elements().iter().filter(|element| matches!(element.name.as_str(), "link" | "a"));
    elements.find_map(|element| {
        // An empty address is the page itself; an element without any is no link.
        let address = element.attribute("href")?;
        is_relation(element.attribute("rel")?).then(|| address.to_owned())
    })
}

fn is_relation(relations: &str) -> bool {
    relations.split_ascii_whitespace().any(|relation| relation.eq_ignore_ascii_case(RELATION))
}

/// The address of the first link of that kind in a header: `<address>; rel="webmention other", <address>; rel=webmention`
/// (RFC 8288).
fn of_header(header: &str) -> Option<String> {
    let mut rest = header;
    while let Some(start) = rest.find('<') {
        let (address, after) = rest[start + 1..].split_once('>')?;
        let end = end_of_link(after);
        if parameters(&after[..end]).any(|(name, value)| name.eq_ignore_ascii_case("rel") && is_relation(&value)) {
            return Some(address.to_owned());
        }
        rest = &after[end..];
    }
    None
}

/// Where the parameters of a link end: at the next comma outside of quotes.
fn end_of_link(text: &str) -> usize {
    split_outside_quotes(text, ',').next().map_or(0, str::len)
}

fn parameters(text: &str) -> impl Iterator<Item = (&str, String)> {
    split_outside_quotes(text, ';').filter_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        Some((name.trim(), value.trim().trim_matches('"').replace('\\', "")))
    })
}

fn split_outside_quotes(text: &str, sign: char) -> impl Iterator<Item = &str> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    text.split(move |c: char| {
        let is_plain = !std::mem::take(&mut is_escaped);
        match c {
            '\\' if is_quoted && is_plain => is_escaped = true,
            '"' if is_plain => is_quoted = !is_quoted,
            _ => {}
        }
        c == sign && !is_quoted
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(headers: &[&str], page: &str) -> Option<String> {
        let address = Url::parse("https://a.example/posts/1?x=y").expect("an address");
        let headers: Vec<String> = headers.iter().map(|&header| header.to_owned()).collect();
        find(&address, &headers, page).map(String::from)
    }

    #[test]
    fn a_header_goes_before_the_page() {
        let page = "<link rel=webmention href=/page>";
        for (header, wanted) in [
            ("</h>; rel=webmention", "https://a.example/h"),
            ("<h>; rel=\"webmention\"", "https://a.example/posts/h"),
            ("<https://b.example/?q=1>; REL=\"somethingelse WebMention\"", "https://b.example/?q=1"),
            (
                "</x>; rel=\"other\"; title=\"a, b; rel=webmention\", </h>; title=\"\\\"\"; rel=webmention",
                "https://a.example/h",
            ),
            ("<>; rel=webmention", "https://a.example/posts/1?x=y"),
        ] {
            assert_eq!(found(&[header], page).as_deref(), Some(wanted), "{header}");
        }
        assert_eq!(found(&["</x>; rel=a", "</y>; rel=webmention"], page).as_deref(), Some("https://a.example/y"));
        for header in
            ["</x>; rel=not-webmention", "</x>", "rel=webmention", "</x; rel=webmention", "", ";;;,,,<<<>>>\"\""]
        {
            assert_eq!(found(&[header], page).as_deref(), Some("https://a.example/page"), "{header}");
        }
    }

    #[test]
    fn the_first_link_of_the_page_counts() {
        for (page, wanted) in [
            ("<a rel=webmention href=/a>x</a><link rel=webmention href=/b>", Some("https://a.example/a")),
            ("<link rel=webmention><link rel=webmention href=/b>", Some("https://a.example/b")),
            ("<link rel=webmention href=\"\">", Some("https://a.example/posts/1?x=y")),
            ("<LINK REL='me webmention' HREF='e?a=b&amp;c=d'>", Some("https://a.example/posts/e?a=b&c=d")),
            ("<!-- <a rel=webmention href=/a> --> &lt;a rel=webmention href=/a&gt;", None),
            ("<a rel=nofollow href=/a>x</a>", None),
            ("<form rel=webmention href=/a>", None),
            ("<a rel=webmention href=\"http://[\">x</a>", None),
            ("", None),
        ] {
            assert_eq!(found(&[], page).as_deref(), wanted, "{page}");
        }
    }
}
