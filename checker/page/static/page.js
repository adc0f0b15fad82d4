// Small comforts; every page but the progress bar does its work without this file.

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

document.querySelector("[data-focus]")?.focus();

// A second click would check the note twice.
for (const button of document.querySelectorAll("[data-once]")) {
  button.form.addEventListener("submit", (event) => {
    if (event.submitter !== button) return;
    if (button.dataset.sent) event.preventDefault();
    button.dataset.sent = "yes";
    setTimeout(() => delete button.dataset.sent, 3000);
  });
}

// While a spreadsheet is checked, the bar follows what the server says.
const bar = document.querySelector("#bar");

async function follow() {
  const answer = await fetch("/many/how-far").catch(() => null);
  if (answer?.ok) {
    const {done, total, finished} = await answer.json();
    bar.value = done;
    document.querySelector("#how-far").textContent =
      `${done.toLocaleString("en-GB")} of ${total.toLocaleString("en-GB")} ${total === 1 ? "record" : "records"} checked`;
    if (finished) return location.replace("/many/results");
  } else if (answer) {
    return location.replace("/many");
  }
  setTimeout(follow, 1000);
}

if (bar) follow();

// A spreadsheet is forgotten once the last page is closed: a page says when it goes, and those that stay answer.
const token = document.body.dataset.token;
if (token) {
  const pages = new BroadcastChannel("pages");
  pages.addEventListener("message", () => setTimeout(() => fetch("/many/here"), 1000));
  addEventListener("pagehide", () => {
    const form = new FormData();
    form.set("token", token);
    navigator.sendBeacon("/many/leave", form);
    pages.postMessage("one goes");
  });
}
