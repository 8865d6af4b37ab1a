/**
 * Writes a first-party cookie, given as `name=value`; 0 seconds delete it.
 * An empty domain means this host only (RFC 6265bis, 5.6.3).
 */
export const writeCookie = (cookie: string, seconds: number, domain: string): void => {
  document.cookie = `${cookie};path=/;max-age=${seconds};SameSite=Lax;domain=${domain};${
    location.protocol > 'http:' ? 'Secure' : ''
  }`;
};
