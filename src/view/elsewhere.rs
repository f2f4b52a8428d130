//! The text of an essay for programs that show it elsewhere: whole, with absolute addresses, and nothing in it that acts. Knows
//! no feed.

use std::borrow::Cow;
use std::cell::LazyCell;
use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::sync::{Arc, LazyLock};

use ammonia::{Builder, UrlRelative, UrlRelativeEvaluate};
use url::Url;

use super::prose::{Filler, Place, escaped_attribute};
use super::views::NoteView;
use super::{Viewer, clean_html};
use crate::base::fingerprint::Fingerprint;
use crate::base::language::is_right_to_left;
use crate::base::markup;
use crate::link::{PageId, WritingId};

/// Elements that may stand in a text elsewhere; those of formulas come on top.
const ELEMENTS: &str = "a abbr address article aside audio b bdi bdo blockquote br caption cite code col colgroup data dd del \
     details dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hgroup hr i img ins kbd li main \
     mark menu nav ol p picture pre q rp rt ruby s samp search section small source span strong sub summary sup \
     table tbody td tfoot th thead time tr track u ul var video wbr strike tt center big acronym";

/// Elements of MathML.
const FORMULA: &str = "math mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms mspace msqrt mstyle msub \
     msubsup msup mtable mtd mtext mtr munder munderover merror menclose none semantics mfenced maction";

/// Elements that go with all that stands in them.
const GONE: &str = "script style iframe frame frameset object embed applet template noscript svg button select textarea \
     annotation";

/// Attributes of MathML that change how a formula reads.
const FORMULA_ATTRIBUTES: &str = "accent accentunder columnalign columnspan depth display displaystyle fence height largeop linethickness \
     lspace mathvariant maxsize minsize movablelimits notation rowspan rspace scriptlevel separator stretchy \
     symmetric voffset width xmlns";

/// What each element may say of itself, besides language, direction and title.
const ATTRIBUTES: [(&str, &str); 18] = [
    ("a", "href hreflang id"),
    ("audio", "src controls"),
    ("col", "span"),
    ("colgroup", "span"),
    ("data", "value"),
    ("del", "datetime"),
    ("details", "open"),
    ("img", "src srcset sizes alt width height"),
    ("ins", "datetime"),
    ("li", "value"),
    ("ol", "start reversed type"),
    ("source", "src srcset sizes media type"),
    ("td", "colspan rowspan align"),
    ("th", "colspan rowspan align scope abbr"),
    ("time", "datetime"),
    ("track", "src kind srclang label"),
    ("ul", "type"),
    ("video", "src poster controls width height"),
];

/// Schemes of addresses that may stand in a text; `data:` in pictures only.
const SCHEMES: &str = "http https mailto tel sms xmpp irc ircs magnet geo gemini data";

/// What our own markup says by a class or by a part of a form, and what says it without.
const PLAINER: [(&str, &str); 8] = [
    ("<td class=\"left\">", "<td align=\"left\">"),
    ("<td class=\"center\">", "<td align=\"center\">"),
    ("<td class=\"right\">", "<td align=\"right\">"),
    ("<th class=\"left\">", "<th align=\"left\">"),
    ("<th class=\"center\">", "<th align=\"center\">"),
    ("<th class=\"right\">", "<th align=\"right\">"),
    ("<input type=\"checkbox\" disabled checked aria-label=\"Done\">", "\u{2611}"),
    ("<input type=\"checkbox\" disabled aria-label=\"To do\">", "\u{2610}"),
];

/// What all of those begin with.
const PLAINER_STARTS: [&str; 3] = ["<td class=", "<th class=", "<input type="];

const ALERT: &str = "<p class=\"alert-title\">";

static ALLOWED: LazyLock<HashMap<&'static str, HashSet<&'static str>>> = LazyLock::new(|| {
    let formulas = words(FORMULA).map(|element| (element, words(FORMULA_ATTRIBUTES).collect()));
    formulas.chain(ATTRIBUTES.into_iter().map(|(element, names)| (element, words(names).collect()))).collect()
});

static ALL_ELEMENTS: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| words(ELEMENTS).chain(words(FORMULA)).collect());
static ALL_GONE: LazyLock<HashSet<&'static str>> = LazyLock::new(|| words(GONE).collect());
static ALL_SCHEMES: LazyLock<HashSet<&'static str>> = LazyLock::new(|| words(SCHEMES).collect());

fn words(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.split(' ')
}

impl Viewer<'_> {
    /// The whole text of a writing as HTML that needs nothing around it, its footnotes at its end. `base` is the address of the
    /// site, with a slash at its end.
    pub(super) fn full_text(&self, id: WritingId, base: &str) -> Arc<str> {
        if self.is_recipe {
            let recipe = self.tables.recipes[id.0 as usize].get_or_init(|| self.elsewhere(base).recipe(id).into());
            return Arc::clone(recipe);
        }
        self.tables.text(id, || self.make_full_text(id, base).into())
    }

    fn elsewhere<'b>(&'b self, base: &'b str) -> Filler<'b> {
        Filler { place: Place::Elsewhere, ..self.filler(base) }
    }

    fn make_full_text(&self, id: WritingId, base: &str) -> String {
        let filler = self.elsewhere(base);
        let page = self.url(self.site.page_of(id));
        // Several essays may be shown under each other, and each has a note 1.
        let prefix = format!("e{}-", Fingerprint::of(page.as_bytes()).to_short_hex());
        let cleaner = LazyCell::new(|| cleaner(&prefix, &format!("{base}{page}")));
        let clean = |html: String| {
            let html = plainer(html);
            clean_html::clean(&html, &prefix).unwrap_or_else(|| cleaner.clean(&html).to_string())
        };
        let mut html = clean(filler.body(id));
        html.truncate(html.trim_end().len());
        let notes = filler.notes(id);
        if !notes.is_empty() {
            html.push_str("\n<hr>\n<ol>\n");
            for note in notes {
                write_note(&mut html, &prefix, NoteView { html: clean(note.html), ..note });
            }
            html.push_str("</ol>");
        }
        html.push('\n');
        let language = self.language(PageId::Writing(id));
        let is_of_book = language == self.book.language;
        // Where nothing is said, programs take their own direction for that of the text.
        let direction = match (is_right_to_left(language), is_of_book) {
            (true, _) => "rtl",
            (false, true) => return html,
            (false, false) => "auto",
        };
        let language = if is_of_book { String::new() } else { format!(" lang=\"{}\"", escaped_attribute(language)) };
        format!("<div{language} dir=\"{direction}\">\n{html}</div>\n")
    }
}

fn write_note(html: &mut String, prefix: &str, note: NoteView) {
    let text = note.html.trim_end();
    let (text, end) = text.strip_suffix("</p>").map_or((text, ""), |text| (text, "</p>"));
    // Writing to a string cannot fail.
    let _ = write!(html, "<li id=\"{prefix}n{}\">{text}", note.number);
    for reference in &note.references {
        let _ = write!(html, " <a href=\"#{prefix}{reference}\">\u{21a9}\u{fe0e}</a>");
    }
    let _ = writeln!(html, "{end}</li>");
}

/// Our own HTML with plainer means, for programs that drop classes and parts of forms.
fn plainer(mut html: String) -> String {
    // Most texts have none of these, and need not be searched for each.
    if PLAINER_STARTS.iter().any(|start| html.contains(start)) {
        for (from, to) in PLAINER {
            if html.contains(from) {
                html = html.replace(from, to);
            }
        }
    }
    if !html.contains(ALERT) {
        return html;
    }
    let mut parts = html.split(ALERT);
    let mut plain = parts.next().unwrap_or("").to_owned();
    for part in parts {
        let (title, rest) = part.split_once("</p>").unwrap_or((part, ""));
        let _ = write!(plain, "<p><strong>{title}</strong></p>{rest}");
    }
    plain
}

/// Takes out whatever could act. Ids stay on references to notes only, behind `prefix`; addresses are read from `page`.
pub(super) fn cleaner<'a>(prefix: &'a str, page: &str) -> Builder<'a> {
    let mut cleaner = Builder::empty();
    let own = prefix.to_owned();
    let from = Url::parse(page).ok();
    cleaner
        .tags(ALL_ELEMENTS.clone())
        .clean_content_tags(ALL_GONE.clone())
        .generic_attributes(HashSet::from(["lang", "dir", "title"]))
        .tag_attributes(ALLOWED.clone())
        .url_schemes(ALL_SCHEMES.clone())
        .url_relative(match Url::parse(page) {
            Ok(page) => UrlRelative::Custom(Box::new(FromPage { prefix, page })),
            Err(_) => UrlRelative::Deny,
        })
        .link_rel(None)
        .attribute_filter(move |element, name, value| {
            let is_data = value.trim_start().get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:"));
            match name {
                "srcset" => from.as_ref().and_then(|page| whole_set(page, value)).map(Cow::Owned),
                "id" => is_reference(value).then(|| Cow::Owned(format!("{own}{value}"))),
                "href" | "src" | "poster" if is_data && element != "img" => None,
                _ => Some(Cow::Borrowed(value)),
            }
        });
    cleaner
}

/// Addresses that are written as seen from the page.
struct FromPage<'a> {
    prefix: &'a str,
    page: Url,
}

impl<'a> UrlRelativeEvaluate<'a> for FromPage<'a> {
    fn evaluate<'url>(&self, written: &'url str) -> Option<Cow<'url, str>> {
        let is_note = written.strip_prefix("#n").is_some_and(is_number);
        let address = if is_note {
            format!("#{}{}", self.prefix, &written[1..])
        } else {
            self.page.join(written).ok()?.to_string()
        };
        Some(Cow::Owned(address))
    }
}

/// The pictures of a `srcset` with whole addresses; those that no server has are left out.
fn whole_set(page: &Url, set: &str) -> Option<String> {
    let candidates = markup::candidates(set);
    let ends = candidates.iter().skip(1).map(|next| next.start).chain([set.len()]);
    let whole = candidates.iter().zip(ends).filter_map(|(candidate, end)| {
        let url = page.join(&set[candidate.clone()]).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
        let condition = set[candidate.end..end].trim_matches(|c: char| c.is_ascii_whitespace() || c == ',');
        Some(if condition.is_empty() { url.to_string() } else { format!("{url} {condition}") })
    });
    let whole: Vec<String> = whole.collect();
    (!whole.is_empty()).then(|| whole.join(", "))
}

/// Whether this is the id of a place that refers to a note: `r1`, `r1-2`.
pub(super) fn is_reference(id: &str) -> bool {
    id.strip_prefix('r').is_some_and(|numbers| numbers.split('-').count() <= 2 && numbers.split('-').all(is_number))
}

pub(super) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
