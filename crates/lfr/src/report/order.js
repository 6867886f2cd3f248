// Sorts the gallery and the ranking, and copies ids. Makes its own buttons, so that a page without scripts has none.
addEventListener('DOMContentLoaded', () => {
  const make = (tag, text, name) => Object.assign(document.createElement(tag), { textContent: text, className: name ?? '' });
  const idOf = (item) => item.dataset.id;
  const compare = new Intl.Collator('en', { numeric: true }).compare;
  const orders = {
    'most anomalous first': (a, b) => a.dataset.rank - b.dataset.rank,
    'least anomalous first': (a, b) => b.dataset.rank - a.dataset.rank,
    'by id': (a, b) => compare(idOf(a), idOf(b)) || a.dataset.rank - b.dataset.rank,
  };

  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const field = document.body.appendChild(make('textarea', ''));
      field.value = text;
      field.select();
      document.execCommand('copy');
      field.remove();
    }
  };

  const copying = (items, what) => {
    const label = `Copy ${items.length === 1 ? 'the id' : `the ${items.length} ids`} ${what}`;
    const button = make('button', label);
    button.type = 'button';
    button.addEventListener('click', async () => {
      // In the order that the page shows at the moment, one a line.
      await copy([...items[0].parentElement.children].filter((item) => items.includes(item)).map(idOf).join('\n'));
      button.textContent = 'Copied';
      setTimeout(() => { button.textContent = label; }, 1500);
    });
    return button;
  };

  for (const list of document.querySelectorAll('.cards, .ranking tbody')) {
    const items = [...list.children];
    if (!items.length) continue;
    const tools = make('div', '', 'sorting');
    const choice = make('select', '');
    choice.setAttribute('aria-label', 'Order');
    choice.append(...Object.keys(orders).map((name) => make('option', name)));
    choice.addEventListener('change', () => list.append(...items.toSorted(orders[choice.value])));
    const flagged = items.filter((item) => item.dataset.flagged !== undefined);
    tools.append(choice, copying(items, 'shown here'));
    // Only where all that are flagged are here.
    const { flagged: all } = list.dataset;
    if (flagged.length && flagged.length === Number(all) && flagged.length < items.length) tools.append(copying(flagged, 'flagged'));
    (list.closest('.scroll') ?? list).before(tools);
  }
});
