// What every page loads. Each module listens on the document, so that swapped-in HTML simply works.
import "../css/main.css";
import "./htmx.js";
import "./announce.js";
import "./focus.js";
import "./theme.js";
import "./rows.js";
import "./shortcuts.js";
import "./dialogs.js";
import "./copy.js";
import "./messages.js";
import "./dropzone.js";
import "./zone.js";
// Rooms: one module each, in the order of the rail.
import "./readings.js";
import "./derivations.js";
import "./drafts.js";
import "./verdicts.js";
import "./lines.js";
import "./threads.js";
import "./mentions.js";
import "./cards.js";
import "./reminders.js";

document.documentElement.dataset.js = "";
