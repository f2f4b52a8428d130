//! The manual as its readers see it: chapters, and the examples in them with what stands before each.

use std::fs;
use std::path::{Path, PathBuf};

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};

/// An example: a fenced block of code.
pub(crate) struct Block {
    /// The file it stands in, from the root of the repository.
    pub(crate) file: String,
    /// The line of its fence.
    pub(crate) line: usize,
    /// The word behind the fence.
    pub(crate) kind: String,
    /// The paragraph before it.
    pub(crate) before: String,
    pub(crate) text: String,
}

impl Block {
    pub(crate) fn place(&self) -> String {
        format!("{}:{} ({})", self.file, self.line, self.kind)
    }

    /// The mistake that the page of this block is about, if it is about one.
    pub(crate) fn mistake(&self) -> Option<&str> {
        self.file.strip_prefix("docs/content/pages/checks/")?.strip_suffix(".md")
    }
}

pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The text of a chapter.
pub(crate) fn chapter(name: &str) -> String {
    let path = root().join("docs/content/essays").join(format!("{name}.md"));
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every file of the manual with its path from the root of the repository; the front page of the repository is one of them.
pub(crate) fn files() -> Vec<(String, String)> {
    let mut open = vec![root().join("docs/content")];
    let mut found = vec![root().join("README.md")];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                found.push(path);
            }
        }
    }
    found.sort();
    let name = |path: &Path| path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
    found.iter().map(|path| (name(path), fs::read_to_string(path).unwrap())).collect()
}

/// The examples of one file, in order.
pub(crate) fn blocks(file: &str, text: &str) -> Vec<Block> {
    let mut found: Vec<Block> = Vec::new();
    let (mut before, mut words) = (String::new(), String::new());
    let mut open: Option<Block> = None;
    for (event, range) in Parser::new(text).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(kind))) => {
                let line = text[..range.start].matches('\n').count() + 1;
                let kind = kind.split_whitespace().next().unwrap_or("").to_owned();
                let before = std::mem::take(&mut before);
                open = Some(Block { file: file.to_owned(), line, kind, before, text: String::new() });
            }
            Event::End(TagEnd::CodeBlock) => found.extend(open.take()),
            Event::Start(Tag::Paragraph) => words.clear(),
            Event::End(TagEnd::Paragraph) => before = std::mem::take(&mut words),
            Event::Start(Tag::Heading { .. }) => before.clear(),
            Event::Text(piece) => match &mut open {
                Some(block) => block.text.push_str(&piece),
                None => words.push_str(&piece),
            },
            Event::Code(piece) => {
                words.push('`');
                words.push_str(&piece);
                words.push('`');
            }
            Event::SoftBreak | Event::HardBreak => words.push(' '),
            _ => {}
        }
    }
    found
}

/// How many fences a text opens, counted without a Markdown parser: nothing that looks like an example may be passed over.
pub(crate) fn fences(text: &str) -> usize {
    let mut count = 0;
    let mut open: Option<usize> = None;
    for line in text.lines() {
        let line = line.trim_start();
        let ticks = line.chars().take_while(|c| *c == '`').count();
        match open {
            None if ticks >= 3 => {
                count += 1;
                open = Some(ticks);
            }
            Some(width) if ticks >= width && line[ticks..].trim().is_empty() => open = None,
            _ => {}
        }
    }
    count
}
