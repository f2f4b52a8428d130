//! Headings, their levels, and the title that a text gives itself.

use pulldown_cmark::{CowStr, Event, Tag, TagEnd};

use super::markdown::Writer;
use crate::base::span::to_u32;
use crate::model::prose::{Heading, Shape};

impl<'a> Writer<'a> {
    /// The title that stands as a heading of level 1 at the very start, and the index of the event behind it.
    pub(super) fn take_title(&self) -> Option<(String, usize)> {
        if !self.input.settings.extensions {
            return None;
        }
        let (Event::Start(Tag::Heading { level: pulldown_cmark::HeadingLevel::H1, .. }), _) = self.events.first()?
        else {
            return None;
        };
        let end = self.events.iter().position(|(event, _)| matches!(event, Event::End(TagEnd::Heading(_))))?;
        let title: String = self.events[1..end]
            .iter()
            .filter_map(|(event, _)| match event {
                Event::Text(text) | Event::Code(text) => Some(text.as_ref()),
                Event::SoftBreak | Event::HardBreak => Some(" "),
                _ => None,
            })
            .collect();
        let same = |a: &str, b: &str| crate::base::slug::slug(a) == crate::base::slug::slug(b);
        let is_title = !title.trim().is_empty() && (self.input.title.is_empty() || same(&title, self.input.title));
        is_title.then(|| (title.trim().to_owned(), end + 1))
    }

    pub(super) fn start_heading(&mut self, level: u8, id: Option<CowStr<'a>>, classes: &[CowStr<'a>]) {
        self.close_block();
        if let Some(waiting) = self.waiting.last_mut() {
            *waiting = None;
        }
        self.fresh_line();
        self.outline.headings.push(Heading::default());
        self.open_block(Shape::Heading);
        let level = self.shown_level(level);
        let heading = self.outline.headings.last_mut().expect("pushed just now");
        heading.level = level;
        heading.piece = to_u32(self.pieces.len());
        self.write(&format!("<h{level}"));
        self.id_slot(id.map(|id| id.to_string()));
        if !classes.is_empty() {
            self.write(" class=\"");
            let joined = classes.join(" ");
            self.escape_attribute(&joined);
            self.write("\"");
        }
        self.write(">");
        self.closed_to_terms += 1;
    }

    /// The level of the last heading as shown, from 2: the title of the page is the only one of level 1, no level is
    /// skipped on the way down, and headings of one level under one heading stay on one level.
    fn last_level(&self) -> u8 {
        u8::try_from(self.headings_above.len() + 1).unwrap_or(6).min(6)
    }

    fn shown_level(&mut self, level: u8) -> u8 {
        if !self.input.settings.extensions {
            return level;
        }
        while self.headings_above.last().is_some_and(|above| *above >= level) {
            self.headings_above.pop();
        }
        self.headings_above.push(level);
        self.last_level()
    }

    pub(super) fn end_heading(&mut self, level: u8) {
        self.closed_to_terms -= 1;
        let level = if self.input.settings.extensions { self.last_level() } else { level };
        self.write(&format!("</h{level}>"));
        self.close_block();
        self.html.push('\n');
    }
}
