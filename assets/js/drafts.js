// Text that is typed and not saved yet, kept twice: in this browser at once, and on the server soon after, for the writer's
// other devices. A form with data-note-form says where (data-draft-key, data-drafts-url); its field `draft` names the editor.
import { announce } from "./announce.js";
import { answerOf } from "./answers.js";

const PAUSE = 1500; // ms without a key
const LONGEST = 8000; // ms between two requests of someone who does not pause
const AGAIN = 20_000; // ms after a refusal or without a network

// In this browser -----------------------------------------------------------------------------------------------------

function readDraft(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null; // storage is switched off, or holds something else
  }
}

function writeDraft(key, draft) {
  try {
    if (draft) localStorage.setItem(key, JSON.stringify(draft));
    else localStorage.removeItem(key);
  } catch {
    // Storage is full or switched off: the server keeps the text.
  }
}

function device() {
  try {
    const known = localStorage.getItem("device");
    if (known) return known;
    const name = [...crypto.getRandomValues(new Uint8Array(9))].map((byte) => byte.toString(36)).join("");
    localStorage.setItem("device", name);
    return name;
  } catch {
    return "";
  }
}

function draftOf(form, extra) {
  const { title, body, base, message, draft } = form.elements;
  return {
    title: title.value,
    body: body.value,
    message: message?.value ?? "",
    base: base?.value ?? "",
    token: draft?.value ?? "",
    at: stateOf(form).typed,
    ...extra,
  };
}

// On the server -------------------------------------------------------------------------------------------------------

const states = new WeakMap();

function stateOf(form) {
  if (!states.has(form)) states.set(form, { typed: Date.now(), kept: 0, asked: 0, sent: false });
  return states.get(form);
}

function messageOf(form) {
  const draft = draftOf(form);
  const body = new FormData();
  for (const name of ["title", "body", "message", "base"]) body.append(name, draft[name]);
  body.append("draft", draft.token);
  body.append("continues", form.elements.continues?.value ?? "");
  body.append("typed", String(draft.at));
  body.append("note", form.dataset.draftNote ?? "");
  body.append("device", device());
  body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  return body;
}

async function keep(form) {
  const state = stateOf(form);
  if (state.sent || state.typed === state.kept || !form.dataset.draftsUrl) return;
  if (state.request) return keepSoon(form); // one after the other, or an older text could come last
  const typed = state.typed;
  state.asked = Date.now();
  state.request = new AbortController();
  try {
    const response = await fetch(form.dataset.draftsUrl, {
      method: "POST",
      body: messageOf(form),
      headers: { Accept: "application/json" },
      signal: state.request.signal,
    });
    const answer = await answerOf(response, "Not kept on the server just now. Your text is kept in this browser.");
    if (answer.error) {
      say(form, answer.error);
      // Logged out, or with the form of another log-in: it may be mended in another tab.
      if (response.redirected || [403, 429].includes(response.status) || response.status >= 500) later(form, AGAIN);
    } else {
      state.kept = typed;
      const local = readDraft(form.dataset.draftKey);
      if (local?.at === typed) writeDraft(form.dataset.draftKey, { ...local, kept: true });
      say(form, answer.kept ? `Kept as a draft at ${new Intl.DateTimeFormat(document.documentElement.lang, { timeStyle: "short" }).format(new Date())}.` : "");
    }
  } catch (error) {
    if (error.name !== "AbortError") {
      say(form, "The server does not answer. Your text is kept in this browser.");
      later(form, AGAIN);
    }
  } finally {
    state.request = null;
  }
}

function say(form, words) {
  const place = form.querySelector("[data-draft-state]");
  if (place) place.textContent = words;
}

function later(form, wait) {
  const state = stateOf(form);
  clearTimeout(state.timer);
  state.timer = setTimeout(() => keep(form), wait);
}

function keepSoon(form) {
  const { asked } = stateOf(form);
  later(form, asked ? Math.max(200, Math.min(PAUSE, asked + LONGEST - Date.now())) : PAUSE);
}

// The page goes away: what was typed in the last second goes with a beacon, which outlives it.
function keepNow(form) {
  const state = stateOf(form);
  // A page that hides is often left a moment later: one beacon does for both.
  if (state.sent || !state.isTouched || [state.kept, state.parted].includes(state.typed) || !form.dataset.draftsUrl) return;
  if (navigator.sendBeacon(form.dataset.draftsUrl, messageOf(form))) state.parted = state.typed;
}

const forms = () => document.querySelectorAll("[data-note-form]");

addEventListener("pagehide", () => forms().forEach(keepNow));
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") forms().forEach(keepNow); // a phone may never say more than this
});
addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of forms()) stateOf(form).sent = false; // back from the saved page: one writes on
});

// While one types -----------------------------------------------------------------------------------------------------

document.addEventListener("input", (event) => {
  const form = event.target.closest("[data-note-form]");
  if (!form) return;
  const state = stateOf(form);
  state.typed = Math.max(Date.now(), state.typed + 1); // whatever happens to the clock
  state.isTouched = true;
  clearTimeout(state.localTimer);
  state.localTimer = setTimeout(() => writeDraft(form.dataset.draftKey, draftOf(form)), 500);
  keepSoon(form);
});

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-note-form]")) return;
  const form = event.target;
  const state = stateOf(form);
  clearTimeout(state.localTimer);
  clearTimeout(state.timer);
  state.sent = true;
  state.request?.abort();
  writeDraft(form.dataset.draftKey, draftOf(form, { sent: true }));
});

document.addEventListener("click", (event) => {
  const restore = event.target.closest("[data-draft-restore]");
  const discard = event.target.closest("[data-draft-discard]");
  if (!restore && !discard) return;
  const form = event.target.closest("[data-note-form]");
  const draft = readDraft(form.dataset.draftKey);
  form.querySelector("[data-draft-bar]").hidden = true;
  if (restore && draft) {
    const { title, body, base, message, draft: token } = form.elements;
    title.value = draft.title;
    body.value = draft.body;
    if (message && draft.message) message.value = draft.message;
    // The revision it was written on: if someone saved since, both texts will be shown, and nothing is lost.
    if (base && draft.base) base.value = draft.base;
    if (token && draft.token) token.value = draft.token;
    body.dispatchEvent(new Event("input", { bubbles: true }));
    announce("Your text is back.");
  } else {
    writeDraft(form.dataset.draftKey, null);
  }
  form.elements.body.focus();
});

// What was left -------------------------------------------------------------------------------------------------------

function offerDraft(form) {
  const key = form.dataset.draftKey;
  const draft = readDraft(key);
  if (!draft) return;
  const { title, body } = form.elements;
  if (draft.body === body.value && draft.title === title.value) return writeDraft(key, null);
  if (!draft.body.trim()) return writeDraft(key, null);
  if (form.querySelector("[data-form-errors]") || document.querySelector(".note-conflict")) return; // what was typed is in the form
  const onServer = [...document.querySelectorAll("[data-server-draft]")].find((each) => each.dataset.serverDraft === draft.token);
  if (onServer ? Number(onServer.dataset.draftTyped) >= draft.at : draft.kept) {
    return writeDraft(key, null); // the server offers it above, or it was saved or thrown away on another device
  }
  const time = form.querySelector("[data-draft-time]");
  time.dateTime = new Date(draft.at).toISOString();
  time.textContent = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" }).format(draft.at);
  form.querySelector("[data-draft-bar]").hidden = false;
}

// A note that shows was saved: what was sent is no longer unsaved. The key of a new note is the group's.
for (const note of document.querySelectorAll("[data-saved-draft]")) {
  const key = note.dataset.savedDraft;
  for (const each of [key, key.replace(/[^:]*$/, "new")]) if (readDraft(each)?.sent) writeDraft(each, null);
}

for (const form of forms()) offerDraft(form);

for (const left of document.querySelectorAll("[data-draft-device]")) {
  const { draftDevice } = left.dataset;
  if (draftDevice && draftDevice !== device()) left.querySelector("[data-draft-elsewhere]").hidden = false;
}
