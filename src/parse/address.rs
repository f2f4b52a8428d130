//! Web addresses of the settings: those that are good, and what to write in the place of the others. Reaches none.

use url::Url;

use super::fields::Fields;
use crate::base::codes::Code;
use crate::base::diagnostic::Diagnostic;
use crate::base::span::Span;

/// Why an address is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// It holds the name or the password of a user, so it is shown nowhere.
    Secret,
    /// It is none; with what to write.
    Wrong(&'static str, String),
}

impl Refused {
    /// Reports it for a key of the settings. The line of a secret is not quoted: reports end up in logs.
    pub(super) fn report(self, key: &str, range: (u32, u32), fields: &mut Fields<'_>) {
        match self {
            Self::Secret => {
                let span = Span::file(fields.path());
                fields.diagnostics.push(Diagnostic::new(Code::BadValue, span, secret_message(key)).help(SECRET_HELP));
            }
            Self::Wrong(why, help) => fields.refuse(Code::BadValue, range, format!("`{key}` {why}"), help),
        }
    }

    /// The same in one sentence, for an option of the command line.
    pub(crate) fn to_sentence(&self, option: &str, written: &str) -> String {
        match self {
            Self::Secret => format!("{}; {SECRET_HELP}", secret_message(option)),
            Self::Wrong(why, help) => format!("`{option}` {why}, found `{written}`; {help}"),
        }
    }
}

const SECRET_HELP: &str = "take out what stands before the `@`, and change the password if others have seen it";

fn secret_message(key: &str) -> String {
    format!("`{key}` holds a user name or a password, which every reader would see")
}

/// The address of a site, with a slash at its end.
pub(crate) fn site(url: &str) -> Result<String, Refused> {
    let wrong = || Refused::Wrong("must be a web address", "write it as `https://example.org/`".to_owned());
    let rest = after_scheme(url).ok_or_else(wrong)?;
    if has_user(rest) {
        return Err(Refused::Secret);
    }
    if rest.contains(['?', '#']) {
        let end = url.find(['?', '#']).unwrap_or(url.len());
        let help = site(&url[..end])
            .map_or_else(|_| "write it as `https://example.org/`".to_owned(), |url| format!("write `{url}`"));
        return Err(Refused::Wrong("ends before `?` and `#`: the addresses of pages follow behind it", help));
    }
    if !rest.is_ascii() && !rest.contains(char::is_whitespace) {
        let known = Url::parse(url).ok().filter(Url::has_host).ok_or_else(wrong)?;
        let why = "must be written in ASCII, as browsers send it";
        return Err(Refused::Wrong(why, format!("write `{known}`")));
    }
    let is_good = !rest.is_empty()
        && !rest.starts_with('/')
        && rest.chars().all(|c| c.is_ascii_alphanumeric() || "-._~:/[]@%".contains(c));
    if !is_good {
        return Err(wrong());
    }
    Ok(if url.ends_with('/') { url.to_owned() } else { format!("{url}/") })
}

/// Whether this is the address of some page.
pub(crate) fn page(url: &str) -> Result<(), Refused> {
    if after_scheme(url).is_some_and(has_user) {
        return Err(Refused::Secret);
    }
    let is_good = Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.host_str().is_some());
    if is_good && !url.contains(char::is_whitespace) {
        return Ok(());
    }
    let help = "write it as `profiles = [\"https://social.example/@me\"]`";
    Err(Refused::Wrong("must hold web addresses", help.to_owned()))
}

fn after_scheme(url: &str) -> Option<&str> {
    url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))
}

/// Whether a user is named before the host.
fn has_user(rest: &str) -> bool {
    rest.split(['/', '?', '#']).next().is_some_and(|host| host.contains('@'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_is_a_host_with_a_path() {
        for (written, good) in [
            ("https://e.org", "https://e.org/"),
            ("http://127.0.0.1:80/a/", "http://127.0.0.1:80/a/"),
            ("https://e.org/@me", "https://e.org/@me/"),
        ] {
            assert_eq!(site(written).as_deref(), Ok(good));
        }
        for bad in ["", "e.org", "ftp://e.org", "https://", "https:///x", "https://e.org/a b", "https://e.org/\"x"] {
            assert!(matches!(site(bad), Err(Refused::Wrong("must be a web address", _))), "{bad}");
        }
    }

    #[test]
    fn what_would_be_right_is_told() {
        let help = |written| match site(written) {
            Err(Refused::Wrong(_, help)) => help,
            other => format!("{other:?}"),
        };
        assert_eq!(help("https://b\u{fc}cher.example/\u{e4}"), "write `https://xn--bcher-kva.example/%C3%A4`");
        assert_eq!(help("https://e.org/a?b=1#c"), "write `https://e.org/a/`");
    }

    #[test]
    fn a_user_is_never_told() {
        for secret in ["https://me:pw@e.org", "https://me@e.org/", "http://me:p%40w@e.org/a?x"] {
            assert_eq!((site(secret), page(secret)), (Err(Refused::Secret), Err(Refused::Secret)), "{secret}");
            assert!(!Refused::Secret.to_sentence("--base-url", secret).contains("e.org"), "{secret}");
        }
        assert_eq!(page("https://social.example/@me"), Ok(()));
    }
}
