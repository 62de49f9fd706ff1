import { endpoints, type Provider } from './provider.ts';

/** GitHub: OAuth apps and GitHub Apps. */
export const github: Provider = {
  name: 'GitHub',
  hosts: ['github.com', 'api.github.com'],
  server: endpoints(
    'https://github.com/login/oauth/authorize',
    'https://github.com/login/oauth/access_token',
    'https://api.github.com/user',
  ),
  authentication: ['client_secret_post', 'client_secret_basic'],
  pkce: 'S256',
  refresh: { type: 'setting', setting: 'only GitHub Apps whose user tokens expire get refresh tokens' },
  loopback: { port: 'any', host: '127.0.0.1' },
  quirks: ['Errors come with status 200.', 'Granted scopes come back separated by commas.'],
  register: 'https://github.com/settings/developers',
  errors: {
    'docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors':
      {
        bad_verification_code: {
          cause: 'The code has expired or was used before.',
          try: 'Start the login again and redeem its code at once and once: it lives for ten minutes.',
        },
        incorrect_client_credentials: {
          cause: 'The client_id or the client secret is wrong.',
          try: 'Copy both again from the settings of the application.',
        },
        unverified_user_email: {
          cause: 'The person has no verified primary e-mail address.',
          try: 'Have the address verified in the settings of the account.',
        },
      },
    'docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-authorization-request-errors':
      {
        application_suspended: {
          cause: 'The application is suspended.',
          try: 'Its owner has to contact the support of the provider.',
        },
      },
    'docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/refreshing-user-access-tokens':
      {
        bad_refresh_token: {
          cause: 'The refresh token has expired or was used before.',
          try: 'Log in again, and store the newest refresh token each time.',
        },
      },
    'docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps#error-codes-for-the-device-flow':
      {
        device_flow_disabled: {
          cause: 'The device flow is not enabled for this application.',
          try: 'Enable it in the settings of the application.',
        },
        incorrect_device_code: {
          cause: 'The device code is wrong.',
          try: 'Send the device_code of the answer that began the flow.',
        },
      },
  },
};
