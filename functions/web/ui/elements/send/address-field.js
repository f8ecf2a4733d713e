// A field for addresses: each becomes a chip that is changed and removed by mouse or keyboard. What is wrong with one is said below.
//
// The chips are a grid, after the "pill list" of the ARIA practices: arrows move, Enter changes, Delete removes.

import { LitElement, html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";

import { MAX_RECIPIENTS, parseList, splitList } from "../../shared/addresses.js";
import { icon } from "../../shared/icons.js";
import { controls, tokens } from "../../shared/styles.js";
import { style } from "./address-field.style.js";

/**
 * @typedef {import("../../shared/addresses.js").Part & { id: number }} Chip
 * `fault` may also be the API's, which has the last word.
 */

/** A paste of more than this is a mistake; the API's own limit is told for what lies between. */
const MOST_CHIPS = 4 * MAX_RECIPIENTS;

let lastId = 0;

/** @param {string} text @returns {Chip[]} */
export function chipsOf(text) {
  return parseList(text).map((part) => ({ ...part, id: (lastId += 1) }));
}

/** How a chip is called. @param {Chip} chip */
export function chipName({ name, address, text }) {
  return name || address || visible(text);
}

/**
 * `<invoice-email-address-field>`, used by the elements of this module only. Fires `change` with the chips as its detail.
 */
export class InvoiceEmailAddressField extends LitElement {
  static properties = {
    label: {},
    hint: {},
    chips: { attribute: false },
    problem: { attribute: false },
    note: { attribute: false },
    editing: { state: true },
    refusal: { state: true },
    said: { state: true },
  };

  static styles = [tokens, controls, style];

  constructor() {
    super();
    this.label = "";
    this.hint = "";
    /** @type {Chip[]} */
    this.chips = [];
    /** What is wrong with the field as a whole. */
    this.problem = "";
    /** What happened to the field from outside, such as a duplicate that was left out. */
    this.note = "";
    /** The chip that is being changed. @type {number | null} */
    this.editing = null;
    /** Why a paste was not taken. */
    this.refusal = "";
    /** What a screen reader is told. */
    this.said = "";
    /** The chip that the Tab key reaches. */
    this.current = 0;
    /** Whether the chip had the focus before it was clicked. */
    this.wasFocused = false;
    /** What gets the focus after the next update. @type {string} */
    this.focusOn = "";
  }

  /** @returns {HTMLInputElement | null} */
  get #input() {
    return this.renderRoot.querySelector("#input");
  }

  /** Whether something is typed that is no chip yet. */
  get pending() {
    return (this.#input?.value ?? "").trim() !== "";
  }

  focus() {
    if (!this.hasUpdated) {
      this.updateComplete.then(() => this.focus());
      return;
    }
    const wrong = this.chips.findIndex(({ fault }) => fault);
    if (wrong >= 0) this.#focusChip(wrong);
    else this.#input?.focus();
  }

  /** Makes chips of what is typed. */
  commit() {
    const edited = /** @type {HTMLInputElement | null} */ (this.renderRoot.querySelector(".edit"));
    if (edited) this.#endEdit(edited.value);
    const input = this.#input;
    if (input && input.value.trim() !== "" && this.#add(chipsOf(input.value))) input.value = "";
  }

  updated() {
    if (!this.focusOn) return;
    /** @type {HTMLElement | null} */ (this.renderRoot.querySelector(this.focusOn))?.focus();
    this.focusOn = "";
  }

  /** @param {Chip[]} chips @param {string} said */
  #change(chips, said) {
    this.chips = chips;
    this.said = said;
    this.current = Math.min(this.current, Math.max(chips.length - 1, 0));
    this.dispatchEvent(new CustomEvent("change", { detail: chips }));
  }

  /** @param {Chip[]} added @returns {boolean} whether there was room for them */
  #add(added) {
    const total = this.chips.length + added.length;
    if (total > MOST_CHIPS) {
      this.refusal = `That makes ${total} addresses. At most ${MAX_RECIPIENTS} are sent to at once.`;
      return false;
    }
    this.refusal = "";
    if (added.length > 0) this.#change([...this.chips, ...added], `${named(added)} added.`);
    return true;
  }

  /** @param {number} index @param {boolean} [takesFocus] to the chip that takes its place */
  #remove(index, takesFocus = true) {
    const removed = this.chips[index];
    const chips = this.chips.filter((_, at) => at !== index);
    this.current = Math.min(index, Math.max(chips.length - 1, 0));
    if (takesFocus) this.focusOn = chips.length > 0 ? `#chip-${this.current}` : "#input";
    this.#change(chips, `${chipName(removed)} removed.`);
  }

  /** @param {InputEvent} event */
  #typed(event) {
    this.refusal = "";
    if (event.isComposing) return;
    const input = /** @type {HTMLInputElement} */ (event.target);
    const parts = splitList(input.value);
    const rest = parts.pop() ?? "";
    // Only what a separator has ended: the rest is still being written.
    if (parts.length > 0 && this.#add(parts.flatMap(chipsOf))) input.value = rest.trimStart();
  }

  /** @param {ClipboardEvent} event */
  #pasted(event) {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    const input = /** @type {HTMLInputElement} */ (event.target);
    const before = input.value.slice(0, input.selectionStart ?? undefined);
    const after = input.value.slice(input.selectionEnd ?? input.value.length);
    const whole = `${before}${text}${after}`;
    // What is no address yet, such as one whose bracket is still to be closed, is pasted like any text.
    const isWhole = /[\r\n]/.test(text) || splitList(whole).length > 1 || chipsOf(whole).some(({ fault }) => !fault);
    if (!isWhole) return;
    event.preventDefault();
    // Columns of a table and lines of a list are pasted too: a line ends an address, it is never taken out of one.
    const lines = whole.split(/[\r\n]+/);
    if (this.#add(lines.flatMap(chipsOf))) input.value = "";
  }

  /** @param {KeyboardEvent} event */
  #inputKey(event) {
    if (event.isComposing) return;
    const input = /** @type {HTMLInputElement} */ (event.target);
    if (event.key === "Enter") {
      event.preventDefault();
      this.commit();
      return;
    }
    const atStart = input.selectionStart === 0 && input.selectionEnd === 0;
    const goesBack = event.key === "Backspace" || event.key === (isRightToLeft(this) ? "ArrowRight" : "ArrowLeft");
    if (atStart && goesBack && this.chips.length > 0) {
      event.preventDefault();
      this.#focusChip(this.chips.length - 1);
    }
  }

  /** @param {KeyboardEvent} event @param {number} index @param {0 | 1} column the address, or its remove button */
  #chipKey(event, index, column) {
    const forward = isRightToLeft(this) ? "ArrowLeft" : "ArrowRight";
    const backward = isRightToLeft(this) ? "ArrowRight" : "ArrowLeft";
    const { key } = event;
    if (key === forward) this.#focusCell(index * 2 + column + 1);
    else if (key === backward) this.#focusCell(index * 2 + column - 1);
    else if (key === "ArrowDown") this.#focusCell((index + 1) * 2 + column);
    else if (key === "ArrowUp") this.#focusCell((index - 1) * 2 + column);
    else if (key === "Home") this.#focusCell(0);
    else if (key === "End") this.#focusCell(this.chips.length * 2);
    else if (key === "Delete" || key === "Backspace") this.#remove(index);
    else if (key === "F2") this.#edit(index);
    else return;
    event.preventDefault();
  }

  /** @param {number} cell two for each chip; behind the last is the input */
  #focusCell(cell) {
    if (cell < 0) return;
    const index = Math.floor(cell / 2);
    if (index >= this.chips.length) this.#input?.focus();
    else this.#focusChip(index, cell % 2 === 1);
  }

  /** @param {number} index @param {boolean} [isRemove] */
  #focusChip(index, isRemove = false) {
    this.current = index;
    this.focusOn = isRemove ? `#remove-${index}` : `#chip-${index}`;
    this.requestUpdate();
  }

  /** @param {number} index */
  #isFocused(index) {
    return /** @type {ShadowRoot} */ (this.renderRoot).activeElement?.id === `chip-${index}`;
  }

  /** Enter changes a chip, and so do a double click and a tap on the chip that has the focus. @param {MouseEvent} event @param {number} index */
  #chipClicked(event, index) {
    const isByKey = event.detail === 0;
    if (isByKey || this.wasFocused) this.#edit(index);
    // Not every browser focuses a button that is clicked.
    else this.#focusChip(index);
  }

  /** @param {number} index */
  #edit(index) {
    this.current = index;
    this.editing = this.chips[index].id;
    this.focusOn = ".edit";
  }

  /** @param {string} text @param {boolean} [takesFocus] */
  #endEdit(text, takesFocus = false) {
    const index = this.chips.findIndex(({ id }) => id === this.editing);
    this.editing = null;
    if (index < 0) return;
    if (text.trim() === "") {
      this.#remove(index, takesFocus);
      return;
    }
    if (takesFocus) this.focusOn = `#chip-${index}`;
    if (text === this.chips[index].text) return;
    const changed = chipsOf(text);
    this.#change(this.chips.toSpliced(index, 1, ...changed), `Changed to ${named(changed)}.`);
  }

  /** @param {KeyboardEvent} event */
  #editKey(event) {
    event.stopPropagation();
    if (event.isComposing || (event.key !== "Enter" && event.key !== "Escape")) return;
    event.preventDefault();
    const input = /** @type {HTMLInputElement} */ (event.target);
    const chip = this.chips.find(({ id }) => id === this.editing);
    this.#endEdit(event.key === "Enter" ? input.value : (chip?.text ?? ""), true);
  }

  /** A click beside the chips begins to write. @param {MouseEvent} event */
  #boxClicked(event) {
    if (event.target === event.currentTarget) this.#input?.focus();
  }

  /** @param {Chip} chip @param {number} index */
  #chip(chip, index) {
    if (chip.id === this.editing) {
      return html`<div class="chip editing" role="row">
        <span role="gridcell"
          ><input
            class="edit"
            aria-label=${`Change ${chipName(chip)}`}
            size=${Math.min(Math.max(chip.text.length, 12), 60)}
            autocapitalize="none"
            spellcheck="false"
            .value=${chip.text}
            @keydown=${this.#editKey}
            @blur=${(/** @type {FocusEvent} */ event) => this.#endEdit(/** @type {HTMLInputElement} */ (event.target).value)}
        /></span>
      </div>`;
    }
    const tabindex = index === this.current ? 0 : -1;
    return html`<div class="chip ${chip.fault ? "wrong" : ""}" part="address ${chip.fault ? "wrong" : ""}" role="row">
      <span role="gridcell" aria-invalid=${chip.fault ? "true" : "false"}>
        <button
          type="button"
          class="text"
          id="chip-${index}"
          tabindex=${tabindex}
          title=${visible(chip.text)}
          aria-describedby=${chip.fault ? `fault-${index}` : nothing}
          @focus=${() => (this.current = index)}
          @keydown=${(/** @type {KeyboardEvent} */ event) => this.#chipKey(event, index, 0)}
          @mousedown=${() => (this.wasFocused = this.#isFocused(index))}
          @click=${(/** @type {MouseEvent} */ event) => this.#chipClicked(event, index)}
        >
          ${chip.fault ? icon("marked_spam") : nothing}${chip.name ? html`<bdi>${chip.name}</bdi> ` : nothing}<bdi
            class=${chip.name ? "muted" : ""}
            >${chip.address || visible(chip.text)}</bdi
          >
        </button>
      </span>
      <span role="gridcell">
        <button
          type="button"
          class="remove"
          id="remove-${index}"
          tabindex="-1"
          aria-label=${`Remove ${chipName(chip)}`}
          @keydown=${(/** @type {KeyboardEvent} */ event) => this.#chipKey(event, index, 1)}
          @click=${() => this.#remove(index)}
        >
          ${icon("close")}
        </button>
      </span>
    </div>`;
  }

  render() {
    const wrong = this.chips.some(({ fault }) => fault);
    const problem = this.refusal || this.problem;
    return html`<label for="input">${this.label}</label>
      <div class="box ${wrong || problem ? "wrong" : ""}" part="field" @click=${this.#boxClicked}>
        ${this.chips.length > 0
          ? html`<div role="grid" aria-label=${`${this.label}: ${counted(this.chips)}. Enter changes, Delete removes.`}>
              ${repeat(this.chips, ({ id }) => id, (chip, index) => this.#chip(chip, index))}
            </div>`
          : nothing}
        <input
          id="input"
          type="text"
          inputmode="email"
          autocomplete="off"
          autocapitalize="none"
          spellcheck="false"
          aria-describedby="hint problem"
          aria-invalid=${problem ? "true" : "false"}
          @input=${this.#typed}
          @paste=${this.#pasted}
          @keydown=${this.#inputKey}
          @blur=${() => this.commit()}
        />
      </div>
      <p id="problem" class="error" ?hidden=${!problem}>${problem}</p>
      ${this.chips.map(({ fault, text }, index) =>
        fault ? html`<p class="error" id="fault-${index}">${faultSentence(text, fault)}</p>` : nothing,
      )}
      <p id="hint" class="hint" ?hidden=${!this.hint}>${this.hint}</p>
      <p class="note" role="status">${this.note}</p>
      <p class="unseen" role="status">${this.said}</p>`;
  }
}

/** @param {Chip[]} chips */
function named(chips) {
  return chips.length === 1 ? chipName(chips[0]) : counted(chips);
}

/** @param {Chip[]} chips */
function counted({ length }) {
  return `${length} ${length === 1 ? "address" : "addresses"}`;
}

/** The API's own sentence begins with the address. @param {string} text @param {string} fault */
function faultSentence(text, fault) {
  if (fault.startsWith('"')) return html`<bdi>${fault}</bdi>.`;
  return html`<bdi>“${visible(text.length > 80 ? `${text.slice(0, 80)}…` : text)}”</bdi> ${fault}.`;
}

/** With a picture for each control character, which would not be seen. @param {string} text */
function visible(text) {
  return text.replaceAll(/[\0-\x1f]/g, (char) => String.fromCharCode(0x2400 + char.charCodeAt(0))).replaceAll(/[\x7f-\x9f]/g, "\u2421");
}

/** @param {Element} element */
function isRightToLeft(element) {
  return getComputedStyle(element).direction === "rtl";
}

customElements.get("invoice-email-address-field") ??
  customElements.define("invoice-email-address-field", InvoiceEmailAddressField);
