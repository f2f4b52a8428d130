//! What binds the pages of a random book to each other: blocks, front matter and replies that show what stands elsewhere, and
//! edits in one text that change what is shown of it on the pages of others.

use std::collections::BTreeMap;

use super::random::{
    CONCEPTS, DATES, ESSAYS, HEADINGS, Random, SERIES, WORDS, concept_path, link, sentence, some_title,
};
use super::script::{Files, Step};

/// The essays of a book that can be read, by their paths.
fn essays(files: &Files) -> Vec<(&String, &str)> {
    let is_essay = |path: &str| path.starts_with("content/essays/") && path.ends_with(".md");
    let texts = files.iter().filter(|(path, _)| is_essay(path));
    texts.filter_map(|(path, bytes)| Some((path, std::str::from_utf8(bytes).ok()?))).collect()
}

/// What one text holds of something; nothing where no text holds any.
fn found(random: &mut Random, files: &Files, all: &dyn Fn(&str) -> Vec<String>) -> Option<(String, String)> {
    let held: Vec<(&String, Vec<String>)> = essays(files).into_iter().map(|(path, text)| (path, all(text))).collect();
    let held: Vec<&(&String, Vec<String>)> = held.iter().filter(|(_, all)| !all.is_empty()).collect();
    let (path, all) = held.get(random.below(held.len()))?;
    Some(((*path).clone(), random.pick(all).clone()))
}

/// Sentences as `sentence` makes them.
fn sentences(text: &str) -> Vec<String> {
    let is_plain = |sentence: &str| {
        sentence.starts_with("It ") && !sentence.contains(|c: char| !c.is_ascii_alphanumeric() && c != ' ')
    };
    let lines = text.lines().filter(|line| line.starts_with("It "));
    lines
        .flat_map(|line| line.split(". "))
        .map(|part| part.trim_end_matches('.'))
        .filter(|part| is_plain(part))
        .map(|part| format!("{part}."))
        .collect()
}

fn headings(text: &str) -> Vec<String> {
    let heading =
        |line: &str| line.strip_prefix("## ").map(|words| words.split(" {#").next().unwrap_or(words).to_owned());
    text.lines().filter_map(heading).filter(|words| !words.contains(['[', '\\', '`', '<'])).collect()
}

/// A sentence of some essay, or of nobody where there is none.
pub(super) fn some_sentence(random: &mut Random, files: &Files) -> String {
    match found(random, files, &sentences) {
        Some((_, sentence)) if !random.chance(4) => sentence,
        _ => "It nobody swims.".to_owned(),
    }
}

/// The id of a paragraph that begins with these words.
fn paragraph_id(sentence: &str) -> String {
    let words: Vec<&str> = sentence.trim_end_matches('.').split(' ').take(5).collect();
    format!("p-{}", words.join("-").to_lowercase())
}

fn title_of(files: &Files, path: &str) -> Option<String> {
    let text = String::from_utf8_lossy(files.get(path)?).into_owned();
    let line = text.lines().find(|line| line.starts_with("title"))?.to_owned();
    Some(line.split('"').nth(1)?.to_owned())
}

/// A place in a text that is there, as it stands between double brackets.
fn some_place(random: &mut Random, files: &Files) -> String {
    let place = match random.below(5) {
        0 | 1 => found(random, files, &headings),
        2 => found(random, files, &sentences).map(|(path, sentence)| (path, paragraph_id(&sentence))),
        _ => None,
    };
    let titled = place.and_then(|(path, place)| Some(format!("{}#{place}", title_of(files, &path)?)));
    titled.unwrap_or_else(|| some_title(random, files))
}

/// A block that shows something of other texts, or that others show.
pub(super) fn block(random: &mut Random, files: &Files, path: &str) -> String {
    let (word, other) = (*random.pick(&WORDS), *random.pick(&WORDS));
    let up = "../".repeat(path.matches('/').count().saturating_sub(2));
    match random.below(19) {
        0 | 1 => format!("It \\{word} and {other}, or \\{} {}.\n", random.pick(&CONCEPTS), random.pick(&CONCEPTS)),
        2..=4 => format!("![[{}]]\n", some_place(random, files)),
        5 => {
            let id = random.pick(&["x", "y"]);
            let link = link(random, files, path);
            format!("Said of {word}.[^{id}]\n\n[^{id}]: See {link}, {other} and \\{word}. {}\n", sentence(random))
        }
        6 => format!("[the {word} and {other}]({up}{}) of {word}.\n", random.pick(&["trust.md", "ferry.md"])),
        7 => format!("[[{}|{word} *and* `{other}`]] {}\n", some_place(random, files), sentence(random)),
        8 => format!(
            "## {}\n\n{}\n",
            match random.below(4) {
                0 => format!("On {word} and \\{other}"),
                1 => format!("{word} {}", link(random, files, path)),
                2 => format!("The {word}'s `{other}` {{#second}}"),
                _ => format!("{word} and {other}"),
            },
            sentence(random)
        ),
        9 => {
            let said = sentence(random);
            let quoted = said.trim_start_matches("It ").trim_end_matches('.').to_owned();
            format!("{said}\n\n> [!pull]\n> {quoted}\n")
        }
        10 => format!(
            "<a href=\"{up}{}\">{word}</a> <img src=\"rota.svg\" srcset=\"rota.svg 1x, /share.png 2x\" alt=\"{other}\">\n",
            random.pick(&["trust.md", "ferry.md#numbers", "../concepts/debt.md"])
        ),
        11 => format!(
            "<details><summary>{word}</summary>\n\n{} {}\n\n</details>\n",
            sentence(random),
            link(random, files, path)
        ),
        12 => format!("It [[{}]] and [[{}]]. It {word}.\n", some_place(random, files), some_title(random, files)),
        13 => format!("![The {word}](rota.svg) and [![{other}](/share.png)]({up}trust.md)\n"),
        14 => format!("It {}.\n", CONCEPTS.join(" ")),
        15 => format!(
            "See [[{}]], [x]({}) and [y](/concepts/{}/).\n",
            random.pick(&SERIES),
            random.pick(&["/essays/trust/", "/", "/concepts/"]),
            random.pick(&["trust", "debt"])
        ),
        16 => format!(
            "| {word} | {} |\n|---|---|\n| {other} | {} |\n",
            sentence(random),
            link(random, files, path).replace('|', "\\|")
        ),
        17 => format!("> {} {}\n>\n> - {word}\n", sentence(random), link(random, files, path)),
        // What others have, too.
        _ => found(random, files, &sentences)
            .map_or_else(|| "Words.\n".to_owned(), |(_, sentence)| format!("{sentence}\n")),
    }
}

/// A line of front matter that shows on other pages, or on those of a network.
pub(super) fn front_line(random: &mut Random, files: &Files) -> String {
    match random.below(10) {
        0 | 1 => format!("image = \"{}\"", random.pick(&["share.png", "/share.png", "rota.svg"])),
        2 => format!("answers = \"mine:{}\"", random.between(1, 4)),
        3 => format!("syndication = [\"https://social.example/@ilse/{}\"]", random.below(3)),
        4 => format!("canonical = \"https://other.example/{}\"", random.below(3)),
        5 => format!("lang = \"{}\"", random.pick(&["de", "ar", "he", "fr"])),
        6 => format!("summary = \"{}\"", sentence(random)),
        7 => format!("concepts = {CONCEPTS:?}"),
        8 => format!("concepts = [\"trust\", {:?}]", random.pick(&CONCEPTS)),
        _ => format!("related = [{:?}, {:?}]", some_title(random, files), some_title(random, files)),
    }
}

/// A line of a reply.
pub(super) fn reply_line(random: &mut Random, files: &Files, essay: &str) -> String {
    let own = [format!("content/essays/{essay}.md"), format!("content/essays/{essay}/index.md")];
    let own: Files = own.iter().filter_map(|path| Some((path.clone(), files.get(path)?.clone()))).collect();
    match random.below(6) {
        0..=2 => format!("passage = \"{}\"\n", some_sentence(random, if own.is_empty() { files } else { &own })),
        3 => "name = \"A. Q.\"\nheadline = \"Captain\"\n".to_owned(),
        4 => "url = \"https://example.org/ada\"\nby_author = true\n".to_owned(),
        _ => format!("address = \"https://example.org/at/{}\"\nreactions = {}\n", random.below(3), random.below(4)),
    }
}

/// A picture that other programs show, of a size of its own.
pub(super) fn picture(random: &mut Random) -> (String, Vec<u8>) {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    for _ in 0..2 {
        bytes.extend((random.between(1, 3) as u32 * 400).to_be_bytes());
    }
    bytes.extend(b"\x08\x02\0\0\0\0\0\0\0");
    let path =
        *random.pick(&["content/static/share.png", "content/essays/share.png", "content/essays/night/share.png"]);
    (path.to_owned(), bytes)
}

/// An edit in one place that shows in others; `None` where the book holds nothing of the kind.
pub(super) fn edit(random: &mut Random, files: &Files) -> Option<Step> {
    let all = essays(files);
    let (path, text) = *all.get(random.below(all.len()))?;
    let mut written = BTreeMap::new();
    let after = match random.below(13) {
        0 | 1 => return other_title(random, files, path),
        2 | 3 => begun_with(text, &format!("{}\n", sentence(random))),
        4 => return other_heading(random, files),
        5 | 6 => with_front(text, &format!("date = {}", random.pick(&DATES))),
        7 | 8 => return other_concept(random, files),
        9 => with_front(text, &format!("slug = \"{}\"", random.pick(&["trust", "other", "moved"]))),
        10 => with_front(text, &front_line(random, files)),
        11 => {
            // A concept that all use, or that none does.
            let line = if random.chance(60) { "concepts = [\"trust\"]" } else { "concepts = []" };
            written.extend(all.iter().map(|(path, text)| ((*path).clone(), Some(with_front(text, line).into_bytes()))));
            return Some(Step::Write(written));
        }
        _ => moved_sentence(random, text)?,
    };
    written.insert(path.clone(), Some(after.into_bytes()));
    Some(Step::Write(written))
}

/// A text with another line of front matter.
fn with_front(text: &str, line: &str) -> String {
    let key = format!("{} ", line.split(' ').next().unwrap_or_default());
    let Some((front, rest)) = text.strip_prefix("+++\n").and_then(|rest| rest.split_once("+++\n")) else {
        return text.replace("date: 20", "date: 19");
    };
    let kept: String = front.split_inclusive('\n').filter(|line| !line.starts_with(&key)).collect();
    format!("+++\n{kept}{line}\n+++\n{rest}")
}

/// A text whose words begin with others.
fn begun_with(text: &str, words: &str) -> String {
    let end = ["\n+++\n", "\n---\n"].iter().find_map(|end| Some(text.find(end)? + end.len())).unwrap_or(0);
    let (front, body) = text.split_at(end);
    let rest = body.trim_start_matches('\n').split_once('\n').map_or("", |(_, rest)| rest);
    format!("{front}{words}{rest}")
}

/// A text of which one sentence stands last.
fn moved_sentence(random: &mut Random, text: &str) -> Option<String> {
    let all = sentences(text);
    let sentence = all.get(random.below(all.len()))?;
    Some(format!("{}\n{sentence}\n", text.replacen(sentence.as_str(), "", 1)))
}

/// Another title, most often with the links that name the old one.
fn other_title(random: &mut Random, files: &Files, path: &str) -> Option<Step> {
    let old = title_of(files, path)?;
    let new = match random.below(3) {
        0 => random.pick(&ESSAYS).1.to_owned(),
        1 => format!("{old} again"),
        _ => format!("Of {}", random.pick(&WORDS)),
    };
    let mends = random.chance(75);
    let mut written = BTreeMap::new();
    for (other, text) in essays(files) {
        let linked = text.replace(&format!("[[{old}"), &format!("[[{new}"));
        let mut after = if mends { linked } else { text.to_owned() };
        if other == path {
            after = after.replacen(&format!("title = {old:?}"), &format!("title = {new:?}"), 1);
        }
        if after != text {
            written.insert(other.clone(), Some(after.into_bytes()));
        }
    }
    Some(Step::Write(written))
}

/// A heading with other words, most often with the links to it.
fn other_heading(random: &mut Random, files: &Files) -> Option<Step> {
    let (path, old) = found(random, files, &headings)?;
    let new = *random.pick(&HEADINGS);
    let mends = random.chance(75);
    let mut written = BTreeMap::new();
    for (other, text) in essays(files) {
        let mut after = if mends { text.replace(&format!("#{old}]"), &format!("#{new}]")) } else { text.to_owned() };
        if *other == path {
            after = after.replacen(&format!("## {old}"), &format!("## {new}"), 1);
        }
        if after != text {
            written.insert(other.clone(), Some(after.into_bytes()));
        }
    }
    Some(Step::Write(written))
}

/// A concept with another title, other names, another address or another sentence that says it best.
fn other_concept(random: &mut Random, files: &Files) -> Option<Step> {
    let number = random.below(CONCEPTS.len());
    let path = concept_path(number);
    let text = std::str::from_utf8(files.get(&path)?).ok()?;
    let line = match random.below(6) {
        0 => format!("title = {:?}", random.pick(&["trust", "confidence", "Night Watch", "harbour"])),
        1 => format!("aliases = [{:?}]", random.pick(&["six", "harbour", "horseback", "watches"])),
        2 => format!("slug = \"{}\"", random.pick(&["idea", "trust-2"])),
        3 => format!("passage = \"{}\"", some_sentence(random, files)),
        4 => format!("link = \"{}\"", random.pick(&["first", "every", "none"])),
        _ => format!("summary = \"{}\"", sentence(random)),
    };
    Some(Step::Write(BTreeMap::from([(path, Some(with_front(text, &line).into_bytes()))])))
}
