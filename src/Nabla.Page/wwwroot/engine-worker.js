// The library, as WebAssembly. It has a thread of its own, so that whatever it computes the page can be drawn on.
import { dotnet } from './_framework/dotnet.js';

const { getAssemblyExports, getConfig, runMain, INTERNAL } = await dotnet.create();
await runMain();
const { Engine } = (await getAssemblyExports(getConfig().mainAssemblyName)).Nabla.Page;

// Parts of it that few calls need are fetched before the first of these.
const parts = {
  ExportOnnx: ['Nabla.Onnx', 'Google.Protobuf'],
  Train: ['Nabla.Data', 'Sep', 'System.IO.Hashing'],
};

async function fetchParts(name, args) {
  if (!(name in parts) || (name === 'Train' && JSON.parse(args[0]).data.kind !== 'file')) return;
  for (const part of parts[name]) await INTERNAL.loadLazyAssembly(`${part}.wasm`);
}

// What a training tells while it is under way.
const tell = event => self.postMessage({ event });

self.onmessage = async ({ data: { id, name, args } }) => {
  try {
    await fetchParts(name, args);
    self.postMessage({ id, answer: await (name === 'Train' ? Engine.Train(...args, tell) : Engine[name](...args)) });
  } catch (error) {
    self.postMessage({ id, error: error.message });
  }
};
self.postMessage({ id: 'ready' });
