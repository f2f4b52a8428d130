//! `status`: where the book stands, and whether anything was missed.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use crate::base::diagnostic::Severity;
use crate::cli;
use crate::io::error::Error;
use crate::io::repository::Repository;
use crate::io::terminal::{Format, Terminal};
use crate::io::{clock, disk};
use crate::link::{LinkInput, link};
use crate::load::{Options, load};
use crate::model::published::Published;
use crate::parse::parse;
use crate::schedule::workflow::{Runner, Workflow, path};
use crate::status::{Input, status};

pub(super) fn run(options: &cli::Status, start: &Path, terminal: &Terminal) -> Result<u8, Error> {
    let root = disk::find_book(start)?;
    let (snapshot, mut diagnostics) = load(&root, &Options { as_of: options.as_of, ..Options::default() })?;
    let (parsed, found) = parse(&snapshot);
    diagnostics.append(found);
    let published = Arc::clone(&parsed.published);
    let (writings, replies) = (parsed.writings.clone(), parsed.replies.clone());
    let (site, found) = link(parsed, &LinkInput::of(&snapshot));
    diagnostics.append(found);
    let published = addresses(&published);
    let (workflows, unreadable) = workflows(&root)?;
    let mut status = status(&Input {
        writings: &writings,
        replies: &replies,
        site: &site,
        today: snapshot.as_of,
        published: published.as_ref(),
        workflows: &workflows,
        errors: diagnostics.into_report(&snapshot.book.levels).count(Severity::Error),
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

/// Addresses that were published; `None` where nothing was.
pub(super) fn addresses(published: &Published) -> Option<BTreeSet<String>> {
    let promises = &published.promises;
    let addresses = || promises.iter().map(|promise| promise.route.as_str().to_owned()).collect();
    (!promises.is_empty()).then(addresses)
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
