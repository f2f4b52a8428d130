//! Patterns for the addresses of pages: `[urls]` of the settings. Knows no page.

use jiff::civil;

use super::writing::Kind;
use crate::base::path::Route;

/// How the addresses of pages are made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Urls {
    /// Of essays.
    pub essay: Pattern,
    /// Of concepts.
    pub concept: Pattern,
    /// Of series.
    pub series: Pattern,
    /// Of single pages.
    pub page: Pattern,
}

impl Default for Urls {
    fn default() -> Self {
        let standard = |kind| Pattern { parts: parts(Pattern::standard(kind)).expect("a good pattern") };
        Self {
            essay: standard(Kind::Essay),
            concept: standard(Kind::Concept),
            series: standard(Kind::Series),
            page: standard(Kind::Page),
        }
    }
}

impl Urls {
    /// The pattern for writings of a kind.
    #[must_use]
    pub fn of(&self, kind: Kind) -> &Pattern {
        match kind {
            Kind::Essay => &self.essay,
            Kind::Concept => &self.concept,
            Kind::Series => &self.series,
            Kind::Page => &self.page,
        }
    }

    /// The same, to be changed.
    pub fn of_mut(&mut self, kind: Kind) -> &mut Pattern {
        match kind {
            Kind::Essay => &mut self.essay,
            Kind::Concept => &mut self.concept,
            Kind::Series => &mut self.series,
            Kind::Page => &mut self.page,
        }
    }
}

/// A pattern such as `/{year}/{slug}/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Year,
    Month,
    Day,
    Slug,
    Path,
}

/// What an address is made from.
#[derive(Clone, Copy, Debug)]
pub struct Named<'a> {
    /// The slug.
    pub slug: &'a str,
    /// Slugs of the folders it stands in below the folder of its kind, with slashes between them; often empty.
    pub folders: &'a str,
    /// Its day, if it has one.
    pub date: Option<civil::Date>,
}

impl Pattern {
    /// The pattern that holds for a kind where the settings say nothing, as it is written.
    #[must_use]
    pub fn standard(kind: Kind) -> &'static str {
        match kind {
            Kind::Essay => "/essays/{slug}/",
            Kind::Concept => "/concepts/{slug}/",
            Kind::Series => "/series/{slug}/",
            Kind::Page => "/{path}/",
        }
    }

    /// The pattern that a text is, for writings of a kind.
    ///
    /// # Errors
    /// What is wrong with it, and how it is to be written.
    pub fn parse(written: &str, kind: Kind) -> Result<Self, String> {
        let parts = parts(written)?;
        let has = |part: &Part| parts.contains(part);
        if !has(&Part::Slug) && !has(&Part::Path) {
            return Err(format!("every {} would have the same address; put `{{slug}}` into it", kind.word()));
        }
        if kind != Kind::Essay && (has(&Part::Year) || has(&Part::Month) || has(&Part::Day)) {
            return Err(format!("only essays have a date; leave it out of the addresses of a {}", kind.word()));
        }
        let pattern = Self { parts };
        let sample = Named { slug: "s", folders: "f", date: Some(civil::date(2000, 1, 1)) };
        let filled = pattern.fill(sample).expect("the sample has a date");
        let is_page = filled.ends_with('/') || filled.ends_with(".html");
        if !is_page {
            return Err("an address of a page ends with `/` or `.html`".to_owned());
        }
        if Route::new(&filled).is_none() {
            return Err(
                "it is no address of a site; begin it with `/`, without empty parts, spaces or `?#%:*`".to_owned()
            );
        }
        Ok(pattern)
    }

    /// Whether addresses are made from dates.
    #[must_use]
    pub fn has_date(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Year | Part::Month | Part::Day))
    }

    /// The address of a writing; `None` where the pattern wants a date and it has none.
    #[must_use]
    pub fn route(&self, named: Named<'_>) -> Option<Route> {
        Some(Route::new(&self.fill(named)?).expect("patterns were tried, slugs are clean"))
    }

    fn fill(&self, named: Named<'_>) -> Option<String> {
        let mut address = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => address.push_str(text),
                Part::Slug => address.push_str(named.slug),
                Part::Path if named.folders.is_empty() => address.push_str(named.slug),
                Part::Path => address.push_str(&format!("{}/{}", named.folders, named.slug)),
                Part::Year => address.push_str(&format!("{:04}", named.date?.year())),
                Part::Month => address.push_str(&format!("{:02}", named.date?.month())),
                Part::Day => address.push_str(&format!("{:02}", named.date?.day())),
            }
        }
        Some(address)
    }

    /// The slug that an address of this pattern holds; `None` where the pattern has more than a slug in it or the address is another.
    #[must_use]
    pub fn slug_in<'a>(&self, route: &'a Route) -> Option<&'a str> {
        let (before, after) = match self.parts.as_slice() {
            [Part::Text(before), Part::Slug | Part::Path, Part::Text(after)] => (before, after),
            _ => return None,
        };
        let slug = route.as_str().strip_prefix(before.as_str())?.strip_suffix(after.as_str())?;
        (!slug.is_empty() && !slug.contains('/')).then_some(slug)
    }
}

fn parts(written: &str) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    let mut rest = written;
    while let Some(at) = rest.find('{') {
        if at > 0 {
            parts.push(Part::Text(rest[..at].to_owned()));
        }
        let end = rest[at..].find('}').ok_or("a `{` is not closed")?;
        parts.push(match &rest[at + 1..at + end] {
            "year" => Part::Year,
            "month" => Part::Month,
            "day" => Part::Day,
            "slug" => Part::Slug,
            "path" => Part::Path,
            other => {
                return Err(format!(
                    "there is no `{{{other}}}`; the parts are `{{year}}`, `{{month}}`, `{{day}}`, `{{slug}}` and `{{path}}`"
                ));
            }
        });
        rest = &rest[at + end + 1..];
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest.to_owned()));
    }
    if parts.iter().any(|part| matches!(part, Part::Text(text) if text.contains('}'))) {
        return Err("a `}` has no `{`".to_owned());
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMED: Named<'_> = Named { slug: "trust", folders: "a/b", date: Some(civil::date(2021, 3, 2)) };

    #[test]
    fn a_pattern_is_filled() {
        for (pattern, address) in [
            ("/{year}/{slug}/", "/2021/trust/"),
            ("/{year}/{month}/{day}/{slug}.html", "/2021/03/02/trust.html"),
            ("/{path}/", "/a/b/trust/"),
            ("/blog/{slug}/", "/blog/trust/"),
        ] {
            let filled = Pattern::parse(pattern, Kind::Essay).expect("good").route(NAMED).expect("dated");
            assert_eq!(filled.as_str(), address);
        }
        let undated = Named { date: None, ..NAMED };
        assert!(Pattern::parse("/{year}/{slug}/", Kind::Essay).expect("good").route(undated).is_none());
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for bad in
            ["", "/", "/x/", "{slug}/", "/{slug}", "/{name}/", "/{slug/", "/slug}/{slug}/", "//{slug}/", "/ {slug}/"]
        {
            assert!(Pattern::parse(bad, Kind::Essay).is_err(), "{bad}");
        }
        assert!(Pattern::parse("/{year}/{slug}/", Kind::Concept).is_err());
    }

    #[test]
    fn a_slug_is_found_in_an_address() {
        let route = |address| Route::new(address).expect("clean");
        let urls = Urls::default();
        assert_eq!(urls.concept.slug_in(&route("/concepts/trust/")), Some("trust"));
        assert_eq!(urls.concept.slug_in(&route("/concepts/")), None);
        assert_eq!(urls.concept.slug_in(&route("/essays/trust/")), None);
    }
}
