//! Language tags (BCP 47); knows of a language only how its script runs.

/// Languages that are written from right to left where their tag names no script.
const LANGUAGES: [&str; 15] =
    ["ar", "arc", "ckb", "dv", "fa", "he", "iw", "ks", "ps", "sd", "ug", "ur", "yi", "nqo", "syr"];

/// Scripts that run from right to left.
const SCRIPTS: [&str; 5] = ["arab", "hebr", "thaa", "syrc", "nkoo"];

/// Whether texts in the language of this tag run from right to left. A script in the tag decides: `ku-Arab` does, `az-Latn` not.
#[must_use]
pub fn is_right_to_left(tag: &str) -> bool {
    let tag = tag.to_ascii_lowercase();
    let mut parts = tag.split(['-', '_']);
    let language = parts.next().unwrap_or("");
    if language.len() < 2 {
        // `x-…` and `i-…` mean what their users agreed on.
        return false;
    }
    // The script stands behind the language and its extensions, which have three letters.
    let script = parts
        .find(|part| part.len() != 3)
        .filter(|part| part.len() == 4 && part.bytes().all(|byte| byte.is_ascii_alphabetic()));
    match script {
        Some(script) => SCRIPTS.contains(&script),
        None => LANGUAGES.contains(&language),
    }
}

#[cfg(test)]
mod tests {
    use super::is_right_to_left;

    #[test]
    fn the_script_of_a_tag_decides_before_its_language() {
        for tag in ["ar", "HE", "fa-IR", "ku-Arab", "uz-Arab-AF", "zh-yue-Hebr", "yi"] {
            assert!(is_right_to_left(tag), "{tag}");
        }
        for tag in ["", "en", "ku", "ar-Latn", "de-1996", "arn", "x-arab"] {
            assert!(!is_right_to_left(tag), "{tag}");
        }
    }
}
