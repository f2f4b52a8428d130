//! Whether anything stands at addresses on the open network, asked politely: one request at a time for each host, with a pause
//! between them. Knows nothing of what links there.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use ureq::Error;
use ureq::http::Response;
use url::{Position, Url};

use super::http::{Client, Request, header};
use super::web::{Public, host};
use crate::model::answer::{Answer, Silence};

/// Browsers follow twenty; whoever needs more than half of them is lost.
const MOST_REDIRECTS: usize = 10;
/// The longest pause that a host may ask for while somebody waits.
const LONGEST_PAUSE: u64 = 30;

/// Asks whether addresses are there.
pub struct Prober {
    client: Client,
    pause: Duration,
    /// Each host that was asked, with the moment of the last answer.
    gates: Mutex<BTreeMap<String, Arc<Mutex<Option<Instant>>>>>,
}

type Reply = Response<ureq::Body>;

impl Prober {
    /// Waits so long for an answer, and pauses so long before it asks a host again. `via` is an address such as
    /// `http://127.0.0.1:8000` that is asked instead of everybody, as tests do; the host's name is the first part of the path
    /// there.
    #[must_use]
    pub fn new(via: Option<&str>, timeout: Duration, pause: Duration) -> Self {
        Self { client: Client::unnamed(via, timeout, Public::default()), pause, gates: Mutex::default() }
    }

    /// Asks for an address and those that it leads to. Nothing of what stands there is fetched.
    #[must_use]
    pub fn ask(&self, address: &Url) -> Answer {
        self.follow(address).unwrap_or_else(|answer| answer)
    }

    /// Asks step by step; what ends the way early is an error.
    fn follow(&self, address: &Url) -> Result<Answer, Answer> {
        let (mut at, mut moved, mut is_for_good) = (address.clone(), None, true);
        let broken = |why: String| Answer::None(Silence::Broken, why);
        for _ in 0..=MOST_REDIRECTS {
            let reply = self.step(&at)?;
            let status = reply.status().as_u16();
            if !matches!(status, 301..=303 | 307 | 308) {
                return Ok(Answer::Status { status, moved: moved.filter(|_| (200..300).contains(&status)) });
            }
            let name = at.host_str().unwrap_or("it").to_owned();
            let location = header(&reply, "location")
                .ok_or_else(|| broken(format!("{name} leads elsewhere and does not say where")))?;
            at =
                at.join(&location).map_err(|_| broken(format!("{name} leads to `{location}`, which is no address")))?;
            is_for_good &= matches!(status, 301 | 308);
            if is_for_good {
                moved = Some(at.clone());
            }
        }
        Err(broken("it leads from one address to the next without an end".to_owned()))
    }

    /// The answer of one address. Some servers answer a question for the head alone wrongly, so that whatever looks bad is asked
    /// for again as readers ask for it.
    fn step(&self, at: &Url) -> Result<Reply, Answer> {
        let head = self.send(at, true);
        match head {
            Ok(reply) if matches!(reply.status().as_u16(), 200..400 | 410 | 429) => Ok(reply),
            Ok(_) | Err(Answer::None(Silence::Broken, _)) => self.send(at, false),
            Err(other) => Err(other),
        }
    }

    /// Sends one request when it is the host's turn, and once more after a pause that the host asks for.
    fn send(&self, at: &Url, is_head: bool) -> Result<Reply, Answer> {
        let host = host(at).map_err(|why| Answer::None(Silence::Closed, why))?;
        let gate =
            Arc::clone(self.gates.lock().unwrap_or_else(PoisonError::into_inner).entry(host.clone()).or_default());
        let mut last = gate.lock().unwrap_or_else(PoisonError::into_inner);
        let request = Request {
            host: host.clone(),
            accept: "text/html, application/xhtml+xml, */*;q=0.5".to_owned(),
            is_plain: at.scheme() == "http",
            is_head,
            ..Request::default()
        };
        let path = &at[Position::BeforePath..Position::AfterQuery];
        for is_last in [false, true] {
            if let Some(rest) = last.and_then(|last| self.pause.checked_sub(last.elapsed())) {
                std::thread::sleep(rest);
            }
            let sent = self.client.send(&request, path);
            *last = Some(Instant::now());
            let reply = sent.map_err(|error| silence(&host, &error))?;
            let is_busy = matches!(reply.status().as_u16(), 429 | 503);
            let Some(wanted) = header(&reply, "retry-after").filter(|_| is_busy) else { return Ok(reply) };
            match wait(&wanted, Timestamp::now()) {
                Some(seconds) if seconds <= LONGEST_PAUSE && !is_last => {
                    std::thread::sleep(Duration::from_secs(seconds));
                }
                Some(seconds) if seconds > LONGEST_PAUSE => {
                    return Err(Answer::Later(format!("{host} wants to be left alone for {}", time(seconds))));
                }
                Some(_) | None => return Ok(reply),
            }
        }
        unreachable!("the second turn returns")
    }
}

/// The seconds for which a host asks to be left alone, as a number or until a moment; `None` where it says neither.
fn wait(wanted: &str, now: Timestamp) -> Option<u64> {
    let wanted = wanted.trim();
    if let Ok(seconds) = wanted.parse() {
        return Some(seconds);
    }
    let until = jiff::fmt::rfc2822::parse(wanted).ok()?.timestamp();
    Some(u64::try_from(until.as_second() - now.as_second()).unwrap_or(0))
}

fn time(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds} seconds"),
        120..7_200 => format!("{} minutes", seconds.div_ceil(60)),
        _ => format!("{} hours", seconds.div_ceil(3_600)),
    }
}

/// Why a request has no answer. A certificate that is no good is an error of what was read.
fn silence(host: &str, error: &Error) -> Answer {
    let certificate = |why: String| (Silence::Broken, format!("no safe connection to {host} comes about: {why}"));
    let (kind, why) = match error {
        Error::HostNotFound => (Silence::NoHost, format!("there is no host {host}")),
        Error::Timeout(_) => (Silence::Slow, format!("{host} did not answer in time")),
        Error::Other(why) => (Silence::Closed, format!("{host} {why}")),
        Error::Tls(why) => certificate((*why).to_owned()),
        Error::Rustls(why) => certificate(why.to_string()),
        Error::Io(why) if why.kind() == std::io::ErrorKind::InvalidData => certificate(why.to_string()),
        other => (Silence::Broken, format!("the connection to {host} broke off: {other}")),
    };
    Answer::None(kind, why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_went_wrong_is_told_apart() {
        let of = |error: Error| match silence("a.example", &error) {
            Answer::None(kind, why) => (kind, why),
            other => panic!("{other:?}"),
        };
        assert_eq!(of(Error::HostNotFound).0, Silence::NoHost);
        let expired = std::io::Error::new(std::io::ErrorKind::InvalidData, "invalid peer certificate: Expired");
        let (kind, why) = of(Error::Io(expired));
        assert!(kind == Silence::Broken && why.contains("no safe connection") && why.contains("Expired"), "{why}");
        assert_eq!(of(Error::Other("stands in a closed network, so it is not asked".into())).0, Silence::Closed);
    }

    #[test]
    fn a_pause_is_read_as_seconds_or_as_a_moment() {
        let now = "2026-01-02T03:04:05Z".parse().expect("a moment");
        for (written, seconds) in [
            ("120", Some(120)),
            (" 0 ", Some(0)),
            ("Fri, 02 Jan 2026 03:04:25 GMT", Some(20)),
            ("Fri, 02 Jan 2026 05:04:05 GMT", Some(7_200)),
            ("Fri, 02 Jan 2026 03:00:00 GMT", Some(0)),
            ("-1", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(wait(written, now), seconds, "{written}");
        }
    }

    #[test]
    fn machines_nearby_are_not_asked() {
        let prober = Prober::new(None, Duration::from_secs(5), Duration::ZERO);
        for address in ["http://127.0.0.1/", "http://[::1]:8080/", "http://localhost/", "http://10.0.0.1/"] {
            let answer = prober.ask(&Url::parse(address).expect(address));
            assert!(matches!(answer, Answer::None(Silence::Closed, _)), "{address}: {answer:?}");
        }
    }
}
