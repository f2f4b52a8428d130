//! What holds for every command: examples that can be typed, one value for machines, colours, and a manual that names them all.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use clap::{Arg, CommandFactory, Parser};
use serde_json::Value;
use throughline::cli::Cli;

use crate::support::{Book, ESSAY};

/// Every command that does something, by its words behind `throughline`.
fn leaves() -> Vec<(String, clap::Command)> {
    fn walk(words: &str, command: &clap::Command, found: &mut Vec<(String, clap::Command)>) {
        let below: Vec<&clap::Command> =
            command.get_subcommands().filter(|below| below.get_name() != "help" && !below.is_hide_set()).collect();
        if !words.is_empty() && (below.is_empty() || !command.is_subcommand_required_set()) {
            found.push((words.to_owned(), command.clone()));
        }
        for below in below {
            walk(format!("{words} {}", below.get_name()).trim(), below, found);
        }
    }
    let mut found = Vec::new();
    walk("", &Cli::command(), &mut found);
    found
}

/// The lines behind `Examples:` in the help of a command.
fn examples(command: &clap::Command) -> Vec<String> {
    let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let Some((_, examples)) = help.split_once("Examples:\n") else { return Vec::new() };
    examples.lines().map(|line| line.trim().to_owned()).collect()
}

/// The words of a command line as a shell takes them, without what stands before the program and what goes to a file.
fn words(line: &str) -> Vec<String> {
    let line = line.split(" # ").next().unwrap().split("   #").next().unwrap().split(" > ").next().unwrap();
    let line = &line[line.find("throughline").unwrap_or_else(|| panic!("`{line}` calls another program"))..];
    let mut words = vec![String::new()];
    let mut is_quoted = false;
    for c in line.trim().chars() {
        match c {
            '"' => is_quoted = !is_quoted,
            ' ' if !is_quoted => words.push(String::new()),
            _ => words.last_mut().unwrap().push(c),
        }
    }
    words
}

fn shown(command: &clap::Command) -> impl Iterator<Item = &Arg> {
    let is_own =
        |arg: &&Arg| !arg.is_hide_set() && !arg.is_global_set() && !matches!(arg.get_id().as_str(), "help" | "version");
    command.get_arguments().filter(is_own)
}

#[test]
fn every_command_has_examples_and_each_can_be_typed() {
    let mut all = leaves();
    assert!(all.len() > 20, "{all:?}");
    let parents = Cli::command();
    all.extend(parents.get_subcommands().map(|command| (command.get_name().to_owned(), command.clone())));
    for (name, command) in &all {
        let examples = examples(command);
        assert!(!examples.is_empty(), "`{name}` has no examples");
        let own = format!("throughline {name}");
        assert!(examples.iter().any(|line| line.contains(&own)), "no example calls `{own}`: {examples:?}");
        for line in examples {
            Cli::try_parse_from(words(&line)).unwrap_or_else(|error| panic!("`{line}`: {error}"));
        }
    }
    for line in examples(&Cli::command()) {
        Cli::try_parse_from(words(&line)).unwrap_or_else(|error| panic!("`{line}`: {error}"));
    }
}

#[test]
fn every_command_and_option_says_what_it_is_for() {
    fn walk(command: &clap::Command) {
        assert!(command.get_about().is_some(), "`{}` does not say what it is for", command.get_name());
        for arg in command.get_arguments() {
            assert!(arg.get_help().is_some(), "`{}` of `{}` has no help", arg.get_id(), command.get_name());
        }
        command.get_subcommands().filter(|below| below.get_name() != "help").for_each(walk);
    }
    let mut all = Cli::command();
    all.build();
    walk(&all);
}

/// What the manual says of a command: made of the same words as its help.
fn section(name: &str, command: &clap::Command) -> String {
    let clean = |text: String| text.replace('\n', " ").replace('|', "\\|");
    let mut text = format!("## {name}\n\n{}.\n", clean(command.get_about().unwrap().to_string()));
    let rows: Vec<String> = shown(command)
        .map(|arg| {
            let value = arg.get_value_names().map(|names| names.join(" ")).filter(|_| arg.get_action().takes_values());
            let called = match (arg.get_long(), value) {
                (Some(long), Some(value)) => format!("--{long} {value}"),
                (Some(long), None) => format!("--{long}"),
                (None, value) => value.unwrap_or_else(|| arg.get_id().to_string().to_uppercase()),
            };
            let values: Vec<String> = arg
                .get_possible_values()
                .iter()
                .filter(|_| arg.get_action().takes_values())
                .map(|value| format!("`{}`", value.get_name()))
                .collect();
            let values = if values.is_empty() { String::new() } else { format!(": {}", values.join(", ")) };
            let otherwise: Vec<_> = arg.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
            let is_told = arg.get_action().takes_values() && !otherwise.is_empty();
            let otherwise = if is_told { format!(" [default: {}]", otherwise.join(" ")) } else { String::new() };
            format!("| `{called}` | {}{values}{otherwise} |\n", clean(arg.get_help().unwrap().to_string()))
        })
        .collect();
    if !rows.is_empty() {
        text.push_str(&format!("\n| argument or option | what it is for |\n|---|---|\n{}", rows.concat()));
    }
    text.push_str(&format!("\n```bash\n{}\n```\n", examples(command).join("\n")));
    text
}

/// `SNAPSHOTS=overwrite` puts in what the program says now; read it before it is kept.
#[test]
fn the_manual_says_of_every_command_what_its_help_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/content/essays/commands.md");
    let mut chapter = fs::read_to_string(&path).unwrap();
    let mut wrong = Vec::new();
    let mut headings = BTreeSet::new();
    for (name, command) in leaves() {
        let section = section(&name, &command);
        headings.insert(format!("## {name}"));
        assert!(chapter.contains(&format!("| `{name}` |")), "what machines get of `{name}` is not in the table");
        if chapter.contains(&section) {
            continue;
        }
        wrong.push(section.clone());
        let start = chapter.find(&format!("## {name}\n")).unwrap_or(chapter.len());
        let end = chapter[start..].find("\n```\n").map_or(start, |end| start + end + 5);
        chapter.replace_range(start..end, &if start == end { format!("\n{section}") } else { section });
    }
    if !wrong.is_empty() && std::env::var("SNAPSHOTS").is_ok_and(|mode| mode == "overwrite") {
        fs::write(&path, &chapter).unwrap();
    }
    assert!(wrong.is_empty(), "the chapter on commands lacks:\n{}", wrong.join("\n"));
    let own = ["What holds for every command", "What machines get", "Links to pages elsewhere", "The budget"];
    headings.extend(own.map(|own| format!("## {own}")));
    let found: BTreeSet<String> = chapter.lines().filter(|line| line.starts_with("## ")).map(str::to_owned).collect();
    assert_eq!(found, headings);
    for arg in Cli::command().get_arguments().filter(|arg| arg.is_global_set()) {
        let long = format!("`--{}", arg.get_long().unwrap());
        assert!(chapter.contains(&long), "{long} is not in the chapter");
    }
}

fn good() -> Book {
    Book::new(&format!(
        "-- book.toml --\ntitle = \"T\"\nbase_url = \"https://me.example/\"\n[publish.live]\nto = \"folder\"\npath = \"www\"\n\
         [publish.mirror]\nto = \"git\"\nremote = \"origin\"\n\
         -- content/essays/one.md --\n{ESSAY}Words.\n-- content/replies/one.toml --\n[[reply]]\nid = \"mine:1\"\nauthor = \"Ada\"\ntext = \"Yes.\"\n\
         -- letters.csv --\nid,author,text\n1,Bo,Yes indeed\n"
    ))
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_throughline"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// Whether a value is a finding, a failure or a result is told by what it holds; that there is one, by nothing but this.
#[test]
fn machines_find_one_value_on_standard_output_whatever_happens() {
    let elsewhere = tempfile::tempdir().unwrap();
    let bad = Book::new(&format!("-- content/essays/one.md --\n{ESSAY}[x](gone.md)\n"));
    let commands: &[(&[&str], i32)] = &[
        (&["new", "fresh"], 0),
        (&["new", "essay", "Another one"], 0),
        (&["new", "concept", "trust"], 0),
        (&["new", "essay", "Another one"], 2),
        (&["build"], 0),
        (&["build", "--verify"], 0),
        (&["check"], 0),
        (&["check", "--external"], 0),
        (&["check", "--budget"], 0),
        (&["publish", "live", "--dry-run"], 0),
        (&["publish", "live"], 2),
        (&["publish", "live", "--yes"], 0),
        (&["publish", "nowhere"], 2),
        (&["publish", "init", "github", "--target", "mirror", "--dry-run"], 0),
        (&["publish", "init", "github", "--target", "nowhere"], 2),
        (&["explain"], 0),
        (&["explain", "broken-link"], 0),
        (&["explain", "broken-lnik"], 2),
        (&["urls"], 0),
        (&["urls", "/essays/one/"], 0),
        (&["urls", "/essays/two/"], 1),
        (&["urls", "https://other.example/"], 2),
        (&["why", "/essays/one/"], 0),
        (&["why", "/essays/two/"], 2),
        (&["theme", "list"], 0),
        (&["theme", "check"], 0),
        (&["theme", "eject", "card.html"], 0),
        (&["theme", "eject", "card.html"], 2),
        (&["theme", "eject", "crad.html"], 2),
        (&["import", "replies", "letters.csv", "--essay", "one", "--dry-run"], 0),
        (&["import", "replies", "nothing.csv"], 3),
        (&["import", "page", "letters.csv", "--dry-run"], 0),
        (&["import", "page", "book.json"], 3),
        (&["replies", "list"], 0),
        (&["replies", "list", "nobody"], 2),
        (&["replies", "show", "mine:1"], 0),
        (&["replies", "show", "mine:9"], 2),
        (&["replies", "hold", "mine:1"], 0),
        (&["replies", "hide", "mine:1"], 0),
        (&["replies", "publish", "mine:1"], 0),
        (&["replies", "publish", "mine:9"], 2),
        (&["status"], 0),
        (&["replies", "forget", "Ada", "--dry-run"], 0),
        (&["replies", "forget", "Bo"], 2),
        (&["replies", "forget", "Ada"], 0),
        (&["replies", "pull"], 2),
        (&["markdown", "content/essays/one.md"], 0),
        (&["markdown", "nothing.md"], 3),
        (&["tell"], 2),
        (&["completions", "bash"], 0),
        (&["completions", "tcsh"], 2),
        (&["man"], 0),
        (&["man", "--out", "pages"], 0),
        (&["bulid"], 2),
        (&["build", "--drfats"], 2),
        (&["serve", "--port", "x"], 2),
    ];
    let mut tried = BTreeSet::new();
    let book = good();
    let check = |folder: &Path, arguments: &[&str], code: Option<i32>| {
        let output = run(folder, &[arguments, &["--format", "json"]].concat());
        let (out, told) =
            (String::from_utf8(output.stdout).unwrap(), String::from_utf8_lossy(&output.stderr).into_owned());
        let value: Value =
            serde_json::from_str(&out).unwrap_or_else(|error| panic!("{arguments:?}: {error}: {out}{told}"));
        assert!(
            code.is_none() || output.status.code() == code,
            "{arguments:?}: {:?} {out}{told}",
            output.status.code()
        );
        if output.status.code().is_some_and(|code| code > 1) {
            assert!(value["error"].as_str().is_some_and(|error| !error.is_empty()), "{arguments:?}: {value}");
        }
        assert!(!out.contains("panicked") && !told.contains("panicked"), "{told}");
    };
    for (arguments, code) in commands {
        check(book.path(), arguments, Some(*code));
        tried.extend(arguments.iter().filter(|word| !word.starts_with('-')).map(|word| (*word).to_owned()));
    }
    for (arguments, _) in commands {
        check(bad.path(), arguments, None);
        check(elsewhere.path(), arguments, None);
    }
    let untried: Vec<String> = leaves()
        .into_iter()
        .map(|(name, _)| name)
        .filter(|name| !name.split(' ').all(|word| tried.contains(word)))
        .collect();
    assert!(untried.is_empty(), "no case for {untried:?}");
}

#[test]
fn sarif_is_for_reports_and_refused_by_everything_else() {
    let (book, bad) = (good(), Book::new(&format!("-- content/essays/one.md --\n{ESSAY}[x](gone.md)\n")));
    let sarif = |book: &Book, arguments: &[&str]| {
        let output = run(book.path(), &[arguments, &["--format=sarif"]].concat());
        let log: Value =
            serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{arguments:?}: {error}"));
        assert_eq!(log["version"], "2.1.0", "{arguments:?}");
        (log["runs"][0].clone(), output.status.code())
    };
    for arguments in [&["build"][..], &["build", "--verify"], &["check"], &["urls"], &["publish", "live", "--dry-run"]]
    {
        let (log, code) = sarif(&book, arguments);
        assert_eq!((code, log["invocations"].is_null()), (Some(0), true), "{arguments:?}: {log}");
    }
    for arguments in [&["build"][..], &["build", "--verify"], &["check"]] {
        let (log, code) = sarif(&bad, arguments);
        let rules: Vec<&Value> = log["results"].as_array().unwrap().iter().map(|result| &result["ruleId"]).collect();
        assert!(code == Some(1) && rules.contains(&&"broken-link".into()), "{code:?} {rules:?}");
    }
    for arguments in [
        &["status"][..],
        &["why", "/"],
        &["replies", "list"],
        &["explain"],
        &["markdown", "x.md"],
        &["-C", "/", "build"],
        &["bulid"],
    ] {
        let (log, code) = sarif(&book, arguments);
        let invocation = &log["invocations"][0];
        assert_eq!((code, &invocation["executionSuccessful"]), (Some(2), &false.into()), "{arguments:?}: {log}");
        assert!(
            invocation["toolExecutionNotifications"][0]["message"]["text"]
                .as_str()
                .is_some_and(|text| !text.is_empty())
        );
    }
}

#[test]
fn colours_are_left_out_where_nobody_wants_them() {
    let book = Book::new(&format!("-- content/essays/one.md --\n{ESSAY}[x](gone.md)\n"));
    let is_coloured = |arguments: &[&str], environment: &[(&str, &str)]| {
        let output = Command::new(env!("CARGO_BIN_EXE_throughline"))
            .args([&["check"], arguments].concat())
            .current_dir(book.path())
            .env_remove("NO_COLOR")
            .env_remove("CLICOLOR")
            .env_remove("CLICOLOR_FORCE")
            .envs(environment.iter().copied())
            .output()
            .unwrap();
        let report = String::from_utf8(output.stderr).unwrap();
        assert!(report.contains("broken-link"), "{report}");
        report.contains('\u{1b}')
    };
    assert!(!is_coloured(&[], &[]), "this is no terminal");
    assert!(is_coloured(&["--color", "always"], &[]));
    assert!(is_coloured(&["--color", "always"], &[("NO_COLOR", "1")]), "who asks for colours gets them");
    assert!(is_coloured(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(!is_coloured(&["--color", "never"], &[("CLICOLOR_FORCE", "1")]));
    assert!(!is_coloured(&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
}

/// What the program writes to a terminal of this kind.
#[cfg(target_os = "linux")]
fn on_terminal(book: &Book, arguments: &[&str], environment: &[(&str, &str)]) -> String {
    use std::io::Read;
    use std::os::fd::OwnedFd;

    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap();
    let terminal = fs::File::options().read(true).write(true).open(name.to_str().unwrap()).unwrap();
    let end = |file: &fs::File| Stdio::from(OwnedFd::from(file.try_clone().unwrap()));
    let mut child = Command::new(env!("CARGO_BIN_EXE_throughline"))
        .args(arguments)
        .current_dir(book.path())
        .env_remove("NO_COLOR")
        .env_remove("CLICOLOR")
        .env_remove("CLICOLOR_FORCE")
        // Logs of build machines show colours, whatever terminal they say they are.
        .env_remove("CI")
        .env("TERM", "xterm-256color")
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .stdout(end(&terminal))
        .stderr(end(&terminal))
        .spawn()
        .unwrap();
    drop(terminal);
    // A terminal whose last writer has gone ends with an error.
    let (mut said, mut master) = (Vec::new(), fs::File::from(master));
    drop(master.read_to_end(&mut said));
    child.wait().unwrap();
    String::from_utf8_lossy(&said).into_owned()
}

#[cfg(target_os = "linux")]
#[test]
fn a_terminal_gets_colours_unless_it_has_none() {
    let book = Book::new(&format!("-- content/essays/one.md --\n{ESSAY}[x](gone.md)\n"));
    let is_coloured = |arguments: &[&str], environment: &[(&str, &str)]| {
        let said = on_terminal(&book, &[&["check"], arguments].concat(), environment);
        assert!(said.contains("broken-link"), "{said}");
        said.contains('\u{1b}')
    };
    assert!(is_coloured(&[], &[]));
    assert!(!is_coloured(&[], &[("NO_COLOR", "1")]));
    assert!(!is_coloured(&[], &[("TERM", "dumb")]));
    assert!(!is_coloured(&[], &[("CLICOLOR", "0")]));
    assert!(!is_coloured(&["--color", "never"], &[]));
    assert!(is_coloured(&[], &[("TERM", "dumb"), ("CI", "true")]));
}

#[test]
fn completions_know_every_command() {
    let book = good();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = String::from_utf8(run(book.path(), &["completions", shell]).stdout).unwrap();
        for (name, _) in leaves() {
            let last = name.rsplit(' ').next().unwrap();
            assert!(script.contains(last), "{shell} does not know `{name}`");
        }
        assert!(script.contains("as-of") && script.contains("webmention"), "{shell} knows options and values");
    }
    let script = run(book.path(), &["completions", "bash"]).stdout;
    let file = book.path().join("completions.bash");
    fs::write(&file, script).unwrap();
    let asked = "source completions.bash; COMP_WORDS=(throughline rep); COMP_CWORD=1; _throughline throughline rep throughline; echo \"${COMPREPLY[@]}\"";
    let output = Command::new("bash").args(["-c", asked]).current_dir(book.path()).output().unwrap();
    assert_eq!(
        String::from_utf8(output.stdout).unwrap().trim(),
        "replies",
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn there_is_a_manual_page_for_every_command() {
    let book = good();
    let main = String::from_utf8(run(book.path(), &["man"]).stdout).unwrap();
    assert!(main.contains(".TH throughline 1") && main.contains("throughline\\-replies(1)"), "{main}");
    let output = run(book.path(), &["man", "--out", "pages"]);
    assert!(String::from_utf8(output.stdout).unwrap().starts_with("Wrote "));
    for (name, command) in leaves() {
        let file = format!("pages/throughline-{}.1", name.replace(' ', "-"));
        let page = fs::read_to_string(book.path().join(&file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        assert!(page.contains(".SH EXAMPLES\n.nf\nthroughline"), "{file} has no examples");
        assert!(page.contains("\"throughline 0.") && !page.contains("EXTRA"), "{file} does not say what it belongs to");
        assert!(!page.contains("\\-\\-via"), "{file} names what is hidden");
        for arg in shown(&command).filter_map(Arg::get_long) {
            assert!(page.contains(&arg.replace('-', "\\-")), "{file} lacks `{arg}`");
        }
    }
}

#[test]
fn a_manual_page_names_values_and_puts_arguments_first() {
    let book = good();
    run(book.path(), &["man", "--out", "pages"]);
    let page = fs::read_to_string(book.path().join("pages/throughline-theme-eject.1")).unwrap();
    assert!(
        page.contains(".TH throughline-theme-eject 1 \" \" \"throughline 0.1.0\" \"Throughline manual\"\n"),
        "{page}"
    );
    assert!(page.contains("[\\fB\\-\\-into\\fR \\fINAME\\fR]"), "{page}");
    let usage = page.lines().find(|line| line.contains("\\fBthroughline theme eject")).unwrap();
    assert!(usage.ends_with("[\\fIFILES\\fR] ..."), "{usage}");
    let place = |heading: &str| page.find(heading).unwrap_or_else(|| panic!("{heading}: {page}"));
    assert!(place(".SH ARGUMENTS") < place(".SH OPTIONS") && place(".SH OPTIONS") < place(".SH EXAMPLES"), "{page}");
    assert_eq!(page.matches(".SH OPTIONS").count() + page.matches(".ds Aq '").count(), 2, "{page}");
}

#[test]
fn help_is_coloured_as_the_command_line_says() {
    let book = good();
    for (arguments, is_coloured) in [
        (&["--color", "always", "--help"][..], true),
        (&["check", "--help", "--color=always"], true),
        (&["--color", "never", "--help"], false),
        (&["--color=never", "check", "--help"], false),
        (&["--help"], false),
    ] {
        // Some terminals ask for colours even in a pipe.
        let output = Command::new(env!("CARGO_BIN_EXE_throughline"))
            .args(arguments)
            .current_dir(book.path())
            .env_remove("NO_COLOR")
            .env(if arguments == ["--help"] { "UNUSED" } else { "CLICOLOR_FORCE" }, "1")
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!((text.contains("\u{1b}["), output.status.code()), (is_coloured, Some(0)), "{arguments:?}: {text:?}");
    }
}

/// What stands in the table of the manual about the value of a command.
fn row(command: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/content/essays/commands.md");
    let chapter = fs::read_to_string(path).unwrap();
    let start = format!("| `{command}` |");
    let rows = chapter.split("## What machines get").nth(1).unwrap().lines();
    rows.filter(|line| line.starts_with(&start)).map(str::to_owned).next().unwrap_or_else(|| panic!("{command}"))
}

#[test]
fn the_manual_names_every_key_of_what_machines_get() {
    let book = Book::new(&format!(
        "-- book.toml --\ntitle = \"T\"\n-- content/essays/one.md --\n{}Words.\n-- content/pages/me.md --\n+++\ntitle = \"Me\"\n+++\n<http://localhost/> <http://h.example:99999/>\n",
        ESSAY.replace("date", "concepts = [\"a\", \"a\"]\naliases = [\"/old/\"]\ndate")
    ));
    let keys = |value: &Value| -> BTreeSet<String> {
        value.as_object().into_iter().flat_map(|all| all.keys().cloned()).collect()
    };
    let of_report = ["diagnostics", "errors", "warnings", "notes"];
    for (command, arguments, inner) in [
        ("status", &["status"][..], &[][..]),
        ("why", &["why", "/old/"], &[]),
        ("urls", &["urls"], &[]),
        ("urls", &["urls", "/old/"], &[]),
        ("urls", &["urls", "/odl/"], &[]),
        ("check", &["check", "--fix", "--dry-run"], &["/fixed"]),
        ("check", &["check", "--budget"], &["/budget/0"]),
        ("check", &["check", "--external"], &["/external", "/external/addresses/0", "/external/malformed/0"]),
        ("markdown", &["markdown", "content/essays/one.md"], &[]),
        ("theme list", &["theme", "list"], &["/themes/0"]),
        ("explain", &["explain", "broken-link"], &[]),
        ("tell", &["tell"], &[]),
        ("completions", &["completions", "bash"], &[]),
        ("man", &["man"], &[]),
        (
            "build",
            &["build", "--timings"],
            &["/timings", "/timings/stages/0", "/timings/kinds/0", "/timings/slowest/0", "/work", "/work/remembered/0"],
        ),
    ] {
        let output = run(book.path(), &[arguments, &["--format", "json"]].concat());
        let value: Value = serde_json::from_slice(&output.stdout).unwrap();
        let all = inner.iter().map(|place| value.pointer(place).unwrap_or_else(|| panic!("{place}: {value}")));
        for key in std::iter::once(&value).chain(all).flat_map(keys) {
            let is_known = of_report.contains(&key.as_str()) || ["error", "exit_code"].contains(&key.as_str());
            assert!(
                is_known && command != "status" || row(command).contains(&format!("`{key}`")),
                "{arguments:?}: `{key}`"
            );
        }
    }
}
