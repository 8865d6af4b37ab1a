import { within } from '../delegate';

/**
 * `<div data-chart='{…}'>`: draws a chart, see `dashboard.ts`. ECharts is large and
 * few pages have charts, so it is loaded by the first one.
 */
export function installCharts(): void {
  drawIn(document);
  document.addEventListener('htmx:after:process', (event) => {
    if (event.target instanceof Element) drawIn(event.target);
  });
}

function drawIn(root: Document | Element): void {
  const charts = within(root, '[data-chart]:not([data-drawn])');
  if (charts.length === 0) return;
  for (const chart of charts) chart.dataset['drawn'] = '';
  void import('../dashboard').then(({ drawChart }) => charts.forEach(drawChart));
}
