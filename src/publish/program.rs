//! What the programs that carry files have in common: they are run again where what failed may pass, and ssh speaks through them.

use std::path::Path;
use std::time::Duration;

use super::target::Failure;
use crate::io::process::{self, Ended, Program};

/// How often something is tried at most.
const ATTEMPTS: u32 = 7;
/// The first pause; each further one is twice as long.
const PAUSE: Duration = Duration::from_millis(200);
/// Nobody reads more of what a program said.
const MOST_LINES: usize = 6;
/// How ssh is asked: it never waits for somebody to type, and for a silent host no longer than a minute. Whom it trusts and by
/// which key it comes in is for the user's own settings to say.
pub(super) const SSH: [&str; 4] =
    ["BatchMode=yes", "ConnectTimeout=15", "ServerAliveInterval=15", "ServerAliveCountMax=4"];

/// An attempt that failed.
#[derive(Clone, Debug)]
pub(super) struct Trouble {
    /// What is said of it where it lasts.
    pub(super) failure: Failure,
    /// Whether it may be otherwise a moment later.
    pub(super) may_pass: bool,
    /// Whether something was done all the same, so that trying comes to an end.
    pub(super) has_moved: bool,
}

impl Trouble {
    /// One that lasts.
    pub(super) fn lasting(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { failure: Failure::new(message).help(help), may_pass: false, has_moved: false }
    }

    /// One that may pass.
    pub(super) fn passing(message: impl Into<String>) -> Self {
        let help = "run this again; what has arrived is not sent twice";
        Self { failure: Failure::new(message).help(help), may_pass: true, has_moved: false }
    }
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self { failure, may_pass: false, has_moved: false }
    }
}

/// Tries something, again after a pause where what failed may pass, and as often as it takes while it moves on.
///
/// # Errors
/// What failed last.
pub(super) fn persist<T>(mut attempt: impl FnMut() -> Result<T, Trouble>) -> Result<T, Failure> {
    let (mut tried, mut pause) = (1, PAUSE);
    loop {
        match attempt() {
            Err(trouble) if trouble.may_pass && trouble.has_moved => (tried, pause) = (1, PAUSE),
            Err(trouble) if trouble.may_pass && tried < ATTEMPTS => tried += 1,
            done => return done.map_err(|trouble| trouble.failure),
        }
        std::thread::sleep(pause);
        pause *= 2;
    }
}

/// Runs a program whose words are to be understood, in a folder, with each line of its output handed over.
///
/// # Errors
/// It is not there.
pub(super) fn follow(program: Program, folder: &Path, line: &mut dyn FnMut(&str)) -> Result<Ended, Failure> {
    let help =
        format!("install `{}`, or look at why it does not start; the manual says which version it needs", program.name);
    // Programs say what they say in English where nobody asks for another language.
    let program = program.with("LC_ALL", "C");
    process::follow(&program, folder, line).map_err(|message| Failure::new(message).help(help))
}

/// What a program said, without empty lines and without what only fills: a few of its words, in one line.
pub(super) fn quote(words: &str) -> String {
    let words: String = words.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect();
    let lines = words.lines().map(str::trim).filter(|line| line.chars().any(char::is_alphanumeric));
    let lines: Vec<&str> = lines.filter(|line| !line.starts_with("Warning: Permanently added")).collect();
    let last = lines.len().saturating_sub(MOST_LINES);
    let text = lines[last..].join(" · ");
    text.chars().take(600).collect()
}

/// What ssh's words mean where it could not make or keep a connection to this host; `None` for words of others.
pub(super) fn ssh_trouble(words: &str, host: &str) -> Option<Trouble> {
    let says = |what: &[&str]| what.iter().any(|what| words.contains(what));
    let line = |what: &str| words.lines().map(str::trim).find(|line| line.contains(what));
    if says(&["REMOTE HOST IDENTIFICATION HAS CHANGED"]) {
        let key = line("SHA256:").map(|line| format!(": {}", line.trim_end_matches('.'))).unwrap_or_default();
        let place = line("Offending").map(|line| format!(" ({line})")).unwrap_or_default();
        return Some(Trouble::lasting(
            format!("{host} shows another key than the one this machine knows it by{key}{place}"),
            "either the host was set up anew, or somebody stands between it and you: ask who runs it for the key's \
             fingerprint; if that is right, `ssh-keygen -R` with the host's name forgets the old key",
        ));
    }
    if says(&["Host key verification failed", "host key is known for"]) {
        return Some(Trouble::lasting(
            format!("this machine does not know the key of {host}, so it cannot tell whether it is the right host"),
            "connect once by hand with `ssh`, compare the fingerprint, and agree; or put the host's line into `known_hosts`",
        ));
    }
    if let Some(line) = line("Permission denied (").or_else(|| line("Too many authentication failures")) {
        return Some(Trouble::lasting(
            format!("{host} does not let you in: {line}"),
            "load your key with `ssh-add`, or name it in `~/.ssh/config`, and try `ssh` by hand; nothing is asked for while \
             a book is published, not even the passphrase of a key",
        ));
    }
    if says(&["Could not resolve hostname"]) {
        let message = format!("there is no host {host}, or no network");
        let is_passing = says(&["Temporary failure"]);
        return Some(if is_passing {
            Trouble::passing(message)
        } else {
            Trouble::lasting(message, "look at how it is written, and at your network")
        });
    }
    let broken = [
        ("Connection refused", "refuses connections"),
        ("timed out", "does not answer in time"),
        ("not responding", "does not answer in time"),
        ("No route to host", "cannot be reached from this network"),
        ("Network is unreachable", "cannot be reached: there is no network"),
        ("Connection reset", "broke the connection off"),
        ("Connection closed", "closed the connection"),
        ("closed by remote host", "closed the connection"),
        ("kex_exchange_identification", "closed the connection"),
        ("banner exchange", "does not speak as ssh does"),
        ("Broken pipe", "closed the connection"),
        ("Bad packet length", "broke the connection off"),
        ("message authentication code incorrect", "broke the connection off"),
    ];
    let (_, what) = broken.iter().find(|(said, _)| words.contains(said))?;
    Some(Trouble::passing(format!("{host} {what}, however often it was tried")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_pass_is_tried_again_and_what_lasts_is_not() {
        let mut tried = 0;
        let done = persist(|| {
            tried += 1;
            if tried < 3 { Err(Trouble::passing("busy")) } else { Ok(tried) }
        });
        assert_eq!(done, Ok(3));
        let refused: Result<(), Failure> = persist(|| {
            tried += 1;
            Err(Trouble::lasting("no", "ask"))
        });
        assert_eq!((refused.map_err(|failure| failure.to_string()), tried), (Err("no; ask".to_owned()), 4));
    }

    #[test]
    fn words_of_ssh_are_told_from_those_of_others() {
        let changed = "@@@@@@@@\n@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\nThe fingerprint for the ED25519 key \
                       sent by the remote host is\nSHA256:abc.\nOffending ED25519 key in /home/me/.ssh/known_hosts:3\n\
                       Host key verification failed.\n";
        let trouble = ssh_trouble(changed, "example.org").expect("ssh said it");
        assert!(trouble.failure.message.contains("SHA256:abc (Offending ED25519 key in /home/me/.ssh/known_hosts:3)"));
        for (words, part, may_pass) in [
            ("Host key verification failed.", "does not know the key", false),
            ("me@h: Permission denied (publickey).", "Permission denied (publickey)", false),
            ("ssh: Could not resolve hostname h: Name or service not known", "there is no host", false),
            ("ssh: Could not resolve hostname h: Temporary failure in name resolution", "there is no host", true),
            ("ssh: connect to host h port 22: Connection refused", "refuses connections", true),
            ("kex_exchange_identification: Connection closed by remote host", "closed the connection", true),
            ("Timeout, server h not responding.", "does not answer in time", true),
        ] {
            let trouble = ssh_trouble(words, "h").expect(words);
            assert!(trouble.failure.message.contains(part), "{}", trouble.failure);
            assert_eq!(trouble.may_pass, may_pass, "{words}");
        }
        assert!(ssh_trouble("remote: no such project", "h").is_none());
    }

    #[test]
    fn a_quotation_keeps_the_last_words() {
        assert_eq!(quote("\n@@@@\n  one \u{7}\n\ntwo\n"), "one · two");
    }
}
