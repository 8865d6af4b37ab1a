const ja = {
  cancel: 'やめる',
  close: '閉じる',
  confirm: '実行する',
  copied: 'コピーしました',
  copyFailed: 'コピーできませんでした。文字を選んでコピーしてください。',
  networkFailed: '通信できませんでした。接続を確かめて、もう一度お試しください。',
  noTextField: '差し込む欄をクリックしてから、もう一度お試しください。',
  selected: (count: number) => `${count.toLocaleString('ja')} 件を選択中`,
};

const en: typeof ja = {
  cancel: 'Cancel',
  close: 'Close',
  confirm: 'Continue',
  copied: 'Copied',
  copyFailed: 'Could not copy. Please select the text and copy it.',
  networkFailed: 'No connection to the server. Please check your network and try again.',
  noTextField: 'Click the field to insert into, then try again.',
  selected: (count: number) => `${count.toLocaleString('en')} selected`,
};

/** What scripts say, in the language of the page. */
export const texts = document.documentElement.lang.startsWith('en') ? en : ja;
