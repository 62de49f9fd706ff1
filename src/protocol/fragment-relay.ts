/**
 * Media type of what the relay page posts to the listener: the body is the fragment, without `#`. No form can send
 * this type and no foreign page can send it without a CORS preflight, so that it is never taken for a form_post
 * (OAuth 2.0 Form Post Response Mode §2).
 */
export const fragmentMediaType = 'application/vnd.oauth-code.fragment';
