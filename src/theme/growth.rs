//! Variables of a template that double: `set x = x ~ x`. Knows the text of one template.
//!
//! The engine has no bound for the length of a string, and a dozen doublings in a row, or one in a loop, ask for more
//! memory than any machine has.

use std::ops::Range;

/// The first statement that joins a variable with itself, with the variable's name.
pub(super) fn doubling(template: &str) -> Option<(Range<usize>, &str)> {
    let mut from = 0;
    while let Some(found) = template[from..].find("{%") {
        let start = from + found;
        let end = template[start..].find("%}").map_or(template.len(), |end| start + end + 2);
        from = end.max(start + 2);
        let inner = template[start + 2..end].trim_end_matches("%}").trim_matches('-').trim();
        let Some(rest) = inner.strip_prefix("set_global ").or_else(|| inner.strip_prefix("set ")) else { continue };
        let Some((name, value)) = rest.split_once('=') else { continue };
        let uses = value.split('~').filter(|operand| first_word(operand) == name.trim()).count();
        if uses > 1 {
            return Some((start..end, name.trim()));
        }
    }
    None
}

fn first_word(operand: &str) -> &str {
    let trimmed = operand.trim();
    let end = trimmed.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(trimmed.len());
    &trimmed[..end]
}

#[cfg(test)]
mod tests {
    use super::doubling;

    #[test]
    fn a_variable_joined_with_itself_is_found() {
        assert_eq!(doubling("a{% set x = x ~ x %}"), Some((1..20, "x")));
        assert_eq!(doubling("{%- set_global long = long ~ \"-\" ~ long -%}").map(|found| found.1), Some("long"));
    }

    #[test]
    fn other_statements_are_left_alone() {
        for fine in
            ["{% set x = x ~ y %}", "{% set y = x ~ \"x\" %}", "{{ x ~ x }}", "{% if x %}{% endif %}", "{% set x", "{%"]
        {
            assert_eq!(doubling(fine), None, "{fine}");
        }
    }
}
