//! Words of letters as they came by mail: what the writer did not write cut off, every e-mail address taken out. Knows no
//! mailbox.

use super::normalise::words_of_html;

/// What stands where an address stood.
pub(super) const ADDRESS: &str = "[address]";

/// Beginnings and verbs of the line above a quoted letter, by language.
const ATTRIBUTIONS: [(&str, &str); 9] = [
    ("On ", "wrote"),
    ("Am ", "schrieb"),
    ("Le ", "\u{e9}crit"),
    ("El ", "escribi\u{f3}"),
    ("Il ", "scritto"),
    ("Em ", "escreveu"),
    ("Op ", "schreef"),
    ("Den ", "skrev"),
    ("W dniu ", "napisa\u{142}"),
];

/// The first word of the block of headers above a letter that is quoted whole.
const SENDERS: [&str; 8] = ["From:", "Von:", "De:", "De :", "Da:", "Van:", "Fr\u{e5}n:", "Fra:"];

/// What begins the quoted letter or the signature in HTML.
const TAILS: [&str; 12] = [
    "class=\"gmail_quote",
    "class=\"gmail_signature",
    "class=\"gmail_attr",
    "class=\"moz-cite-prefix",
    "class=\"moz-signature",
    "class=\"moz-forward-container",
    "class=\"yahoo_quoted",
    "class=\"protonmail_quote",
    "class=\"protonmail_signature",
    "id=\"appendonsend",
    "id=\"divrplyfwdmsg",
    "<blockquote type=\"cite",
];

/// The writer's own words of a plain letter.
#[must_use]
pub fn of_plain(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let own = without_tail(until_signature(&lines));
    without_addresses(own.join("\n").trim())
}

/// The writer's own words of a letter in HTML.
#[must_use]
pub fn of_html(html: &str) -> String {
    let html = html.replace("&#64;", "@").replace("&#x40;", "@").replace("&commat;", "@");
    without_addresses(&without_mail_links(own_html(&html)))
}

/// A text whose lines were broken for sending (`format=flowed`), whole again.
#[must_use]
pub fn unflowed(text: &str, drops_blanks: bool) -> String {
    let mut whole = String::with_capacity(text.len());
    let mut open = None;
    for line in text.lines() {
        let words = line.trim_start_matches('>');
        let depth = line.len() - words.len();
        let words = words.strip_prefix(' ').unwrap_or(words);
        let is_signature = words == "-- ";
        if open != Some(depth) || is_signature {
            whole.push_str(if whole.is_empty() { "" } else { "\n" });
            whole.push_str(&">".repeat(depth));
            whole.push_str(if depth > 0 { " " } else { "" });
        }
        let goes_on = words.ends_with(' ') && !is_signature;
        whole.push_str(if goes_on && drops_blanks { words.strip_suffix(' ').unwrap_or(words) } else { words });
        open = goes_on.then_some(depth);
    }
    whole
}

/// The lines before the signature and before a letter that is quoted whole.
fn until_signature<'a, 'b>(lines: &'a [&'b str]) -> &'a [&'b str] {
    let end = (0..lines.len()).find(|at| {
        let rest = lines.get(*at..).unwrap_or_default();
        rest.first() == Some(&"--") || is_original(rest) || is_unquoted(rest, *at)
    });
    lines.get(..end.unwrap_or(lines.len())).unwrap_or_default()
}

/// Whether these lines begin with `-----Original Message-----` in any language, or with the headers that mailers put there.
fn is_original(lines: &[&str]) -> bool {
    let heads = |from: usize| lines.iter().skip(from).take(4).filter(|line| is_head(line)).count();
    let first = lines.first().copied().unwrap_or_default();
    let is_dashed = first.starts_with("----") && first.ends_with("----") && first.contains(char::is_alphabetic);
    let is_ruled = first.len() >= 10 && first.chars().all(|c| c == '_');
    let is_sender = SENDERS.iter().any(|word| first.trim_start_matches('*').starts_with(word));
    is_dashed && heads(1) >= 1 || is_ruled && heads(1) >= 2 || is_sender && heads(1) >= 2
}

/// Whether a line is a word or two with a colon, and more.
fn is_head(line: &str) -> bool {
    let name = line.trim_start_matches('*').split_once(':').map(|(name, _)| name.trim_end());
    name.is_some_and(|name| {
        (2..=14).contains(&name.chars().count()) && name.chars().all(|c| c.is_alphabetic() || c == ' ')
    })
}

/// Whether a letter follows that is quoted without any mark at its lines. Words before it must be there, and it must be dated:
/// "On trust, Hume wrote:" is the writer's own.
fn is_unquoted(lines: &[&str], before: usize) -> bool {
    attribution(lines).is_some_and(|length| {
        let said = lines.get(..length).unwrap_or_default().join(" ");
        let behind = lines.get(length..).unwrap_or_default();
        let is_time = |word: &str| word.split_once(':').is_some_and(|(hour, _)| hour.parse::<u8>().is_ok());
        let is_year = |word: &str| word.parse::<u16>().is_ok_and(|year| (1990..2100).contains(&year));
        let words = || said.split([' ', ',', '.', '\u{a0}']);
        let is_dated = words().any(is_time) || words().any(is_year);
        before > 0 && is_dated && behind.iter().find(|line| !line.is_empty()).is_some_and(|line| !line.starts_with('>'))
    })
}

/// How many lines the line above a quoted letter takes; mailers break it at any blank.
fn attribution(lines: &[&str]) -> Option<usize> {
    let first = lines.first()?.trim_start();
    let (_, verb) = ATTRIBUTIONS.iter().find(|(start, _)| first.starts_with(start))?;
    let end = lines.iter().take(4).take_while(|line| !line.is_empty()).position(|line| line.ends_with(':'))?;
    lines.iter().take(end + 1).any(|line| line.contains(verb)).then_some(end + 1)
}

/// The lines before a quotation that goes on to the end; quotations with answers below them stay.
fn without_tail<'a, 'b>(lines: &'a [&'b str]) -> &'a [&'b str] {
    let is_quoted = |line: &&str| line.is_empty() || line.starts_with('>');
    let end = lines.iter().rposition(|line| !is_quoted(line)).map_or(0, |at| at + 1);
    let (own, tail) = lines.split_at_checked(end).unwrap_or((lines, &[]));
    if !tail.iter().any(|line| line.starts_with('>')) {
        return lines;
    }
    let start = (own.len().saturating_sub(4)..own.len())
        .find(|at| attribution(own.get(*at..).unwrap_or_default()) == Some(own.len() - at));
    let names_writer =
        own.last().is_some_and(|line| line.ends_with(':') && (line.contains('@') || line.ends_with("wrote:")));
    let end = start.unwrap_or(own.len() - usize::from(names_writer));
    own.get(..end).unwrap_or_default()
}

/// HTML before the quoted letter; all of it where nothing stands before, or the writer answered below.
fn own_html(html: &str) -> &str {
    let lower = html.to_ascii_lowercase();
    let Some(mark) = TAILS.iter().filter_map(|tail| lower.find(tail)).min() else { return html };
    let start = lower.get(..=mark).and_then(|before| before.rfind('<')).unwrap_or(mark);
    let Some((own, tail)) = html.split_at_checked(start) else { return html };
    let behind = tail.to_ascii_lowercase().rfind("</blockquote>").and_then(|at| tail.get(at..)).unwrap_or_default();
    let is_empty = |html: &str| words_of_html(html).trim().is_empty();
    if is_empty(own) || !is_empty(behind) { html } else { own }
}

/// HTML without the marks of links that write a letter; their words stay.
fn without_mail_links(html: &str) -> String {
    let mut kept = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, tag, behind)) = rest.find("<a ").and_then(|at| {
        let (before, link) = rest.split_at_checked(at)?;
        let (tag, behind) = link.split_once('>')?;
        Some((before, tag, behind))
    }) {
        kept.push_str(before);
        if !tag.to_ascii_lowercase().contains("mailto:") {
            kept.push_str(tag);
            kept.push('>');
        }
        rest = behind;
    }
    kept.push_str(rest);
    kept
}

/// A text without e-mail addresses: those in brackets behind a name are dropped, others leave a mark.
#[must_use]
pub fn without_addresses(text: &str) -> String {
    let text = text.replace("%40", "@");
    let is_local = |c: char| c.is_alphanumeric() || "._%+-='~!#$\\".contains(c);
    let is_place = |c: char| c.is_alphanumeric() || c == '.' || c == '-';
    let mut kept = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((before, behind)) = rest.split_once('@') {
        let head = before.trim_end_matches(is_local);
        let local = before.strip_prefix(head).unwrap_or_default();
        let place = behind.split(|c| !is_place(c)).next().unwrap_or_default().trim_end_matches(['.', '-']);
        // `@ada@example.social` and `https://example.social/@ada` are names of accounts, not places for letters.
        let is_account = head.is_empty() && kept.ends_with('@') || local.is_empty();
        if is_account || !place.contains('.') {
            kept.push_str(before);
            kept.push('@');
            rest = behind;
            continue;
        }
        let head = head.strip_suffix("mailto:").unwrap_or(head);
        let behind = behind.strip_prefix(place).unwrap_or(behind);
        let brackets = [("<", ">"), ("&lt;", "&gt;"), ("(", ")"), ("[", "]")];
        let inside = brackets
            .iter()
            .find_map(|(open, close)| Some((head.strip_suffix(open)?.strip_suffix(' ')?, behind.strip_prefix(close)?)));
        let (head, mark, behind) = inside.map_or((head, ADDRESS, behind), |(head, behind)| (head, "", behind));
        kept.push_str(head);
        kept.push_str(mark);
        rest = behind;
    }
    kept.push_str(rest);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_and_quoted_tails_are_cut() {
        for tail in [
            "-- \nAda\nhttps://ada.example",
            "On Mon, 1 Jan 2024, Bo Penn <bo@x.example> wrote:\n> Old words.\n>\n> More.\n",
            "On Mon, 1 Jan 2024 at 10:00, Bo Penn\n<bo@x.example>\nwrote:\n\n> Old words.",
            "On Mon, 1 Jan 2024 at 10:00, Bo Penn wrote:\n\nOld words without marks.",
            "Am 01.01.24 um 10:00 schrieb Bo Penn:\n> Alte Worte.",
            "Bo Penn <bo@x.example>:\n> Old words.",
            "> Old words.",
            "-----Original Message-----\nFrom: Bo\nSent: Monday\n\nOld words.",
            "________________________________\nFrom: Bo\nSent: Monday\nTo: Ada\nSubject: x\n\nOld words.",
            "Von: Bo\nGesendet: Montag\nAn: Ada\nBetreff: x\n\nAlte Worte.",
        ] {
            let text = format!("Good.\n\nTwo.\n\n{tail}");
            assert_eq!(of_plain(&text), "Good.\n\nTwo.", "{tail}");
            assert_eq!(of_plain(&text.replace('\n', "\r\n")), "Good.\n\nTwo.", "{tail}");
        }
    }

    #[test]
    fn the_writers_own_words_stay() {
        let answered = "On Mon, 1 Jan 2024, Bo Penn <bo@x.example> wrote:\n> Why?\n\nBecause.";
        assert_eq!(of_plain(answered), "On Mon, 1 Jan 2024, Bo Penn wrote:\n> Why?\n\nBecause.");
        let hume = "Good.\n\nOn trust, Hume wrote:\n\nPromises are human inventions.";
        assert_eq!(of_plain(hume), hume);
        let list = "Good.\n\nFrom: where I stand it is fine.\nNo more.";
        assert_eq!(of_plain(list), list);
    }

    #[test]
    fn html_loses_its_tail_and_its_addresses() {
        let letter = "<p>Write <a href=\"mailto:ada@x.example\">ada&#64;x.example</a>, see <a href=\"https://b.example\">this</a>.</p>";
        let wanted = "<p>Write [address]</a>, see <a href=\"https://b.example\">this</a>.</p>";
        for tail in [
            "<div class=\"gmail_quote\">On Monday <a href=\"mailto:bo@x.example\">Bo</a> wrote:<blockquote>Old</blockquote></div>",
            "<DIV ID=\"divRplyFwdMsg\">From: Bo</DIV>Old",
            "<blockquote type=\"cite\">Old</blockquote><br>",
        ] {
            assert_eq!(of_html(&format!("{letter}{tail}")), wanted, "{tail}");
        }
        let below = "<blockquote type=\"cite\">Old</blockquote><p>New</p>";
        assert_eq!(of_html(below), below);
        assert_eq!(of_html(&format!("<p>A</p>{below}")), format!("<p>A</p>{below}"));
    }

    #[test]
    fn no_address_stays() {
        for (given, wanted) in [
            ("Bo Penn <bo.penn+x@mail.x.example> wrote", "Bo Penn wrote"),
            ("write to bo@x.example.", "write to [address]."),
            ("mailto:bo@x.example", "[address]"),
            ("&lt;bo@x.example&gt;", "&lt;[address]&gt;"),
            ("https://x.example/u?to=bo%40x.example", "https://x.example/u?[address]"),
            (
                "@ada@x.example, https://x.example/@ada, @ada, a @ b",
                "@ada@x.example, https://x.example/@ada, @ada, a @ b",
            ),
            ("j\u{fc}rgen@m\u{fc}ller.example", "[address]"),
        ] {
            assert_eq!(without_addresses(given), wanted, "{given}");
        }
    }

    #[test]
    fn flowed_lines_become_whole() {
        let text = "One \ntwo.\n> Old \n> words.\n>> Older.\n From here.\n-- \nAda";
        assert_eq!(unflowed(text, false), "One two.\n> Old words.\n>> Older.\nFrom here.\n-- \nAda");
        assert_eq!(unflowed("\u{4e00} \n\u{4e8c}", true), "\u{4e00}\u{4e8c}");
    }
}
