//! Cloudflare Pages, by direct upload as its own client does it: files go into a store by their hashes, then a deployment names
//! them all and takes the place of the one that readers see.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use rayon::prelude::*;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::address::encoded_part;
use super::assets::{buckets, hash_of, most_files};
use super::interface::{Ask, Interface, Words, absent, overtaken, wait};
use super::manifest::{MANIFEST, Manifest};
use super::multipart::Form;
use super::plan::Plan;
use super::release::{File, Release};
use super::spread::spread;
use super::target::{Failure, Progress, Target, There};
use crate::base::media;
use crate::io::transfer::Answer;

const WORDS: Words = Words {
    host: "Cloudflare",
    token: "make a token under My Profile, API Tokens, with the right Account, Cloudflare Pages, Edit",
    rights: "give the token the right Account, Cloudflare Pages, Edit, for the account of `account` in `book.toml`",
    name: "look at `account` and `project` in `book.toml`; a new project is made under Workers & Pages, Upload assets",
    quota: "look under Billing what the account's plan allows",
};
/// How many requests with files are under way at one time, as in Cloudflare's own client.
const CONNECTIONS: usize = 3;
/// The largest file that is taken.
const LARGEST: u64 = 25 << 20;
/// How many files a deployment may hold where the account says nothing else.
const MOST_FILES: usize = 20_000;
/// How long a deployment may take.
const PATIENCE: Duration = Duration::from_secs(20 * 60);
/// How long the project may still name the former deployment.
const SETTLING: Duration = Duration::from_secs(60);
/// Deployments of a page of their list; the most that is given.
const PAGE: usize = 25;
/// Pages of that list that are read at most.
const MOST_PAGES: usize = 400;
/// Files that are told to the host, and not served by it.
const RULES: [&str; 2] = ["_headers", "_redirects"];
/// What Cloudflare says of an upload token whose time is over.
const EXPIRED: u64 = 8_000_013;
/// What the message of a deployment says before the id of the one that it replaced.
const OVER: &str = " over ";

/// What every answer is wrapped in.
#[derive(Deserialize)]
struct Reply {
    success: Option<bool>,
    #[serde(default)]
    result: Value,
}

#[derive(Deserialize)]
struct Project {
    production_branch: Option<String>,
    canonical_deployment: Option<Deployment>,
}

#[derive(Clone, Debug, Deserialize)]
struct Deployment {
    id: String,
    url: Option<String>,
    created_on: Option<String>,
    latest_stage: Option<Stage>,
    deployment_trigger: Option<Trigger>,
}

#[derive(Clone, Debug, Deserialize)]
struct Stage {
    name: Option<String>,
    status: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
struct Trigger {
    metadata: Option<Metadata>,
}

#[derive(Clone, Debug, Deserialize)]
struct Metadata {
    commit_message: Option<String>,
}

#[derive(Deserialize)]
struct Pass {
    jwt: String,
}

#[derive(Deserialize)]
struct Logs {
    data: Option<Vec<Line>>,
}

#[derive(Deserialize)]
struct Line {
    line: Option<String>,
}

impl Deployment {
    /// Whether it is over with, and how it ended.
    fn ending(&self) -> Option<bool> {
        let stage = self.latest_stage.as_ref()?;
        match (stage.name.as_deref()?, stage.status.as_deref()?) {
            ("deploy", "success") => Some(true),
            (_, "failure" | "canceled") => Some(false),
            _ => None,
        }
    }

    /// The id of the one that stood there before, as we noted it.
    fn over(&self) -> Option<&str> {
        let message = self.deployment_trigger.as_ref()?.metadata.as_ref()?.commit_message.as_deref()?;
        message.rsplit_once(OVER).map(|(_, id)| id)
    }
}

/// Publishes to a project at Cloudflare Pages.
pub struct Cloudflare {
    interface: Interface,
    account: String,
    project: String,
    branch: String,
    patience: Duration,
    there: Manifest,
    /// The deployment that readers saw when it was looked at.
    live: Option<Deployment>,
    former: Option<String>,
}

impl Cloudflare {
    /// Publishes to this project of an account, as this branch, by the interface at this address.
    ///
    /// # Errors
    /// The address would get the token in clear, or the token cannot be one.
    pub fn new(account: &str, project: &str, branch: &str, api: &str, token: &str) -> Result<Self, Failure> {
        let interface = Interface::new(&WORDS, api, token, CONNECTIONS)?;
        Ok(Self {
            interface,
            account: account.to_owned(),
            project: project.to_owned(),
            branch: branch.to_owned(),
            patience: PATIENCE,
            there: Manifest::default(),
            live: None,
            former: None,
        })
    }

    /// The same where a deployment may take this long.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    fn get(&self, rest: &str) -> Ask<'_> {
        let (account, project) = (encoded_part(&self.account), encoded_part(&self.project));
        let path = format!("/client/v4/accounts/{account}/pages/projects/{project}{rest}");
        let about = format!("the project `{}` of this account", self.project);
        Ask { method: "GET", path, about, ..Ask::default() }
    }

    /// Sends a request, and unwraps the answer.
    fn ask<T: DeserializeOwned>(&self, ask: &Ask<'_>) -> Result<T, Failure> {
        self.unwrap(ask, &self.interface.send(ask)?)
    }

    fn unwrap<T: DeserializeOwned>(&self, ask: &Ask<'_>, answer: &Answer) -> Result<T, Failure> {
        if !answer.is_good() {
            return Err(self.interface.refusal(ask, answer));
        }
        let reply: Reply = self.interface.read(answer)?;
        if reply.success == Some(false) {
            Err(self.interface.refusal(ask, answer))
        } else {
            self.interface.shape(reply.result)
        }
    }

    fn project(&self) -> Result<Project, Failure> {
        self.ask(&self.get(""))
    }

    fn check_live(&self) -> Result<(), Failure> {
        let now = self.project()?.canonical_deployment;
        let (seen, now) = (self.live.as_ref().map(|live| &live.id), now.as_ref().map(|now| &now.id));
        if now == seen { Ok(()) } else { Err(overtaken(&self.name())) }
    }

    fn manifest_of(&self, deployment: &Deployment) -> Option<Manifest> {
        self.interface.manifest_at(deployment.url.as_deref()?)
    }

    fn pass(&self) -> Result<String, Failure> {
        let pass: Pass = self.ask(&self.get("/upload-token"))?;
        Ok(pass.jwt)
    }

    /// Sends a request to the store of files; a token whose time is over is replaced once.
    fn store<T: DeserializeOwned>(&self, pass: &Mutex<String>, what: &str, body: &[u8]) -> Result<T, Failure> {
        let path = format!("/client/v4/pages/assets/{what}");
        let ask = |pass| Ask {
            method: "POST",
            path: path.clone(),
            kind: "application/json",
            body,
            about: "the store of files".to_owned(),
            pass: Some(pass),
        };
        let current = || pass.lock().map(|pass| pass.clone()).unwrap_or_default();
        let used = current();
        let first = ask(used.clone());
        let answer = self.interface.send(&first)?;
        if !is_expired(&answer) {
            return self.unwrap(&first, &answer);
        }
        if let Ok(mut pass) = pass.lock() {
            // Of several requests that find it out at once, one fetches the next.
            if *pass == used {
                *pass = self.pass()?;
            }
        }
        self.ask(&ask(current()))
    }

    /// Sends the files that Cloudflare lacks.
    fn fill(
        &self,
        pass: &Mutex<String>,
        assets: &BTreeMap<String, &File>,
        progress: &dyn Progress,
    ) -> Result<(), Failure> {
        let hashes: Vec<&String> = assets.keys().collect();
        let named = json!({ "hashes": hashes }).to_string();
        let missing: BTreeSet<String> = self.store(pass, "check-missing", named.as_bytes())?;
        let missing: Vec<(&String, &File)> =
            assets.iter().filter(|(hash, _)| missing.contains(*hash)).map(|(hash, file)| (hash, *file)).collect();
        progress.begin("Sending", missing.len());
        spread(&buckets(&missing), CONNECTIONS, &|bucket| {
            let entry = |(hash, file): &(&String, &File)| {
                json!({
                    "key": hash,
                    "value": BASE64_STANDARD.encode(&file.bytes),
                    "metadata": { "contentType": media::type_of(&file.name) },
                    "base64": true,
                })
            };
            let body = Value::from(bucket.iter().map(entry).collect::<Vec<_>>()).to_string();
            let _: Value = self.store(pass, "upload", body.as_bytes())?;
            bucket.iter().for_each(|_| progress.step());
            Ok(())
        })?;
        // From here on the project keeps them, and the next publish need not send them again.
        let _: Value = self.store(pass, "upsert-hashes", named.as_bytes())?;
        Ok(())
    }

    /// Makes the deployment.
    fn deploy(&self, names: &BTreeMap<String, &str>, rules: &[&File]) -> Result<Deployment, Failure> {
        let over = self.live.as_ref().map_or_else(String::new, |live| format!("{OVER}{}", live.id));
        let mut form = Form::default();
        form.text("manifest", &json!(names).to_string());
        form.text("branch", &self.branch);
        form.text("commit_message", &format!("Published by Throughline{over}"));
        rules.iter().for_each(|file| form.file(&file.name, &file.bytes));
        let (kind, body) = form.finish();
        self.ask(&Ask { method: "POST", kind: &kind, body: &body, ..self.get("/deployments") })
    }

    /// Waits until a deployment is done.
    fn see_done(&self, mut deployment: Deployment) -> Result<(), Failure> {
        let path = format!("/deployments/{}", encoded_part(&deployment.id));
        let is_good = wait(self.patience, || {
            if deployment.ending().is_none() {
                deployment = self.ask(&self.get(&path))?;
            }
            Ok(deployment.ending())
        })?;
        match is_good {
            Some(true) => Ok(()),
            Some(false) => {
                // The last line of its log says why; without a log, the failure is still one.
                let logs: Option<Logs> = self.ask(&self.get(&format!("{path}/history/logs"))).ok();
                let lines = logs.and_then(|logs| logs.data).unwrap_or_default();
                let said = lines.into_iter().rev().find_map(|line| line.line.filter(|line| !line.trim().is_empty()));
                let said = said.map_or_else(String::new, |said| format!(": {}", self.interface.quoted(&said)));
                Err(Failure::new(format!("Cloudflare could not make the deployment{said}")).help(
                    "look at its log under Workers & Pages, and run this again; what is published stays as it is",
                ))
            }
            None => {
                let minutes = self.patience.as_secs() / 60;
                Err(Failure::new(format!("Cloudflare has not made the deployment within {minutes} minutes")).help(
                    "look under Workers & Pages whether it still works on it, and run this again when it has ended",
                ))
            }
        }
    }

    /// Waits until readers see this deployment, or another one that holds the same.
    fn see_live(&self, id: &str, manifest: &Manifest) -> Result<(), Failure> {
        let mut seen = None;
        let is_live = wait(self.patience.min(SETTLING), || {
            seen = self.project()?.canonical_deployment;
            Ok(seen.as_ref().is_some_and(|seen| seen.id == id).then_some(()))
        })?;
        // A request whose answer was lost is sent again, and makes two deployments of one release.
        let is_twin = |seen: &Deployment| self.manifest_of(seen).as_ref() == Some(manifest);
        if is_live.is_some() || seen.as_ref().is_some_and(is_twin) {
            return Ok(());
        }
        let message = "the deployment is done, but Cloudflare shows readers another one".to_owned();
        Err(Failure::new(message).help("look under Workers & Pages whether somebody else has published meanwhile"))
    }

    fn carry_out(&self, release: &Release, manifest: &File, progress: &dyn Progress) -> Result<(), Failure> {
        if let Some(name) = release.manifest.files.keys().find(|name| !release.files.contains_key(*name)) {
            return Err(absent(name));
        }
        let (rules, files): (Vec<&File>, Vec<&File>) =
            release.files.values().chain([manifest]).partition(|file| RULES.contains(&file.name.as_str()));
        let hashed: Vec<(String, &File)> = files.par_iter().map(|file| (hash_of(file), *file)).collect();
        let names = hashed.iter().map(|(hash, file)| (format!("/{}", file.name), hash.as_str())).collect();
        let assets = hashed.iter().map(|(hash, file)| (hash.clone(), *file)).collect();
        self.check_live()?;
        let pass = self.pass()?;
        let most = most_files(&pass).unwrap_or(MOST_FILES);
        if files.len() > most {
            let message =
                format!("Cloudflare takes {most} files in a project of this plan, and the site has {}", files.len());
            return Err(
                Failure::new(message).help("leave files out, or choose a plan that takes more; nothing was sent")
            );
        }
        self.fill(&Mutex::new(pass), &assets, progress)?;
        progress.begin("Going live", 1);
        let deployment = self.deploy(&names, &rules)?;
        let id = deployment.id.clone();
        self.see_done(deployment)?;
        self.see_live(&id, &release.manifest)?;
        progress.step();
        Ok(())
    }

    /// The deployments for readers, newest first, up to the first that could be gone back to from this one.
    fn deployments(&self, live: &Deployment) -> Result<Vec<Deployment>, Failure> {
        let mut all: Vec<Deployment> = Vec::new();
        for page in 1..=MOST_PAGES {
            let list = format!("/deployments?env=production&page={page}&per_page={PAGE}");
            let found: Vec<Deployment> = self.ask(&self.get(&list))?;
            let is_last = found.len() < PAGE;
            all.extend(found);
            let older = all.iter().skip_while(|deployment| deployment.id != live.id).skip(1);
            if is_last || older.filter(|deployment| deployment.ending() == Some(true)).count() > 0 {
                break;
            }
        }
        all.sort_by(|a, b| b.created_on.cmp(&a.created_on));
        Ok(all)
    }
}

impl Target for Cloudflare {
    fn name(&self) -> String {
        format!("the project `{}` at Cloudflare Pages", self.project)
    }

    fn look(&mut self) -> Result<There, Failure> {
        let Project { production_branch, canonical_deployment } = self.project()?;
        if let Some(branch) = production_branch.filter(|branch| *branch != self.branch) {
            let message = format!("readers of {} see the branch `{branch}`, and not `{}`", self.name(), self.branch);
            return Err(Failure::new(message).help(format!("write `branch = \"{branch}\"` in `book.toml`")));
        }
        self.live = canonical_deployment;
        let mut notes = Vec::new();
        self.there = match &self.live {
            None => Manifest::default(),
            Some(live) => self.manifest_of(live).unwrap_or_else(|| {
                let note = "What is published there cannot be read, or was not made by Throughline, so that every file \
                            counts as new; all of it is replaced, and only what Cloudflare lacks is sent.";
                notes.push(note.to_owned());
                Manifest::default()
            }),
        };
        Ok(There { manifest: self.there.clone(), notes })
    }

    fn apply(&mut self, release: &Release, plan: &Plan, progress: &dyn Progress) -> Result<(), Failure> {
        let manifest = File::new(MANIFEST, release.manifest.to_text().into_bytes());
        let large = release.manifest.files.iter().filter(|(_, entry)| entry.size > LARGEST);
        let large: Vec<&str> = large.map(|(name, _)| name.as_str()).collect();
        if let Some(first) = large.first() {
            let message = format!("Cloudflare takes no file of more than 25 MiB, and `{first}` is larger");
            return Err(Failure::new(message).help("make it smaller; nothing was sent").undone(large));
        }
        self.carry_out(release, &manifest, progress).map_err(|failure| failure.undone(plan.touched()))
    }

    fn former(&mut self) -> Result<Release, Failure> {
        let by_hand = "under Workers & Pages, each deployment that is there can be brought back by hand";
        let none =
            |why: &str| Failure::new(format!("there is nothing to go back to at {}: {why}", self.name())).help(by_hand);
        let Some(live) = self.live.as_ref() else { return Err(none("nothing is published there")) };
        let all = self.deployments(live)?;
        let is_good = |deployment: &&Deployment| deployment.ending() == Some(true);
        // The message tells what stood there; the order of time does not, once something was brought back.
        let named = all.iter().filter(is_good).find(|deployment| live.over() == Some(&deployment.id));
        let older = || all.iter().skip_while(|deployment| deployment.id != live.id).skip(1).find(is_good);
        let former =
            named.or_else(older).ok_or_else(|| none("no deployment before the one that readers see is left"))?;
        let manifest =
            self.manifest_of(former).ok_or_else(|| none("what the one before this one holds cannot be read"))?;
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
        let path = format!("/deployments/{}/rollback", encoded_part(&id));
        let _: Value = self.ask(&Ask { method: "POST", ..self.get(&path) })?;
        self.see_live(&id, &former.manifest)?;
        progress.step();
        Ok(())
    }
}

fn is_expired(answer: &Answer) -> bool {
    let code = || serde_json::from_slice::<Value>(&answer.body).ok()?["errors"][0]["code"].as_u64();
    answer.status == 401 || !answer.is_good() && code() == Some(EXPIRED)
}
