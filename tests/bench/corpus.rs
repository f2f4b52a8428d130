//! Books of any size, the same for the same seed. Essay `at` follows from the seed, its number and how many there are, so
//! that they are written at the same time and none is held in memory.
//!
//! The shape: 600 to 2,500 words, about 9.4 KB of Markdown; three to five of two hundred concepts by the law of Zipf, the
//! first on half of the essays; three to six links to other files, a fifth of them to a heading; code in fifteen of a
//! hundred; lists, quotations, footnotes, tables; days over ten years; a series for one essay in five.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use rayon::prelude::*;

use super::code;
use super::numbers::Numbers;
use super::words::{WORDS, capital, concept, sentence};

/// What the streams of numbers are for.
const ABOUT: u64 = 1;
const SERIES: u64 = 2;
const BODY: u64 = 3;
const REPLIES: u64 = 4;

/// Essays of one series, at most.
const SERIES_LENGTH: usize = 8;

/// The heading that links lead to; every essay has it.
const KNOWN_HEADING: &str = "What it comes to";
const KNOWN_FRAGMENT: &str = "#what-it-comes-to";

/// Whose front matter is written. The texts are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Throughline,
    Hugo,
}

/// A book that can be written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Corpus {
    pub(crate) seed: u64,
    pub(crate) essays: usize,
    /// For each essay.
    pub(crate) replies: usize,
}

/// What stands above a text.
struct About {
    title: String,
    name: String,
    date: jiff::Timestamp,
    concepts: Vec<&'static str>,
    series: Option<(String, usize)>,
}

/// Writes a book and returns the names of its essays.
pub(crate) fn write(book: &Path, essays: usize, replies: usize) -> Vec<String> {
    let corpus = Corpus { seed: 1, essays, replies };
    corpus.write(book);
    (0..essays).map(|at| corpus.name(at)).collect()
}

impl Corpus {
    /// Writes the book, over what stands there.
    pub(crate) fn write(self, book: &Path) {
        let settings = "title = \"Tides and Ledgers\"\nauthor = \"Nobody in Particular\"\nsummary = \"Essays about nothing, to be counted.\"\nbase_url = \"https://example.org/\"\n";
        self.write_essays(book, Dialect::Throughline);
        fs::write(book.join("book.toml"), settings).expect("a file");
        if self.replies == 0 {
            return;
        }
        fs::create_dir_all(book.join("content/replies")).expect("a folder");
        (0..self.essays).into_par_iter().for_each(|at| {
            let path = book.join(format!("content/replies/{}.toml", self.about(at).name));
            fs::write(path, self.replies_of(at)).expect("a file");
        });
    }

    /// Writes the essays alone.
    pub(crate) fn write_essays(self, folder: &Path, dialect: Dialect) {
        let essays = folder.join("content/essays");
        fs::create_dir_all(&essays).expect("a folder");
        (0..self.essays).into_par_iter().for_each(|at| {
            let about = self.about(at);
            let mut text = about.front_matter(dialect);
            self.write_body(at, &mut text);
            fs::write(essays.join(format!("{}.md", about.name)), text).expect("a file");
        });
    }

    /// The text of an essay, without front matter.
    pub(crate) fn body(self, at: usize) -> String {
        let mut text = String::with_capacity(16_000);
        self.write_body(at, &mut text);
        text
    }

    /// The name of an essay's file, without `.md`.
    pub(crate) fn name(self, at: usize) -> String {
        self.about(at).name
    }

    fn about(self, at: usize) -> About {
        let mut numbers = Numbers::of(self.seed, ABOUT, at);
        let wanted = numbers.between(3, 5);
        let mut concepts = Vec::with_capacity(wanted);
        while concepts.len() < wanted {
            let one = concept(&mut numbers);
            if !concepts.contains(&one) {
                concepts.push(one);
            }
        }
        let title = title(&mut numbers);
        let name = format!("{}-{at:06}", slug(&title));
        let first = jiff::Timestamp::from_second(1_420_092_000).expect("the first of January 2015");
        let ten_years = 10 * 365 * 24 * 3_600;
        let after = ten_years * at / self.essays;
        let date = first + jiff::SignedDuration::from_secs(i64::try_from(after).expect("a few years"));
        let block = at / SERIES_LENGTH;
        let mut numbers = Numbers::of(self.seed, SERIES, block);
        let series = numbers.is_in(200).then(|| {
            let name = format!(
                "{} {} in {SERIES_LENGTH} Letters, {block}",
                capital(numbers.pick(&WORDS.qualities)),
                capital(numbers.pick(&WORDS.nouns))
            );
            (name, at % SERIES_LENGTH + 1)
        });
        About { title, name, date, concepts, series }
    }

    /// Another essay: one half of the links lead anywhere, the other half mostly to old essays.
    fn link(self, at: usize, numbers: &mut Numbers) -> String {
        let mut target = at;
        while target == at && self.essays > 1 {
            target = numbers.below(self.essays);
            if numbers.is_in(500) {
                let bound = 1 + numbers.skewed(target + 1);
                target = numbers.below(bound);
            }
        }
        let about = self.about(target);
        let fragment = if numbers.is_in(200) { KNOWN_FRAGMENT } else { "" };
        format!("[{}]({}.md{fragment})", about.title, about.name)
    }

    fn write_body(self, at: usize, text: &mut String) {
        let mut numbers = Numbers::of(self.seed, BODY, at);
        let (often, seldom) = (numbers.below(670) + numbers.below(670), numbers.is_in(250));
        let goal = 600 + often + if seldom { numbers.below(560) } else { 0 };
        let sections = (goal / 220).clamp(4, 9);
        let links = numbers.between(3, 6);
        let mut body = Body {
            links: (0..links).map(|_| self.link(at, &mut numbers)).collect(),
            codes: if numbers.is_in(150) { numbers.between(1, 2) } else { 0 },
            notes_wanted: if numbers.is_in(500) { numbers.between(1, 3) } else { 0 },
            notes: Vec::new(),
            words: 0,
            text,
            numbers,
        };
        let known = body.numbers.between(1, sections - 1);
        let table = body.numbers.is_in(250).then(|| body.numbers.below(sections));
        for section in 0..sections {
            body.heading(section, known);
            let end = goal * (section + 1) / sections;
            body.paragraph();
            while body.words < end {
                body.paragraph();
            }
            if table == Some(section) {
                body.table();
            }
            if body.codes > 0 && (section + 1 == sections || body.numbers.is_in(400)) {
                body.code();
            }
        }
        body.finish();
    }

    fn replies_of(self, at: usize) -> String {
        let mut numbers = Numbers::of(self.seed, REPLIES, at);
        let mut text = String::from("[[thread]]\nsource = \"disqus\"\n");
        for number in 0..self.replies {
            let parent =
                if number % 3 == 2 { format!("parent = \"disqus:{at}-{}\"\n", number - 1) } else { String::new() };
            let words: Vec<String> = (0..4).map(|_| sentence(&mut numbers).replace('"', "'")).collect();
            write!(
                text,
                "\n[[reply]]\nid = \"disqus:{at}-{number}\"\n{parent}author = \"Reader {}\"\ndate = 2024-{:02}-{:02}T07:00:00Z\ntext = \"{}\"\n",
                numbers.below(500),
                1 + number % 12,
                1 + number % 28,
                words.join(" ")
            )
            .expect("memory");
        }
        text
    }
}

impl About {
    fn front_matter(&self, dialect: Dialect) -> String {
        let Self { title, date, concepts, series, .. } = self;
        let quoted: Vec<String> = concepts.iter().map(|name| format!("\"{name}\"")).collect();
        let (key, table) = match dialect {
            Dialect::Throughline => ("concepts", ""),
            Dialect::Hugo => ("tags", "\n[params]\n"),
        };
        let mut text = format!("+++\ntitle = \"{title}\"\ndate = {date}\n{key} = [{}]\n", quoted.join(", "));
        if let Some((name, place)) = series {
            write!(text, "{table}series = \"{name}\"\npart = {place}\n").expect("memory");
        }
        text.push_str("+++\n\n");
        text
    }
}

/// An essay that is being written.
struct Body<'a> {
    numbers: Numbers,
    text: &'a mut String,
    words: usize,
    /// Links and blocks of code that still have to come.
    links: Vec<String>,
    codes: usize,
    notes_wanted: usize,
    notes: Vec<String>,
}

impl Body<'_> {
    fn sentences(&mut self, count: usize) -> Vec<String> {
        let sentences: Vec<String> = (0..count).map(|_| sentence(&mut self.numbers)).collect();
        self.words += sentences.iter().map(|sentence| sentence.split(' ').count()).sum::<usize>();
        sentences
    }

    fn heading(&mut self, section: usize, known: usize) {
        if section == 0 {
            return;
        }
        let numbers = &mut self.numbers;
        if section == known {
            writeln!(self.text, "## {KNOWN_HEADING}\n").expect("memory");
            return;
        }
        let depth = if section > 1 && numbers.is_in(300) { "###" } else { "##" };
        let (quality, one, two) =
            (numbers.pick(&WORDS.qualities), numbers.pick(&WORDS.nouns), numbers.pick(&WORDS.nouns));
        writeln!(self.text, "{depth} {} {one}, or the {two}\n", capital(quality)).expect("memory");
    }

    fn paragraph(&mut self) {
        let count = self.numbers.between(3, 7);
        let mut sentences = self.sentences(count);
        if self.numbers.is_in(500)
            && let Some(link) = self.links.pop()
        {
            let (verb, noun) = (self.numbers.pick(&WORDS.verbs), self.numbers.pick(&WORDS.nouns));
            sentences.insert(1, format!("There is more of this in {link}, which {verb} the {noun}."));
        }
        if self.notes.len() < self.notes_wanted && self.numbers.is_in(300) {
            let number = self.notes.len() + 1;
            self.notes.push(format!("[^{number}]: {}", sentence(&mut self.numbers)));
            sentences.push(format!("{}[^{number}]", sentence(&mut self.numbers)));
        }
        writeln!(self.text, "{}\n", sentences.join(" ")).expect("memory");
        match self.numbers.below(100) {
            0..9 => self.list(|_| "-".to_owned()),
            9..14 => self.list(|at| format!("{at}.")),
            14..22 => self.quotation(),
            _ => (),
        }
    }

    fn list(&mut self, mark: impl Fn(usize) -> String) {
        let count = self.numbers.between(3, 6);
        for (at, sentence) in self.sentences(count).into_iter().enumerate() {
            writeln!(self.text, "{} {sentence}", mark(at + 1)).expect("memory");
        }
        self.text.push('\n');
    }

    fn quotation(&mut self) {
        let said = self.sentences(2).join(" ");
        let (person, noun) = (self.numbers.pick(&WORDS.people), capital(self.numbers.pick(&WORDS.nouns)));
        writeln!(self.text, "> {said}\n>\n> --- {person}, *The {noun}*\n").expect("memory");
    }

    fn table(&mut self) {
        let numbers = &mut self.numbers;
        self.text.push_str("| What | How many | Remark |\n|---|---:|:--|\n");
        for _ in 0..numbers.between(3, 7) {
            let (quality, noun) = (numbers.pick(&WORDS.qualities), numbers.pick(&WORDS.nouns));
            let (count, deed, other) = (numbers.below(1_000), numbers.pick(&WORDS.deeds), numbers.pick(&WORDS.nouns));
            writeln!(self.text, "| {quality} {noun} | {count} | {deed} the {other} first |").expect("memory");
        }
        self.text.push('\n');
    }

    fn code(&mut self) {
        self.codes -= 1;
        let block = code::block(&mut self.numbers);
        writeln!(self.text, "{block}").expect("memory");
    }

    /// What had no place yet, and the notes.
    fn finish(mut self) {
        while self.codes > 0 {
            self.code();
        }
        for link in &self.links {
            writeln!(self.text, "- {link}").expect("memory");
        }
        for note in &self.notes {
            write!(self.text, "\n{note}\n").expect("memory");
        }
    }
}

fn title(numbers: &mut Numbers) -> String {
    let form = numbers.below(10);
    let (one, two) = (numbers.pick(&WORDS.concepts), numbers.pick(&WORDS.concepts));
    let (noun, other) = (numbers.pick(&WORDS.nouns), numbers.pick(&WORDS.nouns));
    let (quality, deed) = (numbers.pick(&WORDS.qualities), numbers.pick(&WORDS.deeds));
    capital(&match form {
        0 => format!("{one} before {two}"),
        1 => format!("The {quality} side of {one}"),
        2 => format!("Where {one} begins"),
        3 => format!("A {noun} and its {other}"),
        4 => format!("How we came to {deed} the {noun}"),
        5 => format!("{one}, {two} and the {noun}"),
        6 => format!("In praise of {quality} {one}"),
        7 => format!("What the {noun} knows of {one}"),
        8 => format!("Two letters on {one}"),
        _ => format!("The {noun} that would not {deed}"),
    })
}

fn slug(title: &str) -> String {
    let words = title.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
}
