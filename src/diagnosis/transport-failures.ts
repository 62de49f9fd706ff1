import type { TransportFailure } from '../recording/failure-in-text.ts';
import type { Cause } from './diagnosis.ts';

type Meaning = Pick<Cause, 'cause' | 'why' | 'try' | 'source'>;

/** What it comes from that no answer came. The request did not reach the server, or its answer not the client. */
export const transportCauses: Readonly<Record<TransportFailure, Meaning>> = {
  untrusted_certificate: {
    cause: 'The client does not trust the certificate of the server.',
    why: 'No authority that it knows has signed it: a private authority, a proxy that opens TLS, or a chain that is not sent whole.',
    try: 'Give the client the certificate of the authority (NODE_EXTRA_CA_CERTS, SSL_CERT_FILE, --cacert, a trust store); have the server send its intermediate certificates. Do not turn the verification off.',
    source: 'RFC 9110 §4.3.4; RFC 6749 §1.6',
  },
  expired_certificate: {
    cause: 'The certificate of the server is not valid now, or the clock of the client is wrong.',
    why: 'Its dates do not include the time of the client.',
    try: 'Compare the clock of the client; have the certificate renewed.',
    source: 'RFC 5280 §4.1.2.5',
  },
  revoked_certificate: {
    cause: 'The certificate of the server was revoked.',
    why: 'The client asked for its state, or has a list of revoked ones.',
    try: 'Have the server use a new certificate.',
    source: 'RFC 5280 §5',
  },
  certificate_for_other_names: {
    cause: 'The certificate is for another host name than the one that was asked.',
    why: 'The name in the URL is not among the names of the certificate.',
    try: 'Use the host name that the server has its certificate for; the issuer has to name it too.',
    source: 'RFC 9110 §4.3.4',
  },
  certificate_demanded: {
    cause: 'The server wants a client certificate, and did not get one that it accepts.',
    why: 'The TLS handshake ended with that demand.',
    try: 'Send the certificate that is registered for the client, to the mTLS endpoint if the metadata has one.',
    source: 'RFC 8705 §2',
  },
  tls_failed: {
    cause: 'TLS could not be agreed.',
    why: 'The other side speaks plain http, an old version of TLS, or something in between answers.',
    try: 'Compare http and https and the port of the URL.',
    source: 'RFC 8446 §4.1',
  },
  proxy_wants_credentials: {
    cause: 'The proxy wants credentials: the request never reached the server.',
    why: 'It answered the CONNECT with 407, so no tunnel was opened.',
    try: 'Give the proxy its user and password, or have the host exempted (NO_PROXY).',
    source: 'RFC 9110 §15.5.8',
  },
  proxy_unreachable: {
    cause: 'The proxy itself cannot be reached.',
    why: 'The request was to go through it, and never reached the server.',
    try: 'Compare host and port of the proxy, or have the host exempted (NO_PROXY).',
    source: 'RFC 9110 §3.7',
  },
  proxy_refused: {
    cause: 'The proxy refused the tunnel: the request never reached the server.',
    why: 'It answered the CONNECT with an error.',
    try: 'Have the host and port allowed at the proxy, or exempted (NO_PROXY).',
    source: 'RFC 9110 §9.3.6',
  },
  blocked_by_cors: {
    cause: 'The browser hid the answer from the page (CORS).',
    why: 'The server did not name the origin of the page in Access-Control-Allow-Origin. The server may have done what was asked.',
    try: 'Register the origin of the page at the server (web origins, allowed origins), or let a backend ask the token endpoint.',
    source: 'Fetch §3.2',
  },
  blocked_by_extension: {
    cause: 'An extension, a filter or a policy of the browser blocked the request.',
    why: 'It was never sent.',
    try: 'Try a window without extensions, and exempt the host of the server. Some filters block paths with words such as "track" or "sso".',
  },
  blocked_by_browser: {
    cause: 'The browser does not allow this request.',
    why: 'Rules of its own forbid it: plain http in an https page, a port that is not safe, a private address, or headers of the answer (frames, resource policy).',
    try: 'Use https for every address, a usual port, and a redirect of the whole page in place of a frame.',
  },
  page_left: {
    cause: 'The page was left or the request given up before the answer came.',
    why: 'The browser cancels what a page has open when it goes elsewhere. A code or refresh token that was sent may be spent.',
    try: 'Wait for the answer before the page goes on; keep a button from sending its form as well.',
  },
  redirect_loop: {
    cause: 'The redirects go in a circle.',
    why: 'Each page sends the browser back to the other one: mostly the application does not keep the session of the login, and begins anew.',
    try: 'Look whether the session cookie is set and comes back (SameSite, Secure, host name, size), and whether the application refuses the token.',
    source: 'RFC 9110 §15.4',
  },
  unknown_scheme: {
    cause: 'No program takes the scheme of this address.',
    why: 'A redirect URI such as com.example.app:/callback is for an app that has registered its scheme.',
    try: 'Install the app, register its scheme, or use an http redirect URI on a loopback address.',
    source: 'RFC 8252 §7.1',
  },
  no_network: {
    cause: 'There is no way to the host: the network is down, changed, or does not lead there.',
    why: 'The request was not sent.',
    try: 'Check the network, VPN and routes.',
    source: 'RFC 9110 §4.3.1',
  },
  other_failure: {
    cause: 'The browser did not get an answer.',
    why: 'It names the reason by its own code.',
    try: 'Look the code up in the documentation of the browser, and look into its console.',
  },
  unknown_host: {
    cause: 'The host name is not known.',
    why: 'The look-up of the name failed.',
    try: 'Compare its spelling. A name that exists only inside a container or cluster network is unknown outside.',
    source: 'RFC 9110 §4.3.1',
  },
  refused_connection: {
    cause: 'Nothing accepts connections at that host and port.',
    why: 'The connection was refused.',
    try: 'Check the port, and that the server runs. In a container localhost is the container itself.',
    source: 'RFC 9110 §4.3.1',
  },
  no_answer_in_time: {
    cause: 'The server did not answer in time.',
    why: 'The client gave up waiting.',
    try: 'Check the network, VPN and proxy, and allow more time.',
    source: 'RFC 9110 §9.2.2',
  },
  closed_connection: {
    cause: 'The connection was closed before the answer came.',
    why: 'The server, or a proxy in between, closed it. A code or refresh token that was sent may be spent.',
    try: 'Look into the logs of the server and of proxies in between; try https instead of http.',
    source: 'RFC 9112 §9.5',
  },
};
