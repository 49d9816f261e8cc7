// What the panels ask of networks, where a server has them: it keeps the models and trains. Drawings are read in the browser all the same, with the server's models, so that no answer waits for a connection.
import { WorkerEngine, base64, isOver } from './engine.js';

const tokenKey = 'nabla-token';

// So many milliseconds after a connection was lost it is tried again.
const patience = 1000;

/** The library in this browser, with the models and trainings of the server that the page is from. */
export class ServerEngine extends WorkerEngine {
  privacy = '. What you train on is sent to the server.';
  kinds = ['built-in'];
  usualRecipe = 'quick';

  /** As the worker's, once the server has said what it has. */
  ready = this.ready.then(async () => { this.kinds = (await this.#json('api/trainings')).data; });

  #known = new Map();

  async models() {
    const { models } = await this.#json('api/models');
    return models.map(({ name, parameters, training, input, classNames }) => ({
      name, parameters, classNames, accuracy: training?.testAccuracy ?? null,
      readsDrawings: input[0] === 28 && input[1] === 28 && (input[2] ?? 1) === 1,
    }));
  }

  async modelFile(model, format) {
    return format === 'onnx' ? super.modelFile(model, format) : this.#file(model);
  }

  async trainings() {
    return (await this.#json('api/trainings')).trainings.map(({ id, name, state }) => ({ id, name, state }));
  }

  async startTraining(request, drawing) {
    const { id } = await this.#json('api/trainings', 'POST', request);
    if (drawing) this.watchDrawing(id, drawing);
    return id;
  }

  followTraining(id, onevent) {
    const leaving = new AbortController();
    this.#follow(id, onevent, leaving.signal);
    return () => leaving.abort();
  }

  commandTraining(id, command) {
    return this.#json(`api/trainings/${id}`, 'PATCH', { command });
  }

  slowTraining(id, delay) {
    return this.#json(`api/trainings/${id}`, 'PATCH', { delay });
  }

  watchDrawing(id, drawing) {
    return this.#json(`api/trainings/${id}`, 'PATCH', { drawing: drawing ? base64(drawing) : '' });
  }

  need(model) {
    if (!this.#known.has(model)) {
      const loading = this.#file(model).then(file => this.addModel(model, file));
      // To be tried again.
      loading.catch(() => this.#known.delete(model));
      this.#known.set(model, loading);
    }
    return this.#known.get(model);
  }

  async #file(model) {
    return new Uint8Array(await (await this.#ask(`api/models/${encodeURIComponent(model)}/file`)).arrayBuffer());
  }

  async #json(path, method = 'GET', body = undefined) {
    return (await this.#ask(path, { method, body: body && JSON.stringify(body), headers: body && { 'Content-Type': 'application/json' } })).json();
  }

  /** Asks the server; what it refuses is an error with its own sentence. */
  async #ask(path, { headers, ...request } = {}) {
    for (;;) {
      const token = sessionStorage.getItem(tokenKey);
      const response = await fetch(path, { ...request, headers: { ...headers, ...(token === null ? {} : { Authorization: `Bearer ${token}` }) } });
      if (response.ok) return response;
      if (response.status === 401) {
        const given = prompt('This server asks for its token:');
        if (given !== null) {
          sessionStorage.setItem(tokenKey, given.trim());
          continue;
        }
      }
      throw new Error((await response.json().catch(() => ({}))).detail ?? `The server answered ${response.status}.`);
    }
  }

  /** Reads server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html), and takes them up again after a lost connection. EventSource could not bring a token. */
  async #follow(id, onevent, signal) {
    let last = 0;
    while (!signal.aborted) {
      try {
        const response = await this.#ask(`api/trainings/${id}/events`, { signal, headers: { 'Last-Event-ID': String(last) } });
        const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
        let text = '';
        for (;;) {
          const { value, done } = await reader.read();
          // The server has nothing more to say of a training that is over.
          if (done) break;
          const events = (text + value).split('\n\n');
          text = events.pop();
          for (const event of events) {
            const field = name => event.split('\n').find(line => line.startsWith(`${name}:`))?.slice(name.length + 1).trimStart();
            if (signal.aborted || field('data') === undefined) continue;
            last = Number(field('id') ?? last);
            onevent(JSON.parse(field('data')));
          }
        }
        const { state } = await this.#json(`api/trainings/${id}`);
        if (isOver(state)) return;
      } catch {
        // The server is gone for now, or has forgotten the training.
      }
      await new Promise(resolve => setTimeout(resolve, patience));
    }
  }
}
