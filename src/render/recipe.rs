//! Files that the last build made from what they would be made from now. Knows recipes, not how anything is written.

use super::made::Made;
use super::sink::{Bytes, Sink};
use super::{Input, Output, bytes, copy, graph, llms};
use crate::base::diagnostic::Diagnostic;
use crate::base::fingerprint::Fingerprint;
use crate::base::parts::Parts;
use crate::model::portions::Portions;
use crate::model::recipe::{Before, Recipe};
use crate::view::recipe::Planned;

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
    // A page in which its texts were not found is planned, so that they are known if they are found now.
    let is_enough =
        |before: &Before| before.texts.is_some() || !matches!(output, Output::Page(key) if input.viewer.has_texts(key));
    let before = match output {
        Output::Page(_) | Output::Made(_) => sink.before(file).filter(is_enough),
        _ => None,
    };
    let planned = match output {
        Output::Page(key) if before.is_none() => input.viewer.plan(key),
        _ => None,
    };
    let shown = match (before, output) {
        (Some(before), _) => Some(before.shown),
        (None, Output::Page(_)) => planned.as_ref().map(|planned| planned.recipe),
        (None, Output::Made(Made::Feed(feed))) => input.viewer.recipe_of_feed(feed),
        (None, Output::Made(Made::Copy(id))) => Some(copy::recipe(input, id)),
        (None, Output::Made(Made::Graph)) => graph::recipe(input),
        (None, Output::Made(Made::Llms)) => Some(llms::recipe(input)),
        _ => None,
    };
    let recipe = shown.and_then(|shown| {
        let mut whole = Parts::default();
        if let Output::Page(key) = output {
            whole.add_fixed(base.pages.as_bytes());
            whole.add_fixed(input.theme.templates_of(input.viewer.kind(key))?.as_bytes());
        } else {
            whole.add_fixed(base.others.as_bytes());
        }
        whole.add_fixed(shown.as_bytes());
        Some(Recipe { shown, whole: whole.finish() })
    });
    if recipe.is_some_and(|recipe| sink.keep(file, recipe)) {
        return Ok(false);
    }
    let Output::Page(key) = output else {
        sink.put(file, recipe, without_mark(file, bytes(output, input)?));
        return Ok(true);
    };
    let of_planned = |text: &str| Fingerprint::of(format!("{} {text}", base.texts).as_bytes());
    let made_of = match before {
        Some(before) => before.texts,
        None => planned.as_ref().and_then(Planned::recipe_of_text).map(of_planned),
    };
    let known = made_of.and_then(|made_of| sink.texts(file, made_of));
    let page = match planned {
        Some(planned) => input.viewer.fill(key, planned, known),
        None => input.viewer.page_with_texts(key, known),
    };
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
