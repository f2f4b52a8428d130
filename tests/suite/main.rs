//! One binary for all tests of the suite: books in, trees and reports out.
#![allow(clippy::disallowed_methods, clippy::print_stderr, reason = "tests touch files")]
#![allow(missing_docs, clippy::unwrap_used, reason = "tests are read by their names")]

mod addresses;
mod books;
mod budget;
mod build;
mod checks;
mod commands;
mod external;
mod feeds;
mod import_properties;
mod imports;
mod kill;
mod library;
mod links;
mod manual;
mod markdown;
mod memo;
mod metadata;
mod moving;
mod preview;
mod print;
mod publish;
mod publish_git;
mod publish_hosts;
mod publish_rsync;
mod publish_s3;
mod publish_sftp;
mod publish_steps;
mod pull;
mod raw_html;
mod readers;
mod replies;
mod schedule;
mod slips;
mod support;
mod tell;
mod theme_check;
mod theme_views;
mod themes;
mod tidy;
mod urls;
mod vocabulary;
mod why;
