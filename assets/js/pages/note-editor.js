// What only the page of the note editor needs.
import "../toolbar.js";
import "../complete.js";
import "../pairs.js";
import "../problems.js";
