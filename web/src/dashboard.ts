import { BarChart, LineChart } from 'echarts/charts';
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { init, registerLocale, use, type EChartsCoreOption } from 'echarts/core';
import langJA from 'echarts/lib/i18n/langJA.js';
import { SVGRenderer } from 'echarts/renderers';

/** What the server writes into `data-chart`. */
export interface ChartData {
  kind?: 'line' | 'bar';
  labels: string[];
  series: { name: string; values: (number | null)[] }[];
  /** Bars on top of each other, where the parts make a whole. */
  stacked?: boolean;
}

use([AriaComponent, BarChart, GridComponent, LegendComponent, LineChart, SVGRenderer, TooltipComponent]);
registerLocale('JA', langJA);

/**
 * Draws the chart that the element describes, and again whenever the theme or the
 * width changes. The numbers stand in a table beside it, in the page itself.
 */
export function drawChart(element: HTMLElement): void {
  const data = readChart(element);
  if (!data) return;
  const locale = document.documentElement.lang.startsWith('ja') ? 'JA' : 'EN';
  const chart = init(element, null, { renderer: 'svg', locale });
  const draw = () => chart.setOption(chartOption(data, colours(element)), true);
  draw();
  document.addEventListener('ondo:theme', draw);
  new ResizeObserver(() => {
    if (element.isConnected) return chart.resize();
    document.removeEventListener('ondo:theme', draw);
    chart.dispose();
  }).observe(element);
}

function readChart(element: HTMLElement): ChartData | undefined {
  try {
    return JSON.parse(element.dataset['chart'] ?? '') as ChartData;
  } catch {
    // The table below still has the numbers.
    element.hidden = true;
    return undefined;
  }
}

interface Colours {
  text: string;
  line: string;
  surface: string;
  series: string[];
}

function colours(element: HTMLElement): Colours {
  const style = getComputedStyle(element);
  const read = (name: string) => style.getPropertyValue(name).trim();
  return {
    text: read('--ondo-chart-text'),
    line: read('--ondo-chart-line'),
    surface: read('--ondo-chart-surface'),
    series: [1, 2, 3, 4, 5, 6].map((index) => read(`--ondo-chart-${index}`)),
  };
}

function chartOption(data: ChartData, { text, line, surface, series }: Colours): EChartsCoreOption {
  const kind = data.kind ?? 'line';
  const reducedMotion = matchMedia('(prefers-reduced-motion: reduce)').matches;
  return {
    animation: !reducedMotion,
    aria: { enabled: true },
    color: series,
    textStyle: { color: text, fontFamily: 'inherit' },
    legend: { top: 0, type: 'scroll', itemGap: 24, textStyle: { color: text } },
    grid: { top: 40, right: 8, bottom: 8, left: 8, containLabel: true },
    tooltip: { trigger: 'axis', backgroundColor: surface, borderColor: line, textStyle: { color: text } },
    xAxis: {
      type: 'category',
      data: data.labels,
      axisLabel: { color: text, hideOverlap: true },
      axisLine: { lineStyle: { color: line } },
    },
    yAxis: {
      type: 'value',
      minInterval: 1,
      axisLabel: { color: text },
      splitLine: { lineStyle: { color: line } },
    },
    series: data.series.map(({ name, values }) => ({
      type: kind,
      name,
      data: values,
      stack: data.stacked ? 'all' : undefined,
      barMaxWidth: 32,
      symbol: 'circle',
      showSymbol: data.labels.length <= 31,
    })),
  };
}
