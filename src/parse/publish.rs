//! `[publish.NAME]` to a target. Knows the rules of each kind of place, and reaches none.

use super::fields::Fields;
use super::values::{Field, Value};
use crate::base::codes::Code;
use crate::base::diagnostic::{Diagnostic, Diagnostics};
use crate::base::path::SitePath;
use crate::base::slug::is_slug;
use crate::base::span::Span;
use crate::model::publish::{Bucket, BucketStyle, Host, Place, Target};
use crate::model::writing::Placed;

/// Keys under which people write what does not belong into this file.
const SECRETS: [&str; 9] =
    ["access_key", "access_key_id", "api_key", "api_token", "key", "password", "secret", "secret_access_key", "token"];

/// Reads one target; `None` where something that it cannot do without is missing or wrong, which is reported.
pub(super) fn read(path: &SitePath, name: &Field, value: Field) -> (Option<Target>, Diagnostics) {
    let refusal = |range, message: String, help: &str| {
        let span = Span { path: path.clone(), range: Some(range) };
        let mut diagnostics = Diagnostics::default();
        diagnostics.push(Diagnostic::new(Code::BadValue, span, message).help(help));
        (None, diagnostics)
    };
    if matches!(name.text(), "init" | "help") {
        let message =
            format!("`{}` cannot be the name of a target: `throughline publish {0}` means something else", name.text());
        return refusal(name.range, message, "write another name, such as `[publish.live]`");
    }
    if !is_slug(name.text()) {
        let message = format!("`{}` cannot be the name of a target", name.text());
        return refusal(
            name.range,
            message,
            "write a name of small letters, digits and hyphens, such as `[publish.live]`",
        );
    }
    let Value::Table(table) = value.value else {
        let message = format!("`publish` holds targets, and `{}` is none", name.text());
        return refusal(value.range, message, "write `[publish.live]` on a line of its own, and the keys below it");
    };
    let mut keys = Keys { path, fields: Fields::new(path, table), name, is_good: true };
    for key in SECRETS {
        if keys.fields.has(key) {
            drop(keys.fields.take(key));
            keys.refuse_secret(key);
        }
    }
    let place = keys.place();
    let secret_command = keys.secret_command();
    let precompress = keys.precompress(place.as_ref());
    let is_good = keys.is_good;
    let target =
        place.filter(|_| is_good).map(|to| Target { name: name.text().to_owned(), to, secret_command, precompress });
    (target, keys.fields.finish())
}

/// The keys of one target.
struct Keys<'a> {
    path: &'a SitePath,
    fields: Fields<'a>,
    name: &'a Field,
    is_good: bool,
}

impl Keys<'_> {
    fn place(&mut self) -> Option<Place> {
        if !self.fields.has("to") {
            let listed: Vec<String> = Place::WORDS.iter().map(|word| format!("`{word}`")).collect();
            let message = format!("the target `{}` does not say what kind of place it is", self.name.text());
            let help = format!("add `to = \"…\"` with one of {}", listed.join(", "));
            self.fields.refuse(Code::BadValue, self.name.range, message, help);
            // What else stands there belongs to a kind that nobody knows.
            self.fields.forget();
            return None;
        }
        let Some(to) = self.fields.word("to", &Place::WORDS) else {
            self.fields.forget();
            return None;
        };
        match to.value.as_str() {
            "git" => self.git(),
            "s3" => self.s3(),
            "rsync" => self.rsync(),
            "sftp" => self.sftp(),
            "netlify" => Some(Place::Netlify {
                site: self.needed("site", "its id or its name, such as `site = \"my-book.netlify.app\"`")?,
                api: self.address("api", "https://api.netlify.com")?,
            }),
            "cloudflare" => {
                let account = self.needed("account", "the id of your account, 32 hexadecimal digits");
                let project = self.needed("project", "the name of the project, such as `project = \"my-book\"`");
                let branch = self.or("branch", "main");
                let api = self.address("api", "https://api.cloudflare.com");
                Some(Place::Cloudflare { account: account?, project: project?, branch, api: api? })
            }
            _ => {
                Some(Place::Folder { path: self.needed("path", "the folder, such as `path = \"/srv/www/my-book\"`")? })
            }
        }
    }

    fn git(&mut self) -> Option<Place> {
        let remote = self.or("remote", "origin");
        let branch = self.or("branch", "gh-pages");
        let is_branch = !branch.contains("..")
            && !branch.ends_with(['/', '.'])
            && branch.chars().all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c));
        if !is_branch {
            self.refuse(format!("`{branch}` cannot be the name of a branch"), "write it as `branch = \"gh-pages\"`");
        }
        let has_host = self.fields.has("host");
        let word = self.fields.word("host", &Host::WORDS);
        self.is_good &= word.is_some() || !has_host;
        let host = word.and_then(|word| Host::from_word(&word.value));
        Some(Place::Git { remote, branch, host })
    }

    fn s3(&mut self) -> Option<Place> {
        let endpoint = self.fields.has("endpoint").then(|| self.address("endpoint", ""));
        let bucket = self.needed("bucket", "its name, such as `bucket = \"my-book\"`");
        if let Some(bucket) =
            bucket.as_ref().filter(|name| !name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)))
        {
            self.refuse(
                format!("`{bucket}` cannot be the name of a bucket"),
                "write its name alone, such as `bucket = \"my-book\"`",
            );
        }
        let region = self.or("region", "us-east-1");
        let is_region = region.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        if !is_region {
            self.refuse(format!("`{region}` cannot be a region"), "write it as `region = \"eu-central-1\"`");
        }
        let style = self.fields.word("style", &["path", "virtual"]);
        let prefix = self.fields.text("prefix").map(|text| text.value).unwrap_or_default();
        let prefix = prefix.trim_matches('/').to_owned();
        if prefix.split('/').any(|part| matches!(part, "." | "..")) {
            self.refuse(format!("`{prefix}` cannot be a prefix"), "write it as `prefix = \"essays\"`");
        }
        // Amazon's own service wants the bucket in the host's name; most others do not.
        let style = match style {
            Some(word) if word.value == "virtual" => BucketStyle::Virtual,
            None if endpoint.is_none() => BucketStyle::Virtual,
            _ => BucketStyle::Path,
        };
        let endpoint = match endpoint {
            Some(endpoint) => endpoint?,
            None => format!("https://s3.{region}.amazonaws.com"),
        };
        Some(Place::S3(Bucket { endpoint, name: bucket?, region, prefix, style }))
    }

    fn rsync(&mut self) -> Option<Place> {
        let destination = self.needed("destination", "it as `destination = \"me@example.org:www\"`")?;
        let timeout = self.small_number("timeout", 60)?;
        Some(Place::Rsync { destination, timeout })
    }

    fn sftp(&mut self) -> Option<Place> {
        let host = self.needed("host", "it as `host = \"me@example.org\"`");
        let port = self.small_number("port", 22).and_then(|port| u16::try_from(port).ok());
        let path = self.needed("path", "the folder on the host, such as `path = \"www\"`");
        let host = host?;
        let is_host = host.chars().all(|c| c.is_ascii_alphanumeric() || "-_.@:[]%".contains(c));
        if !is_host {
            self.refuse(format!("`{host}` cannot be a host"), "write it as `host = \"me@example.org\"`");
        }
        Some(Place::Sftp { host, port: port?, path: path? })
    }

    /// The program and its arguments, each a text of its own: no shell takes a line apart.
    fn secret_command(&mut self) -> Vec<String> {
        let parts = self.fields.texts("secret_command");
        if let [only] = &parts[..]
            && only.value.contains(' ')
        {
            let parts: Vec<String> = only.value.split_whitespace().map(|part| format!("\"{part}\"")).collect();
            let help = format!("write `secret_command = [{}]`", parts.join(", "));
            let message = "`secret_command` is a list: the program, and each of its arguments";
            self.fields.refuse(Code::BadValue, only.range, message, help);
            self.is_good = false;
        }
        parts.into_iter().map(|part| part.value).collect()
    }

    /// Only a server of one's own sends copies that were compressed before.
    fn precompress(&mut self, place: Option<&Place>) -> bool {
        let has = self.fields.has("precompress");
        let wanted = self.fields.boolean("precompress").unwrap_or_default();
        if let Some(place) = place.filter(|_| has)
            && !matches!(place, Place::Folder { .. } | Place::Rsync { .. } | Place::Sftp { .. })
        {
            let message =
                format!("`precompress` has no meaning for `{}`: such hosts compress by themselves", place.word());
            self.refuse(message, "take the line out");
        }
        wanted
    }

    /// A text that the target cannot do without.
    fn needed(&mut self, key: &'static str, what: &str) -> Option<String> {
        let has = self.fields.has(key);
        let found = self.text(key);
        if !has {
            let message = format!("the target `{}` does not say its `{key}`", self.name.text());
            self.refuse(message, &format!("write {what}"));
        }
        self.is_good &= found.is_some();
        found
    }

    fn or(&mut self, key: &'static str, otherwise: &str) -> String {
        self.text(key).unwrap_or_else(|| otherwise.to_owned())
    }

    /// A text that is handed to a program or a host; one that a program would take for an option is refused.
    fn text(&mut self, key: &'static str) -> Option<String> {
        let Placed { value, range } = self.fields.text(key)?;
        let after_scheme = value.split_once("://").map_or(&*value, |(_, rest)| rest);
        let before_path = after_scheme.split('/').next().unwrap_or("");
        // Over the web, whoever is named before the host brings a token.
        let is_web = ["http://", "https://"].iter().any(|scheme| value.starts_with(scheme));
        let is_secret = before_path.rsplit_once('@').is_some_and(|(user, _)| is_web || user.contains(':'));
        if is_secret || value.to_lowercase().contains("token=") {
            self.refuse_secret(key);
        } else if value.starts_with('-') {
            let message = format!("`{key}` begins with a hyphen, which programs take for an option");
            self.fields.refuse(Code::BadValue, range, message, "write `./` before it, or choose another name");
        } else {
            return Some(value);
        }
        self.is_good = false;
        None
    }

    /// A web address without a slash at its end.
    fn address(&mut self, key: &'static str, otherwise: &str) -> Option<String> {
        if !self.fields.has(key) {
            return Some(otherwise.to_owned());
        }
        let text = self.text(key)?;
        match super::address::site(&text) {
            Ok(address) => Some(address.trim_end_matches('/').to_owned()),
            Err(_) => {
                self.refuse(
                    format!("`{key}` must be a web address"),
                    &format!("write it as `{key} = \"https://example.org\"`"),
                );
                None
            }
        }
    }

    fn small_number(&mut self, key: &'static str, otherwise: u32) -> Option<u32> {
        let Some(number) = self.fields.number(key) else { return Some(otherwise) };
        let small = u32::try_from(number.value).ok().filter(|number| (1..=65_535).contains(number));
        if small.is_none() {
            let message = format!("`{key}` must lie between 1 and 65535");
            self.fields.refuse(Code::BadValue, number.range, message, format!("write `{key} = {otherwise}`"));
            self.is_good = false;
        }
        small
    }

    /// Reports a secret by the name of its key. Its line is not quoted: reports end up in logs.
    fn refuse_secret(&mut self, key: &str) {
        let message =
            format!("`{key}` of the target `{}` holds a secret, and this file is read by others", self.name.text());
        let help = "take it out, and let it be changed where it counts if others have seen it; the manual says under \
                    Publishing where each kind of target looks for it";
        self.fields.diagnostics.push(Diagnostic::new(Code::BadValue, Span::file(self.path), message).help(help));
        self.is_good = false;
    }

    /// Reports what is wrong with the target as a whole.
    fn refuse(&mut self, message: String, help: &str) {
        self.fields.refuse(Code::BadValue, self.name.range, message, help);
        self.is_good = false;
    }
}
