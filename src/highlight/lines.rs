//! Lines of code that were coloured before: a book shows the same lines again and again. Knows no language, only what a syntax made
//! of a line, and nothing of it shows in a result.

use std::collections::HashMap;
use std::fmt::{self, Write};

use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxReference};

/// Bytes that may be held, by all threads together.
const BOUND: usize = 16 << 20;
/// Longer lines hardly come again.
const LONGEST: usize = 400;
/// About what a line takes besides its letters.
const LINE: usize = 64;
/// About what a state takes besides what it writes of itself.
const STATE: usize = 256;
/// So many states under the same scopes are looked through for one: those within here-documents hold the line that began them, and
/// are as many as there are such lines.
const MOST_ALIKE: usize = 48;

/// Where the reading of some code stands: with the next line, all that decides how that is coloured and where reading stands behind
/// it. A syntax looks at one line at a time, and what it keeps of the lines before is in here.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct State {
    pub(super) parse: ParseState,
    pub(super) scopes: ScopeStack,
}

impl State {
    /// Before the first line.
    pub(super) fn new(syntax: &SyntaxReference) -> Self {
        Self { parse: ParseState::new(syntax), scopes: ScopeStack::new() }
    }

    /// About how many bytes of memory it takes: what it is made of is its own affair, how long that is shows when it is written.
    fn size(&self) -> usize {
        struct Length(usize);
        impl Write for Length {
            fn write_str(&mut self, text: &str) -> fmt::Result {
                self.0 += text.len();
                Ok(())
            }
        }
        let mut length = Length(STATE + self.scopes.len() * 2 * size_of::<Scope>());
        write!(length, "{:?}", self.parse).expect("counting cannot fail");
        length.0
    }
}

/// The number of a state that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct StateId(u32);

/// Remembers coloured lines.
pub(super) struct Lines {
    /// By `StateId`.
    states: Vec<Before>,
    /// States by their scopes, under which there are mostly one or two.
    alike: HashMap<Box<[Scope]>, Vec<StateId>>,
    /// Bytes of memory, about, and how many there may be.
    size: usize,
    bound: usize,
    /// Whether there was no room for something.
    is_full: bool,
}

/// A state, and the lines that came in it.
struct Before {
    state: State,
    lines: HashMap<Box<str>, After>,
}

/// What became of a line.
struct After {
    html: Box<str>,
    state: StateId,
}

impl Default for Lines {
    fn default() -> Self {
        Self::with(BOUND / rayon::current_num_threads().max(1))
    }
}

impl Lines {
    /// Holds about so many bytes.
    fn with(bound: usize) -> Self {
        Self { states: Vec::new(), alike: HashMap::new(), size: 0, bound, is_full: false }
    }

    /// Forgets everything where there was no room for more: what still comes is there again at once. Numbers of states are void
    /// from then on.
    pub(super) fn make_room(&mut self) {
        if self.is_full {
            *self = Self::with(self.bound);
        }
    }

    /// The number of a state, a new one if need be; `None` where there is no room.
    pub(super) fn number(&mut self, state: &State) -> Option<StateId> {
        let alike = self.alike.get(state.scopes.as_slice()).map_or(&[] as &[StateId], Vec::as_slice);
        let known = alike.iter().find(|id| self.states[id.0 as usize].state == *state);
        if known.is_some() || alike.len() >= MOST_ALIKE {
            return known.copied();
        }
        self.take(state.size())?;
        let id = StateId(u32::try_from(self.states.len()).ok()?);
        self.alike.entry(state.scopes.as_slice().into()).or_default().push(id);
        self.states.push(Before { state: state.clone(), lines: HashMap::new() });
        Some(id)
    }

    /// The state of this number.
    pub(super) fn state(&self, id: StateId) -> State {
        self.states[id.0 as usize].state.clone()
    }

    /// Writes as many lines, which come in this state, as are known, and returns how many bytes those are and the state behind them.
    pub(super) fn write_known(&self, html: &mut String, code: &str, id: StateId) -> (usize, StateId) {
        let (mut at, mut id) = (0, id);
        while let Some(line) = code[at..].split_inclusive('\n').next() {
            let Some(after) = self.states[id.0 as usize].lines.get(line) else { break };
            html.push_str(&after.html);
            (at, id) = (at + line.len(), after.state);
        }
        (at, id)
    }

    /// Remembers what became of a line.
    pub(super) fn remember(&mut self, before: StateId, line: &str, html: &str, after: StateId) {
        if line.len() <= LONGEST && self.take(line.len() + html.len() + LINE).is_some() {
            let after = After { html: html.into(), state: after };
            self.states[before.0 as usize].lines.insert(line.into(), after);
        }
    }

    fn take(&mut self, bytes: usize) -> Option<()> {
        let fits = self.size + bytes <= self.bound;
        self.size += if fits { bytes } else { 0 };
        self.is_full |= !fits;
        fits.then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::highlight::{SYNTAXES, syntax_of, write};

    /// Code whose lines mean different things in different places.
    const NASTY: [(&str, &str); 17] = [
        (
            "bash",
            "cat <<A\n$x \"\nB\nA\ncat <<B\n$x \"\nA\nB\necho \"$x\" # \"\ncat <<'A' <<-\"C D\"\n$x\nA\n\t$x\n\tC D\nA\n",
        ),
        ("ruby", "x = <<~A + <<B\n  #{y}\n  A\n#{y}\nB\n%w[a\nb] # A\n=begin\ndef x\n=end\ndef x\n__END__\ndef x\n"),
        (
            "perl",
            "print <<\"A\", <<'B';\n$x @y\nA\n$x @y\nB\n=pod\nmy $x = 1;\n=cut\nmy $x = 1;\nqw{ a {\n} } s{a}\n{b}x;\n__END__\nmy $x\n",
        ),
        ("php", "<?php\n$x = <<<A\n$y {$z}\nA;\n$x = <<<'A'\n$y {$z}\nA;\n/* \n$y */ $y ?>\n$y <b>$y</b>\n<?= $y ?>\n"),
        (
            "md",
            "# a\n```rust\nfn a() { \"\n```\nfn a() { \"\n~~~~ bash\ncat <<A\n~~~\nA\n~~~~\n> ```js\n> let a = `\n\n- [a]\n\n[a]: <b\n    c\n",
        ),
        (
            "html",
            "<script>\nlet a = '</b>' // <!--\n/* </style>\n</script>\n<style>\na { /* </script>\n*/ }\n</style>\nlet a = 1\n<!--\n<a href='\n-->\n<a href='\n' >\n",
        ),
        ("html", "<script type=\"text/plain\">\nlet a = 1\n</script>\n<script>\nlet a = 1\n</script>\n"),
        (
            "rust",
            "let a = r##\"\n\"#\nlet a = 1;\n\"##;\nlet a = 1;\n/* /*\nlet a = 1;\n*/\nlet a = 1;\n*/\nlet a = 1;\n",
        ),
        (
            "cpp",
            "auto a = R\"x(\n)\" int a; )y\"\nint a;\n)x\";\nint a;\n#define A \\\nint a;\nint a;\n#if 0\nint a;\n#endif\n",
        ),
        ("lua", "a = [==[\n]] ]=]\nlocal b\n]==]\nlocal b\n--[[\nlocal b ]]\nlocal b\n"),
        (
            "python",
            "a = '''\ndef b(): \"\"\"\n''' + f\"{\n\"\"\"\ndef b(): '''\n\"\"\"\ndef b(): pass\nr'''\n\\'''\ndef b\n",
        ),
        ("yaml", "a: |\n  b: c\n  - d\nb: >-\n  b: c\nc: \"\n  b: c\n\"\n- d: &e {f: *e,\n  b: c}\n"),
        ("js", "let a = `${`\n`}\n` + /[/]\n*/\n/* `\n*/ a / b / `\n`\nx = <b>\n{a}\n</b>\n"),
        ("ts", "type A<B> = {\n[a in B]: `${B}`\n}\nlet a = <B>(\n[a in B]: `\n`\n"),
        (
            "latex",
            "\\begin{verbatim}\n\\a{b} $\n\\end{verbatim}\n\\a{b} $\n\\begin{lstlisting}[language=C]\nint a;\n\\end{lstlisting}\n$ \\verb|$| $\n",
        ),
        ("diff", "--- a\n+++ b\n@@ -1 +1 @@\n-- a\n++ b\n a\n"),
        ("haskell", "{- {-\na = 'b'\n-}\na = \"\\\n  \\b\"\n-}\na = \"\\\n  \\b\"\na = b' 'c'\n"),
    ];

    fn coloured(language: &str, code: &str, lines: &mut Lines) -> String {
        write(syntax_of(language).expect("known"), code, lines).expect("read")
    }

    fn fresh(language: &str, code: &str) -> String {
        coloured(language, code, &mut Lines::with(0))
    }

    #[test]
    fn no_more_is_held_than_there_is_room_for() {
        let mut lines = Lines::with(0);
        coloured("rust", "fn a() {}\n", &mut lines);
        assert_eq!((lines.states.len(), lines.size), (0, 0));
        let mut lines = Lines::with(6_000);
        let mut most = 0;
        for (language, code) in NASTY {
            coloured(language, code, &mut lines);
            most = most.max(lines.size);
        }
        assert!((5_000..=6_000).contains(&most), "{most}");
        // What did not fit made room for itself.
        let (language, code) = NASTY[16];
        assert_eq!(coloured(language, code, &mut lines), fresh(language, code));
        assert!(
            lines.alike.values().flatten().all(|id| (id.0 as usize) < lines.states.len()) && !lines.states.is_empty()
        );
    }

    #[test]
    fn lines_that_come_again_are_not_read_again() {
        let mut lines = Lines::default();
        let code = "fn a() {}\nfn a() {}\nfn a() {}\n";
        coloured("rust", code, &mut lines);
        // The first line of a text comes in a state of its own.
        let known: Vec<usize> = lines.states.iter().map(|before| before.lines.len()).collect();
        assert_eq!(known, [1, 1]);
        let mut html = String::new();
        let start = StateId(0);
        assert_eq!(lines.write_known(&mut html, code, start), (code.len(), StateId(1)));
        assert_eq!(html, fresh("rust", code));
        assert_eq!(lines.write_known(&mut html, "fn b() {}\n", start), (0, start));
    }

    #[test]
    fn a_state_counts_with_the_line_that_it_holds() {
        let within = |word: &str| {
            let mut state = State::new(syntax_of("bash").expect("known"));
            state.parse.parse_line(&format!("cat <<{word}\n"), &SYNTAXES).expect("read");
            state.size()
        };
        assert!(within(&"a".repeat(500)) >= within("a") + 499);
    }

    #[test]
    fn long_lines_and_the_last_of_many_here_documents_are_coloured_but_not_remembered() {
        let mut lines = Lines::default();
        let long = format!("let a = \"{}\";\n", "b".repeat(LONGEST));
        assert_eq!(coloured("rust", &long, &mut lines), fresh("rust", &long));
        assert!(lines.states.iter().all(|before| before.lines.is_empty()));
        let many: String = (0..3 * MOST_ALIKE).map(|at| format!("cat <<A{at}\n$x\nA{at}\necho $x\n")).collect();
        for _ in 0..2 {
            assert_eq!(coloured("bash", &many, &mut lines), fresh("bash", &many));
        }
        assert_eq!(lines.alike.values().map(Vec::len).max(), Some(MOST_ALIKE));
    }

    #[test]
    fn code_is_coloured_the_same_whatever_was_coloured_before() {
        let mut lines = Lines::default();
        for _ in 0..2 {
            for (language, code) in NASTY.iter().chain(NASTY.iter().rev()) {
                assert_eq!(coloured(language, code, &mut lines), fresh(language, code), "{language}");
                // Without its first lines it means something else.
                for (at, _) in code.match_indices('\n') {
                    let rest = &code[at + 1..];
                    assert_eq!(coloured(language, rest, &mut lines), fresh(language, rest), "{language}: {rest}");
                }
            }
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config { cases: 48, failure_persistence: None, ..Default::default() })]
        #[test]
        fn lines_in_any_order_are_coloured_as_if_they_came_for_the_first_time(
            texts in proptest::collection::vec((0..NASTY.len(), proptest::collection::vec(0..64_usize, 1..12)), 1..8),
            bound in proptest::sample::select(vec![0, 3_000, 20_000, BOUND]),
        ) {
            let mut lines = Lines::with(bound);
            for (which, order) in texts {
                let (language, code) = NASTY[which];
                let of_code: Vec<&str> = code.split_inclusive('\n').collect();
                let text: String = order.iter().map(|at| of_code[at % of_code.len()]).collect();
                let coloured = coloured(language, &text, &mut lines);
                proptest::prop_assert_eq!(coloured, fresh(language, &text), "{}: {}", language, text);
            }
        }
    }
}
