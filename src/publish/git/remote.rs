//! Where a branch is pushed to, and what the book's own repository knows about reaching it. Runs no transfer.

use std::path::{MAIN_SEPARATOR, Path};

use super::super::program::{self, quote};
use super::super::target::Failure;
use crate::io::process::{Ended, Program};
use crate::io::stage::straight;
use crate::io::transfer::host_of as host_of_address;
pub use crate::model::publish::Host;

/// What a shell or a hook that started us may have set for another repository than ours.
pub(super) const OF_ANOTHER: [&str; 13] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_QUARANTINE_PATH",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_SHALLOW_FILE",
    "GIT_GRAFT_FILE",
    "GIT_REPLACE_REF_BASE",
    "GIT_IMPLICIT_WORK_TREE",
];

/// Who runs the remote of this address.
#[must_use]
pub fn kind_of_remote(address: &str) -> Host {
    let host = host_of(address).to_ascii_lowercase();
    let host = host.split(':').next().unwrap_or("");
    match host {
        // The second is where GitHub takes ssh on the port of HTTPS.
        "github.com" | "ssh.github.com" => Host::GitHub,
        "gitlab.com" | "altssh.gitlab.com" => Host::GitLab,
        "codeberg.org" => Host::Codeberg,
        _ if host.starts_with("gitlab.") => Host::GitLab,
        _ => Host::Other,
    }
}

/// The address that this remote stands for: an address and a path stay what they are, and the name of a remote is looked up in
/// the book's own repository. A path is taken from the book.
///
/// # Errors
/// The book lies in no repository, or that has no such remote.
pub fn address_of(book: &Path, remote: &str) -> Result<String, Failure> {
    if remote.contains([':', '/', MAIN_SEPARATOR]) {
        return Ok(from_folder(book, remote));
    }
    let found = own(book, &["remote", "get-url", "--push", "--", remote])?;
    let address = String::from_utf8_lossy(&found.output).trim().to_owned();
    if found.is_good() && !address.is_empty() {
        let top = own(book, &["rev-parse", "--show-toplevel"])?;
        let top = String::from_utf8_lossy(&top.output).trim().to_owned();
        return Ok(from_folder(Path::new(&top), &address));
    }
    let help = "write the address into `remote`, such as `remote = \"git@github.com:me/my-book.git\"`";
    Err(if found.errors.contains("not a git repository") {
        let message = format!("the book lies in no git repository, so nobody knows what the remote `{remote}` is");
        Failure::new(message).help(help)
    } else if found.errors.contains("No such remote") {
        let message = format!("the book's git repository has no remote `{remote}`");
        Failure::new(message).help(format!("{help}, or add it with `git remote add {remote} ADDRESS`"))
    } else {
        Failure::new(format!("git cannot tell what the remote `{remote}` is: {}", quote(&found.errors))).help(help)
    })
}

/// A path below a folder as one that holds anywhere; an address stays as it is.
fn from_folder(folder: &Path, address: &str) -> String {
    let before_slash = address.split('/').next().unwrap_or("");
    // One letter and a colon is a drive where there are drives.
    let is_drive = cfg!(windows) && before_slash.len() == 2;
    let is_path = !address.contains("://") && (!before_slash.contains(':') || is_drive);
    if is_path { straight(&folder.join(address)).display().to_string() } else { address.to_owned() }
}

/// How an address is shown: without a user and a password.
pub(super) fn shown(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else { return address.to_owned() };
    let (authority, path) = rest.split_once('/').map_or((rest, ""), |(authority, path)| (authority, path));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    if scheme == "file" { format!("/{path}") } else { format!("{host}/{path}") }
}

/// The host of an address, as it is named in sentences.
pub(super) fn host_of(address: &str) -> String {
    let is_remote = address.contains("://") || address.split('/').next().is_some_and(|part| part.contains(':'));
    if !is_remote || address.starts_with("file:") {
        return "this machine".to_owned();
    }
    match address.contains("://") {
        true => host_of_address(address),
        false => {
            let host = address.split(':').next().unwrap_or("");
            host.rsplit_once('@').map_or(host, |(_, host)| host).to_owned()
        }
    }
}

/// Settings of the book's own repository that tell how remotes are reached and whose name stands under commits. Tokens of a
/// CI are kept there. They go into the environment, where only our own processes see them.
pub(super) fn settings(book: &Path) -> Result<Vec<(String, String)>, Failure> {
    let listed = own(book, &["config", "--list", "-z", "--local", "--includes"])?;
    if !listed.is_good() {
        // The book lies in no repository.
        return Ok(Vec::new());
    }
    let text = String::from_utf8_lossy(&listed.output);
    let entries = text.split('\0').filter_map(|entry| {
        let (key, value) = entry.split_once('\n').unwrap_or((entry, "true"));
        counts(key).then(|| (key.to_owned(), value.to_owned()))
    });
    Ok(entries.collect())
}

fn counts(key: &str) -> bool {
    let section = key.split('.').next().unwrap_or("");
    let of_core = matches!(key, "core.sshcommand" | "core.askpass" | "core.gitproxy" | "commit.gpgsign");
    of_core
        || matches!(
            section,
            "http" | "credential" | "url" | "user" | "author" | "committer" | "ssh" | "gpg" | "protocol"
        )
}

/// Runs git on the book's own repository; only for questions.
fn own(book: &Path, arguments: &[&str]) -> Result<Ended, Failure> {
    program::follow(Program::new("git", arguments).without(&OF_ANOTHER), book, &mut |_| {})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_known_by_their_addresses() {
        for (address, host) in [
            ("https://github.com/me/book.git", Host::GitHub),
            ("git@github.com:me/book.git", Host::GitHub),
            ("ssh://git@ssh.github.com:443/me/book.git", Host::GitHub),
            ("https://x:token@gitlab.com/me/book", Host::GitLab),
            ("git@gitlab.example.org:me/book.git", Host::GitLab),
            ("https://codeberg.org/me/book", Host::Codeberg),
            ("https://github.com.example.org/me/book", Host::Other),
            ("/srv/git/github.com", Host::Other),
        ] {
            assert_eq!(kind_of_remote(address), host, "{address}");
        }
    }

    #[test]
    fn no_secret_of_an_address_is_shown() {
        assert_eq!(shown("https://me:secret@example.org/a/b.git"), "example.org/a/b.git");
        assert_eq!(shown("git@example.org:a/b.git"), "git@example.org:a/b.git");
        assert_eq!(shown("file:///srv/b.git"), "/srv/b.git");
        assert_eq!(host_of("git@example.org:a/b.git"), "example.org");
        assert_eq!(host_of("https://me:secret@example.org:8443/a"), "example.org:8443");
        assert_eq!(host_of("/srv/b.git"), "this machine");
    }

    #[test]
    fn a_path_is_taken_from_the_book() {
        assert_eq!(from_folder(Path::new("/book"), "../site.git"), "/site.git");
        assert_eq!(from_folder(Path::new("/book"), "/srv/site.git"), "/srv/site.git");
        assert_eq!(from_folder(Path::new("/book"), "host:site.git"), "host:site.git");
        assert_eq!(from_folder(Path::new("/book"), "./a:b/site.git"), "/book/a:b/site.git");
    }
}
