interface Cookie {
  readonly value: string;
  readonly path: string;
}

/** The cookies of one origin, as far as a login needs them: name, path and removal (RFC 6265 §5). */
export class CookieJar {
  readonly #cookies = new Map<string, Cookie>();

  /** Takes the `Set-Cookie` values of a response to the given path. */
  store(setCookies: readonly string[], requestPath: string): void {
    for (const line of setCookies) {
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
      const separator = pair.indexOf('=');
      if (separator < 1) continue;
      const name = pair.slice(0, separator);
      const attribute = (wanted: string) =>
        attributes.find((part) => part.toLowerCase().startsWith(`${wanted}=`))?.slice(wanted.length + 1);
      const given = attribute('path');
      const path = given?.startsWith('/') === true ? given : requestPath.replace(/\/[^/]*$/, '') || '/';
      const expires = Date.parse(attribute('expires') ?? '');
      const isRemoval = Number(attribute('max-age') ?? '1') <= 0 || expires <= Date.now();
      if (isRemoval) this.#cookies.delete(`${name} ${path}`);
      else this.#cookies.set(`${name} ${path}`, { value: pair, path });
    }
  }

  /** The `Cookie` header for a path, longer cookie paths first; undefined when there is none. */
  header(path: string): string | undefined {
    const matching = [...this.#cookies.values()]
      .filter((cookie) => pathMatches(path, cookie.path))
      .sort((left, right) => right.path.length - left.path.length);
    return matching.length === 0 ? undefined : matching.map(({ value }) => value).join('; ');
  }
}

/** RFC 6265 §5.1.4. */
const pathMatches = (path: string, cookiePath: string) =>
  path === cookiePath || path.startsWith(cookiePath.endsWith('/') ? cookiePath : `${cookiePath}/`);
