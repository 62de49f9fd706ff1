declare module 'oidc-provider/lib/helpers/defaults.js' {
  /** The whole default configuration of oidc-provider. */
  export default function makeDefaults(): Record<string, unknown>;
}
