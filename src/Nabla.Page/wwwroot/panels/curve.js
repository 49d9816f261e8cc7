// A curve that grows while something is measured, drawn by uPlot.

// More points than this are thinned out: no screen shows them.
const mostPoints = 4000;

export class Curve {
  #plot;
  #root;
  #label;
  #names;
  #data;
  #isDrawn = true;
  #observer;

  /**
   * @param root An empty element.
   * @param label What it shows, for those who do not see it.
   * @param series [{ label, stroke }], the stroke a colour of the style sheet.
   * @param range Where the vertical axis begins and ends; without it as the numbers ask for.
   */
  constructor(root, label, series, range) {
    this.#root = root;
    this.#label = label;
    this.#names = series.map(({ label }) => label);
    this.#data = [[], ...series.map(() => [])];
    const style = getComputedStyle(root), colour = name => style.getPropertyValue(name).trim();
    const axis = { stroke: colour('--quiet'), grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false }, font: `12px ${style.fontFamily}` };
    root.replaceChildren();
    this.#plot = new uPlot({
      ...this.#size(),
      scales: { x: { time: false }, ...(range ? { y: { range } } : {}) },
      legend: { show: series.length > 1, live: false },
      cursor: { y: false, drag: { x: false, y: false } },
      axes: [{ ...axis, size: 28, space: 60 }, { ...axis, size: 48, ...(range ? { values: (_, values) => values.map(value => `${Math.round(100 * value)}%`) } : {}) }],
      series: [{ label: 'epochs' }, ...series.map(({ label, stroke }) => ({ label, stroke: colour(stroke), width: 2, spanGaps: true, points: { show: false } }))],
    }, this.#data, root);
    this.#observer = new ResizeObserver(() => this.#plot.setSize(this.#size()));
    this.#observer.observe(root);
  }

  /** Adds a point: a number or null for each series. */
  add(x, values) {
    const [xs, ...series] = this.#data;
    // Two measurements at the same place are one point.
    if (xs.at(-1) === x) values.forEach((value, i) => { if (value !== null) series[i][xs.length - 1] = value; });
    else {
      xs.push(x);
      values.forEach((value, i) => series[i].push(value));
    }
    if (xs.length > mostPoints) this.#data = this.#data.map(numbers => numbers.filter((_, i) => i % 2 === 0));
    // At most once a frame.
    if (!this.#isDrawn) return;
    this.#isDrawn = false;
    requestAnimationFrame(() => {
      this.#isDrawn = true;
      this.#plot.setData(this.#data);
      const latest = this.#names.map((name, i) => [name, this.#data[i + 1].findLast(value => value !== null && value !== undefined)]).filter(([, value]) => value !== undefined);
      this.#root.setAttribute('aria-label', `${this.#label}: ${latest.map(([name, value]) => `${value.toPrecision(3)} ${name}`).join(', ')}`);
    });
  }

  destroy() {
    this.#observer.disconnect();
    this.#plot.destroy();
  }

  #size() {
    return { width: Math.max(200, this.#root.clientWidth), height: 180 };
  }
}
