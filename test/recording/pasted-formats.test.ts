import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { judgeMessage } from '../../src/checks/judge-message.ts';
import { diagnoseMessage } from '../../src/diagnosis/diagnose-message.ts';
import { sortConversation } from '../../src/recording/conversation.ts';
import { recogniseInput } from '../../src/recording/recognise-input.ts';
import type { RecordedExchange } from '../../src/recording/recording.ts';

function exchanges(text: string): readonly RecordedExchange[] {
  const recognition = recogniseInput(text, 'test');
  if (recognition.type === 'unrecognised') throw new Error(recognition.seen);
  return recognition.events.filter((event) => event.type === 'exchange');
}

const url = 'https://as.example/token';
const header = (exchange: RecordedExchange | undefined, name: string) =>
  exchange?.request?.headers.find(([field]) => field.toLowerCase() === name)?.[1];
const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;
const form = 'application/x-www-form-urlencoded';

describe('a request that was pasted as a command', () => {
  it.each<
    [
      string,
      string,
      { method?: string; url?: string; body?: string | null; authorization?: string; type?: string },
    ]
  >([
    [
      'curl',
      `curl ${url} -d grant_type=client_credentials -d scope=a`,
      { body: 'grant_type=client_credentials&scope=a', type: form },
    ],
    [
      'curl behind a prompt',
      `$ curl -sS -XPOST "${url}" --data 'grant_type=password'`,
      { body: 'grant_type=password' },
    ],
    [
      'curl over lines',
      `curl --location '${url}' \\\n  --header 'X: 1' \\\n  --data-urlencode 'scope=a b'`,
      { body: 'scope=a+b', type: form },
    ],
    [
      'curl with credentials',
      `curl -u app:s%cret ${url} -d grant_type=client_credentials`,
      { authorization: basic('app:s%cret') },
    ],
    ['curl with a user alone', `curl -u app ${url} -d a=b`, { authorization: basic('app:') }],
    [
      'curl with variables',
      `curl -u "$ID:$SECRET" $URL/token -d a=b`,
      { url: '$URL/token', authorization: basic('‹$ID›:‹$SECRET›') },
    ],
    ['curl -G', `curl -G ${url} -d a=b`, { method: 'GET', url: `${url}?a=b` }],
    [
      'curl -F',
      `curl ${url} -F grant_type=password`,
      { type: 'multipart/form-data', body: 'grant_type=password' },
    ],
    [
      'curl --json',
      `curl --json '{"grant_type":"x"}' ${url}`,
      { type: 'application/json', body: '{"grant_type":"x"}' },
    ],
    ['curl with a file', `curl ${url} -d @body.txt`, { method: 'POST', body: null }],
    ['curl without a scheme', 'curl localhost:8080/token -d a=b', { url: 'http://localhost:8080/token' }],
    [
      'curl copied for cmd',
      `curl ^"${url}^" ^\r\n  -H ^"x: 1^" ^\r\n  --data-raw ^"a=b^&c=d^"`,
      { body: 'a=b&c=d' },
    ],
    [
      'wget',
      `wget -O- --post-data 'grant_type=client_credentials' ${url}`,
      { body: 'grant_type=client_credentials', type: form },
    ],
    [
      'HTTPie',
      `http -a app:pw --form POST ${url} grant_type=password username=a`,
      { body: 'grant_type=password&username=a', authorization: basic('app:pw'), type: form },
    ],
    [
      'HTTPie with JSON',
      `http POST ${url} grant_type=password`,
      { body: '{"grant_type":"password"}', type: 'application/json' },
    ],
    [
      'HTTPie at a port',
      'http -f :8080/token a=b',
      { method: 'POST', url: 'http://localhost:8080/token', body: 'a=b' },
    ],
    [
      'fetch',
      `fetch("${url}", {\n  "headers": { "content-type": "${form}" },\n  "body": "grant_type=x&code=y",\n  "method": "POST"\n});`,
      { body: 'grant_type=x&code=y', type: form },
    ],
    [
      'PowerShell',
      `Invoke-RestMethod -Method Post -Uri "${url}" -ContentType "${form}" -Body "grant_type=x"`,
      { body: 'grant_type=x', type: form },
    ],
    [
      'PowerShell with a table',
      `$r = Invoke-WebRequest -Uri '${url}' -Method POST -Body @{ grant_type = "x"; scope = "a b" }`,
      { body: 'grant_type=x&scope=a+b', type: form },
    ],
    [
      "curl with the escapes of bash's $'…'",
      `curl '${url}' --data-raw $'grant_type=x&code=a\\u0021b\\'c'`,
      { body: "grant_type=x&code=a!b'c" },
    ],
    ['curl at a prompt of cmd', `C:\\Users\\x> curl -X POST ${url} ^\r\n -d "a=b"`, { body: 'a=b' }],
    [
      'curl copied for cmd, with escaped percents',
      `curl ^"${url}^" ^\n  --data-raw ^"a=b^%^2Bc^&d=e^"`,
      { body: 'a=b%2Bc&d=e' },
    ],
    ['curl that something runs', `time curl ${url} -d a=b`, { body: 'a=b' }],
    ['curl behind a comment', `# get a token\n\ncurl ${url} -d a=b`, { body: 'a=b' }],
    ['curl behind variables', `export ID=a\nSECRET=b\ncurl ${url} -d id=$ID`, { body: 'id=a' }],
    [
      'curl with what another command prints',
      `curl ${url} -d "code=$(cat s3cret)&id=\${ID:-x}"`,
      { body: 'code=‹$(…)›&id=‹$ID›' },
    ],
    [
      'curl with variables in single quotes',
      `curl -u '$ID:$SECRET' ${url} -d a=b`,
      { authorization: basic('$ID:$SECRET') },
    ],
    ['curl with both in one variable', `curl -u "$AUTH" ${url} -d a=b`, { authorization: 'Basic ‹$AUTH›' }],
    ['curl whose output is kept', `TOKEN=$(curl -s ${url} -d a=b | jq -r .access_token)`, { body: 'a=b' }],
    ['curl whose output goes on', `curl ${url} -d a=b | jq .`, { body: 'a=b' }],
    ['curl whose output goes to a file', `curl -d a=b ${url} > out.json`, { body: 'a=b' }],
    [
      'curl -F with a type',
      `curl ${url} --form-string grant_type=password --form scope=x`,
      { type: 'multipart/form-data', body: 'grant_type=password&scope=x' },
    ],
    [
      'wget with credentials',
      `wget --user=a --password=b --auth-no-challenge --post-data 'x=y' ${url}`,
      { body: 'x=y', authorization: basic('a:b') },
    ],
    [
      'fetch of Firefox',
      `await fetch("${url}", {\n    "credentials": "omit",\n    "headers": {\n        "Content-Type": "${form}"\n    },\n    "body": "a=b",\n    "method": "POST",\n    "mode": "cors"\n});`,
      { body: 'a=b', type: form },
    ],
    [
      'fetch in a program',
      `const res = await fetch('${url}', {\n  method: 'POST',\n  headers: { 'Content-Type': '${form}' },\n  body: new URLSearchParams({ grant_type: 'x', client_id: id }),\n});`,
      { body: 'grant_type=x&client_id=id', type: form },
    ],
    [
      'fetch in a program, with JSON',
      `await fetch("${url}", { method: "POST", body: JSON.stringify({ grant_type: "x" }) })`,
      { body: '{"grant_type":"x"}' },
    ],
    [
      'PowerShell as a browser copies it',
      `$session = New-Object Microsoft.PowerShell.Commands.WebRequestSession\n$session.UserAgent = "Mozilla/5.0"\n$session.Cookies.Add((New-Object System.Net.Cookie("a", "b", "/", "as.example")))\nInvoke-WebRequest -UseBasicParsing -Uri "${url}" \`\n-Method "POST" \`\n-WebSession $session \`\n-Headers @{\n"accept"="*/*"\n} \`\n-ContentType "${form}" \`\n-Body "a=b"`,
      { body: 'a=b', type: form },
    ],
    [
      'PowerShell with a table in a variable',
      `$body = @{\n    grant_type = "x"\n    scope      = "a b"\n}\n$r = Invoke-RestMethod -Method Post -Uri "${url}" -Body $body`,
      { body: 'grant_type=x&scope=a+b', type: form },
    ],
    ['PowerShell with a variable', `irm -Uri ${url} -Method Post -Body $body`, { body: null }],
  ])('is read from %s', (_, command, expected) => {
    const [exchange, ...more] = exchanges(command);
    expect(more).toEqual([]);
    expect(exchange?.request).toMatchObject({ method: expected.method ?? 'POST', url: expected.url ?? url });
    if (expected.body !== undefined) expect(exchange?.request?.body).toBe(expected.body);
    if (expected.authorization !== undefined)
      expect(header(exchange, 'authorization')).toBe(expected.authorization);
    if (expected.type !== undefined) expect(header(exchange, 'content-type')).toBe(expected.type);
  });

  it('is read with the answer that follows', () => {
    const command = `curl -d grant_type=client_credentials ${url}`;
    expect(exchanges(`${command}\n{"error":"invalid_client"}\n`)).toMatchObject([
      {
        request: { body: 'grant_type=client_credentials' },
        response: { status: null, body: '{"error":"invalid_client"}' },
      },
    ]);
    const head =
      '> POST /token HTTP/1.1\n> Host: as.example\n> Content-Length: 29\n> \n< HTTP/1.1 401 Unauthorized\n< Content-Length: 2\n< \n{}';
    expect(exchanges(`${command} -v\n${head}`)).toMatchObject([
      {
        request: { method: 'POST', body: 'grant_type=client_credentials' },
        response: { status: 401, body: '{}' },
      },
    ]);
  });

  it.each<[string, string, object]>([
    [
      'with the prompt that came back',
      `$ curl ${url} -d a=b\n{"error":"invalid_scope"}\n$ `,
      { status: null, body: '{"error":"invalid_scope"}' },
    ],
    [
      'as PowerShell tells of it',
      `PS C:\\> Invoke-RestMethod -Method Post -Uri ${url} -Body @{ a = "b" }\nInvoke-RestMethod : {"error":"invalid_client"}\nAt line:1 char:1`,
      { body: '{"error":"invalid_client"}' },
    ],
    [
      'as a table of PowerShell',
      `PS> irm -Method Post -Uri ${url} -Body "a=b" -SkipHttpErrorCheck\n\nerror          error_description\n-----          -----------------\ninvalid_client Wrong\n`,
      { body: '{"error":"invalid_client","error_description":"Wrong"}' },
    ],
  ])('is read with its answer, %s', (_, text, response) => {
    expect(exchanges(text)).toMatchObject([{ request: { url, body: 'a=b' }, response }]);
  });

  it.each([
    [`$ curl ${url} -d a=b\ncurl: (7) Failed to connect to as.example port 443`, 'refused_connection'],
    [
      `fetch("${url}", {\n "body": "a=b",\n "method": "POST"\n});\nhas been blocked by CORS policy`,
      'blocked_by_cors',
    ],
  ])('is read with the failure that follows: %s', (text, code) => {
    expect(exchanges(text)).toMatchObject([
      { request: { url, body: 'a=b' }, response: null, error: { code } },
    ]);
  });

  const cmd = `C:\\Users\\me>curl -s ${url} -d grant_type=authorization_code`;
  const answered = '{"error":"invalid_request","error_description":"Missing parameter: redirect_uri"}';
  const all =
    'grant_type=authorization_code&code=codeAAA1234567890&redirect_uri=https://app.example/cb&client_id=my-app';
  it.each([
    [
      'within a word',
      `${cmd} -d code=codeAAA123456\n7890 -d redirect_uri=https://app.example/cb -d client_id=my-app`,
    ],
    [
      'more than once',
      `${cmd} -d code=codeAAA1234\n567890 -d redirect_uri=https://app.exam\nple/cb -d client_id=my-app`,
    ],
    [
      'in its last word',
      `${cmd} -d code=codeAAA1234567890 -d redirect_uri=https://app.example/cb -d client_id=my\n-app`,
    ],
    [
      'before an option',
      `${cmd}\r\n-d code=codeAAA1234567890 -d redirect_uri=https://app.example/cb -d client_id=my-app`,
    ],
    [
      'in quotes',
      `${cmd} -d "code=codeAAA12345\n67890" -d redirect_uri=https://app.example/cb -d client_id=my-app`,
    ],
    [
      'in PowerShell',
      `PS ${cmd.replace('curl', 'curl.exe')} -d code=codeAAA1234567890 -d redirect_uri=https://app.ex\nample/cb -d client_id=my-app`,
    ],
    [
      'in bash',
      `$ ${cmd.replace(/.*>/, '')} -d code=codeAAA123456\n7890 -d redirect_uri=https://app.example/cb -d client_id=my-app`,
    ],
  ])('is joined where a window broke it, %s', (_, text) => {
    expect(exchanges(`${text}\n${answered}`)).toMatchObject([
      { request: { url, body: all }, response: { body: answered } },
    ]);
    expect(recogniseInput(`${text}\n${answered}`, 'test')).not.toHaveProperty('unread');
  });

  it.each([
    [
      'a line without its backslash',
      `curl ${url} -d grant_type=authorization_code -d code=abc\n-d redirect_uri=https://app.example/cb`,
    ],
    ['words', `curl ${url} -d grant_type=authorization_code -d code=abc\nthen more of it and`],
  ])('says nothing certain of what is missing behind %s', (_, text) => {
    const read = recogniseInput(`${text}\n${answered}`, 'test');
    expect(read).toMatchObject({ unread: [{ source: 'test, from line 2' }] });
    const conversation = sortConversation(read.type === 'recognised' ? read.events : []);
    const causes = conversation.messages.flatMap(
      (message) => diagnoseMessage(message, judgeMessage(message, new Date(0)), conversation).diagnosis,
    );
    expect(causes.map(({ confidence }) => confidence)).not.toContain('high');
    expect(causes[0]?.cause).toContain('has no redirect_uri');
  });

  it.each([
    '',
    'Response:\n',
    '\n',
    '  % Total    % Received % Xferd\n100    79  100    79    0     0    100      0 --:--:-- --:--:-- --:--:--   100\n',
  ])('ends before what tools and people put in front of its answer: %j', (between) => {
    expect(exchanges(`$ curl ${url} -d a=b\n${between}${answered}`)).toMatchObject([
      { request: { body: 'a=b' } },
    ]);
    expect(recogniseInput(`$ curl ${url} -d a=b\n${between}${answered}`, 'test')).not.toHaveProperty(
      'unread',
    );
  });

  it('says which lines a missing backslash cut off', () => {
    expect(recogniseInput(`curl ${url} \\\n-d grant_type=password\n-d password=x`, 'test')).toMatchObject({
      unread: [{ source: 'test, from line 3', reason: expect.stringContaining('does not end in "\\"') }],
    });
  });
});

describe('a dump of the wire', () => {
  const answer = '{"error":"invalid_scope"}';
  it('is read as curl --trace-ascii writes it', () => {
    const text = `== Info: Connected to as.example port 443\n=> Send header, 90 bytes (0x5a)\n0000: POST /token HTTP/1.1\n0016: Host: as.example\n0028: Content-Type: ${form}\n0057: \n=> Send data, 70 bytes (0x46)\n0000: grant_type=client_credentials&client_id=0f4c1d2e-55aa-4b7e-9c3d-7\n0041: abcd\n<= Recv header, 26 bytes (0x1a)\n0000: HTTP/1.1 400 Bad Request\n<= Recv header, 2 bytes (0x2)\n0000: \n<= Recv data, 25 bytes (0x19)\n0000: ${answer}\n`;
    expect(exchanges(text)).toMatchObject([
      {
        request: { body: 'grant_type=client_credentials&client_id=0f4c1d2e-55aa-4b7e-9c3d-7abcd' },
        response: { status: 400, body: answer },
      },
    ]);
  });

  it('is read as curl --trace writes it, in hex', () => {
    const line = (text: string, at: number) =>
      `${at.toString(16).padStart(4, '0')}: ${Buffer.from(text).toString('hex').replace(/../g, '$& ').padEnd(48)}${text.replace(/[^ -~]/g, '.')}\n`;
    const dump = (text: string) =>
      (text.match(/[\s\S]{1,16}/g) ?? []).map((part, at) => line(part, at * 16)).join('');
    const text = `=> Send header, 62 bytes (0x3e)\n${dump('POST /token HTTP/1.1\r\nHost: as.example\r\n\r\n')}=> Send data, 9 bytes (0x9)\n${dump('grant_type=x')}<= Recv header, 24 bytes (0x18)\n${dump('HTTP/1.1 400 Bad Request\r\n')}<= Recv header, 2 bytes (0x2)\n${dump('\r\n')}<= Recv data, 25 bytes (0x19)\n${dump(answer)}`;
    expect(exchanges(text)).toMatchObject([
      {
        request: { url: 'https://as.example/token', body: 'grant_type=x' },
        response: { status: 400, body: answer },
      },
    ]);
  });

  it('is read with times and identifiers in front', () => {
    const text = `10:00:00.123456 [0-0] => Send header, 90 bytes (0x5a)\n0000: POST /token HTTP/2\n0014: Host: as.example\n0026: Content-Type: ${form}\n0055: \n10:00:00.123456 [0-0] => Send data, 12 bytes (0xc)\n0000: grant_type=x\n10:00:00.223456 [0-0] <= Recv header, 13 bytes (0xd)\n0000: HTTP/2 400 \n10:00:00.223456 [0-0] <= Recv header, 2 bytes (0x2)\n0000: \n10:00:00.223456 [0-0] <= Recv data, 25 bytes (0x19)\n0000: ${answer}\n`;
    expect(exchanges(text)).toMatchObject([
      { request: { body: 'grant_type=x' }, response: { status: 400, body: answer } },
    ]);
  });

  it('is read as our own -v writes it', () => {
    const text = `✓ Discovery     https://as.example/.well-known  200  7 ms\n  > GET https://as.example/keys\n  > accept: application/json\n  < 200\n  < Content-Type: application/json\n  <\n  < {\n  <   "keys": []\n  < }\n✗ Token         ${url}  401  13 ms\n  > POST ${url}\n  > content-type: ${form}\n  >\n  > grant_type=client_credentials\n  > &client_id=svc\n  < 401\n  < Content-Type: application/json\n  <\n  < ${answer}\n\nerror: The token endpoint refused the request.\n  expected  S256\n`;
    expect(exchanges(text)).toMatchObject([
      { request: { method: 'GET' }, response: { status: 200, body: '{\n  "keys": []\n}\n' } },
      {
        request: { method: 'POST', url, body: 'grant_type=client_credentials&client_id=svc' },
        response: { status: 401 },
      },
    ]);
    expect(exchanges(text)[1]?.response?.body?.trim()).toBe(answer);
  });

  it('is read without the remarks of wget around it', () => {
    const text = `--2026-11-30 10:00:00--  ${url}\nHTTP request sent, awaiting response... \n  HTTP/1.1 400 Bad Request\n  Content-Type: application/json\nLength: unspecified [application/json]\nSaving to: ‘STDOUT’\n\n${answer}\n2026-11-30 10:00:00 ERROR 400: Bad Request.\n`;
    expect(exchanges(text)[0]?.response).toMatchObject({ status: 400 });
    expect(exchanges(text)[0]?.response?.body?.trim()).toBe(answer);
  });

  it('is read as wget -S writes it', () => {
    const text = `--2026-11-01 10:00:00--  ${url}\nResolving as.example... 127.0.0.1\n  HTTP/1.1 400 Bad Request\n  Content-Type: application/json\n\n${answer}`;
    expect(exchanges(text)).toMatchObject([{ response: { status: 400, body: answer } }]);
  });
});

describe('a collection of another tool', () => {
  const fields = (key: string) => [
    { [key]: 'grant_type', value: 'password' },
    { [key]: 'scope', value: 'a b' },
    { [key]: 'x', value: 'y', disabled: true },
  ];
  const body = 'grant_type=password&scope=a+b';
  it.each<[string, string, boolean]>([
    [
      'Postman',
      JSON.stringify({
        info: { name: 'x' },
        item: [
          {
            name: 'folder',
            item: [
              {
                name: 'token',
                request: {
                  method: 'POST',
                  url: { raw: url },
                  body: { mode: 'urlencoded', urlencoded: fields('key') },
                },
              },
            ],
          },
        ],
      }),
      false,
    ],
    [
      'Postman with an example',
      JSON.stringify({
        info: { name: 'x' },
        item: [
          {
            name: 'token',
            request: {},
            response: [
              {
                originalRequest: {
                  method: 'POST',
                  url,
                  body: { mode: 'urlencoded', urlencoded: fields('key') },
                },
                code: 400,
                body: '{"error":"invalid_grant"}',
              },
            ],
          },
        ],
      }),
      true,
    ],
    [
      'Insomnia',
      JSON.stringify({
        _type: 'export',
        resources: [
          { _type: 'workspace' },
          {
            _type: 'request',
            name: 'token',
            url,
            method: 'POST',
            body: { mimeType: form, params: fields('name') },
          },
        ],
      }),
      false,
    ],
    [
      'Insomnia 5',
      JSON.stringify({
        type: 'collection.insomnia.rest/5.0',
        collection: [
          {
            name: 'folder',
            children: [
              {
                name: 'token',
                url,
                method: 'POST',
                body: {
                  mimeType: form,
                  params: [...fields('name'), { name: 'y', value: 'z', disabled: 'true' }],
                },
              },
            ],
          },
        ],
      }),
      false,
    ],
    [
      'an error of axios on a console',
      `AxiosError: Request failed with status code 400\n    at settle (settle.js:19:12) {\n  code: 'ERR_BAD_REQUEST',\n  config: {\n    headers: Object [AxiosHeaders] {\n      'Content-Type': '${form}'\n    },\n    baseURL: '${new URL(url).origin}',\n    method: 'post',\n    url: '${new URL(url).pathname}',\n    data: '${body}'\n  },\n  request: <ref *1> ClientRequest { method: 'POST' },\n  response: {\n    status: 400,\n    data: { error: 'invalid_grant' }\n  }\n}`,
      true,
    ],
    [
      'Bruno',
      `meta {\n  name: token\n}\n\npost {\n  url: ${url}\n  body: formUrlEncoded\n}\n\nbody:form-urlencoded {\n  grant_type: password\n  scope: a b\n  ~x: y\n}\n`,
      false,
    ],
    [
      'Burp',
      `<?xml version="1.0"?>\n<items burpVersion="2026.1">\n<item><url><![CDATA[${url}]]></url><request base64="true"><![CDATA[${Buffer.from(`POST /token HTTP/1.1\r\nHost: as.example\r\nContent-Type: ${form}\r\n\r\n${body}`).toString('base64')}]]></request><response base64="true"><![CDATA[${Buffer.from('HTTP/1.1 400 Bad Request\r\nContent-Length: 25\r\n\r\n{"error":"invalid_grant"}').toString('base64')}]]></response></item></items>`,
      true,
    ],
  ])('is read: %s', (_, text, isAnswered) => {
    const [exchange, ...more] = exchanges(text);
    expect(more).toEqual([]);
    expect(exchange?.request).toMatchObject({ method: 'POST', url });
    expect(exchange?.request?.body?.trim()).toBe(body);
    expect(exchange?.response?.body).toBe(isAnswered ? '{"error":"invalid_grant"}' : undefined);
  });
});

it('reads the request of an error of axios in JSON, beside its status', () => {
  const [exchange] = exchanges(
    JSON.stringify({
      message: 'Request failed with status code 401',
      name: 'AxiosError',
      config: { headers: { 'Content-Type': form }, method: 'post', url, data: 'grant_type=password' },
      status: 401,
    }),
  );
  expect(exchange).toMatchObject({
    request: { method: 'POST', url, body: 'grant_type=password' },
    response: { status: 401, body: null },
  });
});

describe('the credentials and forms of a collection', () => {
  const collection = (request: object) =>
    JSON.stringify({ info: {}, item: [{ name: 'x', request: { method: 'POST', url, ...request } }] });
  const list = [
    { key: 'password', value: 'b' },
    { key: 'username', value: 'a' },
  ];
  it.each<[string, string]>([
    ['Postman 2.1', collection({ auth: { type: 'basic', basic: list } })],
    ['Postman 2.0', collection({ auth: { type: 'basic', basic: { username: 'a', password: 'b' } } })],
    [
      'Insomnia',
      JSON.stringify({
        _type: 'export',
        resources: [
          {
            _type: 'request',
            url,
            method: 'POST',
            authentication: { type: 'basic', username: 'a', password: 'b' },
          },
        ],
      }),
    ],
    ['Bruno', `meta {\n}\n\npost {\n  url: ${url}\n}\n\nauth:basic {\n  username: a\n  password: b\n}\n`],
  ])('are read: %s', (_, text) => {
    expect(header(exchanges(text)[0], 'authorization')).toBe(basic('a:b'));
  });

  it('are multipart where Postman sends form-data', () => {
    const [exchange] = exchanges(
      collection({ body: { mode: 'formdata', formdata: [{ key: 'grant_type', value: 'x' }] } }),
    );
    expect(exchange?.request?.body).toBe('grant_type=x');
    expect(header(exchange, 'content-type')).toBe('multipart/form-data');
  });

  it.each([
    [
      'Insomnia',
      JSON.stringify({
        type: 'collection.insomnia.rest/5.0',
        collection: [
          {
            url,
            method: 'POST',
            body: { mimeType: 'multipart/form-data', params: [{ name: 'a', value: 'b' }] },
          },
        ],
      }),
    ],
    ['Bruno', `meta {\n}\n\npost {\n  url: ${url}\n}\n\nbody:multipart-form {\n  a: b\n}\n`],
  ])('are multipart where %s sends them so', (_, text) => {
    const [exchange] = exchanges(text);
    expect(header(exchange, 'content-type')).toBe('multipart/form-data');
    expect(exchange?.request?.body).toBe('a=b');
  });

  it.each([
    [
      'Postman',
      collection({ auth: { type: 'basic', basic: { username: '{{id}}', password: '{{secret}}' } } }),
    ],
    [
      'Bruno',
      `meta {\n}\n\npost {\n  url: ${url}\n}\n\nauth:basic {\n  username: {{id}}\n  password: {{secret}}\n}\n`,
    ],
  ])('leave open what a variable of %s holds', (_, text) => {
    expect(header(exchanges(text)[0], 'authorization')).toBe(basic('‹{{id}}›:‹{{secret}}›'));
  });
});

describe('a request that no server answered', () => {
  it.each([
    ['curl: (60) SSL certificate problem: self-signed certificate', /certificate of the server/],
    [
      'Post "https://as.example/token": x509: certificate signed by unknown authority',
      /certificate of the server/,
    ],
    [
      'javax.net.ssl.SSLHandshakeException: PKIX path building failed: unable to find valid certification path',
      /certificate of the server/,
    ],
    [
      'requests.exceptions.SSLError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed',
      /certificate of the server/,
    ],
    ["Error: Hostname/IP does not match certificate's altnames", /another host name/],
    ['curl: (60) SSL: no alternative certificate subject name matches target host name', /another host name/],
    [
      "Access to fetch at 'https://as.example/token' from origin 'http://localhost:3000' has been blocked by CORS policy",
      /CORS/,
    ],
    [
      'Origin http://localhost:3000 is not allowed by Access-Control-Allow-Origin. Status code: 400\nFetch API cannot load https://as.example/token due to access control checks.',
      /CORS/,
    ],
    [
      'curl: (60) schannel: SNI or certificate check failed: SEC_E_WRONG_PRINCIPAL (0x80090322)',
      /another host name/,
    ],
    ['Post "https://as.example/token": EOF', /closed before/],
    ['HTTP/1.1 407 Proxy Authentication Required\nProxy-Authenticate: Basic realm="x"\n\n', /proxy wants/],
    ['curl: (6) Could not resolve host: as.example', /host name is not known/],
    ['dial tcp: lookup keycloak: no such host', /host name is not known/],
    ['Error: connect ECONNREFUSED 127.0.0.1:8080', /Nothing accepts connections/],
    ['curl: (28) Operation timed out after 5001 milliseconds', /in time/],
    ['Error: socket hang up\n    at x', /closed before/],
    [
      '> CONNECT as.example:443 HTTP/1.1\n> Host: as.example:443\n>\n< HTTP/1.1 407 Proxy Authentication Required\n<\ncurl: (56) CONNECT tunnel failed, response 407',
      /proxy wants credentials/,
    ],
  ])('is a reading with its cause: %s', (text, cause) => {
    const recognition = recogniseInput(text, 'test');
    const conversation = sortConversation(recognition.type === 'recognised' ? recognition.events : []);
    const [message] = conversation.messages;
    expect(message?.kind).toBe('failure');
    if (message === undefined) return;
    const judged = judgeMessage(message, new Date(0));
    expect(judged).toMatchObject({ outcome: 'error', findings: [] });
    expect(diagnoseMessage(message, judged, conversation).diagnosis[0]?.cause).toMatch(cause);
  });
});

describe('the head and the body of an answer', () => {
  const read = (text: string) => {
    const recognition = recogniseInput(text, 'test');
    const conversation = sortConversation(recognition.type === 'recognised' ? recognition.events : []);
    return conversation.messages.map((message) => {
      const judged = judgeMessage(message, new Date(0));
      const [first] = diagnoseMessage(message, judged, conversation).diagnosis;
      const { error, error_description } = judged.values;
      return [message.kind, error, error_description ?? null, first?.cause];
    });
  };
  const json = (status: string, body: string, more = '') =>
    `HTTP/1.1 ${status}\nContent-Type: application/json\n${more}\n${body}`;
  it.each<[string, string, readonly unknown[]]>([
    [
      'of an API beside its challenge',
      json(
        '403 Forbidden',
        '{"error":"access_denied","error_description":"Needs write"}',
        'WWW-Authenticate: Bearer error="insufficient_scope", scope="write"\n',
      ),
      ['challenge', 'insufficient_scope', 'Needs write', expect.stringMatching(/lacks the scope/)],
    ],
    [
      'of a gateway',
      json('401 Unauthorized', '{"message":"The incoming token has expired"}', 'WWW-Authenticate: Bearer\n'),
      ['challenge', null, expect.anything(), expect.stringMatching(/access token/)],
    ],
    [
      'with an error of any endpoint',
      json('403 Forbidden', '{"error":"access_denied","error_description":"No"}'),
      ['challenge', 'access_denied', 'No', expect.stringMatching(/./)],
    ],
    [
      'that failed',
      json('500 Internal Server Error', '{"error":"server_error"}'),
      ['challenge', 'server_error', null, expect.stringMatching(/failed/)],
    ],
    [
      'of Okta',
      json('401 Unauthorized', '{"errorCode":"E0000011","errorSummary":"Invalid token provided"}'),
      ['challenge', 'E0000011', 'Invalid token provided', expect.stringMatching(/./)],
    ],
    [
      'of Graph',
      json('401 Unauthorized', '{"error":{"code":"InvalidAuthenticationToken","message":"Expired."}}'),
      ['challenge', 'InvalidAuthenticationToken', 'Expired.', expect.stringMatching(/./)],
    ],
    [
      'that are empty',
      'HTTP/1.1 401 Unauthorized\nContent-Length: 0\n\n',
      ['challenge', null, null, expect.stringMatching(/access token/)],
    ],
    [
      'that forbid',
      'HTTP/2 403 \ncontent-length: 0\n\n',
      ['challenge', null, null, expect.stringMatching(/scope/)],
    ],
    [
      'of a proxy',
      'HTTP/1.1 502 Bad Gateway\nServer: nginx\n\n<html><title>502 Bad Gateway</title></html>',
      ['challenge', null, null, expect.stringMatching(/failed/)],
    ],
    [
      'of Cloudflare',
      'HTTP/1.1 403 Forbidden\ncf-mitigated: challenge\n\n<!DOCTYPE html><title>Just a moment...</title>',
      ['challenge', null, null, expect.stringMatching(/Cloudflare/)],
    ],
    [
      'of a redirect to an error page',
      'HTTP/1.1 303 See Other\nLocation: https://as.example/fallbacks/error?error=invalid_client&error_description=Unknown\n\n',
      ['callback', 'invalid_client', 'Unknown', expect.stringMatching(/./)],
    ],
    [
      'of a redirect to a login',
      'HTTP/1.1 302 Found\nLocation: /login\n\n',
      ['challenge', null, null, expect.stringMatching(/redirect/)],
    ],
  ])('are read together %s', (_, text, expected) => {
    expect(read(text)).toEqual([expected]);
  });

  it('compare no state where an authorization request led to an error page', () => {
    const text =
      '> GET /authorize?response_type=code&client_id=no&redirect_uri=https%3A%2F%2Fa%2Fcb&state=xyz HTTP/1.1\n> Host: as.example\n>\n< HTTP/1.1 302 Found\n< Location: https://as.example/error?error=unauthorized_client&error_description=Unknown\n<\n';
    const recognition = recogniseInput(text, 'test');
    const { messages } = sortConversation(recognition.type === 'recognised' ? recognition.events : []);
    expect(messages.map(({ kind }) => kind)).toEqual(['authorization_request', 'callback']);
    expect(messages.slice(1).map((message) => judgeMessage(message, new Date(0)))).toMatchObject([
      { outcome: 'error', values: { error: 'unauthorized_client' }, findings: [] },
    ]);
  });

  it('name the host and what the proxy wants where a tunnel was refused', () => {
    const text =
      '> CONNECT as.example:443 HTTP/1.1\n> Host: as.example:443\n>\n< HTTP/1.1 407 Proxy Authentication Required\n< Proxy-Authenticate: Negotiate\n< Proxy-Authenticate: NTLM\n<\n* CONNECT tunnel failed, response 407\ncurl: (56) CONNECT tunnel failed, response 407';
    expect(exchanges(text)).toMatchObject([
      { error: { message: 'as.example:443: HTTP/1.1 407 Proxy Authentication Required (Negotiate, NTLM)' } },
    ]);
  });
});
