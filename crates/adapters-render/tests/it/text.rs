//! The text part.

use adapters_render::Renderer;
use domain::content::MailRenderer;

#[test]
fn a_mail_reads_well_as_text() {
    let html = "<html><head><title>題</title><style>p { color: red }</style></head><body>\
        <table><tr><td><h1>オープンキャンパスのご案内</h1></td></tr>\
        <tr><td><p>佐藤様</p><p>下記の日程で開催します。<a href=\"https://school.example.jp/oc?x=1&amp;y=2\">申込はこちら</a></p>\
        <ul><li>午前の部</li><li>午後の部</li></ul></td></tr></table></body></html>";
    insta::assert_snapshot!(Renderer.text_of(&html.into()), @r"
    # オープンキャンパスのご案内
    佐藤様

    下記の日程で開催します。[申込はこちら][1]
    * 午前の部
    * 午後の部

    [1]: https://school.example.jp/oc?x=1&y=2
    ");
}

#[test]
fn what_only_the_markup_says_is_not_read() {
    // B68: the lines that the law wants are looked for in what people see.
    let html = "<html><head><title>春日学園</title></head><body><!--[if mso]><p>東京都</p><![endif]-->\
        <p title=\"03-0000-0000\">本文</p><a href=\"https://u.example/t\"><img src=\"x.png\"></a></body></html>";
    let text = Renderer.text_of(&html.into());
    for hidden in ["春日学園", "東京都", "03-0000-0000"] {
        assert!(!text.contains(hidden), "{hidden}: {text}");
    }
}

#[test]
fn deeply_nested_markup_does_not_hold_up_the_others() {
    // V-11
    let html = "<div>".repeat(5_000) + "春";
    assert!(Renderer.text_of(&html.as_str().into()).contains('春'));
}
