//! Books of any size, the same for the same numbers. The shape: 600 to 2,500 words an essay, five of two hundred concepts,
//! four links to other essays, code in every seventh.

use std::fmt::Write;
use std::fs;
use std::path::Path;

/// Numbers that look random and are the same in every run (Lehmer's generator, modulus 2^31 - 1).
pub(crate) struct Numbers(u64);

impl Numbers {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed % 2_147_483_646 + 1)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0 * 48_271 % 2_147_483_647;
        (self.0 as usize) % end
    }

    /// A number below `end`, small ones more often.
    pub(crate) fn skewed(&mut self, end: usize) -> usize {
        let bound = 1 + self.below(end);
        self.below(bound)
    }
}

const WORDS: [&str; 64] = [
    "keel", "harbour", "crew", "watch", "course", "wind", "chart", "captain", "night", "order", "question", "answer",
    "meeting", "decision", "promise", "habit", "letter", "table", "door", "silence", "team", "work", "people",
    "morning", "time", "place", "story", "word", "hand", "year", "a", "the", "of", "to", "in", "and", "is", "was",
    "that", "it", "for", "with", "as", "on", "by", "at", "from", "not", "but", "they", "we", "you", "who", "what",
    "when", "where", "asks", "keeps", "holds", "turns", "learns", "shows", "finds", "leaves",
];

/// A sentence of eight to twenty words.
pub(crate) fn sentence(numbers: &mut Numbers) -> String {
    let count = 8 + numbers.below(13);
    let mut text = String::new();
    for at in 0..count {
        let word = WORDS[numbers.below(WORDS.len())];
        if at == 0 {
            text.push_str(&word[..1].to_uppercase());
            text.push_str(&word[1..]);
        } else {
            text.push(' ');
            text.push_str(word);
        }
    }
    text.push('.');
    text
}

/// Writes a book and returns the names of its essays.
pub(crate) fn write(book: &Path, essays: usize, replies: usize) -> Vec<String> {
    for folder in ["content/essays", "content/replies"] {
        fs::create_dir_all(book.join(folder)).expect("a folder");
    }
    fs::write(book.join("book.toml"), "title = \"Bench\"\nbase_url = \"https://example.org/\"\n").expect("a file");
    let names: Vec<String> = (0..essays).map(|at| format!("essay-{at:06}")).collect();
    for (at, name) in names.iter().enumerate() {
        let mut numbers = Numbers::new(at as u64 + 17);
        let text = essay(at, &names, &mut numbers);
        fs::write(book.join(format!("content/essays/{name}.md")), text).expect("a file");
        if replies > 0 {
            let text = replies_of(at, replies, &mut numbers);
            fs::write(book.join(format!("content/replies/{name}.toml")), text).expect("a file");
        }
    }
    names
}

fn essay(at: usize, names: &[String], numbers: &mut Numbers) -> String {
    // Few concepts are on many essays, many on few.
    let concepts: Vec<String> = (0..5).map(|_| format!("\"idea {}\"", numbers.skewed(200))).collect();
    let (year, month, day) = (2000 + at % 25, 1 + at % 12, 1 + at % 28);
    let mut text = format!(
        "+++\ntitle = \"Essay {at}\"\ndate = {year}-{month:02}-{day:02}\nsummary = \"{}\"\nconcepts = [{}]\n+++\n",
        sentence(numbers),
        concepts.join(", ")
    );
    let words = 600 + numbers.below(1_900);
    let mut written = 0;
    let mut paragraph = 0;
    while written < words {
        if paragraph % 6 == 5 {
            writeln!(text, "\n## Part {paragraph}").expect("memory");
        }
        let sentences = 3 + numbers.below(5);
        let mut lines: Vec<String> = (0..sentences).map(|_| sentence(numbers)).collect();
        if paragraph % 4 == 1 {
            let target = &names[numbers.below(names.len())];
            lines.push(format!("See [this one]({target}.md) for the *rest*."));
        }
        written += lines.iter().map(|line| line.split(' ').count()).sum::<usize>();
        writeln!(text, "\n{}", lines.join(" ")).expect("memory");
        paragraph += 1;
    }
    if at % 7 == 3 {
        text.push_str("\n```rust\n");
        for (line, word) in WORDS.iter().enumerate().take(20) {
            writeln!(text, "    let value_{line} = compute({}, \"{}\")?;", numbers.below(99), word).expect("memory");
        }
        text.push_str("```\n");
    }
    text
}

fn replies_of(at: usize, count: usize, numbers: &mut Numbers) -> String {
    let mut text = String::from("[[thread]]\nsource = \"disqus\"\n");
    for number in 0..count {
        let parent = if number % 3 == 2 { format!("parent = \"disqus:{at}-{}\"\n", number - 1) } else { String::new() };
        let words: Vec<String> = (0..4).map(|_| sentence(numbers)).collect();
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
