// A book whose essay has everything that a conversation can do to a page: length, depth, long words, other scripts, gaps.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import path from "node:path";

const program = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../target/debug/throughline");
const word = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft";
const address = `https://example.org/${"a-very-long-path-without-a-blank/".repeat(6)}?of=${"letters".repeat(12)}`;

// Every reply: its number, whom it answers, and what else its table says.
const replies = [
  { at: 1, author: "Ada Quill", text: "The keel holds because nobody looks at it.\n\nThat is the whole of the matter, and a second paragraph says so again.", day: "2021-03-02T07:00:00Z", passage: "It leaves on horseback." },
  { at: 2, to: 1, author: "Bruno Marsh", text: "Not where the water is shallow." },
  { at: 3, to: 2, author: "Carla Stone", text: `What about ${word}${word}?\n\n<${address}>` },
  { at: 4, to: 3, author: "Dario Birch", text: "Then it is no keel any more." },
  { at: 5, to: 4, author: "The Author", text: "A keel is what it does, whatever it is called.", own: true },
  { at: 6, to: 5, author: "", text: "Somebody without a name says this on the sixth level." },
  { at: 7, to: 6, author: "Gita Reed", text: `And this is the seventh: \`${"code_without_a_blank".repeat(6)}\` stands in it.` },
  { at: 8, author: "Hugo Hale-Wells of the Very Long Name That Somebody Gave Himself In A Profile", text: "> The essay says this.\n>\n> > And somebody said that before.\n\nI say something else." },
  { at: 9, author: "\u0644\u064a\u0644\u0649 \u062d\u062f\u0627\u062f", text: "\u0627\u0644\u062b\u0642\u0629 \u062a\u0635\u0644 \u0633\u064a\u0631\u0627 \u0639\u0644\u0649 \u0627\u0644\u0623\u0642\u062f\u0627\u0645\u060c \u0648\u062a\u063a\u0627\u062f\u0631 \u0639\u0644\u0649 \u0638\u0647\u0631 \u062d\u0635\u0627\u0646. \u0642\u0631\u0623\u062a \u0647\u0630\u0627 \u0627\u0644\u0646\u0635 \u0645\u0631\u062a\u064a\u0646\u060c \u0648\u0641\u064a \u0643\u0644 \u0645\u0631\u0629 \u0648\u062c\u062f\u062a \u0641\u064a\u0647 \u0634\u064a\u0626\u0627 \u062c\u062f\u064a\u062f\u0627.\n\n> \u0627\u0642\u062a\u0628\u0627\u0633 \u0642\u0635\u064a\u0631 (Trust, 2021).\n\n- \u0623\u0648\u0644\u0627\n- \u062b\u0627\u0646\u064a\u0627" },
  { at: 10, to: 9, author: "\u738b\u5c0f\u660e", text: "\u4fe1\u4efb\u6765\u65f6\u6b65\u884c\uff0c\u53bb\u65f6\u7b56\u9a6c\u3002\u8fd9\u53e5\u8bdd\u8bf4\u5f97\u5f88\u597d\uff0c\u4f46\u662f\u5728\u5c0f\u56e2\u961f\u91cc\uff0c\u4fe1\u4efb\u6709\u65f6\u4e5f\u4f1a\u5750\u8f66\u6765\uff0c\u800c\u4e14\u4e0d\u6253\u7b97\u518d\u8d70\u3002" },
  { at: 11, author: "Ines Crane", text: `A list:\n\n- one\n- two, with ${word}\n  - an inner one\n    1. and a deeper one\n\n1. first\n2. second` },
  { at: 12, author: "Jonas Wells", text: `\`\`\`\nfn keel() -> Weight { ${"ballast + ".repeat(20)}0 }\n    indented\n\`\`\`\n\nThat was **code**, this is *not*, and ~~this~~ is gone.` },
  { at: 13, removed: true, author: "Gone", text: "Words that are nowhere." },
  { at: 14, to: 13, author: "Kira Quill", text: "A living answer to a reply that was removed." },
  { at: 15, to: 14, removed: true, author: "Gone", text: "Words that are nowhere." },
  { at: 16, to: 15, author: "Lars Marsh", text: "Deep below two gaps." },
  { at: 17, to: 16, author: "Mira Stone", text: "On the fifth level, so it says whom it answers." },
  { at: 18, to: 15, author: "Nils Birch", text: "An answer to a gap." },
  ...Array.from({ length: 12 }, (_, more) => ({ at: 19 + more, author: `Reader ${more + 1}`, text: `Trust and once more trust, as reader ${more + 1} sees it.`, ...(more % 3 ? {} : { between: true }) })),
];

function table(reply) {
  const lines = ["[[reply]]", `id = "linkedin:${reply.at}"`, ...(reply.author ? [`author = ${JSON.stringify(reply.author)}`] : []), `headline = "Pilot | keels, ballast and a good deal more than fits into one line of a phone"`];
  if (reply.to) lines.push(`parent = "linkedin:${reply.to}"`);
  if (reply.between) lines.push('age = "4 y"', 'between = ["2022-03-02", "2023-03-01"]');
  else lines.push(`date = ${reply.day ?? `2021-04-${String(reply.at).padStart(2, "0")}`}`);
  if (reply.own) lines.push("by_author = true");
  if (reply.at % 4 === 0) lines.push("edited = true");
  if (reply.removed) lines.push('at_source = "deleted"');
  if (reply.passage) lines.push(`passage = ${JSON.stringify(reply.passage)}`);
  if (!reply.removed) lines.push(`address = "https://www.linkedin.com/feed/update/urn:li:activity:1?comment=${reply.at}"`);
  lines.push(`text = ${JSON.stringify(reply.text)}`);
  return lines.join("\n");
}

const essay = (title, more = "") => `+++\ntitle = "${title}"\ndate = 2021-01-02\n${more}+++\n`;
const files = {
  "book.toml": 'title = "Keels"\nauthor = "The Author"\nbase_url = "https://keels.example/"\n[replies]\nheadlines = true\n',
  "content/essays/one.md": `${essay("One", 'syndication = ["https://medium.com/@author/one-0a1b2c3d4e5f"]\n')}Trust arrives on foot. It leaves on horseback.\n\nA second paragraph stands below it.\n`,
  "content/essays/two.md": `${essay("Two")}Few words, one reply.\n`,
  "content/concepts/trust.md": '+++\ntitle = "trust"\n+++\nWhat arrives on foot.\n',
  "content/replies/one.toml": `[[thread]]\nsource = "linkedin"\naddress = "https://www.linkedin.com/feed/update/urn:li:activity:1"\n\n${replies.map(table).join("\n\n")}\n`,
  "content/replies/two.toml": '[[reply]]\nid = "mine:1"\nauthor = "Ada Quill"\ntext = "The only one here."\n',
};

// Writes the book into a new folder and builds it; gives the folder.
export function build() {
  const book = mkdtempSync(path.join(tmpdir(), "throughline-thread-"));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(book, name)), { recursive: true });
    writeFileSync(path.join(book, name), text);
  }
  execFileSync(program, ["-C", book, "build", "--quiet", "--deny", "warnings"]);
  return book;
}
