// So many milliseconds a browser needs from one file to the next, or it takes the second instead of the first.
const between = 250;

// Else a browser looks into the file, and adds an ending to its name.
const type = 'application/octet-stream';

/** Hands files to the user, one after the other: [name, contents] each. */
export async function download(...files) {
  for (const [name, contents] of files) {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([contents], { type }));
    link.download = name;
    link.click();
    await new Promise(resolve => setTimeout(resolve, between));
    URL.revokeObjectURL(link.href);
  }
}
