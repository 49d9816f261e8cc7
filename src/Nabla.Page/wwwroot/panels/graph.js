// The layers of a network as blocks in a row: as high as their images, as wide as they have channels, and an arc where a value is read later once more.

const slot = 84, middle = 78, bottom = 172, tallest = 96, widest = 44;

/**
 * @param root An svg element.
 * @param layers As the engine's inspect() has them; none for an empty graph.
 * @param onpick Called with the index of a layer that was clicked.
 */
export function drawGraph(root, layers, onpick) {
  root.replaceChildren();
  root.toggleAttribute('hidden', layers.length === 0);
  if (layers.length === 0) return;
  const values = [{ name: 'drawing', shape: [28, 28] }, ...layers];
  const blocks = values.map(({ name, shape }, i) => {
    const [height, channels] = shape.length === 3 ? [shape[0], shape[2]] : shape.length === 2 ? [shape[0], 1] : [1, shape[0]];
    const isRow = shape.length === 1;
    // A row of numbers stands upright.
    const tall = isRow ? Math.min(tallest, 12 + 14 * Math.log2(channels)) : Math.max(10, tallest * height / 28), wide = isRow ? 8 : Math.min(widest, 6 + 6 * Math.log2(channels));
    return { name, shape, x: slot * (i + 0.5), tall, wide };
  });
  const width = slot * values.length;
  root.setAttribute('viewBox', `0 0 ${width} ${bottom + 24}`);
  root.style.minWidth = `${Math.min(width, 0.75 * width)}px`;
  root.setAttribute('aria-label', `The network’s graph: ${values.map(({ name, shape }) => `${name} ${shape.join('×')}`).join(', ')}`);
  layers.forEach(({ inputs }, i) => {
    const to = blocks[i + 1];
    for (const input of inputs) {
      const from = blocks[input], x1 = from.x + from.wide / 2, x2 = to.x - to.wide / 2 - 3;
      const path = input === i ? `M${x1} ${middle}H${x2}` : `M${from.x} ${middle - from.tall / 2}C${from.x} ${middle - 84} ${to.x} ${middle - 84} ${to.x} ${middle - to.tall / 2 - 3}`;
      root.append(element('path', { d: path, class: 'edge', 'marker-end': 'url(#arrow)' }));
    }
  });
  const arrow = element('marker', { id: 'arrow', viewBox: '0 0 6 6', refX: 4, refY: 3, markerWidth: 5, markerHeight: 5, orient: 'auto' });
  arrow.append(element('path', { d: 'M0 0L6 3L0 6z', class: 'head' }));
  root.prepend(arrow);
  blocks.forEach(({ name, shape, x, tall, wide }, i) => {
    const group = element('g', { class: i === 0 ? 'block' : 'block link' }), title = element('title', {});
    title.textContent = `${name}: ${shape.join('×')}`;
    group.append(title, element('rect', { x: x - wide / 2, y: middle - tall / 2, width: wide, height: tall, rx: 3 }), text(x, bottom - 20, short(name)), text(x, bottom, shape.join('×'), 'quiet'));
    if (i > 0) group.addEventListener('click', () => onpick(i - 1));
    root.append(group);
  });
}

/** A layer's name, as far as there is room for it. */
function short(name) {
  const known = name.replace('depthwiseconvolution2d', 'dw conv ').replace('convolution2d', 'conv ').replace('batchnormalization', 'norm ').replace('globalaveragepooling2d', 'mean ').replace('maxpooling2d', 'max pool ').replace('averagepooling2d', 'pool ').replace(/(\D)(\d+)$/, '$1 $2').replace(/ +/g, ' ');
  return known.length > 12 ? `${known.slice(0, 11)}…` : known;
}

function text(x, y, content, kind = '') {
  const text = element('text', { x, y, class: kind });
  text.textContent = content;
  return text;
}

function element(name, attributes) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  return element;
}
