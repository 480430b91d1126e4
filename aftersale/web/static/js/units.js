// Shows the plus and minus beside a number of units and lets them work; without this file the number field does it alone.
"use strict";

function wake(root) {
  for (const units of root.querySelectorAll("[data-units]:not(.is-live)")) {
    const input = units.querySelector("input");
    const buttons = units.querySelectorAll("button[data-step]");
    const refresh = () => {
      for (const button of buttons) {
        const next = Number(input.value || 0) + Number(button.dataset.step);
        button.disabled = input.disabled || next < Number(input.min || 0) || (input.max !== "" && next > Number(input.max));
      }
    };
    for (const button of buttons) {
      button.hidden = false;
      button.addEventListener("click", () => {
        input.value = String(Number(input.value || 0) + Number(button.dataset.step));
        input.dispatchEvent(new Event("change", { bubbles: true }));
        refresh();
      });
    }
    input.addEventListener("input", refresh);
    units.classList.add("is-live");
    refresh();
  }
}

wake(document);
document.addEventListener("htmx:afterSwap", (event) => wake(event.target));
