//! Files that the last build made from what they would be made from now. Knows recipes, not how anything is written.

use super::made::Made;
use super::sink::{Bytes, Sink};
use super::{Input, Output, bytes, copy, graph, llms};
use crate::base::diagnostic::Diagnostic;
use crate::base::fingerprint::Fingerprint;
use crate::model::portions::Portions;

/// What decides the bytes of files besides what they show.
#[derive(Clone, Copy)]
pub(super) struct Base {
    /// For pages: the program, the settings and the theme without its templates.
    pages: Fingerprint,
    /// For what no template makes: the program, the settings and the names of the theme's files.
    others: Fingerprint,
    /// For the texts of writings: the program and the settings.
    texts: Fingerprint,
}

pub(super) fn base(input: &Input<'_>, engine: Fingerprint) -> Base {
    let settings = input.sources.iter().find(|source| source.path.as_str() == "book.toml");
    let settings = settings.map(|source| source.fingerprint);
    // Settings of the command line, such as another `base_url`, show in the settings as they were understood.
    let book = Fingerprint::of(format!("{:?}", input.book).as_bytes());
    let texts = Fingerprint::of(format!("{engine} {settings:?} {book}").as_bytes());
    let others = Fingerprint::of(format!("{texts} {}", input.theme.names_fingerprint).as_bytes());
    let pages = Fingerprint::of(format!("{others} {}", input.theme.fingerprint).as_bytes());
    Base { pages, others, texts }
}

/// Makes a file, unless the sink has it from the same recipe: then false.
///
/// # Errors
/// What is wrong with the template of a page.
pub(super) fn make(
    file: &str,
    output: Output,
    input: &Input<'_>,
    base: Base,
    sink: &dyn Sink,
) -> Result<bool, Box<Diagnostic>> {
    let planned = if let Output::Page(key) = output { input.viewer.plan(key) } else { None };
    let others = |recipe: Fingerprint| Fingerprint::of(&[base.others.to_bytes(), recipe.to_bytes()].concat());
    let recipe = match output {
        Output::Page(_) => planned.as_ref().and_then(|planned| {
            let templates = input.theme.templates_of(planned.kind())?;
            let parts = [base.pages.to_bytes(), templates.to_bytes(), planned.recipe.to_bytes()];
            Some(Fingerprint::of(&parts.concat()))
        }),
        Output::Made(Made::Feed(feed)) => input.viewer.recipe_of_feed(feed).map(others),
        Output::Made(Made::Copy(id)) => Some(others(copy::recipe(input, id))),
        Output::Made(Made::Graph) => graph::recipe(input).map(others),
        Output::Made(Made::Llms) => Some(others(llms::recipe(input))),
        _ => None,
    };
    if recipe.is_some_and(|recipe| sink.keep(file, recipe)) {
        return Ok(false);
    }
    let (Output::Page(key), Some(planned)) = (output, planned) else {
        sink.put(file, recipe, without_mark(file, bytes(output, input)?));
        return Ok(true);
    };
    let made_of = planned.recipe_of_text().map(|text| Fingerprint::of(format!("{} {text}", base.texts).as_bytes()));
    let known = made_of.and_then(|made_of| sink.texts(file, made_of));
    let page = input.viewer.fill(key, planned, known);
    let made = without_mark(file, input.theme.render(&page)?.into());
    match made_of.zip(page.texts()).and_then(|(made_of, texts)| Portions::find(made_of, texts, &made)) {
        Some(texts) => sink.put_with_texts(file, recipe, texts, made),
        None => sink.put(file, recipe, made),
    }
    Ok(true)
}

fn without_mark(file: &str, made: Bytes) -> Bytes {
    debug_assert!(!holds_mark(&made), "{file} was made with texts in it, not with recipes");
    made
}

fn holds_mark(bytes: &[u8]) -> bool {
    let mark = crate::view::recipe::MARK.as_bytes();
    bytes.windows(mark.len()).any(|part| part == mark)
}
