//! Copied pages in all languages, taken apart. Knows the reader alone.

use super::*;
use crate::import::foreign::Unit;

fn page(text: &str) -> Page {
    let page = read_page(text);
    assert_eq!(page.roles.len(), text.lines().count(), "every line has a role");
    page
}

#[test]
fn a_reply_without_a_name_has_none_and_its_age_is_cut_off_its_words() {
    let page = page(
        "On Keels\nA keel is what you do not see.\nAlso on LinkedIn: go to my Medium page (link at top) to continue the conversation\nShipwright | #wood\n4 \u{5e74}But wait, is it not ballast?\nA second paragraph.\nRigger @ Yard\n2 \u{4e2a}\u{6708}The mast matters more.",
    );
    assert_eq!((page.title.as_str(), page.paragraphs.len(), page.cross_posts.len()), ("On Keels", 1, 1));
    let first = &page.replies[0];
    assert_eq!((first.author.name.as_deref(), first.author.headline.as_deref()), (None, Some("Shipwright | #wood")));
    assert_eq!(first.body.text, "But wait, is it not ballast?\n\nA second paragraph.");
    assert!(matches!(&first.date, When::Age(age) if age.count == 4 && age.unit == Unit::Year), "{:?}", first.date);
    assert_eq!(page.replies[1].author.headline.as_deref(), Some("Rigger @ Yard"));
    assert_eq!(page.replies[1].body.text, "The mast matters more.");
}

#[test]
fn a_full_copy_gives_names_badges_reactions_and_answers() {
    let text = "View Ada Keel\u{2019}s  graphic link\nAda KeelAda Keel\n   \u{2022} 2ndPremium \u{2022} 2nd\nPilot at HarbourPilot at Harbour\n4y\n\nGood. 3y ago I would not have said so.\n\nMore.\n\nLike\nlikeinsightful\n3\nReply\n1 Reply on Ada Keel\u{2019}s comment\n\nView Bo Mast\u{2019}s  graphic link\nBo MastBo Mast\n   Author\n4y \u{2022} Edited \u{2022}\n\nReply\nhashtag#wood is how I read it.\n\nLike\n1\nReply\n";
    let page = page(text);
    let [ada, bo] = page.replies.as_slice() else { panic!("{:#?}", page.replies) };
    assert_eq!(
        (ada.author.name.as_deref(), ada.author.headline.as_deref()),
        (Some("Ada Keel"), Some("Pilot at Harbour"))
    );
    assert_eq!((ada.body.text.as_str(), ada.reactions), ("Good. 3y ago I would not have said so.\n\nMore.", Some(3)));
    assert_eq!((bo.author.name.as_deref(), bo.author.headline.as_deref()), (Some("Bo Mast"), None));
    assert_eq!((bo.author.is_essay_author, bo.is_edited, bo.reactions), (true, true, Some(1)));
    assert_eq!(bo.body.text, "Reply\n#wood is how I read it.");
    assert_eq!(bo.parent, ada.id);
    assert!(ada.id.is_some());
}

#[test]
fn other_languages_are_read_by_their_own_words() {
    let page = page(
        "Gita Reling\n\u{2022} 2.\nBootsbauerin\n2 Jahre\nBearbeitet\n\u{201e}Vor 3 Jahren\u{201c} war es anders.\nGef\u{e4}llt mir\nAntworten\n1 Reaktion\nHugo Mast\nAutor:in\n1 Woche\nDanke!\nGef\u{e4}llt mir\nAntworten",
    );
    let [gita, hugo] = page.replies.as_slice() else { panic!("{:#?}", page.replies) };
    assert_eq!(
        (gita.author.name.as_deref(), gita.author.headline.as_deref()),
        (Some("Gita Reling"), Some("Bootsbauerin"))
    );
    assert_eq!((gita.is_edited, gita.reactions), (true, Some(1)));
    assert!(gita.body.text.starts_with('\u{201e}'));
    assert_eq!((hugo.author.name.as_deref(), hugo.author.is_essay_author), (Some("Hugo Mast"), true));
    assert_eq!(page.language.as_deref(), Some("de"));
}

#[test]
fn a_clip_in_markdown_gives_addresses_and_loses_detours() {
    let page = page(
        "[Lars Mast](https://www.linkedin.com/in/lars?trk=x)\n\nRigger\n\n6mo\n\n- [Report this comment](https://www.linkedin.com/uas/login)\n\nThe *mast*, [as here](https://www.linkedin.com/redir/redirect?url=https%3A%2F%2Fexample.org%2Fmast&urlhash=a&trk=b).\n\n[Like](https://x.example/1)[Reply](https://x.example/2)[1 Reaction](https://x.example/3) 2 Reactions\n",
    );
    let reply = &page.replies[0];
    assert_eq!(
        (reply.author.name.as_deref(), reply.author.url.as_deref()),
        (Some("Lars Mast"), Some("https://www.linkedin.com/in/lars"))
    );
    assert_eq!(reply.author.headline.as_deref(), Some("Rigger"));
    assert_eq!(reply.body.text, "The *mast*, [as here](https://example.org/mast).");
    assert_eq!((reply.body.format, reply.reactions), (Format::Markdown, Some(1)));
}

#[test]
fn garbage_has_no_replies_and_does_no_harm() {
    for text in
        ["", "\n\n\n", "Just an essay.\nWith 3 days in it.", "4y", &"4y\n".repeat(3_000), &"\u{2022} ".repeat(5_000)]
    {
        let page = read_page(text);
        assert_eq!(page.roles.len(), text.lines().count());
    }
    assert!(read_page("Just an essay.\nWith 3 days in it.").replies.is_empty());
}

type Interface = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
    &'static str,
    &'static str,
);

/// By language: like, reply, a count of reactions, a count of answers, lines that open or hide replies, the mark of a folded
/// text, and an age.
const INTERFACES: [Interface; 16] = [
    (
        "en",
        "Like",
        "Reply",
        "3 reactions",
        "2 replies",
        &["See 3 more replies", "Load more comments"],
        "…see more",
        "2y",
    ),
    ("zh", "赞", "回复", "3 次回应", "2 条回复", &["查看更多回复", "收起回复", "查看 3 条回复"], "…展开", "2 年"),
    ("zh", "讚", "回覆", "3 個回應", "2 則回覆", &["顯示先前的回覆", "載入更多留言"], "…更多", "2 年"),
    (
        "de",
        "Gefällt mir",
        "Antworten",
        "3 Reaktionen",
        "2 Antworten",
        &["Weitere Antworten anzeigen", "Vorherige Antworten laden", "Antworten ausblenden"],
        "…mehr",
        "2 Jahre",
    ),
    (
        "es",
        "Recomendar",
        "Responder",
        "3 reacciones",
        "2 respuestas",
        &["Ver 3 respuestas más", "Cargar más comentarios", "Ocultar respuestas"],
        "…más",
        "2 años",
    ),
    (
        "fr",
        "J’aime",
        "Répondre",
        "3 réactions",
        "2 réponses",
        &["Voir plus de réponses", "Afficher les réponses précédentes", "Masquer les réponses"],
        "…plus",
        "2 ans",
    ),
    (
        "pt",
        "Gostei",
        "Responder",
        "3 reações",
        "2 respostas",
        &["Ver mais respostas", "Carregar mais comentários", "Ocultar respostas"],
        "…ver mais",
        "2 anos",
    ),
    (
        "it",
        "Consiglia",
        "Rispondi",
        "3 reazioni",
        "2 risposte",
        &["Vedi altre risposte", "Carica altri commenti", "Nascondi risposte"],
        "…altro",
        "2 anni",
    ),
    (
        "nl",
        "Interessant",
        "Beantwoorden",
        "3 reacties",
        "2 antwoorden",
        &["Meer antwoorden weergeven", "Vorige antwoorden laden", "Antwoorden verbergen"],
        "…meer",
        "2 jaar",
    ),
    (
        "ja",
        "いいね！",
        "返信",
        "3件のリアクション",
        "2件の返信",
        &["返信をさらに表示", "返信を非表示にする", "以前の返信を読み込む"],
        "…もっと見る",
        "2年",
    ),
    ("ko", "추천", "답글", "반응 3개", "답글 2개", &["답글 더보기", "이전 답글 보기", "답글 숨기기"], "…더보기", "2년"),
    (
        "pl",
        "Poleć",
        "Odpowiedz",
        "3 reakcje",
        "2 odpowiedzi",
        &["Zobacz więcej odpowiedzi", "Załaduj poprzednie komentarze", "Ukryj odpowiedzi"],
        "…więcej",
        "2 lata",
    ),
    (
        "sv",
        "Gilla",
        "Svara",
        "3 reaktioner",
        "2 svar",
        &["Visa fler svar", "Ladda tidigare kommentarer", "Dölj svar"],
        "…mer",
        "2 år",
    ),
    (
        "tr",
        "Beğen",
        "Yanıtla",
        "3 tepki",
        "2 yanıt",
        &["Daha fazla yanıt göster", "Önceki yanıtları yükle", "Yanıtları gizle"],
        "…daha fazla",
        "2 yıl",
    ),
    (
        "ar",
        "أعجبني",
        "رد",
        "٣ تفاعلات",
        "٢ ردود",
        &["عرض المزيد من الردود", "تحميل التعليقات السابقة", "إخفاء الردود"],
        "…المزيد",
        "٢ سنة",
    ),
    (
        "ru",
        "Нравится",
        "Ответить",
        "3 реакции",
        "2 ответа",
        &["Показать ещё 3 ответа", "Загрузить предыдущие комментарии", "Скрыть ответы"],
        "…ещё",
        "2 г.",
    ),
];

#[test]
fn furniture_of_any_language_is_no_name_and_no_words() {
    for (language, like, reply, reactions, answers, openings, fold, age) in INTERFACES {
        for furniture in openings.iter().chain([&reactions, &answers]) {
            let page = page(&format!(
                "Ada Keel\n \u{2022} 2.\nRigger\n{age}\n\nThe mast.\nThe keel. {fold}\n{like}\n{reply}\n{reactions}\n{answers}\n{furniture}\n\nBo Mast\nPilot\n{age}\n\nThe hull.\n{fold}\n{like}\n{reply}\n{furniture}\n"
            ));
            let [ada, bo] = page.replies.as_slice() else { panic!("{language} {furniture}: {:#?}", page.replies) };
            assert_eq!((ada.author.name.as_deref(), bo.author.name.as_deref()), (Some("Ada Keel"), Some("Bo Mast")));
            assert_eq!(
                (ada.author.headline.as_deref(), bo.author.headline.as_deref()),
                (Some("Rigger"), Some("Pilot"))
            );
            assert_eq!(
                (ada.body.text.as_str(), bo.body.text.as_str()),
                ("The mast.\nThe keel.", "The hull."),
                "{furniture}"
            );
            assert_eq!(ada.reactions, Some(3), "{language} {furniture}");
            assert_eq!(page.language.as_deref(), Some(language), "{furniture}");
            assert_eq!(page.gaps, ["the copy does not say which reply answers which; all stand on one level"]);
        }
    }
}

#[test]
fn a_heading_over_answers_nests_them_in_any_language() {
    for (heading, age) in [
        ("1 Reply on Ada Keel’s comment", "2y"),
        ("1 Antwort auf Ada Keels Kommentar", "2 Jahre"),
        ("1 Antwort auf den Kommentar von Ada Keel", "2 Jahre"),
        ("1 respuesta en el comentario de Ada Keel", "2 años"),
        ("1 réponse sur le commentaire d’Ada Keel", "2 ans"),
        ("1 resposta ao comentário de Ada Keel", "2 anos"),
        ("1 risposta al commento di Ada Keel", "2 anni"),
        ("1 antwoord op de opmerking van Ada Keel", "2 jaar"),
        ("Ada Keelさんのコメントへの返信１件", "2年"),
        ("Ada Keel님의 댓글에 대한 답글 1개", "2년"),
        ("对 Ada Keel 的评论的 1 条回复", "2 年"),
        ("1 odpowiedź na komentarz użytkownika Ada Keel", "2 lata"),
        ("1 svar på Ada Keels kommentar", "2 år"),
        ("Ada Keel adlı kullanıcının yorumuna 1 yanıt", "2 yıl"),
        ("١ رد على تعليق Ada Keel", "2 سنة"),
        ("1 ответ на комментарий Ada Keel", "2 г."),
    ] {
        let page = page(&format!(
            "Ada Keel\n \u{2022} 2.\nRigger\n{age}\n\nThe mast.\n{heading}\n\nBo Mast\nPilot\n{age}\n\nThe hull.\n\nCy Reling\n \u{2022} 1.\n{age}\n\nThe deck.\n"
        ));
        let [ada, bo, cy] = page.replies.as_slice() else { panic!("{heading}: {:#?}", page.replies) };
        assert_eq!(bo.author.name.as_deref(), Some("Bo Mast"), "{heading}");
        assert!(ada.id.is_some() && bo.parent == ada.id && cy.parent.is_none(), "{heading}");
        assert_eq!(page.gaps, [""; 0], "{heading}");
    }
}

#[test]
fn a_line_that_nobody_knows_is_reported_and_is_neither_name_nor_headline() {
    let page = page(
        "Ada Keel\n \u{2022} 2nd\nRigger\n2y\n\nThe mast.\n\nLike\nReply\nSomething of the page\n\nBo Mast\nPilot\n2y\n\nThe hull.\n\nLike\nReply\nA thing of the page\n\nCy Reling\n2y\n\nThe deck.\n\nLike\nReply\n\nView Di Kiel’s  graphic link\nDi Kiel\n \u{2022} 3rd+\nCook\nA line of the page\n2y\n\nThe galley.\n\nLike\nReply\n",
    );
    let told =
        |reply: &ForeignReply| (reply.author.name.clone(), reply.author.headline.clone(), reply.body.text.clone());
    let replies: Vec<_> = page.replies.iter().map(told).collect();
    let wanted = |name: &str, headline: Option<&str>, text: &str| {
        (Some(name.to_owned()), headline.map(str::to_owned), text.to_owned())
    };
    assert_eq!(
        replies,
        [
            wanted("Ada Keel", Some("Rigger"), "The mast."),
            wanted("Bo Mast", Some("Pilot"), "The hull."),
            wanted("Cy Reling", None, "The deck."),
            wanted("Di Kiel", Some("Cook"), "The galley."),
        ]
    );
    let line = |number: usize| format!("line {number} is no part of a reply that is known");
    assert_eq!(page.gaps, [line(10), line(20), line(34)]);
    assert_eq!(page.roles.iter().filter(|role| **role == Role::Unknown).count(), 3);
}

#[test]
fn words_that_look_like_the_interface_stay_words_where_more_follow() {
    let page = page(
        "Ada Keel\n \u{2022} Follow\n2y\n\nThree words:\n\nLike\nReply\n\nShare\n\nThey are verbs.\n\nAll of them.\n\nEach one.\n\nLike\nReply\n\nBo Mast\n \u{2022} 1st\n2y\n\nCounts:\n\n3\n4\n\nThat is all.\n",
    );
    assert!(page.replies[0].body.text.ends_with("Each one."), "{:#?}", page.replies);
    assert!(page.replies[1].body.text.ends_with("That is all."), "{:#?}", page.replies);
    assert_eq!(page.gaps, [""; 0]);
}

#[test]
fn an_age_of_two_meanings_is_kept_as_written_and_read_where_the_language_is_given() {
    let text = "Ada Keel\n4 m\n\nHola.\n\nBo Mast\n \u{2022} 2\n3 m\n\nEs verdad.\n";
    let page = page(text);
    assert_eq!(page.ambiguous, [2, 8]);
    let dates: Vec<&When> = page.replies.iter().map(|reply| &reply.date).collect();
    assert_eq!(dates, [&When::AgeText("4 m".to_owned()), &When::AgeText("3 m".to_owned())]);
    for (language, unit) in [("es", Unit::Month), ("en-GB", Unit::Minute)] {
        let page = read_page_in(text, Some(language));
        assert!(page.ambiguous.is_empty());
        let units = page.replies.iter().filter(|reply| matches!(&reply.date, When::Age(age) if age.unit == unit));
        assert_eq!(units.count(), 2, "{language}");
    }
}

#[test]
fn ages_in_another_language_than_the_words_around_them_are_read() {
    let page = page("Ada Keel\n \u{2022} 2.\nRigger\n2 years ago\n\nThe mast.\n\nGefällt mir\nAntworten\n");
    assert_eq!((page.replies.len(), page.language.as_deref()), (1, Some("de")));
    assert_eq!(page.replies[0].body.text, "The mast.");
}
