//! The workflow that publishes a book at a code host: its file written, and read again to see when it runs. Knows no disk.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::{Due, cron, github, gitlab};

/// How the first line of a file that we wrote begins; the command that writes it again follows, up to the next backtick.
const MARK: &str = "# Made by `";
/// What that command begins with.
const COMMAND: &str = "throughline publish init ";
/// More days than this are not told one by one: the workflow then runs once on each day.
const MOST_LINES: usize = 30;

/// Where a workflow runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runner {
    /// GitHub Actions.
    GitHub,
    /// GitLab CI.
    GitLab,
}

/// What a workflow is to do.
#[derive(Clone, Debug)]
pub struct Order {
    /// Where it runs.
    pub runner: Runner,
    /// The command that writes it again.
    pub command: String,
    /// The target that is published to.
    pub target: String,
    /// How that target is reached, such as `git` or `netlify`, where it is known.
    pub kind: String,
    /// The branch on which the book is written.
    pub branch: String,
    /// The branch that the `git` target pushes to.
    pub pages: String,
    /// The book's folder in its repository; empty where it is the repository.
    pub folder: String,
    /// The name of the time zone in which days begin.
    pub zone_name: String,
    /// That time zone.
    pub zone: TimeZone,
    /// What falls due, the next first.
    pub due: Vec<Due>,
    /// Whether it must be kept from one run to the next what others were told.
    pub remembers: bool,
    /// The version that is installed, and the one of Rust that it is made with.
    pub version: &'static str,
    /// The version of Rust that it is made with.
    pub rust: &'static str,
}

impl Order {
    /// The first lines of the file.
    pub(super) fn mark(&self) -> String {
        format!(
            "{MARK}{}` (Throughline {}).\n\
             # Run it again when you schedule an essay or install another version: it writes this file anew. To keep the file as\n\
             # you want it, take the first line out.\n",
            self.command, self.version
        )
    }

    /// A file of the book, from the root of the repository.
    pub(super) fn file(&self, name: &str) -> String {
        if self.folder.is_empty() { name.to_owned() } else { format!("{}/{name}", self.folder) }
    }

    /// The command that publishes.
    pub(super) fn publish(&self) -> String {
        format!("throughline publish {} --yes", self.target)
    }

    /// The names of the secrets that the target asks for.
    #[must_use]
    pub fn secrets(&self) -> &'static [&'static str] {
        match self.kind.as_str() {
            "netlify" => &["NETLIFY_AUTH_TOKEN"],
            "cloudflare" => &["CLOUDFLARE_API_TOKEN"],
            "s3" => &["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"],
            _ => &[],
        }
    }

    /// The file, from the root of the repository. A book that is a folder of its repository has one of its own.
    #[must_use]
    pub fn path(&self) -> String {
        path(self.runner, &self.folder)
    }

    /// What stands in the file.
    #[must_use]
    pub fn text(&self) -> String {
        match self.runner {
            Runner::GitHub => github::text(self),
            Runner::GitLab => gitlab::text(self),
        }
    }

    /// The moments at which it runs, each with what falls due then.
    pub(super) fn moments(&self) -> Vec<(String, Vec<String>)> {
        let mut days: BTreeMap<Date, Vec<String>> = BTreeMap::new();
        for due in &self.due {
            days.entry(due.day).or_default().push(format!("{}: {}", due.day_in_words(), due.to_words()));
        }
        if days.len() > MOST_LINES {
            let all: Vec<Date> = days.keys().copied().collect();
            let why = format!("{} days lie ahead on which something is due, so it runs once on each day", all.len());
            return vec![(cron::daily(&all, &self.zone), vec![why])];
        }
        days.into_iter().map(|(day, essays)| (cron::line(day, &self.zone), essays)).collect()
    }
}

/// The file of a workflow, from the root of the repository in which the book is this folder.
#[must_use]
pub fn path(runner: Runner, folder: &str) -> String {
    match runner {
        Runner::GitHub if folder.is_empty() => ".github/workflows/publish.yml".to_owned(),
        Runner::GitHub => format!(".github/workflows/publish-{}.yml", crate::base::slug::slug(folder)),
        Runner::GitLab => ".gitlab-ci.yml".to_owned(),
    }
}

/// The command that writes a file again, where we wrote it.
#[must_use]
pub fn command_of(text: &str) -> Option<&str> {
    let command = text.trim_start_matches('\u{feff}').strip_prefix(MARK)?.split('`').next()?;
    command.starts_with(COMMAND).then_some(command)
}

/// A workflow that stands in the repository.
#[derive(Clone, Debug)]
pub struct Workflow {
    /// Its file, from the root of the repository.
    pub path: String,
    /// The command that writes it again.
    pub command: String,
    /// Where it runs by itself; `None` where the file does not say when.
    pub lines: Option<Vec<String>>,
    /// The time zone in which its days begin.
    pub zone: TimeZone,
}

/// Finds a time zone by its name; a sentence where there is none.
pub type Zones<'a> = &'a dyn Fn(&str) -> Result<TimeZone, String>;

/// What of a workflow's file says when it runs.
#[derive(Deserialize)]
struct Written {
    #[serde(rename = "on")]
    on: On,
    #[serde(default)]
    env: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct On {
    #[serde(default)]
    schedule: Vec<Line>,
}

#[derive(Deserialize)]
struct Line {
    cron: String,
}

impl Workflow {
    /// Reads a file that we wrote; `None` for one that we did not.
    ///
    /// # Errors
    /// It cannot be read any more; as a sentence.
    #[must_use]
    pub fn read(runner: Runner, path: &str, text: &str, zones: Zones<'_>) -> Option<Result<Self, String>> {
        let command = command_of(text)?.to_owned();
        let path = path.to_owned();
        if runner == Runner::GitLab {
            return Some(Ok(Self { path, command, lines: None, zone: TimeZone::UTC }));
        }
        let options = serde_saphyr::options! { strict_booleans: true, with_snippet: false };
        let written = serde_saphyr::from_str_with_options::<Written>(text, options).map_err(|error| {
            let why = error.without_snippet().to_string();
            why.lines().next().unwrap_or("it is no YAML").to_owned()
        });
        let zone = written.as_ref().map_err(Clone::clone).and_then(|written| match written.env.get("TZ") {
            Some(name) => zones(name),
            None => Ok(TimeZone::UTC),
        });
        Some(match (written, zone) {
            (Ok(written), Ok(zone)) => {
                let lines = written.on.schedule.into_iter().map(|line| line.cron).collect();
                Ok(Self { path, command, lines: Some(lines), zone })
            }
            (Err(why), _) | (_, Err(why)) => Err(format!("`{path}` cannot be read ({why}); run `{command}` again")),
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use serde_json::Value;

    use super::*;
    use crate::base::path::SitePath;
    use crate::schedule::Change;

    fn essay(title: &str, day: Date) -> Due {
        let path = SitePath::new("content/essays/one.md").expect("clean");
        Due { day, change: Change::Appears, title: title.to_owned(), path }
    }

    fn order(runner: Runner, kind: &str, due: Vec<Due>) -> Order {
        let zone_name = "Europe/Berlin".to_owned();
        Order {
            runner,
            command: "throughline publish init github --time-zone Europe/Berlin".to_owned(),
            target: "site".to_owned(),
            kind: kind.to_owned(),
            branch: "main".to_owned(),
            pages: "gh-pages".to_owned(),
            folder: String::new(),
            zone: TimeZone::get(&zone_name).expect("a zone"),
            zone_name,
            due,
            remembers: false,
            version: "1.2.3",
            rust: "1.95",
        }
    }

    fn read(text: &str) -> Option<Result<Workflow, String>> {
        let zones = |name: &str| TimeZone::get(name).map_err(|error| error.to_string());
        Workflow::read(Runner::GitHub, "x.yml", text, &zones)
    }

    fn parsed(text: &str) -> Value {
        let options = serde_saphyr::options! { strict_booleans: true, with_snippet: false };
        serde_saphyr::from_str_with_options(text, options).unwrap_or_else(|error| panic!("{error}\n{text}"))
    }

    fn scripts(value: &Value) -> String {
        let steps = value["jobs"]["publish"]["steps"].as_array().expect("a list of steps");
        steps.iter().filter_map(|step| step["run"].as_str()).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn github_runs_on_pushes_by_hand_and_when_essays_fall_due() {
        let due = vec![
            essay("Trust: #1 \"arrives\"\n  - cron: \"* * * * *\"", date(2027, 3, 2)),
            essay("Two", date(2027, 3, 2)),
            essay("Leap", date(2028, 2, 29)),
        ];
        let order = order(Runner::GitHub, "netlify", due);
        let text = order.text();
        let value = parsed(&text);
        assert_eq!(value["on"]["push"]["branches"], serde_json::json!(["main"]));
        assert!(value["on"].as_object().is_some_and(|on| on.contains_key("workflow_dispatch")));
        assert_eq!(
            value["on"]["schedule"],
            serde_json::json!([{ "cron": "7 23 1 3 *" }, { "cron": "7 23 28 2 *" }]),
            "{text}"
        );
        assert_eq!(value["permissions"], serde_json::json!({ "contents": "write" }));
        assert_eq!(value["concurrency"]["cancel-in-progress"], false);
        assert_eq!(value["env"]["TZ"], "Europe/Berlin");
        let job = &value["jobs"]["publish"];
        assert!(job["timeout-minutes"].is_number() && job["runs-on"] != "ubuntu-latest");
        let steps = job["steps"].as_array().expect("a list of steps");
        for uses in steps.iter().filter_map(|step| step["uses"].as_str()) {
            let version = uses.split_once("@v").expect("a version").1;
            assert_eq!(version.split('.').filter(|part| part.parse::<u32>().is_ok()).count(), 3, "{uses}");
        }
        let scripts = scripts(&value);
        assert!(scripts.contains("--version =1.2.3 --locked") && scripts.contains("throughline publish site --yes"));
        let with_secret: Vec<&Value> = steps.iter().filter(|step| !step["env"].is_null()).collect();
        assert_eq!(with_secret.len(), 1, "a secret is seen by the step that needs it alone");
        assert_eq!(with_secret[0]["env"]["NETLIFY_AUTH_TOKEN"], "${{ secrets.NETLIFY_AUTH_TOKEN }}");
        assert!(text.contains("# 29 February 2028: \"Leap\" appears"), "{text}");
    }

    #[test]
    fn github_has_no_schedule_where_nothing_is_due() {
        let value = parsed(&order(Runner::GitHub, "git", Vec::new()).text());
        assert!(value["on"].as_object().is_some_and(|on| !on.contains_key("schedule")));
        assert!(
            value["jobs"]["publish"]["steps"]
                .as_array()
                .is_some_and(|steps| { steps.iter().all(|step| step["env"].is_null()) })
        );
    }

    #[test]
    fn a_book_in_a_folder_has_a_workflow_of_its_own() {
        let mut order = order(Runner::GitHub, "git", Vec::new());
        order.folder = "docs/my book".to_owned();
        assert_eq!(order.path(), ".github/workflows/publish-docs-my-book.yml");
        let value = parsed(&order.text());
        assert_eq!(value["defaults"]["run"]["working-directory"], "docs/my book");
        assert_eq!(value["concurrency"]["group"], "publish-docs-my-book");
    }

    #[test]
    fn what_others_were_told_is_kept_from_run_to_run() {
        let mut order = order(Runner::GitHub, "git", Vec::new());
        (order.remembers, order.folder) = (true, "docs".to_owned());
        let value = parsed(&order.text());
        let steps = value["jobs"]["publish"]["steps"].as_array().expect("a list of steps");
        let kept = steps.iter().find(|step| step["with"]["path"] == "docs/.throughline/told.json").expect("a step");
        // A key is written once: each run has its own and finds the newest of those before.
        assert_eq!(kept["with"]["key"], "throughline-told-docs-${{ github.run_id }}-${{ github.run_attempt }}");
        assert_eq!(kept["with"]["restore-keys"], "throughline-told-docs-");
        order.runner = Runner::GitLab;
        let value = parsed(&order.text());
        assert_eq!(value["publish"]["cache"][1]["paths"], serde_json::json!(["docs/.throughline/told.json"]));
    }

    #[test]
    fn many_days_become_one_line_for_each_day() {
        let first = date(2027, 3, 2);
        let day = |offset: i32| first.checked_add(jiff::ToSpan::days(i64::from(offset))).expect("near");
        let few: Vec<Due> = (0..30).map(|offset| essay("One", day(offset))).collect();
        let many: Vec<Due> = (0..31).map(|offset| essay("One", day(offset))).collect();
        let lines = |due| {
            let text = order(Runner::GitHub, "git", due).text();
            let workflow = read(&text).expect("ours").expect("good");
            workflow.lines.expect("it says when")
        };
        assert_eq!((lines(few).len(), lines(many).as_slice()), (30, ["7 23 * * *".to_owned()].as_slice()));
    }

    #[test]
    fn gitlab_runs_when_its_schedule_does() {
        for kind in ["git", "netlify"] {
            let value = parsed(&order(Runner::GitLab, kind, Vec::new()).text());
            let job = &value["publish"];
            assert_eq!(job["resource_group"], "publish");
            assert!(job["image"].as_str().is_some_and(|image| image.starts_with("rust:1.95")));
            let rules = job["rules"].to_string();
            assert!(rules.contains("schedule") && rules.contains("web") && rules.contains("push"), "{rules}");
            let script = job["script"].to_string();
            assert!(script.contains("--version =1.2.3 --locked") && script.contains("publish site --yes"), "{script}");
            assert_eq!(value["pages"].is_object(), kind == "git", "pages are made of the branch that git pushes to");
        }
    }

    #[test]
    fn a_file_is_ours_by_its_first_line() {
        let text = order(Runner::GitHub, "git", vec![essay("One", date(2027, 3, 2))]).text();
        assert_eq!(command_of(&text), Some("throughline publish init github --time-zone Europe/Berlin"));
        let workflow = read(&text).expect("ours").expect("good");
        assert_eq!(workflow.lines, Some(vec!["7 23 1 3 *".to_owned()]));
        assert_eq!(workflow.zone.iana_name(), Some("Europe/Berlin"));
        assert!(read("name: Mine\n").is_none());
        let broken = read(&text.replace("on:\n", "on: [\n"));
        let why = broken.expect("ours").expect_err("broken");
        let nowhere = read(&text.replace("TZ: \"Europe/Berlin\"", "TZ: Nowhere")).expect("ours");
        assert!(nowhere.is_err_and(|why| why.contains("Nowhere")));
        assert!(
            why.contains("`x.yml` cannot be read") && why.contains("run `throughline publish init github"),
            "{why}"
        );
    }
}
