//! A release into a place that takes files one by one: assets, pages, indexes, and what is gone last of all.
//!
//! The manifest at the place is always true. While a publish runs, it calls uncertain whatever that touches, so that a run
//! that is cut leaves behind what the next one must look at.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::former::{self, Taken};
use super::manifest::{MANIFEST, Manifest};
use super::plan::{Plan, Stage};
use super::release::{File, Release};
use super::target::{Failure, Progress, Target, There};
use crate::io::keep::Keep;
use crate::io::{clock, net, process};

/// The name of the lock among the files of a site.
pub const LOCK: &str = ".throughline-lock";
/// How often a lock says that it is still wanted.
const REFRESH: Duration = Duration::from_secs(60);
/// How old the last sign of a lock may be, in seconds.
const STALE: u64 = 15 * 60;

/// A place that takes files one by one. What may pass (a busy host, a broken connection) is tried again in here.
pub trait Store: Sync {
    /// Where it is, in words for people, without any secret.
    fn name(&self) -> String;

    /// The bytes of one file; `None` where there is none.
    ///
    /// # Errors
    /// The place cannot be reached, or does not let it be read.
    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, Failure> {
        let found = Mutex::new(None);
        self.fetch(&[name], &|_, bytes| {
            if let Ok(mut found) = found.lock() {
                *found = Some(bytes.to_owned());
            }
            Ok(())
        })?;
        Ok(found.into_inner().unwrap_or_default())
    }

    /// Hands over the bytes of these files as they are there now, in any order; those that are not there are left out.
    ///
    /// # Errors
    /// As with `read`, or what `taken` says.
    fn fetch(&self, names: &[&str], taken: &Taken<'_>) -> Result<(), Failure>;

    /// Puts a file where none of its name is, as nobody else can at the same time; false where there is one already.
    ///
    /// # Errors
    /// The place cannot be reached, or does not let it be written.
    fn create(&self, file: &File) -> Result<bool, Failure>;

    /// Puts these files in any order, each whole or not at all, with type and cache rules where the place knows such. `done` is
    /// called with the name of each that has arrived as it was sent, from any thread.
    ///
    /// # Errors
    /// Some were not sent, with the reason.
    fn put(&self, files: &[&File], done: &(dyn Fn(&str) + Sync)) -> Result<(), Failure>;

    /// Takes these files away; those that are not there are no failure.
    ///
    /// # Errors
    /// Some were not removed, with the reason.
    fn remove(&self, names: &[&str]) -> Result<(), Failure>;

    /// Which of these files are there, with whatever bytes.
    ///
    /// # Errors
    /// As with `read`.
    fn present(&self, files: &[&File]) -> Result<BTreeSet<String>, Failure>;

    /// Which of these files are there already with these very bytes. A place that cannot tell names none.
    ///
    /// # Errors
    /// As with `read`.
    fn holding(&self, files: &[&File]) -> Result<BTreeSet<String>, Failure>;
}

/// Who publishes, and since when.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
struct Holder {
    /// A number that no other run has.
    run: String,
    /// What tells its machine from others.
    machine: String,
    /// The process there.
    process: u32,
    /// The last sign of life, in seconds since 1970.
    seen: u64,
}

impl Holder {
    /// Whether nobody waits for this publish to end any more.
    fn is_gone(&self, machine: &str) -> bool {
        // A sign from a time that has not come yet is one of a clock that is wrong, and says nothing of its age.
        seconds().abs_diff(self.seen) > STALE || self.machine == machine && process::is_gone(self.process)
    }
}

/// Publishes into a store.
pub struct Stepwise<S> {
    store: S,
    keep: Keep,
    own: Holder,
    overwrites: bool,
    there: Manifest,
}

impl<S: Store> Stepwise<S> {
    /// Publishes into this store. `keep` holds the former release; with `overwrites`, what others changed meanwhile is lost.
    ///
    /// # Errors
    /// The system gives no random number.
    pub fn new(store: S, keep: Keep, overwrites: bool) -> Result<Self, Failure> {
        let run = net::secret().map_err(|error| Failure::new(error.to_string()))?;
        let own = Holder { run, machine: process::machine(), process: std::process::id(), seen: 0 };
        Ok(Self { store, keep, own, overwrites, there: Manifest::default() })
    }

    fn sign(&self) -> File {
        let own = Holder { seen: seconds(), ..self.own.clone() };
        // Texts and numbers can always be written.
        File::new(LOCK, serde_json::to_vec(&own).unwrap_or_default())
    }

    fn lock(&self) -> Result<(), Failure> {
        if self.store.create(&self.sign())? {
            return Ok(());
        }
        if let Some(holder) = self.holder()?.filter(|holder| !holder.is_gone(&self.own.machine)) {
            let minutes = seconds().saturating_sub(holder.seen) / 60;
            let when = if minutes == 0 { "less than a minute".to_owned() } else { format!("{minutes} minutes") };
            let message = format!("{} publishes to {}, seen {when} ago", self.who(&holder), self.store.name());
            let help =
                "wait until it has ended; one that was killed on another machine is passed over after 15 minutes";
            return Err(Failure::new(message).help(help));
        }
        // Whoever held it is gone. Of two that take it over at once, one finds the other's sign and stops.
        self.store.put(&[&self.sign()], &|_| {})?;
        self.check_lock()
    }

    fn who(&self, holder: &Holder) -> String {
        let Holder { process, machine, .. } = holder;
        let whose = if *machine == self.own.machine { "this machine" } else { "another machine" };
        format!("process {process} of {whose}")
    }

    fn holder(&self) -> Result<Option<Holder>, Failure> {
        let text = self.store.read(LOCK)?;
        Ok(text.and_then(|text| serde_json::from_slice(&text).ok()))
    }

    /// Fails where the lock is no longer ours.
    fn check_lock(&self) -> Result<(), Failure> {
        let name = self.store.name();
        let message = match self.holder()? {
            Some(holder) if holder.run == self.own.run => return Ok(()),
            Some(holder) => format!("{} has begun to publish to {name} too", self.who(&holder)),
            None => format!("the lock `{LOCK}` at {name} was removed meanwhile"),
        };
        Err(Failure::new(message).help("run this again when nobody else publishes"))
    }

    fn settle(&self, manifest: &Manifest) -> Result<(), Failure> {
        self.store.put(&[&File::new(MANIFEST, manifest.to_text().into_bytes())], &|_| {})
    }

    /// Sends and removes what the plan says.
    fn carry_out(&self, release: &Release, plan: &Plan, progress: &dyn Progress) -> Result<(), Failure> {
        let name = self.store.name();
        let seen = Mutex::new(clock::tick());
        let mut strange = former::keep(&self.keep, &self.there, plan, &|names, taken| {
            let taken: &Taken<'_> = &|name, bytes| {
                self.refresh(&seen);
                taken(name, bytes)
            };
            if names.is_empty() { Ok(()) } else { self.store.fetch(names, taken) }
        })?;
        strange.extend(self.foreign(release, plan)?);
        former::check(&name, &strange, self.overwrites)?;
        self.settle(&self.there.unsettled(plan.touched()))?;
        self.keep.promote().map_err(former::local)?;
        let all: Vec<&str> = plan.all_sent().collect();
        let is_resumed = self.there.before.is_some();
        let arrived = if is_resumed { self.store.holding(&release.these(&all))? } else { BTreeSet::new() };
        let left = Mutex::new(plan.touched().map(str::to_owned).collect::<BTreeSet<String>>());
        let failed = |failure: Failure| {
            let left = left.lock().map(|left| left.clone()).unwrap_or_default();
            failure.undone(left.iter().map(String::as_str))
        };
        let done = |name: &str| {
            if let Ok(mut left) = left.lock() {
                left.remove(name);
            }
            progress.step();
            self.refresh(&seen);
        };
        // A file that stands where a folder is to be, or the other way round, goes first: nothing could come in its place.
        let blocking = plan.blocking();
        if !blocking.is_empty() {
            self.store.remove(&blocking).map_err(failed)?;
        }
        progress.begin("Sending", all.len());
        for stage in Stage::ALL {
            let (there, missing): (Vec<&str>, Vec<&str>) =
                plan.sent(stage).into_iter().partition(|name| arrived.contains(*name));
            there.into_iter().for_each(&done);
            if !missing.is_empty() {
                self.store.put(&release.these(&missing), &done).map_err(failed)?;
            }
        }
        self.check_lock().map_err(failed)?;
        progress.begin("Removing", plan.removed.len());
        // As they came, the other way round: no page outlives what it needs.
        for stage in Stage::ALL.into_iter().rev() {
            let removed = plan.gone(stage);
            if !removed.is_empty() {
                self.store.remove(&removed).map_err(failed)?;
            }
            removed.into_iter().for_each(&done);
        }
        self.keep.finish(&release.manifest.mark().to_string()).map_err(former::local)?;
        self.settle(&release.manifest)
    }

    /// Files of others under names that are to be added.
    fn foreign<'a>(&self, release: &Release, plan: &'a Plan) -> Result<Vec<&'a str>, Failure> {
        let added: Vec<&str> = plan.added.iter().map(String::as_str).collect();
        if added.is_empty() {
            return Ok(Vec::new());
        }
        let present = self.store.present(&release.these(&added))?;
        let present: Vec<&str> = added.into_iter().filter(|name| present.contains(*name)).collect();
        if present.is_empty() {
            return Ok(present);
        }
        let same = self.store.holding(&release.these(&present))?;
        Ok(present.into_iter().filter(|name| !same.contains(*name)).collect())
    }

    /// Says from time to time that this run still goes on.
    fn refresh(&self, seen: &Mutex<Instant>) {
        let Ok(mut seen) = seen.try_lock() else { return };
        if seen.elapsed() > REFRESH {
            *seen = clock::tick();
            // A sign that does not arrive is followed by others; whether the lock is still ours is asked before anything goes.
            drop(self.store.put(&[&self.sign()], &|_| {}));
        }
    }
}

impl<S: Store> Target for Stepwise<S> {
    fn name(&self) -> String {
        self.store.name()
    }

    fn look(&mut self) -> Result<There, Failure> {
        let name = self.store.name();
        self.there = match self.store.read(MANIFEST)? {
            None => Manifest::default(),
            Some(bytes) => Manifest::read(&String::from_utf8_lossy(&bytes)).ok_or_else(|| {
                Failure::new(format!("`{MANIFEST}` at {name} is not what Throughline wrote"))
                    .help("look at it; once it is removed, everything is sent again, and nothing is removed")
            })?,
        };
        let is_cut = self.there.before.is_some();
        let notes = is_cut.then(|| "The last publish there did not end; this one finishes it.".to_owned());
        Ok(There { manifest: self.there.clone(), notes: notes.into_iter().collect() })
    }

    fn apply(&mut self, release: &Release, plan: &Plan, progress: &dyn Progress) -> Result<(), Failure> {
        self.lock()?;
        let seen = std::mem::take(&mut self.there);
        let done = self.look().and_then(|now| {
            if now.manifest == seen {
                return self.carry_out(release, plan, progress);
            }
            let message = format!("somebody else has published to {} since it was looked at", self.store.name());
            Err(Failure::new(message).help("run this again"))
        });
        // After a failure the lock goes too: the manifest tells the next run where to go on.
        let unlocked = match self.check_lock() {
            Ok(()) => self.store.remove(&[LOCK]),
            Err(_) => Ok(()),
        };
        done.and(unlocked)
    }

    fn former(&mut self) -> Result<Release, Failure> {
        former::read(&self.keep, &self.there)
    }

    fn roll_back(&mut self, former: &Release, progress: &dyn Progress) -> Result<(), Failure> {
        let plan = Plan::of(&self.there, &former.manifest);
        self.apply(former, &plan, progress)
    }
}

fn seconds() -> u64 {
    clock::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
