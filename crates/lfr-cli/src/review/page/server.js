// What the server is asked and told. All addresses are relative to the page's, which holds the token.

export const ask = async (path) => answer(fetch(path));

export const tell = async (path, body) =>
  answer(fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }));

async function answer(request) {
  let response;
  try {
    response = await request;
  } catch {
    throw Object.assign(new Error('lfr review has ended. Start it again and open the address that it prints.'), { ended: true });
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw Object.assign(new Error(body.error ?? `the server answered ${response.status}`), { body });
  return body;
}

/** Calls `work` with the latest arguments once there was no call for `pause` milliseconds. */
export function calmly(pause, work) {
  let timer;
  return (...words) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...words), pause);
  };
}
