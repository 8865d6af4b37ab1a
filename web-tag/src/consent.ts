interface PrivacySignals {
  globalPrivacyControl?: boolean;
  doNotTrack?: string | null;
}

/** Whether this visitor, or the visitor's browser, has said no to being counted. */
export const optedOut = (): unknown =>
  (navigator as PrivacySignals).globalPrivacyControl ||
  navigator.doNotTrack == '1' ||
  localStorage.ma_optout == '1' ||
  /ma_optout=1/.test(document.cookie);
