//! Compiled templates and named assets. Knows no page.

mod assets;
pub mod builtin;
pub mod chain;
mod colour;
mod growth;
mod idle;
mod manifest;
pub mod marks;
mod reach;
mod settings;
pub mod styles;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use tera::{Context, ErrorKind, Kwargs, State, Tera, Value};

use crate::base::codes::Code;
use crate::base::diagnostic::{Diagnostic, Diagnostics, Severity, nearest};
use crate::base::each_thread::EachThread;
use crate::base::fingerprint::Fingerprint;
use crate::base::path::SitePath;
use crate::base::span::Span;
use crate::base::words;
use crate::model::source::{Artifact, Layer, Source};
use crate::view::Page;
use crate::view::views::BookView;
pub use idle::idle;
pub(crate) use manifest::about;
pub use settings::{Described, Settings, describe, settle};

/// A page larger than this comes from a template that does not end.
const LARGEST_PAGE: usize = 64 << 20;

/// Most pages of essays are smaller than this.
const USUAL_PAGE: usize = 64 << 10;

/// How many numbers all ranges of one page may come to.
const MOST_IN_RANGES: usize = 1_000_000;

/// A theme, ready to render.
pub struct Theme {
    tera: Tera,
    /// `book`
    book: EachThread<Value>,
    templates: Vec<(String, Source)>,
    /// Files of the theme, with their digests in their names.
    pub assets: Vec<Artifact>,
    names: Arc<BTreeMap<String, String>>,
    /// The fingerprint of all that its pages have in common: the order of layers, names of files, and `book`.
    pub fingerprint: Fingerprint,
    /// For each template, the fingerprint of all that it can reach.
    reached: BTreeMap<String, Fingerprint>,
    /// The fingerprint of the names of its files.
    pub names_fingerprint: Fingerprint,
}

/// Compiles the layers of a theme; templates that cannot be used are reported and left to the layer below.
#[must_use]
pub fn compile(layers: &[Layer], settings: &Settings, book: &BookView) -> (Theme, Diagnostics) {
    let (assets, mut diagnostics) = assets::collect(layers, settings);
    let mut templates: Vec<(String, Source)> = Vec::new();
    for layer in layers {
        for (name, source) in &layer.templates {
            templates.push((format!("{}/{name}", layer.name), source.clone()));
        }
    }
    report_unused(layers, &templates, &mut diagnostics);
    let all = templates.clone();
    templates.retain(|(_, source)| {
        let Some((range, name)) = growth::doubling(source.held()) else { return true };
        let message = format!("`{name}` is joined with itself and doubles each time");
        let span = Span::bytes(&source.path, range);
        diagnostics.push(Diagnostic::new(Code::TemplateError, span, message).help("join it with another variable"));
        false
    });
    loop {
        let mut tera = new_tera(layers, &assets.names);
        let added = tera.add_raw_templates(templates.iter().map(|(name, source)| (name.as_str(), source.held())));
        let Err(error) = added else {
            let fingerprint = print_of(layers, &assets.names, book);
            let reached = reach::fingerprints(&templates);
            let (artifacts, names) = (assets.artifacts, assets.names);
            let names_fingerprint = Fingerprint::of(format!("{names:?}").as_bytes());
            let theme = Theme {
                tera,
                book: EachThread::new(|| Value::from_serializable(book)),
                templates: all,
                assets: artifacts,
                names,
                fingerprint,
                reached,
                names_fingerprint,
            };
            return (theme, diagnostics);
        };
        let (diagnostic, guilty) = explain(&error, &all, None);
        diagnostics.push(diagnostic);
        let own = format!("{}/", Layer::OWN);
        let before = templates.len();
        // The template that is named is left out; where none is named, all of the book's own are.
        templates.retain(|(name, _)| match &guilty {
            Some(guilty) => name != guilty,
            None => !name.starts_with(&own),
        });
        if templates.len() == before {
            templates.clear();
        }
    }
}

fn print_of(layers: &[Layer], names: &BTreeMap<String, String>, book: &BookView) -> Fingerprint {
    let order: Vec<&str> = layers.iter().map(|layer| layer.name.as_str()).collect();
    let book = serde_json::to_string(book).expect("views are texts, numbers and lists");
    Fingerprint::of(format!("{order:?} {names:?} {book}").as_bytes())
}

/// Templates that no page asks for and none names.
fn report_unused(layers: &[Layer], templates: &[(String, Source)], diagnostics: &mut Diagnostics) {
    let built_in = layers.iter().filter(|layer| !layer.is_own()).flat_map(|layer| &layer.templates);
    let known: BTreeSet<&str> = built_in.map(|(name, _)| name.as_str()).collect();
    let known: Vec<&str> = known.into_iter().collect();
    for (name, source) in templates {
        let own = name.split_once('/').map_or(name.as_str(), |(_, own)| own);
        let is_named = templates.iter().any(|(other, source)| other != name && source.held().contains(own));
        if known.contains(&own) || is_named {
            continue;
        }
        let help = match nearest(own, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("include it in another template, or name it {}", known.join(", ")),
        };
        let mut diagnostic =
            Diagnostic::new(Code::TemplateError, Span::file(&source.path), "no page uses this template").help(help);
        diagnostic.severity = Severity::Warning;
        diagnostics.push(diagnostic);
    }
}

fn new_tera(layers: &[Layer], names: &Arc<BTreeMap<String, String>>) -> Tera {
    let mut tera = Tera::new();
    tera.set_fallback_prefixes(layers.iter().map(|layer| format!("{}/", layer.name)))
        .expect("prefixes are set before templates");
    tera.autoescape_on(vec![".html", ".xml", ".svg"]);
    let names = Arc::clone(names);
    tera.register_function("asset", move |arguments: Kwargs, _: &State| -> tera::TeraResult<String> {
        let path = arguments.must_get::<&str>("path")?;
        names.get(path).cloned().ok_or_else(|| {
            let near = crate::base::diagnostic::nearest(path, names.keys().map(String::as_str));
            let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            tera::Error::message(format!("the theme has no asset `{path}`{hint}"))
        })
    });
    tera.register_function("range", |arguments: Kwargs, _: &State| -> tera::TeraResult<Vec<i64>> { range(&arguments) });
    tera.register_filter("thousands", |number: i64, _: Kwargs, _: &State| -> String { thousands(number) });
    tera
}

/// `range(start, end, step_by)` of Tera, with a bound for the page as a whole: loops within loops over ranges would
/// otherwise run for hours without writing a byte.
fn range(arguments: &Kwargs) -> tera::TeraResult<Vec<i64>> {
    let start = arguments.get::<i64>("start")?.unwrap_or(0);
    let end = arguments.must_get::<i64>("end")?;
    let step = arguments.get::<i64>("step_by")?.unwrap_or(1);
    if step < 1 {
        return Err(tera::Error::message("`step_by` of `range` must be at least 1"));
    }
    let wanted = usize::try_from(end.saturating_sub(start).max(0) / step).unwrap_or(usize::MAX);
    let left = RANGE_LEFT.get();
    if wanted > left {
        return Err(tera::Error::message(format!(
            "the ranges of this page come to more than {MOST_IN_RANGES} numbers"
        )));
    }
    RANGE_LEFT.set(left - wanted);
    Ok((start..end).step_by(usize::try_from(step).expect("at least 1")).collect())
}

thread_local! {
    /// What is left of `MOST_IN_RANGES` for the page that this thread renders; a page is rendered by one thread.
    static RANGE_LEFT: std::cell::Cell<usize> = const { std::cell::Cell::new(MOST_IN_RANGES) };
}

fn thousands(number: i64) -> String {
    format!("{}{}", if number < 0 { "-" } else { "" }, words::thousands(number.unsigned_abs()))
}

impl Theme {
    /// Where a file of the theme stands below the site's root, by its name below `assets/`.
    #[must_use]
    pub fn asset(&self, name: &str) -> Option<&str> {
        self.names.get(name).map(String::as_str)
    }

    /// The fingerprint of all templates of which pages of a kind may be made; `None` where no template is of that kind.
    #[must_use]
    pub fn templates_of(&self, kind: &str) -> Option<Fingerprint> {
        self.reached.get(&template_of(kind)).copied()
    }

    /// Renders a page.
    ///
    /// # Errors
    /// What is wrong with the template.
    pub fn render(&self, page: &Page) -> Result<Vec<u8>, Box<Diagnostic>> {
        let template = template_of(&page.page.kind);
        let mut context = Context::new();
        context.insert_value("book", self.book.own().clone());
        context.insert("page", &page.page);
        context.insert(page.view.name(), &page.view);
        RANGE_LEFT.set(MOST_IN_RANGES);
        // A buffer that grows copies all that it holds each time.
        let mut out = Capped { bytes: Vec::with_capacity(USUAL_PAGE) };
        match self.tera.render_to(&template, &context, &mut out) {
            Ok(()) => Ok(out.bytes),
            Err(error) => Err(Box::new(explain(&error, &self.templates, Some(&template)).0)),
        }
    }
}

/// The template of pages of a kind.
fn template_of(kind: &str) -> String {
    format!("{kind}.html")
}

/// A buffer that refuses to grow without measure.
struct Capped {
    bytes: Vec<u8>,
}

impl std::io::Write for Capped {
    fn write(&mut self, part: &[u8]) -> std::io::Result<usize> {
        if self.bytes.len() + part.len() > LARGEST_PAGE {
            return Err(std::io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(part);
        Ok(part.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// An error of the template engine as a finding, and the name of the template that is at fault, where it is known.
fn explain(error: &tera::Error, templates: &[(String, Source)], page: Option<&str>) -> (Diagnostic, Option<String>) {
    let source_of = |name: &str| {
        let wanted = |known: &&(String, Source)| {
            known.0 == name || known.0.rsplit_once('/').is_some_and(|(_, last)| last == name)
        };
        templates.iter().find(wanted)
    };
    let (name, range, message) = match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
            (Some(report.filename().to_owned()), Some(report.span().range.clone()), report.message().to_owned())
        }
        ErrorKind::CircularExtend { tpl, .. } => {
            (Some(tpl.clone()), None, "this template extends itself in a circle".to_owned())
        }
        ErrorKind::CircularInclude { tpl, .. } => {
            (Some(tpl.clone()), None, "this template includes itself in a circle".to_owned())
        }
        ErrorKind::MissingParent { current, parent } => {
            (Some(current.clone()), None, format!("this template extends `{parent}`, which does not exist"))
        }
        ErrorKind::Io(_) => {
            (page.map(str::to_owned), None, "this template writes more than 64 MB for one page".to_owned())
        }
        other => {
            let message = other.to_string();
            let named =
                templates.iter().find(|(name, _)| message.contains(name.as_str())).map(|(name, _)| name.clone());
            (named.or_else(|| page.map(str::to_owned)), None, message)
        }
    };
    let source = name.as_deref().and_then(source_of);
    let message = message.trim().trim_start_matches("error: ").to_owned();
    let (range, near) = match (range, source) {
        (None, Some((_, source))) => place_of(&message, source.held(), templates),
        (range, _) => (range, None),
    };
    let path = source.map_or_else(|| SitePath::new("themes").expect("clean"), |(_, source)| source.path.clone());
    let span = match range {
        Some(range) => Span::bytes(&path, range),
        None => Span::file(&path),
    };
    let first = message.lines().find(|line| !line.trim().is_empty()).unwrap_or("this template cannot be used").trim();
    let mut letters = first.trim_end_matches('.').chars();
    let lower: String = letters.next().map(char::to_lowercase).into_iter().flatten().chain(letters).collect();
    let help = near.map_or_else(
        || "the manual lists what templates may use under Themes".to_owned(),
        |near| format!("did you mean `{near}`?"),
    );
    (Diagnostic::new(Code::TemplateError, span, lower).help(help), source.map(|(name, _)| name.clone()))
}

/// Where in a template the first name stands that a message quotes and the template writes, with the nearest name of a
/// template or block.
fn place_of(message: &str, text: &str, templates: &[(String, Source)]) -> (Option<Range<usize>>, Option<String>) {
    let quoted = message.split('`').skip(1).step_by(2);
    let is_in_statement = |at: usize| text[..at].rfind("{%").is_some_and(|open| !text[open..at].contains("%}"));
    let Some((at, name)) = quoted.filter(|name| !name.is_empty()).find_map(|name| {
        text.match_indices(name).map(|(at, _)| at).find(|at| is_in_statement(*at)).map(|at| (at, name))
    }) else {
        return (None, None);
    };
    let files = templates.iter().flat_map(|(known, _)| [known.as_str(), known.rsplit('/').next().unwrap_or(known)]);
    let near = if name.contains('.') { nearest(name, files) } else { nearest(name, blocks(templates)) };
    (Some(at..at + name.len()), near.map(str::to_owned))
}

/// The blocks of all templates but those of the book.
fn blocks(templates: &[(String, Source)]) -> BTreeSet<&str> {
    let own = format!("{}/", Layer::OWN);
    let built_in = templates.iter().filter(|(name, _)| !name.starts_with(&own));
    built_in
        .flat_map(|(_, source)| source.held().split("block ").skip(1))
        .filter_map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next())
        .collect()
}
