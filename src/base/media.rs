//! Media types of files by their names. Knows nothing of what is in them.

/// The media type of a file by its name, with the character set where it is text.
#[must_use]
pub fn type_of(name: &str) -> String {
    let name = name.rsplit('/').next().unwrap_or(name);
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase();
    let own = match (name, extension.as_str()) {
        // Feeds in XML have no type of their own here: Chromium shows the source of what is called Atom or RSS, and programs that
        // follow feeds tell them by their first element.
        ("feed.json", _) => "application/feed+json",
        (".throughline-output", _) => "text/plain",
        // These the list of media types knows by other names, or not at all.
        (_, "js" | "mjs") => "text/javascript",
        (_, "xml") => "application/xml",
        (_, "opml") => "text/x-opml",
        (_, "webmanifest") => "application/manifest+json",
        (_, "woff2") => "font/woff2",
        (_, "epub") => "application/epub+zip",
        (_, "avif") => "image/avif",
        (_, "md") => "text/markdown",
        (_, "br" | "gz") => "application/octet-stream",
        _ => mime_guess::from_ext(&extension).first_raw().unwrap_or("application/octet-stream"),
    };
    let is_text = own.starts_with("text/")
        || matches!(own, "application/xml" | "application/json")
        || own.ends_with("+xml")
        || own.ends_with("+json");
    if is_text { format!("{own}; charset=utf-8") } else { own.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_those_that_browsers_and_readers_of_feeds_want() {
        for (name, wanted) in [
            ("index.html", "text/html; charset=utf-8"),
            ("assets/style.1a2b3c4d.css", "text/css; charset=utf-8"),
            ("assets/script.js", "text/javascript; charset=utf-8"),
            ("sitemap.xml", "application/xml; charset=utf-8"),
            ("feed.xml", "application/xml; charset=utf-8"),
            ("concepts/trust/rss.xml", "application/xml; charset=utf-8"),
            ("concepts/trust/feed.json", "application/feed+json; charset=utf-8"),
            ("graph.json", "application/json; charset=utf-8"),
            ("pic.SVG", "image/svg+xml; charset=utf-8"),
            ("pic.webp", "image/webp"),
            ("font.woff2", "font/woff2"),
            ("book.epub", "application/epub+zip"),
            ("site.webmanifest", "application/manifest+json; charset=utf-8"),
            ("app.wasm", "application/wasm"),
            ("paper.pdf", "application/pdf"),
            ("CNAME", "application/octet-stream"),
            (".throughline-output", "text/plain; charset=utf-8"),
        ] {
            assert_eq!(type_of(name), wanted, "{name}");
        }
    }
}
