import { texts } from '../texts';

/** Elements whose question has just been answered with yes. */
const confirmed = new WeakSet<Element>();

/**
 * `data-confirm="text"` on a form, button or link, and htmx's `hx-confirm`: asks
 * before it goes on. `data-confirm-ok` names the act on the button ("Delete").
 */
export function installConfirm(): void {
  // While capturing, so that the question comes before htmx and everyone else.
  document.addEventListener('click', holdClick, true);
  document.addEventListener('submit', holdSubmit, true);
  document.addEventListener('htmx:confirm', (event) => {
    const { ctx, issueRequest, dropRequest } = event.detail;
    event.preventDefault();
    // The question may be inherited; htmx has it, though its types do not say so.
    const { confirm = '' } = ctx as { confirm?: string };
    void ask(confirm, ctx.sourceElement).then((yes) => (yes ? issueRequest() : dropRequest()));
  });
}

function holdClick(event: MouseEvent): void {
  const element = event.target instanceof Element && event.target.closest<HTMLElement>('[data-confirm]:not(form)');
  if (element) hold(event, element, () => element.click());
}

function holdSubmit(event: SubmitEvent): void {
  const form = event.target as HTMLFormElement;
  if (form.matches('[data-confirm]')) hold(event, form, () => form.requestSubmit(event.submitter));
}

function hold(event: Event, element: HTMLElement, goOn: () => void): void {
  if (confirmed.delete(element)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  void ask(element.dataset['confirm'] ?? '', element).then((yes) => {
    if (!yes) return;
    confirmed.add(element);
    goOn();
    // A form that turned out invalid was never submitted: ask again next time.
    confirmed.delete(element);
  });
}

/** Shows the question. Escape and the back gesture mean no. */
async function ask(question: string, about: Element): Promise<boolean> {
  const dialog = document.createElement('dialog');
  dialog.className = 'confirm-dialog';
  dialog.setAttribute('aria-labelledby', 'confirm-question');
  const form = document.createElement('form');
  form.method = 'dialog';
  const text = document.createElement('p');
  text.id = 'confirm-question';
  text.textContent = question;
  const label = about.getAttribute('data-confirm-ok') ?? texts.confirm;
  form.append(text, choice(texts.cancel, 'no', 'btn'), choice(label, 'yes', okClass(about)));
  dialog.append(form);
  document.body.append(dialog);
  dialog.showModal();
  await new Promise((closed) => dialog.addEventListener('close', closed, { once: true }));
  dialog.remove();
  return dialog.returnValue === 'yes';
}

function choice(label: string, value: string, className: string): HTMLButtonElement {
  const button = document.createElement('button');
  button.value = value;
  button.className = className;
  button.textContent = label;
  return button;
}

function okClass(about: Element): string {
  const button = about.matches('form') ? about.querySelector('[type=submit], button:not([type])') : about;
  return button?.matches('[class*=danger]') ? 'btn btn-danger' : 'btn btn-primary';
}
