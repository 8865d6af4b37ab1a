import { Times } from './times';

/** Sends the body, and once more where the network or the server failed. */
export const send = (endpoint: URL, body: string, isRetry?: boolean): Promise<unknown> =>
  // A plain string goes as text/plain, which crosses origins without a preflight.
  fetch(endpoint, { method: 'POST', body, keepalive: true, credentials: 'omit' })
    .then(({ status }) => {
      // "Too many requests" and all of the 5xx; a refusal (400, 403) would only be repeated.
      if (status > 428) throw status;
    })
    .catch(
      () =>
        isRetry ||
        new Promise((wake) => {
          setTimeout(wake, Times.RETRY_AFTER_MS);
          // A page that is left would not live to see the timer.
          addEventListener('visibilitychange', wake);
        }).then(() => (document.hidden ? navigator.sendBeacon(endpoint, body) : send(endpoint, body, true))),
    );
