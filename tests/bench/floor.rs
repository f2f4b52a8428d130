//! What no program could do without: the same texts to HTML, the same code through the same syntaxes, the same files written,
//! each by the shortest way on all cores.

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd, html};
use rayon::prelude::*;
use syntect::parsing::{ParseState, ScopeStack};
use syntect::util::LinesWithEndings;

use super::corpus::Corpus;
use super::measure::median;
use super::tree::Look;

/// Seconds of each part.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Floor {
    pub(crate) markdown: f64,
    pub(crate) code: f64,
    pub(crate) blocks: usize,
}

impl Floor {
    /// The part that does not depend on the theme.
    pub(crate) fn of(corpus: Corpus, runs: usize) -> Self {
        let bodies: Vec<String> = (0..corpus.essays).into_par_iter().map(|at| corpus.body(at)).collect();
        let blocks: Vec<(String, String)> = bodies.par_iter().flat_map_iter(|body| blocks_of(body)).collect();
        let markdown = middle(runs, || {
            bodies.par_iter().for_each(|body| {
                let mut page = String::with_capacity(body.len() * 3 / 2);
                html::push_html(&mut page, Parser::new_ext(body, options()));
                black_box(&page);
            });
        });
        let code = middle(runs, || {
            // Each run unpacks the syntaxes and compiles what it needs of them, as a cold build does.
            let syntaxes = two_face::syntax::extra_newlines();
            blocks.par_iter().for_each(|(language, code)| {
                let syntax = syntaxes.find_syntax_by_token(language).expect("a language of the corpus");
                let (mut state, mut stack) = (ParseState::new(syntax), ScopeStack::new());
                for line in LinesWithEndings::from(code) {
                    for (_, operation) in state.parse_line(line, &syntaxes).expect("the syntaxes are sound") {
                        stack.apply(&operation).expect("the syntaxes are sound");
                    }
                }
                black_box(&stack);
            });
        });
        Self { markdown, code, blocks: blocks.len() }
    }
}

/// Seconds for writing files of the same names and sizes into a fresh folder.
pub(crate) fn writing(look: &Look, folder: &Path, runs: usize) -> f64 {
    let longest = look.site.values().map(|(_, size)| *size).max().unwrap_or(0);
    let bytes = vec![b'x'; usize::try_from(longest).expect("it fits into memory")];
    let files: Vec<(&String, usize)> =
        look.site.iter().map(|(name, (_, size))| (name, usize::try_from(*size).expect("it fits"))).collect();
    let mut folders: Vec<&Path> = files.iter().filter_map(|(name, _)| Path::new(name.as_str()).parent()).collect();
    folders.dedup();
    let took = (0..runs).map(|_| {
        let start = Instant::now();
        folders.par_iter().for_each(|name| fs::create_dir_all(folder.join(name)).expect("a folder"));
        files.par_iter().for_each(|(name, size)| fs::write(folder.join(name), &bytes[..*size]).expect("room"));
        let took = start.elapsed().as_secs_f64();
        fs::remove_dir_all(folder).expect("a folder of ours");
        took
    });
    median(took.collect())
}

fn middle(runs: usize, work: impl Fn()) -> f64 {
    let took = (0..runs).map(|_| {
        let start = Instant::now();
        work();
        start.elapsed().as_secs_f64()
    });
    median(took.collect())
}

fn blocks_of(body: &str) -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(String, String)> = None;
    for event in Parser::new_ext(body, options()) {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => {
                open = Some((language.into_string(), String::new()));
            }
            Event::Text(text) => {
                if let Some((_, code)) = &mut open {
                    code.push_str(&text);
                }
            }
            Event::End(TagEnd::CodeBlock) => blocks.extend(open.take()),
            _ => (),
        }
    }
    blocks
}

/// Those with which the program reads essays.
fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_MATH
        | Options::ENABLE_GFM
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_WIKILINKS
        | Options::ENABLE_SMART_PUNCTUATION
}
