import { number, svg } from './dom.js';

const bins = 40;
const width = 760;
const height = 230;

/**
 * Draws two groups of scores, each as shares of its own, a threshold and a check threshold. Gives a function that moves
 * both; with null, there is no check threshold.
 */
export function drawHistogram(element, good, recent, low, high) {
  const groups = [['good', good], ['recent', recent]].map(([name, scores]) => [name, count(scores, low, high), scores.length]);
  const highest = Math.max(...groups.map(([, counts, total]) => Math.max(...counts) / Math.max(1, total)), 1e-9);
  const place = value => (value - low) / (high - low) * width;
  element.replaceChildren(svg('line', { class: 'axis', x1: 0, y1: height, x2: width, y2: height }));
  groups.forEach(([name, counts, total], group) => counts.forEach((n, bin) => {
    if (n === 0) return;
    const tall = Math.max(2, n / total / highest * (height - 10));
    element.append(svg('rect', { class: name, x: (bin + 0.08 + group * 0.42) * width / bins, y: height - tall, width: 0.42 * width / bins, height: tall }));
  }));
  const line = svg('line', { class: 'threshold', y1: 0, y2: height });
  const checkLine = svg('line', { class: 'check-threshold', y1: 0, y2: height });
  element.append(checkLine, line);
  return (value, check) => {
    line.setAttribute('x1', place(value));
    line.setAttribute('x2', place(value));
    checkLine.setAttribute('visibility', check == null ? 'hidden' : 'visible');
    checkLine.setAttribute('x1', place(check ?? value));
    checkLine.setAttribute('x2', place(check ?? value));
    element.setAttribute('aria-label', `${number(low)} - ${number(high)}, ${number(value)}`);
  };
}

function count(scores, low, high) {
  const counts = new Array(bins).fill(0);
  for (const score of scores) counts[Math.min(bins - 1, Math.max(0, Math.floor((score - low) / (high - low) * bins)))]++;
  return counts;
}
