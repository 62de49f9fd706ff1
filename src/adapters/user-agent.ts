import { version } from '../../package.json';

/** How this tool names itself to servers (RFC 9110 §10.1.5). */
export const userAgent = `oauth-code/${version}`;
