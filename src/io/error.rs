//! What can go wrong with the world. A writer's mistake is a diagnostic, never one of these.

use std::io;
use std::path::PathBuf;

/// The world failed, or there is no book.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No `book.toml` here or above.
    #[error("there is no book in `{}` or above it; `throughline new my-book` makes one", .0.display())]
    NoBook(PathBuf),
    /// A file or folder cannot be read.
    #[error("cannot read `{}`: {source}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file or folder cannot be written.
    #[error("cannot write `{}`: {source}", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// There is no place to listen at.
    #[error("cannot listen at {address}: {source}; choose another with `--port` or `--host`")]
    Listen {
        /// Where.
        address: String,
        /// Why.
        source: io::Error,
    },
    /// The output folder holds something else.
    #[error("`{}` was not made by Throughline, so it is left alone; choose another folder with `--out`", .0.display())]
    NotOurs(PathBuf),
    /// The output folder would swallow the book.
    #[error("the output folder `{}` holds the book itself; choose another one", .0.display())]
    HoldsBook(PathBuf),
    /// The output folder stands in another one.
    #[error("`{}` stands in `{}`, which every build of that site empties of what is not the site; choose another folder", .0.display(), .1.display())]
    InSite(PathBuf, PathBuf),
    /// The output folder holds a repository.
    #[error(
        "`{}` holds a repository of its own (`.git`), which a build would take away; build into another folder with `--out`, \
         or let `throughline publish` keep the branch",
        .0.display()
    )]
    HoldsRepository(PathBuf),
    /// The output folder cannot be swapped.
    #[error(
        "`{}` is a mount point or part of a mounted image, whose place no new site can take in one step; \
         build into a folder in it, as with `--out {}`",
        .0.display(), .0.join("site").display()
    )]
    MountPoint(PathBuf),
    /// Another build holds the output folder.
    #[error("{holder} writes `{}`; run this again when it has ended", path.display())]
    Busy {
        /// The folder.
        path: PathBuf,
        /// Who holds it, in words.
        holder: String,
    },
    /// The book is not what it was when the build began.
    #[error("`{0}` was changed while the book was read; run this again")]
    Changed(String),
    /// Something stands already where a new thing should go.
    #[error("`{}` exists already and is left alone", .0.display())]
    Exists(PathBuf),
    /// Something was not published, or not all of it.
    #[error("{0}")]
    Publish(String),
    /// An import ended early.
    #[error("{0}")]
    Import(String),
    /// The command line asks for something that cannot be.
    #[error("{0}")]
    Usage(String),
}

impl Error {
    /// The exit code: 2 for wrong usage, 3 where the machine failed.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Read { .. } | Self::Write { .. } | Self::Listen { .. } | Self::Busy { .. } => 3,
            Self::Publish(_) | Self::Import(_) | Self::Changed(_) => 3,
            _ => 2,
        }
    }
}
