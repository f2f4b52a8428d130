//! The texts that were published last from this machine, by their fingerprints: so that `status` can tell which have changed since.

use std::collections::BTreeMap;
use std::path::Path;

use super::short;
use crate::base::fingerprint::Fingerprint;
use crate::io::error::Error;
use crate::io::{disk, keep, stage};
use crate::link::Site;
use crate::model::source::Snapshot;

/// Where they are noted, in the folder of what is remembered.
const NOTE: &str = "texts.json";
/// Where those of the release before are noted, which a rollback brings back.
const FORMER: &str = "texts.former.json";

/// The fingerprint of the source of every writing that readers see, by its path.
pub(super) fn of(site: &Site, snapshot: &Snapshot) -> BTreeMap<String, String> {
    let print = |path| snapshot.source(path).map(|source| Fingerprint::of(source.text().as_bytes()).to_string());
    site.writings.iter().filter_map(|writing| Some((writing.path.to_string(), print(&writing.path)?))).collect()
}

/// Notes what has been published in place of another release, and keeps what was noted of that one.
///
/// # Errors
/// It cannot be written.
pub(super) fn replace(root: &Path, texts: &BTreeMap<String, String>) -> Result<(), Error> {
    let folder = keep::folder(root)?;
    match disk::read_text_if_there(&folder.join(NOTE))? {
        Some(text) => stage::write_file(&folder.join(FORMER), &text)?,
        None => stage::remove_file(&folder.join(FORMER))?,
    }
    note(root, texts)
}

/// Lets the notes of the last two releases change places, as the releases did. Returns whether it is known now what readers
/// see.
///
/// # Errors
/// They cannot be read or written.
pub(super) fn roll_back(root: &Path) -> Result<bool, Error> {
    let folder = keep::folder(root)?;
    let [now, former] = [NOTE, FORMER].map(|name| folder.join(name));
    let (text, other) = (disk::read_text_if_there(&now)?, disk::read_text_if_there(&former)?);
    for (path, text) in [(&now, &other), (&former, &text)] {
        match text {
            Some(text) => stage::write_file(path, text)?,
            None => stage::remove_file(path)?,
        }
    }
    Ok(other.is_some())
}

/// Notes what has been published, of a release that is there already.
///
/// # Errors
/// It cannot be written.
pub(super) fn note(root: &Path, texts: &BTreeMap<String, String>) -> Result<(), Error> {
    let text = serde_json::to_string_pretty(texts).expect("texts by texts are always JSON");
    stage::write_file(&keep::folder(root)?.join(NOTE), &format!("{text}\n"))
}

/// What was noted; `None` where nothing was published from this machine.
///
/// # Errors
/// It cannot be read.
pub(super) fn noted(root: &Path) -> Result<Option<BTreeMap<String, String>>, Error> {
    let path = root.join(keep::FOLDER).join(NOTE);
    let Some(text) = disk::read_text_if_there(&path)? else { return Ok(None) };
    let read = serde_json::from_str(&text);
    read.map(Some).map_err(|why| {
        let remedy = "delete it: the next publish writes it anew";
        Error::Import(format!("`{}` cannot be read: {why}; {remedy}", short(&path)))
    })
}
