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
fn deeply_nested_markup_does_not_hold_up_the_others() {
    // V-11
    let html = "<div>".repeat(5_000) + "春";
    assert!(Renderer.text_of(&html.as_str().into()).contains('春'));
}
