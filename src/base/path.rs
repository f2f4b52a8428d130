//! Where things are, in the book and on the site; knows nothing about files or pages.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A path inside the book: UTF-8, `/` between its parts, never absolute, never with `.` or `..`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SitePath(Arc<str>);

impl SitePath {
    /// A path whose parts are already clean, such as one that a walk of the book found.
    /// `.` and empty parts are dropped; `None` where `..` would leave the book.
    #[must_use]
    pub fn new(path: &str) -> Option<Self> {
        resolve(std::iter::empty(), path).map(|clean| Self(clean.into()))
    }

    /// The path of a file of the book; `None` where it is none, or holds characters that names of files cannot share between
    /// machines.
    #[must_use]
    pub fn of_file(path: &str) -> Option<Self> {
        let is_odd = |c: char| c.is_control() || c == '\\' || is_bidi(c);
        (!path.contains(is_odd)).then(|| Self::new(path)).flatten()
    }

    /// The path as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A path as written in this file (`../b.md`, `pic.png`), from the folder this file stands in.
    /// `None` where it leaves the book.
    #[must_use]
    pub fn resolve(&self, written: &str) -> Option<Self> {
        resolve(self.folder().split('/').filter(|part| !part.is_empty()), written).map(|clean| Self(clean.into()))
    }

    /// The folder this file stands in, without a slash at the end; empty at the top of the book.
    #[must_use]
    pub fn folder(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// The last part.
    #[must_use]
    pub fn file_name(&self) -> &str {
        self.0.rsplit_once('/').map_or(&self.0, |(_, name)| name)
    }

    /// The last part without its extension.
    #[must_use]
    pub fn stem(&self) -> &str {
        let name = self.file_name();
        match name.rsplit_once('.') {
            Some((stem, _)) if !stem.is_empty() => stem,
            _ => name,
        }
    }

    /// What follows the last dot of the last part, in lower case; empty without a dot.
    #[must_use]
    pub fn extension(&self) -> String {
        match self.file_name().rsplit_once('.') {
            Some((stem, extension)) if !stem.is_empty() => extension.to_ascii_lowercase(),
            _ => String::new(),
        }
    }

    /// What follows `folder/`; `None` for a file elsewhere.
    #[must_use]
    pub fn below(&self, folder: &str) -> Option<&str> {
        self.0.strip_prefix(folder)?.strip_prefix('/')
    }
}

fn resolve<'a>(base: impl Iterator<Item = &'a str>, written: &'a str) -> Option<String> {
    let mut parts: Vec<&str> = base.collect();
    for part in written.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            _ => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

impl Serialize for SitePath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for SitePath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let path = <&str>::deserialize(deserializer)?;
        Self::new(path).ok_or_else(|| serde::de::Error::custom("this path leaves the book"))
    }
}

impl fmt::Display for SitePath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl fmt::Debug for SitePath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, out)
    }
}

/// Bytes that stand in a link as they are.
const SAFE: [bool; 256] = {
    let mut safe = [false; 256];
    let (marks, mut at) = (b"-_.~/!$&'()*+,;=:@", 0);
    while at < marks.len() {
        safe[marks[at] as usize] = true;
        at += 1;
    }
    let mut byte = 0_u8;
    while byte < 128 {
        if byte.is_ascii_alphanumeric() {
            safe[byte as usize] = true;
        }
        byte += 1;
    }
    safe
};

/// An address on the site: starts with `/`, already percent-safe, ends with `/` for a page in a folder of its own.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Route(Arc<str>);

impl Route {
    /// The front page.
    #[must_use]
    pub fn home() -> Self {
        Self("/".into())
    }

    /// The address `/a/b/` of a page, or `/a/b.ext` of a file; `None` where the address would leave the site,
    /// is empty in a part, or holds a character that addresses and file names do not share.
    #[must_use]
    pub fn new(address: &str) -> Option<Self> {
        let rest = address.strip_prefix('/')?;
        let body = rest.strip_suffix('/').unwrap_or(rest);
        let is_clean = |part: &str| {
            !part.is_empty()
                && part != "."
                && part != ".."
                && part.len() <= 250
                && !part
                    .chars()
                    .any(|c| c.is_control() || c.is_whitespace() || "\\%#?\"<>|*:".contains(c) || is_bidi(c))
        };
        (body.is_empty() || body.split('/').all(is_clean)).then(|| Self(address.into()))
    }

    /// An address as people write it: one whose last part has no dot is that of a page, with or without a slash at its end.
    #[must_use]
    pub fn of_address(written: &str) -> Option<Self> {
        let is_file = written.rsplit('/').next().is_some_and(|last| last.is_empty() || last.contains('.'));
        if is_file { Self::new(written) } else { Self::new(&format!("{written}/")) }
    }

    /// The address of a file that goes out under its own name, whatever characters that has;
    /// `None` where the name cannot be one on every host.
    #[must_use]
    pub fn of_file(path: &str) -> Option<Self> {
        let is_clean = |part: &str| {
            !part.is_empty()
                && part != "."
                && part != ".."
                && part.len() <= 250
                && !part.chars().any(|c| c.is_control() || c == '\\' || is_bidi(c))
        };
        path.split('/').all(is_clean).then(|| Self(format!("/{path}").into()))
    }

    /// The address without the slash at its start, with percent signs where a link needs them (RFC 3986).
    #[must_use]
    pub fn to_url(&self) -> String {
        self.as_url().into_owned()
    }

    /// The same; borrowed where no sign is needed.
    #[must_use]
    pub fn as_url(&self) -> Cow<'_, str> {
        let is_safe = |byte: u8| SAFE[usize::from(byte)];
        // Nearly every address is one that needs no sign.
        if self.from_root().bytes().all(is_safe) {
            return Cow::Borrowed(self.from_root());
        }
        let mut url = String::with_capacity(self.0.len());
        for byte in self.from_root().bytes() {
            if is_safe(byte) {
                url.push(char::from(byte));
            } else {
                url.push_str(&format!("%{byte:02X}"));
            }
        }
        Cow::Owned(url)
    }

    /// The address as text, from the site's root.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address without the slash at its start: what templates put behind the way to the root.
    #[must_use]
    pub fn from_root(&self) -> &str {
        &self.0[1..]
    }

    /// Whether it is the address of a page.
    #[must_use]
    pub fn is_page(&self) -> bool {
        self.0.ends_with('/') || self.0.ends_with(".html")
    }

    /// The file of the output folder that holds this address.
    #[must_use]
    pub fn to_file(&self) -> String {
        if self.0.ends_with('/') { format!("{}index.html", self.from_root()) } else { self.from_root().to_owned() }
    }

    /// The way from this page to the site's root: `./`, `../`, `../../` …
    #[must_use]
    pub fn to_root(&self) -> String {
        match self.from_root().matches('/').count() {
            0 => "./".to_owned(),
            depth => "../".repeat(depth),
        }
    }
}

impl fmt::Display for Route {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl fmt::Debug for Route {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, out)
    }
}

/// Characters that turn the direction of text around and so make a name look like another one.
#[must_use]
pub fn is_bidi(c: char) -> bool {
    matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Percent signs undone; what is no UTF-8 afterwards stays as it is written.
#[must_use]
pub fn percent_decoded(written: &str) -> String {
    // Hardly any address has one.
    if !written.contains('%') {
        return written.to_owned();
    }
    let mut bytes = Vec::with_capacity(written.len());
    let mut rest = written.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let pair = tail.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        match pair.filter(|_| *first == b'%').and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| written.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_does_not_leave_the_book() {
        let file = SitePath::new("content/essays/a.md").expect("clean");
        assert_eq!(file.resolve("../concepts/b.md").expect("inside").as_str(), "content/concepts/b.md");
        assert_eq!(file.resolve("../../../b.md"), None);
        assert_eq!(SitePath::new("../x"), None);
    }

    #[test]
    fn a_route_cannot_leave_the_site() {
        for bad in ["x", "/../x", "/a/./b", "//x", "/a b/", "/a\\b", "/%2e%2e/", "/\u{202e}/"] {
            assert!(Route::new(bad).is_none(), "{bad}");
        }
        assert_eq!(Route::new("/essays/x/").expect("good").to_file(), "essays/x/index.html");
        assert_eq!(Route::new("/essays/x/").expect("good").to_root(), "../../");
        assert_eq!(Route::home().to_root(), "./");
        assert_eq!(Route::new("/404.html").expect("good").to_file(), "404.html");
    }
}
