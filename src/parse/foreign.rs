//! Syntax of other programs in a text, which would be published as words: tags and variables of templates, attributes of
//! kramdown. Knows how it looks and what stands for it here, and carries nothing out.

use std::ops::Range;

use pulldown_cmark::{Event, Tag};

use super::markdown::Input;
use crate::base::codes::Code;
use crate::base::diagnostic::{Diagnostic, Diagnostics};
use crate::base::span::Span;

/// What is longer than this was hardly meant to be a tag.
const LONGEST: usize = 400;

/// How it begins and ends; where two begin alike, the longer one stands first.
const FORMS: [(&str, &str, Form); 6] = [
    ("{{<", ">}}", Form::Tag),
    ("{{%", "%}}", Form::Tag),
    ("{{", "}}", Form::Variable),
    ("{%", "%}", Form::Tag),
    ("{::", "}", Form::Attributes),
    ("{:", "}", Form::Attributes),
];

#[derive(Clone, Copy, PartialEq)]
enum Form {
    Tag,
    Variable,
    Attributes,
}

/// Reports it wherever it stands outside code, formulas and comments.
pub(super) fn report(input: &Input<'_>, events: &[(Event<'_>, Range<usize>)], diagnostics: &mut Diagnostics) {
    let body = &input.text[input.body_start..];
    if !["{{", "{%", "{:"].iter().any(|start| body.contains(start)) {
        return;
    }
    let quiet = quiet(body, events);
    let mut at = 0;
    while let Some(next) = body[at..].find('{').map(|next| at + next) {
        at = next + 1;
        if let Some(range) = quiet.iter().find(|range| range.contains(&next)) {
            at = range.end.max(at);
            continue;
        }
        let Some((form, inner, length)) = form_at(&body[next..]) else { continue };
        at = next + length;
        let name = inner.split(|c: char| c.is_whitespace() || matches!(c, '(' | '"')).next().unwrap_or("");
        if let Some(end) = end_of_code(&body[at..], name) {
            at += end;
        }
        if form == Form::Tag && is_closing(name) {
            continue;
        }
        let start = input.body_start + next;
        let span = Span::bytes(input.path, start..start + length);
        let written = shorten(&body[next..next + length]);
        let message = format!("`{written}` is written for another program, and would be shown as these words");
        diagnostics.push(Diagnostic::new(Code::ForeignSyntax, span, message).help(remedy(form, name)));
    }
}

/// Places where such signs are meant to be read as they are, in the order of the text.
fn quiet(body: &str, events: &[(Event<'_>, Range<usize>)]) -> Vec<Range<usize>> {
    let is_comment = |range: &Range<usize>| body[range.clone()].trim_start().starts_with("<!--");
    let is_quiet = |(event, range): &&(Event<'_>, Range<usize>)| match event {
        Event::Start(Tag::CodeBlock(_)) | Event::Code(_) | Event::InlineMath(_) | Event::DisplayMath(_) => true,
        Event::Start(Tag::HtmlBlock) | Event::InlineHtml(_) => is_comment(range),
        _ => false,
    };
    events.iter().filter(is_quiet).map(|(_, range)| range.clone()).collect()
}

/// The form of what begins here, what stands inside it, and its length.
fn form_at(rest: &str) -> Option<(Form, &str, usize)> {
    let (start, end, form) = FORMS.into_iter().find(|(start, _, _)| rest.starts_with(start))?;
    let close = rest[start.len()..].find(end)?;
    let inner = &rest[start.len()..start.len() + close];
    let whole = start.len() + close + end.len();
    let words = inner.trim_matches(['-', '~']).trim();
    let first = words.chars().next()?;
    let is_it = match form {
        Form::Tag => first.is_ascii_alphabetic() || first == '/',
        Form::Variable => first.is_ascii_alphabetic() || matches!(first, '.' | '$'),
        Form::Attributes => !inner.contains('\n') && (first.is_ascii_alphabetic() || matches!(first, '.' | '#' | '/')),
    };
    // A blank line ends a paragraph, and no tag goes on behind it.
    (is_it && whole <= LONGEST && !inner.contains("\n\n")).then_some((form, words, whole))
}

/// What stands between the two tags of a block of code is that code; gives the byte where its end tag begins.
fn end_of_code(rest: &str, name: &str) -> Option<usize> {
    match name {
        "highlight" => rest.find("{% endhighlight").or_else(|| rest.find("{{< /highlight")),
        "raw" => rest.find("{% endraw"),
        _ => None,
    }
}

fn is_closing(name: &str) -> bool {
    name.starts_with('/') || name.starts_with("end")
}

fn remedy(form: Form, name: &str) -> &'static str {
    match (form, name) {
        (Form::Attributes, _) => "take it out; a heading takes an id of its own as in `## Words {#id}`",
        (Form::Variable, _) => "write what it stands for: texts are no templates here",
        (Form::Tag, "highlight" | "code" | "codeblock") => "write the code between two lines of three backticks",
        (Form::Tag, "figure" | "img" | "image" | "picture") => "write `![What is to be seen](picture.png)`",
        (Form::Tag, "ref" | "relref" | "link" | "post_url") => {
            "write a link to the file, such as `[words](other-essay.md)`"
        }
        (Form::Tag, "note" | "notice" | "hint" | "tip" | "info" | "warning" | "alert" | "admonition" | "callout") => {
            "write `> [!NOTE]` and the note below it, each line behind `> `"
        }
        (Form::Tag, "raw" | "comment") => "take it out; put what is to be shown as it is between backticks",
        _ => {
            "write what it stands for in Markdown or HTML, put it between backticks if it is meant to be read, or take it out"
        }
    }
}

/// The beginning of it on one line, for messages.
fn shorten(written: &str) -> String {
    let line = written.split_whitespace().collect::<Vec<_>>().join(" ").replace('`', "'");
    if line.chars().count() <= 60 { line } else { format!("{}…", line.chars().take(60).collect::<String>()) }
}
