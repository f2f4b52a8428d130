//! `publish init`: the workflow that publishes by itself. Leaves alone what it did not write.

use std::path::Path;

use serde_json::json;

use super::short;
use crate::base::path::SitePath;
use crate::cli::{PublishHost, PublishInit};
use crate::io::error::Error;
use crate::io::repository::Repository;
use crate::io::terminal::{Format, Terminal};
use crate::io::{clock, disk, stage};
use crate::load::{Options, load};
use crate::model::publish::{Place, Target as Settings};
use crate::parse::parse;
use crate::schedule::due;
use crate::schedule::workflow::{Order, Runner, command_of, path};

/// The branch that the `git` target pushes to, unless `book.toml` says otherwise.
const PAGES: &str = "gh-pages";
/// GitHub stops the schedules of a public repository to which nobody pushed for so many days.
const GITHUB_SLEEPS: i32 = 60;

pub(super) fn run(options: &PublishInit, start: &Path, terminal: &Terminal) -> Result<u8, Error> {
    let root = disk::find_book(start)?;
    let repository = Repository::around(&root);
    let (snapshot, mut diagnostics) = load(&root, &Options { without_replies: true, ..Options::default() })?;
    let (parsed, found) = parse(&snapshot);
    diagnostics.append(found);
    if diagnostics.into_report(&snapshot.book.levels).has_errors() {
        let message =
            "the book has errors, and days may be among them: `throughline check` shows them; nothing was written";
        terminal.fail(message);
        return Ok(1);
    }
    let due = due(&parsed.writings, snapshot.as_of);
    let target = target(&snapshot.book.targets, options)?;
    let lacks = target.lacks.clone();
    let remembers = snapshot.book.tell.webmention;
    let order = Order { due, remembers, ..order(options, &repository, repository.folder_of(&root), target)? };
    let (path, text) = (order.path(), order.text());
    let place = SitePath::new(&path).expect("made of a slug and names without dots");
    let file = disk::writable(&repository.root, &place)?;
    let before = disk::read_text_if_there(&file)?;
    let is_same = before.as_ref() == Some(&text);
    let is_theirs = |before: &String| !options.dry_run && *before != text && command_of(before).is_none();
    if let Some(before) = before.filter(is_theirs) {
        let mark = text.lines().next().unwrap_or_default();
        let way =
            if before.trim().is_empty() { "delete it" } else { "rename it, or merge what `--dry-run` shows into it" };
        return Err(Error::Usage(format!(
            "`{}` was not written by `throughline publish init`, so it is left alone: {way}; ours begins with “{mark}”",
            short(&file)
        )));
    }
    if !options.dry_run && !is_same {
        stage::write_file(&file, &text)?;
    }
    if terminal.format != Format::Human {
        let days: Vec<String> = order.due.iter().map(|due| due.day.to_string()).collect();
        let value = json!({ "path": path, "text": text, "written": !options.dry_run && !is_same, "due": days,
            "secrets": order.secrets() });
        terminal.write_out(&value.to_string());
        return Ok(0);
    }
    if options.dry_run {
        terminal.say(&format!("Would write {}:\n\n{text}", short(&file)));
    } else {
        let done = if is_same { "is as it should be" } else { "written" };
        terminal.say(&format!("{} {done}. {}", short(&file), when(&order)));
    }
    terminal.say(&steps(&order, lacks, &repository, snapshot.as_of));
    Ok(0)
}

/// Everything but what is due.
fn order(options: &PublishInit, repository: &Repository, folder: String, target: Target) -> Result<Order, Error> {
    let (zone_name, zone) = clock::zone(options.time_zone.as_deref())?;
    let named = options.branch.clone().or_else(|| repository.main_branch());
    let branch = named.unwrap_or_else(|| "main".to_owned());
    for (what, text) in [("branch", &branch), ("branch", &target.branch), ("folder", &folder)] {
        let is_plain = |c: char| c.is_alphanumeric() || "-_./ ".contains(c) && (what == "folder" || c != ' ');
        if !text.chars().all(is_plain) || text.starts_with('-') {
            let message =
                format!("the {what} `{text}` cannot stand in a workflow; use letters, digits, dots and hyphens");
            return Err(Error::Usage(message));
        }
    }
    let host = match options.host {
        PublishHost::GitHub => "github",
        PublishHost::GitLab => "gitlab",
        PublishHost::Netlify => "netlify",
        PublishHost::Cloudflare => "cloudflare",
    };
    let mut command = format!("throughline publish init {host}");
    if let Some(target) = &options.target {
        command.push_str(&format!(" --target {target}"));
    }
    if options.branch.is_some() {
        command.push_str(&format!(" --branch {branch}"));
    }
    command.push_str(&format!(" --time-zone {zone_name}"));
    Ok(Order {
        runner: runner(options.host, repository),
        command,
        target: target.name,
        kind: target.kind,
        branch,
        pages: target.branch,
        folder,
        zone_name,
        zone,
        due: Vec::new(),
        remembers: false,
        version: env!("CARGO_PKG_VERSION"),
        rust: env!("CARGO_PKG_RUST_VERSION"),
    })
}

/// Hosts of sites run nothing of ours: the host of the repository does.
fn runner(host: PublishHost, repository: &Repository) -> Runner {
    let is_at_gitlab = || {
        let has_file = disk::has_file(&repository.root, &path(Runner::GitLab, ""));
        has_file || repository.origin().is_some_and(|(host, _)| host.contains("gitlab"))
    };
    match host {
        PublishHost::GitHub => Runner::GitHub,
        PublishHost::GitLab => Runner::GitLab,
        PublishHost::Netlify | PublishHost::Cloudflare if is_at_gitlab() => Runner::GitLab,
        PublishHost::Netlify | PublishHost::Cloudflare => Runner::GitHub,
    }
}

/// What `book.toml` says of the target that is published to.
#[derive(Debug, PartialEq, Eq)]
struct Target {
    /// Its name.
    name: String,
    /// How it is reached.
    kind: String,
    /// The branch that it is pushed to.
    branch: String,
    /// What `book.toml` lacks for it to work from a workflow, as a step for the writer.
    lacks: Option<String>,
}

/// The target that goes to this host, or the one that is named; one that is to be added where the book has none.
fn target(targets: &[Settings], options: &PublishInit) -> Result<Target, Error> {
    let (of_host, keys) = match options.host {
        PublishHost::GitHub | PublishHost::GitLab => ("git", ""),
        PublishHost::Netlify => ("netlify", " and `site = \"…\"`"),
        PublishHost::Cloudflare => ("cloudflare", ", `account = \"…\"` and `project = \"…\"`"),
    };
    let fitting: Vec<&Settings> = match &options.target {
        Some(wanted) => targets.iter().filter(|target| target.name == *wanted).collect(),
        None => targets.iter().filter(|target| target.to.word() == of_host).collect(),
    };
    let names = |targets: &[&Settings]| {
        targets.iter().map(|target| format!("`{}`", target.name)).collect::<Vec<_>>().join(" and ")
    };
    match (fitting.as_slice(), &options.target) {
        ([], Some(wanted)) => {
            let all = names(&targets.iter().collect::<Vec<_>>());
            let known = if all.is_empty() { "it names none".to_owned() } else { format!("it names {all}") };
            Err(Error::Usage(format!("there is no target `{wanted}` in `book.toml`; {known}")))
        }
        ([], None) => {
            let is_free = |name: &&str| targets.iter().all(|target| target.name != *name);
            let name = ["live", of_host, "site"].into_iter().find(is_free).unwrap_or("pages");
            Ok(Target {
                name: name.to_owned(),
                kind: of_host.to_owned(),
                branch: PAGES.to_owned(),
                lacks: Some(format!(
                    "Add the target to `book.toml`: `[publish.{name}]` with `to = \"{of_host}\"`{keys}."
                )),
            })
        }
        ([only], _) => {
            let lacks = match &only.to {
                Place::Folder { .. } => {
                    let message = "is a folder of the machine that publishes, and the one that runs a workflow is thrown away afterwards";
                    return Err(Error::Usage(format!(
                        "the target `{}` {message}; say another with `--target`",
                        only.name
                    )));
                }
                Place::Git { remote, .. } if remote != "origin" => Some(format!(
                    "The workflow has a key for its own repository and none for `{remote}`: if they are one, write \
                     `remote = \"origin\"`."
                )),
                _ => None,
            };
            let branch = match &only.to {
                Place::Git { branch, .. } => branch.clone(),
                _ => PAGES.to_owned(),
            };
            let is_first = targets.first() == Some(only);
            let lacks = lacks.or_else(|| {
                (!is_first).then(|| {
                    format!(
                        "Move `[publish.{}]` above the other targets of `book.toml`: the first one is the one that readers see, \
                         and only its addresses are noted down in `published.toml`.",
                        only.name
                    )
                })
            });
            Ok(Target { name: only.name.clone(), kind: only.to.word().to_owned(), branch, lacks })
        }
        (several, _) => Err(Error::Usage(format!("{} go there; say which with `--target`", names(several)))),
    }
}

/// When the workflow runs.
fn when(order: &Order) -> String {
    let by_itself = match (order.runner, order.due.first()) {
        (Runner::GitLab, _) => String::new(),
        (Runner::GitHub, None) => "; nothing is scheduled".to_owned(),
        (Runner::GitHub, Some(due)) => {
            format!(", and by itself: next on {} ({}), {}", due.day_in_words(), order.zone_name, due.to_words())
        }
    };
    format!("It runs when you push to `{}`, by hand{by_itself}.", order.branch)
}

/// What the writer has left to do.
fn steps(order: &Order, lacks: Option<String>, repository: &Repository, today: jiff::civil::Date) -> String {
    let mut steps: Vec<String> = lacks.into_iter().collect();
    steps.push(format!("Commit `{}` and push it.", order.path()));
    let secrets = order.secrets();
    match (order.runner, secrets.is_empty()) {
        (Runner::GitHub, false) => steps.push(format!(
            "Give the repository its secrets: {}.",
            secrets.iter().map(|name| format!("`gh secret set {name}`")).collect::<Vec<_>>().join(" and ")
        )),
        (Runner::GitLab, false) => {
            steps.push(format!("Add {} under Settings, CI/CD, Variables, masked and protected.", secrets.join(" and ")))
        }
        (_, true) if matches!(order.kind.as_str(), "git" | "folder") => {}
        (_, true) => steps.push(format!(
            "A target of the kind `{}` needs a key that the workflow does not hand out: add a step that does.",
            order.kind
        )),
    }
    match order.runner {
        Runner::GitHub => {
            if order.kind == "git" {
                steps.push(format!(
                    "After the first run, choose the branch `{}` under Settings, Pages, once.",
                    order.pages
                ));
            }
            let is_far = |due: &crate::schedule::Due| {
                let waits = due.day.since(today).map(|span| span.get_days());
                waits.is_ok_and(|days| days > GITHUB_SLEEPS)
            };
            if order.due.first().is_some_and(is_far) {
                steps.push(format!(
                    "GitHub stops the schedules of public repositories in which nothing happens for {GITHUB_SLEEPS} days: push \
                     something before, or press Enable when it writes to you."
                ));
            }
        }
        Runner::GitLab => {
            steps.push("Allow pushes with the token of a job under Settings, CI/CD, Job token permissions.".to_owned());
            steps.push(schedule(order, repository));
        }
    }
    let lines = steps.iter().enumerate().map(|(at, step)| format!("  {}. {step}", at + 1));
    format!("What is left to do:\n{}", lines.collect::<Vec<_>>().join("\n"))
}

/// GitLab keeps schedules beside the repository: one that runs each day finds whatever is due.
fn schedule(order: &Order, repository: &Repository) -> String {
    let (host, project) = repository.origin().unwrap_or_else(|| ("gitlab.com".to_owned(), "GROUP/BOOK".to_owned()));
    let project = project.replace('/', "%2F");
    let (branch, zone) = (&order.branch, &order.zone_name);
    format!(
        "Let it run each day, so that essays appear when they are due; once is enough:\n     \
         glab schedule create --cron \"7 0 * * *\" --cronTimeZone \"{zone}\" --ref {branch} --description \"Publish what is due\"\n     \
         or, with a token of yours for the interface:\n     \
         curl --request POST --header \"PRIVATE-TOKEN: $GITLAB_TOKEN\" --form \"cron=7 0 * * *\" --form \"cron_timezone={zone}\" \
         --form \"ref={branch}\" --form \"description=Publish what is due\" https://{host}/api/v4/projects/{project}/pipeline_schedules"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(host: PublishHost, target: Option<&str>) -> PublishInit {
        let target = target.map(str::to_owned);
        PublishInit { host, target, branch: None, time_zone: None, dry_run: true }
    }

    fn settings(name: &str, to: Place) -> Settings {
        Settings { name: name.to_owned(), to, secret_command: Vec::new(), precompress: false }
    }

    fn git(name: &str, remote: &str) -> Settings {
        settings(name, Place::Git { remote: remote.to_owned(), branch: "pages".to_owned(), host: None })
    }

    #[test]
    fn the_target_is_the_one_that_goes_there() {
        let rsync = Place::Rsync { destination: "me@example.org:www".to_owned(), timeout: 60 };
        let netlify = Place::Netlify { site: "s".to_owned(), api: String::new() };
        let targets = [
            git("live", "origin"),
            settings("mirror", netlify),
            settings("shop", rsync),
            settings("disk", Place::Folder { path: "www".to_owned() }),
        ];
        let found = |host, name| target(&targets, &options(host, name)).map_err(|error| error.to_string());
        let made = |name: &str, kind: &str, branch: &str| {
            Ok(Target { name: name.to_owned(), kind: kind.to_owned(), branch: branch.to_owned(), lacks: None })
        };
        let but_lacks = |found: Result<Target, String>| found.map(|found| Target { lacks: None, ..found });
        assert_eq!(found(PublishHost::GitHub, None), made("live", "git", "pages"));
        assert_eq!(but_lacks(found(PublishHost::Netlify, None)), made("mirror", "netlify", PAGES));
        assert_eq!(but_lacks(found(PublishHost::GitHub, Some("shop"))), made("shop", "rsync", PAGES));
        let second = found(PublishHost::Netlify, None).ok().and_then(|found| found.lacks).unwrap_or_default();
        assert!(second.contains("Move `[publish.mirror]` above"), "{second}");
        let none = found(PublishHost::Cloudflare, None).map(|none| (none.name, none.lacks.unwrap_or_default()));
        let remedy = "Add the target to `book.toml`: `[publish.cloudflare]` with `to = \"cloudflare\"`, `account = \"…\"` and \
                      `project = \"…\"`.";
        assert_eq!(none, Ok(("cloudflare".to_owned(), remedy.to_owned())));
        let wrong = |name: &'static str| found(PublishHost::GitHub, Some(name)).err().unwrap_or_default();
        assert!(wrong("shpo").contains("there is no target `shpo` in `book.toml`; it names `live` and `mirror`"));
        assert!(wrong("disk").contains("is thrown away"));
        let far = target(&[git("a", "git@github.com:ada/book.git")], &options(PublishHost::GitHub, None));
        assert!(
            far.is_ok_and(|far| far
                .lacks
                .is_some_and(|lacks| lacks.contains("none for `git@github.com:ada/book.git`")))
        );
        let two = target(&[git("a", "origin"), git("b", "origin")], &options(PublishHost::GitHub, None));
        assert_eq!(
            two.map_err(|error| error.to_string()),
            Err("`a` and `b` go there; say which with `--target`".to_owned())
        );
    }
}
