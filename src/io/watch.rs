//! A bell that rings when anything in a book may have changed. Knows neither what changed nor what it means: whoever hears it
//! looks again.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use notify::event::{AccessKind, AccessMode, EventKind};
use notify::{Event, RecursiveMode, Watcher};

/// A burst of changes is over when nothing has rung for so long.
const QUIET: Duration = Duration::from_millis(5);
/// A burst that does not end is heard in the middle.
const LONGEST: Duration = Duration::from_millis(60);
/// What is looked at without being told to, where there is nobody to tell.
const POLL: Duration = Duration::from_millis(500);

/// The folders of a book whose files make the site; the output and the memory of the program are none of them.
const FOLDERS: [&str; 2] = ["content", "themes"];
/// The files that stand beside them.
const FILES: [&str; 2] = ["book.toml", crate::model::published::FILE];

/// Rings when something in the book may have changed.
pub struct Bell {
    root: PathBuf,
    rings: Receiver<()>,
    striker: Sender<()>,
    watcher: Option<notify::RecommendedWatcher>,
    /// Which folders are watched: their path and what tells them from another folder of the same name.
    watched: Vec<(PathBuf, u64)>,
    why_polled: Option<String>,
    /// What the watcher says it cannot do, told from its own thread.
    failure: Arc<Mutex<Option<String>>>,
}

impl Bell {
    /// Hangs a bell on the book in `root`; where the system cannot notify, or `is_polled` asks for it, it rings by the clock.
    #[must_use]
    pub fn hang(root: &Path, is_polled: bool) -> Self {
        let (striker, rings) = channel();
        let mut bell = Self {
            root: root.to_owned(),
            rings,
            striker,
            watcher: None,
            watched: Vec::new(),
            why_polled: None,
            failure: Arc::default(),
        };
        if is_polled {
            return bell;
        }
        let (strike, root, failure) = (bell.striker.clone(), root.to_owned(), Arc::clone(&bell.failure));
        let heard = move |event: notify::Result<Event>| {
            if let Err(error) = &event
                && matches!(error.kind, notify::ErrorKind::MaxFilesWatch)
            {
                *failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason(error));
            }
            // An error may hide a change: it rings too.
            if event.as_ref().map_or(true, |event| is_change(event, &root)) {
                // The bell is gone: nobody listens any more.
                strike.send(()).ok();
            }
        };
        match notify::recommended_watcher(heard) {
            Ok(watcher) => bell.watcher = Some(watcher),
            Err(error) => bell.why_polled = Some(reason(&error)),
        }
        bell.tend();
        bell
    }

    /// Why the system does not notify, where it should and cannot; told once.
    #[must_use]
    pub fn why_polled_now(&mut self) -> Option<String> {
        self.why_polled.take()
    }

    /// Rings the bell from another thread.
    #[must_use]
    pub fn striker(&self) -> Sender<()> {
        self.striker.clone()
    }

    /// Waits until something may have changed and the burst is over, or this much time has passed.
    pub fn wait(&mut self, longest: Duration) {
        let longest = if self.watcher.is_some() { longest } else { longest.min(POLL) };
        if self.rings.recv_timeout(longest) == Err(RecvTimeoutError::Timeout) {
            self.tend();
            return;
        }
        let first = Instant::now();
        while first.elapsed() < LONGEST && self.rings.recv_timeout(QUIET).is_ok() {}
        self.tend();
    }

    /// Watches folders that came, came back or were put in another's place.
    fn tend(&mut self) {
        let failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(why) = failure {
            self.poll(why);
        }
        let Some(watcher) = &mut self.watcher else { return };
        let folders = FOLDERS.iter().map(|folder| (self.root.join(folder), RecursiveMode::Recursive));
        let all = std::iter::once((self.root.clone(), RecursiveMode::NonRecursive)).chain(folders);
        let mut failed = None;
        for (path, mode) in all {
            let now = identity(&path);
            let at = self.watched.iter().position(|(known, _)| *known == path);
            if now == at.map(|at| self.watched[at].1) {
                continue;
            }
            if let Some(at) = at {
                // The folder that was watched may be gone, and its watch with it.
                watcher.unwatch(&path).ok();
                self.watched.remove(at);
            }
            let Some(now) = now else { continue };
            match watcher.watch(&path, mode) {
                Ok(()) => self.watched.push((path, now)),
                Err(_) if identity(&path).is_none() => {}
                Err(error) => failed = Some(reason(&error)),
            }
        }
        if let Some(why) = failed {
            self.poll(why);
        }
    }

    /// Goes on without notices.
    fn poll(&mut self, why: String) {
        self.why_polled = Some(why);
        self.watcher = None;
        self.watched.clear();
    }
}

/// Whether an event tells of a change to what makes the site. Reading is none: this program reads.
fn is_change(event: &Event, root: &Path) -> bool {
    let is_read = matches!(event.kind, EventKind::Access(kind) if kind != AccessKind::Close(AccessMode::Write))
        && !event.need_rescan();
    let is_ours = |path: &PathBuf| match path.strip_prefix(root) {
        Ok(below) => below.components().next().is_none_or(|first| {
            let first = first.as_os_str();
            FILES.iter().chain(&FOLDERS).any(|ours| first == *ours)
        }),
        // Where paths are told in another spelling, nothing is ruled out.
        Err(_) => true,
    };
    !is_read && (event.paths.is_empty() || event.paths.iter().any(is_ours))
}

/// What tells a folder from another one that took its name.
fn identity(path: &Path) -> Option<u64> {
    let metadata = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_dir)?;
    #[cfg(unix)]
    {
        Some(std::os::unix::fs::MetadataExt::ino(&metadata))
    }
    #[cfg(not(unix))]
    {
        Some(metadata.created().ok()?.duration_since(std::time::SystemTime::UNIX_EPOCH).map_or(0, |age| age.as_secs()))
    }
}

fn reason(error: &notify::Error) -> String {
    match error.kind {
        notify::ErrorKind::MaxFilesWatch => {
            "the system allows no more watched folders (raise `fs.inotify.max_user_watches` to let it notify)"
                .to_owned()
        }
        _ => error.to_string(),
    }
}
