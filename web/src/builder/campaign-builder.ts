import { BuilderPage } from './builder-page';
import { read } from './context';
import { drawGraph } from './graph';
import { Words } from './words';

for (const host of document.querySelectorAll<HTMLElement>('[data-campaign]')) new BuilderPage(host, read(host, 'campaign')).start();

for (const host of document.querySelectorAll<HTMLElement>('[data-campaign-flow]')) {
  const context = read(host, 'campaignFlow');
  const choose = (id: string) => document.getElementById(`step-${id}`)?.scrollIntoView({ block: 'center' });
  drawGraph(host, new Words(context), context, context.definition, choose);
}
