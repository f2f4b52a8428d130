//! Blocks of code of about 26 lines in four languages, each different from all others.

use std::fmt::Write;

use super::numbers::Numbers;
use super::words::{WORDS, capital};

/// A fenced block.
pub(crate) fn block(numbers: &mut Numbers) -> String {
    let mut code = String::with_capacity(1_200);
    let language = match numbers.below(10) {
        0..3 => rust(numbers, &mut code),
        3..6 => python(numbers, &mut code),
        6..9 => json(numbers, &mut code),
        _ => shell(numbers, &mut code),
    };
    format!("```{language}\n{code}```\n")
}

fn rust(numbers: &mut Numbers, code: &mut String) -> &'static str {
    let kind = capital(numbers.pick(&WORDS.nouns));
    line(code, &format!("/// What a {} holds at the end of a day.", kind.to_lowercase()));
    line(code, &format!("#[derive(Clone, Debug, Default)]\nstruct {kind} {{"));
    for _ in 0..numbers.between(2, 5) {
        let of = numbers.pick(&["usize", "String", "Vec<i64>", "Option<f32>"]);
        line(code, &format!("    {}_{}: {of},", numbers.pick(&WORDS.qualities), numbers.pick(&WORDS.nouns)));
    }
    line(code, &format!("}}\n\nimpl {kind} {{"));
    for _ in 0..numbers.between(1, 3) {
        let (deed, noun) = (numbers.pick(&WORDS.deeds), numbers.pick(&WORDS.nouns));
        line(code, &format!("    fn {deed}(&mut self, {noun}: &[u8]) -> Option<usize> {{"));
        line(code, &format!("        // A {} {noun} is not worth the trouble.", numbers.pick(&WORDS.qualities)));
        line(
            code,
            &format!("        let kept = {noun}.iter().filter(|byte| **byte > {}).count();", numbers.below(256)),
        );
        line(code, "        match kept {");
        line(code, &format!("            0 => None,\n            1..={} => Some(kept),", numbers.between(2, 99)));
        line(code, &format!("            _ => panic!(\"no room for {{kept}} in {kind}\"),\n        }}\n    }}"));
    }
    line(code, "}");
    "rust"
}

fn python(numbers: &mut Numbers, code: &mut String) -> &'static str {
    line(code, "import csv\nfrom collections import Counter\n\n");
    for _ in 0..numbers.between(2, 4) {
        let (deed, noun) = (numbers.pick(&WORDS.deeds), numbers.pick(&WORDS.nouns));
        line(code, &format!("def {deed}_{noun}(path, least={}):", numbers.below(50)));
        line(code, &format!("    \"\"\"Tells which {noun} is {}.\"\"\"", numbers.pick(&WORDS.qualities)));
        line(code, "    with open(path, newline=\"\") as rows:");
        line(code, &format!("        seen = Counter(row[\"{noun}\"] for row in csv.DictReader(rows))"));
        line(code, &format!("    # Fewer than {} tell nothing.", numbers.between(2, 9)));
        line(code, "    found = {name: count / 2 for name, count in seen.items() if count >= least}");
        line(code, &format!("    if not found:\n        raise LookupError(f\"no {noun} in {{path!r}}\")"));
        line(code, "    return max(found, key=found.get)\n");
    }
    "python"
}

fn json(numbers: &mut Numbers, code: &mut String) -> &'static str {
    line(code, "{");
    for at in 0..numbers.between(4, 9) {
        let key = format!("  \"{} {at}\": ", numbers.pick(&WORDS.nouns));
        let value = match numbers.below(5) {
            0 => numbers.below(10_000).to_string(),
            1 => format!("\"the {} {}\"", numbers.pick(&WORDS.qualities), numbers.pick(&WORDS.nouns)),
            2 => numbers.pick(&["true", "false", "null"]).to_owned(),
            3 => format!(
                "{{\n    \"from\": \"{}\",\n    \"to\": \"{}\",\n    \"share\": {}.{}\n  }}",
                numbers.pick(&WORDS.people),
                numbers.pick(&WORDS.people),
                numbers.below(10),
                numbers.below(100)
            ),
            _ => format!(
                "[\n    \"{}\",\n    \"{}\",\n    {}\n  ]",
                numbers.pick(&WORDS.deeds),
                numbers.pick(&WORDS.deeds),
                numbers.below(100)
            ),
        };
        line(code, &format!("{key}{value},"));
    }
    line(code, &format!("  \"last\": \"{}\"\n}}", numbers.pick(&WORDS.people)));
    "json"
}

fn shell(numbers: &mut Numbers, code: &mut String) -> &'static str {
    line(code, "#!/bin/sh\nset -eu\n");
    for _ in 0..numbers.between(3, 6) {
        let (deed, noun) = (numbers.pick(&WORDS.deeds), numbers.pick(&WORDS.nouns));
        line(code, &format!("# One {noun} a line.\n{deed}() {{"));
        line(code, &format!("  while read -r {noun}; do\n    [ -n \"${noun}\" ] || continue"));
        line(code, &format!("    printf '%s\\t%d\\n' \"${{{noun}%.txt}}\" {}", numbers.below(1_000)));
        line(code, "  done <\"$1\" | sort -u\n}\n");
    }
    "bash"
}

fn line(code: &mut String, text: &str) {
    writeln!(code, "{text}").expect("memory");
}
