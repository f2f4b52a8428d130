//! Formulas in TeX to MathML. Knows one formula at a time.

use std::ops::Range;

use math_core::{LatexToMathML, MathCoreConfig, MathDisplay};

/// Formulas beyond this are no formulas; the converter calls itself for each level of braces.
const LONGEST: usize = 10_000;
const DEEPEST: usize = 100;

/// A converter with the macros of the book.
pub(crate) struct Converter(LatexToMathML);

impl Converter {
    /// # Errors
    /// The index of a macro that cannot be read.
    pub(crate) fn new(macros: &[(String, String)]) -> Result<Self, String> {
        let macros =
            macros.iter().map(|(name, meaning)| (name.trim_start_matches('\\').to_owned(), meaning.clone())).collect();
        let config = MathCoreConfig { macros, ..MathCoreConfig::default() };
        LatexToMathML::new(config).map(Self).map_err(|_| "a macro under `math_macros` cannot be read".to_owned())
    }

    /// # Errors
    /// The bytes of the formula that cannot be read, and why.
    pub(crate) fn convert(&self, tex: &str, is_display: bool) -> Result<String, (Range<usize>, String)> {
        if tex.len() > LONGEST {
            return Err((0..tex.len(), format!("it is longer than {LONGEST} bytes")));
        }
        let mut depth = 0_usize;
        for (at, byte) in tex.bytes().enumerate() {
            match byte {
                b'{' | b'[' | b'(' | b'\\' => depth += usize::from(byte == b'{'),
                b'}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth > DEEPEST {
                return Err((at..at + 1, format!("braces are nested more than {DEEPEST} deep")));
            }
        }
        // The converter writes the argument of \operatorname as it stands (math-core 0.7.0).
        if tex.contains("\\operatorname") && tex.contains(['<', '>']) {
            let at = tex.find("\\operatorname").unwrap_or(0);
            return Err((at..tex.len(), "`<` and `>` cannot stand beside `\\operatorname`".to_owned()));
        }
        let display = if is_display { MathDisplay::Block } else { MathDisplay::Inline };
        let converted = self
            .0
            .convert_with_local_state(tex, display)
            .map_err(|error| {
                let message = error.error_message();
                let mut letters = message.trim_end_matches('.').chars();
                let lower: String =
                    letters.next().map(char::to_lowercase).into_iter().flatten().chain(letters).collect();
                (error.0.start..error.0.end, lower)
            })?
            .mathml;
        if converted.contains(" style=") {
            let message = "the site's content security policy does not let colours and sizes of formulas through";
            return Err((0..tex.len(), message.to_owned()));
        }
        Ok(if is_display { format!("<span class=\"math\">{converted}</span>") } else { converted })
    }
}

#[cfg(test)]
mod tests {
    use super::Converter;

    #[test]
    fn a_formula_becomes_mathml() {
        let converter = Converter::new(&[("\\R".to_owned(), "\\mathbb{R}".to_owned())]).expect("good macros");
        let html = converter.convert("\\frac{n(n-1)}{2} \\in \\R", false).expect("good formula");
        assert!(html.starts_with("<math") && html.contains("<mfrac>"), "{html}");
        assert!(!html.contains("style="), "the content security policy forbids style attributes: {html}");
    }

    #[test]
    fn what_is_no_formula_is_refused_with_its_place() {
        let converter = Converter::new(&[]).expect("no macros");
        assert!(converter.convert("\\frac{1}", false).is_err());
        assert!(converter.convert("\\operatorname{<img src=x onerror=alert(1)>}", false).is_err());
        assert!(converter.convert(&"{".repeat(5_000), false).is_err());
    }
}
