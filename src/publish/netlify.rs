//! Netlify, by the digest of each file: a deploy is made whole beside the one that readers see, then takes its place.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use rayon::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};
use sha1::{Digest, Sha1};

use super::address::{encoded, encoded_part};
use super::interface::{Ask, Interface, Words, absent, overtaken, wait};
use super::manifest::{MANIFEST, Manifest};
use super::plan::Plan;
use super::release::Release;
use super::spread::spread;
use super::target::{Failure, Progress, Target, There};

const WORDS: Words = Words {
    host: "Netlify",
    token: "make a personal access token under User settings, Applications, and hand that over",
    rights: "use the token of somebody who may publish to this site; the team's owner gives that right",
    name: "look at `site` in `book.toml`: the project's id or its name with `.netlify.app`, as that token's owner sees it",
    quota: "look under Billing what the team's plan allows",
};
/// How many files are sent at one time.
const CONNECTIONS: usize = 8;
/// A deploy of more files than this is compared beside the request, which would take too long otherwise.
const MOST_AT_ONCE: usize = 100;
/// How long a deploy may take.
const PATIENCE: Duration = Duration::from_secs(20 * 60);
/// How long the site may still name the former deploy.
const SETTLING: Duration = Duration::from_secs(30);
/// What a request about a deploy is about.
const DEPLOY: &str = "the deploy that was made";
/// Entries of a page of a list; the most that is given.
const PAGE: usize = 100;
/// Pages of a list that are read at most.
const MOST_PAGES: usize = 1000;
/// The type by which the bytes of a file are asked for.
const RAW: &str = "application/vnd.bitballoon.v1.raw";
/// What the title of a deploy says before the id of the one that it replaced.
const OVER: &str = " over ";

#[derive(Deserialize)]
struct Site {
    published_deploy: Option<Deploy>,
}

#[derive(Clone, Debug, Deserialize)]
struct Deploy {
    id: String,
    state: Option<String>,
    required: Option<Vec<String>>,
    error_message: Option<String>,
    title: Option<String>,
    context: Option<String>,
    created_at: Option<String>,
    deploy_ssl_url: Option<String>,
    deploy_url: Option<String>,
    draft: Option<bool>,
    locked: Option<bool>,
}

impl Deploy {
    fn is(&self, states: &[&str]) -> bool {
        self.state.as_ref().is_some_and(|state| states.contains(&state.as_str()))
    }

    /// Whether readers may have seen it.
    fn was_live(&self) -> bool {
        let is_for_readers = self.context.as_ref().is_none_or(|context| context == "production");
        self.is(&["ready", "old", "current"]) && is_for_readers && self.draft != Some(true)
    }

    /// Its own address, which never shows another deploy.
    fn address(&self) -> Option<&str> {
        self.deploy_ssl_url.as_deref().or(self.deploy_url.as_deref())
    }
}

/// One file of a deploy, as Netlify lists it.
#[derive(Deserialize)]
struct Listed {
    path: String,
}

/// Publishes to a site at Netlify.
pub struct Netlify {
    interface: Interface,
    site: String,
    patience: Duration,
    there: Manifest,
    /// The deploy that readers saw when it was looked at.
    live: Option<Deploy>,
    former: Option<String>,
}

impl Netlify {
    /// Publishes to this site, its id or one of its names, by the interface at this address.
    ///
    /// # Errors
    /// The address would get the token in clear, or the token cannot be one.
    pub fn new(site: &str, api: &str, token: &str) -> Result<Self, Failure> {
        let interface = Interface::new(&WORDS, api, token, CONNECTIONS)?;
        let (there, site) = (Manifest::default(), site.to_owned());
        Ok(Self { interface, site, patience: PATIENCE, there, live: None, former: None })
    }

    /// The same where a deploy may take this long.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    fn path(&self, rest: &str) -> String {
        format!("/api/v1/sites/{}{rest}", encoded_part(&self.site))
    }

    fn get(&self, path: String) -> Ask<'_> {
        Ask { method: "GET", path, about: format!("the site `{}`", self.site), ..Ask::default() }
    }

    fn published(&self) -> Result<Option<Deploy>, Failure> {
        let site: Site = self.interface.ask(&self.get(self.path("")))?;
        Ok(site.published_deploy)
    }

    /// The manifest of the deploy that readers see, from the interface or from the deploy's own address; `None` where it has
    /// none. With it, whether the deploy is one of ours at all.
    fn live_manifest(&self, live: &Deploy) -> Result<(Option<Manifest>, bool), Failure> {
        let ask = Ask { kind: RAW, ..self.get(self.path(&format!("/files/{MANIFEST}"))) };
        let answer = self.interface.send(&ask)?;
        if answer.status == 404 {
            return Ok((None, false));
        }
        if !answer.is_good() {
            return Err(self.interface.refusal(&ask, &answer));
        }
        let raw = Manifest::read(&answer.text());
        Ok((raw.or_else(|| self.interface.manifest_at(live.address()?)), true))
    }

    /// Reads a list page by page, until one holds what is looked for.
    fn pages<T: serde::de::DeserializeOwned>(
        &self,
        list: &str,
        is_enough: impl Fn(&[T]) -> bool,
    ) -> Result<Vec<T>, Failure> {
        let mut all = Vec::new();
        for page in 1..=MOST_PAGES {
            let ask = self.get(self.path(&format!("/{list}?page={page}&per_page={PAGE}")));
            let answer = self.interface.send(&ask)?;
            if !answer.is_good() {
                return Err(self.interface.refusal(&ask, &answer));
            }
            let found: Vec<T> = self.interface.read(&answer)?;
            let is_last = found.is_empty() || !answer.header("link").is_some_and(|link| link.contains("rel=\"next\""));
            all.extend(found);
            if is_last || is_enough(&all) {
                break;
            }
        }
        Ok(all)
    }

    /// What is there of which nobody knows the bytes.
    fn unknown(&self) -> Result<Manifest, Failure> {
        let listed: Vec<Listed> = self.pages("files", |_| false)?;
        let names = listed.into_iter().map(|file| file.path.trim_start_matches('/').to_owned());
        let names: BTreeSet<String> = names.filter(|name| name != MANIFEST).collect();
        Ok(Manifest { uncertain: names.into_iter().collect(), ..Manifest::default() })
    }

    fn check_live(&self) -> Result<(), Failure> {
        let (seen, now) = (self.live.as_ref().map(|live| live.id.as_str()), self.published()?);
        if now.as_ref().map(|now| now.id.as_str()) == seen { Ok(()) } else { Err(overtaken(&self.name())) }
    }

    /// Makes the deploy, and waits until Netlify has said which files it lacks.
    fn begin(&self, digests: &BTreeMap<&str, String>) -> Result<Deploy, Failure> {
        let is_large = digests.len() > MOST_AT_ONCE;
        let files: BTreeMap<String, &String> = digests.iter().map(|(name, sha)| (format!("/{name}"), sha)).collect();
        let body = json!({ "files": files, "draft": false, "async": is_large }).to_string();
        let title = self.live.as_ref().map_or_else(String::new, |live| format!("{OVER}{}", live.id));
        let title = encoded_part(&format!("Published by Throughline{title}"));
        let path = self.path(&format!("/deploys?title={title}"));
        let ask = Ask { method: "POST", kind: "application/json", body: body.as_bytes(), ..self.get(path) };
        let deploy: Deploy = self.interface.ask(&ask)?;
        let is_compared = |deploy: &Deploy| {
            deploy.is(&["prepared", "uploading", "uploaded", "processing", "ready"])
                || deploy.required.is_some() && !deploy.is(&["preparing"])
        };
        if is_compared(&deploy) {
            return Ok(deploy);
        }
        let compared = wait(self.patience, || Ok(Some(self.look_at(&deploy.id)?).filter(is_compared)))?;
        compared.ok_or_else(|| self.unready("has not compared the files"))
    }

    /// A deploy as it is now.
    fn look_at(&self, id: &str) -> Result<Deploy, Failure> {
        let path = format!("/api/v1/deploys/{}", encoded_part(id));
        let deploy: Deploy = self.interface.ask(&Ask { about: DEPLOY.to_owned(), ..self.get(path) })?;
        if !deploy.is(&["error", "rejected"]) {
            return Ok(deploy);
        }
        let said = deploy.error_message.as_deref().filter(|said| !said.trim().is_empty());
        let said = said.map_or_else(String::new, |said| format!(": {}", self.interface.quoted(said)));
        Err(Failure::new(format!("Netlify could not make the deploy{said}"))
            .help("look at it under Deploys, and run this again; what is published stays as it is"))
    }

    fn unready(&self, what: &str) -> Failure {
        let minutes = self.patience.as_secs() / 60;
        Failure::new(format!("Netlify {what} within {minutes} minutes"))
            .help("look under Deploys whether it still works on it, and run this again when it has ended")
    }

    /// Sends the files that Netlify lacks.
    fn fill(
        &self,
        deploy: &Deploy,
        digests: &BTreeMap<&str, String>,
        bytes: &(dyn Fn(&str) -> Option<std::sync::Arc<[u8]>> + Sync),
        progress: &dyn Progress,
    ) -> Result<(), Failure> {
        let by_digest: BTreeMap<&str, &str> = digests.iter().map(|(name, sha)| (sha.as_str(), *name)).collect();
        let required: BTreeSet<&str> = deploy.required.iter().flatten().map(String::as_str).collect();
        let jobs: Vec<(&str, &str)> =
            required.iter().filter_map(|sha| by_digest.get_key_value(sha)).map(|(sha, name)| (*sha, *name)).collect();
        if jobs.len() < required.len() {
            let message = "Netlify asks for files that are not part of this release".to_owned();
            return Err(Failure::new(message).help("run this again, and report it if that does not help"));
        }
        progress.begin("Sending", jobs.len());
        spread(&jobs, CONNECTIONS, &|(sha, name)| {
            let bytes = bytes(name).ok_or_else(|| absent(name))?;
            self.put(&deploy.id, name, sha, &bytes)?;
            progress.step();
            Ok(())
        })
    }

    /// Sends one file.
    fn put(&self, deploy: &str, name: &str, sha: &str, body: &[u8]) -> Result<(), Failure> {
        let path = format!("/api/v1/deploys/{}/files/{}", encoded_part(deploy), encoded(name));
        let about = format!("`{name}`");
        let ask = Ask { method: "PUT", path, kind: "application/octet-stream", body, about, ..Ask::default() };
        let answer = self.interface.send(&ask)?;
        if !answer.is_good() {
            // Of the last file, the first answer may be lost; then nothing more is taken, and nothing is missing.
            let has_all =
                answer.attempts > 1 && self.look_at(deploy)?.is(&["uploaded", "processing", "processed", "ready"]);
            return if has_all { Ok(()) } else { Err(self.interface.refusal(&ask, &answer)) };
        }
        let kept: Value = self.interface.read(&answer)?;
        if kept["sha"].as_str().is_some_and(|kept| kept != sha) {
            let message = format!("`{name}` did not arrive at Netlify as it was sent");
            return Err(Failure::new(message).help("run this again"));
        }
        Ok(())
    }

    /// Waits until readers see this deploy, or another one that holds the same.
    fn see_live(&self, id: &str, manifest: &Manifest) -> Result<(), Failure> {
        let mut seen = None;
        let is_live = wait(self.patience.min(SETTLING), || {
            seen = self.published()?;
            Ok(seen.as_ref().is_some_and(|seen| seen.id == id).then_some(()))
        })?;
        // A request whose answer was lost is sent again, and makes two deploys of one release.
        let is_twin = |seen: &Deploy| Ok(self.live_manifest(seen)?.0.as_ref() == Some(manifest));
        if is_live.is_some() || seen.as_ref().map_or(Ok(false), is_twin)? {
            return Ok(());
        }
        let message = "the deploy is ready, but Netlify shows readers another one".to_owned();
        Err(Failure::new(message).help(if seen.is_some_and(|seen| seen.locked == Some(true)) {
            "the site is locked to that one: unlock it under Deploys, or publish the new one there by hand"
        } else {
            "look under Deploys whether somebody else has published meanwhile"
        }))
    }

    fn carry_out(&self, release: &Release, progress: &dyn Progress) -> Result<(), Failure> {
        let manifest: std::sync::Arc<[u8]> = release.manifest.to_text().into_bytes().into();
        let bytes = |name: &str| match name {
            MANIFEST => Some(std::sync::Arc::clone(&manifest)),
            name => release.files.get(name).map(|file| std::sync::Arc::clone(&file.bytes)),
        };
        let names: Vec<&str> = release.manifest.files.keys().map(String::as_str).chain([MANIFEST]).collect();
        let digest = |name: &&'_ str| bytes(name).ok_or_else(|| absent(name)).map(|bytes| sha1(&bytes));
        let digests: Vec<String> = names.par_iter().map(digest).collect::<Result<_, _>>()?;
        let digests: BTreeMap<&str, String> = names.into_iter().zip(digests).collect();
        self.check_live()?;
        let deploy = self.begin(&digests)?;
        self.fill(&deploy, &digests, &bytes, progress)?;
        progress.begin("Going live", 1);
        let ready = wait(self.patience, || Ok(self.look_at(&deploy.id)?.is(&["ready"]).then_some(())))?;
        ready.ok_or_else(|| self.unready("has not made the deploy ready"))?;
        self.see_live(&deploy.id, &release.manifest)?;
        progress.step();
        Ok(())
    }
}

impl Target for Netlify {
    fn name(&self) -> String {
        format!("the site `{}` at Netlify", self.site)
    }

    fn look(&mut self) -> Result<There, Failure> {
        self.live = self.published()?;
        let mut notes = Vec::new();
        self.there = match &self.live {
            None => Manifest::default(),
            Some(live) => match self.live_manifest(live)? {
                (Some(manifest), _) => manifest,
                (None, is_ours) => {
                    notes.push(if is_ours {
                        format!(
                            "Netlify does not hand out `{MANIFEST}` of what is published there, so that every file \
                             counts as changed; only what it lacks is sent."
                        )
                    } else {
                        "What is published there was not made by Throughline; all of it is replaced.".to_owned()
                    });
                    self.unknown()?
                }
            },
        };
        Ok(There { manifest: self.there.clone(), notes })
    }

    fn apply(&mut self, release: &Release, plan: &Plan, progress: &dyn Progress) -> Result<(), Failure> {
        let odd: Vec<&str> =
            release.manifest.files.keys().map(String::as_str).filter(|name| name.contains(['#', '?'])).collect();
        if let Some(first) = odd.first() {
            let message = format!("Netlify takes no file with `#` or `?` in its name, such as `{first}`");
            return Err(Failure::new(message).help("give it another name; nothing was sent").undone(odd));
        }
        self.carry_out(release, progress).map_err(|failure| failure.undone(plan.touched()))
    }

    fn former(&mut self) -> Result<Release, Failure> {
        let by_hand = "under Deploys, each deploy that is there can be published again by hand";
        let none =
            |why: &str| Failure::new(format!("there is nothing to go back to at {}: {why}", self.name())).help(by_hand);
        let Some(live) = self.live.as_ref() else { return Err(none("nothing is published there")) };
        let is_past = |deploys: &[Deploy]| {
            let rest = deploys.iter().skip_while(|deploy| deploy.id != live.id).skip(1);
            rest.filter(|deploy| deploy.was_live()).count() > 0
        };
        let mut deploys: Vec<Deploy> = self.pages("deploys", is_past)?;
        deploys.sort_by(|a, b| b.created_at.cmp(&a.created_at));
        // The title tells what stood there; the order of time does not, once something was brought back.
        let named = live.title.as_deref().and_then(|title| title.rsplit_once(OVER)).map(|(_, id)| id);
        let named = deploys.iter().find(|deploy| named == Some(&deploy.id) && deploy.was_live());
        let older =
            || deploys.iter().skip_while(|deploy| deploy.id != live.id).skip(1).find(|deploy| deploy.was_live());
        let former = named.or_else(older).ok_or_else(|| none("no deploy before the one that readers see is left"))?;
        let manifest = former.address().and_then(|address| self.interface.manifest_at(address));
        let manifest = manifest.ok_or_else(|| none("what the deploy before this one holds cannot be read"))?;
        self.former = Some(former.id.clone());
        Ok(Release { manifest, ..Release::default() })
    }

    fn roll_back(&mut self, former: &Release, progress: &dyn Progress) -> Result<(), Failure> {
        if self.former.is_none() {
            self.former()?;
        }
        let Some(id) = self.former.clone() else { return Ok(()) };
        self.check_live()?;
        progress.begin("Going live", 1);
        let path = self.path(&format!("/deploys/{}/restore", encoded_part(&id)));
        let _: Value = self.interface.ask(&Ask { method: "POST", about: DEPLOY.to_owned(), ..self.get(path) })?;
        self.see_live(&id, &former.manifest)?;
        progress.step();
        Ok(())
    }
}

fn sha1(bytes: &[u8]) -> String {
    Sha1::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
