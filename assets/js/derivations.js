// The note editor: a live preview beside the text, and pictures by paste, drop or button. Unsaved text: drafts.js.
// It works on django-markdownx's elements (.markdownx, .markdownx-editor, .markdownx-preview) and data attributes. Its own
// script is not loaded: it takes the Tab key from those who walk by keyboard, drops dragged text and shows no error.
import { announce } from "./announce.js";
import { answerOf } from "./answers.js";
import { openDialog } from "./dialogs.js";
import { putPlain } from "./live-verdicts.js";

const editorOf = (node) => node.closest?.(".markdownx-editor");
const formOf = (editor) => editor.closest("[data-note-form]");
const tokenOf = (editor) => formOf(editor).querySelector("[name=csrfmiddlewaretoken]").value;

// Preview ------------------------------------------------------------------------------------------------------------

const previews = new WeakMap();

function previewSoon(editor, wait) {
  const state = previews.get(editor) ?? {};
  previews.set(editor, state);
  clearTimeout(state.timer);
  state.timer = setTimeout(() => preview(editor, state), wait ?? Number(editor.dataset.markdownxLatency || 400));
}

async function preview(editor, state) {
  if (state.shown === editor.value) return;
  state.request?.abort();
  state.request = new AbortController();
  const text = editor.value;
  const body = new FormData();
  body.append("content", text);
  const tell = (name, detail = { text }) => editor.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
  tell("note:text");
  try {
    const response = await fetch(editor.dataset.markdownxUrlsPath, {
      method: "POST",
      body,
      headers: { "X-CSRFToken": tokenOf(editor), Accept: "application/json" },
      signal: state.request.signal,
    });
    const answer = await answerOf(response, "The preview could not be drawn. Your text is still here.");
    if (answer.error) {
      tell("note:unpreviewed");
      return say(editor, answer.error);
    }
    state.shown = text;
    const pane = editor.closest(".markdownx").querySelector(".markdownx-preview");
    const scrolled = pane.scrollTop;
    putPlain(pane, answer.html); // sanitised by the server, the same bytes as the saved page
    pane.scrollTop = scrolled;
    tell("note:previewed");
    follow(editor, pane);
    tell("note:problems", answer.problems); // see problems.js
    const count = answer.problems.length;
    say(editor, count ? `${count} place${count > 1 ? "s" : ""} could not be read as meant:` : "");
  } catch (error) {
    if (error.name === "AbortError") return;
    tell("note:unpreviewed");
    say(editor, "No preview: the server does not answer. Your text is kept in this browser.");
  }
}

function say(editor, text) {
  const place = formOf(editor).querySelector("[data-preview-state]");
  if (place && place.textContent !== text) place.textContent = text;
}

// The block that the cursor stands in is kept in view.
function follow(editor, pane) {
  const line = editor.value.slice(0, editor.selectionStart).split("\n").length;
  let block = null;
  for (const each of pane.querySelectorAll("[data-line]")) {
    if (Number(each.dataset.line) > line) break;
    block = each;
  }
  if (!block || pane.scrollHeight <= pane.clientHeight) return;
  const top = block.offsetTop - pane.offsetTop;
  if (top < pane.scrollTop || top + Math.min(block.offsetHeight, 80) > pane.scrollTop + pane.clientHeight) {
    pane.scrollTop = Math.max(0, top - pane.clientHeight / 3);
  }
}

document.addEventListener("input", (event) => {
  const editor = editorOf(event.target);
  if (editor) previewSoon(editor);
});

for (const type of ["click", "keyup"]) {
  document.addEventListener(type, (event) => {
    const editor = editorOf(event.target);
    if (editor) follow(editor, editor.closest(".markdownx").querySelector(".markdownx-preview"));
  });
}

// A double click in the preview leads to the line in the text.
document.addEventListener("dblclick", (event) => {
  const block = event.target.closest?.(".markdownx-preview [data-line]");
  if (!block) return;
  const editor = block.closest(".markdownx").querySelector(".markdownx-editor");
  const at = editor.value.split("\n").slice(0, Number(block.dataset.line) - 1).join("\n").length;
  editor.focus();
  editor.setSelectionRange(at ? at + 1 : 0, at ? at + 1 : 0);
});

// On a narrow screen one of the two shows.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-editor-shows]");
  if (!button) return;
  const form = button.closest("[data-note-form]");
  form.querySelector(".note-editor").dataset.shows = button.dataset.editorShows;
  for (const each of form.querySelectorAll("[data-editor-shows]")) each.setAttribute("aria-pressed", String(each === button));
  if (button.dataset.editorShows === "preview") previewSoon(form.querySelector(".markdownx-editor"), 0);
});

// Pictures -----------------------------------------------------------------------------------------------------------

let target = null; // the editor that the open dialog inserts into

function askForPicture(editor, file) {
  const dialog = document.getElementById("picture-dialog");
  if (!dialog) return;
  target = editor;
  dialog.querySelector("form").reset();
  refuse(dialog, "");
  if (file) {
    const given = new DataTransfer();
    given.items.add(file);
    dialog.querySelector("[type=file]").files = given.files;
  }
  showPicture(dialog);
  openDialog(dialog);
  dialog.querySelector(file ? "#dialog-picture-alt" : "[type=file]").focus();
}

function showPicture(dialog) {
  const image = dialog.querySelector("[data-picture-preview]");
  if (image.src) URL.revokeObjectURL(image.src);
  const file = dialog.querySelector("[type=file]").files[0];
  image.hidden = !file;
  if (file) image.src = URL.createObjectURL(file);
  else image.removeAttribute("src");
}

function refuse(dialog, words) {
  const place = dialog.querySelector("[data-picture-error]");
  place.textContent = words;
  place.hidden = !words;
}

document.addEventListener("change", (event) => {
  if (event.target.id === "dialog-picture-file") showPicture(event.target.closest("dialog"));
});

document.addEventListener("error", (event) => {
  if (event.target.matches?.("[data-picture-preview]")) event.target.hidden = true; // no picture after all; the server says why
}, true);

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-insert-picture]");
  if (button) askForPicture(button.closest("[data-note-form]").querySelector(".markdownx-editor"));
});

document.addEventListener("paste", (event) => {
  const editor = editorOf(event.target);
  const file = editor && event.clipboardData?.files[0];
  if (!file) return;
  event.preventDefault();
  askForPicture(editor, file);
});

document.addEventListener("dragover", (event) => {
  if (editorOf(event.target) && event.dataTransfer?.types.includes("Files")) event.preventDefault();
});

document.addEventListener("drop", (event) => {
  const editor = editorOf(event.target);
  const file = editor && event.dataTransfer?.files[0];
  if (!file) return; // dragged text goes where it is dropped
  event.preventDefault();
  askForPicture(editor, file);
});

document.addEventListener("submit", async (event) => {
  if (!event.target.matches("[data-picture-form]")) return;
  event.preventDefault();
  const dialog = event.target.closest("dialog");
  const file = dialog.querySelector("[type=file]").files[0];
  const alt = dialog.querySelector("#dialog-picture-alt");
  const most = Number(dialog.dataset.maxBytes);
  if (!file) return refuse(dialog, "Choose a picture first.");
  if (file.size > most) {
    return refuse(dialog, `This file has ${Math.round(file.size / 1048576)} MB; at most ${Math.floor(most / 1048576)} MB are taken. Save the picture smaller.`);
  }
  if (!alt.value.trim()) {
    refuse(dialog, "Say in a sentence what the picture shows, for those who do not see it.");
    return alt.focus();
  }
  const button = dialog.querySelector("[data-picture-send]");
  button.disabled = true;
  const body = new FormData();
  body.append("image", file);
  body.append("alt", alt.value);
  try {
    const response = await fetch(target.dataset.markdownxUploadUrlsPath, {
      method: "POST",
      body,
      headers: { "X-CSRFToken": tokenOf(target), Accept: "application/json" },
    });
    const answer = await answerOf(response, "The picture was not stored. Try again in a minute.");
    if (answer.error) return refuse(dialog, answer.error);
    dialog.close();
    insert(target, answer.image_code);
    announce("Picture inserted.");
  } catch {
    refuse(dialog, "The server does not answer. Your picture is still chosen; try again.");
  } finally {
    button.disabled = false;
  }
});

function insert(editor, text) {
  editor.focus();
  const before = editor.value.slice(0, editor.selectionStart);
  const gap = before === "" || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
  // execCommand is the one way that keeps the browser's undo.
  if (!document.execCommand("insertText", false, `${gap}${text}\n`)) {
    editor.setRangeText(`${gap}${text}\n`, editor.selectionStart, editor.selectionEnd, "end");
    editor.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

for (const form of document.querySelectorAll("[data-note-form]")) {
  form.querySelector(".markdownx-preview")?.classList.add("prose-note");
  const editor = form.querySelector(".markdownx-editor");
  if (editor) previewSoon(editor, 0);
}

// Narrowing a list of choices ----------------------------------------------------------------------------------------

document.addEventListener("input", (event) => {
  const list = event.target.dataset?.narrows && document.querySelector(event.target.dataset.narrows);
  if (!list) return;
  const words = event.target.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  for (const label of list.querySelectorAll("label")) {
    const text = label.textContent.toLocaleLowerCase();
    const shown = label.querySelector(":checked") || words.every((word) => text.includes(word));
    label.parentElement.hidden = !shown;
  }
});
