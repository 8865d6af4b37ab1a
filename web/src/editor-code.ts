import { autocompletion, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete';
import { html } from '@codemirror/lang-html';
import { lintGutter, setDiagnostics, type Diagnostic } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { basicSetup } from 'codemirror';
import { on } from './delegate';
import { upload } from './editor/upload';

const SOON_MS = 300;

const host = document.querySelector<HTMLElement>('[data-code-editor]');
const area = host?.querySelector('textarea');
if (host && area) install(host, area);

/** Takes the place of the textarea; what is typed stands in both, so that the form stays a form. */
function install(host: HTMLElement, area: HTMLTextAreaElement): void {
  const view = new EditorView({
    state: EditorState.create({
      doc: area.value,
      extensions: [
        basicSetup,
        html(),
        lintGutter(),
        autocompletion({ override: [mergeTags] }),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-labelledby': label(host, area) }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) writeBack(area, update.state.doc.toString());
        }),
      ],
    }),
  });
  view.dom.classList.add('code-editor');
  area.after(view.dom);
  area.hidden = true;
  area.required = false;
  insertTagsAtCursor(view);
  markProblems(view);
  takePictures(view);
}

function label(host: HTMLElement, area: HTMLTextAreaElement): string {
  const label = host.querySelector<HTMLLabelElement>(`label[for="${area.id}"]`);
  if (label) label.id = `${area.id}-label`;
  return `${area.id}-label`;
}

let writing: ReturnType<typeof setTimeout> | undefined;

function writeBack(area: HTMLTextAreaElement, text: string): void {
  area.value = text;
  clearTimeout(writing);
  writing = setTimeout(() => area.dispatchEvent(new Event('input', { bubbles: true })), SOON_MS);
}

/** The merge tags of the page, offered after `{{`. */
function mergeTags(context: CompletionContext): CompletionResult | null {
  const before = context.matchBefore(/\{\{[^}]*/);
  if (!before) return null;
  const buttons = [...document.querySelectorAll<HTMLElement>('[data-insert-tag]')];
  const options = buttons.map((button) => ({
    label: button.dataset['insertTag'] ?? '',
    detail: button.textContent?.trim() ?? '',
  }));
  return { from: before.from, options, filter: false };
}

/** The buttons insert where the cursor is, if it was last in the editor. */
function insertTagsAtCursor(view: EditorView): void {
  let isLast = false;
  document.addEventListener('focusin', ({ target }) => {
    if (target instanceof HTMLElement && target.matches('input, textarea, .cm-content')) {
      isLast = view.dom.contains(target);
    }
  });
  document.addEventListener(
    'click',
    (event) => {
      const button = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-insert-tag]') : null;
      if (!button || !isLast) return;
      event.stopImmediatePropagation();
      insert(view, button.dataset['insertTag'] ?? '');
    },
    { capture: true },
  );
}

function insert(view: EditorView, text: string): void {
  view.dispatch(view.state.replaceSelection(text));
  view.focus();
}

/** What the server finds wrong is marked at its line as well. */
function markProblems(view: EditorView): void {
  const list = document.querySelector('#problems');
  if (!list) return;
  const mark = () => view.dispatch(setDiagnostics(view.state, problems(view, list)));
  new MutationObserver(mark).observe(list, { childList: true, subtree: true });
  mark();
}

function problems(view: EditorView, list: Element): Diagnostic[] {
  return [...list.querySelectorAll<HTMLElement>('[data-part="html"]')].map((item) => {
    const number = Math.min(Number(item.dataset['line']) || 1, view.state.doc.lines);
    const line = view.state.doc.line(number);
    const from = Math.min(line.from + (Number(item.dataset['column']) || 1) - 1, line.to);
    return { from, to: line.to, severity: 'error', message: item.textContent?.trim() ?? '' };
  });
}

/** A chosen picture is uploaded, and its tag stands where the cursor is. */
function takePictures(view: EditorView): void {
  on('change', '[data-upload-image]', async (input) => {
    const field = input as HTMLInputElement;
    const taken = await upload(field.dataset['uploadImage'] ?? '', field.files ?? []);
    field.value = '';
    const isMjml = view.state.doc.toString().includes('<mjml');
    for (const { src, width } of taken) {
      const shown = Math.min(width, 600);
      insert(view, isMjml ? `<mj-image src="${src}" alt="" width="${shown}px" />\n` : `<img src="${src}" alt="" width="${shown}" style="max-width:100%;height:auto">\n`);
    }
  });
}
