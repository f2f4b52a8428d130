//! Cloudflare Pages on this machine: what direct upload needs of its interface, with checks of all that it is told.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::http::{Reply, Request, Server, Troubles};

pub(crate) const TOKEN: &str = "cf_secret";
pub(crate) const ACCOUNT: &str = "0123456789abcdef0123456789abcdef";
pub(crate) const PROJECT: &str = "my-book";

#[derive(Clone, Default)]
pub(crate) struct Deployment {
    pub(crate) files: BTreeMap<String, String>,
    pub(crate) fields: BTreeMap<String, Vec<u8>>,
    pub(crate) status: &'static str,
    looks: usize,
}

#[derive(Default)]
pub(crate) struct State {
    pub(crate) blobs: BTreeMap<String, Vec<u8>>,
    pub(crate) kinds: BTreeMap<String, String>,
    pub(crate) kept: BTreeSet<String>,
    pub(crate) deployments: Vec<Deployment>,
    pub(crate) canonical: Option<usize>,
    pub(crate) received: usize,
    pub(crate) looks: usize,
    pub(crate) failing: Option<&'static str>,
    /// How many requests an upload token is good for.
    pub(crate) pass_uses: usize,
    pub(crate) most_files: usize,
    /// Whether readers see the first of two deployments that hold the same.
    pub(crate) prefers_twins: bool,
    /// Whether deployments are not shown at their own addresses.
    pub(crate) hides: bool,
    passes: usize,
    used: usize,
}

pub(crate) struct Cloudflare {
    pub(crate) troubles: Troubles,
    state: Arc<Mutex<State>>,
    server: Server,
}

impl Cloudflare {
    pub(crate) fn start() -> Self {
        let state = State { looks: 0, pass_uses: 1000, most_files: 20_000, ..State::default() };
        let (troubles, state) = (Troubles::default(), Arc::new(Mutex::new(state)));
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

    /// What readers see: every file with its bytes, and the rules beside them.
    pub(crate) fn tree(&self) -> BTreeMap<String, Vec<u8>> {
        let state = self.state();
        let Some(live) = state.canonical.map(|at| &state.deployments[at]) else { return BTreeMap::new() };
        let files = live.files.iter().map(|(path, hash)| (path[1..].to_owned(), state.blobs[hash].clone()));
        let rules = live.fields.iter().filter(|(name, _)| name.starts_with('_'));
        files.chain(rules.map(|(name, bytes)| (name.clone(), bytes.clone()))).collect()
    }
}

fn yes(result: &Value) -> Reply {
    Reply::json(200, &json!({ "success": true, "errors": [], "messages": [], "result": result }))
}

fn no(status: u16, code: u32, message: &str) -> Reply {
    let errors = json!([{ "code": code, "message": message }]);
    Reply::json(status, &json!({ "success": false, "errors": errors, "messages": [], "result": null }))
}

impl State {
    fn answer(&mut self, request: &Request) -> Reply {
        let parts = request.parts();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        if let ["at", id, path @ ..] = parts.as_slice() {
            let found = self.find(id).filter(|_| !self.hides);
            return match found.and_then(|at| self.deployments[at].files.get(&format!("/{}", path.join("/")))) {
                Some(hash) => Reply::new(200, self.blobs[hash].clone()),
                // Without a page for what is missing, the first page is shown.
                None => Reply::new(200, "<!doctype html><title>My book</title>"),
            };
        }
        let bearer = request.header("authorization").trim_start_matches("Bearer ").to_owned();
        if let ("POST", ["client", "v4", "pages", "assets", what]) = (request.method.as_str(), parts.as_slice()) {
            self.used += usize::from(bearer == self.pass());
            if bearer != self.pass() || self.used > self.pass_uses {
                return no(401, 8_000_013, "Authorization failed");
            }
            assert_eq!(request.header("content-type"), "application/json");
            return self.store(what, &serde_json::from_slice(&request.body).unwrap());
        }
        if bearer != TOKEN {
            return no(403, 10_000, "Authentication error");
        }
        let ["client", "v4", "accounts", account, "pages", "projects", project, rest @ ..] = parts.as_slice() else {
            return no(404, 7003, "Could not route to that");
        };
        if (*account, *project) != (ACCOUNT, PROJECT) {
            return no(404, 8_000_007, "Project not found. The specified project name does not match any.");
        }
        let host = request.header("host").to_owned();
        match (request.method.as_str(), rest) {
            ("GET", []) => {
                let live = self.canonical.map(|at| self.show(at, &host));
                yes(&json!({ "name": PROJECT, "production_branch": "main", "canonical_deployment": live }))
            }
            ("GET", ["upload-token"]) => {
                (self.passes, self.used) = (self.passes + 1, 0);
                yes(&json!({ "jwt": self.pass() }))
            }
            ("POST", ["deployments"]) => self.deploy(request, &host),
            ("GET", ["deployments"]) => {
                assert_eq!(request.query["env"], "production");
                let (page, size) = (request.number("page", 1), request.number("per_page", 25));
                let all = (0..self.deployments.len()).rev().skip((page - 1) * size).take(size);
                yes(&all.map(|at| self.show(at, &host)).collect::<Vec<_>>().into())
            }
            ("GET", ["deployments", id]) => {
                let Some(at) = self.find(id) else { return no(404, 8_000_009, "no such deployment") };
                self.look(at);
                yes(&self.show(at, &host))
            }
            ("GET", ["deployments", _, "history", "logs"]) => {
                let said = format!("Error: {}", self.failing.unwrap_or("nothing"));
                yes(&json!({ "total": 2, "data": [{ "line": "Uploading" }, { "line": said }] }))
            }
            ("POST", ["deployments", id, "rollback"]) => match self.find(id) {
                Some(at) if self.deployments[at].status == "success" => {
                    self.canonical = Some(at);
                    yes(&self.show(at, &host))
                }
                _ => no(404, 8_000_009, "no such deployment"),
            },
            _ => no(404, 7003, "Could not route to that"),
        }
    }

    fn pass(&self) -> String {
        let claims = json!({ "max_file_count_allowed": self.most_files }).to_string();
        format!("e30.{}.{}", BASE64_URL_SAFE_NO_PAD.encode(claims), self.passes)
    }

    fn find(&self, id: &str) -> Option<usize> {
        id.strip_prefix("deployment-")?.parse().ok().filter(|at| *at < self.deployments.len())
    }

    fn show(&self, at: usize, host: &str) -> Value {
        let deployment = &self.deployments[at];
        let message = String::from_utf8_lossy(&deployment.fields["commit_message"]).into_owned();
        json!({
            "id": format!("deployment-{at}"), "url": format!("http://{host}/at/deployment-{at}"),
            "environment": "production", "created_on": format!("2026-01-01T00:{at:02}:00Z"),
            "latest_stage": { "name": "deploy", "status": deployment.status },
            "deployment_trigger": { "type": "ad_hoc", "metadata": { "branch": "main", "commit_message": message } },
        })
    }

    fn look(&mut self, at: usize) {
        self.deployments[at].looks += 1;
        if self.deployments[at].looks <= self.looks || self.deployments[at].status != "active" {
            return;
        }
        if self.failing.is_some() {
            self.deployments[at].status = "failure";
        } else {
            self.deployments[at].status = "success";
            let twin = self.deployments.iter().position(|other| other.files == self.deployments[at].files);
            self.canonical = twin.filter(|_| self.prefers_twins).or(Some(at));
        }
    }

    fn store(&mut self, what: &str, body: &Value) -> Reply {
        match what {
            "check-missing" => {
                let hashes: Vec<String> = serde_json::from_value(body["hashes"].clone()).unwrap();
                yes(&json!(hashes.iter().filter(|hash| !self.blobs.contains_key(*hash)).collect::<Vec<_>>()))
            }
            "upload" => {
                for file in body.as_array().unwrap() {
                    assert_eq!(file["base64"], true);
                    let bytes = BASE64_STANDARD.decode(file["value"].as_str().unwrap()).unwrap();
                    let key = file["key"].as_str().unwrap().to_owned();
                    assert!(key.len() == 32 && key.bytes().all(|byte| byte.is_ascii_hexdigit()));
                    self.received += bytes.len();
                    self.kinds.insert(key.clone(), file["metadata"]["contentType"].as_str().unwrap().to_owned());
                    self.blobs.insert(key, bytes);
                }
                yes(&Value::Null)
            }
            "upsert-hashes" => {
                let hashes: Vec<String> = serde_json::from_value(body["hashes"].clone()).unwrap();
                assert!(hashes.iter().all(|hash| self.blobs.contains_key(hash)));
                self.kept.extend(hashes);
                yes(&Value::Null)
            }
            _ => no(404, 7003, "Could not route to that"),
        }
    }

    fn deploy(&mut self, request: &Request, host: &str) -> Reply {
        let fields = form(request);
        let files: BTreeMap<String, String> = serde_json::from_slice(&fields["manifest"]).unwrap();
        for (path, hash) in &files {
            assert!(path.starts_with('/') && !["/_headers", "/_redirects"].contains(&path.as_str()), "{path}");
            let name = std::path::Path::new(path);
            let ending = name.extension().map_or(String::new(), |ending| ending.to_string_lossy().into_owned());
            let Some(bytes) = self.blobs.get(hash).filter(|_| self.kept.contains(hash)) else {
                return no(400, 8_000_000, "a file was not uploaded");
            };
            let text = BASE64_STANDARD.encode(bytes) + &ending;
            assert_eq!(blake3::hash(text.as_bytes()).to_hex()[..32], **hash, "{path}");
        }
        assert_eq!(fields["branch"], b"main");
        self.deployments.push(Deployment { files, fields, status: "active", looks: 0 });
        yes(&self.show(self.deployments.len() - 1, host))
    }
}

/// The fields of a form by their names.
fn form(request: &Request) -> BTreeMap<String, Vec<u8>> {
    let line = request.header("content-type").strip_prefix("multipart/form-data; boundary=").unwrap();
    let find = |bytes: &[u8], wanted: &[u8]| bytes.windows(wanted.len()).position(|window| window == wanted);
    let mut rest = request.body.strip_prefix(format!("--{line}").as_bytes()).unwrap();
    let mut fields = BTreeMap::new();
    while let Some(part) = rest.strip_prefix(b"\r\n") {
        let head_end = find(part, b"\r\n\r\n").unwrap();
        let head = String::from_utf8(part[..head_end].to_vec()).unwrap();
        let name = head.split("name=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let body = &part[head_end + 4..];
        let end = find(body, format!("\r\n--{line}").as_bytes()).unwrap();
        fields.insert(name, body[..end].to_vec());
        rest = &body[end + 4 + line.len()..];
    }
    assert_eq!(rest, b"--\r\n");
    fields
}
