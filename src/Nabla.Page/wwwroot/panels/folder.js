// Pictures of a folder as samples: a subfolder for each class, as torchvision's ImageFolder and `nabla train --data` take them.

const side = 28;

/**
 * @param files The files of the folder, with their paths (webkitRelativePath: folder/class/picture).
 * @returns { labels, classNames, pixels }: pixels 28×28 levels of each, one after the other.
 */
export async function picturesOf(files) {
  const pictures = files.filter(({ webkitRelativePath, type }) => type.startsWith('image/') && webkitRelativePath.split('/').length >= 3);
  const classOf = ({ webkitRelativePath }) => webkitRelativePath.split('/').at(-2);
  const classNames = [...new Set(pictures.map(classOf))].sort();
  if (classNames.length < 2) throw new Error(`Found pictures in ${classNames.length} subfolder${classNames.length === 1 ? '' : 's'}, expected at least two: one for each class, named as the class.`);
  const context = new OffscreenCanvas(side, side).getContext('2d', { willReadFrequently: true }), pixels = new Uint8Array(side * side * pictures.length);
  for (const [i, file] of pictures.entries()) pixels.set(await levelsOf(file, context), i * side * side);
  return { labels: pictures.map(file => classNames.indexOf(classOf(file))), classNames, pixels };
}

/** The whole picture in the middle of a square, grey; dark ink on light paper is inverted, as MNIST has it. */
async function levelsOf(file, context) {
  let picture;
  try {
    picture = await createImageBitmap(file);
  } catch {
    throw new Error(`${file.webkitRelativePath}: this browser cannot read it as a picture; PNG and JPEG are what it takes.`);
  }
  const { width, height } = picture, scale = side / Math.max(width, height);
  context.fillStyle = 'white';
  context.fillRect(0, 0, side, side);
  context.drawImage(picture, (side - width * scale) / 2, (side - height * scale) / 2, width * scale, height * scale);
  const colours = context.getImageData(0, 0, side, side).data;
  const levels = Uint8Array.from({ length: side * side }, (_, i) => 0.299 * colours[4 * i] + 0.587 * colours[4 * i + 1] + 0.114 * colours[4 * i + 2]);
  const border = levels.filter((_, i) => i < side || i >= side * (side - 1) || i % side === 0 || i % side === side - 1);
  const isLight = border.reduce((sum, level) => sum + level, 0) / border.length > 127;
  return isLight ? levels.map(level => 255 - level) : levels;
}
