//! Random books: small, of everything that a book may hold, and most of them without an error.

use super::script::Files;
use super::woven;

/// Numbers that look random and are the same for one seed (SplitMix64).
#[derive(Clone)]
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    pub(super) fn between(&mut self, from: usize, to: usize) -> usize {
        from + self.below(to - from + 1)
    }

    /// True in so many of a hundred cases.
    pub(super) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(super) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

pub(super) const ESSAYS: [(&str, &str); 9] = [
    ("content/essays/trust.md", "Trust arrives on foot"),
    ("content/essays/ferry.md", "The ferry"),
    ("content/essays/night/index.md", "Night watches"),
    ("content/essays/debt.md", "On debt"),
    ("content/essays/crew.md", "What a crew owes"),
    ("content/essays/letter home.md", "A letter home"),
    ("content/essays/2021/direction.md", "Direction & drift"),
    ("content/essays/zeros.md", "Zeros <and> ones"),
    ("content/essays/bruecken.md", "Über Brücken"),
];
pub(super) const CONCEPTS: [&str; 6] = ["trust", "direction", "night watch", "debt", "crew", "handover"];
const ALIASES: [&str; 6] = ["reliance", "course", "middle watch", "owing", "hands", "relief"];
pub(super) const SERIES: [&str; 2] = ["Crossings", "The first hundred days"];
pub(super) const HEADINGS: [&str; 5] = ["The first month", "What remained", "Numbers", "Part", "Trust at night"];
pub(super) const DAYS: [&str; 6] = ["2026-01-01", "2026-01-02", "2024-06-01", "2025-12-31", "2026-03-02", "2030-01-01"];
pub(super) const DATES: [&str; 8] = [
    "2019-05-01",
    "2021-03-02",
    "2021-03-03",
    "2022-05-09",
    "2025-12-31",
    "2026-01-02",
    "2026-03-02",
    "2023-11-20T09:00:00Z",
];
pub(super) const WORDS: [&str; 16] = [
    "nobody",
    "swims",
    "trust",
    "direction",
    "night watch",
    "debts",
    "crew",
    "handover",
    "reliance",
    "harbour",
    "leaves",
    "horseback",
    "relief",
    "owing",
    "watches",
    "six",
];
pub(super) const BROKEN: [&str; 6] = [
    "+++\ntitle = \"Never closed\n",
    "+++\ntitle = 7\ndate = \"soon\"\ncolour = true\n+++\nWords of trust.\n",
    "---\ntitle: [a\n---\nWords.\n",
    "\n\n+++\ntitle = \"Too low\"\n+++\nWords.\n",
    "+++\n+++\n",
    "",
];

/// A book that most likely builds.
pub(super) fn book(random: &mut Random) -> Files {
    let mut files = Files::new();
    files.insert("book.toml".to_owned(), settings(random).into_bytes());
    let count = random.between(2, 6);
    for (path, title) in ESSAYS.iter().take(count) {
        // So that each may name the others.
        files.insert((*path).to_owned(), format!("+++\ntitle = \"{title}\"\n+++\n").into_bytes());
    }
    for path in files.keys().cloned().collect::<Vec<_>>() {
        if path.starts_with("content/essays/") {
            let text = essay(random, &files, &path);
            files.insert(path, text.into_bytes());
        }
    }
    for number in 0..CONCEPTS.len() {
        if random.chance(40) {
            files.insert(concept_path(number), concept(random, &files, number).into_bytes());
        }
    }
    for _ in 0..random.below(8) {
        let (path, bytes) = other(random, &files);
        files.insert(path, bytes);
    }
    files
}

/// The settings; one in a hundred cannot be read.
pub(super) fn settings(random: &mut Random) -> String {
    if random.chance(2) {
        return "title = \"Never closed\n".to_owned();
    }
    let mut text = format!("title = \"{}\"\n", random.pick(&["On Watch", "On Trust", "Zeros & <ones>"]));
    let mut line = |percent: usize, random: &mut Random, choices: &[&str]| {
        if random.chance(percent) {
            text.push_str(random.pick::<&str>(choices));
            text.push('\n');
        }
    };
    line(40, random, &["author = \"Ilse Maren\"", "author = \"Bo\""]);
    line(30, random, &["summary = \"Of ships.\"", "summary = \"Of \\\"crews\\\".\""]);
    line(70, random, &["base_url = \"https://me.example/\"", "base_url = \"https://me.example/book/\""]);
    line(15, random, &["language = \"de\"", "language = \"ar\"", "language = \"en-GB\""]);
    line(10, random, &["image = \"static/share.png\"", "profiles = [\"https://social.example/@ilse\"]"]);
    line(3, random, &["colour = \"unknown\"", "base_url = 7"]);
    line(
        25,
        random,
        &[
            "[urls]\nessay = \"/{year}/{month}/{slug}/\"",
            "[urls]\nessay = \"/texts/{path}.html\"\nconcept = \"/ideas/{slug}/\"",
            "[urls]\npage = \"/p/{slug}/\"\nseries = \"/{slug}.html\"",
        ],
    );
    line(
        40,
        random,
        &["[concepts]\nlinks = \"every\"", "[concepts]\nlinks = \"none\"", "[concepts]\nlinks = \"first\""],
    );
    line(
        20,
        random,
        &[
            "[markdown]\nsmart_punctuation = false",
            "[markdown]\nmath_macros = { \"\\\\R\" = \"\\\\mathbb{R}\" }",
            "[markdown]\nmath_macros = { \"\\\\R\" = \"x^2\" }",
        ],
    );
    line(
        20,
        random,
        &[
            "[replies]\nnames = \"first\"",
            "[replies]\nnames = \"initials\"\nheadlines = true",
            "[replies]\nremoval = \"mailto:me@example.org\"",
        ],
    );
    line(15, random, &["[print]\nreplies = true", "[tell]\nindexnow = \"6f1c8b0e5d\""]);
    line(
        50,
        random,
        &[
            LENIENT,
            "[check]\nmissing-alt = \"error\"",
            "[check]\nlonely-concept = \"off\"\nmissing-alt = \"off\"",
            "[check]\nlink-to-draft = \"note\"",
        ],
    );
    line(
        90,
        random,
        &[
            "[theme]\nfont = \"system\"",
            "[theme]\nfont = \"system\"\naccent = \"#1d5fbf\"",
            "[theme]\nfont = \"system\"\nessays_word = \"letters\"",
            "[theme]\nname = \"manual\"",
            "[theme]\nname = \"mine\"\nfont = \"system\"",
            "[theme]\nfont = \"system\"\nshow_dates = false",
            "[theme]\naccent = \"#fefefe\"",
        ],
    );
    line(15, random, &["[extra]\ncolour = \"free\"\nx = 31.245270191439438"]);
    text
}

const LENIENT: &str = "[check]\nbroken-link = \"warning\"\nbroken-anchor = \"warning\"\nmissing-image = \"note\"\n\
                       ambiguous-link = \"warning\"\nunknown-concept = \"off\"\nbad-math = \"warning\"";

/// A text with front matter, of which most can be read.
pub(super) fn essay(random: &mut Random, files: &Files, path: &str) -> String {
    let own = ESSAYS.iter().find(|(known, _)| *known == path).map_or("Another text", |(_, title)| title);
    let title = if random.chance(8) { random.pick(&ESSAYS).1 } else { own };
    let date = *random.pick(&DATES);
    if random.chance(15) {
        let more =
            *random.pick(&["", "draft: true\n", "tags: [trust, debt]\n", "series: Crossings\nseries_order: 3\n"]);
        return format!("---\ntitle: {title:?}\ndate: {date}\n{more}---\n{}", body(random, files, path));
    }
    let mut text = format!("+++\ntitle = {title:?}\ndate = {date}\n");
    for _ in 0..random.below(5) {
        let line = front_line(random, files);
        let key = line.split(' ').next().unwrap_or_default();
        if !text.contains(&format!("\n{key} ")) {
            text.push_str(&line);
            text.push('\n');
        }
    }
    text.push_str("+++\n");
    text + &body(random, files, path)
}

/// A line of front matter.
pub(super) fn front_line(random: &mut Random, files: &Files) -> String {
    if random.chance(30) {
        return woven::front_line(random, files);
    }
    match random.below(20) {
        0..=3 => {
            let (one, other) = (*random.pick(&CONCEPTS), *random.pick(&CONCEPTS));
            format!("concepts = [{one:?}, {other:?}]")
        }
        4..=6 => format!("series = {:?}", random.pick(&SERIES)),
        7 => format!("part = {}", random.between(1, 3)),
        8 => format!("summary = \"{}\"", sentence(random)),
        9 => "draft = true".to_owned(),
        10 => format!("updated = {}", random.pick(&["2023-01-01", "2026-01-01", "2027-01-01"])),
        11 => format!("expires = {}", random.pick(&["2024-01-01", "2026-01-02", "2031-01-01"])),
        12 => format!("aliases = [\"/old/{}.html\", \"/{}/\"]", random.below(4), random.pick(&["a", "b"])),
        13 => format!("slug = \"{}\"", random.pick(&["other", "trust", "x-y", "essays"])),
        14 => "start = true".to_owned(),
        15 => format!("concept_links = \"{}\"", random.pick(&["first", "every", "none"])),
        16 => format!("{} = [{:?}]", random.pick(&["related", "unrelated"]), some_title(random, files)),
        17 => format!("lang = \"{}\"", random.pick(&["de", "ar", "en"])),
        18 => (*random
            .pick(&["canonical = \"https://other.example/x\"", "syndication = [\"https://social.example/@ilse/1\"]"]))
        .to_owned(),
        _ => "weather = \"calm\"".to_owned(),
    }
}

fn body(random: &mut Random, files: &Files, path: &str) -> String {
    let mut text = String::new();
    for _ in 0..random.between(1, 5) {
        text.push('\n');
        text.push_str(&block(random, files, path));
    }
    text
}

/// A block of Markdown.
pub(super) fn block(random: &mut Random, files: &Files, path: &str) -> String {
    if random.chance(45) {
        return woven::block(random, files, path);
    }
    match random.below(26) {
        0..=5 => format!("{}\n", paragraph(random)),
        6..=8 => format!("{} {} {}\n", sentence(random), link(random, files, path), sentence(random)),
        9 | 10 => {
            let id = if random.chance(20) { " {#here}" } else { "" };
            format!("## {}{id}\n\n{}\n", random.pick(&HEADINGS), paragraph(random))
        }
        11 => {
            let place = *random.pick(&["", "", "#The first month", "#here"]);
            format!("![[{}{place}]]\n", some_title(random, files))
        }
        12 | 13 => {
            let number = random.below(4);
            let (language, code) = *random.pick(&[
                ("rust", "fn main() { let trust = N; }"),
                ("python", "print(\"all is well\", N)"),
                ("", "plain < N"),
                ("klingon", "N"),
                ("toml", "a = N"),
            ]);
            format!("```{language}\n{}\n```\n", code.replace('N', &number.to_string()))
        }
        14 => format!("A crew of $n_{}$ has $n(n-1)/2$ pairs, in $\\R$.\n", random.below(3)),
        15 => format!("$$\n\\sum_{{i=1}}^{{{}}} i^2\n$$\n", random.below(5)),
        16 => format!("Said.[^{0}] {1}\n\n[^{0}]: {1}\n", random.pick(&["a", "b"]), sentence(random)),
        17 => format!("| watch | hours |\n|---|---:|\n| {} | {} |\n", random.pick(&WORDS), random.below(9)),
        18 => format!("- {}\n- [x] {}\n", random.pick(&WORDS), sentence(random)),
        19 => format!("> [!{}]\n> {}\n", random.pick(&["NOTE", "TIP", "pull"]), sentence(random)),
        20 => format!("![A rota]({} \"Four watches\")\n", random.pick(&["rota.svg", "/share.png", "../rota.svg"])),
        21 => format!("{}\n: {}\n", random.pick(&WORDS), sentence(random)),
        22 => format!("<b>Raw</b> {} <!-- a note to myself -->\n", random.pick(&WORDS)),
        23 => format!("A [page](https://example.org/{0}) and https://example.net/{0}.\n", random.below(3)),
        24 => format!(
            "See [{0}](../concepts/{1}.md) and \\trust.\n",
            random.pick(&WORDS),
            random.pick(&["trust", "debt"])
        ),
        _ => format!(
            "{} {}\n\n---\n",
            sentence(random),
            random.pick(&["\"Quoted\" -- it's...", "~~gone~~ *far*", "`trust`"])
        ),
    }
}

fn paragraph(random: &mut Random) -> String {
    (0..random.between(1, 3)).map(|_| sentence(random)).collect::<Vec<_>>().join(" ")
}

/// A sentence in which ideas of the book may stand.
pub(super) fn sentence(random: &mut Random) -> String {
    let words: Vec<&str> = (0..random.between(2, 6)).map(|_| *random.pick(&WORDS)).collect();
    format!("It {}.", words.join(" "))
}

pub(super) fn link(random: &mut Random, files: &Files, from: &str) -> String {
    let is_essay = |path: &&String| path.starts_with("content/essays/") && path.ends_with(".md");
    let known: Vec<&String> = files.keys().filter(is_essay).collect();
    let path = if known.is_empty() || random.chance(4) { random.pick(&ESSAYS).0 } else { random.pick(&known).as_str() };
    let up = "../".repeat(from.matches('/').count().saturating_sub(2));
    let below = path.strip_prefix("content/essays/").unwrap_or(path).replace(' ', "%20");
    match random.below(6) {
        0 | 1 => format!("[words]({up}{below})"),
        2 => format!("[[{}]]", some_title(random, files)),
        3 => format!("[[{}|other words]]", some_title(random, files)),
        4 if random.chance(50) => format!("[part]({up}{below}#the-first-month)"),
        4 => "[[#Numbers]]".to_owned(),
        _ => format!("[[{}]]", random.pick(&["trust", "debt", "Crossings", "concepts/trust"])),
    }
}

/// The title of an essay, most often of one that is there.
pub(super) fn some_title(random: &mut Random, files: &Files) -> String {
    let title = |bytes: &Vec<u8>| {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let line = text.lines().find(|line| line.starts_with("title"))?.to_owned();
        Some(line.split('"').nth(1)?.to_owned())
    };
    let essays = files.iter().filter(|(path, _)| path.starts_with("content/essays/"));
    let known: Vec<String> = essays.filter_map(|(_, bytes)| title(bytes)).collect();
    if known.is_empty() || random.chance(4) { random.pick(&ESSAYS).1.to_owned() } else { random.pick(&known).clone() }
}

pub(super) fn concept_path(number: usize) -> String {
    format!("content/concepts/{}.md", CONCEPTS[number].replace(' ', "-"))
}

pub(super) fn concept(random: &mut Random, files: &Files, number: usize) -> String {
    let mut text = format!("+++\ntitle = {:?}\n", CONCEPTS[number]);
    if random.chance(70) {
        text.push_str(&format!("summary = \"{}\"\n", sentence(random)));
    }
    if random.chance(50) {
        let alias = if random.chance(8) { *random.pick(&ALIASES) } else { ALIASES[number] };
        text.push_str(&format!("aliases = [{alias:?}]\n"));
    }
    if random.chance(40) {
        // Only towards those before it, so that circles are rare.
        let other = CONCEPTS[if random.chance(5) { random.below(6) } else { number.saturating_sub(1) }];
        text.push_str(&format!("{} = [{other:?}]\n", random.pick(&["broader", "related", "contrasts"])));
    }
    if random.chance(30) {
        text.push_str(&format!("passage = \"{}\"\n", woven::some_sentence(random, files)));
    }
    let more = ["link = \"none\"\n", "link = \"every\"\n", "redirect_from = [\"/old/idea/\"]\n"];
    if random.chance(20) {
        text.push_str(random.pick::<&str>(&more));
    }
    text.push_str("+++\n");
    if random.chance(50) {
        text.push_str(&paragraph(random));
        text.push('\n');
    }
    text
}

/// A file that is neither essay nor concept nor settings.
pub(super) fn other(random: &mut Random, files: &Files) -> (String, Vec<u8>) {
    let (path, text): (&str, String) = match random.below(12) {
        0 | 1 => (
            "content/series/crossings.md",
            format!("+++\ntitle = \"Crossings\"\nsummary = \"{}\"\n+++\n{}\n", sentence(random), paragraph(random)),
        ),
        2 | 3 => {
            let essay = *random.pick(&["trust", "ferry", "night", "debt", "gone"]);
            return (format!("content/replies/{essay}.toml"), replies(random, files, essay).into_bytes());
        }
        4 => {
            let path =
                *random.pick(&["content/pages/about.md", "content/pages/team/ada.md", "content/pages/replies.md"]);
            let text =
                format!("+++\ntitle = \"{}\"\n+++\n{}", random.pick(&["About", "Ada"]), body(random, files, path));
            return (path.to_owned(), text.into_bytes());
        }
        5 if random.chance(50) => return woven::picture(random),
        5 | 6 => {
            let path = *random.pick(&[
                "content/essays/rota.svg",
                "content/rota.svg",
                "content/static/share.png",
                "content/static/robots.txt",
                "content/essays/night/plan.svg",
                "content/static/.well-known/x",
                "content/essays/rota.svg",
            ]);
            let size = random.between(1, 3) * 100;
            (path, format!("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{size}\" height=\"50\"/>\n"))
        }
        7..=9 => return template(random),
        10 => {
            let line = *random.pick(&[
                "\"/\" = {}",
                "\"/essays/trust/\" = { title = \"Trust\" }",
                "\"/old/0.html\" = {}",
                "\"/essays/trust/\" = { headings = [\"numbers\"] }",
                "\"/\" = {",
            ]);
            ("published.toml", format!("[pages]\n{line}\n"))
        }
        _ => {
            let path = *random.pick(&[
                "content/notes.txt",
                "content/essays/copy.markdown",
                "content/static/a/b.txt",
                "content/static/essays/trust/index.html",
                "content/essays/.hidden.md",
            ]);
            (path, paragraph(random))
        }
    };
    (path.to_owned(), text.into_bytes())
}

fn replies(random: &mut Random, files: &Files, essay: &str) -> String {
    let mut text = String::new();
    if random.chance(40) {
        text.push_str("[[thread]]\nsource = \"linkedin\"\nkey = \"7\"\naddress = \"https://example.org/post\"\n\n");
    }
    for number in 1..=random.between(1, 4) {
        text.push_str(&format!(
            "[[reply]]\nid = \"mine:{number}\"\nauthor = \"{}\"\ntext = \"{}\"\n",
            random.pick(&["Ada Quill", "Bo Sander"]),
            sentence(random)
        ));
        if random.chance(40) {
            text.push_str(&format!("parent = \"mine:{}\"\n", random.between(1, 4)));
        }
        if random.chance(40) {
            text.push_str(random.pick::<&str>(&["state = \"held\"\n", "state = \"hidden\"\n", "state = \"shown\"\n"]));
        }
        if random.chance(40) {
            text.push_str(&format!("date = {}\n", random.pick(&DATES)));
        }
        if random.chance(60) {
            text.push_str(&woven::reply_line(random, files, essay));
        }
        text.push('\n');
    }
    text
}

/// A file of a theme, of which most can be used.
pub(super) fn template(random: &mut Random) -> (String, Vec<u8>) {
    let word = *random.pick(&WORDS);
    let number = random.below(4);
    let (path, text) = match random.below(11) {
        // Texts of essays are taken out of pages that show them, as some templates do and others do not.
        0 => (
            "themes/default/templates/essay.html",
            (*random.pick(&[
                "{{ essay.body | safe }}",
                "{{ essay.body | upper | safe }}",
                "The same for all.",
                "{{ essay.body | safe }}!",
            ]))
            .to_owned(),
        ),
        1 => (
            "themes/default/templates/essay.html",
            format!(
                "{{% extends \"default/essay.html\" %}}\n{{% block footer %}}<footer><p>{word} {number}</p></footer>{{% endblock footer %}}\n"
            ),
        ),
        2 => (
            "themes/default/templates/base.html",
            format!(
                "{{% extends \"default/base.html\" %}}\n{{% block head_extra %}}<!-- {word} -->{{% endblock head_extra %}}\n"
            ),
        ),
        3 => (
            "themes/default/templates/home.html",
            format!(
                "{{% extends \"default/home.html\" %}}\n{{% block main %}}<main><h1>{word}</h1></main>{{% endblock main %}}\n"
            ),
        ),
        4 => ("themes/default/assets/mine.css", format!("p {{ margin: {number}px }}\n")),
        5 => ("themes/default/assets/style.css", format!("p {{ margin: {number}em }}\n")),
        6 => ("themes/manual/templates/sidebar.html", format!("<nav>{word}</nav>\n")),
        7 => (
            "themes/mine/theme.toml",
            format!("name = \"Mine\"\nextends = \"{}\"\n", random.pick(&["default", "manual"])),
        ),
        8 => (
            "themes/mine/templates/page.html",
            format!("{{% extends \"default/page.html\" %}}\n{{% block footer %}}{word}{{% endblock footer %}}\n"),
        ),
        9 => ("themes/default/templates/card.html", format!("<article>{word} {{{{ essay.title }}}}</article>\n")),
        _ => (
            "themes/default/templates/concept.html",
            (*random.pick(&[
                "{% if %}\n",
                "{{ page.no_such_field.at_all }}\n",
                "{% extends \"default/gone.html\" %}\n",
                "{% extends \"default/concept.html\" %}\n",
            ]))
            .to_owned(),
        ),
    };
    (path.to_owned(), text.into_bytes())
}
