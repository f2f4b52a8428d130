//! `publish`: check, build, show what changes, ask, carry it out.

use std::path::Path;

use serde_json::{Value, json};

use super::build::say_left_out;
use super::publish_target::{chosen, open, place};
use super::tell::{self, Outcome};
use super::{leaves, texts};
use crate::base::path::SitePath;
use crate::build::{Build, build_into};
use crate::cli;
use crate::io::error::Error;
use crate::io::progress::Bar;
use crate::io::terminal::{Format, Terminal, to_json};
use crate::io::{disk, stage};
use crate::load::{Options, load};
use crate::model::book::TellSettings;
use crate::model::publish::Target as Settings;
use crate::model::published;
use crate::model::source::Snapshot;
use crate::promise;
use crate::publish::host_files::{self, About, Redirect};
use crate::publish::{Failure, Manifest, Plan, Progress, Release, Target, There};
use crate::render::{Collected, Tools};
use crate::tell::News;

/// Files of one kind that are named to people; `-v` names all.
const MOST_NAMED: usize = 20;

pub(super) fn run(options: &cli::Publish, start: &Path, terminal: &Terminal) -> Result<u8, Error> {
    let mut sheet = Sheet { terminal, told: Value::Null, is_done: false };
    let done = publish(options, start, &mut sheet);
    sheet.end(done.as_ref().err());
    done
}

fn publish(options: &cli::Publish, start: &Path, sheet: &mut Sheet<'_>) -> Result<u8, Error> {
    let terminal = sheet.terminal;
    let root = disk::find_book(start)?;
    let (snapshot, diagnostics) = load(&root, &Options::default())?;
    if options.rollback {
        return roll_back(options, &root, &snapshot, sheet);
    }
    let leaves = leaves::open(options.no_cache, &root, terminal);
    let bar = Bar::new(terminal.shows_progress());
    bar.begin("Making pages", 0);
    let collected = Collected::default();
    let tools = Tools { step: &|all| bar.step_of(all), ..Tools::new(&collected, leaves.memo()) };
    let mut made = build_into(&snapshot, diagnostics, &tools);
    made.artifacts = collected.into_artifacts();
    bar.clear();
    leaves::keep(&leaves, Some(terminal));
    if options.deny.is_some() {
        made.report.deny_warnings();
    }
    sheet.report(&made, &snapshot);
    if made.report.has_errors() {
        terminal.say("Nothing was published: mend the errors above and publish again.");
        return Ok(1);
    }
    let settings = chosen(&snapshot, options.target.as_deref())?;
    if snapshot.book.tell != TellSettings::default() && snapshot.book.base_url.is_none() {
        let message = "nobody can be told of a site without an address: write it as `base_url` into `book.toml`";
        return Err(Error::Usage(message.to_owned()));
    }
    let (mut target, there) = look(options, settings, &root, sheet)?;
    let release = release(&made, &snapshot, settings, &*target);
    let plan = Plan::of(&there, &release.manifest);
    sheet.show(&target.name(), &plan, &release.manifest, &there);
    sheet.left_out(&made);
    let after = After { root: &root, snapshot: &snapshot, made: &made, settings, plan: &plan };
    if options.dry_run {
        sheet.tell(after.tell(true)?.as_ref());
        terminal.say("Nothing was published: this was a dry run.");
        return Ok(0);
    }
    if plan.is_empty() {
        sheet.is_done = true;
        after.promise()?;
        terminal.say("Nothing to publish: everything is there already.");
        return Ok(0);
    }
    if !agreed("Publish this?", options, terminal)? {
        return Ok(0);
    }
    let bar = Shown::new(terminal);
    let done = target.apply(&release, &plan, &bar);
    bar.0.clear();
    done.map_err(|failure| sheet.failed(&failure))?;
    sheet.is_done = true;
    let url = snapshot.book.base_url.as_deref().filter(|_| after.is_for_readers());
    let address = url.map(|url| format!("\nReaders find it at {url}")).unwrap_or_default();
    terminal.say(&format!("Published: {}.{address}", target.name()));
    after.promise()?;
    let outcome = after.tell(false)?;
    sheet.tell(outcome.as_ref());
    Ok(outcome.map_or(0, |outcome| outcome.code()))
}

/// Brings the former release back, whatever state the book is in: that may be why.
fn roll_back(options: &cli::Publish, root: &Path, snapshot: &Snapshot, sheet: &mut Sheet<'_>) -> Result<u8, Error> {
    let terminal = sheet.terminal;
    let settings = chosen(snapshot, options.target.as_deref())?;
    let (mut target, there) = look(options, settings, root, sheet)?;
    let release = target.former().map_err(|failure| sheet.failed(&failure))?;
    let plan = Plan::of(&there, &release.manifest);
    sheet.show(&target.name(), &plan, &release.manifest, &there);
    if options.dry_run {
        terminal.say("Nothing was brought back: this was a dry run.");
        return Ok(0);
    }
    if !agreed("Bring this release back?", options, terminal)? {
        return Ok(0);
    }
    let bar = Shown::new(terminal);
    let done = target.roll_back(&release, &bar);
    bar.0.clear();
    done.map_err(|failure| sheet.failed(&failure))?;
    sheet.is_done = true;
    terminal.say(&format!(
        "Brought back: {}.\nThe next publish, of a workflow too, sends the book as it is then.",
        target.name()
    ));
    if snapshot.book.targets.first() == Some(settings) && !texts::roll_back(root)? {
        let why = "which texts that release holds was not noted on this machine";
        terminal.say(&format!("{why}, so `throughline status` tells no changes until the next publish."));
    }
    Ok(0)
}

/// The target, and what is there.
fn look(
    options: &cli::Publish,
    settings: &Settings,
    root: &Path,
    sheet: &mut Sheet<'_>,
) -> Result<(Box<dyn Target>, Manifest), Error> {
    let folder = place(settings, root)?;
    let mut target = open(settings, root, folder, options.overwrite).map_err(|failure| sheet.failed(&failure))?;
    sheet.told["target"] = json!(target.name());
    let There { mut manifest, notes } = target.look().map_err(|failure| sheet.failed(&failure))?;
    notes.iter().for_each(|note| sheet.terminal.say(note));
    // Whoever wants to write over what others changed wants all of it as it was made.
    manifest.is_outdated |= options.overwrite;
    Ok((target, manifest))
}

/// Whether to go on.
fn agreed(question: &str, options: &cli::Publish, terminal: &Terminal) -> Result<bool, Error> {
    let answer = if terminal.is_quiet { None } else { terminal.agree(question) };
    match options.yes.then_some(true).or(answer) {
        Some(true) => Ok(true),
        Some(false) => {
            terminal.say("Nothing was done.");
            Ok(false)
        }
        None => {
            let message = "nobody is there to be asked: say `--yes` to do this, or `--dry-run` to see it";
            Err(Error::Usage(message.to_owned()))
        }
    }
}

/// What follows a publish. It concerns the first target of the book alone, which is the one that readers see.
struct After<'a> {
    root: &'a Path,
    snapshot: &'a Snapshot,
    made: &'a Build,
    settings: &'a Settings,
    plan: &'a Plan,
}

impl After<'_> {
    fn is_for_readers(&self) -> bool {
        self.snapshot.book.targets.first() == Some(self.settings)
    }

    /// Notes down the addresses that readers have been given now, and which texts they read there.
    fn promise(&self) -> Result<(), Error> {
        if !self.is_for_readers() {
            return Ok(());
        }
        let texts = texts::of(&self.made.site, self.snapshot);
        if self.plan.is_empty() {
            texts::note(self.root, &texts)?
        } else {
            texts::replace(self.root, &texts)?
        }
        let path = self.root.join(published::FILE);
        let text = promise::merged(&self.made.published, &self.made.addresses);
        if disk::read_text_if_there(&path)?.as_deref() == Some(&text) {
            return Ok(());
        }
        stage::write_file(&path, &text)
    }

    /// Tells others, or what they would be told; `None` where nobody wants to know.
    fn tell(&self, is_dry: bool) -> Result<Option<Outcome>, Error> {
        let Self { root, snapshot, made, plan, .. } = *self;
        if !self.is_for_readers() || snapshot.book.tell == TellSettings::default() {
            return Ok(None);
        }
        let routes = |files: &[String]| files.iter().map(|file| tell::route(file)).collect();
        let news = News { added: routes(&plan.added), changed: routes(&plan.changed), removed: routes(&plan.removed) };
        let site = tell::Published { root, snapshot, artifacts: &made.artifacts };
        tell::tell(&site, &news, &tell::How { is_dry, ..tell::How::default() }).map(Some)
    }
}

/// The release of this build, with what the host wants beside it.
fn release(made: &Build, snapshot: &Snapshot, settings: &Settings, target: &dyn Target) -> Release {
    let mut release = Release::of(&made.artifacts);
    let base = snapshot.book.base_path();
    let redirects = made.site.redirects.iter().map(|old| Redirect {
        file: old.from.to_file(),
        from: format!("{base}{}", old.from.to_url()),
        to: format!("{base}{}", made.site.route(old.to).to_url()),
    });
    let about = About { base_url: snapshot.book.base_url.clone(), redirects: redirects.collect() };
    host_files::add(&mut release, settings, &about, target.host());
    release
}

/// A bar as publishing sees it.
struct Shown(Bar);

impl Shown {
    fn new(terminal: &Terminal) -> Self {
        Self(Bar::new(terminal.shows_progress()))
    }
}

impl Progress for Shown {
    fn begin(&self, what: &str, steps: usize) {
        self.0.begin(what, steps);
    }

    fn step(&self) {
        self.0.step();
    }
}

/// What is told of a publish: line by line for people, as one object for machines.
struct Sheet<'a> {
    terminal: &'a Terminal,
    told: Value,
    /// Whether readers see what was to be published.
    is_done: bool,
}

impl Sheet<'_> {
    fn report(&mut self, made: &Build, snapshot: &Snapshot) {
        let sources = |path: &SitePath| snapshot.text(path);
        if self.terminal.format == Format::Json {
            self.told = to_json(&made.report, &sources);
        } else {
            self.terminal.report(&made.report, &sources);
        }
    }

    fn tell(&mut self, outcome: Option<&Outcome>) {
        let Some(outcome) = outcome else { return };
        if self.terminal.format == Format::Human {
            outcome.say(self.terminal);
        } else {
            self.told["tell"] = outcome.to_json();
        }
    }

    fn show(&mut self, name: &str, plan: &Plan, new: &Manifest, old: &Manifest) {
        let size = |file: &str| new.files.get(file).or_else(|| old.files.get(file)).map_or(0, |entry| entry.size);
        let kinds = [("added", &plan.added), ("changed", &plan.changed), ("removed", &plan.removed)];
        if self.terminal.format != Format::Human {
            let list = |files: &[String]| -> Vec<Value> {
                files.iter().map(|file| json!({ "file": file, "size": size(file) })).collect()
            };
            for (word, files) in kinds {
                self.told[word] = json!(list(files));
            }
            self.told["unchanged"] = json!(plan.unchanged);
            return;
        }
        let mut lines = vec![format!("To {name}:")];
        for (word, files) in kinds {
            let most = if self.terminal.is_verbose { files.len() } else { MOST_NAMED };
            lines.extend(files.iter().take(most).map(|file| format!("{word:>9}  {:>9}  {file}", to_size(size(file)))));
            if files.len() > most {
                lines.push(format!("{word:>9}  {:>9}  … and {} more; `-v` names all", "", files.len() - most));
            }
        }
        let count = |files: &[String]| {
            let bytes = files.iter().map(|file| size(file)).sum();
            if files.is_empty() { "0".to_owned() } else { format!("{} ({})", files.len(), to_size(bytes)) }
        };
        let [added, changed, removed] = kinds.map(|(word, files)| format!("{} {word}", count(files)));
        lines.push(format!("{added}, {changed}, {removed}, {} unchanged.", plan.unchanged));
        self.terminal.say(&lines.join("\n"));
    }

    fn left_out(&mut self, made: &Build) {
        say_left_out(made, self.terminal);
        let left =
            made.site.left_out.iter().map(|left| json!({ "file": left.path.as_str(), "why": left.why.to_words() }));
        self.told["left_out"] = left.collect();
    }

    /// What was not done, with the reason.
    fn failed(&mut self, failure: &Failure) -> Error {
        if self.terminal.format != Format::Human {
            self.told["help"] = json!(failure.help);
            self.told["undone"] = json!(failure.undone);
        } else if !failure.undone.is_empty() {
            let most = if self.terminal.is_verbose { failure.undone.len() } else { MOST_NAMED };
            let line = |file: &String| format!("{:>9}  {:>9}  {file}", "not done", "");
            let mut lines: Vec<String> = failure.undone.iter().take(most).map(line).collect();
            if failure.undone.len() > most {
                lines.push(line(&format!("… and {} more; `-v` names all", failure.undone.len() - most)));
            }
            self.terminal.say(&lines.join("\n"));
        }
        Error::Publish(failure.to_string())
    }

    /// Writes the object for machines, whatever came of it.
    fn end(&mut self, error: Option<&Error>) {
        if self.terminal.format == Format::Json {
            self.told["is_done"] = json!(self.is_done);
            self.told["error"] = json!(error.map(ToString::to_string));
            self.terminal.write_out(&self.told.to_string());
        }
    }
}

fn to_size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{}.{} kB", bytes / 1_000, bytes % 1_000 / 100),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}
