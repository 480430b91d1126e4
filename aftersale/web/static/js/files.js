// Shows the files chosen for a post, keeps them with the draft at once, and takes pasted and dropped ones; without this file the field does it alone.
"use strict";

function wakeFiles(box) {
  const input = box.querySelector("input[type=file]");
  const list = box.querySelector("[data-chosen]");
  const refused = box.querySelector("[data-refused]");
  const waiting = box.querySelector("[data-waiting]");
  let chosen = [];
  let keeping = null;
  let isSent = false;
  const form = input.form;

  const show = () => {
    const kept = new DataTransfer();
    for (const file of chosen) kept.items.add(file);
    input.files = kept.files;
    list.replaceChildren(...chosen.map(row));
    list.hidden = chosen.length === 0;
  };
  const room = () => Number(box.dataset.most) - box.querySelectorAll("input[name=file]:checked").length - chosen.length;
  const add = (files) => {
    const wrong = [];
    for (const file of files) {
      if (file.size > Number(box.dataset.bytes)) wrong.push(`${file.name}: ${box.dataset.large}`);
      else if (room() < 1) wrong.push(`${file.name}: ${box.dataset.many}`);
      else chosen.push(file);
    }
    tell(wrong.join(" · "));
    show();
    keep();
  };
  const tell = (wrong) => {
    refused.textContent = wrong;
    refused.hidden = wrong === "";
  };
  // What cannot be kept now stays chosen, and goes with the form.
  const keep = async () => {
    if (keeping || chosen.length === 0) return;
    const going = [...chosen];
    const body = new FormData(form);
    body.set("do", "draft");
    keeping = new AbortController();
    list.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(form.getAttribute("action") || location.href, { method: "POST", body, headers: { "HX-Request": "true" }, signal: keeping.signal });
      if (answer.status !== 200 || answer.redirected) return;
      const kept = new DOMParser().parseFromString(await answer.text(), "text/html");
      waiting.replaceChildren(...kept.querySelector("[data-waiting]").childNodes);
      tell([refused.textContent, kept.querySelector("[data-refused]").textContent].filter(Boolean).join(" · "));
      chosen = chosen.filter((file) => !going.includes(file));
      show();
    } catch (error) {
      if (error.name !== "AbortError" || isSent) return;
    } finally {
      keeping = null;
      list.removeAttribute("aria-busy");
    }
    keep();
  };
  const row = (file) => {
    const item = document.createElement("li");
    item.className = "file-row";
    const name = document.createElement("span");
    name.className = "file-name";
    name.textContent = file.name;
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "link";
    remove.textContent = box.dataset.remove;
    const whose = document.createElement("span");
    whose.className = "visually-hidden";
    whose.textContent = ` ${file.name}`;
    remove.append(whose);
    remove.addEventListener("click", () => {
      chosen = chosen.filter((each) => each !== file);
      keeping?.abort();
      tell("");
      show();
      input.focus();
    });
    item.append(face(file), name, remove);
    return item;
  };

  input.addEventListener("change", () => add([...input.files]));
  form.addEventListener("submit", () => {
    isSent = true;
    keeping?.abort();
  });
  addEventListener("pageshow", () => { isSent = false; });
  addEventListener("beforeunload", (event) => {
    if (chosen.length && !isSent) event.preventDefault();
  });
  form.addEventListener("paste", (event) => {
    const files = [...event.clipboardData.files];
    // What spreadsheets and word processors put beside their text is a picture of it.
    if (files.length && !event.clipboardData.types.includes("text/plain")) {
      event.preventDefault();
      add(files);
    }
  });
  form.addEventListener("dragover", (event) => {
    if ([...event.dataTransfer.types].includes("Files")) {
      event.preventDefault();
      box.classList.add("is-over");
    }
  });
  form.addEventListener("dragleave", () => box.classList.remove("is-over"));
  form.addEventListener("drop", (event) => {
    box.classList.remove("is-over");
    if (event.dataTransfer.files.length) {
      event.preventDefault();
      add([...event.dataTransfer.files]);
    }
  });
}

// A small picture of a picture; drawn here, for the page loads nothing but from its own site.
function face(file) {
  if (!/^image\/(jpeg|png|webp|gif)$/.test(file.type)) {
    const ending = document.createElement("span");
    ending.className = "file-ending";
    ending.setAttribute("aria-hidden", "true");
    ending.textContent = file.name.split(".").pop().slice(0, 5).toUpperCase();
    return ending;
  }
  const canvas = document.createElement("canvas");
  canvas.className = "file-mini";
  canvas.width = canvas.height = 96;
  canvas.setAttribute("aria-hidden", "true");
  createImageBitmap(file).then((picture) => {
    const side = Math.min(picture.width, picture.height);
    canvas.getContext("2d").drawImage(picture, (picture.width - side) / 2, (picture.height - side) / 2, side, side, 0, 0, 96, 96);
  }, () => {});
  return canvas;
}

for (const box of document.querySelectorAll("[data-files]")) wakeFiles(box);
// Whoever quotes is led into the field, and goes on below the quotation.
if (location.hash === "#id_body") {
  const field = document.getElementById("id_body");
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
}
