//! Formulas in TeX to MathML. Knows one formula at a time.

use std::ops::Range;
use std::sync::Arc;

use math_core::{LatexToMathML, MathCoreConfig, MathDisplay};

use crate::base::fingerprint::Fingerprint;
use crate::base::parts::Parts;
use crate::memo::{Arguments, Key, Kind, Leaf, Memo};

/// Formulas beyond this are no formulas; the converter calls itself for each level of braces.
const LONGEST: usize = 10_000;
const DEEPEST: usize = 100;

/// MathML, or the bytes of the formula that cannot be read, and why.
type Converted = Result<String, (Range<usize>, String)>;

/// Converts formulas with the macros of the book, and remembers them.
pub(crate) struct Converter {
    engine: Engine,
    leaves: Arc<Memo>,
}

impl Converter {
    /// # Errors
    /// Why a macro cannot be read.
    pub(crate) fn new(macros: &[(String, String)], leaves: &Arc<Memo>) -> Result<Self, String> {
        Engine::new(macros).map(|engine| Self { engine, leaves: Arc::clone(leaves) })
    }

    /// # Errors
    /// The bytes of the formula that cannot be read, and why.
    pub(crate) fn convert(&self, tex: &str, is_display: bool) -> Converted {
        self.leaves.get(&Formula::MATHML, &Formula { engine: &self.engine, tex, is_display })
    }
}

/// A formula, and with what it is read.
struct Formula<'a> {
    engine: &'a Engine,
    tex: &'a str,
    is_display: bool,
}

impl Formula<'_> {
    const MATHML: Kind<Self, Converted> =
        Kind::new(Leaf::Math, |formula| formula.engine.convert(formula.tex, formula.is_display));
}

impl Arguments for Formula<'_> {
    fn write(&self, key: &mut Key) {
        key.part(self.engine.macros.as_bytes());
        key.part(self.tex.as_bytes());
        key.part(&[u8::from(self.is_display)]);
    }
}

/// What the macros make of the converter, and nothing else: their fingerprint stands for it.
struct Engine {
    macros: Fingerprint,
    converter: LatexToMathML,
}

impl Engine {
    fn new(macros: &[(String, String)]) -> Result<Self, String> {
        let mut written = Parts::default();
        macros.iter().flat_map(|(name, meaning)| [name, meaning]).for_each(|part| written.add(part.as_bytes()));
        let macros =
            macros.iter().map(|(name, meaning)| (name.trim_start_matches('\\').to_owned(), meaning.clone())).collect();
        let config = MathCoreConfig { macros, ..MathCoreConfig::default() };
        let converter =
            LatexToMathML::new(config).map_err(|_| "a macro under `math_macros` cannot be read".to_owned())?;
        Ok(Self { macros: written.finish(), converter })
    }

    fn convert(&self, tex: &str, is_display: bool) -> Converted {
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
            .converter
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
    use std::sync::Arc;

    #[test]
    fn a_formula_becomes_mathml() {
        let leaves = Arc::<crate::memo::Memo>::default();
        let macros = [("\\R".to_owned(), "\\mathbb{R}".to_owned())];
        let converter = Converter::new(&macros, &leaves).expect("good macros");
        let html = converter.convert("\\frac{n(n-1)}{2} \\in \\R", false).expect("good formula");
        assert!(html.starts_with("<math") && html.contains("<mfrac>"), "{html}");
        assert!(!html.contains("style="), "the content security policy forbids style attributes: {html}");
    }

    #[test]
    fn what_is_no_formula_is_refused_with_its_place() {
        let leaves = Arc::<crate::memo::Memo>::default();
        let converter = Converter::new(&[], &leaves).expect("no macros");
        assert!(converter.convert("\\frac{1}", false).is_err());
        assert!(converter.convert("\\operatorname{<img src=x onerror=alert(1)>}", false).is_err());
        assert!(converter.convert(&"{".repeat(5_000), false).is_err());
    }
}
