//! Words of LinkedIn's interface that stand around replies, by language. Knows one line at a time.

use std::collections::BTreeMap;

/// What a line of the interface is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Word {
    /// Like, Reply, Report, Load more: below a reply or around the list.
    Action,
    /// The reply was edited.
    Edited,
    /// The badge of the essay's author.
    Author,
    /// `4 Reactions`: only the word, without its number.
    Reactions,
}

/// Language, kind, and the words, in lower case.
const WORDS: [(&str, Word, &[&str]); 60] = [
    (
        "en",
        Word::Action,
        &[
            "like",
            "reply",
            "report this comment",
            "see more comments",
            "load previous replies",
            "load more comments",
            "repost",
            "send",
            "comment",
            "share",
            "follow",
            "to view or add a comment, sign in",
            "see content credentials",
            "article content",
            "no alternative text description for this image",
            "activate to view larger image,",
            "see translation",
        ],
    ),
    ("en", Word::Edited, &["edited", "(edited)"]),
    ("en", Word::Author, &["author"]),
    ("en", Word::Reactions, &["reaction", "reactions", "like", "likes"]),
    (
        "de",
        Word::Action,
        &[
            "gef\u{e4}llt mir",
            "antworten",
            "diesen kommentar melden",
            "weitere kommentare anzeigen",
            "kommentieren",
            "reposten",
            "senden",
            "teilen",
            "folgen",
        ],
    ),
    ("de", Word::Edited, &["bearbeitet", "(bearbeitet)"]),
    ("de", Word::Author, &["autor", "autorin", "autor:in"]),
    ("de", Word::Reactions, &["reaktion", "reaktionen"]),
    (
        "es",
        Word::Action,
        &[
            "recomendar",
            "responder",
            "denunciar este comentario",
            "ver m\u{e1}s comentarios",
            "comentar",
            "compartir",
            "enviar",
            "seguir",
        ],
    ),
    ("es", Word::Edited, &["editado", "(editado)"]),
    ("es", Word::Author, &["autor", "autora"]),
    ("es", Word::Reactions, &["reacci\u{f3}n", "reacciones"]),
    (
        "fr",
        Word::Action,
        &[
            "j\u{2019}aime",
            "j'aime",
            "r\u{e9}pondre",
            "signaler ce commentaire",
            "voir plus de commentaires",
            "commenter",
            "partager",
            "envoyer",
            "suivre",
        ],
    ),
    ("fr", Word::Edited, &["modifi\u{e9}", "(modifi\u{e9})"]),
    ("fr", Word::Author, &["auteur", "autrice"]),
    ("fr", Word::Reactions, &["r\u{e9}action", "r\u{e9}actions"]),
    (
        "pt",
        Word::Action,
        &[
            "gostei",
            "gosto",
            "responder",
            "denunciar este coment\u{e1}rio",
            "ver mais coment\u{e1}rios",
            "comentar",
            "compartilhar",
            "partilhar",
            "enviar",
            "seguir",
        ],
    ),
    ("pt", Word::Edited, &["editado", "(editado)"]),
    ("pt", Word::Author, &["autor", "autora"]),
    ("pt", Word::Reactions, &["rea\u{e7}\u{e3}o", "rea\u{e7}\u{f5}es"]),
    (
        "it",
        Word::Action,
        &[
            "consiglia",
            "rispondi",
            "segnala questo commento",
            "vedi altri commenti",
            "commenta",
            "condividi",
            "invia",
            "segui",
        ],
    ),
    ("it", Word::Edited, &["modificato", "(modificato)"]),
    ("it", Word::Author, &["autore", "autrice"]),
    ("it", Word::Reactions, &["reazione", "reazioni"]),
    (
        "nl",
        Word::Action,
        &[
            "interessant",
            "beantwoorden",
            "deze opmerking rapporteren",
            "meer commentaren weergeven",
            "commentaar",
            "delen",
            "verzenden",
            "volgen",
        ],
    ),
    ("nl", Word::Edited, &["bewerkt", "(bewerkt)"]),
    ("nl", Word::Author, &["auteur"]),
    ("nl", Word::Reactions, &["reactie", "reacties"]),
    (
        "ja",
        Word::Action,
        &[
            "\u{3044}\u{3044}\u{306d}",
            "\u{8fd4}\u{4fe1}",
            "\u{3053}\u{306e}\u{30b3}\u{30e1}\u{30f3}\u{30c8}\u{3092}\u{5831}\u{544a}",
            "\u{30b3}\u{30e1}\u{30f3}\u{30c8}\u{3092}\u{3055}\u{3089}\u{306b}\u{8868}\u{793a}",
            "\u{30b3}\u{30e1}\u{30f3}\u{30c8}",
            "\u{30d5}\u{30a9}\u{30ed}\u{30fc}",
        ],
    ),
    ("ja", Word::Edited, &["\u{7de8}\u{96c6}\u{6e08}\u{307f}", "\u{ff08}\u{7de8}\u{96c6}\u{6e08}\u{307f}\u{ff09}"]),
    ("ja", Word::Author, &["\u{6295}\u{7a3f}\u{8005}", "\u{8457}\u{8005}"]),
    ("ja", Word::Reactions, &["\u{30ea}\u{30a2}\u{30af}\u{30b7}\u{30e7}\u{30f3}"]),
    (
        "ko",
        Word::Action,
        &[
            "\u{cd94}\u{cc9c}",
            "\u{b2f5}\u{ae00}",
            "\u{b313}\u{ae00} \u{c2e0}\u{ace0}",
            "\u{b313}\u{ae00} \u{b354}\u{bcf4}\u{ae30}",
            "\u{b313}\u{ae00}",
            "\u{d314}\u{b85c}\u{c6b0}",
        ],
    ),
    ("ko", Word::Edited, &["\u{c218}\u{c815}\u{b428}", "(\u{c218}\u{c815}\u{b428})"]),
    ("ko", Word::Author, &["\u{c791}\u{c131}\u{c790}", "\u{ae00}\u{c4f4}\u{c774}"]),
    ("ko", Word::Reactions, &["\u{bc18}\u{c751}"]),
    (
        "zh",
        Word::Action,
        &[
            "\u{8d5e}",
            "\u{56de}\u{590d}",
            "\u{4e3e}\u{62a5}\u{6b64}\u{8bc4}\u{8bba}",
            "\u{67e5}\u{770b}\u{66f4}\u{591a}\u{8bc4}\u{8bba}",
            "\u{8bc4}\u{8bba}",
            "\u{5206}\u{4eab}",
            "\u{5173}\u{6ce8}",
            "\u{8b9a}",
            "\u{56de}\u{8986}",
            "\u{7559}\u{8a00}",
            "\u{95dc}\u{6ce8}",
        ],
    ),
    ("zh", Word::Edited, &["\u{5df2}\u{7f16}\u{8f91}", "\u{5df2}\u{7de8}\u{8f2f}"]),
    ("zh", Word::Author, &["\u{4f5c}\u{8005}"]),
    ("zh", Word::Reactions, &["\u{56de}\u{5e94}", "\u{53cd}\u{5e94}"]),
    (
        "pl",
        Word::Action,
        &[
            "poleć",
            "odpowiedz",
            "zg\u{142}o\u{15b} ten komentarz",
            "zobacz wi\u{119}cej komentarzy",
            "skomentuj",
            "udost\u{119}pnij",
            "wy\u{15b}lij",
            "obserwuj",
        ],
    ),
    ("pl", Word::Edited, &["edytowano", "(edytowano)"]),
    ("pl", Word::Author, &["autor", "autorka"]),
    ("pl", Word::Reactions, &["reakcja", "reakcje", "reakcji"]),
    (
        "sv",
        Word::Action,
        &[
            "gilla",
            "svara",
            "rapportera den h\u{e4}r kommentaren",
            "visa fler kommentarer",
            "kommentera",
            "dela",
            "skicka",
            "f\u{f6}lj",
        ],
    ),
    ("sv", Word::Edited, &["redigerad", "(redigerad)"]),
    ("sv", Word::Author, &["f\u{f6}rfattare"]),
    ("sv", Word::Reactions, &["reaktion", "reaktioner"]),
    (
        "tr",
        Word::Action,
        &[
            "be\u{11f}en",
            "yan\u{131}tla",
            "bu yorumu \u{15f}ikayet et",
            "daha fazla yorum g\u{f6}r",
            "yorum yap",
            "payla\u{15f}",
            "g\u{f6}nder",
            "takip et",
        ],
    ),
    ("tr", Word::Edited, &["d\u{fc}zenlendi", "(d\u{fc}zenlendi)"]),
    ("tr", Word::Author, &["yazar"]),
    ("tr", Word::Reactions, &["tepki"]),
    (
        "ar",
        Word::Action,
        &[
            "\u{623}\u{639}\u{62c}\u{628}\u{646}\u{64a}",
            "\u{631}\u{62f}",
            "\u{627}\u{644}\u{631}\u{62f}",
            "\u{627}\u{644}\u{625}\u{628}\u{644}\u{627}\u{63a} \u{639}\u{646} \u{647}\u{630}\u{627} \u{627}\u{644}\u{62a}\u{639}\u{644}\u{64a}\u{642}",
            "\u{62a}\u{639}\u{644}\u{64a}\u{642}",
            "\u{645}\u{62a}\u{627}\u{628}\u{639}\u{629}",
        ],
    ),
    ("ar", Word::Edited, &["\u{62a}\u{645} \u{627}\u{644}\u{62a}\u{639}\u{62f}\u{64a}\u{644}"]),
    ("ar", Word::Author, &["\u{627}\u{644}\u{643}\u{627}\u{62a}\u{628}", "\u{627}\u{644}\u{645}\u{624}\u{644}\u{641}"]),
    (
        "ar",
        Word::Reactions,
        &["\u{62a}\u{641}\u{627}\u{639}\u{644}", "\u{62a}\u{641}\u{627}\u{639}\u{644}\u{627}\u{62a}"],
    ),
    (
        "ru",
        Word::Action,
        &[
            "\u{43d}\u{440}\u{430}\u{432}\u{438}\u{442}\u{441}\u{44f}",
            "\u{43e}\u{442}\u{432}\u{435}\u{442}\u{438}\u{442}\u{44c}",
            "\u{43f}\u{43e}\u{436}\u{430}\u{43b}\u{43e}\u{432}\u{430}\u{442}\u{44c}\u{441}\u{44f} \u{43d}\u{430} \u{44d}\u{442}\u{43e}\u{442} \u{43a}\u{43e}\u{43c}\u{43c}\u{435}\u{43d}\u{442}\u{430}\u{440}\u{438}\u{439}",
            "\u{43a}\u{43e}\u{43c}\u{43c}\u{435}\u{43d}\u{442}\u{438}\u{440}\u{43e}\u{432}\u{430}\u{442}\u{44c}",
            "\u{43f}\u{43e}\u{434}\u{435}\u{43b}\u{438}\u{442}\u{44c}\u{441}\u{44f}",
            "\u{43e}\u{442}\u{43f}\u{440}\u{430}\u{432}\u{438}\u{442}\u{44c}",
        ],
    ),
    (
        "ru",
        Word::Edited,
        &[
            "\u{438}\u{437}\u{43c}\u{435}\u{43d}\u{435}\u{43d}\u{43e}",
            "\u{43e}\u{442}\u{440}\u{435}\u{434}\u{430}\u{43a}\u{442}\u{438}\u{440}\u{43e}\u{432}\u{430}\u{43d}\u{43e}",
        ],
    ),
    ("ru", Word::Author, &["\u{430}\u{432}\u{442}\u{43e}\u{440}"]),
    (
        "ru",
        Word::Reactions,
        &[
            "\u{440}\u{435}\u{430}\u{43a}\u{446}\u{438}\u{44f}",
            "\u{440}\u{435}\u{430}\u{43a}\u{446}\u{438}\u{438}",
            "\u{440}\u{435}\u{430}\u{43a}\u{446}\u{438}\u{439}",
        ],
    ),
];

/// Names of reaction icons that a copy runs together.
const ICONS: [&str; 7] = ["like", "love", "insightful", "celebrate", "support", "funny", "curious"];

/// Whether a line is this kind of word, in any language.
#[must_use]
pub fn is(line: &str, kind: Word) -> bool {
    let line = bare(line);
    WORDS.iter().any(|(_, known, words)| *known == kind && words.contains(&line.as_str()))
}

/// Whether a line is something of the interface that stands below a reply.
#[must_use]
pub fn is_action(line: &str) -> bool {
    let line = bare(line);
    let digits = line.chars().take_while(char::is_ascii_digit).count();
    let behind = line[digits..].trim();
    is(&line, Word::Action)
        || is_icons(&line)
        || digits > 0 && (behind.is_empty() || is(behind, Word::Reactions) || is_answers(behind))
}

/// `2 replies`, `2 Replies on Ada Quill's comment`
fn is_answers(behind: &str) -> bool {
    ["reply", "replies"].iter().any(|word| behind == *word || behind.starts_with(&format!("{word} on ")))
}

/// How many reactions a line tells; `None` where it tells none.
#[must_use]
pub fn reactions(line: &str) -> Option<u64> {
    let line = bare(line);
    let digits = line.chars().take_while(char::is_ascii_digit).count();
    let behind = line[digits..].trim();
    (digits > 0 && (behind.is_empty() || is(behind, Word::Reactions))).then(|| line[..digits].parse().ok()).flatten()
}

/// The heading over answers: how many, and whom they answer.
#[must_use]
pub fn answers_to(line: &str) -> Option<(usize, String)> {
    let line = line.trim();
    let digits = line.chars().take_while(char::is_ascii_digit).count();
    let behind = line.get(digits..)?.trim();
    let rest = behind.strip_prefix("Replies on ").or_else(|| behind.strip_prefix("Reply on "))?;
    let name = rest.strip_suffix("\u{2019}s comment").or_else(|| rest.strip_suffix("'s comment"))?;
    Some((line[..digits].parse().ok()?, name.trim().to_owned()))
}

fn is_icons(line: &str) -> bool {
    let mut rest = line;
    while !rest.is_empty() {
        let Some(icon) = ICONS.iter().find(|icon| rest.starts_with(**icon)) else { return false };
        rest = &rest[icon.len()..];
    }
    !line.is_empty()
}

/// A line without bullets around it, in lower case, one blank between words.
fn bare(line: &str) -> String {
    let trimmed = line.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{2022}' | '\u{b7}' | '\u{a0}'));
    trimmed.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// The language in which most lines are words of the interface; `None` where none is, or two are as likely.
#[must_use]
pub fn language<'a>(lines: impl Iterator<Item = &'a str>) -> Option<&'static str> {
    let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
    for line in lines.map(bare).filter(|line| !line.is_empty() && line.len() < 60) {
        for (language, _, words) in &WORDS {
            if words.contains(&line.as_str()) {
                *counts.entry(language).or_default() += 1;
            }
        }
    }
    let most = counts.values().max().copied()?;
    let mut likely = counts.iter().filter(|(_, count)| **count == most);
    let first = likely.next().map(|(language, _)| *language);
    if likely.next().is_some() { None } else { first }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_interface_are_known_in_every_language() {
        for line in [
            "Like",
            "  \u{2022} Report this comment",
            "Gef\u{e4}llt mir",
            "J\u{2019}aime",
            "\u{56de}\u{590d}",
            "4 Reactions",
            "3",
            "likelovesupport",
            "2 replies",
            "1 Reaktion",
        ] {
            assert!(is_action(line), "{line}");
        }
        for line in ["I like it", "Reply to all of them", "3 days", "", "\u{201c}Like\u{201d} is a word"] {
            assert!(!is_action(line), "{line}");
        }
        assert_eq!((reactions("4\u{a0}Reactions"), reactions("3"), reactions("3 ships")), (Some(4), Some(3), None));
        assert_eq!(answers_to("2 Replies on Ada Quill\u{2019}s comment"), Some((2, "Ada Quill".to_owned())));
    }

    #[test]
    fn the_language_is_that_of_most_words() {
        assert_eq!(language(["Recomendar", "Responder", "Hola", "Editado"].into_iter()), Some("es"));
        assert_eq!(language(["Responder", "Autor"].into_iter()), None);
        assert_eq!(language(["Nothing"].into_iter()), None);
    }
}
