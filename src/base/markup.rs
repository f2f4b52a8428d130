//! Where the parts of a tag stand in HTML. Knows no element.

use std::ops::Range;

/// The bytes of an attribute's value, without its quotes; `span` reaches from its name to its end.
#[must_use]
pub fn value(html: &str, span: Range<usize>) -> Option<Range<usize>> {
    let end = span.end.min(html.len());
    let whole = html.get(span.start..end)?;
    let rest = whole[whole.find('=')? + 1..].trim_start();
    let start = end - rest.len();
    Some(match rest.chars().next()? {
        quote @ ('"' | '\'') => {
            let length = rest[1..].find(quote).unwrap_or(rest.len() - 1);
            start + 1..start + 1 + length
        }
        _ => start..start + rest.find(|c: char| c.is_ascii_whitespace() || c == '>').unwrap_or(rest.len()),
    })
}

/// The bytes of each address in a `srcset`, as browsers read it: what may stand behind one tells when it is taken.
#[must_use]
pub fn candidates(set: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    let skip = |from: usize, is: fn(char) -> bool| set[from..].find(|c| !is(c)).map_or(set.len(), |more| from + more);
    loop {
        let start = skip(at, |c| c.is_ascii_whitespace() || c == ',');
        if start == set.len() {
            return found;
        }
        let end = skip(start, |c| !c.is_ascii_whitespace());
        let address = set[start..end].trim_end_matches(',');
        found.push(start..start + address.len());
        at = end;
        if start + address.len() == end {
            // A comma between parentheses ends no candidate.
            let mut depth = 0_usize;
            let ends = |c: char| {
                depth = if c == '(' { depth + 1 } else { depth.saturating_sub(usize::from(c == ')')) };
                c == ',' && depth == 0
            };
            at = set[end..].find(ends).map_or(set.len(), |comma| end + comma);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::candidates;

    #[test]
    fn the_addresses_of_a_set_are_those_that_browsers_find() {
        for (set, wanted) in [
            ("", &[] as &[&str]),
            (" , ", &[]),
            ("a.png", &["a.png"]),
            ("a.png, b.png 2x", &["a.png", "b.png"]),
            ("a,b.png 1x,c.png 2x ,\n d.png,", &["a,b.png", "c.png", "d.png"]),
            ("data:image/png;base64,AA 1x, b.png", &["data:image/png;base64,AA", "b.png"]),
            ("a.png calc(1, 2) , \u{e9}.png 2x", &["a.png", "\u{e9}.png"]),
        ] {
            let found: Vec<&str> = candidates(set).into_iter().map(|range| &set[range]).collect();
            assert_eq!(found, wanted, "{set}");
        }
    }
}
