/** The values of `grant_type` beside plain names (RFC 8628 §3.4; CIBA Core §10.1; RFC 8693 §2.1; RFC 7523 §2.1; RFC 7522 §2.1). */
export const deviceCodeType = 'urn:ietf:params:oauth:grant-type:device_code';
export const cibaType = 'urn:openid:params:grant-type:ciba';
export const exchangeType = 'urn:ietf:params:oauth:grant-type:token-exchange';
export const jwtBearerType = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
export const samlBearerType = 'urn:ietf:params:oauth:grant-type:saml2-bearer';
