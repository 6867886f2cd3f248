// The keyboard: a key does the same wherever the focus is, but in fields where it writes.

const WRITING = 'input:not([type=checkbox]):not([type=range]), select, textarea';

/** Calls the action of every key pressed. */
export function listen(actions) {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const { target, key } = event;
    if (document.querySelector('dialog[open]')) return;
    if (key === 'Escape') return actions.escape(event);
    if (target.matches(WRITING)) return;
    const arrow = key.startsWith('Arrow') || key === 'Home' || key === 'End' || key.startsWith('Page');
    if (target.matches('input[type=range]') && arrow) return;
    if ((key === 'Enter' || key === ' ') && target.matches('button, input, summary, a')) return;
    const action = actions[key] ?? (key.length === 1 ? actions[key.toLowerCase()] : undefined);
    if (!action) return;
    event.preventDefault();
    action(event);
  });
}
