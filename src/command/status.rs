//! `status`: where the book stands, and whether anything was missed.

use std::path::Path;
use std::sync::Arc;

use super::texts;
use crate::base::diagnostic::Severity;
use crate::build::build;
use crate::cli;
use crate::io::error::Error;
use crate::io::repository::Repository;
use crate::io::terminal::{Format, Terminal};
use crate::io::{clock, disk};
use crate::link::{LinkInput, link};
use crate::load::{Options, load};
use crate::parse::parse;
use crate::schedule::workflow::{Runner, Workflow, path};
use crate::status::{Input, status};

pub(super) fn run(options: &cli::Status, start: &Path, terminal: &Terminal) -> Result<u8, Error> {
    let root = disk::find_book(start)?;
    let (snapshot, diagnostics) = load(&root, &Options { as_of: options.as_of, ..Options::default() })?;
    // Whatever keeps the book from being published, a lost address among it, shows in a whole build only.
    let errors = build(&snapshot, diagnostics).report.count(Severity::Error);
    let (parsed, _) = parse(&snapshot);
    let published = Arc::clone(&parsed.published);
    let (writings, replies) = (parsed.writings.clone(), parsed.replies.clone());
    let (site, _) = link(parsed, &LinkInput::of(&snapshot));
    let (workflows, unreadable) = workflows(&root)?;
    let then = texts::noted(&root)?.unwrap_or_default();
    let now = texts::of(&site, &snapshot);
    let is_other = |path: &&String| then.get(*path).is_some_and(|print| now.get(*path) != Some(print));
    let changed = now.keys().filter(is_other).cloned().collect();
    let mut status = status(&Input {
        writings: &writings,
        replies: &replies,
        site: &site,
        today: snapshot.as_of,
        published: &published,
        workflows: &workflows,
        changed: &changed,
        errors,
    });
    status.problems.extend(unreadable);
    if terminal.format == Format::Human {
        terminal.say(&status.to_words());
        status.problems.iter().for_each(|problem| terminal.fail(problem));
    } else {
        let value = serde_json::to_value(&status).map_err(|error| Error::Import(error.to_string()))?;
        terminal.write_out(&value.to_string());
    }
    Ok(u8::from(!status.problems.is_empty()))
}

/// The workflows of the repository that publish this book, and what is wrong with those that cannot be read.
fn workflows(root: &Path) -> Result<(Vec<Workflow>, Vec<String>), Error> {
    let repository = Repository::around(root);
    let folder = repository.folder_of(root);
    let zones = |name: &str| clock::zone(Some(name)).map(|(_, zone)| zone).map_err(|error| error.to_string());
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for runner in [Runner::GitHub, Runner::GitLab] {
        let path = path(runner, &folder);
        let Some(text) = disk::read_text_if_there(&repository.root.join(&path))? else { continue };
        match Workflow::read(runner, &path, &text, &zones) {
            None => {}
            Some(Ok(workflow)) => good.push(workflow),
            Some(Err(why)) => bad.push(why),
        }
    }
    Ok((good, bad))
}
