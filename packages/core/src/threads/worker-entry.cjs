/**
 * What Piscina requires in a worker thread. Were that an ES module, Node ≥ 20.19 would link it synchronously, and a worker that is ended in that
 * moment would take the whole process with it (Node 20.20.2: "IsGraphAsync must be used on an instantiated module"). An import may be ended.
 */
const worker = import('./worker.js');
// Whoever gives a task hears of it.
worker.catch(() => {});

module.exports = async (task) => (await worker).default(task);
