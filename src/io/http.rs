//! Answers of named hosts over HTTPS, with retries, limits and a refusal of everything else. Knows nothing of what they mean.

use std::collections::BTreeSet;
use std::time::Duration;

use ureq::Agent;
use ureq::config::Config;
use ureq::http::{Response, Uri};
use ureq::unversioned::resolver::Resolver;
use ureq::unversioned::transport::DefaultConnector;

/// An answer beyond this is none that was asked for.
const LARGEST: u64 = 32 << 20;
/// Redirects that are followed, each to the same host.
pub(super) const MOST_REDIRECTS: usize = 5;
/// How often a request is sent again after the host was busy or the connection broke.
const RETRIES: u32 = 2;
/// The longest pause that a host may ask for; beyond it, somebody is told to come back later.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// What is asked of a host.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The host's name.
    pub host: String,
    /// The path with its query, from the first slash on.
    pub path: String,
    /// The media type that is wanted.
    pub accept: String,
    /// What is sent to `Authorization`; nothing where empty. It is never shown.
    pub authorization: String,
    /// What is sent; a request without it is a GET.
    pub body: Option<String>,
    /// The media type of what is sent; JSON where empty.
    pub media: String,
    /// Whether the host is asked without encryption.
    pub is_plain: bool,
    /// Whether only the head of the answer is wanted.
    pub is_head: bool,
}

/// Asks hosts that were named, and nobody else.
pub struct Client {
    agent: Agent,
    hosts: BTreeSet<String>,
    /// An address that is asked instead, as a mirror or a test does; the host's name is the first part of the path there.
    via: Option<String>,
}

impl Client {
    /// A client for these hosts. `via` is an address such as `http://127.0.0.1:8000` that is asked instead of them.
    #[must_use]
    pub fn new(hosts: BTreeSet<String>, via: Option<&str>, timeout: Duration) -> Self {
        let agent = settings(timeout, via.is_none()).new_agent();
        Self { agent, hosts, via: via.map(without_slash) }
    }

    /// A client that others put their own limits around: it asks whom it is told to, as far as this resolver finds them.
    pub(super) fn unnamed(via: Option<&str>, timeout: Duration, resolver: impl Resolver) -> Self {
        let config = settings(timeout, false);
        let agent = match via {
            None => Agent::with_parts(config, DefaultConnector::default(), resolver),
            Some(_) => config.new_agent(),
        };
        Self { agent, hosts: BTreeSet::new(), via: via.map(without_slash) }
    }

    /// The bytes of an answer.
    ///
    /// # Errors
    /// The host was not named, cannot be reached, is busy for longer, refuses, sends somewhere else or too much; as a sentence
    /// that names the host.
    pub fn ask(&self, request: &Request) -> Result<Vec<u8>, String> {
        let host = &request.host;
        if !self.hosts.contains(host) {
            return Err(format!("{host} was not named, so it is not asked"));
        }
        let mut path = request.path.clone();
        for _ in 0..=MOST_REDIRECTS {
            let mut response = self.persist(request, &path)?;
            let status = response.status().as_u16();
            match status {
                200..=299 => {
                    let read = response.body_mut().with_config().limit(LARGEST).read_to_vec();
                    return read.map_err(|error| format!("the answer of {host} broke off: {error}"));
                }
                300..=399 => path = self.redirected(host, &response)?,
                _ => return Err(refusal(host, status, &response)),
            }
        }
        Err(format!("{host} sends from one address to the next without an end"))
    }

    /// Sends a request, again where the host was busy or the connection broke.
    pub(super) fn persist(&self, request: &Request, path: &str) -> Result<Response<ureq::Body>, String> {
        let mut pause = Duration::from_millis(250);
        for attempt in 0.. {
            let is_last = attempt == RETRIES;
            match self.send(request, path) {
                Ok(response) if !is_last && is_busy(&response) => {
                    let wanted = header(&response, "retry-after").and_then(|text| text.trim().parse().ok());
                    let wanted = wanted.map_or(pause, Duration::from_secs);
                    if wanted > LONGEST_PAUSE {
                        return Ok(response);
                    }
                    std::thread::sleep(wanted);
                }
                Ok(response) => return Ok(response),
                Err(error) if is_last || !is_passing(&error) => return Err(failure(&request.host, &error)),
                Err(_) => std::thread::sleep(pause),
            }
            pause *= 3;
        }
        unreachable!("the last attempt returns")
    }

    /// Sends a request once.
    pub(super) fn send(&self, request: &Request, path: &str) -> Result<Response<ureq::Body>, ureq::Error> {
        let address = match &self.via {
            Some(via) => format!("{via}/{}{path}", request.host),
            None if request.is_plain => format!("http://{}{path}", request.host),
            None => format!("https://{}{path}", request.host),
        };
        let accept = if request.accept.is_empty() { "application/json" } else { &request.accept };
        let authorization = Some(&request.authorization).filter(|text| !text.is_empty());
        match &request.body {
            None => {
                let call = if request.is_head { self.agent.head(&address) } else { self.agent.get(&address) };
                let mut call = call.header("accept", accept);
                if let Some(authorization) = authorization {
                    call = call.header("authorization", authorization);
                }
                call.call()
            }
            Some(body) => {
                let media = if request.media.is_empty() { "application/json" } else { &request.media };
                let mut call = self.agent.post(&address).header("accept", accept).header("content-type", media);
                if let Some(authorization) = authorization {
                    call = call.header("authorization", authorization);
                }
                call.send(body)
            }
        }
    }

    /// The path that a redirect leads to; only on the same host.
    fn redirected(&self, host: &str, response: &Response<ureq::Body>) -> Result<String, String> {
        let location =
            header(response, "location").ok_or_else(|| format!("{host} sends elsewhere and does not say where"))?;
        if location.starts_with('/') && !location.starts_with("//") {
            return Ok(location);
        }
        let uri: Uri = location.parse().map_err(|_| format!("{host} sends to `{location}`, which is no address"))?;
        let is_same = uri.scheme_str() == Some("https") && uri.host() == Some(host);
        if !is_same {
            let target = uri.host().unwrap_or("another place");
            return Err(format!("{host} sends on to {target}, which was not named, so it is not asked"));
        }
        Ok(uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string))
    }
}

fn settings(timeout: Duration, https_only: bool) -> Config {
    Agent::config_builder()
        .timeout_global(Some(timeout))
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .https_only(https_only)
        .user_agent(concat!("throughline/", env!("CARGO_PKG_VERSION")))
        .build()
}

fn without_slash(address: &str) -> String {
    address.trim_end_matches('/').to_owned()
}

/// The value of an environment variable, where it is set and not empty.
#[must_use]
pub fn secret(name: &str) -> Option<String> {
    std::env::var(name).ok().map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

pub(super) fn header(response: &Response<ureq::Body>, name: &str) -> Option<String> {
    response.headers().get(name)?.to_str().ok().map(str::to_owned)
}

/// Whether a host asks to be left alone for a while, or a server behind it is away.
fn is_busy(response: &Response<ureq::Body>) -> bool {
    matches!(response.status().as_u16(), 429 | 500 | 502 | 503 | 504)
}

/// Whether it may be otherwise a moment later. A host that let somebody wait is not waited for again.
fn is_passing(error: &ureq::Error) -> bool {
    matches!(error, ureq::Error::Io(_) | ureq::Error::ConnectionFailed | ureq::Error::Protocol(_))
}

fn failure(host: &str, error: &ureq::Error) -> String {
    match error {
        ureq::Error::HostNotFound => format!("there is no host {host}"),
        ureq::Error::Timeout(_) => format!("{host} did not answer in time"),
        ureq::Error::Other(why) => format!("{host} {why}"),
        other => format!("{host} cannot be reached: {other}"),
    }
}

pub(super) fn refusal(host: &str, status: u16, response: &Response<ureq::Body>) -> String {
    let later = header(response, "retry-after").map(|text| match text.trim().parse::<u64>() {
        Ok(seconds) => format!("in {} minutes", seconds.div_ceil(60)),
        Err(_) => format!("after {}", text.chars().take(40).collect::<String>()),
    });
    let is_spent = header(response, "x-ratelimit-remaining").is_some_and(|left| left.trim() == "0");
    match (status, later) {
        (429, Some(later)) => format!("{host} has been asked too often; try again {later}"),
        (429, None) => format!("{host} has been asked too often; try again later"),
        (403, _) if is_spent => format!("{host} has been asked too often; try again in an hour, or set a token"),
        (401 | 403, _) => format!("{host} does not let this be read (status {status})"),
        (404 | 410, _) => format!("{host} has nothing there any more (status {status})"),
        (_, Some(later)) if status >= 500 => format!("{host} is not well (status {status}); try again {later}"),
        _ if status >= 500 => format!("{host} is not well (status {status}); try again later"),
        _ => format!("{host} refuses (status {status})"),
    }
}
