// Runs inside V8, after temml.min.js. `typeset` takes formulas as JSON and answers MathML without a single style attribute:
// what Temml writes as inline style becomes a class from assets/css/math.css or a MathML attribute, so that pages can forbid inline styles.
"use strict";

var EM_STEPS = [0, 0.14, 0.25, 0.4, 0.5, 1, 2];
var EX_STEPS = [0, 0.5, 1.3, 2];
var BACK_STEPS = [0.17, 0.25, 0.5, 1, 2];

function inEm(value) {
  var number = parseFloat(value) || 0;
  if (/pt$/.test(value)) return number / 12;
  if (/px$/.test(value)) return number / 16;
  if (/ex$/.test(value)) return number / 2;
  return number;
}

function nearest(steps, number) {
  var best = 0;
  for (var i = 1; i < steps.length; i++) if (Math.abs(steps[i] - number) < Math.abs(steps[best] - number)) best = i;
  return best;
}

function edge(value) {
  return /double/.test(value) ? "double" : /dashed/.test(value) ? "dashed" : "solid";
}

// TeX puts a thin space between a symbol and an operator's name, `y_i log p`. Temml forgets it after indices and fractions.
var BEFORE_NAME = ["msub", "msup", "msubsup", "mfrac", "msqrt", "mroot"];

function isApply(node) {
  return !!node && node.type === "mo" && !!node.children[0] && node.children[0].text === "\u2061";
}

function isName(node, next) {
  if (node.type === "mi") return isApply(next);
  return node.type === "mrow" && node.children.length > 1 && node.children[0].type !== "mspace" && isApply(node.children[1]);
}

function giveAir(node) {
  var children = [];
  node.children.forEach(function (child) {
    // A fragment has no element of its own.
    if (child && child.type === undefined && child.text === undefined && child.children && !child.attributes) children = children.concat(child.children);
    else if (child) children.push(child);
  });
  for (var i = children.length - 1; i > 0; i--) {
    var before = children[i - 1];
    if (BEFORE_NAME.indexOf(before.type) >= 0 && before.children[0].type !== "mo" && isName(children[i], children[i + 1])) {
      var space = new node.constructor("mspace");
      space.setAttribute("width", "0.1667em");
      children.splice(i, 0, space);
    }
  }
  node.children = children;
}

function settle(node) {
  if (node.type && node.children && /^(mrow|math|mtd|mstyle|mpadded)$/.test(node.type)) giveAir(node);
  var style = node.style;
  var add = [];
  if (style) {
    if (node.type === "mtd") {
      if (style.width === "50%") add.push("m-glue");
      else if (style.width === "7.5%") add.push("m-glue-s");
      else {
        // 0.4em is what MathML Core gives a cell anyway.
        if (style.paddingLeft !== undefined && nearest(EM_STEPS, inEm(style.paddingLeft)) !== 3) add.push("m-l" + nearest(EM_STEPS, inEm(style.paddingLeft)));
        if (style.paddingRight !== undefined && nearest(EM_STEPS, inEm(style.paddingRight)) !== 3) add.push("m-r" + nearest(EM_STEPS, inEm(style.paddingRight)));
        if (style.paddingTop !== undefined) add.push("m-v" + nearest(EX_STEPS, parseFloat(style.paddingTop) || 0));
      }
      if (node.children.length && node.children[0] && (node.children[0].classes || []).indexOf("tml-tag") >= 0) add.push("m-tag");
      if (style.textAlign) add.push("tml-left");
      if (style.borderTop) add.push("m-bt-" + edge(style.borderTop));
      if (style.borderBottom) add.push("m-bb-" + edge(style.borderBottom));
      if (style.borderLeft) add.push("m-bl-" + edge(style.borderLeft));
      if (style.borderRight) add.push("m-br-" + edge(style.borderRight));
    } else {
      if (style.width === "100%" && node.type === "mtable") add.push("m-wide");
      if (style.color && node.setAttribute) node.setAttribute("mathcolor", String(style.color));
      if (style.mathDepth !== undefined || style["math-depth"] !== undefined) {
        add.push("m-depth" + String(style.mathDepth !== undefined ? style.mathDepth : style["math-depth"]));
      }
      if (style.fontWeight === "bold" || style["font-weight"] === "bold") add.push("m-bold");
      if (style["font-style"] === "italic") add.push("m-italic");
      if (/^-/.test(style.marginLeft || "")) add.push("m-back" + nearest(BACK_STEPS, -inEm(style.marginLeft)));
      if (style.border || style.padding === "0.3em" || style.padding === "3pt") add.push(style.border ? "m-framed" : "m-padded");
      if (style.transform === "scaleX(-1)") add.push("m-mirror");
    }
    node.style = {};
  }
  if (node.attributes) {
    if (node.attributes.style !== undefined) {
      if (/bold/.test(node.attributes.style)) add.push("m-bold");
      if (/left/.test(node.attributes.style)) add.push("tml-left");
      delete node.attributes.style;
    }
  }
  if (add.length && node.classes) node.classes = node.classes.concat(add);
  if (node.children) for (var i = 0; i < node.children.length; i++) if (node.children[i]) settle(node.children[i]);
}

function typesetOne(tex, display, options) {
  try {
    var tree = temml.__renderToMathMLTree(tex, {
      displayMode: display,
      throwOnError: true,
      annotate: false,
      trust: false,
      strict: false,
      maxExpand: options.maxExpand,
      maxSize: [60, 60],
      macros: Object.assign({}, options.macros),
    });
    settle(tree);
    // One child only: it will stand inside <semantics>, beside its TeX.
    var body = tree.children.map(function (child) { return child.toMarkup(); }).join("");
    if (tree.children.length !== 1) body = "<mrow>" + body + "</mrow>";
    tree.children = [];
    return { ok: tree.toMarkup().replace("></math>", ">" + body.replace(/\$/g, "$$$$") + "</math>") };
  } catch (error) {
    return { error: String((error && error.message) || error), position: error && typeof error.position === "number" ? error.position : null };
  }
}

function typeset(json) {
  var request = JSON.parse(json);
  return JSON.stringify(
    request.formulas.map(function (formula) {
      return typesetOne(formula[0], formula[1], request.options);
    }),
  );
}
