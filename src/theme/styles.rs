//! Addresses in a style sheet: what `url()` and `@import` name. Knows no file.

use std::ops::Range;

/// An address in a style sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    /// Its bytes, with the quotes where it has some.
    pub(super) range: Range<usize>,
    /// The file it names, without quotes, and without what stands behind `?` or `#`.
    pub(super) file: String,
    /// `?…` and `#…`.
    pub(super) rest: String,
}

/// Every address that may be a file beside the sheet: none that begins with `/`, `#` or a scheme.
pub(super) fn addresses(css: &str) -> Vec<Address> {
    places(css).into_iter().filter_map(|range| address(css, range)).collect()
}

/// Every address as it is written, without quotes, whatever it leads to.
#[must_use]
pub fn named(css: &str) -> Vec<&str> {
    places(css).into_iter().map(|range| bare(css, range)).filter(|written| !written.is_empty()).collect()
}

/// The bytes of all addresses, with the quotes where they have some; none of those in comments and other texts.
fn places(css: &str) -> Vec<Range<usize>> {
    let bytes = css.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if let Some(end) = comment(css, at) {
            at = end;
        } else if matches!(bytes[at], b'"' | b'\'') {
            at = string(css, at).end;
        } else if is_word(css, at, "@import") {
            at = space(css, at + "@import".len());
            if matches!(bytes.get(at), Some(b'"' | b'\'')) {
                let range = string(css, at);
                at = range.end;
                found.push(range);
            }
        } else if is_word(css, at, "url(") && !css[..at].ends_with(is_name) {
            let start = space(css, at + "url(".len());
            let range = match bytes.get(start) {
                Some(b'"' | b'\'') => string(css, start),
                _ => {
                    let end = css[start..].find(')').map_or(css.len(), |end| start + end);
                    start..start + css[start..end].trim_end().len()
                }
            };
            at = range.end;
            found.push(range);
        } else {
            at += 1;
        }
    }
    found
}

/// Where rules may be put in: behind `@charset`, and behind the last `@import`, before which only imports may stand.
pub(super) fn first_rule(css: &str) -> usize {
    let mut at = 0;
    let mut end = 0;
    loop {
        at = space(css, at);
        if let Some(after) = comment(css, at) {
            at = after;
        } else if ["@charset", "@import", "@layer"].iter().any(|word| is_word(css, at, word)) {
            let is_layer = is_word(css, at, "@layer");
            while at < css.len() && !matches!(css.as_bytes()[at], b';' | b'{') {
                at = match css.as_bytes()[at] {
                    b'"' | b'\'' => string(css, at).end,
                    _ => comment(css, at).unwrap_or(at + 1),
                };
            }
            // `@layer name { … }` is a rule.
            if css.as_bytes().get(at) != Some(&b';') {
                return end;
            }
            at += 1;
            if !is_layer {
                end = at;
            }
        } else {
            return end;
        }
    }
}

fn bare(css: &str, range: Range<usize>) -> &str {
    css[range].trim_matches(['"', '\'']).trim()
}

fn address(css: &str, range: Range<usize>) -> Option<Address> {
    let written = bare(css, range.clone());
    let cut = written.find(['?', '#']).unwrap_or(written.len());
    let (file, rest) = written.split_at(cut);
    let has_scheme = file.split('/').next().is_some_and(|first| first.contains(':'));
    let is_beside = !file.is_empty() && !file.starts_with('/') && !has_scheme;
    is_beside.then(|| Address { range, file: file.to_owned(), rest: rest.to_owned() })
}

fn comment(css: &str, at: usize) -> Option<usize> {
    let inner = css.as_bytes()[at..].strip_prefix(b"/*")?;
    let end = inner.windows(2).position(|pair| pair == b"*/");
    Some(end.map_or(css.len(), |end| at + 2 + end + 2))
}

/// The bytes of a text between quotes; one that does not end ends with its line.
fn string(css: &str, start: usize) -> Range<usize> {
    let bytes = css.as_bytes();
    let mut at = start + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'\n' => return start..at,
            byte if byte == bytes[start] => return start..at + 1,
            _ => at += 1,
        }
    }
    start..bytes.len()
}

fn space(css: &str, mut at: usize) -> usize {
    while css.as_bytes().get(at).is_some_and(u8::is_ascii_whitespace) {
        at += 1;
    }
    at
}

fn is_word(css: &str, at: usize, word: &str) -> bool {
    css.as_bytes().get(at..at + word.len()).is_some_and(|found| found.eq_ignore_ascii_case(word.as_bytes()))
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_')
}

#[cfg(test)]
mod tests {
    use super::{addresses, first_rule};

    fn files(css: &str) -> Vec<String> {
        addresses(css).into_iter().map(|address| format!("{}|{}", address.file, address.rest)).collect()
    }

    #[test]
    fn addresses_of_files_are_found_however_they_are_written() {
        assert_eq!(files("a{b:url(x.png)} c{d:URL( 'y z.svg#in' )}"), ["x.png|", "y z.svg|#in"]);
        assert_eq!(files("@import \"a.css\" screen;@import url(b.css);"), ["a.css|", "b.css|"]);
        assert_eq!(files("é{src:url(\"f.woff2?v=1\") format(\"woff2\")}"), ["f.woff2|?v=1"]);
    }

    #[test]
    fn what_is_no_file_beside_the_sheet_is_left_alone() {
        for css in [
            "/* url(x.png) @import \"a.css\" */",
            "a{content:\"url(x.png)\"}",
            "a{b:url(data:image/png;base64,AA)}",
            "a{b:url(https://example.org/x.png)}",
            "a{b:url(/x.png)} c{d:url(#e)} f{g:url()}",
            "a{b:my-url(x.png)}",
            "/* no end url(x",
            "a{content:\"\\\"url(x)\"}",
        ] {
            assert_eq!(files(css), [] as [&str; 0], "{css}");
        }
    }

    #[test]
    fn broken_sheets_come_to_an_end() {
        for css in ["url(", "url(\"", "@import", "@import \"x", "\"", "'\\", "/*", "@charset \"", "@layer"] {
            assert!(addresses(css).len() < 2 && first_rule(css) <= css.len(), "{css}");
        }
    }

    #[test]
    fn rules_are_put_behind_imports() {
        for (before, after) in [
            ("", "a{}"),
            ("@charset \"utf-8\";", "a{}"),
            ("/* ; */@import \"a;b.css\" layer(x);\n@import url(b.css);", "\n:root{}"),
            ("@layer a, b;@import \"c.css\";", "@layer d;e{}"),
            ("", "@layer a{b{}}"),
        ] {
            assert_eq!(first_rule(&format!("{before}{after}")), before.len(), "{before}{after}");
        }
    }
}
