//! The preview: the site in memory, as it would be built now, in browsers that follow every change.
//!
//! The bell rings, the press looks at the book and makes an edition, the shelf shows it, the server tells the browsers. A page
//! is rendered when it is asked for, by the same functions that `build` calls.

mod desk;
mod directory;
mod edition;
mod held;
mod keep;
mod moves;
mod notes;
mod panel;
mod place;
mod server;
mod shelf;
#[cfg(test)]
mod tests;
mod trouble;
mod unlinked;

use std::collections::{BTreeMap, BTreeSet};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::broadcast;

use crate::base::codes::Code;
use crate::base::diagnostic::{Diagnostic, Report};
use crate::base::path::SitePath;
use crate::io::error::Error;
use crate::io::leaves::Leaves;
use crate::io::net;
use crate::io::watch::Bell;
use crate::load::Options;
use desk::Desk;
use edition::{Edition, Look, Press};
use moves::Moves;
use panel::Panel;
use shelf::Shelf;
use trouble::Trouble;

/// How long after a change the book is looked at once more: notices of folders that moved come late, or not at all.
const ECHO: Duration = Duration::from_millis(250);
/// How long nothing must have happened before pages are looked through that nobody asked for.
const PAUSE: Duration = Duration::from_secs(1);
/// How often it is looked at without any notice: a day may have begun on which an essay is due.
const PATROL: Duration = Duration::from_secs(30);
/// How often it is looked at while it cannot be read.
const RETRY: Duration = Duration::from_millis(300);

/// How a preview is run.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The folder of the book.
    pub root: PathBuf,
    /// Which site.
    pub options: Options,
    /// Whether the book is looked at by the clock instead of by notices of the system.
    pub is_polled: bool,
    /// Whether the browser goes to the page that is edited.
    pub follows: bool,
    /// Whether nothing may be edited from the browser, because others than the author may look.
    pub is_read_only: bool,
    /// The address that opens a file in an editor, with `{path}`, `{line}` and `{column}`.
    pub editor: String,
    /// What earlier runs computed; what this one computes is kept with it.
    pub leaves: Arc<Leaves>,
}

/// What a preview tells whoever started it.
pub enum News<'a> {
    /// The first edition is there: essays, concepts, and the problems found.
    Ready {
        /// How many essays are shown.
        essays: usize,
        /// How many concepts there are.
        concepts: usize,
    },
    /// What is wrong that was not wrong before, and the texts it speaks of.
    Report(&'a Report, &'a dyn Fn(&SitePath) -> Option<Arc<str>>),
    /// What could not be shown as it was is shown as it is again.
    Mended,
    /// The book cannot be shown as it is, and why; the last good one stays.
    Behind(String),
    /// The system does not notify of changes, and why.
    Polled(&'a str),
    /// What was computed cannot be kept for the next run, and why.
    Unkept(Error),
}

/// What the threads of a preview share.
struct Preview {
    settings: Settings,
    shelf: Shelf,
    told: broadcast::Sender<String>,
    /// Tells one start of the program from the next.
    run: String,
    /// What a page must know to be allowed to edit.
    token: String,
    desk: Desk,
    /// Whether all pages of an edition were looked through just now.
    is_proofread: AtomicBool,
}

/// What a page asks for: an edit that was offered to it, or a concept of words that were selected on it.
#[derive(Deserialize)]
struct Wish {
    /// The path of the page.
    at: String,
    id: Option<String>,
    concept: Option<String>,
}

/// Shows the book on this listener until the program ends.
///
/// # Errors
/// The book cannot be read at the start, or the system refuses threads.
pub fn serve(settings: Settings, listener: TcpListener, tell: &mut dyn FnMut(News<'_>)) -> Result<(), Error> {
    let preview = Arc::new(Preview {
        shelf: Shelf::default(),
        told: server::channel(),
        run: net::secret()?,
        token: net::secret()?,
        desk: Desk::default(),
        is_proofread: AtomicBool::new(false),
        settings: settings.clone(),
    });
    // What changes while the book is read for the first time is not missed.
    let mut bell = Bell::hang(&settings.root, settings.is_polled);
    if let Some(why) = bell.why_polled_now() {
        tell(News::Polled(&why));
    }
    let answering = Arc::clone(&preview);
    let listening = std::thread::Builder::new().name("server".to_owned());
    let failed = |source| Error::Listen { address: "a thread of its own".to_owned(), source };
    let server = listening.spawn(move || server::run(listener, &answering)).map_err(failed)?;
    let mut press = Press::new(&settings.root, settings.options.clone(), Arc::clone(&settings.leaves));
    let mut last: Option<Arc<Edition>> = None;
    let mut moves = Moves::default();
    let mut known = BTreeSet::new();
    let mut was_in_trouble = false;
    let mut was_behind: Vec<Trouble> = Vec::new();
    loop {
        let longest;
        match press.look(preview.shelf.has_failed())? {
            Look::Same => longest = if press.has_links() { RETRY } else { PATROL },
            Look::New(edition) => {
                longest = ECHO;
                was_behind.clear();
                let has_to_be_read = preview.shelf.put(Arc::clone(&edition));
                let changes = last.as_ref().map(|last| moves.between(last, &edition)).unwrap_or_default();
                let event = preview.event(changes, &edition);
                // Nobody may be listening yet.
                preview.told.send(event.to_string()).ok();
                if last.is_none() {
                    tell(News::Ready { essays: edition.site.essays.len(), concepts: edition.site.concepts.len() });
                }
                let found = news_of(&edition.report, &known);
                if !found.diagnostics.is_empty() {
                    tell(News::Report(&found, &|path| edition.text(path)));
                } else if was_in_trouble && edition.troubles.is_empty() {
                    tell(News::Mended);
                }
                was_in_trouble = !edition.troubles.is_empty();
                known = edition.report.diagnostics.iter().map(key).collect();
                if has_to_be_read {
                    proofread(&preview, &edition, bell.striker());
                }
                last = Some(edition);
            }
            Look::Behind(why) => {
                longest = RETRY;
                was_in_trouble = true;
                if was_behind != why {
                    was_behind.clone_from(&why);
                    tell(News::Behind(why.iter().map(Trouble::to_line).collect::<Vec<_>>().join("\n")));
                    preview.shelf.stay(why);
                    preview.told.send(preview.now().to_string()).ok();
                }
            }
        }
        let untold = preview.shelf.untold();
        if let Some(edition) = last.as_ref().filter(|_| !untold.is_empty()) {
            was_in_trouble = true;
            tell(News::Report(&Report { diagnostics: untold }, &|path| edition.text(path)));
        }
        // Once all pages of an edition were looked through, for until then there is always more.
        if preview.is_proofread.swap(false, Ordering::Relaxed)
            && let Err(error) = settings.leaves.keep()
        {
            tell(News::Unkept(error));
        }
        bell.wait(longest);
        if let Some(why) = bell.why_polled_now() {
            tell(News::Polled(&why));
        }
        if server.is_finished() {
            // Without it nothing is shown any more, and the author should know.
            let why = server.join().unwrap_or_else(|_| Err(std::io::Error::other("the server stopped; this is a bug")));
            return why.map_err(failed);
        }
    }
}

/// Looks through all pages once the author has paused: a mistake in a template may show on none that is open.
fn proofread(preview: &Arc<Preview>, edition: &Arc<Edition>, striker: Sender<()>) {
    let (preview, edition) = (Arc::clone(preview), Arc::clone(edition));
    std::thread::spawn(move || {
        std::thread::sleep(PAUSE);
        let is_news = preview.shelf.proofread(&edition);
        if is_news {
            preview.told.send(preview.now().to_string()).ok();
        }
        preview.is_proofread.store(true, Ordering::Relaxed);
        if is_news || preview.settings.leaves.has_news() {
            // The thread that waits for the bell tells the terminal, and keeps what was computed.
            striker.send(()).ok();
        }
    });
}

/// What tells a finding from others; where exactly it stands changes with every line that is written above it.
fn key(found: &Diagnostic) -> (Code, Option<SitePath>, String) {
    (found.code, found.span.as_ref().map(|span| span.path.clone()), found.message.clone())
}

/// The findings that were not there before.
fn news_of(report: &Report, known: &BTreeSet<(Code, Option<SitePath>, String)>) -> Report {
    Report { diagnostics: report.diagnostics.iter().filter(|found| !known.contains(&key(found))).cloned().collect() }
}

impl Preview {
    /// What is shown now, for a browser that comes or comes back.
    fn now(&self) -> Value {
        let edition = self.shelf.edition();
        self.news(&edition)
    }

    /// What a browser is told of a new edition: pages that moved, and the pages whose files changed.
    fn event(&self, (moved, edited): (BTreeMap<String, String>, Vec<String>), now: &Edition) -> Value {
        let mut news = self.news(now);
        news["moved"] = json!(moved);
        news["edited"] = json!(edited);
        news
    }

    fn news(&self, edition: &Edition) -> Value {
        let base = edition.base();
        json!({ "run": self.run, "edition": edition.number, "follow": self.settings.follows, "base": base })
    }

    fn has_token(&self, token: &[u8]) -> bool {
        // Compared by their digests, so that how long it takes tells nothing.
        let digest = crate::base::fingerprint::Fingerprint::of;
        digest(token) == digest(self.token.as_bytes())
    }

    /// What the author should know of a page.
    fn about(&self, edition: &Edition, file: &str) -> Value {
        // Where there is no page, the one that says so is shown.
        let file = if edition.outputs.contains_key(file) { file } else { "404.html" };
        self.shelf.try_out(edition, file);
        let (troubles, age) = self.shelf.troubles(file);
        let Settings { is_read_only, editor, root, .. } = &self.settings;
        let for_author = |value: &dyn Fn() -> Value| if *is_read_only { Value::Null } else { value() };
        json!({
            "edition": edition.number,
            "troubles": troubles,
            "age": age.map(|age| age.as_secs()),
            "token": for_author(&|| json!(self.token)),
            "editor": for_author(&|| json!(Some(editor).filter(|editor| !editor.is_empty()))),
            "root": for_author(&|| json!(with_slashes(root))),
            "undo": for_author(&|| json!(self.desk.last().map(|(id, what)| json!({ "id": id, "what": what })))),
            "page": Panel::of(edition, file, *is_read_only).map(|panel| panel.to_json()),
        })
    }

    /// Makes the edit that a page asks for.
    ///
    /// # Errors
    /// A sentence that says why nothing was written.
    fn edit(&self, body: &[u8]) -> Result<Value, String> {
        let Settings { is_read_only, root, .. } = &self.settings;
        if *is_read_only {
            return Err("This preview is read-only: others than its author can see it.".to_owned());
        }
        let wish: Wish = serde_json::from_slice(body).map_err(|_| "This is not an edit.".to_owned())?;
        let edition = self.shelf.edition();
        let file = shelf::file_of(&wish.at, edition.base());
        let done = match (wish.id, wish.concept) {
            (Some(id), None) => match self.desk.take_back(root, &id) {
                Some(done) => done?,
                None => {
                    let panel = Panel::of(&edition, &file, false);
                    let edit = panel.as_ref().and_then(|panel| panel.find(&id));
                    let edit = edit.ok_or("This is offered no longer: the page has changed. Nothing was written.")?;
                    self.desk.make(root, edit)?
                }
            },
            (None, Some(words)) => {
                let id = notes::writing_of(&edition, &file).ok_or("This page has no text of its own.")?;
                self.desk.make(root, &notes::selected(&edition, edition.site.writing(id), &words)?)?
            }
            _ => return Err("This is not an edit.".to_owned()),
        };
        Ok(json!({ "done": done }))
    }
}

/// A folder as it stands in an address: slashes between its parts and one before the first.
fn with_slashes(folder: &Path) -> String {
    let text = folder.to_string_lossy().replace('\\', "/");
    // What Windows puts before the full name of a folder.
    let text = text.strip_prefix("//?/").unwrap_or(&text);
    if text.starts_with('/') { text.to_owned() } else { format!("/{text}") }
}
