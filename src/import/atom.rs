//! Entries of an Atom feed one by one, with the elements that stand in them more than once. Knows no service.

use std::collections::BTreeMap;
use std::io::{Read, Seek, SeekFrom};

use quick_xml::events::Event;

use super::foreign::{Harvest, Unreadable};
use super::input::{Part, ReadSeek};
use super::xml;

/// An entry beyond this is left out.
const LARGEST_ENTRY: u64 = 16 << 20;

/// Where an entry stands in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its first byte.
    pub start: u64,
    /// How many bytes it has.
    pub length: u64,
}

impl Place {
    /// The entry that stands here; `None` where it cannot be read.
    pub fn entry(&self, file: &mut Box<dyn ReadSeek>) -> Option<Entry> {
        if self.length > LARGEST_ENTRY {
            return None;
        }
        file.seek(SeekFrom::Start(self.start)).ok()?;
        let mut bytes = vec![0; usize::try_from(self.length).ok()?];
        file.read_exact(&mut bytes).ok()?;
        Entry::of(&bytes)
    }
}

/// One entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    fields: BTreeMap<String, String>,
    /// Its children without words, by name and attributes.
    children: Vec<(String, BTreeMap<String, String>)>,
}

impl Entry {
    fn of(bytes: &[u8]) -> Option<Self> {
        let fields = xml::fields(bytes)?;
        let mut children = Vec::new();
        let mut reader = xml::reader(bytes);
        let mut buffer = Vec::new();
        let mut depth = 0_usize;
        loop {
            buffer.clear();
            let event = reader.read_event_into(&mut buffer).ok()?;
            if let (1, Event::Start(start) | Event::Empty(start)) = (depth, &event) {
                let known = ["rel", "href", "scheme", "term", "name", "value"];
                let pairs = known.iter().filter_map(|key| Some(((*key).to_owned(), xml::attribute(start, key)?)));
                children.push((xml::local(start), pairs.collect()));
            }
            match event {
                Event::Start(_) => depth += 1,
                Event::End(_) => depth = depth.saturating_sub(1),
                Event::Eof => return Some(Self { fields, children }),
                _ => {}
            }
        }
    }

    /// The text at the end of this way of elements, or of this attribute (`in-reply-to@ref`).
    #[must_use]
    pub fn text(&self, way: &str) -> Option<&str> {
        self.fields.get(way).map(|text| text.trim()).filter(|text| !text.is_empty())
    }

    /// An attribute of the first child of this name that has another attribute with this value at its end.
    #[must_use]
    pub fn child(&self, name: &str, (key, end): (&str, &str), wanted: &str) -> Option<&str> {
        let fits = |fields: &BTreeMap<String, String>| fields.get(key).is_some_and(|value| value.trim().ends_with(end));
        let found = self.children.iter().find(|(own, fields)| own == name && fits(fields));
        found.and_then(|(_, fields)| fields.get(wanted)).map(|text| text.trim()).filter(|text| !text.is_empty())
    }

    /// The address of its first link, whatever its relation.
    #[must_use]
    pub fn first_link(&self) -> Option<&str> {
        self.child("link", ("href", ""), "href")
    }

    /// The address of its link with this relation.
    #[must_use]
    pub fn link(&self, relation: &str) -> Option<&str> {
        self.child("link", ("rel", relation), "href")
    }
}

/// Tells every entry of a feed that can be read to `each`, in their order; returns whether the feed is whole.
///
/// # Errors
/// The file cannot be opened, or is no feed.
pub fn entries(part: &Part, harvest: &mut dyn Harvest, each: &mut dyn FnMut(Place, Entry)) -> Result<bool, Unreadable> {
    let mut reader = xml::reader(part.buffered()?);
    let mut file = part.open()?;
    let mut buffer = Vec::new();
    let mut depth = 0_usize;
    let mut is_feed = false;
    let mut open: Option<u64> = None;
    let mut is_whole = true;
    loop {
        buffer.clear();
        let before = reader.buffer_position();
        match reader.read_event_into(&mut buffer) {
            Err(error) => {
                harvest.left(format!("byte {before}"), format!("the file is broken from here on: {error}"));
                (open, depth, is_whole) = (None, 0, false);
                break;
            }
            Ok(Event::Start(start)) => {
                is_feed |= depth == 0 && xml::local(&start) == "feed";
                open = if depth == 1 && xml::local(&start) == "entry" { Some(before) } else { open };
                depth += 1;
            }
            Ok(Event::End(_)) => {
                depth = depth.saturating_sub(1);
                if let Some(start) = open.take_if(|_| depth <= 1) {
                    let place = Place { start, length: reader.buffer_position().saturating_sub(start) };
                    match place.entry(&mut file) {
                        Some(entry) => each(place, entry),
                        None => {
                            is_whole = false;
                            harvest.left(format!("byte {start}"), "this entry cannot be read".to_owned());
                        }
                    }
                }
            }
            Ok(Event::Eof) => break,
            Ok(_) => {}
        }
    }
    if !is_feed {
        return Err(Unreadable::new("this is no Atom feed: it has no element `feed`"));
    }
    match open {
        Some(start) => harvest.left(format!("byte {start}"), "the file ends inside this entry".to_owned()),
        None if depth > 0 => harvest.left("the end".to_owned(), "the file ends inside the feed".to_owned()),
        None => return Ok(is_whole),
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::super::foreign::Basket;
    use super::*;

    fn read(text: &str) -> (Result<Vec<Entry>, Unreadable>, Basket) {
        let mut basket = Basket::default();
        let mut found = Vec::new();
        let part = Part::from_bytes("x.xml", text.as_bytes());
        let read = entries(&part, &mut basket, &mut |_, entry| found.push(entry));
        (read.map(|_| found), basket)
    }

    const FEED: &str = "<a:feed><id>f</id><a:entry><id>\n1 </id><link rel='self' href='s'/><link rel='alternate' href='a&amp;b'></link>\
        <app:control><app:draft>yes</app:draft></app:control></a:entry><a:entry/><a:entry><id>2</id><x:p name=\"n\" value=\"v\"/></a:entry></a:feed>";

    #[test]
    fn prefixes_that_nobody_declared_do_not_matter() {
        let (found, basket) = read(FEED);
        let found = found.expect("a feed");
        let [first, second] = found.as_slice() else { panic!("{found:#?}") };
        assert_eq!((first.text("id"), first.text("control/draft"), first.text("no")), (Some("1"), Some("yes"), None));
        assert_eq!((first.link("alternate"), first.link("related")), (Some("a&b"), None));
        assert_eq!((second.child("p", ("name", "n"), "value"), basket.left.len()), (Some("v"), 0));
    }

    #[test]
    fn a_feed_that_is_cut_short_gives_its_whole_entries() {
        for (at, _) in FEED.char_indices() {
            let (found, basket) = read(&FEED[..at]);
            assert!(found.is_err() || !basket.left.is_empty(), "{at}");
        }
        assert!(read("<rss/>").0.is_err() && read("").0.is_err() && read(&"<a>".repeat(50_000)).0.is_err());
    }
}
