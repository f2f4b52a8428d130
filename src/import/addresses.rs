//! Web addresses in running text. Knows no markup beyond the signs that end an address in it.

/// Every address in a text, in its order, without the signs of the sentence behind it.
#[must_use]
pub fn addresses(text: &str) -> Vec<&str> {
    let is_end = |c: char| c.is_whitespace() || matches!(c, ')' | ']' | '>' | '<' | '"' | '\'' | '`' | '|');
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("http") {
        let (_, from) = rest.split_at(at);
        if from.starts_with("https://") || from.starts_with("http://") {
            let (word, behind) = from.split_at(from.find(is_end).unwrap_or(from.len()));
            found.push(word.trim_end_matches(['.', ',', ';', ':', '!', '?', '*', '_']));
            rest = behind;
        } else {
            rest = from.get("http".len()..).unwrap_or("");
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_end_where_the_sentence_goes_on() {
        let text = "http and [https://example.org/a](https://example.org/b), <http://example.org/c?d=1>. \"https://example.org/e\"!";
        let wanted =
            ["https://example.org/a", "https://example.org/b", "http://example.org/c?d=1", "https://example.org/e"];
        assert_eq!(addresses(text), wanted);
        assert_eq!(addresses(&"http".repeat(50_000)), Vec::<&str>::new());
    }
}
