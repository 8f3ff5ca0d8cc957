/* Improvements only: every page works without this file. Words come from the page, never from here. */
(function () {
  "use strict";
  var doc = document;
  var html = doc.documentElement;
  function all(selector, root) { return Array.prototype.slice.call((root || doc).querySelectorAll(selector)); }
  function one(selector, root) { return (root || doc).querySelector(selector); }
  function later(work, ms) { var timer; return function () { clearTimeout(timer); timer = setTimeout(work, ms); }; }

  /* One open drop-down at a time; Escape and a click elsewhere close it. */
  function closeDrops(except) {
    all("details.drop[open]").forEach(function (d) { if (d !== except) { d.open = false; } });
  }
  doc.addEventListener("click", function (e) { closeDrops(e.target.closest("details.drop")); });
  doc.addEventListener("keydown", function (e) {
    var open = e.key === "Escape" && one("details.drop[open]");
    if (open) { open.open = false; one("summary", open).focus(); }
  });

  /* Print, and show the password. */
  all("[data-print]").forEach(function (b) { b.addEventListener("click", function () { window.print(); }); });
  all("[data-reveal]").forEach(function (b) {
    var input = doc.getElementById(b.getAttribute("data-reveal"));
    var words = one("span", b);
    var other = b.getAttribute("data-hide");
    b.hidden = false;
    b.addEventListener("click", function () {
      var now = words.textContent;
      input.type = input.type === "password" ? "text" : "password";
      words.textContent = other;
      other = now;
    });
  });

  /* The error summary takes the focus, so that it is read first. */
  var wrong = doc.getElementById("errors");
  if (wrong) { wrong.focus(); }

  /* Ticked boxes show it by their border too; fields that belong to one choice appear with it. */
  function showTicks(root) {
    all(".pick label, .choice label", root).forEach(function (label) {
      var input = one("input", label);
      if (input) { label.classList.toggle("on", input.checked); }
    });
  }
  function showOnlyFor(form) {
    all("[data-only-for]", form).forEach(function (box) {
      var want = box.getAttribute("data-only-for").split("=");
      var on = all("[name='" + want[0] + "']", form).some(function (input) {
        var free = input.type !== "radio" && input.type !== "checkbox";
        return (free || input.checked) && input.value === want[1];
      });
      box.hidden = !on;
      all("input, select, textarea", box).forEach(function (input) { input.disabled = !on; });
    });
  }
  /* A drop-down whose choices hang on another one shows only those that fit. */
  function showFitting(form) {
    all("select[data-depends]", form).forEach(function (select) {
      var other = one("[name='" + select.getAttribute("data-depends") + "']", form);
      all("option[data-group]", select).forEach(function (option) {
        var fits = option.getAttribute("data-group") === other.value;
        option.hidden = !fits;
        option.disabled = !fits;
        if (!fits && option.selected) { select.value = ""; }
      });
    });
  }
  function showAll(form) { showTicks(form); showOnlyFor(form); showFitting(form); }
  all("form").forEach(function (form) {
    showAll(form);
    form.addEventListener("change", function () { showAll(form); });
  });

  /* A file that is too large is told before it is sent. */
  all("input[type=file][data-most]").forEach(function (input) {
    input.addEventListener("change", function () {
      var file = input.files[0];
      var over = file && file.size > Number(input.getAttribute("data-most"));
      input.setCustomValidity(over ? input.getAttribute("data-too-large") : "");
      input.reportValidity();
    });
  });

  /* How many of the required fields are filled. */
  function countFilled(form) {
    var box = one("[data-filled]");
    if (!box) { return; }
    var names = {};
    all("[required]", form).forEach(function (input) {
      var boxed = input.type === "radio" || input.type === "checkbox";
      names[input.name] = names[input.name] || (boxed ? input.checked : input.value.trim() !== "");
    });
    all(".field[data-needs-one]", form).forEach(function (set) {
      names[set.getAttribute("data-field")] = Boolean(one("input:checked", set));
    });
    var keys = Object.keys(names);
    var done = keys.filter(function (key) { return names[key]; }).length;
    var words = one("[data-words]", box);
    box.hidden = keys.length === 0;
    one(".bar", box).setAttribute("width", String(Math.round(90 * done / (keys.length || 1))));
    words.textContent = words.getAttribute("data-words").replace("{done}", done).replace("{all}", keys.length);
  }

  /* A box that the server redraws while a form is filled in: routing proposal, preview. */
  function live(form, url, box) {
    var latest = 0;
    var draw = later(function () {
      var mine = latest += 1;
      var data = new FormData(form);
      all("input[type=file]", form).forEach(function (input) { data.delete(input.name); });
      fetch(url, { method: "POST", body: data, credentials: "same-origin", headers: { "X-Requested-With": "fetch" } })
        .then(function (answer) { return answer.ok ? answer.text() : ""; })
        .then(function (text) { if (text && mine === latest) { box.innerHTML = text; } })
        .catch(function () { return null; });
    }, 400);
    form.addEventListener("input", draw);
    form.addEventListener("change", draw);
    return draw;
  }
  var register = one("form[data-route]");
  if (register && window.fetch) {
    var route = live(register, register.getAttribute("data-route"), one("[data-proposal]"));
    countFilled(register);
    register.addEventListener("input", function () { countFilled(register); });
    register.addEventListener("change", function () { countFilled(register); });
    doc.addEventListener("lianchu:restored", route);
  }
  var act = one("form[data-preview]");
  if (act && window.fetch) {
    var see = live(act, act.getAttribute("data-preview"), one("[data-see]"));
    all("[data-look]", act).forEach(function (b) { b.hidden = true; });
    doc.addEventListener("lianchu:restored", see);
  }

  /* A draft of what was typed stays on this computer until the form is taken. */
  function draftKey(form) { return "lianchu:" + (html.getAttribute("data-who") || "") + ":" + form.getAttribute("data-draft"); }
  function skip(input) {
    return !input.name || input.type === "hidden" || input.type === "file" || input.type === "password" || input.tagName === "BUTTON";
  }
  function typed(form) {
    var out = {};
    all("input, select, textarea", form).forEach(function (input) {
      if (skip(input)) { return; }
      var boxed = input.type === "radio" || input.type === "checkbox";
      if (boxed && !input.checked) { return; }
      (out[input.name] = out[input.name] || []).push(input.value);
    });
    return out;
  }
  function restore(form, kept) {
    all("input, select, textarea", form).forEach(function (input) {
      if (skip(input) || !kept[input.name]) { return; }
      if (input.type === "radio" || input.type === "checkbox") { input.checked = kept[input.name].indexOf(input.value) >= 0; }
      else if (kept[input.name].length) { input.value = kept[input.name].shift(); }
    });
    showAll(form);
    doc.dispatchEvent(new Event("lianchu:restored"));
  }
  function drafts(form) {
    var key = draftKey(form);
    var note = one("[data-draft-note]", form);
    var store = null;
    try { store = window.localStorage; } catch (e) { return; }
    if (!store) { return; }
    var kept = store.getItem(key);
    var fresh = !one(".errors", form) && !one(".errors") && !one(".alert-warning", form);
    if (kept && fresh) { try { restore(form, JSON.parse(kept)); } catch (e) { store.removeItem(key); } }
    countFilled(form);
    form.addEventListener("input", later(function () {
      var time = new Date();
      var shown = ("0" + time.getHours()).slice(-2) + ":" + ("0" + time.getMinutes()).slice(-2);
      try { store.setItem(key, JSON.stringify(typed(form))); } catch (e) { return; }
      if (note) { note.textContent = note.getAttribute("data-words").replace("{time}", shown); }
    }, 800));
  }
  all("form[data-draft]").forEach(drafts);
  /* The server says which draft is done with, on the page that follows. */
  all("[data-draft-done]").forEach(function (mark) {
    try { window.localStorage.removeItem("lianchu:" + (html.getAttribute("data-who") || "") + ":" + mark.getAttribute("data-draft-done")); }
    catch (e) { return; }
  });
  /* Nobody's typing stays behind for the next person at a shared computer. */
  all("form[data-forget]").forEach(function (form) {
    form.addEventListener("submit", function () {
      try {
        Object.keys(window.localStorage).forEach(function (key) {
          if (key.indexOf("lianchu:") === 0) { window.localStorage.removeItem(key); }
        });
      } catch (e) { return; }
    });
  });

  /* A form is sent once; Ctrl+Enter sends it. */
  all("form[data-submit]").forEach(function (form) {
    form.addEventListener("submit", function (e) {
      if (form.getAttribute("data-sent")) { e.preventDefault(); return; }
      form.setAttribute("data-sent", "1");
      setTimeout(function () { form.removeAttribute("data-sent"); }, 5000);
    });
    form.addEventListener("keydown", function (e) {
      if (e.key !== "Enter" || !(e.ctrlKey || e.metaKey)) { return; }
      var button = one("button.btn-primary", form);
      if (button) { e.preventDefault(); button.click(); }
    });
  });

  /* Shortcuts; off under the reader's name (WCAG 2.1.4), never inside inputs. */
  if (html.getAttribute("data-keys") !== "on") { return; }
  var chord = false;
  function rows() { return all("[data-row]"); }
  function current() { return one("[data-row].row-now") || rows()[0]; }
  function move(by) {
    var list = rows();
    if (!list.length) { return; }
    var at = list.indexOf(one("[data-row].row-now"));
    var next = list[Math.min(list.length - 1, Math.max(0, at + by))];
    list.forEach(function (row) { row.classList.toggle("row-now", row === next); });
    one("a", next).focus();
  }
  function follow(link) { if (link) { link.click(); } }
  function go(name) { follow(one("a[data-go='" + name + "']")); }
  var keys = {
    "/": function () { var q = doc.getElementById("q"); if (q) { q.focus(); q.select(); } },
    j: function () { move(1); },
    k: function () { move(-1); },
    d: function () { var row = current(); follow(one("[data-next]", row || doc) || one("[data-next]")); },
    n: function () { go("register"); },
    "?": function () { go("help"); }
  };
  doc.addEventListener("keydown", function (e) {
    var at = e.target;
    if (e.ctrlKey || e.metaKey || e.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(at.tagName) || at.isContentEditable) { return; }
    var key = e.key.length === 1 ? e.key.toLowerCase() : e.key;
    if (chord && key === "t") { chord = false; e.preventDefault(); go("todo"); return; }
    chord = key === "g";
    if (key === "Enter" && at === doc.body) { follow(one("[data-open]", current() || doc)); return; }
    if (keys[key]) { e.preventDefault(); keys[key](); }
  });
}());
