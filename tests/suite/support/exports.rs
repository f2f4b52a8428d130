//! The exports of `tests/replies` with what is expected of each, as files that can be imported.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::{Book, tree};

/// What is expected of one export.
#[derive(serde::Deserialize)]
pub(crate) struct Case {
    pub(crate) path: String,
    /// The reader that takes it.
    pub(crate) what: String,
    pub(crate) source: String,
    pub(crate) packed: Option<String>,
    pub(crate) essay: Option<String>,
    pub(crate) captured: Option<String>,
    /// How many replies the pages of the site show.
    pub(crate) shown: usize,
    /// How many secrets the export names.
    pub(crate) secrets: usize,
    #[serde(default)]
    pub(crate) left: Vec<String>,
    #[serde(default)]
    pub(crate) gaps: Vec<String>,
    #[serde(default)]
    pub(crate) holds: Vec<String>,
    #[serde(flatten)]
    pub(crate) numbers: BTreeMap<String, u64>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/replies")
}

/// Every case of the table.
pub(crate) fn cases() -> Vec<Case> {
    #[derive(serde::Deserialize)]
    struct Table {
        case: Vec<Case>,
    }
    let text = fs::read_to_string(folder().join("expected.toml")).unwrap();
    toml::from_str::<Table>(&text).unwrap().case
}

/// A book with the essays that the exports are about.
pub(crate) fn book() -> Book {
    Book::new(
        r#"-- book.toml --
title = "Walls"
-- content/essays/on-laying-stones.md --
+++
title = "On Laying Stones"
date = 2010-01-02
syndication = [
  "https://www.linkedin.com/posts/ilse_on-laying-stones-activity-7201000000000000001-AbCd",
  "https://medium.com/@ilse/on-laying-stones-5a1b2c3d4e5f",
  "https://social.example.net/@ilse/110000000000000001",
]
+++
Stones know their own place. A wall is only as good as the stones below it.
-- content/essays/on-still-water.md --
+++
title = "On Still Water"
date = 2010-02-03
syndication = ["https://www.linkedin.com/posts/ilse_on-still-water-activity-7202000000000000002-AbCd"]
+++
Water that stands still is deep.
"#,
    )
}

impl Case {
    fn written(&self) -> PathBuf {
        folder().join(&self.path)
    }

    /// The export as a person would have it; what must be packed first is written into `place`.
    pub(crate) fn file(&self, place: &Path) -> PathBuf {
        let written = self.written();
        let name = self.path.replace('/', "-");
        match self.packed.as_deref() {
            None => written,
            Some("gzip") => {
                let file = place.join(format!("{name}.gz"));
                let out = fs::File::create(&file).unwrap();
                let mut packer = flate2::write::GzEncoder::new(out, flate2::Compression::default());
                packer.write_all(&fs::read(written).unwrap()).unwrap();
                packer.finish().unwrap();
                file
            }
            Some("zip") => {
                let file = place.join(format!("{name}.zip"));
                let mut packer = zip::ZipWriter::new(fs::File::create(&file).unwrap());
                for (name, bytes) in tree(&written) {
                    packer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
                    packer.write_all(&bytes).unwrap();
                }
                packer.finish().unwrap();
                file
            }
            Some("sqlite") => {
                let file = place.join(format!("{name}.db"));
                let database = rusqlite::Connection::open(&file).unwrap();
                database.execute_batch(&fs::read_to_string(written).unwrap()).unwrap();
                file
            }
            Some(other) => panic!("nothing is known of `{other}`"),
        }
    }

    /// The arguments behind `import replies`.
    pub(crate) fn arguments(&self, place: &Path) -> Vec<String> {
        let mut arguments = vec![self.file(place).display().to_string()];
        for (option, value) in [("--essay", &self.essay), ("--captured", &self.captured)] {
            arguments.extend(value.iter().flat_map(|value| [option.to_owned(), value.clone()]));
        }
        arguments
    }

    /// The letter boxes, network addresses, pictures of people and digests of letter boxes that the export names.
    pub(crate) fn named_secrets(&self) -> BTreeSet<String> {
        let written = self.written();
        let files =
            if written.is_dir() { tree(&written).into_values().collect() } else { vec![fs::read(written).unwrap()] };
        files.iter().flat_map(|bytes| secrets_of(&String::from_utf8_lossy(bytes))).collect()
    }
}

fn secrets_of(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let of_box = |c: char| c.is_ascii_alphanumeric() || "._+-".contains(c);
    for (at, _) in text.match_indices('@') {
        let local = text[..at].rsplit(|c| !of_box(c)).next().unwrap();
        let host = text[at + 1..].split(|c| !of_box(c)).next().unwrap().trim_end_matches('.');
        if !local.is_empty() && host.contains('.') {
            found.insert(format!("{local}@{host}"));
        }
    }
    // The exports name only networks that are set aside for examples, and only pictures with this name.
    for word in text.split(|c: char| !(c.is_ascii_hexdigit() || c == '.' || c == ':')) {
        let is_network = ["192.0.2.", "198.51.100.", "203.0.113."].iter().any(|network| word.contains(network));
        if is_network || word.starts_with("2001:db8:") {
            found.insert(word.trim_matches([':', '.']).trim_start_matches("ffff:").to_owned());
        }
        if word.len() == 32 && word.chars().all(|c| c.is_ascii_hexdigit()) {
            found.insert(word.to_owned());
        }
    }
    for (at, _) in text.match_indices("/face-") {
        let name = text[at + 1..].split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).next().unwrap();
        found.insert(name.to_owned());
    }
    for (at, _) in text.match_indices("\"face-") {
        let name = text[at + 1..].split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).next().unwrap();
        found.insert(name.to_owned());
    }
    found
}
