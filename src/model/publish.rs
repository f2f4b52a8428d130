//! Where a book is published to, as `[publish.NAME]` in `book.toml` says; knows nothing of how.

/// A place that the book is published to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its name: `[publish.NAME]`.
    pub name: String,
    /// The kind of place, with what that needs.
    pub to: Place,
    /// A program with its arguments that prints the secret; empty where the environment or the user's agent has it.
    pub secret_command: Vec<String>,
    /// Whether a `.br` and a `.gz` stand beside each text, for servers that send those.
    pub precompress: bool,
}

/// A kind of place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A folder of this machine.
    Folder {
        /// Its path, from the book.
        path: String,
    },
    /// A branch of a git repository.
    Git {
        /// Address or name of the remote.
        remote: String,
        /// The branch that holds the site.
        branch: String,
        /// Who shows the branch to readers; `None` where its remote tells.
        host: Option<Host>,
    },
    /// A store that speaks S3.
    S3(Bucket),
    /// A folder that rsync reaches.
    Rsync {
        /// `user@host:folder`, `rsync://host/module/folder`, or a folder of this machine.
        destination: String,
        /// How many seconds a connection may be silent.
        timeout: u32,
    },
    /// A folder that is reached by SFTP.
    Sftp {
        /// The host, with the user before an `@` where that differs from the one here.
        host: String,
        /// The port.
        port: u16,
        /// The folder, from the user's own one.
        path: String,
    },
    /// A site at Netlify.
    Netlify {
        /// Its id, or its name with `.netlify.app`.
        site: String,
        /// The address of the interface.
        api: String,
    },
    /// A project at Cloudflare Pages.
    Cloudflare {
        /// The id of the account.
        account: String,
        /// The name of the project.
        project: String,
        /// The branch that stands for what readers see.
        branch: String,
        /// The address of the interface.
        api: String,
    },
}

/// Who shows the branch of a repository to readers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Host {
    /// github.com
    GitHub,
    /// gitlab.com, or a host whose name begins with `gitlab.`
    GitLab,
    /// codeberg.org
    Codeberg,
    /// Cloudflare Pages, which reads branches at GitHub and GitLab.
    Cloudflare,
    /// Netlify, which does so too.
    Netlify,
    /// Somebody else, or this machine.
    Other,
}

impl Host {
    /// Words of `host`, in the order of the manual.
    pub const WORDS: [&str; 5] = ["github", "gitlab", "codeberg", "cloudflare", "netlify"];

    /// The host that a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "github" => Some(Self::GitHub),
            "gitlab" => Some(Self::GitLab),
            "codeberg" => Some(Self::Codeberg),
            "cloudflare" => Some(Self::Cloudflare),
            "netlify" => Some(Self::Netlify),
            _ => None,
        }
    }
}

/// A bucket of a store that speaks S3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// The address of the service, `https://s3.eu-central-1.amazonaws.com`.
    pub endpoint: String,
    /// Its name.
    pub name: String,
    /// The region that requests are signed for.
    pub region: String,
    /// What stands before the name of every file, without a slash at its end; empty for none.
    pub prefix: String,
    /// How it is named in addresses.
    pub style: BucketStyle,
}

/// How a bucket is named in addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BucketStyle {
    /// `https://host/bucket/name`
    Path,
    /// `https://bucket.host/name`
    Virtual,
}

impl Place {
    /// Words of `to`, in the order of the manual.
    pub const WORDS: [&str; 7] = ["git", "s3", "rsync", "sftp", "netlify", "cloudflare", "folder"];

    /// Its word.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Git { .. } => "git",
            Self::S3(_) => "s3",
            Self::Rsync { .. } => "rsync",
            Self::Sftp { .. } => "sftp",
            Self::Netlify { .. } => "netlify",
            Self::Cloudflare { .. } => "cloudflare",
            Self::Folder { .. } => "folder",
        }
    }
}
