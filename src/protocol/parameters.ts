/** Request parameters in the order they are sent; a name may stand more than once (`resource`, RFC 8707 §2). */
export type Parameters = readonly (readonly [name: string, value: string])[];

/** What a person wants changed in a request: `set` replaces or adds, `remove` takes the name out. */
export type ParameterOverride =
  | { readonly type: 'set'; readonly name: string; readonly value: string }
  | { readonly type: 'remove'; readonly name: string };

/** Reads `name=value`, `name=` (sent empty) or `name` (removed); undefined when the name is empty. */
export function readParameterOverride(text: string): ParameterOverride | undefined {
  const at = text.indexOf('=');
  const name = at === -1 ? text : text.slice(0, at);
  if (name === '') return undefined;
  return at === -1 ? { type: 'remove', name } : { type: 'set', name, value: text.slice(at + 1) };
}

/**
 * Applies overrides in order. The first `set` of a name replaces every value it had, further ones add to it, so
 * that a repeated option sends a repeated parameter.
 */
export function overrideParameters(
  parameters: Parameters,
  overrides: readonly ParameterOverride[],
): Parameters {
  const touched = new Set<string>();
  let result = [...parameters];
  for (const override of overrides) {
    const at = result.findIndex(([name]) => name === override.name);
    if (override.type === 'remove' || !touched.has(override.name)) {
      result = result.filter(([name]) => name !== override.name);
    }
    if (override.type === 'set') {
      const replaces = at !== -1 && !touched.has(override.name);
      result.splice(replaces ? at : result.length, 0, [override.name, override.value]);
      touched.add(override.name);
    }
  }
  return result;
}

/** The first value of a parameter. */
export function parameterValue(parameters: Parameters, name: string): string | undefined {
  return parameters.find(([candidate]) => candidate === name)?.[1];
}

/** Serialises as application/x-www-form-urlencoded (RFC 6749 Appendix B). */
export function encodeForm(parameters: Parameters): string {
  return new URLSearchParams(parameters.map(([name, value]): [string, string] => [name, value])).toString();
}
