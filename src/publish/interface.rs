//! The interface of a host in HTTP and JSON: requests with a token, and refusals as sentences. Knows no host but by its words.

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::manifest::{MANIFEST, Manifest};
use super::target::Failure;
use crate::io::clock;
use crate::io::transfer::{Answer, Call, Line, host_of};

/// How long a host may think about a request.
const THOUGHT: Duration = Duration::from_secs(60);
/// The first pause between two looks at work in progress; each further one is half as long again.
const PAUSE: Duration = Duration::from_millis(250);
/// The longest of those pauses.
const LONGEST_PAUSE: Duration = Duration::from_secs(4);
/// How many characters of a host's own words are quoted.
const MOST_QUOTED: usize = 300;

/// What a host is called, and what helps there.
pub(super) struct Words {
    /// Its name.
    pub(super) host: &'static str,
    /// What to do where it does not accept the token.
    pub(super) token: &'static str,
    /// What to do where the token may not do this.
    pub(super) rights: &'static str,
    /// What to do where it knows nothing of that name.
    pub(super) name: &'static str,
    /// What to do where the plan that is paid for allows no more.
    pub(super) quota: &'static str,
}

/// A request below the address of the interface.
#[derive(Default)]
pub(super) struct Ask<'a> {
    /// `GET`, `PUT` and so on.
    pub(super) method: &'a str,
    /// The path with its query, from the slash.
    pub(super) path: String,
    /// The type of what is sent; none for nothing.
    pub(super) kind: &'a str,
    /// What is sent.
    pub(super) body: &'a [u8],
    /// What it is about, for an answer that says no.
    pub(super) about: String,
    /// What is shown in the place of the token, where that is another one.
    pub(super) pass: Option<String>,
}

/// An interface, and the token that opens it.
pub(super) struct Interface {
    line: Line,
    words: &'static Words,
    address: String,
    token: String,
}

impl Interface {
    /// The interface at this address, for this many requests at one time.
    ///
    /// # Errors
    /// The token would cross a network in clear, or cannot be one.
    pub(super) fn new(words: &'static Words, address: &str, token: &str, connections: usize) -> Result<Self, Failure> {
        if !is_private(address) {
            let message = format!(
                "`api` names {}, which would get the token over a connection that others can read",
                host_of(address)
            );
            return Err(Failure::new(message).help("write `https://`; only this machine is reached without it"));
        }
        let token = token.trim();
        if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            let message = format!("the token for {} is empty, or holds what no token does", words.host);
            return Err(Failure::new(message).help("copy it again, in one line and without quotation marks"));
        }
        let address = address.trim_end_matches('/').to_owned();
        Ok(Self { line: Line::patient(connections, THOUGHT), words, address, token: token.to_owned() })
    }

    /// Sends a request; an answer of any status is returned.
    pub(super) fn send(&self, ask: &Ask<'_>) -> Result<Answer, Failure> {
        let pass = ask.pass.as_ref().unwrap_or(&self.token);
        let mut headers = vec![("Authorization", format!("Bearer {pass}"))];
        if !ask.kind.is_empty() {
            headers.push(("Content-Type", ask.kind.to_owned()));
        }
        let url = format!("{}{}", self.address, ask.path);
        let answer = self.line.send(&Call { method: ask.method, url, headers, body: ask.body });
        answer.map_err(|error| Failure::new(error).help("look whether this machine is online, and run this again"))
    }

    /// Sends a request, and reads what comes back.
    pub(super) fn ask<T: DeserializeOwned>(&self, ask: &Ask<'_>) -> Result<T, Failure> {
        let answer = self.send(ask)?;
        if answer.is_good() { self.read(&answer) } else { Err(self.refusal(ask, &answer)) }
    }

    /// Reads the body of an answer.
    pub(super) fn read<T: DeserializeOwned>(&self, answer: &Answer) -> Result<T, Failure> {
        let value: Value = serde_json::from_slice(&answer.body).map_err(|_| self.stranger())?;
        self.shape(value)
    }

    /// Reads a part of an answer.
    pub(super) fn shape<T: DeserializeOwned>(&self, value: Value) -> Result<T, Failure> {
        serde_json::from_value(value).map_err(|error| {
            let message = format!("{} answers in a form that this version does not know: {error}", self.words.host);
            Failure::new(message).help("look for a newer version of Throughline, and report this if there is none")
        })
    }

    /// What a refusal means.
    pub(super) fn refusal(&self, ask: &Ask<'_>, answer: &Answer) -> Failure {
        let Words { host, token, rights, name, quota } = self.words;
        let about = &ask.about;
        let said = self.said(answer);
        let is_page = answer.body.trim_ascii_start().starts_with(b"<");
        match answer.status {
            300..=399 | 407 | 511 => self.stranger(),
            400..=499 if is_page && answer.status != 429 => self.stranger(),
            401 => Failure::new(format!("{host} does not accept the token{said}")).help(*token),
            402 => Failure::new(format!("{host} wants to be paid before it goes on{said}")).help(*quota),
            403 => Failure::new(format!("the token may not do this at {host}{said}")).help(*rights),
            404 => Failure::new(format!("{host} knows nothing of {about}{said}")).help(*name),
            429 => {
                let wait = answer.header("retry-after").map_or_else(
                    || "a few minutes".to_owned(),
                    |wait| {
                        if wait.trim().parse::<u64>().is_ok() {
                            format!("{} seconds", wait.trim())
                        } else {
                            "a while".to_owned()
                        }
                    },
                );
                Failure::new(format!("{host} takes no more requests for now{said}"))
                    .help(format!("wait {wait} and run this again; if that happens often, {quota}"))
            }
            500..=599 => {
                Failure::new(format!("{host} does not work at this moment: it answers {}{said}", answer.status))
                    .help("run this again later; what arrived is not sent again")
            }
            status => Failure::new(format!("{host} refuses a request about {about}: it answers {status}{said}"))
                .help("run this again, and report it if the host's words do not help"),
        }
    }

    /// What the host says of a failure, behind a colon; nothing where it says nothing.
    fn said(&self, answer: &Answer) -> String {
        let Ok(value) = serde_json::from_slice::<Value>(&answer.body) else { return String::new() };
        let first = match &value["errors"] {
            Value::Array(errors) => {
                errors.first().map(|first| if first.is_string() { first } else { &first["message"] })
            }
            errors @ Value::Object(_) => Some(errors),
            _ => None,
        };
        let found = [first, value.get("message"), value.get("error_message"), value.get("error")];
        let found = found.into_iter().flatten().find(|found| !found.is_null());
        let text = found.map(|found| found.as_str().map_or_else(|| found.to_string(), str::to_owned));
        text.filter(|text| !text.trim().is_empty()).map_or_else(String::new, |text| format!(": {}", self.quoted(&text)))
    }

    /// Words of the host as they may be shown: in one line, not long, and without the token.
    pub(super) fn quoted(&self, text: &str) -> String {
        let text = text.replace(&self.token, "…");
        let words: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MOST_QUOTED).collect();
        format!("“{}”", words.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// Somebody else answered.
    fn stranger(&self) -> Failure {
        let host = self.words.host;
        let message = format!(
            "what answers at {} is not {host}: something between here and there answers in its place",
            host_of(&self.address)
        );
        Failure::new(message).help("look for a sign-in page or a proxy of this network, and at `api` in `book.toml`")
    }

    /// The manifest at an address of a site, which is not told the token; `None` where there is none to be had.
    pub(super) fn manifest_at(&self, site: &str) -> Option<Manifest> {
        let url = format!("{}/{MANIFEST}", site.trim_end_matches('/'));
        let answer = self.line.send(&Call { method: "GET", url, ..Call::default() }).ok()?;
        answer.is_good().then(|| Manifest::read(&answer.text())).flatten()
    }
}

/// Looks at work in progress until it is done; `None` where it takes longer than this.
pub(super) fn wait<T>(
    patience: Duration,
    mut look: impl FnMut() -> Result<Option<T>, Failure>,
) -> Result<Option<T>, Failure> {
    let begun = clock::tick();
    let mut pause = PAUSE;
    loop {
        let done = look()?;
        if done.is_some() || begun.elapsed() + pause > patience {
            return Ok(done);
        }
        clock::pause(pause);
        pause = (pause + pause / 2).min(LONGEST_PAUSE);
    }
}

/// Somebody published while this run was under way.
pub(super) fn overtaken(place: &str) -> Failure {
    Failure::new(format!("somebody else has published to {place} since it was looked at")).help("run this again")
}

/// The file of a release that has no bytes at hand.
pub(super) fn absent(name: &str) -> Failure {
    Failure::new(format!("the bytes of `{name}` are not at hand")).help("build the book again, and publish that")
}

/// Whether nobody can read what is sent to this address on its way.
fn is_private(address: &str) -> bool {
    let host = host_of(address);
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or(""),
        None => host.split(':').next().unwrap_or(""),
    };
    let is_here = name == "localhost" || name.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback());
    address.starts_with("https://") || address.starts_with("http://") && is_here
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_leaves_this_machine_only_in_cipher() {
        for address in ["https://api.example.org", "http://127.0.0.1:80", "http://localhost/a", "http://[::1]:8080"] {
            assert!(is_private(address), "{address}");
        }
        for address in [
            "http://api.example.org",
            "http://127.0.0.1.example.org",
            "http://localhost@example.org",
            "http://127.0.0.1:80@example.org/",
            "ftp://localhost",
        ] {
            assert!(!is_private(address), "{address}");
        }
    }
}
