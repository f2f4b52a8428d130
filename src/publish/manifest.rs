//! What a release is made of, as a text that is published with it. Knows no host.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::base::fingerprint::Fingerprint;
use crate::base::path::SitePath;
use crate::io::output::Held;

pub use crate::io::stage::MARK as MANIFEST;

const FIRST_LINE: &str = "Made by Throughline: the files below are replaced when the site is built or published again.";
/// How files are sent may change from one version to the next; a release that was sent otherwise is sent again.
const RULES: &str = "rules 1";
/// What the last line begins with; a text without it was cut off.
const TOTAL: &str = "total ";

/// One file of a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Fingerprint of its bytes.
    pub fingerprint: Fingerprint,
    /// Its size in bytes.
    pub size: u64,
}

/// The files of a release by name, without the manifest itself. Written as a line a file: fingerprint, size, name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    /// Files whose bytes are known.
    pub files: BTreeMap<String, Entry>,
    /// Files that a publish which did not end may have sent or removed, so that nobody knows what is there.
    pub uncertain: Vec<String>,
    /// The mark of the release that stood there whole before that publish.
    pub before: Option<Fingerprint>,
    /// Whether the files were sent by rules that no longer hold.
    pub is_outdated: bool,
}

impl Manifest {
    /// The manifest of an output folder.
    #[must_use]
    pub fn of(held: &[Held]) -> Self {
        let entry = |held: &Held| Entry { fingerprint: held.fingerprint, size: held.size };
        Self { files: held.iter().map(|held| (held.file.clone(), entry(held))).collect(), ..Self::default() }
    }

    /// Reads a manifest; `None` for another text.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        lines.next().filter(|line| *line == FIRST_LINE)?;
        let mut manifest = Self { is_outdated: lines.next() != Some(RULES), ..Self::default() };
        // Whoever can write it must not lead us elsewhere.
        let clean = |name: &str| {
            SitePath::new(name).filter(|path| path.as_str() == name && !name.is_empty()).map(|_| name.to_owned())
        };
        for line in &mut lines {
            if let Some(total) = line.strip_prefix(TOTAL) {
                let counted = manifest.files.len() + manifest.uncertain.len();
                let is_whole = total.parse() == Ok(counted) && lines.next().is_none();
                return is_whole.then_some(manifest);
            }
            if let Some(name) = line.strip_prefix("? ") {
                manifest.uncertain.push(clean(name)?);
                continue;
            }
            if let Some(mark) = line.strip_prefix("before ") {
                manifest.before = Some(Fingerprint::from_hex(mark)?);
                continue;
            }
            let mut parts = line.splitn(3, ' ');
            let fingerprint = Fingerprint::from_hex(parts.next()?)?;
            let size = parts.next()?.parse().ok()?;
            manifest.files.insert(clean(parts.next()?)?, Entry { fingerprint, size });
        }
        // The end is missing.
        None
    }

    /// The manifest as text.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = String::with_capacity(self.files.len() * 100);
        let _ = write!(text, "{FIRST_LINE}\n{RULES}\n");
        for (name, Entry { fingerprint, size }) in &self.files {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{fingerprint} {size} {name}");
        }
        if let Some(mark) = self.before {
            let _ = writeln!(text, "before {mark}");
        }
        for name in &self.uncertain {
            let _ = writeln!(text, "? {name}");
        }
        let _ = writeln!(text, "{TOTAL}{}", self.files.len() + self.uncertain.len());
        text
    }

    /// The same release while a plan is carried out: what it touches is uncertain.
    #[must_use]
    pub fn unsettled<'a>(&self, touched: impl IntoIterator<Item = &'a str>) -> Self {
        let mut manifest = Self { before: Some(self.whole_mark()), ..self.clone() };
        for name in touched {
            manifest.files.remove(name);
            manifest.uncertain.push(name.to_owned());
        }
        manifest.uncertain.sort();
        manifest.uncertain.dedup();
        manifest
    }

    /// Tells this release from every other.
    #[must_use]
    pub fn mark(&self) -> Fingerprint {
        Fingerprint::of(self.to_text().as_bytes())
    }

    /// The mark of the release that stood there whole last: this one, unless a publish over it did not end.
    #[must_use]
    pub fn whole_mark(&self) -> Fingerprint {
        self.before.unwrap_or_else(|| self.mark())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(text: &str) -> Entry {
        Entry { fingerprint: Fingerprint::of(text.as_bytes()), size: text.len() as u64 }
    }

    #[test]
    fn it_is_read_as_it_was_written() {
        let mut whole = Manifest::default();
        for name in ["index.html", "essays/a b/ü.html", " leading"] {
            whole.files.insert(name.to_owned(), entry(name));
        }
        let manifest = whole.unsettled(["index.html", "new.html"]);
        assert_eq!(manifest.uncertain, ["index.html", "new.html"]);
        assert_eq!(manifest.before, Some(whole.mark()));
        assert_eq!(manifest.unsettled(["more.html"]).before, manifest.before);
        assert_eq!(Manifest::read(&manifest.to_text()), Some(manifest));
    }

    #[test]
    fn what_was_cut_off_or_leads_elsewhere_is_none() {
        let mut whole = Manifest::default();
        for name in ["a.html", "b.html"] {
            whole.files.insert(name.to_owned(), entry(name));
        }
        let text = whole.unsettled(["b.html"]).to_text();
        for (at, _) in text.match_indices('\n').filter(|(at, _)| at + 1 < text.len()) {
            assert_eq!(Manifest::read(&text[..=at]), None);
        }
        for name in ["../b.html", "/b.html", "a//b.html", "./b.html", ""] {
            assert_eq!(Manifest::read(&text.replace("? b.html", &format!("? {name}"))), None, "{name}");
        }
    }

    #[test]
    fn another_text_is_none() {
        assert_eq!(Manifest::read(""), None);
        assert_eq!(Manifest::read("<html>Sign in to the network</html>"), None);
        assert_eq!(Manifest::read(&format!("{FIRST_LINE}\n{RULES}\nno line of ours\n")), None);
        let old = Manifest::read(&format!("{FIRST_LINE}\nrules 0\ntotal 0\n"));
        assert!(old.is_some_and(|old| old.is_outdated && old.files.is_empty()));
    }
}
