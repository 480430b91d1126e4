// Shows the files chosen for a post, lets one go again, and takes pasted and dropped ones; without this file the field does it alone.
"use strict";

function wakeFiles(box) {
  const input = box.querySelector("input[type=file]");
  const list = box.querySelector("[data-chosen]");
  const refused = box.querySelector("[data-refused]");
  let chosen = [];

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
    refused.textContent = wrong.join(" · ");
    refused.hidden = wrong.length === 0;
    show();
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
      refused.hidden = true;
      show();
      input.focus();
    });
    item.append(face(file), name, remove);
    return item;
  };

  input.addEventListener("change", () => add([...input.files]));
  const form = input.form;
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
