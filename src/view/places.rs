//! HTML of one writing on a page that holds others too: ids that no other has, headings below those of the page, no pull quotes
//! that repeat the text. Knows no writing and no page.

use std::ops::Range;

use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};

use crate::base::markup;

/// Attributes that hold ids, one or more, separated by blanks.
const IDS: [&str; 12] = [
    "id",
    "for",
    "headers",
    "list",
    "form",
    "aria-activedescendant",
    "aria-controls",
    "aria-describedby",
    "aria-details",
    "aria-flowto",
    "aria-labelledby",
    "aria-owns",
];

/// Attributes that hold an address, which may be a place on the page.
const ADDRESSES: [&str; 3] = ["href", "xlink:href", "usemap"];

/// Attributes that speak the language of style sheets: `style`, and those of drawings that may name a place of the page.
const STYLES: [&str; 12] = [
    "style",
    "clip-path",
    "cursor",
    "fill",
    "filter",
    "marker",
    "marker-end",
    "marker-mid",
    "marker-start",
    "mask",
    "stroke",
    "color-profile",
];

/// Puts `prefix` before every id of this HTML and every reference to one, and moves its headings `levels` down. Addresses that
/// begin with `#/` are places of the page as a whole: they lose the slash only.
pub(super) fn within(html: &str, prefix: &str, levels: u8) -> String {
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    let mut pull: Option<(usize, usize)> = None;
    for token in Tokenizer::new_with_emitter(html, DefaultEmitter::<usize>::new_with_span()) {
        let Ok(token) = token;
        match (token, &mut pull) {
            (Token::StartTag(tag), Some((_, depth))) => *depth += usize::from(*tag.name == b"aside"),
            (Token::EndTag(tag), Some((start, depth))) if *tag.name == b"aside" => {
                *depth -= 1;
                if *depth == 0 {
                    edits.push((*start..tag.span.end, String::new()));
                    pull = None;
                }
            }
            (Token::StartTag(tag), None) if is_pull_quote(&tag) => pull = Some((tag.span.start, 1)),
            (Token::StartTag(tag), None) => {
                edits.extend(lower(&tag.name, tag.span.start + 1, levels));
                edits.extend(tag.attributes.iter().filter_map(|(name, value)| {
                    let name = String::from_utf8_lossy(name);
                    attribute(html, &tag.name, &name, value.span.start..value.span.end, prefix)
                }));
            }
            (Token::EndTag(tag), None) => edits.extend(lower(&tag.name, tag.span.start + 2, levels)),
            _ => {}
        }
    }
    edits.sort_by_key(|(range, _)| range.start);
    let mut written = String::with_capacity(html.len() + edits.len() * prefix.len());
    let mut from = 0;
    for (range, text) in edits {
        // Spans that do not fit the text would come from a tag that is cut off; it is left as it is.
        let Some(between) = html.get(from..range.start) else { continue };
        written.push_str(between);
        written.push_str(&text);
        from = range.end;
    }
    written.push_str(html.get(from..).unwrap_or(""));
    written
}

/// The id that an address of the site makes: letters, digits, `-` and `_`, with a letter first. `/essays/trust/` is `essays-trust`.
/// No two addresses make one id, and none holds two hyphens in a row or one at the end, so that ids of what stands in a text can
/// follow behind `--`. Whatever would break this is written as two underscores, its number in Unicode and another underscore.
pub(super) fn id_of(address: &str) -> String {
    let address = address.trim_matches('/');
    let mut id = String::with_capacity(address.len() + 8);
    if !address.starts_with(char::is_alphabetic) {
        id.push_str("a___");
    }
    let mut is_first = true;
    for (at, letter) in address.char_indices() {
        let may_stand = !is_first && !id.ends_with('-') && at + 1 < address.len();
        match letter {
            '/' if is_first => id.push('-'),
            '/' => id.push('_'),
            '-' if may_stand => id.push('-'),
            _ if letter.is_alphanumeric() => id.push(letter),
            _ => id.push_str(&format!("__{:x}_", u32::from(letter))),
        }
        is_first &= letter != '/';
    }
    // An id of the page itself.
    if id == "main" {
        id.push('_');
    }
    id
}

/// A pull quote that stands word for word in the text: readers of paper need it once.
fn is_pull_quote(tag: &StartTag<usize>) -> bool {
    let is = |name: &[u8], wanted: &[u8]| tag.attributes.get(name).is_some_and(|value| ***value == *wanted);
    *tag.name == b"aside" && is(b"class", b"pull") && is(b"aria-hidden", b"true")
}

/// The digit of a heading's name, which stands at the second letter of the name.
fn lower(name: &[u8], start: usize, levels: u8) -> Option<(Range<usize>, String)> {
    let [b'h' | b'H', level @ b'1'..=b'6'] = name else { return None };
    let level = (level - b'0' + levels).min(6);
    Some((start + 1..start + 2, level.to_string()))
}

/// The value of an attribute that names an id, with the prefix before each; `span` reaches from its name to its end.
fn attribute(
    html: &str,
    element: &[u8],
    name: &str,
    span: Range<usize>,
    prefix: &str,
) -> Option<(Range<usize>, String)> {
    let range = markup::value(html, span)?;
    let written = &html[range.clone()];
    let changed = if IDS.contains(&name) || name == "name" && element == b"map" {
        written.split_ascii_whitespace().map(|id| format!("{prefix}{id}")).collect::<Vec<_>>().join(" ")
    } else if ADDRESSES.contains(&name) {
        let place = written.strip_prefix('#').filter(|place| !place.is_empty())?;
        place.strip_prefix('/').map_or_else(|| format!("#{prefix}{place}"), |whole| format!("#{whole}"))
    } else if STYLES.contains(&name) {
        written.replace("url(#", &format!("url(#{prefix}"))
    } else {
        return None;
    };
    (changed != written).then_some((range, changed))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{id_of, within};

    #[test]
    fn every_address_makes_an_id_of_its_own_that_html_and_style_sheets_take() {
        let addresses = [
            "/essays/a/",
            "/essays/a-b/",
            "/essays/a/b/",
            "/essays-a/b/",
            "/essays-a/",
            "/essays/a--b/",
            "/essays/a-/",
            "/essays/-a/",
            "/essays/a_b/",
            "/essays/a.html",
            "/2019/a/",
            "/a/2019/",
            "/a/",
            "/",
            "/main/",
            "/essays/",
            "/essays/\u{e9}\u{645}/",
            "/a\u{2019}x/",
            "/2019_x/",
            "/essays/a__2d_b/",
            "/essays/a/-b/",
            "/essays/a/2d_b/",
            "/a___/",
        ];
        let ids: BTreeSet<String> = addresses.iter().map(|address| id_of(address)).collect();
        assert_eq!(ids.len(), addresses.len(), "{ids:?}");
        for id in &ids {
            assert!(id.starts_with(char::is_alphabetic), "{id}");
            assert!(id.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_'), "{id}");
            assert!(!id.contains("--") && !id.ends_with('-') && id != "main", "{id}");
        }
        assert_eq!(id_of("/essays/trust-arrives/"), "essays-trust-arrives");
    }

    #[test]
    fn every_id_and_every_reference_to_one_has_the_prefix() {
        for (before, after) in [
            (r#"<p id="p-a">x</p>"#, r#"<p id="e--p-a">x</p>"#),
            ("<p id=a class=b>x</p>", "<p id=e--a class=b>x</p>"),
            (
                r##"<sup><a id="r1" href="#n1" aria-label="Note 1">1</a></sup>"##,
                r##"<sup><a id="e--r1" href="#e--n1" aria-label="Note 1">1</a></sup>"##,
            ),
            ("<b aria-labelledby='a b'>", "<b aria-labelledby='e--a e--b'>"),
            (r#"<rect fill="url(#shade)"/>"#, r#"<rect fill="url(#e--shade)"/>"#),
            (r#"<b style="mask: url(#shade)">"#, r#"<b style="mask: url(#e--shade)">"#),
            (r#"<img alt="url(#shade)" title="url(#x)">"#, r#"<img alt="url(#shade)" title="url(#x)">"#),
            (r##"<a href="#/other--p">x</a>"##, r##"<a href="#other--p">x</a>"##),
            (r##"<a href="#">x</a><a href="../x/#y">é</a>"##, r##"<a href="#">x</a><a href="../x/#y">é</a>"##),
            ("<p>id=\"x\" &lt;p id=\"y\"&gt; é</p>", "<p>id=\"x\" &lt;p id=\"y\"&gt; é</p>"),
            ("<p id=\"é\">é</p><p id=\"b\">", "<p id=\"e--é\">é</p><p id=\"e--b\">"),
        ] {
            assert_eq!(within(before, "e--", 0), after);
        }
    }

    #[test]
    fn headings_move_down_and_end_at_the_sixth_level() {
        assert_eq!(within("<h2 id=\"a\">A</h2><H5>B</H5><hr>", "x:", 2), "<h4 id=\"x:a\">A</h4><H6>B</H6><hr>");
    }

    #[test]
    fn a_pull_quote_that_repeats_the_text_is_left_out_and_others_stay() {
        let quote = "<aside class=\"pull\" aria-hidden=\"true\">\n<p id=\"q\">Twice</p><aside>in</aside></aside>";
        let loose =
            "<figure class=\"pull\"><figcaption>Pull quote</figcaption></figure><aside class=\"own\">mine</aside>";
        assert_eq!(
            within(&format!("<p>Twice</p>{quote}{loose}<p>b</p>"), "", 0),
            format!("<p>Twice</p>{loose}<p>b</p>")
        );
    }

    #[test]
    fn html_that_is_cut_off_stays_what_it_is() {
        for html in
            ["", "<", "<p id=", "<p id=\"a", "</", "<h2", "<aside class=\"pull\" aria-hidden=\"true\">x", "<p id>"]
        {
            let written = within(html, "p:", 1);
            assert!(written.starts_with(html.get(..1).unwrap_or("")), "{html}: {written}");
        }
    }
}
