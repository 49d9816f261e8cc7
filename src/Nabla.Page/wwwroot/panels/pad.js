// A square to draw on, with mouse, touch, pen or the arrow keys. Of each stroke it keeps the points, so that it can be undone and drawn at any size.

const penKeys = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const keyStep = 0.03;

export class DrawingPad {
  /** Pixels of a side of what is read: of strokes four for one of the 28 that the network sees in the end; in a picture the digit may be small. */
  get side() {
    return this.isPicture ? 336 : 112;
  }

  /** Called when something was drawn or taken away. */
  onchange = () => {};

  #root;
  #canvas;
  #context;
  #small;
  #picture = null;
  #strokes = [];
  #isDrawing = false;

  // Where the arrow keys move the pen, and whether it is down: in sides of the pad, as all points.
  #pen = { x: 0.5, y: 0.5, isShown: false, isDown: false };

  constructor(root) {
    this.#root = root;
    this.#canvas = root.querySelector('canvas');
    this.#context = this.#canvas.getContext('2d');
    this.#small = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
    this.#canvas.addEventListener('pointerdown', event => this.#begin(event));
    this.#canvas.addEventListener('pointermove', event => this.#extend(event));
    for (const end of ['pointerup', 'pointercancel']) this.#canvas.addEventListener(end, () => { this.#isDrawing = false; });
    this.#canvas.addEventListener('keydown', event => this.#press(event));
    this.#canvas.addEventListener('blur', () => { this.#pen.isShown = this.#pen.isDown = false; this.#draw(); });
    root.querySelector('[name=undo]').addEventListener('click', () => this.undo());
    root.querySelector('[name=clear]').addEventListener('click', () => this.clear());
    root.querySelector('[name=file]').addEventListener('change', ({ target }) => { this.#take(target.files[0]); target.value = ''; });
    root.addEventListener('dragover', event => event.preventDefault());
    root.addEventListener('drop', event => { event.preventDefault(); this.#take(event.dataTransfer.files[0]); });
    document.addEventListener('paste', event => this.#take([...event.clipboardData.files][0]));
    new ResizeObserver(() => this.#fit()).observe(this.#canvas);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#draw());
  }

  get isEmpty() {
    return this.#strokes.length === 0 && this.#picture === null;
  }

  /** Whether it is a picture from elsewhere, drawn on or not; else only strokes. */
  get isPicture() {
    return this.#picture !== null;
  }

  /** Of strokes: grey levels, 0 for paper to 255 for full ink, row by row. */
  ink() {
    const colours = this.colours();
    return Uint8Array.from({ length: this.side * this.side }, (_, i) => 255 - colours[4 * i]);
  }

  /** Red, green, blue and opacity of each pixel, row by row. */
  colours() {
    const context = this.#small;
    context.canvas.width = context.canvas.height = this.side;
    context.fillStyle = 'white';
    context.fillRect(0, 0, this.side, this.side);
    this.#paint(context, this.side, 'black');
    return new Uint8Array(context.getImageData(0, 0, this.side, this.side).data.buffer);
  }

  undo() {
    if (this.#strokes.pop() === undefined) this.#picture = null;
    this.#changed();
  }

  clear() {
    this.#strokes = [];
    this.#picture = null;
    this.#changed();
  }

  get #penWidth() {
    return Number(this.#root.querySelector('[name=width]').value) / 100;
  }

  #begin(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    this.#canvas.focus({ preventScroll: true });
    this.#canvas.setPointerCapture(event.pointerId);
    this.#isDrawing = true;
    this.#pen.isShown = this.#pen.isDown = false;
    this.#strokes.push({ width: this.#penWidth, points: [this.#place(event)] });
    this.#changed();
  }

  #extend(event) {
    if (!this.#isDrawing) return;
    // A fast pen has been in more places than there were events.
    for (const one of event.getCoalescedEvents?.() ?? [event]) this.#strokes.at(-1).points.push(this.#place(one));
    this.#changed();
  }

  #place(event) {
    const box = this.#canvas.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  }

  #press(event) {
    const pen = this.#pen;
    if (event.key in penKeys) {
      const [x, y] = penKeys[event.key];
      pen.x = Math.min(1, Math.max(0, pen.x + keyStep * x));
      pen.y = Math.min(1, Math.max(0, pen.y + keyStep * y));
      if (pen.isDown) this.#strokes.at(-1).points.push([pen.x, pen.y]);
    } else if (event.key === ' ') {
      pen.isDown = !pen.isDown;
      if (pen.isDown) this.#strokes.push({ width: this.#penWidth, points: [[pen.x, pen.y]] });
    } else if (event.key === 'Backspace' || (event.key === 'z' && (event.ctrlKey || event.metaKey))) {
      pen.isDown = false;
      this.undo();
    } else if (event.key === 'Delete') {
      pen.isDown = false;
      this.clear();
    } else {
      return;
    }
    event.preventDefault();
    pen.isShown = true;
    this.#changed();
  }

  async #take(file) {
    if (!file) return;
    try {
      this.#picture = await createImageBitmap(file);
      this.#strokes = [];
      this.#changed();
      this.#say('');
    } catch {
      this.#say(`${file.name}: this browser cannot read it as a picture; PNG and JPEG are what it takes.`);
    }
  }

  #say(text) {
    this.#root.querySelector('[role=status]').textContent = text;
  }

  #changed() {
    for (const name of ['undo', 'clear']) this.#root.querySelector(`[name=${name}]`).disabled = this.isEmpty;
    this.#draw();
    this.onchange();
  }

  #fit() {
    const size = Math.round(this.#canvas.clientWidth * devicePixelRatio);
    if (size > 0 && this.#canvas.width !== size) {
      this.#canvas.width = this.#canvas.height = size;
      this.#draw();
    }
  }

  #draw() {
    const size = this.#canvas.width, style = getComputedStyle(this.#canvas);
    this.#context.clearRect(0, 0, size, size);
    this.#paint(this.#context, size, style.color);
    if (this.#pen.isShown) {
      const { x, y, isDown } = this.#pen;
      this.#context.beginPath();
      this.#context.arc(x * size, y * size, this.#penWidth * size / 2, 0, 7);
      this.#context.lineWidth = 2 * devicePixelRatio;
      this.#context.strokeStyle = style.getPropertyValue('--accent');
      this.#context.stroke();
      if (isDown) {
        this.#context.fillStyle = style.getPropertyValue('--accent');
        this.#context.fill();
      }
    }
  }

  #paint(context, size, ink) {
    if (this.#picture !== null) {
      const { width, height } = this.#picture, scale = size / Math.max(width, height);
      context.drawImage(this.#picture, (size - width * scale) / 2, (size - height * scale) / 2, width * scale, height * scale);
    }
    context.lineCap = context.lineJoin = 'round';
    context.strokeStyle = ink;
    for (const { width, points } of this.#strokes) {
      context.lineWidth = width * size;
      context.beginPath();
      context.moveTo(points[0][0] * size, points[0][1] * size);
      // A line to where it is already draws the dot of a click.
      for (const [x, y] of points.length > 1 ? points.slice(1) : points) context.lineTo(x * size, y * size);
      context.stroke();
    }
  }
}
