//! `build`.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;

use super::outcome::{Outcome, Work};
use super::{leaves, options_of, short, timings, verify};
use crate::base::diagnostic::{Diagnostics, Report};
use crate::base::fingerprint::Fingerprint;
use crate::base::words::counted;
use crate::build::{Build, build_into};
use crate::cli;
use crate::io::error::Error;
use crate::io::output::{Held, Output};
use crate::io::progress::Bar;
use crate::io::terminal::{Format, Sources, Terminal};
use crate::io::texts::Texts;
use crate::io::{clock, disk, executable, stamps};
use crate::load::{Memo, load, load_again};
use crate::model::kept::Kept;
use crate::model::portions::Portions;
use crate::model::recipe::{Before, Recipe};
use crate::model::source::{Changed, Snapshot};
use crate::publish::Manifest;
use crate::render::{Bytes, Sink, Tools};

pub(super) fn build(options: &cli::Build, start: &Path, terminal: &Terminal) -> Result<u8, Error> {
    let root = disk::find_book(start)?;
    let out = options.out.clone().unwrap_or_else(|| root.join("public"));
    if options.verify {
        return verify::run(options, &root, &out, terminal);
    }
    write(options, (&root, &out), terminal, &|report, texts, work| {
        let told = work.filter(|_| options.timings && terminal.format == Format::Json);
        match told {
            Some(work) => terminal.write_out(&timings::with(report, texts, work).to_string()),
            None => terminal.report(report, texts),
        }
    })
}

/// Who is told what is wrong with the book, and what was done where something was.
pub(super) type Tell<'a> = &'a dyn Fn(&Report, Sources<'_>, Option<&Work>);

/// Makes the site and puts it into its folder.
pub(super) fn write(
    options: &cli::Build,
    place: (&Path, &Path),
    terminal: &Terminal,
    tell: Tell<'_>,
) -> Result<u8, Error> {
    // A text that was not read first may be saved meanwhile, and some file systems tell of changes late: what was known of all of
    // them is given up then, once.
    let known = catch_unwind(AssertUnwindSafe(|| write_once(options, place, terminal, tell)));
    known.unwrap_or_else(|cause| {
        if options.site.no_cache || !cause.is::<Changed>() {
            resume_unwind(cause);
        }
        stamps::forget(place.0)?;
        write_once(options, place, terminal, tell)
    })
}

fn write_once(
    options: &cli::Build,
    (root, out): (&Path, &Path),
    terminal: &Terminal,
    tell: Tell<'_>,
) -> Result<u8, Error> {
    let clock = clock::watch();
    let open = || (Output::open(out, root), clock());
    let ((output, opened), read) = rayon::join(open, || read(options, root, terminal));
    let mut output = output?;
    // Who writes last has read last.
    let again = output.has_waited().then(|| self::read(options, root, terminal));
    let (snapshot, found, is_kept) = again.unwrap_or(read)?;
    let remembers = !options.site.no_cache;
    let loaded = clock().max(opened);
    let texts = |path: &_| snapshot.text(path);
    let engine = executable::fingerprint().filter(|_| remembers);
    let book = Fingerprint::of(format!("{engine:?} {}", snapshot.fingerprint_of_book()).as_bytes());
    let made_of = Fingerprint::of(format!("{book} {} {found:?}", snapshot.fingerprint_of_theme()).as_bytes());
    output.is_of(book);
    let before = engine.filter(|_| output.stands(made_of)).and_then(|_| Outcome::of_last_build(root, made_of));
    if let Some(before) = before.filter(|before| !(options.site.deny.is_some() && before.has_warnings())) {
        let stages = vec![("open", opened), ("load", loaded - opened), ("compare", clock().saturating_sub(loaded))];
        let work = Work { files: before.files, kept: before.files, ..Work::of_nothing(stages) };
        tell(&before.report, &texts, Some(&work));
        return Ok(conclude(options, out, terminal, &before, &work));
    }
    let open = || leaves::open(options.site.no_cache, root, terminal);
    let known = || rayon::join(open, || remembers.then(|| Texts::open(root)));
    let ((leaves, kept), ()) = rayon::join(known, || output.look_ahead());
    if leaves.is_used() && kept.as_ref().is_some_and(Texts::is_refused) {
        terminal.say("What was kept of the texts is damaged or of another copy of Throughline, so all are read anew.");
    }
    let bar = Bar::new(terminal.shows_progress());
    bar.begin("Making pages", 0);
    let into = Into(&output);
    let known = kept.as_ref().map(|kept| kept as &dyn Kept);
    let tools =
        Tools { kept: known, step: &|all| bar.step_of(all), clock: &clock, engine, ..Tools::new(&into, leaves.memo()) };
    let mut made = build_into(&snapshot, found, &tools);
    bar.clear();
    // One full disk is told once.
    let mut is_kept = leaves::keep(&leaves, is_kept.then_some(terminal)) && is_kept;
    if let Some(error) = kept.as_ref().and_then(Texts::failure) {
        if is_kept {
            terminal.say(&format!("The next run reads all texts anew: {error}"));
        }
        is_kept = false;
    }
    made.timings.stages.splice(0..0, [("open", opened), ("load", loaded - opened)]);
    let outcome = Outcome::of(&made, made_of);
    if options.site.deny.is_some() {
        made.report.deny_warnings();
    }
    if made.report.has_errors() {
        tell(&made.report, &texts, None);
        terminal.say("Nothing was written: mend the errors above and build again.");
        return Ok(1);
    }
    let start = clock();
    let written = output.finish(made_of, &|held| {
        if terminal.is_verbose {
            let line = |held: &Held| format!("{:>10}  {}", held.size, held.file);
            terminal.say(&held.iter().map(line).collect::<Vec<_>>().join("\n"));
        }
        Manifest::of(held).to_text()
    })?;
    made.timings.stages.push(("write", clock().saturating_sub(start)));
    let work = Work::of(&made, written, leaves.memo());
    tell(&made.report, &texts, Some(&work));
    if remembers
        && let Err(error) = outcome.keep(root)
        && is_kept
    {
        terminal.say(&format!("The next run looks at all of this anew: {error}"));
    }
    let code = conclude(options, out, terminal, &outcome, &work);
    // The program ends behind this: its memory is given back at once, not piece by piece.
    std::mem::forget((made, snapshot));
    Ok(code)
}

/// Reads the book, of which texts that nobody touched since the last build are known. Tells whether the next build will know them.
fn read(options: &cli::Build, root: &Path, terminal: &Terminal) -> Result<(Snapshot, Diagnostics, bool), Error> {
    let load_options = options_of(&options.site);
    if options.site.no_cache {
        return load(root, &load_options).map(|(snapshot, found)| (snapshot, found, true));
    }
    let before = stamps::read(root);
    let mut memo = Memo::of_stamps(before.clone());
    let (snapshot, found) = load_again(root, &load_options, &mut memo)?;
    let now = memo.stamps();
    let kept = if now == before { Ok(()) } else { stamps::keep(root, &now) };
    if let Err(error) = &kept {
        terminal.say(&format!("The next run reads all texts anew: {error}"));
    }
    Ok((snapshot, found, kept.is_ok()))
}

/// Says what there is now.
fn conclude(options: &cli::Build, out: &Path, terminal: &Terminal, outcome: &Outcome, work: &Work) -> u8 {
    if terminal.format != Format::Human {
        return 0;
    }
    if options.timings {
        terminal.say(&timings::to_words(work));
    }
    outcome.left_out.iter().for_each(|left| terminal.say(left));
    terminal.say(&format!(
        "Built {} and {} into {} files: {}\nOpen {} in a browser to look at it.",
        counted(outcome.essays, "essay"),
        counted(outcome.concepts, "concept"),
        outcome.files,
        short(out),
        short(&out.join("index.html")),
    ));
    0
}

/// Puts files into the output folder.
struct Into<'a>(&'a Output);

impl Sink for Into<'_> {
    fn before(&self, file: &str) -> Option<Before> {
        self.0.before(file)
    }

    fn keep(&self, file: &str, recipe: Recipe) -> bool {
        self.0.keep(file, recipe)
    }

    fn texts(&self, file: &str, made_of: Fingerprint) -> Option<Vec<String>> {
        self.0.texts(file, made_of)
    }

    fn put(&self, file: &str, recipe: Option<Recipe>, bytes: Bytes) {
        self.0.put(file, recipe, None, &bytes);
    }

    fn put_with_texts(&self, file: &str, recipe: Option<Recipe>, texts: Portions, bytes: Bytes) {
        self.0.put(file, recipe, Some(texts), &bytes);
    }
}

pub(super) fn say_left_out(made: &Build, terminal: &Terminal) {
    left_out(made).iter().for_each(|line| terminal.say(line));
}

/// What readers do not see, a line each.
pub(super) fn left_out(made: &Build) -> Vec<String> {
    let line = |left: &crate::link::LeftOut| format!("Left out: {} ({})", left.path, left.why.to_words());
    made.site.left_out.iter().map(line).collect()
}
