//! From a site to what readers see: what is there, what is missing, and the order in which it goes.
//!
//! ```text
//!  Release   the files that were built, with what the host wants beside them
//!  Manifest  name, size and fingerprint of each; it is published with them
//!  Plan      the manifest that is there against the new one
//!  Target    a place: looks, applies a plan, brings the former release back
//! ```
//!
//! A place that can switch from one release to another does so. The others are `Store`s, and `stepwise` puts files into them
//! in the order in which a half-done publish is still a site.

mod address;
mod assets;
mod cloudflare;
mod folder;
mod former;
mod git;
pub mod host_files;
mod interface;
mod manifest;
mod multipart;
mod netlify;
mod plan;
mod program;
mod release;
mod rsync;
mod s3;
mod sftp;
mod spread;
mod stepwise;
mod target;

pub use cloudflare::Cloudflare;
pub use folder::Folder;
pub use former::Taken;
pub use git::{Git, Host, address_of, kind_of_remote};
pub use manifest::{Entry, MANIFEST, Manifest};
pub use netlify::Netlify;
pub use plan::{Plan, Stage};
pub use release::{File, Release, cache_control};
pub use rsync::Rsync;
pub use s3::{Credentials, S3};
pub use sftp::Sftp;
pub use stepwise::{LOCK, Stepwise, Store};
pub use target::{Failure, Progress, Target, There};
