//! Words and sentences of which books are made: grammatical, and about nothing.

use std::sync::LazyLock;

use super::numbers::Numbers;

/// What essays are about, the most used first.
const CONCEPTS: &str = "seamanship|weather|tools|apprenticeship|repair|timber|tides|charts|rope|harbours\
|night watches|lighthouses|ferries|bridges|canals|locks|cargo|ballast|anchors|salvage\
|gardens|soil|seeds|pruning|grafting|orchards|hedges|compost|seasons|drought\
|bread|salt|kitchens|recipes|hunger|markets|barter|debt|thrift|ledgers\
|maps|measurement|clocks|calendars|almanacs|records|archives|libraries|catalogues|indexes\
|letters|handwriting|printing|proofreading|translation|dictionaries|grammar|metaphor|satire|eulogies\
|schools|examinations|homework|play|toys|games|chess|puzzles|riddles|jokes\
|music|choirs|rehearsal|improvisation|tuning|silence|noise|echoes|rhythm|dance\
|painting|perspective|colour|shadow|portraits|museums|forgery|restoration|theatre|masks\
|medicine|nursing|hospitals|sleep|dreams|pain|fever|convalescence|old age|childhood\
|courts|juries|witnesses|oaths|contracts|property|inheritance|taxes|elections|petitions\
|parliaments|constitutions|treaties|borders|exile|hospitality|strangers|neighbours|villages|streets\
|houses|doors|windows|stairs|roofs|cellars|furniture|mending|laundry|dust\
|walking|running|swimming|climbing|falling|pilgrimage|tourism|railways|timetables|delays\
|engines|steam|electricity|batteries|bicycles|radio|telegraphs|telephones|photographs|film\
|numbers|proof|chance|statistics|models|theories|instruments|errors|calibration|doubt\
|memory|forgetting|attention|habit|imitation|originality|boredom|curiosity|surprise|wonder\
|friendship|rivalry|envy|generosity|apology|forgiveness|promises|secrets|rumours|reputations\
|work|wages|strikes|guilds|tenders|overtime|retirement|idleness|holidays|weekends\
|fire|water|stone|glass|iron|paper|leather|wool|linen|clay";

/// The third of them that are concepts, too, stand in texts without being named by an essay.
const NOUNS: &str = "weather timber rope soil bread salt hunger debt thrift grammar satire music silence rhythm colour pain \
sleep dust steam paper proof chance doubt memory habit boredom friendship rivalry envy generosity forgiveness work fire water \
stone glass iron wool clay repair cargo ballast play attention wonder \
captain crew clerk baker ferryman gardener teacher pupil judge carpenter printer stranger neighbour widow miller doctor porter \
letter ledger lamp ladder table bell basket wheel hammer kettle drawer page margin sentence question answer rule exception \
promise plan delay route crossing landing harbour quarter street doorway staircase window cellar workshop kitchen orchard \
hedge meadow river bridge tide storm winter harvest morning evening calendar errand bargain price wage receipt quarrel verdict \
rumour secret story lesson mistake remedy custom tool pattern sample measure signal echo";

const VERBS: &str = "carries mends counts follows hides sells borrows returns copies draws opens closes lifts drops weighs paints \
cleans marks crosses guards spoils feeds warms cools bends splits joins binds loosens sorts mixes spends saves trades finds \
misses hears answers doubts praises blames forgives outlives replaces remembers";

const DEEDS: &str = "carry mend count follow hide sell borrow return copy draw open close lift drop weigh paint clean mark cross \
guard spoil feed warm cool bend split join bind loosen sort mix spend save trade find miss hear answer doubt praise blame forgive";

const QUALITIES: &str = "narrow broad heavy light crooked straight dry damp bitter sweet loud dim bright rough smooth steep shallow \
deep empty full borrowed stolen painted broken mended folded rusty polished sleepy nervous stubborn cheerful solemn modest proud \
distant nearby foreign domestic ancient recent annual daily seasonal provincial official unwritten reliable doubtful";

const PLACES: &str = "at the ferry landing|on the far bank|before the first frost|after the harvest|below the stairs|in the back room|\
between two tides|on the way home|at the end of the quarter|during the long winter|in a borrowed coat|by lamplight|\
with both hands|without a receipt|for the third time|in front of the judge|behind the orchard|on the kitchen table|\
at the wrong window|under the old bridge|in the margin|out of season";

const OPENERS: &str = "Nevertheless,|On most days,|In old books,|For once,|Some years later,|As it happens,|Strictly speaking,|\
Once in a while,|By all accounts,|On paper,|At first,|Sooner or later,";

const JOINTS: &str =
    ", and| because|, though| until|, so| wherever| as soon as|, yet| in case|; besides,| before| after";

const PEOPLE: &str = "Agnes Bertil Celeste Dorus Edda Florian Gesine Horst Imke Jorge Katrin Leopold Malin Nils Odile Pavel Ragna Sergio \
Thea Urs Vera Wim Yrsa Zeno";

/// A list of words, by the word.
pub(crate) struct Words {
    pub(crate) concepts: Vec<&'static str>,
    pub(crate) nouns: Vec<&'static str>,
    pub(crate) verbs: Vec<&'static str>,
    pub(crate) deeds: Vec<&'static str>,
    pub(crate) qualities: Vec<&'static str>,
    pub(crate) people: Vec<&'static str>,
    places: Vec<&'static str>,
    openers: Vec<&'static str>,
    joints: Vec<&'static str>,
    /// For each concept the sum of the weights up to it: one, a half, a third …
    weights: Vec<usize>,
}

/// All words.
pub(crate) static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let concepts: Vec<&str> = CONCEPTS.split('|').collect();
    let weights = (1..=concepts.len()).scan(0, |sum, rank| {
        *sum += 1_000_000 / rank;
        Some(*sum)
    });
    Words {
        weights: weights.collect(),
        concepts,
        nouns: NOUNS.split(' ').collect(),
        verbs: VERBS.split(' ').collect(),
        deeds: DEEDS.split(' ').collect(),
        qualities: QUALITIES.split(' ').collect(),
        people: PEOPLE.split(' ').collect(),
        places: PLACES.split('|').collect(),
        openers: OPENERS.split('|').collect(),
        joints: JOINTS.split('|').collect(),
    }
});

/// A concept by the law of Zipf: the tenth a tenth as often as the first.
pub(crate) fn concept(numbers: &mut Numbers) -> &'static str {
    let drawn = numbers.below(*WORDS.weights.last().expect("there are concepts"));
    WORDS.concepts[WORDS.weights.partition_point(|sum| *sum <= drawn)]
}

/// A sentence of about fifteen words, with emphasis, quotes, dashes and code as writers use them.
pub(crate) fn sentence(numbers: &mut Numbers) -> String {
    let mut text = String::with_capacity(160);
    if numbers.is_in(160) {
        text.push_str(numbers.pick(&WORDS.openers));
        text.push(' ');
    }
    clause(numbers, &mut text);
    if numbers.is_in(550) {
        text.push_str(numbers.pick(&WORDS.joints));
        text.push(' ');
        clause(numbers, &mut text);
    }
    ornament(numbers, &mut text);
    text.push(if numbers.is_in(50) { '?' } else { '.' });
    capital(&text)
}

/// The text with a capital at its start.
pub(crate) fn capital(text: &str) -> String {
    let first = text.chars().next().map_or(0, char::len_utf8);
    format!("{}{}", text[..first].to_uppercase(), &text[first..])
}

fn clause(numbers: &mut Numbers, text: &mut String) {
    let Words { nouns, verbs, deeds, qualities, people, places, .. } = &*WORDS;
    let form = numbers.below(7);
    let mut noun = || numbers.pick(nouns);
    let (one, two, three) = (noun(), noun(), noun());
    let (verb, second_verb) = (numbers.pick(verbs), numbers.pick(verbs));
    let (deed, second_deed) = (numbers.pick(deeds), numbers.pick(deeds));
    let (quality, place) = (numbers.pick(qualities), numbers.pick(places));
    let clause = match form {
        0 => format!("no {one} {verb} the {two} without some {three}"),
        1 => format!("whoever {verb} the {one} {second_verb} the {quality} {two} too"),
        2 => format!("{} {verb} the {one} {place}", numbers.pick(people)),
        3 => format!("there was more {one} than {two} in the {quality} {three}"),
        4 => format!("the {quality} {one} {verb} what the {two} {second_verb} {place}"),
        5 => format!("we {deed} the {one} before we {second_deed} the {quality} {two}"),
        _ => format!("nobody can {deed} the {one} {place} and {second_deed} the {two}"),
    };
    text.push_str(&clause);
}

fn ornament(numbers: &mut Numbers, text: &mut String) {
    let Words { nouns, qualities, people, .. } = &*WORDS;
    match numbers.below(100) {
        0..5 => *text = text.replacen(" the ", " *that very* ", 1),
        5..10 => *text = text.replacen(" the ", " **the whole** ", 1),
        10..15 => {
            text.push_str(&format!(", or \"the {} {}\", ", numbers.pick(qualities), numbers.pick(nouns)));
            text.push_str(&format!("as {} would say", numbers.pick(people)));
        }
        15..18 => text.push_str(&format!("... or the {}", numbers.pick(nouns))),
        18..20 => text.push_str(&format!(" -- and it isn't {}", numbers.pick(qualities))),
        20..22 => text.push_str(&format!(" (`{}.{}`)", numbers.pick(nouns), numbers.pick(nouns))),
        22..23 => text.push_str(&format!(
            ", as [a report](https://example.org/{}/{}) has it",
            numbers.pick(nouns),
            numbers.below(1_000)
        )),
        _ => (),
    }
}
