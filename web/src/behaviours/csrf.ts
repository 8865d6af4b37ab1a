/**
 * Sends the page's CSRF token with every htmx request that changes something.
 * By event, since htmx 4 passes `hx-headers` to children only where it is marked
 * `:inherited`, and a forgotten mark would send nothing, silently.
 */
export function installCsrf(): void {
  document.addEventListener('htmx:config:request', ({ detail: { ctx } }) => {
    const token = document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content;
    if (token && ctx.request.method !== 'GET') ctx.request.headers['X-CSRF-Token'] = token;
  });
}
