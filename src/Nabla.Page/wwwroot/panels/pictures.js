// Numbers as pictures.

/** Grey levels as they are. */
export function showLevels(canvas, levels, width, height) {
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d'), image = context.createImageData(width, height), pixels = new Uint32Array(image.data.buffer);
  // The same for red, green and blue, whichever of them comes first, and opaque; of a hundred images at once.
  for (let i = 0; i < pixels.length; i++) pixels[i] = 0xff000000 | levels[i] * 0x010101;
  context.putImageData(image, 0, 0);
}

/**
 * Numbers in two colours, from one for -limit through nothing for 0 to the other for limit.
 * @param at Which number belongs to pixel i.
 */
export function showNumbers(canvas, numbers, width, height, limit, at = i => i) {
  const { negative, positive } = colours;
  paint(canvas, width, height, i => {
    const share = limit > 0 ? Math.max(-1, Math.min(1, numbers[at(i)] / limit)) : 0;
    return [...(share < 0 ? negative : positive), Math.round(255 * Math.abs(share))];
  });
}

function paint(canvas, width, height, colorOf) {
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d'), image = context.createImageData(width, height);
  for (let i = 0; i < width * height; i++) image.data.set(colorOf(i), 4 * i);
  context.putImageData(image, 0, 0);
}

/** The two colours of the style sheet, as red, green and blue. */
let colours = fromStyle();
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => { colours = fromStyle(); });

function fromStyle() {
  const style = getComputedStyle(document.documentElement);
  const colour = name => style.getPropertyValue(name).trim().match(/[0-9a-f]{2}/gi).map(part => parseInt(part, 16));
  return { negative: colour('--negative'), positive: colour('--positive') };
}
