//! The pipeline for GitLab CI. Knows its words, and no book.

use super::workflow::Order;

/// The file. When it runs by itself is kept by GitLab beside the repository, not in it.
pub(super) fn text(order: &Order) -> String {
    let Order { version, rust, zone_name, .. } = order;
    let folder = match order.folder.as_str() {
        "" => String::new(),
        folder => format!("    - cd {}\n", quoted(folder)),
    };
    let secrets = match order.secrets() {
        [] => String::new(),
        names => format!(
            "    # {} come{} from Settings, CI/CD, Variables; protected and masked there.\n",
            names.join(" and "),
            if names.len() == 1 { "s" } else { "" }
        ),
    };
    let pages = if order.kind == "git" { pages(order) } else { String::new() };
    format!(
        "{mark}\n\
         publish:\n\
         \x20 image: rust:{rust}-bookworm\n\
         \x20 rules:\n\
         \x20   - if: $CI_COMMIT_BRANCH != $CI_DEFAULT_BRANCH\n\
         \x20     when: never\n\
         \x20   # By the schedule on which essays fall due, by hand, and whenever something is written.\n\
         \x20   - if: $CI_PIPELINE_SOURCE == \"schedule\" || $CI_PIPELINE_SOURCE == \"web\" || $CI_PIPELINE_SOURCE == \"push\"\n\
         \x20 # One run after the other: two would publish over each other.\n\
         \x20 resource_group: publish\n\
         \x20 interruptible: false\n\
         \x20 timeout: 45 minutes\n\
         \x20 variables:\n\
         \x20   # Days begin where the writer is, not where the machine stands.\n\
         \x20   TZ: {zone}\n\
         \x20   GIT_DEPTH: \"0\"\n\
         \x20 cache:\n\
         \x20   - key: throughline-{version}\n\
         \x20     paths: [.throughline-program/]\n\
         {told}\
         \x20 script:\n\
         \x20   - '[ -e \"/usr/share/zoneinfo/$TZ\" ] || {{ apt-get update && apt-get install --yes tzdata; }}'\n\
         \x20   - echo /.throughline-program/ >> .git/info/exclude\n\
         \x20   # The newest state, with what a run before this one committed; and every branch, for the one that holds the site.\n\
         \x20   - git fetch origin '+refs/heads/*:refs/remotes/origin/*'\n\
         \x20   - git checkout --force -B \"$CI_COMMIT_BRANCH\" \"origin/$CI_COMMIT_BRANCH\"\n\
         \x20   - git config user.name \"GitLab CI\"\n\
         \x20   - git config user.email \"ci@$CI_SERVER_HOST\"\n\
         \x20   - >-\n\
         \x20     [ -x .throughline-program/bin/throughline ] ||\n\
         \x20     cargo install throughline --version ={version} --locked --root .throughline-program\n\
         \x20   - export PATH=\"$CI_PROJECT_DIR/.throughline-program/bin:$PATH\"\n\
         {folder}\
         {secrets}\
         \x20   # The list of addresses is committed also after a failure: it changes only once the site is out, and telling others\n\
         \x20   # of it may fail after that.\n\
         \x20   - {publish} || failed=$?\n\
         \x20   # A push with the token of a job starts no pipeline, so this does not go round in circles. It is allowed under\n\
         \x20   # Settings, CI/CD, Job token permissions.\n\
         \x20   - |\n\
         \x20     if [ -e published.toml ]; then\n\
         \x20       git add published.toml\n\
         \x20       if ! git diff --cached --quiet -- published.toml; then\n\
         \x20         git commit --message \"Record what was published [skip ci]\" -- published.toml\n\
         \x20         git push origin \"HEAD:$CI_COMMIT_BRANCH\" ||\n\
         \x20           {{ git pull --rebase --autostash origin \"$CI_COMMIT_BRANCH\" && git push origin \"HEAD:$CI_COMMIT_BRANCH\"; }}\n\
         \x20       fi\n\
         \x20     fi\n\
         \x20   # A moment that was missed, or will be because this file does not know of it, is an error.\n\
         \x20   - throughline status || failed=$?\n\
         \x20   - exit \"${{failed:-0}}\"\n\
         {pages}",
        mark = order.mark(),
        told = told(order),
        zone = quoted(zone_name),
        publish = order.publish(),
    )
}

/// What others were told, so that they hear of each text once.
fn told(order: &Order) -> String {
    if !order.remembers {
        return String::new();
    }
    format!(
        "    - key: throughline-told\n      paths: [{}]\n      when: always\n",
        quoted(&order.file(".throughline/told.json"))
    )
}

/// GitLab shows what a job named `pages` leaves in `public`, not what stands on a branch: the site is taken from its branch.
fn pages(order: &Order) -> String {
    format!(
        "\n\
         pages:\n\
         \x20 image: rust:{rust}-bookworm\n\
         \x20 needs: [publish]\n\
         \x20 rules:\n\
         \x20   - if: $CI_COMMIT_BRANCH != $CI_DEFAULT_BRANCH\n\
         \x20     when: never\n\
         \x20   - if: $CI_PIPELINE_SOURCE == \"schedule\" || $CI_PIPELINE_SOURCE == \"web\" || $CI_PIPELINE_SOURCE == \"push\"\n\
         \x20 script:\n\
         \x20   - git fetch --depth 1 origin {branch}\n\
         \x20   - rm -rf public && mkdir public\n\
         \x20   - git archive FETCH_HEAD | tar -x -C public\n\
         \x20 artifacts:\n\
         \x20   paths: [public]\n",
        rust = order.rust,
        branch = quoted(&order.pages),
    )
}

/// A text between double quotes, which YAML shares with JSON.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
