import { Agent, type Dispatcher, setGlobalDispatcher } from 'undici';

/**
 * Lets the `fetch` of tests play a browser that follows a link: what it says of itself, a script's request, is taken
 * out of every request.
 */
const withoutMode: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (options, handler) => {
  const headers = Object.entries((options.headers ?? {}) as Record<string, string>);
  return dispatch(
    { ...options, headers: Object.fromEntries(headers.filter(([name]) => !/^sec-fetch-/i.test(name))) },
    handler,
  );
};

setGlobalDispatcher(new Agent().compose(withoutMode));
