//! The workflow for GitHub Actions. Knows its words, and no book.

use super::workflow::Order;

/// The machine it runs on, by name: `latest` changes under a writer's feet, and the cache with it.
const MACHINE: &str = "ubuntu-24.04";
const CHECKOUT: &str = "actions/checkout@v5.0.1";
const CACHE: &str = "actions/cache@v5.0.5";

/// The file.
pub(super) fn text(order: &Order) -> String {
    let Order { branch, version, rust, zone_name, folder, .. } = order;
    let group = match folder.as_str() {
        "" => "publish".to_owned(),
        folder => format!("publish-{}", crate::base::slug::slug(folder)),
    };
    let defaults = match folder.as_str() {
        "" => String::new(),
        folder => format!("defaults:\n  run:\n    working-directory: {}\n\n", quoted(folder)),
    };
    format!(
        "{mark}name: Publish\n\
         \n\
         on:\n\
         \x20 push:\n\
         \x20   branches: [{quoted_branch}]\n\
         \x20 workflow_dispatch:\n\
         {schedule}\
         \n\
         permissions:\n\
         \x20 # To push the site or the list of published addresses.\n\
         \x20 contents: write\n\
         \n\
         # One run after the other: two would publish over each other.\n\
         concurrency:\n\
         \x20 group: {group}\n\
         \x20 cancel-in-progress: false\n\
         \n\
         env:\n\
         \x20 # Days begin where the writer is, not where the machine stands.\n\
         \x20 TZ: {zone}\n\
         \n\
         {defaults}\
         jobs:\n\
         \x20 publish:\n\
         \x20   runs-on: {MACHINE}\n\
         \x20   timeout-minutes: 45\n\
         \x20   steps:\n\
         \x20     - uses: {CHECKOUT}\n\
         \x20       with:\n\
         \x20         # The newest state, with what a run before this one committed; and every branch, for the one that holds the site.\n\
         \x20         ref: {quoted_branch}\n\
         \x20         fetch-depth: 0\n\
         \n\
         \x20     - uses: {CACHE}\n\
         \x20       id: program\n\
         \x20       with:\n\
         \x20         path: ~/.throughline\n\
         \x20         key: throughline-{version}-{MACHINE}\n\
         \n\
         {told}\
         \x20     - name: Install Throughline {version}\n\
         \x20       if: steps.program.outputs.cache-hit != 'true'\n\
         \x20       run: |\n\
         \x20         rustup toolchain install {rust} --profile minimal --no-self-update\n\
         \x20         cargo +{rust} install throughline --version ={version} --locked --root ~/.throughline\n\
         \n\
         \x20     - name: Make ready\n\
         \x20       run: |\n\
         \x20         echo \"$HOME/.throughline/bin\" >> \"$GITHUB_PATH\"\n\
         \x20         git config user.name \"github-actions[bot]\"\n\
         \x20         git config user.email \"41898282+github-actions[bot]@users.noreply.github.com\"\n\
         \n\
         \x20     - name: Publish\n\
         \x20       run: {publish}\n\
         {secrets}\
         \n\
         \x20     # A push with the token of a workflow starts no workflow, so this does not go round in circles.\n\
         \x20     # Also after a failure: the list changes only once the site is out, and telling others of it may fail after that.\n\
         \x20     - name: Commit the list of published addresses\n\
         \x20       if: ${{{{ !cancelled() }}}}\n\
         \x20       run: |\n\
         \x20         [ -e published.toml ] || exit 0\n\
         \x20         git add published.toml\n\
         \x20         git diff --cached --quiet -- published.toml && exit 0\n\
         \x20         git commit --message \"Record what was published [skip ci]\" -- published.toml\n\
         \x20         for attempt in 1 2 3; do\n\
         \x20           git push origin \"HEAD:{branch}\" && exit 0\n\
         \x20           git pull --rebase --autostash origin \"{branch}\"\n\
         \x20         done\n\
         \x20         exit 1\n\
         \n\
         \x20     # A moment that was missed, or will be because this file does not know of it, is an error.\n\
         \x20     - name: See that nothing is missed\n\
         \x20       run: throughline status\n",
        mark = order.mark(),
        branch = branch,
        quoted_branch = quoted(branch),
        schedule = schedule(order),
        told = told(order, &group),
        zone = quoted(zone_name),
        publish = order.publish(),
        secrets = secrets(order),
    )
}

fn schedule(order: &Order) -> String {
    let moments = order.moments();
    if moments.is_empty() {
        return String::new();
    }
    let mut text = format!(
        "  schedule:\n\
         \x20   # Moments at which essays are due, in UTC; the days begin in {}. A line has no room for a year: it runs on this day of\n\
         \x20   # every year, and where nothing is due then, nothing is published.\n",
        order.zone_name
    );
    for (line, essays) in moments {
        for essay in essays {
            text.push_str(&format!("    # {essay}\n"));
        }
        text.push_str(&format!("    - cron: \"{line}\"\n"));
    }
    text
}

/// A key of the cache is written once: each run has its own, and finds the newest of those before.
fn told(order: &Order, group: &str) -> String {
    if !order.remembers {
        return String::new();
    }
    let group = group.strip_prefix("publish").unwrap_or(group);
    format!(
        "      # What others were told, so that they hear of each text once.\n\
         \x20     - uses: {CACHE}\n\
         \x20       with:\n\
         \x20         path: {path}\n\
         \x20         key: throughline-told{group}-${{{{ github.run_id }}}}-${{{{ github.run_attempt }}}}\n\
         \x20         restore-keys: throughline-told{group}-\n\
         \n",
        path = quoted(&order.file(".throughline/told.json")),
    )
}

/// Secrets are seen by the step that needs them, and by no other.
fn secrets(order: &Order) -> String {
    let secrets = order.secrets();
    if secrets.is_empty() {
        return String::new();
    }
    let lines = secrets.iter().map(|name| format!("          {name}: ${{{{ secrets.{name} }}}}\n"));
    format!("        env:\n{}", lines.collect::<String>())
}

/// A text between double quotes, which YAML shares with JSON.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
