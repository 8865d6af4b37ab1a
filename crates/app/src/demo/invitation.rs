//! What the demo prints when it runs.

use std::path::Path;

use super::state::Card;

/// Addresses, login, and what to try. Japanese first, like the interface.
pub(super) fn text(card: &Card, file: &Path) -> String {
    let Card {
        url,
        site_url,
        mailbox_url,
        email,
        password,
        ..
    } = card;
    let file = file.display();
    format!(
        "
Ondo(温度)のデモが動いています。            The Ondo demo is running.

  管理画面    Interface     {url}
    メール    e-mail        {email}
    パスワード password     {password}
  受信箱      Mailbox       {mailbox_url}
  見本サイト  Sample site   {site_url}

ためしてみる / What to try
  1. 受信箱で「個別相談」のメールを開き、リンクを押します。
     Open a mail in the mailbox and follow a link: you arrive at the sample site as that person.
  2. 見本サイトで「入試情報」「Web出願」を見ます。
     Look at 入試情報 (exam) and Web出願 (apply) there.
  3. 管理画面の「高温度リスト」で、その人の温度が上がったことを確かめます。
     See in the interface how that lead has turned hot, and why.
  4. 受信箱の「時間を進める」で、シナリオの続きのメールを受け取ります。
     Put the clock forward in the mailbox: the next mails of the campaign arrive.

API トークンなど / API token and all of the above for programs: {file}
もう一度起動してもデータは残ります。やり直すには --fresh。 / Data is kept; --fresh starts over.
終了は Ctrl+C。 / Ctrl+C stops it.
"
    )
}
