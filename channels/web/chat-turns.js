// The wire: posts one message to the turn interface and says in words why it failed.

// Longer than the server takes to give up by itself.
const LONGEST_WAIT_MS = 12_000;
// Sending the same message again can help after these; the server recognises it by its message_id.
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);
// Whoever runs the page can do something about these, not the person who writes.
const NOT_THEIRS = new Set([401, 403, 404, 405, 409, 415]);

/** A turn that brought no answer. `retryable`: the same message may be sent again as it is. */
export class TurnError extends Error {
  constructor(sentence, retryable) {
    super(sentence);
    this.retryable = retryable;
  }
}

/** Posts `body`; gives the answer as data. Throws TurnError, or what `signal` aborts with. */
export async function postTurn({ endpoint, apiKey, trace, words, lang, signal }, body) {
  const response = await reach(
    endpoint,
    {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        "Accept-Language": lang,
        Authorization: `Bearer ${apiKey}`,
        ...(trace && { "X-Careline-Trace": "1" }),
      },
      body: JSON.stringify(body),
      signal: AbortSignal.any([signal, AbortSignal.timeout(LONGEST_WAIT_MS)]),
    },
    words,
  );
  const answer = await response.json().catch(() => ({}));
  if (response.ok && Array.isArray(answer.replies)) return answer;
  const sentence = (!NOT_THEIRS.has(response.status) && answer.detail) || words.trouble;
  throw new TurnError(sentence, response.ok || PASSING.has(response.status));
}

async function reach(endpoint, request, words) {
  try {
    return await fetch(endpoint, request);
  } catch (error) {
    throw new TurnError(error.name === "TimeoutError" ? words.slow : words.unreachable, true);
  }
}
