//! HTML of readers, and what becomes of it.

use super::to_markdown;

#[test]
fn the_elements_of_a_reply_become_markdown() {
    for (html, wanted) in [
        ("<p>One <b>two </b>three.</p><p>Four<br/>five<br></p>", "One **two** three.\n\nFour\\\nfive"),
        ("<a href=\"https://example.org/a_(b)\">See <i>this</i></a>.", "[See *this*](https://example.org/a_%28b%29)."),
        ("<a href=\"https://example.org/a_b\">https://example.org/a_b</a>", "<https://example.org/a_b>"),
        ("<a href=\"javascript:x()\">words</a> <a href=\"/here\">here</a>", "words here"),
        ("<blockquote><p>a</p><p>b</p></blockquote><blockquote>c</blockquote>d", "> a\n>\n> b\n\n> c\n\nd"),
        (
            "<ul><li>one<ul><li>two</ul><li><p>three</p><p>four</p></ul>five",
            "- one\n  - two\n- three\n\n  four\n\nfive",
        ),
        ("<ol start=3><li>c<li>d</ol>", "3. c\n4. d"),
        ("Use <code>a `b`</code> and <pre>x\n  y</pre>", "Use `` a `b` ``\u{20}and\n\n```\nx\n  y\n```"),
        ("<b><i>both</i></b> <b></b><em> </em>end", "***both*** end"),
        ("<p><strong>a<p>b</strong>c", "**a**\n\nbc"),
        ("a<hr>b<script>alert(1)</script><style>p{}</style><svg><p>x</p></svg>", "a\n\n***\n\nb"),
        ("One.\nTwo.\n\nThree <b>x</b>.", "One.\\\nTwo.\n\nThree **x**."),
        (
            "<p>1. not a list</p><p># nor *this* [x] &amp; ~y~ &lt;b&gt;</p>",
            "1\\. not a list\n\n\\# nor \\*this\\* \\[x\\] & \\~y\\~ \\<b>",
        ),
        ("<p>&gt; quoted words</p><p>mine</p>", "> quoted words\n\nmine"),
        ("<table><tr><td>a<td>b</tr><tr><td>c</table>", "a b\n\nc"),
        ("<img src=x onerror=y>x https://example.org/y_z.", "x <https://example.org/y_z>."),
    ] {
        assert_eq!(to_markdown(html), wanted, "{html}");
    }
}

#[test]
fn what_never_ends_does_no_harm() {
    for piece in [
        "<div>",
        "<b>",
        "<ul><li>",
        "<blockquote>",
        "<a href=\"https://example.org\">",
        "</li></ul>",
        "<script>",
        "<pre>",
        "&",
        "<",
    ] {
        let html = format!("words {} words", piece.repeat(50_000));
        assert!(to_markdown(&html).starts_with("words"), "{piece}");
    }
}
