//! What comes of asking whether anything stands at an address elsewhere. Asks nobody.

use url::Url;

/// What came of asking for an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It answers, at the end of all redirects.
    Status {
        /// 200 to 999, but for redirects.
        status: u16,
        /// Where it stands now, as far as redirects say that this is for good.
        moved: Option<Url>,
    },
    /// The host asks to be left alone for longer than anybody waits; in words.
    Later(String),
    /// There is none, for this reason, in words.
    None(Silence, String),
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silence {
    /// There is no host of that name.
    NoHost,
    /// It stands in a closed network and is not asked.
    Closed,
    /// It takes too long.
    Slow,
    /// The connection, the certificate or the answer is no good.
    Broken,
}
