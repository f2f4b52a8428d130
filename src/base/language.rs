//! What a language tag (BCP 47) tells of how a text is set.

/// Languages whose usual script runs from right to left.
const RIGHT_TO_LEFT: [&str; 15] =
    ["ar", "arc", "ckb", "dv", "fa", "he", "iw", "ks", "nqo", "ps", "sd", "syr", "ug", "ur", "yi"];

/// Scripts that do.
const SCRIPTS: [&str; 5] = ["arab", "hebr", "nkoo", "syrc", "thaa"];

/// Whether texts of a language run from right to left: its script says so where the tag has one, else its usual script.
#[must_use]
pub fn is_right_to_left(tag: &str) -> bool {
    let tag = tag.to_ascii_lowercase();
    let mut parts = tag.split(['-', '_']);
    let language = parts.next().unwrap_or("");
    // A single letter begins extensions, which tell nothing of the script.
    let mut before_extensions = parts.take_while(|part| part.len() > 1);
    let script = before_extensions.find(|part| part.len() == 4 && part.bytes().all(|byte| byte.is_ascii_alphabetic()));
    script.map_or_else(|| RIGHT_TO_LEFT.contains(&language), |script| SCRIPTS.contains(&script))
}

#[cfg(test)]
mod tests {
    use super::is_right_to_left;

    #[test]
    fn the_script_of_a_tag_goes_before_its_language() {
        for tag in
            ["ar", "AR-eg", "he", "iw", "fa-IR", "ur", "ckb", "dv", "nqo", "az-Arab", "yi", "ku-Arab-IQ", "ar-x-latn"]
        {
            assert!(is_right_to_left(tag), "{tag}");
        }
        for tag in ["", "en", "ar-Latn", "uz-Latn-UZ", "arn", "de-1996", "pa", "en-x-arab", "-", "he-Latn-u-nu-arab"] {
            assert!(!is_right_to_left(tag), "{tag}");
        }
    }
}
