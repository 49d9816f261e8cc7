/** Hands a file to the user. */
export function download(name, file) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([file]));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
