/** The matching elements under `root`, and `root` itself: htmx hands over either. */
export function within<E extends HTMLElement>(root: Document | Element, selector: string): E[] {
  const below = [...root.querySelectorAll<E>(selector)];
  return root instanceof Element && root.matches(selector) ? [root as E, ...below] : below;
}

/**
 * Listens once on the document for an event on any element that matches, now or
 * after a swap. Our pages carry no inline handlers: the content security policy
 * forbids them.
 */
export function on<K extends keyof DocumentEventMap>(
  type: K,
  selector: string,
  handle: (element: HTMLElement, event: DocumentEventMap[K]) => void,
  options?: AddEventListenerOptions,
): void {
  document.addEventListener(
    type,
    (event) => {
      const element = event.target instanceof Element ? event.target.closest<HTMLElement>(selector) : null;
      if (element) handle(element, event);
    },
    options,
  );
}
