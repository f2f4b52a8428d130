//! Random steps: what writers, editors, git, clocks and passers-by do to a book and to what was made of it.

use std::collections::BTreeMap;

use super::random::{
    BROKEN, CONCEPTS, DAYS, ESSAYS, Random, WORDS, block, concept, concept_path, essay, front_line, other, sentence,
    settings, template,
};
use super::script::{Files, HOW, Step, Where};
use super::woven;

/// The next step.
pub(super) fn step(random: &mut Random, files: &Files, errors: &[String]) -> Step {
    // A book that stays broken shows nothing new; so most is mended soon.
    if !errors.is_empty() && random.chance(65) {
        return mend(random, files, errors);
    }
    if random.chance(30)
        && let Some(step) = woven::edit(random, files)
    {
        return step;
    }
    let texts: Vec<&String> =
        files.keys().filter(|path| path.starts_with("content/") && path.ends_with(".md")).collect();
    let some = (!texts.is_empty()).then(|| (*random.pick(&texts)).clone());
    match (random.below(100), some) {
        (0..=44, Some(path)) => {
            let count = if random.chance(15) { 2 } else { 1 };
            let mut written = BTreeMap::new();
            for at in 0..count {
                let path = if at == 0 { &path } else { *random.pick(&texts) };
                written.insert(path.clone(), Some(edited(random, files, path)));
            }
            Step::Write(written)
        }
        (45..=49, _) => {
            let path = random.pick(&ESSAYS).0;
            write(path, essay(random, files, path).into_bytes())
        }
        (50..=54, _) => {
            let number = random.below(CONCEPTS.len());
            write(&concept_path(number), concept(random, files, number).into_bytes())
        }
        (55..=58, _) => {
            let paths: Vec<&String> = files.keys().filter(|path| *path != "book.toml").collect();
            if paths.is_empty() {
                day(random)
            } else {
                Step::Write(BTreeMap::from([((*random.pick(&paths)).clone(), None)]))
            }
        }
        (59..=61, Some(path)) => Step::Rename(path.clone(), new_name(random, &path)),
        (62, Some(path)) => other_name(random, files).unwrap_or(Step::Touch(path)),
        (63, Some(path)) => Step::Swap(path, (*random.pick(&texts)).clone()),
        (64..=69, _) => {
            let (path, bytes) = other(random, files);
            write(&path, bytes)
        }
        (70..=74, _) => {
            let (path, bytes) = template(random);
            write(&path, bytes)
        }
        (75..=79, _) => write("book.toml", settings(random).into_bytes()),
        (80..=82, _) => day(random),
        (83 | 84, _) => Step::Drafts(random.chance(50)),
        (85..=87, Some(path)) => write(&path, broken(random)),
        (88 | 89, Some(path)) => {
            // A copy: two texts with one title.
            let bytes = files.get(&path).cloned().unwrap_or_default();
            write(&path.replace(".md", " copy.md"), bytes)
        }
        (90..=92, Some(path)) => Step::Touch(path),
        _ => {
            let place = *random.pick(&[Where::Site, Where::Site, Where::Beside, Where::Memory]);
            Step::Meddle(place, random.pick(&HOW).0, random.below(1000))
        }
    }
}

fn write(path: &str, bytes: Vec<u8>) -> Step {
    Step::Write(BTreeMap::from([(path.to_owned(), Some(bytes))]))
}

fn day(random: &mut Random) -> Step {
    Step::Day((*random.pick(&DAYS)).to_owned())
}

fn new_name(random: &mut Random, path: &str) -> String {
    match random.below(4) {
        0 => path.replace(".md", "/index.md"),
        1 => path.replace(".md", "-2.md"),
        2 => random.pick(&ESSAYS).0.to_owned(),
        _ => concept_path(random.below(CONCEPTS.len())),
    }
}

/// Another name for a file that is no text: pictures, replies, parts of a theme.
fn other_name(random: &mut Random, files: &Files) -> Option<Step> {
    let others: Vec<&String> = files.keys().filter(|path| !path.ends_with(".md") && path.contains('/')).collect();
    let path = others.get(random.below(others.len()))?;
    let (folder, name) = path.rsplit_once('/')?;
    let new = match random.below(3) {
        0 => format!("content/static/{name}"),
        1 => format!("{folder}/{}", random.pick(&["rota.svg", "ferry.toml", "card.html", "x.txt"])),
        _ => format!("{folder}/2-{name}"),
    };
    Some(Step::Rename((*path).clone(), new))
}

fn broken(random: &mut Random) -> Vec<u8> {
    if random.chance(25) {
        return b"+++\ntitle = \"No \xff text\"\n+++\nWords.\n".to_vec();
    }
    random.pick(&BROKEN).as_bytes().to_vec()
}

/// Makes good what is wrong in these files, one way or another.
fn mend(random: &mut Random, files: &Files, errors: &[String]) -> Step {
    let mut written = BTreeMap::new();
    for path in errors {
        if path == "book.toml" {
            let bytes = format!(
                "title = \"Mended {}\"\nbase_url = \"https://me.example/\"\n[theme]\nfont = \"system\"\n",
                random.below(9)
            );
            written.insert(path.clone(), Some(bytes.into_bytes()));
        } else if path.starts_with("content/essays/") && path.ends_with(".md") && random.chance(50) {
            let title = ESSAYS.iter().find(|(known, _)| known == path).map_or(path.as_str(), |(_, title)| title);
            let text = format!("+++\ntitle = {title:?}\ndate = 2021-03-02\n+++\n{}\n", sentence(random));
            written.insert(path.clone(), Some(text.into_bytes()));
        } else if files.contains_key(path) {
            written.insert(path.clone(), None);
        }
    }
    if written.is_empty() {
        // What is wrong has no file of its own.
        let own = files.keys().filter(|path| path.starts_with("themes/") || *path == "published.toml");
        written.extend(own.map(|path| (path.clone(), None)));
    }
    Step::Write(written)
}

/// The bytes of a text after an edit.
fn edited(random: &mut Random, files: &Files, path: &str) -> Vec<u8> {
    let text = String::from_utf8_lossy(&files[path]).into_owned();
    let after = match random.below(14) {
        0..=2 => another_word(random, &text),
        3 => format!("{text}{}\n", sentence(random)),
        4..=6 => format!("{text}\n{}", block(random, files, path)),
        7 => without_line(random, &text),
        8 => twice(random, &text),
        9..=11 => other_front(random, files, &text),
        12 => return path_text(random, files, path),
        _ => match random.below(4) {
            0 => text.replace('\n', "\r\n"),
            1 => format!("\u{feff}{text}"),
            2 => text.trim_end().to_owned(),
            _ => text.replace("## ", "### "),
        },
    };
    after.into_bytes()
}

/// The text written anew.
fn path_text(random: &mut Random, files: &Files, path: &str) -> Vec<u8> {
    let concept_number = (0..CONCEPTS.len()).find(|number| concept_path(*number) == path);
    let text = match concept_number {
        Some(number) => concept(random, files, number),
        None => essay(random, files, path),
    };
    text.into_bytes()
}

fn another_word(random: &mut Random, text: &str) -> String {
    let there: Vec<&str> = WORDS.iter().copied().filter(|word| text.contains(word)).collect();
    if there.is_empty() {
        return format!("{text}\n{}\n", random.pick(&WORDS));
    }
    let word = *random.pick(&there);
    let places: Vec<usize> = text.match_indices(word).map(|(at, _)| at).collect();
    let at = *random.pick(&places);
    format!("{}{}{}", &text[..at], random.pick(&WORDS), &text[at + word.len()..])
}

fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

fn without_line(random: &mut Random, text: &str) -> String {
    let mut lines = lines(text);
    if !lines.is_empty() {
        lines.remove(random.below(lines.len()));
    }
    lines.concat()
}

fn twice(random: &mut Random, text: &str) -> String {
    let mut lines = lines(text);
    if !lines.is_empty() {
        let line = *random.pick(&lines);
        lines.push(line);
    }
    lines.concat()
}

/// The text with a line of front matter more, or another one in its place.
fn other_front(random: &mut Random, files: &Files, text: &str) -> String {
    let line =
        if random.chance(20) { format!("title = {:?}", random.pick(&ESSAYS).1) } else { front_line(random, files) };
    let key = format!("{} ", line.split(' ').next().unwrap_or_default());
    let Some(rest) = text.strip_prefix("+++\n") else { return text.replace("date: 20", "date: 19") };
    let kept: String = lines(rest).into_iter().filter(|line| !line.starts_with(&key)).collect();
    format!("+++\n{line}\n{kept}")
}
