// Who answers the panels: here the library in this browser. 'nabla serve' has another file of this name, by which it is the server.
export { WorkerEngine as Engine } from './engine.js';
