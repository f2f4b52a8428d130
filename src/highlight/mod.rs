//! Code to HTML with about twenty short classes. Knows one code block at a time.

mod lines;

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::LazyLock;

use syntect::parsing::{BasicScopeStackOp, Scope, SyntaxReference, SyntaxSet};

use self::lines::{Lines, State, StateId};
use crate::base::diagnostic::nearest;
use crate::memo::{Arguments, Key, Kind, Leaf};

/// Beyond these a block is shown plain: regular expressions take time.
const LONGEST_LINE: usize = 20_000;
const LONGEST_CODE: usize = 512 * 1024;

/// Names that writers use and the syntaxes do not know.
const ALIASES: [(&str, &str); 13] = [
    ("shell", "bash"),
    ("console", "bash"),
    ("shell-session", "bash"),
    ("jsonc", "json"),
    ("json5", "json"),
    ("csharp", "cs"),
    ("c#", "cs"),
    ("c++", "cpp"),
    ("tera", "html"),
    ("jinja", "html"),
    ("jinja2", "html"),
    ("golang", "go"),
    ("objc", "m"),
];

/// Languages that are meant to be shown plain.
const PLAIN: [&str; 8] = ["", "text", "txt", "plain", "plaintext", "none", "mermaid", "output"];

/// Languages that writers use most and the syntaxes know: for these, nothing has to be unpacked before a page is made.
const COMMON: [&str; 22] = [
    "bash",
    "c",
    "cpp",
    "cs",
    "css",
    "diff",
    "go",
    "html",
    "java",
    "javascript",
    "js",
    "json",
    "md",
    "python",
    "rb",
    "rust",
    "sh",
    "sql",
    "toml",
    "ts",
    "xml",
    "yaml",
];

/// Scope prefixes and the class they get; the longest prefix that fits wins.
const CLASSES: [(&str, &str); 45] = [
    ("comment", "c"),
    ("punctuation.definition.comment", "c"),
    ("constant", "n"),
    ("constant.character.escape", "e"),
    ("constant.other.placeholder", "e"),
    ("entity.name.function", "f"),
    ("entity.name.type", "t"),
    ("entity.name.class", "t"),
    ("entity.name.struct", "t"),
    ("entity.name.enum", "t"),
    ("entity.name.trait", "t"),
    ("entity.name.impl", "t"),
    ("entity.name.module", "t"),
    ("entity.name.namespace", "t"),
    ("entity.name.tag", "g"),
    ("entity.name.label", "l"),
    ("entity.name.section", "h"),
    ("entity.name.macro", "m"),
    ("entity.other.attribute-name", "a"),
    ("entity.other.inherited-class", "t"),
    ("invalid", "x"),
    ("keyword", "k"),
    ("keyword.operator", "o"),
    ("keyword.operator.word", "k"),
    ("markup.heading", "h"),
    ("markup.inserted", "i"),
    ("markup.deleted", "d"),
    ("markup.underline.link", "u"),
    ("markup.raw", "s"),
    ("meta.mapping.key", "y"),
    ("meta.annotation", "m"),
    ("meta.preprocessor", "m"),
    ("storage", "k"),
    ("storage.type", "k"),
    ("string", "s"),
    ("support.function", "b"),
    ("support.macro", "m"),
    ("support.type", "t"),
    ("support.class", "t"),
    ("support.constant", "n"),
    ("support.type.property-name", "y"),
    ("variable", "v"),
    ("variable.function", "f"),
    ("variable.parameter", "p"),
    ("variable.language", "b"),
];

static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(two_face::syntax::extra_newlines);
static PREFIXES: LazyLock<Vec<(Scope, &'static str)>> = LazyLock::new(|| {
    let mut prefixes: Vec<(Scope, &'static str)> =
        CLASSES.iter().filter_map(|(prefix, class)| Some((Scope::new(prefix).ok()?, *class))).collect();
    prefixes.sort_by_key(|(scope, _)| u32::MAX - scope.len());
    prefixes
});

thread_local! {
    /// Lines that this thread coloured: what a state holds cannot be shared by threads.
    static LINES: RefCell<Lines> = RefCell::new(Lines::default());
}

/// A language without highlighting, and the known one that is nearest to it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unknown {
    pub(crate) nearest: Option<String>,
}

/// Whether code in this language gets spans around its words.
///
/// # Errors
/// The language is not known.
pub(crate) fn is_highlighted(language: &str) -> Result<bool, Unknown> {
    let lower = language.to_lowercase();
    if PLAIN.contains(&lower.as_str()) {
        return Ok(false);
    }
    if COMMON.contains(&lower.as_str()) || syntax_of(&lower).is_some() {
        return Ok(true);
    }
    let tokens = SYNTAXES.syntaxes().iter().flat_map(|syntax| {
        syntax.file_extensions.iter().map(String::as_str).filter(|token| token.len() > 2).chain([syntax.name.as_str()])
    });
    let known = tokens.chain(ALIASES.iter().map(|(alias, _)| *alias)).chain(PLAIN);
    Err(Unknown { nearest: nearest(&lower, known).filter(|near| !near.is_empty()).map(str::to_lowercase) })
}

/// Code, and the language it is in.
pub(crate) struct Code<'a> {
    pub(crate) language: &'a str,
    pub(crate) code: &'a str,
}

impl Code<'_> {
    /// The code as `html` writes it.
    pub(crate) const HTML: Kind<Self, String> = Kind::new(Leaf::Highlight, |code| html(code.language, code.code));
}

impl Arguments for Code<'_> {
    fn write(&self, key: &mut Key) {
        key.part(self.language.as_bytes());
        key.part(self.code.as_bytes());
    }
}

/// The code with spans around its words, where its language is known.
pub(crate) fn html(language: &str, code: &str) -> String {
    let is_long = code.len() > LONGEST_CODE || code.lines().any(|line| line.len() > LONGEST_LINE);
    let syntax = syntax_of(&language.to_lowercase()).filter(|_| !is_long);
    let coloured = syntax.and_then(|syntax| LINES.with_borrow_mut(|lines| write(syntax, code, lines)));
    coloured.unwrap_or_else(|| plain(code))
}

fn syntax_of(language: &str) -> Option<&'static SyntaxReference> {
    let name = ALIASES.iter().find(|(alias, _)| *alias == language).map_or(language, |(_, name)| name);
    SYNTAXES.find_syntax_by_token(name).filter(|_| !PLAIN.contains(&language))
}

/// The code without spans.
pub(crate) fn plain(code: &str) -> String {
    let mut html = String::with_capacity(code.len() + code.len() / 8);
    escape(&mut html, code);
    html
}

fn write(syntax: &SyntaxReference, code: &str, lines: &mut Lines) -> Option<String> {
    lines.make_room();
    let mut html = String::with_capacity(code.len() * 3);
    let mut classes = Classes::default();
    let (mut rest, mut place) = (code, Place::of(State::new(syntax), lines));
    while !rest.is_empty() {
        if let Some(id) = place.id {
            let (known, next) = lines.write_known(&mut html, rest, id);
            if known > 0 {
                (rest, place) = (&rest[known..], Place { id: Some(next), state: None });
                continue;
            }
        }
        let (line, others) = rest.split_at(rest.find('\n').map_or(rest.len(), |end| end + 1));
        let (before, begin) = (place.id, html.len());
        let mut state = place.into_state(lines)?;
        write_line(&mut html, line, &mut state, &mut classes)?;
        place = Place::of(state, lines);
        if let (Some(before), Some(after)) = (before, place.id) {
            lines.remember(before, line, &html[begin..], after);
        }
        rest = others;
    }
    Some(html)
}

/// Where the reading of code stands: the number of the state or the state itself, or both.
struct Place {
    id: Option<StateId>,
    state: Option<State>,
}

impl Place {
    fn of(state: State, lines: &mut Lines) -> Self {
        Self { id: lines.number(&state), state: Some(state) }
    }

    fn into_state(self, lines: &Lines) -> Option<State> {
        self.state.or_else(|| self.id.map(|id| lines.state(id)))
    }
}

/// The classes of the scopes that are open.
#[derive(Default)]
struct Classes {
    known: HashMap<Scope, Option<&'static str>>,
    /// For each open scope, the class of what stands in it: its own, or that of the scope around it.
    open: Vec<Option<&'static str>>,
}

impl Classes {
    fn current(&self) -> Option<&'static str> {
        self.open.last().copied().flatten()
    }

    fn push(&mut self, scope: Scope) {
        let class = *self.known.entry(scope).or_insert_with(|| class_of(scope));
        self.open.push(class.or(self.current()));
    }
}

fn write_line(html: &mut String, line: &str, state: &mut State, classes: &mut Classes) -> Option<()> {
    classes.open.clear();
    state.scopes.as_slice().iter().for_each(|scope| classes.push(*scope));
    let operations = state.parse.parse_line(line, &SYNTAXES).ok()?;
    let (mut from, mut open) = (0, None);
    for (at, operation) in &operations {
        if *at > from {
            open = change(html, open, classes.current());
            escape(html, line.get(from..*at)?);
            from = *at;
        }
        let follow = |operation: BasicScopeStackOp, _: &[Scope]| match operation {
            BasicScopeStackOp::Push(scope) => classes.push(scope),
            BasicScopeStackOp::Pop => drop(classes.open.pop()),
        };
        state.scopes.apply_with_hook(operation, follow).ok()?;
    }
    let rest = line.get(from..)?;
    let words = rest.trim_end_matches('\n');
    if !words.is_empty() {
        open = change(html, open, classes.current());
        escape(html, words);
    }
    change(html, open, None);
    html.push_str(&rest[words.len()..]);
    Some(())
}

fn class_of(scope: Scope) -> Option<&'static str> {
    PREFIXES.iter().find(|(prefix, _)| prefix.is_prefix_of(scope)).map(|(_, class)| *class)
}

fn change(html: &mut String, open: Option<&'static str>, wanted: Option<&'static str>) -> Option<&'static str> {
    if open == wanted {
        return open;
    }
    if open.is_some() {
        html.push_str("</span>");
    }
    if let Some(class) = wanted {
        html.push_str("<span class=\"");
        html.push_str(class);
        html.push_str("\">");
    }
    wanted
}

fn escape(html: &mut String, text: &str) {
    pulldown_cmark_escape::escape_html_body_text(html, text).expect("writing to a string cannot fail");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_get_short_classes_and_spans_end_with_their_line() {
        let html = super::html("rust", "/* a\nb */\nfn main() { let x = \"<\"; }\n");
        assert_eq!(html.matches("<span").count(), html.matches("</span>").count());
        assert!(html.lines().all(|line| line.matches("<span").count() == line.matches("</span>").count()), "{html}");
        assert!(html.contains("<span class=\"f\">main</span>") && html.contains("&lt;"), "{html}");
    }

    #[test]
    fn the_common_languages_are_known() {
        for language in COMMON {
            assert!(syntax_of(language).is_some(), "{language}");
        }
    }

    #[test]
    fn an_unknown_language_comes_with_the_nearest_known_one() {
        assert_eq!(is_highlighted("pyhton"), Err(Unknown { nearest: Some("python".to_owned()) }));
        assert_eq!((is_highlighted("text"), html("text", "<x>")), (Ok(false), "&lt;x&gt;".to_owned()));
        assert_eq!(is_highlighted("shell"), Ok(true));
    }
}
