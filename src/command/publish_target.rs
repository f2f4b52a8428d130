//! From the settings of a target to the target, with the secrets that it needs.

use std::path::{Path, PathBuf};

use crate::io::error::Error;
use crate::io::keep::Keep;
use crate::io::process::{self, Program};
use crate::io::{http, stage};
use crate::model::publish::{Place, Target as Settings};
use crate::model::source::Snapshot;
use crate::publish::{Cloudflare, Credentials, Failure, Folder, Git, Netlify, Rsync, S3, Sftp, Stepwise, Target};

/// How many files are sent to a store at one time.
const CONNECTIONS: usize = 32;

/// The settings of the target that is meant.
pub(super) fn chosen<'a>(snapshot: &'a Snapshot, name: Option<&str>) -> Result<&'a Settings, Error> {
    let targets = &snapshot.book.targets;
    let names: Vec<&str> = targets.iter().map(|target| target.name.as_str()).collect();
    let example = "[publish.live]\nto = \"folder\"\npath = \"/srv/www/my-book\"";
    match (name, &targets[..]) {
        (_, []) => Err(Error::Usage(format!(
            "`book.toml` names no place to publish to; write for example\n\n{example}\n\nThe manual tells of all kinds under Publishing."
        ))),
        (None, [only]) => Ok(only),
        (None, _) => Err(Error::Usage(format!("the book has several targets; say which: {}", names.join(", ")))),
        (Some(name), _) => targets.iter().find(|target| target.name == name).ok_or_else(|| {
            Error::Usage(format!("there is no target `{name}` in `book.toml`; it has {}", names.join(", ")))
        }),
    }
}

/// The folder of this machine that is published into, where it is one.
///
/// # Errors
/// The site would take the place of the book, of what it is made from, or of what a build makes.
pub(super) fn place(settings: &Settings, root: &Path) -> Result<Option<PathBuf>, Error> {
    let path = match &settings.to {
        Place::Folder { path } => path,
        Place::Rsync { destination, .. } if !destination.contains(':') => destination,
        _ => return Ok(None),
    };
    let folder = stage::place_for_site(&root.join(path), root)?;
    if folder.starts_with(stage::place_for_site(&root.join("public"), root)?) {
        let message = format!("`{path}` lies where `throughline build` puts its site; choose another folder");
        return Err(Error::Usage(message));
    }
    Ok(Some(folder))
}

/// The target behind the settings; `folder` is what `place` found.
pub(super) fn open(
    settings: &Settings,
    root: &Path,
    folder: Option<PathBuf>,
    overwrites: bool,
) -> Result<Box<dyn Target>, Failure> {
    let keep = Keep::open(root, &settings.name);
    Ok(match &settings.to {
        Place::Folder { path } => Box::new(Folder::new(folder.unwrap_or_else(|| root.join(path)), keep, overwrites)),
        Place::Netlify { site, api } => {
            let token = needed(settings, root, "NETLIFY_AUTH_TOKEN")?;
            Box::new(Netlify::new(site, api, &token)?)
        }
        Place::Cloudflare { account, project, branch, api } => {
            let token = needed(settings, root, "CLOUDFLARE_API_TOKEN")?;
            Box::new(Cloudflare::new(account, project, branch, api, &token)?)
        }
        Place::S3(bucket) => {
            let credentials = match printed(settings, root)? {
                Some(printed) => Credentials::read(&printed)?,
                None => Credentials::from_environment()?,
            };
            let store = S3::new(bucket.clone(), credentials, CONNECTIONS);
            Box::new(Stepwise::new(store, keep, overwrites)?)
        }
        Place::Git { remote, branch, .. } => Box::new(Git::new(root, &settings.name, remote, branch, overwrites)?),
        Place::Rsync { destination, timeout } => {
            let store = Rsync::new(root, destination, *timeout, printed(settings, root)?)?;
            Box::new(Stepwise::new(store, keep, overwrites)?)
        }
        Place::Sftp { host, port, path } => {
            let store = Sftp::new(root, host, *port, path, secret(settings, root, "THROUGHLINE_SFTP_PASSWORD")?);
            Box::new(Stepwise::new(store, keep, overwrites)?)
        }
    })
}

/// What the target's own command prints; `None` where it has none.
fn printed(settings: &Settings, root: &Path) -> Result<Option<String>, Failure> {
    let Some((name, arguments)) = settings.secret_command.split_first() else { return Ok(None) };
    let failed = |why: String| {
        Failure::new(format!("`secret_command` of the target `{}` gives no secret: {why}", settings.name))
            .help("run it by hand in the folder of the book, and see what it says")
    };
    let ended = process::run(&Program::new(name, arguments), root).map_err(failed)?;
    if !ended.is_good() {
        // What it wrote may be a part of the secret.
        return Err(failed(
            ended.status.map_or("a signal ended it".to_owned(), |status| format!("it ends with {status}")),
        ));
    }
    let printed = String::from_utf8(ended.output).map_err(|_| failed("it prints what is no text".to_owned()))?;
    let printed = printed.trim();
    if printed.is_empty() { Err(failed("it prints nothing".to_owned())) } else { Ok(Some(printed.to_owned())) }
}

/// The secret of a target: what its own command prints, or else what the environment holds.
fn secret(settings: &Settings, root: &Path, variable: &str) -> Result<Option<String>, Failure> {
    Ok(printed(settings, root)?.or_else(|| http::secret(variable)))
}

fn needed(settings: &Settings, root: &Path, variable: &str) -> Result<String, Failure> {
    secret(settings, root, variable)?.ok_or_else(|| {
        Failure::new(format!("the token for the target `{}` is missing", settings.name))
            .help(format!("set `{variable}` in the environment, or write a `secret_command` that prints it"))
    })
}
