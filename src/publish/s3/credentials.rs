//! The key that requests are signed with, from the environment or from what a program prints. It is never shown.

use serde_json::Value;

use super::super::target::Failure;
use crate::io::http;

const KEY: &str = "AWS_ACCESS_KEY_ID";
const SECRET: &str = "AWS_SECRET_ACCESS_KEY";
const TOKEN: &str = "AWS_SESSION_TOKEN";

/// An access key. It has no `Debug`, so that nothing can print it by accident.
#[derive(Clone)]
pub struct Credentials {
    pub(super) key: String,
    pub(super) secret: String,
    pub(super) token: Option<String>,
}

impl Credentials {
    /// These, where they can be written into a request.
    ///
    /// # Errors
    /// One of them holds blanks or letters that no key has.
    pub fn new(key: String, secret: String, token: Option<String>) -> Result<Self, Failure> {
        let is_good = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        for (text, what) in
            [(Some(&key), "access key"), (Some(&secret), "secret key"), (token.as_ref(), "session token")]
        {
            if text.is_some_and(|text| !is_good(text)) {
                let message =
                    format!("the {what} of the store is empty, or holds blanks or letters that no such key has");
                return Err(
                    Failure::new(message).help("copy it again, without quotation marks and what stands around it")
                );
            }
        }
        // A slash ends the key where it stands in a signature, and a comma begins the next part.
        if key.contains(['/', ',']) {
            return Err(Failure::new("the access key of the store holds a `/` or a `,`, which no such key has")
                .help("see whether access key and secret key have changed places"));
        }
        Ok(Self { key, secret, token })
    }

    /// Those of the environment, by the names that other programs look for too.
    ///
    /// # Errors
    /// They are not there.
    pub fn from_environment() -> Result<Self, Failure> {
        let (key, secret) = match (http::secret(KEY), http::secret(SECRET)) {
            (Some(key), Some(secret)) => (key, secret),
            (key, _) => {
                let missing = if key.is_some() { SECRET } else { KEY };
                return Err(Failure::new(format!("there is no access key for the store: `{missing}` is not set"))
                    .help(format!("set `{KEY}` and `{SECRET}`, or write a `secret_command` that prints them")));
            }
        };
        Self::new(key, secret, http::secret(TOKEN))
    }

    /// Those that a program has printed: JSON as Amazon's tools exchange it, or access key, secret key and, where there is one,
    /// session token, each on a line.
    ///
    /// # Errors
    /// It is neither. Nothing of it is in the message.
    pub fn read(printed: &str) -> Result<Self, Failure> {
        let refused = |why: &str| {
            Failure::new(format!("what `secret_command` prints is no access key: {why}")).help(
                "let it print the access key and the secret key, each on a line, or the JSON of a `credential_process`",
            )
        };
        let printed = printed.trim();
        if !printed.starts_with('{') {
            let lines: Vec<&str> = printed.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
            return match lines[..] {
                [key, secret] => Self::new(key.to_owned(), secret.to_owned(), None),
                [key, secret, token] => Self::new(key.to_owned(), secret.to_owned(), Some(token.to_owned())),
                _ => Err(refused(&format!("it has {} lines, and two or three are needed", lines.len()))),
            };
        }
        let value: Value =
            serde_json::from_str(printed).map_err(|_| refused("it begins as JSON and does not go on so"))?;
        if value.get("Version").and_then(Value::as_u64) != Some(1) {
            return Err(refused("its `Version` is not 1"));
        }
        let text =
            |name: &str| value.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
        let needed = |name: &str| text(name).ok_or_else(|| refused(&format!("it has no `{name}`")));
        Self::new(needed("AccessKeyId")?, needed("SecretAccessKey")?, text("SessionToken"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(printed: &str) -> Result<(String, String, Option<String>), String> {
        let parts = |own: Credentials| (own.key, own.secret, own.token);
        Credentials::read(printed).map(parts).map_err(|failure| failure.to_string())
    }

    #[test]
    fn what_programs_print_is_read() {
        let pair = ("AK".to_owned(), "s/e+c".to_owned());
        assert_eq!(read("AK\ns/e+c\n"), Ok((pair.0.clone(), pair.1.clone(), None)));
        assert_eq!(read("\r\nAK\r\ns/e+c\r\ntok=\r\n"), Ok((pair.0.clone(), pair.1.clone(), Some("tok=".to_owned()))));
        let json =
            r#"{"Version": 1, "AccessKeyId": "AK", "SecretAccessKey": "s/e+c", "SessionToken": "", "Expiration": "x"}"#;
        assert_eq!(read(json), Ok((pair.0, pair.1, None)));
    }

    #[test]
    fn what_is_no_key_is_refused_without_being_shown() {
        for (printed, why) in [
            ("", "it has 0 lines"),
            ("topsecret", "it has 1 lines"),
            ("{\"Version\": 1, \"AccessKeyId\": \"topsecret\"", "does not go on so"),
            ("{\"Version\": 2, \"AccessKeyId\": \"topsecret\"}", "`Version` is not 1"),
            ("{\"Version\": 1, \"AccessKeyId\": \"topsecret\"}", "no `SecretAccessKey`"),
            ("AK\ntop secret", "holds blanks"),
            ("topsecret/x\nAK", "changed places"),
        ] {
            let failure = read(printed).unwrap_err();
            assert!(failure.contains(why) && !failure.contains("topsecret"), "{failure}");
        }
    }
}
