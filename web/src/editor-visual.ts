import grapesjs, { type Editor } from 'grapesjs';
import grapesjsMjml, { type PluginOptions } from 'grapesjs-mjml';
import { addBlocks } from './editor/blocks';
import { readable } from './editor/document';
import { core, isEnglish, mjml, words } from './editor/ja';
import { pictures, upload } from './editor/upload';
import { toast } from './behaviours/toast';

const SOON_MS = 300;
/** Elements that can be shown to some readers only; the server makes conditions of them. */
const CONDITIONAL = ['mj-section', 'mj-wrapper', 'mj-text', 'mj-button', 'mj-image', 'mj-divider', 'mj-spacer'];

/** It comes as a CommonJS module, whose default is inside its default. */
const plugin = (grapesjsMjml as unknown as { default?: typeof grapesjsMjml }).default ?? grapesjsMjml;

const MJML: PluginOptions = {
  blocks: [],
  i18n: { ja: mjml },
  fonts: {},
  resetDevices: false,
  columnsPadding: '0',
};

const host = document.querySelector<HTMLElement>('[data-visual-editor]');
const area = host?.querySelector('textarea');
if (host && area) {
  try {
    install(host, area);
  } catch (error) {
    // The textarea is still there, and holds the same document.
    toast(words.failed, 'danger');
    throw error;
  }
}

function install(host: HTMLElement, area: HTMLTextAreaElement): void {
  const frame = layout();
  area.before(frame.whole);
  const editor = grapesjs.init({
    container: frame.canvas,
    height: '100%',
    width: 'auto',
    storageManager: false,
    telemetry: false,
    // Otherwise a style sheet of a third party is fetched.
    cssIcons: '',
    panels: { defaults: [] },
    blockManager: { appendTo: frame.blocks },
    traitManager: { appendTo: frame.traits },
    styleManager: { appendTo: frame.styles },
    layerManager: { appendTo: frame.layers },
    i18n: { locale: isEnglish ? 'en' : 'ja', detectLocale: false, messagesAdd: { ja: core } },
    assetManager: { upload: host.dataset['images'] ?? '', uploadFile: (event) => void take(editor, host, event) },
    // What only the head of a mail holds is not part of what its reader sees.
    canvasCss: 'mj-head { display: none !important; }',
    plugins: [(editor) => plugin(editor, MJML)],
    deviceManager: {
      devices: [
        { id: 'desktop', name: words.desktop, width: '' },
        { id: 'phone', name: words.phone, width: '375px' },
      ],
    },
  });
  addBlocks(editor);
  addConditions(editor);
  editor.setComponents(readable(area.value));
  editor.UndoManager.clear();
  hide(area);
  keepInForm(editor, area);
  buttons(editor, frame.bar);
  insertTagsAtCursor(editor);
  void pictures(host.dataset['images'] ?? '').then((known) => editor.AssetManager.add(known));
}

interface Frame {
  whole: HTMLElement;
  bar: HTMLElement;
  blocks: HTMLElement;
  canvas: HTMLElement;
  traits: HTMLElement;
  styles: HTMLElement;
  layers: HTMLElement;
}

function layout(): Frame {
  const whole = box('visual-editor');
  const [bar, columns] = [box('visual-editor-bar'), box('visual-editor-columns')];
  const [left, canvas, right] = [box('visual-editor-side'), box('visual-editor-canvas'), box('visual-editor-side')];
  const [blocks, traits, styles, layers] = [box(), box(), box(), box()];
  left.append(heading(words.blocks), blocks, heading(words.layers), layers);
  right.append(heading(words.settings), traits, heading(words.styles), styles);
  columns.append(left, canvas, right);
  whole.append(bar, columns);
  canvas.setAttribute('aria-label', words.canvas);
  return { whole, bar, blocks, canvas, traits, styles, layers };
}

function box(name = ''): HTMLElement {
  const element = document.createElement('div');
  element.className = name;
  return element;
}

function heading(words: string): HTMLElement {
  const element = document.createElement('h3');
  element.textContent = words;
  return element;
}

/** The document stays in the form; only nobody looks at it. */
function hide(area: HTMLTextAreaElement): void {
  area.hidden = true;
  area.required = false;
}

function keepInForm(editor: Editor, area: HTMLTextAreaElement): void {
  let writing: ReturnType<typeof setTimeout> | undefined;
  const write = () => {
    const code = editor.runCommand('mjml-code') as string;
    if (!code || code === area.value) return;
    area.value = code;
    area.dispatchEvent(new Event('input', { bubbles: true }));
  };
  editor.on('update', () => {
    clearTimeout(writing);
    writing = setTimeout(write, SOON_MS);
  });
  // What was typed a moment ago is sent as well.
  const flush = () => {
    editor.getEditing()?.trigger('disable');
    write();
  };
  area.form?.addEventListener('submit', flush, { capture: true });
  area.form?.querySelectorAll('button').forEach((button) => button.addEventListener('click', flush, { capture: true }));
}

function buttons(editor: Editor, bar: HTMLElement): void {
  const add = (label: string, act: () => void) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'btn btn-sm';
    button.textContent = label;
    button.addEventListener('click', act);
    bar.append(button);
  };
  add(words.undo, () => editor.UndoManager.undo());
  add(words.redo, () => editor.UndoManager.redo());
  add(words.desktop, () => editor.setDevice('desktop'));
  add(words.phone, () => editor.setDevice('phone'));
}

/** 表示条件: for whom a part is, as the merge tags say it. */
function addConditions(editor: Editor): void {
  editor.on('component:selected', (component) => {
    if (!CONDITIONAL.includes(component.get('tagName') ?? '') || component.getTrait('data-show-if')) return;
    component.addTrait([{ type: 'text', name: 'data-show-if', label: words.condition }]);
  });
}

/** The buttons of the page insert into the text that is being written, or at the end of the part. */
function insertTagsAtCursor(editor: Editor): void {
  let isLast = false;
  editor.on('component:selected', () => (isLast = true));
  document.addEventListener('focusin', ({ target }) => {
    if (target instanceof HTMLElement && target.matches('input[data-merge-tags], textarea')) isLast = false;
  });
  // Before the button takes the focus, and with it the place in the text.
  document.addEventListener('mousedown', (event) => {
    if (isLast && tagButton(event)) event.preventDefault();
  });
  document.addEventListener(
    'click',
    (event) => {
      const button = isLast ? tagButton(event) : null;
      if (!button) return;
      event.stopImmediatePropagation();
      insert(editor, button.dataset['insertTag'] ?? '');
    },
    { capture: true },
  );
}

function tagButton(event: Event): HTMLElement | null {
  return event.target instanceof Element ? event.target.closest<HTMLElement>('[data-insert-tag]') : null;
}

function insert(editor: Editor, tag: string): void {
  if (editor.getEditing()) {
    editor.Canvas.getDocument()?.execCommand('insertText', false, tag);
    return;
  }
  const part = editor.getSelected();
  if (part?.get('tagName') === 'mj-text' || part?.get('tagName') === 'mj-button') part.append(tag);
}

async function take(editor: Editor, host: HTMLElement, event: DragEvent): Promise<void> {
  const files = event.dataTransfer?.files ?? (event.target as HTMLInputElement | null)?.files ?? [];
  editor.AssetManager.add(await upload(host.dataset['images'] ?? '', files));
}
