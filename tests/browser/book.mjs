// Books that are made for a test and built by the binary.
import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import path from "node:path";

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
export const throughline = process.env.THROUGHLINE ?? path.join(root, "target/debug/throughline");

// A folder with these files, built without a warning; the caller removes it.
export function built(files) {
  const book = mkdtempSync(path.join(tmpdir(), "throughline-book-"));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(book, name)), { recursive: true });
    writeFileSync(path.join(book, name), text);
  }
  execFileSync(throughline, ["-C", book, "build", "--quiet", "--deny", "warnings"]);
  return book;
}

// Every file of a folder whose name ends so, by its path below the folder.
export function files(folder, end) {
  return readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(end)).sort();
}

const essay = (title, date, more, text) => `+++\ntitle = "${title}"\ndate = ${date}\n${more}+++\n${text}\n`;
const words = (count) => Array.from({ length: count }, (_, at) => ["the crew", "keeps", "a watch", "that", "nobody", "sees", "until morning"][at % 7]).join(" ");

// A small book with everything that a page can show.
export const everything = {
  "book.toml": 'title = "All hands"\nauthor = "Ada Quill"\nsummary = "A book to be looked at."\nbase_url = "https://x.example/sub/path/"\n[print]\nreplies = true\n',
  "content/essays/keel.md": essay("The keel below", "2021-03-02", 'series = "Hulls"\npart = 1\nstart = true\nsummary = "What holds it all."\nsyndication = ["https://www.linkedin.com/pulse/keel"]\n', `
Steady [[trust]] holds the crew.[^one] See [[The rudder behind]] and [the web](https://web.example/a-long-address/that-goes-on/and-on/and-on).

> [!pull]
> holds the crew

## Of code

\`\`\`toml
a_very_long_line = "which goes on and on and on and on and on and on and on and on and on and on and on until it wraps"
\`\`\`

| What | Why | When | Where | Who |
|---|---|---|---|---|
| A long cell of words | Another long cell of words | Tomorrow in the morning | On the foredeck | The second mate |

> [!WARNING]
> Mind the gap.

## Of figures

![A drawing of a keel](keel.svg "The keel, as drawn")

- [x] one
- [ ] two

Term
: What it means.

### Below

A formula, $a^2 + b^2$, and ${words(60)}.

![[The rudder behind#p-the-rudder-turns-what-the]]

[^one]: A note with a [link](https://web.example/) and \`code\`.
`),
  "content/essays/keel.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="800" height="300" viewBox="0 0 800 300"><path d="M10 150h780" stroke="#857e73"/></svg>',
  "content/essays/rudder.md": essay("The rudder behind", "2021-04-02", 'series = "Hulls"\npart = 2\n', "The rudder turns what the keel holds. [[The keel below]] comes first. Trust and course go together.\n\nA course of trust is long."),
  "content/essays/zwei.md": essay("Zwei Wörter", "2022-01-01", 'lang = "de"\n', "Hier steht wenig."),
  "content/concepts/trust.md": '+++\ntitle = "trust"\naliases = ["good faith"]\nsummary = "Reliance on another. It grows slowly."\nrelated = ["course"]\n+++\nSome prose of [[The keel below]].[^a]\n\n[^a]: A note.\n',
  "content/concepts/course.md": '+++\ntitle = "course"\nsummary = "The line to be steered."\n+++\n',
  "content/series/hulls.md": '+++\ntitle = "Hulls"\nsummary = "Two essays on what is below."\n+++\nRead in order.\n',
  "content/pages/about.md": '+++\ntitle = "About"\nsummary = "Who wrote it."\n+++\nA page of its own about [[trust]].\n',
  "content/replies/keel.toml": '[[thread]]\nsource = "linkedin"\nkey = "keel"\n\n[[reply]]\nid = "linkedin:1"\nauthor = "Ola Nordmann"\ndate = 2021-03-02\nheadline = "Harbour pilot"\ntext = "The *keel* I know; trust comes later."\n\n[[reply]]\nid = "linkedin:2"\nparent = "linkedin:1"\nage = "4 y"\nbetween = ["2021-03-02", "2021-12-01"]\ntext = "So it is."\n\n[[reply]]\nid = "linkedin:4"\nage = "4 y"\ntext = "Undated."\n\n[[reply]]\nid = "linkedin:3"\nstate = "held"\nauthor = "Zed Hidden"\ntext = "Words that wait."\n',
};
