// What the server answered to a script: its JSON, or `error` with words for whoever typed.
const LOGGED_OUT = "You are logged out. Your text is kept in this browser: log in in another tab, then open this page again.";

// A request that is overtaken while its answer is read ends in AbortError, like one that is overtaken before.
export async function answerOf(response, otherwise) {
  const text = await response.text();
  if (response.redirected) return { error: LOGGED_OUT }; // to the page where one logs in
  try {
    const answer = JSON.parse(text);
    return response.ok ? answer : { ...answer, error: answer.error ?? otherwise };
  } catch { // a 403 that is a page: the form of another log-in
    return { error: response.status === 403 ? LOGGED_OUT : otherwise };
  }
}
