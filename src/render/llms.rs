//! `llms.txt` (llmstxt.org): what the book is, and where its essays stand as Markdown.

use super::Input;
use crate::link::{ConceptId, PageId, SeriesId, WritingId, index};
use crate::view::head::copy_route;

/// The file: essays by their series, the others by date, then the concepts.
pub(super) fn write(input: &Input<'_>) -> String {
    let Input { site, book, viewer, .. } = input;
    let by = if book.author.is_empty() { String::new() } else { format!(" by {}", book.author) };
    let mut text = format!("# {}\n\n> {}\n", line(&book.title), line(&viewer.description(PageId::Home)));
    text.push_str(&format!(
        "\nA book of essays{by}. Each essay is linked as Markdown here; its page has the same address without the name of the file. \
         What refers to what, sentence by sentence, is in [graph.json]({}).\n",
        address(input, "graph.json")
    ));
    let mut section = |title: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            text.push_str(&format!("\n## {}\n\n{}", line(title), lines.concat()));
        }
    };
    let is_public = |id: &&WritingId| viewer.is_public(PageId::Writing(**id));
    for at in 0..site.series.len() {
        let series = site.series(SeriesId(index(at)));
        let essays = series.essays.iter().filter(is_public).map(|id| essay(input, *id));
        section(&format!("Series: {}", series.title), essays.collect());
    }
    let others = viewer.public_essays().filter(|id| site.place_in_series(*id).is_none());
    section("Essays", others.map(|id| essay(input, id)).collect());
    let concepts = (0..site.concepts.len()).map(|at| PageId::Concept(ConceptId(index(at))));
    section("Concepts", concepts.map(|page| entry(input, page, &site.route(page).to_url())).collect());
    let pages = site.pages.iter().filter(is_public).map(|id| PageId::Writing(*id));
    section("Optional", pages.map(|page| entry(input, page, &site.route(page).to_url())).collect());
    text
}

fn essay(input: &Input<'_>, id: WritingId) -> String {
    entry(input, PageId::Writing(id), &copy_route(input.site, id).to_url())
}

fn entry(input: &Input<'_>, page: PageId, url: &str) -> String {
    let title = line(input.site.title(page, input.book)).replace('[', "\\[").replace(']', "\\]");
    let about = line(&input.viewer.description(page));
    let about = if about.is_empty() { about } else { format!(": {about}") };
    format!("- [{title}]({}){about}\n", address(input, url))
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
