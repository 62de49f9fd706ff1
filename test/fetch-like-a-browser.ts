/**
 * Lets the `fetch` of tests play a browser that follows a link: what it says of itself, a script's request, is taken
 * out of every request. The dispatcher of Node itself is changed, as one of another version joins cookies.
 */
interface Dispatching {
  dispatch(options: { readonly headers?: unknown }, handler: unknown): boolean;
}

await fetch('data:,');
const node = (globalThis as unknown as Record<symbol, Dispatching>)[Symbol.for('undici.globalDispatcher.1')];
if (node === undefined) throw new Error('fetch has no dispatcher that could be changed.');
// The files of a worker share it.
if (!Object.hasOwn(node, 'dispatch')) {
  const dispatch = node.dispatch.bind(node);
  node.dispatch = (options, handler) => {
    const headers = Object.entries((options.headers ?? {}) as Record<string, string>);
    return dispatch(
      { ...options, headers: Object.fromEntries(headers.filter(([name]) => !/^sec-fetch-/i.test(name))) },
      handler,
    );
  };
}

export {};
