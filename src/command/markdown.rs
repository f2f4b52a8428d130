//! `markdown`: one text to an HTML fragment, as essays are read.

use std::path::Path;

use crate::base::diagnostic::Report;
use crate::base::path::SitePath;
use crate::cli::{Extensions, Markdown};
use crate::io::disk;
use crate::io::error::Error;
use crate::io::terminal::{Format, Terminal, to_json};
use crate::model::book::MarkdownSettings;

pub(super) fn run(options: &Markdown, terminal: &Terminal) -> Result<u8, Error> {
    let file = options.file.as_deref().filter(|file| *file != Path::new("-"));
    let text = match file {
        Some(file) => disk::read_text(file)?,
        None => disk::read_standard_input()?,
    };
    let settings =
        MarkdownSettings { extensions: options.extensions == Extensions::All, ..MarkdownSettings::default() };
    let name = file.map_or_else(|| "standard input".to_owned(), |file| file.display().to_string());
    let path =
        SitePath::new(name.trim_start_matches("../")).unwrap_or_else(|| SitePath::new("text.md").expect("clean"));
    let (html, diagnostics) = crate::markdown_to_html(&path, &text, &settings);
    let report: Report = diagnostics.into_report(&std::collections::BTreeMap::new());
    let sources = |_: &SitePath| Some(text.as_str().into());
    match terminal.format {
        Format::Sarif => return Err(Error::Usage("`markdown` writes HTML or, with `--format json`, JSON".to_owned())),
        Format::Json => {
            let mut value = to_json(&report, &sources);
            value["html"] = html.into();
            terminal.write_out(&value.to_string());
        }
        Format::Human => {
            terminal.report(&report, &sources);
            terminal.write_out(html.trim_end_matches('\n'));
        }
    }
    Ok(u8::from(report.has_errors()))
}
