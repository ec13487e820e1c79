// Where in an editor a character stands, in pixels of its box: a copy of the text in an element of the same form is asked.

const COPIED = ["fontFamily", "fontSize", "fontWeight", "fontStyle", "letterSpacing", "lineHeight", "tabSize", "textIndent", "paddingTop", "paddingRight", "paddingBottom", "paddingLeft", "borderTopWidth", "borderLeftWidth", "borderRightWidth", "borderBottomWidth", "boxSizing"];

function mirrorOf(editor) {
  const box = editor.closest(".markdownx");
  let mirror = box.querySelector(":scope > .editor-mirror");
  if (!mirror) {
    mirror = document.createElement("div");
    mirror.className = "editor-mirror";
    mirror.setAttribute("aria-hidden", "true");
    box.append(mirror);
  }
  const style = getComputedStyle(editor);
  for (const name of COPIED) mirror.style[name] = style[name];
  mirror.style.width = `${editor.clientWidth + parseFloat(style.borderLeftWidth) + parseFloat(style.borderRightWidth)}px`;
  return mirror;
}

/** The places of several characters, given in order, relative to the editor's box as it is scrolled now. */
export function placesOf(editor, indices) {
  const mirror = mirrorOf(editor);
  mirror.textContent = "";
  let last = 0;
  const marks = indices.map((index) => {
    mirror.append(editor.value.slice(last, index));
    const mark = document.createElement("span");
    mark.textContent = "\u200b";
    mirror.append(mark);
    last = index;
    return mark;
  });
  mirror.append(editor.value.slice(last, last + 1000));
  const height = parseFloat(getComputedStyle(editor).lineHeight) || 20;
  const found = marks.map((mark) => ({
    top: editor.offsetTop + mark.offsetTop - editor.scrollTop,
    left: editor.offsetLeft + mark.offsetLeft,
    height,
  }));
  mirror.textContent = "";
  return found;
}

export const placeOf = (editor, index) => placesOf(editor, [index])[0];
