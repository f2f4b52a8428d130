//! Requests that carry files to hosts, tried again where what fails may pass. Knows nothing of what hosts mean by their answers.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::ErrorKind;
use std::time::Duration;

use ureq::Agent;
use ureq::http::{Request, Response, StatusCode};

/// How often a request is sent at most.
const ATTEMPTS: u32 = 7;
/// The first pause; each further one is twice as long, and each is cut by up to half, so that threads do not come back as one.
const PAUSE: Duration = Duration::from_millis(200);
/// The longest pause that a host may ask for.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// How long a connection may be silent.
const SILENCE: Duration = Duration::from_secs(15);
/// An answer beyond this is none that was asked for.
const LARGEST: u64 = 1 << 30;

/// A request.
#[derive(Clone, Debug, Default)]
pub struct Call<'a> {
    /// `GET`, `PUT` and so on.
    pub method: &'a str,
    /// The whole address. It may hold a signature and is never shown.
    pub url: String,
    /// Header fields. Their values are never shown.
    pub headers: Vec<(&'a str, String)>,
    /// What is sent.
    pub body: &'a [u8],
}

/// The answer to a request, whatever its status.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status, such as 200.
    pub status: u16,
    /// Header fields by their names in small letters; of several of one name, the first.
    pub headers: Vec<(String, String)>,
    /// What came.
    pub body: Vec<u8>,
    /// How often the request was sent.
    pub attempts: u32,
}

impl Answer {
    /// Whether the host did what it was asked.
    #[must_use]
    pub fn is_good(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The value of a header field.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// The answer as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Sends requests over connections that stay open, from any number of threads.
pub struct Line {
    agent: Agent,
    attempts: u32,
}

impl Line {
    /// A line for this many requests at one time.
    #[must_use]
    pub fn new(connections: usize) -> Self {
        Self::patient(connections, SILENCE)
    }

    /// The same for a host that may think this long before it answers.
    #[must_use]
    pub fn patient(connections: usize, thought: Duration) -> Self {
        let config = Agent::config_builder()
            .timeout_connect(Some(SILENCE))
            .timeout_per_read(Some(SILENCE))
            .timeout_per_write(Some(SILENCE))
            .timeout_recv_response(Some(thought))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .max_idle_connections(connections)
            .max_idle_connections_per_host(connections)
            .user_agent(concat!("throughline/", env!("CARGO_PKG_VERSION")))
            .build();
        Self { agent: config.new_agent(), attempts: ATTEMPTS }
    }

    /// Sends a request, again where the host was busy or the connection broke. Whatever is sent must be right when it is sent
    /// twice. A host that stays busy has its last answer returned.
    ///
    /// # Errors
    /// The host cannot be reached; as a sentence that names it, and nothing of the address behind it.
    pub fn send(&self, call: &Call<'_>) -> Result<Answer, String> {
        let host = host_of(&call.url);
        let mut pause = PAUSE;
        let mut attempt = 1;
        loop {
            let is_last = attempt >= self.attempts;
            match self.send_once(call) {
                Ok(mut answer) => {
                    answer.attempts = attempt;
                    let is_busy = matches!(answer.status, 408 | 425 | 429 | 500 | 502 | 503 | 504);
                    let wanted = answer.header("retry-after").and_then(|text| text.trim().parse().ok());
                    let wanted =
                        wanted.map_or(varied(pause), |seconds| Duration::from_secs(seconds).max(varied(pause)));
                    if !is_busy || is_last || wanted > LONGEST_PAUSE {
                        return Ok(answer);
                    }
                    std::thread::sleep(wanted);
                }
                Err(error) if is_last || !is_passing(&error) => return Err(sentence(&host, &error)),
                Err(_) => std::thread::sleep(varied(pause)),
            }
            attempt += 1;
            pause *= 2;
        }
    }

    fn send_once(&self, call: &Call<'_>) -> Result<Answer, ureq::Error> {
        let mut request = Request::builder().method(call.method).uri(&call.url);
        for (name, value) in &call.headers {
            request = request.header(*name, value);
        }
        let mut response = if matches!(call.method, "GET" | "HEAD" | "DELETE") && call.body.is_empty() {
            self.agent.run(request.body(())?)?
        } else {
            self.agent.run(request.body(call.body)?)?
        };
        let body = if call.method == "HEAD" || response.status() == StatusCode::NO_CONTENT {
            Vec::new()
        } else {
            response.body_mut().with_config().limit(LARGEST).read_to_vec()?
        };
        Ok(Answer { status: response.status().as_u16(), headers: headers(&response), body, attempts: 1 })
    }
}

fn headers(response: &Response<ureq::Body>) -> Vec<(String, String)> {
    let text = |value: &ureq::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    response.headers().iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect()
}

/// The host of an address with its port; the part that may be shown.
#[must_use]
pub fn host_of(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or("");
    authority.rsplit_once('@').map_or(authority, |(_, host)| host).to_owned()
}

/// This long, or by chance up to half of it less.
fn varied(pause: Duration) -> Duration {
    let chance = RandomState::new().build_hasher().finish() % 512;
    pause.mul_f64(1.0 - chance as f64 / 1024.0)
}

/// Whether it may be otherwise a moment later.
fn is_passing(error: &ureq::Error) -> bool {
    match error {
        ureq::Error::Io(error) => !is_distrust(error),
        ureq::Error::ConnectionFailed | ureq::Error::Protocol(_) | ureq::Error::Timeout(_) => true,
        _ => false,
    }
}

/// Whether the host has shown a certificate that is not its own, or speaks no TLS.
fn is_distrust(error: &std::io::Error) -> bool {
    error.kind() == ErrorKind::InvalidData
}

fn sentence(host: &str, error: &ureq::Error) -> String {
    match error {
        ureq::Error::HostNotFound => format!("there is no host {host}"),
        ureq::Error::Timeout(_) => format!("{host} did not answer in time, {ATTEMPTS} times"),
        ureq::Error::BadUri(_) | ureq::Error::Http(_) => format!("the address of {host} cannot be used"),
        ureq::Error::Io(error) if is_distrust(error) => format!("{host} cannot be asked safely: {error}"),
        ureq::Error::Io(error) => format!("{host} cannot be reached: {error}"),
        ureq::Error::ConnectProxyFailed(_) | ureq::Error::InvalidProxyUrl => {
            format!("the proxy between here and {host} does not let this through; see `HTTPS_PROXY` and `NO_PROXY`")
        }
        ureq::Error::ConnectionFailed => format!("{host} cannot be reached"),
        other => format!("{host} gives no answer that can be read: {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_an_address_but_the_host_is_shown() {
        assert_eq!(host_of("https://me:secret@example.org:8443/a?X-Amz-Signature=1"), "example.org:8443");
        let line = Line { attempts: 1, ..Line::new(1) };
        let call = Call { method: "GET", url: "http://127.0.0.1:1/a?token=secret".to_owned(), ..Call::default() };
        let failed = line.send(&call).expect_err("nobody listens there");
        assert!(failed.contains("127.0.0.1:1") && !failed.contains("secret"), "{failed}");
    }
}
