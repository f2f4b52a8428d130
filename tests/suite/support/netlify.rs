//! Netlify on this machine: its documented interface for deploys by digest, with checks of all that it is told.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::{Value, json};
use sha1::{Digest, Sha1};

use super::http::{Reply, Request, Server, Troubles};

pub(crate) const TOKEN: &str = "nfp_secret";
pub(crate) const SITE: &str = "my-book.netlify.app";

#[derive(Clone, Default)]
pub(crate) struct Deploy {
    pub(crate) files: BTreeMap<String, String>,
    pub(crate) title: String,
    pub(crate) state: &'static str,
    pub(crate) looks: usize,
}

#[derive(Default)]
pub(crate) struct State {
    pub(crate) blobs: BTreeMap<String, Vec<u8>>,
    pub(crate) deploys: Vec<Deploy>,
    pub(crate) published: Option<usize>,
    /// How many bytes of files came.
    pub(crate) received: usize,
    /// How many looks each state of a deploy takes.
    pub(crate) looks: usize,
    /// What the next deploys fail with.
    pub(crate) failing: Option<&'static str>,
    pub(crate) is_locked: bool,
    /// Whether readers see the first of two deploys that hold the same.
    pub(crate) prefers_twins: bool,
    /// Whether bytes of files are handed out by the interface, and at the addresses of deploys.
    pub(crate) hides: (bool, bool),
}

/// The host, which lives as long as the test.
pub(crate) struct Netlify {
    pub(crate) troubles: Troubles,
    state: Arc<Mutex<State>>,
    server: Server,
}

impl Netlify {
    pub(crate) fn start() -> Self {
        let (troubles, state) = (Troubles::default(), Arc::new(Mutex::new(State::default())));
        let (own, shared) = (troubles.clone(), Arc::clone(&state));
        let server = Server::start(move |request| own.answer(request, || shared.lock().unwrap().answer(request)));
        Self { troubles, state, server }
    }

    pub(crate) fn url(&self) -> String {
        self.server.url()
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// What readers see: every file with its bytes.
    pub(crate) fn tree(&self) -> BTreeMap<String, Vec<u8>> {
        let state = self.state();
        let files = state.published.map(|at| state.deploys[at].files.clone()).unwrap_or_default();
        files.into_iter().map(|(path, sha)| (path[1..].to_owned(), state.blobs[&sha].clone())).collect()
    }
}

fn no(status: u16, message: &str) -> Reply {
    Reply::json(status, &json!({ "code": status, "message": message }))
}

impl State {
    fn answer(&mut self, request: &Request) -> Reply {
        let parts = request.parts();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        if let ["at", id, path @ ..] = parts.as_slice() {
            let found = self.find(id).filter(|_| !self.hides.1);
            return match found.and_then(|at| self.deploys[at].files.get(&format!("/{}", path.join("/")))) {
                Some(sha) => Reply::new(200, self.blobs[sha].clone()),
                None => Reply::new(404, "Not Found"),
            };
        }
        if request.header("authorization") != format!("Bearer {TOKEN}") {
            return no(401, "Access Denied");
        }
        let host = request.header("host").to_owned();
        match (request.method.as_str(), parts.as_slice()) {
            (_, ["api", "v1", "sites", site, ..]) if ![SITE, "site-1"].contains(site) => no(404, "Not Found"),
            ("GET", ["api", "v1", "sites", _]) => {
                let published = self.published.map(|at| self.show(at, &host));
                Reply::json(200, &json!({ "id": "site-1", "name": "my-book", "published_deploy": published }))
            }
            ("GET", ["api", "v1", "sites", _, "files"]) => self.files(request, &host),
            ("GET", ["api", "v1", "sites", _, "files", path @ ..]) => self.file(request, &path.join("/")),
            ("POST", ["api", "v1", "sites", _, "deploys"]) => self.deploy(request, &host),
            ("GET", ["api", "v1", "sites", _, "deploys"]) => {
                let all: Vec<Value> = (0..self.deploys.len()).rev().map(|at| self.show(at, &host)).collect();
                page(request, &host, &all)
            }
            ("POST", ["api", "v1", "sites", _, "deploys", id, "restore"]) => match self.find(id) {
                Some(at) if self.deploys[at].state == "ready" => {
                    self.published = Some(at);
                    Reply::json(200, &self.show(at, &host))
                }
                _ => no(404, "Not Found"),
            },
            ("GET", ["api", "v1", "deploys", id]) => match self.find(id) {
                Some(at) => {
                    self.look(at);
                    Reply::json(200, &self.show(at, &host))
                }
                None => no(404, "Not Found"),
            },
            ("PUT", ["api", "v1", "deploys", id, "files", path @ ..]) => self.put(request, id, &path.join("/")),
            _ => no(404, "Not Found"),
        }
    }

    fn find(&self, id: &str) -> Option<usize> {
        id.strip_prefix("deploy-")?.parse().ok().filter(|at| *at < self.deploys.len())
    }

    fn missing(&self, at: usize) -> BTreeSet<&String> {
        self.deploys[at].files.values().filter(|sha| !self.blobs.contains_key(*sha)).collect()
    }

    fn show(&self, at: usize, host: &str) -> Value {
        let deploy = &self.deploys[at];
        let required = (deploy.state != "preparing").then(|| self.missing(at));
        json!({
            "id": format!("deploy-{at}"), "state": deploy.state, "required": required, "title": deploy.title,
            "error_message": self.failing, "context": "production", "created_at": format!("2026-01-01T00:{at:02}:00Z"),
            "deploy_ssl_url": format!("http://{host}/at/deploy-{at}"), "locked": self.is_locked,
        })
    }

    /// A deploy goes on from look to look.
    fn look(&mut self, at: usize) {
        self.deploys[at].looks += 1;
        if self.deploys[at].looks <= self.looks {
            return;
        }
        self.deploys[at].looks = 0;
        let is_whole = self.missing(at).is_empty();
        self.deploys[at].state = match self.deploys[at].state {
            "preparing" => "prepared",
            "prepared" | "uploading" if !is_whole => "uploading",
            "prepared" | "uploading" | "uploaded" => "processing",
            "processing" if self.failing.is_some() => "error",
            "processing" => {
                if !self.is_locked {
                    let twin = self.deploys.iter().position(|other| other.files == self.deploys[at].files);
                    self.published = twin.filter(|_| self.prefers_twins).or(Some(at));
                }
                "ready"
            }
            other => other,
        };
    }

    fn deploy(&mut self, request: &Request, host: &str) -> Reply {
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        assert_eq!((&body["draft"], request.header("content-type")), (&Value::Bool(false), "application/json"));
        let files: BTreeMap<String, String> = serde_json::from_value(body["files"].clone()).unwrap();
        if files.keys().any(|path| !path.starts_with('/') || path.contains(['#', '?'])) {
            return no(422, "Invalid path");
        }
        let is_large = body["async"] == true;
        assert_eq!(is_large, files.len() > 100);
        let state = if is_large { "preparing" } else { "uploading" };
        let title = request.query.get("title").cloned().unwrap_or_default();
        self.deploys.push(Deploy { files, title, state, looks: 0 });
        Reply::json(200, &self.show(self.deploys.len() - 1, host))
    }

    fn put(&mut self, request: &Request, id: &str, path: &str) -> Reply {
        assert_eq!(request.header("content-type"), "application/octet-stream");
        let Some(at) = self.find(id) else { return no(404, "Not Found") };
        let Some(sha) = self.deploys[at].files.get(&format!("/{path}")).cloned() else { return no(404, "Not Found") };
        if !["prepared", "uploading"].contains(&self.deploys[at].state) {
            return no(422, "this deploy takes no more files");
        }
        if sha1(&request.body) != sha {
            return no(422, "the digest does not match");
        }
        self.received += request.body.len();
        self.blobs.insert(sha.clone(), request.body.clone());
        if self.missing(at).is_empty() {
            self.deploys[at].state = "uploaded";
        }
        Reply::json(200, &json!({ "id": format!("/{path}"), "path": format!("/{path}"), "sha": sha }))
    }

    fn files(&self, request: &Request, host: &str) -> Reply {
        let Some(at) = self.published else { return page(request, host, &[]) };
        let all = self.deploys[at].files.iter();
        let all: Vec<Value> = all.map(|(path, sha)| json!({ "id": path, "path": path, "sha": sha })).collect();
        page(request, host, &all)
    }

    fn file(&self, request: &Request, path: &str) -> Reply {
        let sha = self.published.and_then(|at| self.deploys[at].files.get(&format!("/{path}")));
        match sha {
            None => no(404, "Not Found"),
            Some(sha) if request.header("content-type") == "application/vnd.bitballoon.v1.raw" && !self.hides.0 => {
                Reply::new(200, self.blobs[sha].clone())
            }
            Some(sha) => Reply::json(200, &json!({ "path": path, "sha": sha })),
        }
    }
}

fn page(request: &Request, host: &str, all: &[Value]) -> Reply {
    let (page, size) = (request.number("page", 1), request.number("per_page", 100).min(100));
    let shown: Vec<&Value> = all.iter().skip((page - 1) * size).take(size).collect();
    let reply = Reply::json(200, &json!(shown));
    if page * size >= all.len() {
        return reply;
    }
    reply.with("Link", format!("<http://{host}{}?page={}&per_page={size}>; rel=\"next\"", request.path, page + 1))
}

pub(crate) fn sha1(bytes: &[u8]) -> String {
    Sha1::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
