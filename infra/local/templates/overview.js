// Fills the report page, and again every few seconds. All text goes in as text, never as HTML.
"use strict";

const LABELS = { sent: "Sent", opened: "Opened", rejected: "Rejected", delayed: "Delayed", marked_spam: "Marked Spam", queued: "Queued" };
const ACTIONS = {
  correct_address: "Correct the address", wait: "Wait", call: "Call", ask_to_allow: "Ask to allow our mail",
  do_not_email: "Do not e-mail", send_again: "Send again",
};
const EVERY_MS = 3000;
let chosen = "";

const $ = (id) => document.getElementById(id);

function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  if (text !== undefined && text !== null) made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function cell(first, second) {
  const made = element("td");
  if (first instanceof Node) made.append(first); else made.append(first ?? "");
  if (second) made.append(element("span", second, { class: "second" }));
  return made;
}

function shown(at) {
  return new Date(at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}

function time(at) {
  return element("time", at ? shown(at) : "", { datetime: at ?? "" });
}

function reason(row) {
  const action = row.next_action && (ACTIONS[row.next_action] ?? row.next_action);
  const until = row.wait_until ? ` until ${shown(row.wait_until)}` : "";
  return cell(row.reason ?? "", action ? `→ ${action}${until}` : "");
}

function tableRow(row) {
  const made = element("tr");
  const history = `/v1/invoices/${encodeURIComponent(row.invoice)}/emails`;
  const opens = element("td", String(row.opens), { class: "number" });
  if (row.automatic_opens) opens.append(element("span", `+ ${row.automatic_opens} automatic`, { class: "second whole" }));
  const status = element("span", LABELS[row.sent_status] ?? row.sent_status, { class: "status", "data-status": row.sent_status });
  const kind = row.kind === "to" ? "" : row.kind[0].toUpperCase() + row.kind.slice(1);
  made.append(
    cell(element("a", row.number ?? row.invoice, { href: history, class: "whole" })),
    cell(row.client_name ?? row.client),
    cell(row.address, [kind, row.subject].filter(Boolean).join(" · ")),
    cell(status),
    cell(time(row.status_at ?? row.submitted_at)),
    opens,
    reason(row),
  );
  return made;
}

function showTotals(total) {
  const buttons = [["", "All", total.recipients], ...Object.entries(LABELS).map(([key, label]) => [key, label, total[key]])];
  $("totals").replaceChildren(...buttons.map(([key, label, count]) => {
    const button = element("button", null, { type: "button", "aria-pressed": String(chosen === key) });
    button.append(element("strong", String(count ?? 0)), element("span", label));
    button.addEventListener("click", () => { chosen = key; refresh(); });
    return button;
  }));
}

async function get(path) {
  const response = await fetch(path, { headers: { accept: "application/json" } });
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return response.json();
}

async function refresh() {
  try {
    const filter = chosen ? `&status=${chosen}` : "";
    const [report, summary] = await Promise.all([
      get(`/v1/reports/invoice-emails?limit=50${filter}`),
      get("/v1/reports/invoice-emails/summary"),
    ]);
    const focused = document.activeElement?.closest("#totals button");
    const index = focused ? [...focused.parentNode.children].indexOf(focused) : -1;
    showTotals(summary.total);
    if (index >= 0) $("totals").children[index]?.focus();
    $("rows").replaceChildren(...report.rows.map(tableRow));
    $("state").textContent = report.rows.length ? (report.next_cursor ? "the first 50" : "") : "none yet";
  } catch (error) {
    $("state").textContent = String(error.message ?? error);
  }
}

async function follow() {
  if (!document.hidden) await refresh();
  setTimeout(follow, EVERY_MS);
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.parentNode.querySelector("code").textContent);
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = "Copy"; }, 1500);
});

follow();
