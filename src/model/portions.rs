//! Portions of a file: texts that stand in it as they are, so that they can be taken out of it again instead of being made again.

use memchr::memmem;

use crate::base::fingerprint::Fingerprint;

/// So many bytes of a text are looked for; where they are found, the rest is compared.
const FIRST: usize = 64;

/// Where texts stand in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Portions {
    /// The fingerprint of all that decided these texts.
    pub made_of: Fingerprint,
    /// For each of them its first byte and the byte after its last, in their order.
    pub places: Vec<(u32, u32)>,
}

impl Portions {
    /// Where texts stand in a file, one after the other; `None` where one does not.
    #[must_use]
    pub fn find<'a>(made_of: Fingerprint, texts: impl Iterator<Item = &'a str>, file: &[u8]) -> Option<Self> {
        let (mut places, mut from) = (Vec::new(), 0);
        for text in texts {
            let start = from + place_of(text.as_bytes(), &file[from..])?;
            from = start + text.len();
            places.push((u32::try_from(start).ok()?, u32::try_from(from).ok()?));
        }
        Some(Self { made_of, places })
    }
}

fn place_of(text: &[u8], file: &[u8]) -> Option<usize> {
    // To look for all of a long text would be to look through it more than once before the first byte of the file.
    let first = &text[..text.len().min(FIRST)];
    memmem::find_iter(file, first).find(|start| file[*start..].starts_with(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(texts: &[&str], file: &str) -> Option<Vec<(u32, u32)>> {
        let found = Portions::find(Fingerprint::of(b"made of"), texts.iter().copied(), file.as_bytes());
        found.map(|found| found.places)
    }

    #[test]
    fn texts_are_found_where_they_stand() {
        let long = "a\u{e9}".repeat(FIRST);
        let other = format!("{}b", &long[..long.len() - 3]);
        let file = format!("<p>{other}</p><p>{long}</p>{other}");
        let texts = [long.as_str(), "", other.as_str()];
        let places = find(&texts, &file).unwrap();
        let text = |(from, to): &(u32, u32)| &file[*from as usize..*to as usize];
        assert_eq!(places.iter().map(text).collect::<Vec<_>>(), texts);
    }

    #[test]
    fn what_does_not_stand_there_in_this_order_is_not_found() {
        assert_eq!(find(&["b", "a"], "<a><b>"), None);
        assert_eq!(find(&["a", "a"], "<a><b>"), None);
        assert_eq!(find(&["a"], ""), None);
    }
}
