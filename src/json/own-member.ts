/** What an object has of its own under a name from elsewhere, which may be `constructor` or `__proto__`. */
export function ownMember<T>(object: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}
