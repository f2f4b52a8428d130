//! `check --external`: asks for the addresses elsewhere that are due, and remembers what it learns.

use std::collections::{BTreeSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::civil::Date;
use serde_json::{Value, json};

use super::short;
use crate::base::diagnostic::Diagnostics;
use crate::base::host::is_public;
use crate::check::external::{Place, Plan, Wanted};
use crate::check::known::{Known, Memory};
use crate::cli;
use crate::io::error::Error;
use crate::io::probe::Prober;
use crate::io::progress::Bar;
use crate::io::terminal::Terminal;
use crate::io::{clock, disk, keep, stage};
use crate::link::Site;
use crate::model::answer::{Answer, Silence};
use crate::model::source::Snapshot;

/// Where it is noted what was learned.
const FILE: &str = "external.json";
/// How many hosts are asked at one time.
const HOSTS: usize = 8;
/// How long a host is left alone between two questions.
const PAUSE: Duration = Duration::from_secs(1);
/// After so long what was learned is written down again, so that little is lost when somebody ends the program.
const SAVED_EVERY: Duration = Duration::from_secs(2);
/// A host that takes too long so many times is not asked again in this run.
const MOST_WAITS: usize = 3;
/// Where so many hosts are asked and none answers, it is this machine that has no network.
const ENOUGH_HOSTS: usize = 3;

/// What came of it.
pub(super) struct Looked {
    /// What there is to say of the links.
    pub(super) findings: Diagnostics,
    plan: Plan,
    memory: Memory,
    /// How many addresses gave an answer now.
    asked: usize,
    /// How many nobody asked for, because of their hosts.
    unasked: usize,
    postponed: Vec<(String, String)>,
    today: Date,
}

/// Everything that the threads share.
struct Run<'a> {
    prober: Prober,
    path: PathBuf,
    today: Date,
    bar: Bar,
    hosts: Mutex<VecDeque<Vec<&'a Wanted>>>,
    learned: Mutex<Learned>,
    /// How long it takes until what was learned is written down again.
    saved_every: Duration,
    /// What the time is, for measuring that.
    clock: fn() -> Instant,
}

/// What is learned on the way.
#[derive(Default)]
struct Learned {
    memory: Memory,
    asked: usize,
    unasked: usize,
    saved: Option<Instant>,
    /// Whether any host answered at all.
    is_online: bool,
    postponed: Vec<(String, String)>,
    /// What was learned cannot be written down.
    failure: Option<Error>,
}

/// Asks for what is due.
///
/// # Errors
/// What was known cannot be read, what is learned cannot be written, or this machine has no network.
pub(super) fn look(
    options: &cli::Check,
    root: &Path,
    (site, snapshot): (&Site, &Snapshot),
    terminal: &Terminal,
) -> Result<Looked, Error> {
    let settings = &snapshot.book.external;
    let (plan, today) = (Plan::of(site, snapshot), clock::today());
    let memory = read(&root.join(keep::FOLDER).join(FILE))?;
    let max_age = if options.refresh { 0 } else { settings.max_age };
    let stale = plan.stale(&memory, today, max_age);
    if stale.is_empty() {
        let findings = plan.findings(&memory, today);
        return Ok(Looked { findings, plan, memory, asked: 0, unasked: 0, postponed: Vec::new(), today });
    }
    let bar = Bar::new(terminal.shows_progress());
    bar.begin("Asking", stale.iter().map(Vec::len).sum());
    let hosts = stale.len();
    // A machine nearby that stands for all others is in no hurry and needs no rest.
    let (pause, saved_every) =
        if options.via.is_some() { (Duration::ZERO, Duration::ZERO) } else { (PAUSE, SAVED_EVERY) };
    let open = stale.iter().filter(|host| host.first().is_some_and(|first| is_public(first.host()))).count();
    let run = Run {
        prober: Prober::new(options.via.as_deref(), Duration::from_secs(settings.timeout), pause),
        path: keep::folder(root)?.join(FILE),
        today,
        bar,
        hosts: Mutex::new(stale.into()),
        learned: Mutex::new(Learned { memory, is_online: open < ENOUGH_HOSTS, ..Learned::default() }),
        saved_every,
        clock: clock::tick,
    };
    std::thread::scope(|scope| {
        (0..HOSTS.min(hosts)).for_each(|_| {
            scope.spawn(|| run.work());
        });
    });
    let Run { bar, path, learned, .. } = run;
    bar.clear();
    let mut learned = learned.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let Some(error) = learned.failure {
        return Err(error);
    }
    if !learned.is_online {
        let message = "none of the hosts answers, so this machine may have no network; nothing was noted down";
        return Err(Error::Import(message.to_owned()));
    }
    let wanted: BTreeSet<&str> = plan.wanted.iter().map(|wanted| wanted.url.as_str()).collect();
    learned.memory.tidy(today, |address| wanted.contains(address));
    stage::write_file(&path, &learned.memory.to_text())?;
    learned.postponed.sort();
    let findings = plan.findings(&learned.memory, today);
    let Learned { memory, asked, unasked, postponed, .. } = learned;
    Ok(Looked { findings, plan, memory, asked, unasked, postponed, today })
}

fn read(path: &Path) -> Result<Memory, Error> {
    let Some(text) = disk::read_text_if_there(path)? else { return Ok(Memory::default()) };
    Memory::read(&text).map_err(|why| {
        Error::Import(format!("`{}` cannot be read: {why}; delete it, and everything is asked for again", short(path)))
    })
}

impl Run<'_> {
    /// Takes one host after the other, until none is left.
    fn work(&self) {
        while let Some(host) = self.next() {
            self.ask_host(&host);
        }
    }

    fn next(&self) -> Option<Vec<&Wanted>> {
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }

    /// Asks for the addresses of one host, one after the other. One that does not exist, asks for a pause or is too slow is not
    /// troubled with the rest.
    fn ask_host(&self, host: &[&Wanted]) {
        let (mut waits, mut off) = (0, None);
        for wanted in host {
            let is_asked = off.is_none() && is_public(wanted.host());
            let answer = match &off {
                None => self.prober.ask(&wanted.url),
                Some(answer) => Answer::clone(answer),
            };
            waits = if matches!(answer, Answer::None(Silence::Slow, _)) { waits + 1 } else { 0 };
            off = off.or_else(|| match &answer {
                Answer::Later(_) | Answer::None(Silence::NoHost, _) => Some(answer.clone()),
                Answer::Status { status: 429, .. } => {
                    Some(Answer::Later(format!("{} has been asked too often", wanted.host())))
                }
                _ if waits >= MOST_WAITS => Some(Answer::Later(format!("{} is too slow", wanted.host()))),
                _ => None,
            });
            self.note(wanted, &answer, is_asked);
            self.bar.step();
        }
    }

    fn note(&self, wanted: &Wanted, answer: &Answer, is_asked: bool) {
        let mut learned = self.learned.lock().unwrap_or_else(PoisonError::into_inner);
        match answer {
            Answer::Later(_) => {}
            _ if is_asked => learned.asked += 1,
            _ => learned.unasked += 1,
        }
        learned.is_online |= match answer {
            Answer::Status { .. } | Answer::Later(_) => true,
            // An answer led there; a host that is closed by its name is not asked at all.
            Answer::None(silence, _) => *silence == Silence::Closed && is_public(wanted.host()),
        };
        let address = wanted.url.to_string();
        match (Known::of(answer, self.today, learned.memory.addresses.get(&address)), answer) {
            (Some(known), _) => {
                learned.memory.addresses.insert(address, known);
            }
            (None, Answer::Later(why)) => learned.postponed.push((address, why.clone())),
            (None, _) => {}
        }
        let now = (self.clock)();
        let since = *learned.saved.get_or_insert(now);
        if learned.is_online && now.duration_since(since) >= self.saved_every {
            learned.saved = Some(now);
            if let Err(error) = stage::write_file(&self.path, &learned.memory.to_text()) {
                learned.failure = Some(error);
            }
        }
    }
}

impl Looked {
    /// How much was asked and what waits, for people.
    pub(super) fn to_words(&self) -> String {
        let all = self.plan.wanted.len();
        let (asked, unasked, malformed) = (self.asked, self.unasked, self.plan.malformed.len());
        let known = all - asked - unasked - self.postponed.len();
        let also = |count: usize, what: &str| if count > 0 { format!(", {count} {what}") } else { String::new() };
        let mut words = format!(
            "{} elsewhere: {asked} asked for now, {known} known from before{}{}, {} left out by `ignore`.",
            addresses(all + malformed),
            also(unasked, "not asked for because of their hosts"),
            also(malformed, "that cannot be one"),
            self.plan.ignored
        );
        let mut hosts: Vec<(&String, usize)> = Vec::new();
        for (_, why) in &self.postponed {
            match hosts.iter_mut().find(|(known, _)| *known == why) {
                Some((_, count)) => *count += 1,
                None => hosts.push((why, 1)),
            }
        }
        for (why, count) in hosts {
            words.push_str(&format!("\nLeft for later: {}, because {why}.", addresses(count)));
        }
        words
    }

    /// What is known of each address, for machines.
    pub(super) fn to_json(&self) -> Value {
        let one = |wanted: &Wanted| {
            let known = self.memory.addresses.get(wanted.url.as_str());
            let mut files: Vec<&str> = wanted.places.iter().map(|place| place.span.path.as_str()).collect();
            files.dedup();
            json!({
                "address": wanted.url.as_str(),
                "state": known.map_or("unknown", |known| known.state.word()),
                "status": known.and_then(|known| known.status),
                "to": known.and_then(|known| known.to.as_ref()),
                "why": known.map(|known| &known.why).filter(|why| !why.is_empty()),
                "asked": known.map(|known| known.asked.to_string()),
                "files": files,
            })
        };
        let postponed = self.postponed.iter().map(|(address, why)| json!({ "address": address, "reason": why }));
        let malformed = |(place, why): &(Place, String)| json!({ "address": place.written, "why": why, "file": place.span.path.as_str() });
        json!({
            "day": self.today.to_string(),
            "asked": self.asked,
            "unasked": self.unasked,
            "malformed": self.plan.malformed.iter().map(malformed).collect::<Vec<_>>(),
            "ignored": self.plan.ignored,
            "postponed": postponed.collect::<Vec<_>>(),
            "addresses": self.plan.wanted.iter().map(one).collect::<Vec<_>>(),
        })
    }
}

fn addresses(count: usize) -> String {
    format!("{count} address{}", if count == 1 { "" } else { "es" })
}
