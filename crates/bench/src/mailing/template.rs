//! A mail as long as those that MJML makes: tables in tables, every style inline.

use std::fmt::Write as _;

/// Blocks of ten lines, with the head and the end about 200 lines.
const BLOCKS: usize = 19;

const HEAD: &str = r#"<!doctype html>
<html lang="ja" xmlns:v="urn:schemas-microsoft-com:vml">
<head><meta charset="utf-8"><title>オープンキャンパス</title>
<!--[if mso]><xml><o:OfficeDocumentSettings></o:OfficeDocumentSettings></xml><![endif]-->
<style>@media only screen and (min-width:480px) { .column { width:100% !important; } }</style>
</head>
<body style="word-spacing:normal;background-color:#f4f4f4;">
<p style="font-size:16px;line-height:1.8;">{{ name or "お客" }}様</p>
"#;

/// The HTML of a template with one link in each block.
pub(super) fn html() -> String {
    let mut html = HEAD.to_owned();
    for block in 0..BLOCKS {
        // Writing to a String cannot fail.
        let _ = write!(
            html,
            r#"<!--[if mso | IE]><table align="center" border="0" cellpadding="0" cellspacing="0" width="600"><tr><td><![endif]-->
<div style="margin:0px auto;max-width:600px;background-color:#ffffff;">
<table align="center" border="0" cellpadding="0" cellspacing="0" role="presentation" style="width:100%;">
<tbody><tr><td style="direction:ltr;font-size:0px;padding:20px 0;text-align:center;">
<div class="column" style="font-size:0px;text-align:left;display:inline-block;vertical-align:top;width:100%;">
<p style="font-family:'Hiragino Sans',sans-serif;font-size:15px;line-height:1.8;">第{block}回　学科の紹介と体験授業のご案内です。{{{{ name }}}}様のご参加をお待ちしています。</p>
<a href="https://school.example/course/{block}?year=2027&amp;from=mail" style="display:inline-block;background:#0055aa;color:#ffffff;" target="_blank">くわしく見る</a>
</div>
</td></tr></tbody></table></div>
<!--[if mso | IE]></td></tr></table><![endif]-->
"#
        );
    }
    html.push_str("</body>\n</html>\n");
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mail_has_about_two_hundred_lines() {
        // P6
        let lines = html().lines().count();
        assert!((195..=205).contains(&lines), "{lines}");
    }
}
