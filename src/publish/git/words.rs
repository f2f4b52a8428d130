//! What git's words mean. Runs nothing.

use super::super::program::{Trouble, quote, ssh_trouble};

/// Said where there is nothing to push to, or nothing that the user may see.
const NO_REPOSITORY: [&str; 7] = [
    "repository not found",
    "Repository not found",
    "does not appear to be a git repository",
    "not found: did you",
    "access denied or repository not exported",
    "The requested URL returned error: 404",
    "does not exist",
];

/// Said where credentials are missing or not enough.
const LOCKED_OUT: [&str; 15] = [
    "Authentication failed",
    "could not read Username",
    "could not read Password",
    "terminal prompts disabled",
    "Invalid username or",
    "error: 401",
    "error: 403",
    "Permission to ",
    "access denied",
    "HTTP Basic: Access denied",
    "The project you were looking for could not be found",
    "you don't have permission",
    "Write access to repository not granted",
    "deploy key",
    "service not enabled",
];

/// Said where a connection broke, or a host was busy.
const BROKEN: [&str; 28] = [
    "hung up",
    "early EOF",
    "unexpected disconnect",
    "RPC failed",
    "Failed to connect",
    "unable to connect",
    "Couldn't connect",
    "Could not connect",
    "read error",
    "write error",
    "Recv failure",
    "Send failure",
    "Empty reply",
    "too slow",
    "transfer closed",
    "timed out",
    "unexpected eof",
    "SSL_ERROR_SYSCALL",
    "gnutls_handshake",
    "invalid index-pack output",
    "protocol error",
    "bad line length",
    "expected flush",
    "unexpected EOF",
    "Could not read from remote repository",
    "returned error: 429",
    "returned error: 5",
    "the remote end",
];

/// What is known of the place that git spoke with.
pub(super) struct Place<'a> {
    /// The remote, without any secret.
    pub(super) name: &'a str,
    /// Its host, as in sentences.
    pub(super) host: &'a str,
    /// The branch.
    pub(super) branch: &'a str,
}

/// What it means that git could not read from a remote or push to it.
pub(super) fn meaning(words: &str, place: &Place<'_>) -> Trouble {
    let Place { name, host, branch } = place;
    let says = |what: &[&str]| what.iter().any(|what| words.contains(what));
    if says(&["remote rejected"]) {
        return rejected(words, place);
    }
    if says(&["[rejected]", "(fetch first)", "(non-fast-forward)", "(stale info)"]) {
        return pushed_meanwhile(place);
    }
    if let Some(trouble) = ssh_trouble(words, host) {
        return trouble;
    }
    if says(&["No space left on device", "Disk quota exceeded"]) {
        return Trouble::lasting(
            format!("there is no room left for the push to {name}"),
            "make room, and run this again",
        );
    }
    if says(&NO_REPOSITORY) || words.trim_end().ends_with("not found") {
        return Trouble::lasting(
            format!("there is no repository {name}, or you may not see it"),
            "make it first, or look at how `remote` is written and whose credentials git uses",
        );
    }
    if says(&LOCKED_OUT) {
        return Trouble::lasting(
            format!("{host} does not let you push to {name}: {}", quote(words)),
            "give git what it needs: a credential helper or a token for an address that begins with `https:`, a key in the \
             agent for one of ssh; nothing is asked for while a book is published",
        );
    }
    if says(&["certificate", "SSL"]) && !says(&["SSL_ERROR_SYSCALL", "unexpected eof", "Connection"]) {
        return Trouble::lasting(
            format!("{host} cannot be trusted: {}", quote(words)),
            "look at the clock of this machine, and at the certificates that git trusts",
        );
    }
    if says(&["Could not resolve host", "unable to look up", "Name or service not known"]) {
        let message = format!("there is no host {host}, or no network");
        return if says(&["Temporary failure"]) {
            Trouble::passing(message)
        } else {
            Trouble::lasting(message, "look at how `remote` is written, and at your network")
        };
    }
    if says(&BROKEN) {
        return Trouble::passing(format!(
            "the connection to {host} broke, however often it was tried: {}",
            quote(words)
        ));
    }
    Trouble::lasting(
        format!("git could not work with the branch `{branch}` of {name}: {}", quote(words)),
        "what is published stays as it was; try the same with `git` by hand",
    )
}

/// Somebody else was faster.
pub(super) fn pushed_meanwhile(place: &Place<'_>) -> Trouble {
    let message =
        format!("somebody else has pushed to the branch `{}` of {} since it was looked at", place.branch, place.name);
    Trouble::lasting(message, "run this again")
}

/// The remote took the push and then did not want it.
fn rejected(words: &str, place: &Place<'_>) -> Trouble {
    let Place { name, branch, .. } = place;
    let why = words.split_once("remote rejected").and_then(|(_, rest)| rest.split_once('(')?.1.split_once(')'));
    let why = why.map_or("", |(why, _)| why);
    // What a hook or the host itself has to say comes with this before each line.
    let lines = words.lines().filter_map(|line| line.strip_prefix("remote:")).collect::<Vec<_>>().join("\n");
    let said = if lines.trim().is_empty() { why.to_owned() } else { quote(&lines) };
    let lower = words.to_lowercase();
    let says = |what: &[&str]| what.iter().any(|what| lower.contains(what));
    if says(&["no space left", "disk quota"]) {
        return Trouble::lasting(
            format!("there is no room left at {name}: {said}"),
            "make room there, and run this again",
        );
    }
    if says(&[
        "failed to update ref",
        "cannot lock ref",
        "incorrect old value",
        "reference already exists",
        "fetch first",
    ]) {
        return pushed_meanwhile(place);
    }
    if says(&["protected"]) {
        return Trouble::lasting(
            format!("the branch `{branch}` of {name} is protected: {said}"),
            "let your account push to it in the settings of the repository, or choose another `branch`",
        );
    }
    if says(&["currently checked out", "refusing to update checked out branch"]) {
        return Trouble::lasting(
            format!(
                "the branch `{branch}` is checked out at {name}, where a push would change nothing but git's books"
            ),
            "push to a bare repository or to another `branch`; for a folder that is served, `to = \"folder\"`",
        );
    }
    if says(&["hook declined"]) {
        return Trouble::lasting(
            format!("a hook of {name} refuses the push: {said}"),
            "do what it asks for, or talk to who runs it; what is published stays as it was",
        );
    }
    if says(&["unpacker error", "internal server error", "timeout", "try again"]) {
        return Trouble::passing(format!("{name} could not take the push: {said}"));
    }
    Trouble::lasting(
        format!("{name} refuses the push: {said}"),
        "do what it asks for; what is published stays as it was",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_git_and_of_hosts_are_understood() {
        let place = Place { name: "example.org/me/book", host: "example.org", branch: "pages" };
        let hook =
            "remote: No pushes on Sundays.\n!\tabc:refs/heads/pages\t[remote rejected] (pre-receive hook declined)\n";
        let github = "remote: error: GH006: Protected branch update failed for refs/heads/pages.\n\
                      !\tabc:refs/heads/pages\t[remote rejected] (protected branch hook declined)\n";
        for (words, part, may_pass) in [
            (hook, "a hook of example.org/me/book refuses the push: No pushes on Sundays.;", false),
            (github, "is protected: error: GH006", false),
            ("!\ta:b\t[rejected] (fetch first)", "somebody else has pushed", false),
            ("!\ta:b\t[remote rejected] (failed to update ref)", "somebody else has pushed", false),
            ("remote: fatal: No space left on device\n! [remote rejected] (unpacker error)", "no room left", false),
            (
                "fatal: could not read Username for 'https://h': terminal prompts disabled",
                "does not let you push",
                false,
            ),
            (
                "remote: Permission to me/book.git denied to you.\nfatal: The requested URL returned error: 403",
                "let you",
                false,
            ),
            (
                "remote: Repository not found.\nfatal: repository 'https://h/' not found",
                "there is no repository",
                false,
            ),
            ("fatal: '/gone' does not appear to be a git repository", "there is no repository", false),
            ("git@h: Permission denied (publickey).\nfatal: Could not read from remote", "does not let you in", false),
            ("fatal: unable to access 'https://h/': Could not resolve host: h", "there is no host", false),
            ("fatal: the remote end hung up unexpectedly", "broke", true),
            ("error: RPC failed; HTTP 503", "broke", true),
            ("fatal: read error: Connection reset by peer", "broke the connection off", true),
            ("fatal: something new", "something new", false),
        ] {
            let trouble = meaning(words, &place);
            assert!(trouble.failure.to_string().contains(part), "{words}: {}", trouble.failure);
            assert_eq!(trouble.may_pass, may_pass, "{words}");
        }
    }
}
