//! `replies pull`: threads that can be read without an account come in again, by the addresses of an essay's copies.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use super::import::{BookDesk, essays_of, named, say, say_diffs, to_json};
use super::replies::forgotten;
use crate::cli;
use crate::import::foreign::Harvest;
use crate::import::matching::Essays;
use crate::import::pull::{Place, Question};
use crate::import::record::Circumstances;
use crate::import::run::{Importer, Summary, Wishes};
use crate::import::sources::{self, Source};
use crate::io::disk;
use crate::io::error::Error;
use crate::io::http::{self, Client, Request};
use crate::io::terminal::{Format, Terminal};
use crate::model::book::Book;
use crate::model::thread::State;

/// Where a token for GitHub is looked for.
const TOKEN: &str = "GITHUB_TOKEN";

pub(super) fn run(options: &cli::Pull, start: &Path, terminal: &Terminal) -> Result<u8, Error> {
    let root = disk::find_book(start)?;
    let (essays, book) = essays_of(&root)?;
    let only = match &options.essay {
        Some(name) => Some(named(&essays, name)?),
        None => None,
    };
    let places = places(&essays, &book, options, only);
    if places.is_empty() {
        let who = if only.is_some() { "this essay names no thread" } else { "no essay names a thread" };
        let webmentions = if book.replies.webmentions && book.base_url.is_none() {
            "; for webmentions, write the site's address as `base_url` into `book.toml`"
        } else {
            ""
        };
        return Err(Error::Usage(format!(
            "{who} that can be pulled: write its address on Mastodon, Bluesky, Hacker News or GitHub under `syndication`{webmentions}"
        )));
    }
    let hosts: BTreeSet<String> = places.iter().map(|(_, place)| place.host.clone()).collect();
    let client = Client::new(hosts, options.via.as_deref(), Duration::from_secs(options.timeout));
    let token = http::secret(TOKEN);
    let forgotten = forgotten(&root)?;
    let holds = book.replies.import_as == State::Held;
    let given = Circumstances { captured: None, author: book.author };
    let mut desk = BookDesk { root, is_dry: options.dry_run, asks: false, changed: BTreeMap::new() };
    let mut pulled: Vec<(&Place, &Source, Summary)> = Vec::new();
    let mut failed: Vec<(&Place, String)> = Vec::new();
    for (essay, place) in &places {
        let Some(source) = sources::ALL.iter().find(|source| source.name == place.source) else { continue };
        let basket = match fetch(place, &client, token.as_deref()) {
            Ok(basket) => basket,
            Err(why) => {
                failed.push((place, why));
                continue;
            }
        };
        let wishes = Wishes {
            source: source.name.to_owned(),
            is_whole: source.is_whole,
            essay: Some(*essay),
            given: given.clone(),
            forgotten: forgotten.clone(),
            holds,
        };
        let mut importer = Importer::new(&mut desk, &essays, wishes);
        basket.threads.into_iter().for_each(|thread| importer.thread(thread));
        basket.left.into_iter().for_each(|left| importer.left(left.place, left.reason));
        basket.passed.into_iter().for_each(|reason| importer.passed(reason));
        let (summary, failure) = importer.finish();
        if let Some(why) = failure {
            return Err(Error::Import(why));
        }
        pulled.push((place, source, summary));
    }
    tell(&pulled, &failed, &desk, terminal)?;
    Ok(if failed.is_empty() { 0 } else { 3 })
}

/// What can be pulled, by essay.
fn places(essays: &Essays, book: &Book, options: &cli::Pull, only: Option<usize>) -> Vec<(usize, Place)> {
    let mut places = Vec::new();
    for (at, essay) in essays.list().iter().enumerate().filter(|(at, _)| only.is_none_or(|only| only == *at)) {
        let mut own: Vec<Place> = essay.copies.iter().filter_map(|address| Place::of(address)).collect();
        if let Some(base) = book.base_url.as_deref().filter(|_| book.replies.webmentions) {
            own.push(Place::mentions(&format!("{}{}", base.trim_end_matches('/'), essay.route)));
        }
        own.retain(|place| options.from.as_deref().is_none_or(|from| place.source == from));
        own.dedup();
        places.extend(own.into_iter().map(|place| (at, place)));
    }
    places
}

fn fetch(place: &Place, client: &Client, token: Option<&str>) -> Result<crate::import::foreign::Basket, String> {
    if place.wants_token() && token.is_none() {
        return Err(format!("GitHub tells discussions only to somebody with a token: set `{TOKEN}`"));
    }
    let mut ask = |place: &Place, question: &Question| -> Result<Value, String> {
        // A token goes to the host it is for, and to no other.
        let authorization = match token.filter(|_| place.host == "api.github.com") {
            Some(token) => format!("Bearer {token}"),
            None => String::new(),
        };
        let request = Request {
            host: place.host.clone(),
            path: question.path.clone(),
            authorization,
            body: question.body.as_ref().map(Value::to_string),
            ..Request::default()
        };
        let bytes = client.ask(&request)?;
        serde_json::from_slice(&bytes).map_err(|error| {
            format!(
                "{} answers something that is no JSON (line {}, column {})",
                place.host,
                error.line(),
                error.column()
            )
        })
    };
    place.fetch(&mut ask)
}

fn tell(
    pulled: &[(&Place, &Source, Summary)],
    failed: &[(&Place, String)],
    desk: &BookDesk,
    terminal: &Terminal,
) -> Result<(), Error> {
    if terminal.format == Format::Human {
        if desk.is_dry {
            say_diffs(desk, terminal)?;
        }
        for (place, source, summary) in pulled {
            say(&format!("{}, {}", source.what, place.address), summary, desk.is_dry, terminal);
        }
        for (place, why) in failed {
            terminal.fail(&format!("{}: {why}", place.address));
        }
        return Ok(());
    }
    let pulled: Vec<Value> = pulled
        .iter()
        .map(|(place, source, summary)| {
            let mut value = to_json(source.name, summary);
            value["address"] = Value::from(place.address.as_str());
            value
        })
        .collect();
    let failed: Vec<Value> = failed
        .iter()
        .map(|(place, why)| json!({ "address": place.address, "host": place.host, "reason": why }))
        .collect();
    terminal.write_out(&json!({ "pulled": pulled, "failed": failed }).to_string());
    Ok(())
}
