import { h, number, svg, time } from './dom.js';
import { t } from './i18n.js';

const width = 900;
const height = 220;

/**
 * The trend of scores: the span from the 5 % to the 95 % quantile of each time span and its median, over the span of
 * the good images, with thresholds and version changes.
 */
export function drawTrend(element, stats) {
  const { buckets, good, threshold, check_threshold: check, changes } = stats;

  // A defect far above the threshold must not flatten the rest: what is higher ends at the edge.
  const high = Math.min(3 * threshold || Infinity, 1.08 * Math.max(threshold, good?.p95 ?? 0, ...buckets.map(one => one.scores.p95))) || 1;
  const low = Math.min(0, ...buckets.map(one => one.scores.p5));
  const plane = frame(element, stats, low, high, number);
  if (good) plane.add('rect', { class: 'good-band', x: 0, width, y: plane.y(good.p95), height: Math.max(1, plane.y(good.p5) - plane.y(good.p95)) });
  for (const one of buckets) {
    const x = plane.x(one.start);
    plane.add('rect', { class: 'band', x: x + plane.span * 0.15, width: Math.max(1.5, plane.span * 0.7), y: plane.y(one.scores.p95), height: Math.max(1.5, plane.y(one.scores.p5) - plane.y(one.scores.p95)) })
      .append(title(`${time(one.start)}: ${number(one.scores.p5)} \u2013 ${number(one.scores.p50)} \u2013 ${number(one.scores.p95)}`));
  }
  plane.add('polyline', { class: 'median', points: buckets.map(one => `${plane.x(one.start) + plane.span / 2},${plane.y(one.scores.p50)}`).join(' ') });
  plane.level('threshold', threshold);
  if (check != null) plane.level('check-threshold', check);
  for (const change of changes.slice(1)) {
    const x = plane.x(change.time);
    plane.add('line', { class: 'change', x1: x, x2: x, y1: 0, y2: height }).append(title(t('process_change', change.version ?? '?', number(change.threshold, 4), time(change.time))));
  }
}

/** The share of NG parts with its 3-sigma limits (p-chart); points beyond them are marked. */
export function drawShares(element, stats) {
  const { buckets, abnormal } = stats;
  const high = 1.15 * Math.max(0.01, ...buckets.map(one => Math.max(one.upper * (one.total > 4), one.abnormal / one.total)));
  const plane = frame(element, stats, 0, Math.min(1.05, high), percent);
  for (const limit of ['upper', 'lower']) plane.add('polyline', { class: 'limit', points: buckets.flatMap(one => [`${plane.x(one.start)},${plane.y(one[limit])}`, `${plane.x(one.start) + plane.span},${plane.y(one[limit])}`]).join(' ') });
  plane.level('mean', abnormal ?? 0);
  for (const one of buckets) {
    const share = one.abnormal / one.total;
    const isOut = share > one.upper || share < one.lower;
    const [x, y] = [plane.x(one.start) + plane.span / 2, plane.y(share)];
    plane.add(isOut ? 'rect' : 'circle', isOut ? { class: 'out', x: x - 6, y: y - 6, width: 12, height: 12 } : { class: 'in', cx: x, cy: y, r: 4 })
      .append(title(`${time(one.start)}: ${t('process_point', one.abnormal, one.total)}`));
  }
  return buckets.filter(one => one.abnormal / one.total > one.upper).length;
}

/** The numbers of a chart as a table, for those who do not see it. */
export function table(stats) {
  const head = ['col_time', 'process_parts', 'ng', 'check', 'process_low', 'process_median', 'process_high'];
  return h('table', {},
    h('thead', {}, h('tr', {}, ...head.map(name => h('th', { scope: 'col' }, t(name))))),
    h('tbody', {}, ...stats.buckets.map(one => h('tr', {},
      ...[time(one.start), one.total, one.abnormal, one.check, ...['p5', 'p50', 'p95'].map(name => number(one.scores[name]))].map(value => h('td', {}, `${value}`))))));
}

const percent = value => `${number(100 * value, 1)} %`;

const title = text => {
  const element = svg('title', {});
  element.textContent = text;
  return element;
};

function frame(element, { from, to, bucket }, low, high, label) {
  const [begin, end] = [Date.parse(from), Date.parse(to)];
  const x = at => Math.max(0, (Date.parse(at) - begin) / (end - begin) * width);
  const y = value => height - (Math.min(high, Math.max(low, value)) - low) / (high - low || 1) * height;
  element.setAttribute('viewBox', `0 0 ${width} ${height}`);
  element.replaceChildren();
  const add = (name, attributes) => element.appendChild(svg(name, attributes));
  add('line', { class: 'axis', x1: 0, x2: width, y1: height, y2: height });
  const axis = element.parentElement.querySelector('.axis-labels');
  axis.replaceChildren(h('span', {}, time(from)), h('span', {}, t('process_range', label(low), label(high))), h('span', {}, time(to)));
  return { x, y, add, span: Math.max(2, bucket * 60000 / (end - begin) * width), level: (name, value) => add('line', { class: name, x1: 0, x2: width, y1: y(value), y2: y(value) }) };
}
