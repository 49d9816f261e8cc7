// Panels of which one is open: tabs as https://www.w3.org/WAI/ARIA/apg/patterns/tabs has them. The address names the open one, so that it can be linked to.

export class Tabs {
  /** Called with a panel's name when it is opened. */
  onopen = () => {};

  #tabs;

  constructor(root) {
    this.#tabs = [...root.querySelectorAll('[role=tab]')];
    root.addEventListener('click', ({ target }) => { if (this.#tabs.includes(target)) this.open(nameOf(target)); });
    root.addEventListener('keydown', event => this.#press(event));
    addEventListener('hashchange', () => this.#follow());
    this.#follow();
  }

  /** Name of the open panel. */
  get current() {
    return nameOf(this.#tabs.find(tab => tab.ariaSelected === 'true'));
  }

  open(name) {
    // Without an entry in the history of its own: going back leaves the page.
    history.replaceState(null, '', `#${name}`);
    this.#show(name);
  }

  #show(name) {
    for (const tab of this.#tabs) {
      const isOpen = nameOf(tab) === name;
      tab.ariaSelected = isOpen;
      tab.tabIndex = isOpen ? 0 : -1;
      document.getElementById(nameOf(tab)).hidden = !isOpen;
      // Only the row of tabs, not the page.
      if (isOpen) tab.parentElement.scrollLeft = tab.offsetLeft - tab.parentElement.offsetLeft - (tab.parentElement.clientWidth - tab.offsetWidth) / 2;
    }
    this.onopen(name);
  }

  #follow() {
    const name = location.hash.slice(1);
    if (this.#tabs.some(tab => nameOf(tab) === name)) this.#show(name);
    // Not in the address, which a browser scrolls to: a small screen would begin below the drawing.
    else if (!this.#tabs.some(tab => tab.ariaSelected === 'true')) this.#show(nameOf(this.#tabs[0]));
  }

  #press(event) {
    const at = this.#tabs.indexOf(event.target), last = this.#tabs.length - 1;
    const next = { ArrowLeft: at === 0 ? last : at - 1, ArrowRight: at === last ? 0 : at + 1, Home: 0, End: last }[event.key];
    if (at < 0 || next === undefined) return;
    event.preventDefault();
    this.#tabs[next].focus();
    this.open(nameOf(this.#tabs[next]));
  }
}

function nameOf(tab) {
  return tab.getAttribute('aria-controls');
}
