//! `llms.txt` (llmstxt.org): what the book is, and where its essays stand as Markdown.

use std::borrow::Cow;

use rayon::prelude::*;

use super::Input;
use crate::base::fingerprint::Fingerprint;
use crate::base::parts::Parts;
use crate::link::{ConceptId, PageId, WritingId, index};
use crate::model::writing::Kind;
use crate::view::head::copy_route;

/// A part of the file: its heading, and what it lists.
struct Section<'a> {
    title: Cow<'a, str>,
    pages: Vec<PageId>,
}

/// The file: essays by their series, the others by date, then the concepts.
pub(super) fn write(input: &Input<'_>) -> String {
    let Input { book, viewer, .. } = input;
    let by = if book.author.is_empty() { String::new() } else { format!(" by {}", book.author) };
    let mut text = format!("# {}\n\n> {}\n", line(&book.title), line(&viewer.description(PageId::Home)));
    text.push_str(&format!("\nA book of essays{by}."));
    if book.outputs.markdown {
        text.push_str(
            " Each essay is linked as Markdown here; its page has the same address without the name of the file.",
        );
    }
    if book.outputs.graph {
        let graph = address(input, "graph.json");
        text.push_str(&format!(" What refers to what, sentence by sentence, is in [graph.json]({graph})."));
    }
    text.push('\n');
    for Section { title, pages } in sections(input).iter().filter(|section| !section.pages.is_empty()) {
        let entries: Vec<String> = pages.par_iter().map(|page| entry(input, *page)).collect();
        text.push_str(&format!("\n## {}\n\n{}", line(title), entries.concat()));
    }
    text
}

/// The fingerprint of all that the file says, which is made without reading a text.
pub(super) fn recipe(input: &Input<'_>) -> Fingerprint {
    let site = input.site;
    let mut recipe = Parts::default();
    let mut add = |part: &str| recipe.add(part.as_bytes());
    add(&input.viewer.description(PageId::Home));
    for Section { title, pages } in sections(input) {
        add(&title);
        add(&pages.len().to_string());
        for page in pages {
            add(site.title(page, input.book));
            add(site.route(page).as_str());
            add(&input.viewer.recipe_of_description(page));
        }
    }
    recipe.finish()
}

fn sections<'a>(input: &Input<'a>) -> Vec<Section<'a>> {
    let Input { site, viewer, .. } = input;
    let is_public = |id: &&WritingId| viewer.is_public(PageId::Writing(**id));
    let series = site.series.iter().map(|series| Section {
        title: format!("Series: {}", series.title).into(),
        pages: series.essays.iter().filter(is_public).map(|id| PageId::Writing(*id)).collect(),
    });
    let others = viewer.public_essays().filter(|id| site.place_in_series(*id).is_none());
    let concepts = (0..site.concepts.len()).map(|at| PageId::Concept(ConceptId(index(at))));
    let pages = site.pages.iter().filter(is_public).map(|id| PageId::Writing(*id));
    let mut sections: Vec<Section<'_>> = series.collect();
    sections.push(Section { title: "Essays".into(), pages: others.map(PageId::Writing).collect() });
    sections.push(Section { title: "Concepts".into(), pages: concepts.collect() });
    sections.push(Section { title: "Optional".into(), pages: pages.collect() });
    sections
}

fn entry(input: &Input<'_>, page: PageId) -> String {
    let url = match page {
        PageId::Writing(id) if input.book.outputs.markdown && input.site.writing(id).kind == Kind::Essay => {
            copy_route(input.site, id).to_url()
        }
        page => input.site.route(page).to_url(),
    };
    let title = line(input.site.title(page, input.book)).replace('[', "\\[").replace(']', "\\]");
    let about = line(&input.viewer.description(page));
    let about = if about.is_empty() { about } else { format!(": {about}") };
    format!("- [{title}]({}){about}\n", address(input, &url))
}

/// The absolute address; where the book has none, the one from this file.
fn address(input: &Input<'_>, url: &str) -> String {
    let url = input.book.whole_address(url).unwrap_or_else(|| url.to_owned());
    url.replace('(', "%28").replace(')', "%29")
}

/// A text on one line.
fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
