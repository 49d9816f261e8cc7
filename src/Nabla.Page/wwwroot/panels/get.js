/** Fetches a file of the page; what is wrong with that is an error that names it. */
export async function get(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path}: the server answered ${response.status}.`);
  return response;
}
