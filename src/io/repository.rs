//! The git repository around a book, as its files tell. Runs no git and changes nothing.

use std::fs;
use std::path::{Path, PathBuf};

/// A repository, or the book alone where there is none.
pub struct Repository {
    /// Its folder.
    pub root: PathBuf,
    /// Where git keeps what all its work trees share.
    git: Option<PathBuf>,
}

impl Repository {
    /// The nearest repository upward from a book; the book's own folder where there is none.
    #[must_use]
    pub fn around(book: &Path) -> Self {
        let found = book.ancestors().find_map(|folder| Some((folder, shared(&folder.join(".git"))?)));
        match found {
            Some((root, git)) => Self { root: root.to_owned(), git: Some(git) },
            None => Self { root: book.to_owned(), git: None },
        }
    }

    /// The book's folder in it, with `/` between its parts; empty where the book is the repository.
    #[must_use]
    pub fn folder_of(&self, book: &Path) -> String {
        let below = book.strip_prefix(&self.root).unwrap_or(Path::new(""));
        below.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
    }

    /// The branch that the host shows first, where it is known here.
    #[must_use]
    pub fn main_branch(&self) -> Option<String> {
        let named = |file: &str, before: &str| {
            let text = fs::read_to_string(self.git.as_ref()?.join(file)).ok()?;
            text.trim().strip_prefix(before).map(str::to_owned)
        };
        let of_host = named("refs/remotes/origin/HEAD", "ref: refs/remotes/origin/");
        of_host.or_else(|| named("HEAD", "ref: refs/heads/").filter(|name| matches!(name.as_str(), "main" | "master")))
    }

    /// The host and the path of the remote `origin`, such as `gitlab.com` and `ada/book`.
    #[must_use]
    pub fn origin(&self) -> Option<(String, String)> {
        let config = fs::read_to_string(self.git.as_ref()?.join("config")).ok()?;
        let mut is_origin = false;
        for line in config.lines().map(str::trim) {
            if line.starts_with('[') {
                is_origin = line.starts_with("[remote \"origin\"]");
            } else if let Some(address) = line.strip_prefix("url").and_then(|rest| rest.trim().strip_prefix('='))
                && is_origin
            {
                return host_and_path(address.trim());
            }
        }
        None
    }
}

/// `https://host/a/b.git`, `ssh://git@host:22/a/b.git` and `git@host:a/b.git` as the host and `a/b`.
fn host_and_path(address: &str) -> Option<(String, String)> {
    let (place, path) = match address.split_once("://") {
        Some((_, rest)) => rest.split_once('/')?,
        None => address.split_once(':')?,
    };
    let host = place.rsplit('@').next().unwrap_or(place);
    let host = host.split(':').next().unwrap_or(host);
    let path = path.trim_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    (!host.is_empty() && !path.is_empty()).then(|| (host.to_owned(), path.to_owned()))
}

/// The folder that a `.git` stands for: itself, or the one that a further work tree or a submodule names.
fn shared(git: &Path) -> Option<PathBuf> {
    if git.is_dir() {
        return Some(git.to_owned());
    }
    let text = fs::read_to_string(git).ok()?;
    let own = git.parent()?.join(text.trim().strip_prefix("gitdir:")?.trim());
    let common = fs::read_to_string(own.join("commondir")).ok().map(|text| own.join(text.trim()));
    Some(common.unwrap_or(own))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remote_tells_its_host_and_path() {
        for address in [
            "https://gitlab.com/ada/essays/book.git",
            "git@gitlab.com:ada/essays/book.git",
            "ssh://git@gitlab.com:22/ada/essays/book",
            "https://ada:secret@gitlab.com/ada/essays/book/",
        ] {
            let found = host_and_path(address);
            assert_eq!(found, Some(("gitlab.com".to_owned(), "ada/essays/book".to_owned())), "{address}");
        }
        for address in ["", "/srv/git/book.git", "../book", "https://"] {
            assert_eq!(host_and_path(address), None, "{address}");
        }
    }
}
