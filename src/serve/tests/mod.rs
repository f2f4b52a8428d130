//! A small book, looked at and edited as a browser would. Knows no network.
#![allow(clippy::disallowed_methods, reason = "the files of a book are what is tested")]

mod edits;
mod notes;
mod promises;

use std::fs;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use serde_json::Value;
use tempfile::TempDir;

use super::desk::Desk;
use super::edition::{Look, Press};
use super::shelf::{Shelf, file_of};
use super::{Preview, Settings, server};
use crate::load::Options;

/// A book that is shown.
struct Shown {
    folder: TempDir,
    preview: Preview,
    press: Press,
}

const ESSAY: &str = "/essays/one/";

/// A front matter in which no concept is linked by itself.
const UNLINKED: &str = "+++\ntitle = \"One\"\ndate = 2021-01-01\nsummary = \"S.\"\nconcept_links = \"none\"\n+++\n\n";

impl Shown {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().unwrap();
        let root = folder.path().canonicalize().unwrap();
        fs::write(root.join("book.toml"), "title = \"Book\"\n").unwrap();
        for (name, text) in files {
            let path = root.join("content").join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let options = Options { as_of: Some(jiff::civil::date(2024, 1, 1)), with_drafts: true, ..Options::default() };
        let settings = Settings {
            root: root.clone(),
            options: options.clone(),
            is_polled: true,
            follows: false,
            is_read_only: false,
            editor: "edit://{path}".to_owned(),
            leaves: Arc::default(),
        };
        let preview = Preview {
            settings,
            shelf: Shelf::default(),
            told: server::channel(),
            run: "run".to_owned(),
            token: "token".to_owned(),
            desk: Desk::default(),
            is_proofread: AtomicBool::new(false),
        };
        let mut shown = Self { folder, preview, press: Press::new(&root, options, Arc::default()) };
        shown.look();
        shown
    }

    /// An essay, with the concept `vision`.
    fn essay(text: &str) -> Self {
        Self::new(&[("essays/one.md", text), ("concepts/vision.md", VISION)])
    }

    fn look(&mut self) {
        if let Look::New(edition) = self.press.look(self.preview.shelf.has_failed()).unwrap() {
            self.preview.shelf.put(edition);
        }
    }

    fn about(&self, at: &str) -> Value {
        let edition = self.preview.shelf.edition();
        self.preview.about(&edition, &file_of(at, "/"))
    }

    fn notes(&self, at: &str, group: &str) -> Vec<Value> {
        let about = self.about(at);
        let notes = about["page"]["notes"].as_array().unwrap();
        notes.iter().filter(|note| note["group"] == group).cloned().collect()
    }

    /// The word for the first action with this label.
    fn action(&self, at: &str, label: &str) -> Option<String> {
        let about = self.about(at);
        let notes = about["page"]["notes"].as_array().unwrap().clone();
        let actions = notes.iter().flat_map(|note| note["actions"].as_array().unwrap().clone());
        let found = actions.into_iter().find(|action| action["label"] == label)?;
        Some(found["id"].as_str().unwrap().to_owned())
    }

    fn edit(&self, wish: Value) -> Result<String, String> {
        let done = self.preview.edit(wish.to_string().as_bytes())?;
        Ok(done["done"].as_str().unwrap().to_owned())
    }

    /// Presses a button, and looks at the book again.
    fn press(&mut self, at: &str, label: &str) -> String {
        let id = self.action(at, label).unwrap_or_else(|| panic!("no {label} at {at}"));
        let done = self.edit(serde_json::json!({ "at": at, "id": id })).unwrap();
        self.look();
        done
    }

    fn undo(&mut self, at: &str) -> Result<String, String> {
        let id = self.about(at)["undo"]["id"].as_str().unwrap().to_owned();
        let done = self.edit(serde_json::json!({ "at": at, "id": id }));
        self.look();
        done
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join("content").join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Every file of the book and what it says.
    fn files(&self) -> Vec<(String, Vec<u8>)> {
        let all = walkdir::WalkDir::new(self.folder.path()).sort_by_file_name().into_iter().map(Result::unwrap);
        let files = all.filter(|entry| !entry.file_type().is_dir());
        files.map(|entry| (entry.path().display().to_string(), fs::read(entry.path()).unwrap_or_default())).collect()
    }
}

const VISION: &str = "+++\ntitle = \"Vision\"\naliases = [\"far sight\"]\nsummary = \"What is seen.\"\n+++\n";

const REPLIES: &str = "[[thread]]\nsource = \"csv\"\n\n\
    [[reply]]\nid = \"csv:1\"\nauthor = \"Ada Quill\"\ndate = 2021-02-01\nstate = \"held\"\n\
     text = \"\"\"\nI *doubt* it.\n\"\"\"\n\n\
    [[reply]]\nid = \"csv:2\"\nauthor = \"Bo\"\ndate = 2021-02-02\n\
     passage = \"never said\"\ntext = \"Yes.\"\n";
