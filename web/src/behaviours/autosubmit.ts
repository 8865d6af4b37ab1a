import { within } from '../delegate';

const DEFAULTS = {
  'hx-swap': 'outerHTML',
  'hx-push-url': 'true',
  'hx-trigger': 'input delay:300ms, change, submit',
  'hx-sync': 'this:replace',
};

/**
 * `<form method="get" action="/ui/leads" data-autosubmit="#results">`: a filter
 * that applies itself and keeps its address shareable. The answer is the whole
 * page, of which `#results` is taken, so that it works without scripts too.
 */
export function installAutosubmit(): void {
  // Our script runs before htmx first looks at the page.
  equip(document);
  document.addEventListener('htmx:before:process', (event) => {
    if (event.target instanceof Element) equip(event.target);
  });
  document.addEventListener('htmx:config:request', ({ detail: { ctx } }) => {
    if (ctx.sourceElement.matches('form[data-autosubmit]')) dropEmpty(ctx.request.body as FormData);
  });
}

function equip(root: Document | Element): void {
  for (const form of within<HTMLFormElement>(root, 'form[data-autosubmit]:not([hx-get])')) {
    const results = form.dataset['autosubmit'] || '#results';
    const attributes = { ...DEFAULTS, 'hx-target': results, 'hx-select': results };
    for (const [name, value] of Object.entries(attributes)) {
      if (!form.hasAttribute(name)) form.setAttribute(name, value);
    }
    form.setAttribute('hx-get', form.getAttribute('action') ?? location.pathname);
  }
}

/** A shared address should name only the filters that are set. */
function dropEmpty(values: FormData): void {
  for (const name of new Set(values.keys())) {
    const filled = values.getAll(name).filter((value) => value !== '');
    values.delete(name);
    for (const value of filled) values.append(name, value);
  }
}
