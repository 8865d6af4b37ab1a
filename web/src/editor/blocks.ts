import type { Editor } from 'grapesjs';
import { isEnglish } from './ja';

interface Block {
  id: string;
  ja: string;
  en: string;
  icon: string;
  content: string;
}

const PADDING = 'padding="24px 32px"';
const FONT = 'font-family="Hiragino Sans, Hiragino Kaku Gothic ProN, Noto Sans JP, Yu Gothic, Meiryo, sans-serif"';
const text = (words: string) => `<mj-text ${FONT} font-size="16px" line-height="1.8" color="#2b2f36">${words}</mj-text>`;
const section = (...columns: string[]) =>
  `<mj-section background-color="#ffffff" ${PADDING}>${columns.map((inner) => `<mj-column>${inner}</mj-column>`).join('')}</mj-section>`;

/** What can be put into a mail: few parts, each of which every mail program shows. */
const BLOCKS: Block[] = [
  { id: 'one', ja: '1列', en: '1 column', icon: '<rect x="4" y="6" width="24" height="20" rx="2"/>', content: section(text('ここに文章を書きます。')) },
  {
    id: 'two',
    ja: '2列',
    en: '2 columns',
    icon: '<rect x="4" y="6" width="11" height="20" rx="2"/><rect x="17" y="6" width="11" height="20" rx="2"/>',
    content: section(text('左の列'), text('右の列')),
  },
  {
    id: 'three',
    ja: '3列',
    en: '3 columns',
    icon: '<rect x="3" y="6" width="7" height="20" rx="2"/><rect x="12.5" y="6" width="7" height="20" rx="2"/><rect x="22" y="6" width="7" height="20" rx="2"/>',
    content: section(text('左の列'), text('中の列'), text('右の列')),
  },
  { id: 'text', ja: '文章', en: 'Text', icon: '<path d="M6 8h20M6 14h20M6 20h12"/>', content: text('ここに文章を書きます。') },
  {
    id: 'heading',
    ja: '見出し',
    en: 'Heading',
    icon: '<path d="M8 7v18M24 7v18M8 16h16"/>',
    content: `<mj-text ${FONT} font-size="26px" font-weight="bold" line-height="1.5" color="#1d2025">見出し</mj-text>`,
  },
  {
    id: 'button',
    ja: 'ボタン',
    en: 'Button',
    icon: '<rect x="4" y="11" width="24" height="10" rx="5"/><path d="M11 16h10"/>',
    content:
      `<mj-button href="https://www.example.jp/" ${FONT} background-color="#1f6f5c" color="#ffffff" font-size="16px" font-weight="bold" inner-padding="15px 36px" border-radius="6px">詳しく見る</mj-button>`,
  },
  {
    id: 'image',
    ja: '画像',
    en: 'Picture',
    icon: '<rect x="4" y="6" width="24" height="20" rx="2"/><path d="M4 22l7-7 6 6 4-4 7 7"/>',
    content: '<mj-image alt=""></mj-image>',
  },
  { id: 'divider', ja: '区切り線', en: 'Divider', icon: '<path d="M4 16h24"/>', content: '<mj-divider border-width="1px" border-color="#d9d6cf"></mj-divider>' },
  { id: 'spacer', ja: '空き', en: 'Space', icon: '<path d="M4 8h24M4 24h24M16 12v8"/>', content: '<mj-spacer height="24px"></mj-spacer>' },
  {
    id: 'greeting',
    ja: '宛名',
    en: 'Greeting',
    icon: '<circle cx="16" cy="11" r="5"/><path d="M6 27c2-6 18-6 20 0"/>',
    content: text('{{ name or "お客" }}様'),
  },
];

export function addBlocks(editor: Editor): void {
  for (const { id, ja, en, icon, content } of BLOCKS) {
    editor.Blocks.add(id, {
      label: isEnglish ? en : ja,
      media: `<svg viewBox="0 0 32 32" fill="none" stroke="currentColor" stroke-width="1.5" aria-hidden="true">${icon}</svg>`,
      content,
      select: true,
    });
  }
}
