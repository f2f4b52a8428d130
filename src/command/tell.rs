//! `tell`: others hear of what was published; also what `publish` calls when it is done.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use url::Url;

use super::short;
use crate::build::build;
use crate::cli;
use crate::io::error::Error;
use crate::io::terminal::{Format, Terminal};
use crate::io::web::Web;
use crate::io::{disk, keep, stage};
use crate::link::{LinkInput, link};
use crate::load::{Options, load};
use crate::model::book::TellSettings;
use crate::model::source::{Artifact, Snapshot};
use crate::parse::parse;
use crate::tell::told::{Told, fingerprint};
use crate::tell::{INDEXNOW, Letter, News, Words, endpoint, is_feed, plan, words_of};

/// Where it is noted what was told. The folder is nobody else's business.
const TOLD: &str = "told.json";

/// How others are told.
pub(super) struct How<'a> {
    /// Whether it is only shown.
    pub(super) is_dry: bool,
    /// How long a host is waited for.
    pub(super) timeout: Duration,
    /// A server that is asked instead of everybody.
    pub(super) via: Option<&'a str>,
}

impl Default for How<'_> {
    fn default() -> Self {
        Self { is_dry: false, timeout: Duration::from_secs(20), via: None }
    }
}

/// A site as it was published.
pub(super) struct Published<'a> {
    /// The book's folder.
    pub(super) root: &'a Path,
    /// What it was made from.
    pub(super) snapshot: &'a Snapshot,
    /// What it is made of.
    pub(super) artifacts: &'a [Artifact],
}

/// What became of a letter.
enum Fate {
    Sent,
    /// Nobody takes it, which is no failure.
    Unwanted,
    Failed(String),
}

/// Who was told, or would be.
#[derive(Default)]
pub(super) struct Outcome {
    /// What would be sent, where it was only asked for.
    planned: Option<Vec<Letter>>,
    /// What was sent.
    fates: Vec<(Letter, Fate)>,
}

pub(super) fn run(options: &cli::Tell, start: &Path, terminal: &Terminal) -> Result<u8, Error> {
    let root = disk::find_book(start)?;
    let (snapshot, diagnostics) = load(&root, &Options::default())?;
    if snapshot.book.tell == TellSettings::default() {
        let message = "nobody is told: `[tell]` in `book.toml` names whom to tell, and it does not";
        return Err(Error::Usage(message.to_owned()));
    }
    let made = build(&snapshot, diagnostics);
    if made.report.has_errors() {
        terminal.fail(
            "the book has errors, so it is not what was published: `throughline check` shows them; nobody was told",
        );
        return Ok(1);
    }
    let promises = &made.published.promises;
    if promises.is_empty() {
        return Err(Error::Usage("nothing was published yet, so there is nothing to tell".to_owned()));
    }
    let addresses: BTreeSet<&str> = promises.iter().map(|promise| promise.route.as_str()).collect();
    let mut pages = prints(&made.artifacts);
    // Where anything was published, the feeds were, too.
    pages.retain(|route, _| addresses.contains(route.as_str()) || is_feed(route));
    let news = told(&root)?.news(&pages);
    let how =
        How { is_dry: options.dry_run, timeout: Duration::from_secs(options.timeout), via: options.via.as_deref() };
    let site = Published { root: &root, snapshot: &snapshot, artifacts: &made.artifacts };
    let outcome = tell(&site, &news, &how)?;
    if terminal.format == Format::Human {
        outcome.say(terminal);
    } else {
        terminal.write_out(&outcome.to_json().to_string());
    }
    Ok(outcome.code())
}

/// Tells others the news, as `[tell]` wants it, and notes what was told. One receiver that fails keeps none of the others from
/// hearing.
///
/// # Errors
/// The site has no address, or it cannot be noted what was told.
pub(super) fn tell(site: &Published<'_>, news: &News, how: &How<'_>) -> Result<Outcome, Error> {
    let Published { root, snapshot, artifacts } = site;
    let settings = &snapshot.book.tell;
    if *settings == TellSettings::default() {
        return Ok(Outcome::default());
    }
    let Some(base_url) = &snapshot.book.base_url else {
        let message = "nobody can be told of a site without an address: write it as `base_url` into `book.toml`";
        return Err(Error::Usage(message.to_owned()));
    };
    let prints = prints(artifacts);
    let mut outcome = Outcome::default();
    let words = words(snapshot);
    let mut told = told(root)?;
    let letters = plan(settings, base_url, &words, news, &told);
    if how.is_dry {
        outcome.planned = Some(letters);
        return Ok(outcome);
    }
    let web = Web::new(how.via, how.timeout);
    let mut failed = BTreeSet::new();
    for letter in letters {
        let fate = send(&letter, &web);
        match (&letter, &fate) {
            (_, Fate::Failed(_)) => failed.extend(letter.routes(base_url)),
            (Letter::Webmention { target, route, .. }, _) => told.note(route, target, words.get(route)),
            _ => {}
        }
        outcome.fates.push((letter, fate));
    }
    told.note_news(news, &prints, &failed);
    note(root, &told)?;
    Ok(outcome)
}

fn words(snapshot: &Snapshot) -> BTreeMap<String, Words> {
    // What is wrong with the book was reported when it was built.
    let (parsed, _) = parse(snapshot);
    let (site, _) = link(parsed, &LinkInput::of(snapshot));
    words_of(&site, snapshot)
}

/// The fingerprint of each file of the site, by its address.
fn prints(artifacts: &[Artifact]) -> BTreeMap<String, String> {
    artifacts.iter().map(|artifact| (route(&artifact.file), fingerprint(&artifact.bytes))).collect()
}

/// The address of a file of the site.
pub(super) fn route(file: &str) -> String {
    match file.strip_suffix("index.html") {
        Some(folder) if folder.is_empty() || folder.ends_with('/') => format!("/{folder}"),
        _ => format!("/{file}"),
    }
}

fn send(letter: &Letter, web: &Web) -> Fate {
    let (media, body) = letter.body();
    let parse = |address: &str| Url::parse(address).map_err(|_| format!("`{address}` is no address"));
    let place = match letter {
        Letter::WebSub { hub, .. } => parse(hub).map(Some),
        Letter::IndexNow { .. } => parse(INDEXNOW).map(Some),
        Letter::Webmention { target, .. } => parse(target).and_then(|target| discover(&target, web)),
    };
    match place {
        Ok(None) => Fate::Unwanted,
        Ok(Some(place)) => web.post(&place, media, &body).map_or_else(Fate::Failed, |()| Fate::Sent),
        Err(why) => Fate::Failed(why),
    }
}

/// Where a page takes webmentions; `None` where it takes none, be it that the page is gone or not for us to see.
fn discover(target: &Url, web: &Web) -> Result<Option<Url>, String> {
    let mut target = target.clone();
    target.set_fragment(None);
    let visit = web.visit(&target)?;
    match visit.status {
        200..=299 => Ok(endpoint::find(&visit.address, &visit.links, &visit.page)),
        status if status >= 500 => Err(format!("{} is not well (status {status})", target.host_str().unwrap_or("it"))),
        _ => Ok(None),
    }
}

fn told(root: &Path) -> Result<Told, Error> {
    let path = root.join(keep::FOLDER).join(TOLD);
    let Some(text) = disk::read_text_if_there(&path)? else { return Ok(Told::default()) };
    Told::read(&text).map_err(|why| {
        let remedy = "delete it, and everybody hears of what changes from now on";
        Error::Import(format!("`{}` cannot be read: {why}; {remedy}", short(&path)))
    })
}

fn note(root: &Path, told: &Told) -> Result<(), Error> {
    stage::write_file(&keep::folder(root)?.join(TOLD), &told.to_text())
}

impl Outcome {
    /// The exit code: 3 where somebody could not be told.
    pub(super) fn code(&self) -> u8 {
        if self.fates.iter().any(|(_, fate)| matches!(fate, Fate::Failed(_))) { 3 } else { 0 }
    }

    /// What became of each letter, for machines.
    pub(super) fn to_json(&self) -> Value {
        if let Some(letters) = &self.planned {
            return json!({ "planned": letters });
        }
        let of = |wanted: fn(&Fate) -> bool| -> Vec<Value> {
            self.fates.iter().filter(|(_, fate)| wanted(fate)).map(|(letter, _)| json!(letter)).collect()
        };
        let failed = self.fates.iter().filter_map(|(letter, fate)| match fate {
            Fate::Failed(why) => Some(json!({ "letter": letter, "reason": why })),
            _ => None,
        });
        let failed: Vec<Value> = failed.collect();
        let sent = of(|fate| matches!(fate, Fate::Sent));
        let unwanted = of(|fate| matches!(fate, Fate::Unwanted));
        json!({ "told": sent, "unwanted": unwanted, "failed": failed })
    }

    /// The same for people.
    pub(super) fn say(&self, terminal: &Terminal) {
        let planned = self.planned.as_deref().unwrap_or_default();
        if planned.is_empty() && self.fates.is_empty() {
            terminal.say("Nobody has anything to hear.");
        }
        if !planned.is_empty() {
            let lines: Vec<String> = planned.iter().map(|letter| format!("  {}", letter.to_words())).collect();
            let lines = lines.join("\n");
            terminal.say(&format!(
                "Would tell, and asked nobody; whether a page takes webmentions shows only then:\n{lines}"
            ));
        }
        for (letter, fate) in &self.fates {
            match fate {
                Fate::Sent => terminal.say(&format!("Told {}", letter.to_words())),
                Fate::Unwanted if terminal.is_verbose => {
                    terminal.say(&format!("Takes no webmentions: {}", letter.to_words()));
                }
                Fate::Unwanted => {}
                Fate::Failed(why) => terminal.fail(&format!("{}\n  {why}", letter.to_words())),
            }
        }
        let count = self.fates.iter().filter(|(_, fate)| matches!(fate, Fate::Failed(_))).count();
        if count > 0 {
            let word = if count == 1 { "letter was" } else { "letters were" };
            terminal.fail(&format!("{count} {word} not taken; `throughline tell` sends them again"));
        }
    }
}
