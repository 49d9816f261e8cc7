// The library, as WebAssembly. It has a thread of its own, so that whatever it computes the page can be drawn on.
import { dotnet } from './_framework/dotnet.js';

const { getAssemblyExports, getConfig, runMain } = await dotnet.create();
await runMain();
const { Engine } = (await getAssemblyExports(getConfig().mainAssemblyName)).Nabla.Page;

// What a training tells while it is under way.
const tell = event => self.postMessage({ event });

self.onmessage = async ({ data: { id, name, args } }) => {
  try {
    self.postMessage({ id, answer: await (name === 'Train' ? Engine.Train(...args, tell) : Engine[name](...args)) });
  } catch (error) {
    self.postMessage({ id, error: error.message });
  }
};
self.postMessage({ id: 'ready' });
