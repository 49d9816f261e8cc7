// The library, as WebAssembly. It has a thread of its own, so that whatever it computes the page can be drawn on.
import { dotnet } from './_framework/dotnet.js';

const { getAssemblyExports, getConfig, runMain } = await dotnet.create();
await runMain();
const { Engine } = (await getAssemblyExports(getConfig().mainAssemblyName)).Nabla.Page;

self.onmessage = ({ data: { id, name, args } }) => {
  try {
    self.postMessage({ id, answer: Engine[name](...args) });
  } catch (error) {
    self.postMessage({ id, error: error.message });
  }
};
self.postMessage({ id: 'ready' });
