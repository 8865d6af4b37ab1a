import { optedOut } from './consent';
import { writeCookie } from './cookie';
import { send } from './send';
import { Times } from './times';
import { uuid } from './uuid';

declare global {
  interface Window {
    /** What a site may call; the only name the tag adds to the page. */
    ondo?: { optOut(): void; optIn(): void; page(): void };
  }
}

/** A fault of ours must never become a fault of the page. */
const quietly = (act: () => void) => () => {
  try {
    act();
  } catch {}
};

quietly(() => {
  // An element with the id "ondo" is a window.ondo as well, but has no page().
  if ((window.ondo || ({} as { page?: unknown })).page) return;

  // A tag manager may run the script in a way that leaves currentScript empty,
  // and drop its data attributes: then the site key is in the script's address.
  const script = (document.currentScript || document.querySelector('script[src*="/tag.js"]')) as HTMLScriptElement;
  const { src, dataset } = script;
  const sid = dataset.siteKey || src.split(/sid=|&/)[1];
  const domain = dataset.cookieDomain || '';
  const address = () => location.href.split('#')[0]!;
  let previous = document.referrer;

  const page = quietly(() => {
    const url = location.href;
    const [parameter, separator, landed, , next] =
      /([?&])tid=([\da-f]{8}(-[\da-f]{4}){4}[\da-f]{8})(&|$)/i.exec(address()) || [];
    const [, known] = /ma_tid=([\da-f-]{36})/.exec(document.cookie) || [];
    // As text: URLSearchParams would re-encode the site's own parameters.
    if (parameter) history.replaceState(history.state, '', url.replace(parameter, next! && separator!));
    if (!optedOut()) {
      const tid = (landed || known || uuid()).toLowerCase();
      writeCookie('ma_tid=' + tid, Times.YEAR_S, domain);
      send(new URL('/t/pv', src), JSON.stringify({
        // On a landing this is the browser's earlier id, beside the new one in
        // the address, so that the server can join the two histories.
        tid: known || tid,
        url,
        referrer: previous,
        ts: Date.now(),
        sid,
        eid: uuid(),
        // Cut by code point: half an emoji is not JSON to every reader.
        title: /.{0,200}/u.exec(document.title)![0],
      }));
    }
    previous = address();
  });

  const moved = () => setTimeout(() => address() == previous || page(), Times.SETTLE_MS);
  for (const name of ['pushState', 'replaceState'] as const) {
    const original = history[name];
    history[name] = (...change) => {
      original.apply(history, change);
      moved();
    };
  }
  addEventListener('popstate', moved);

  window.ondo = {
    page,
    optOut: quietly(() => {
      writeCookie('ma_tid=', 0, domain);
      writeCookie('ma_optout=1', Times.YEAR_S, domain);
    }),
    optIn: quietly(() => {
      writeCookie('ma_optout=', 0, domain);
      delete localStorage.ma_optout;
      page();
    }),
  };
  page();
})();
