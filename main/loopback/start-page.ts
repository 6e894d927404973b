/** Where a launch arrives, its token in the fragment. */
export const startPath = '/start';

/** Its script, a file of its own because our policy allows no script inside a page. */
export const startScriptPath = '/start.js';

/** Where the script gives the token and gets the session's cookie. */
export const sessionPath = '/session';

/** What the start page says when its token is spent: in both languages, since nobody is signed in yet. */
export const startPageHtml = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="color-scheme" content="light dark">
<title>Hookline</title>
<script src="${startScriptPath}" defer></script>
<p id="spent" hidden>This link has been used. Open Hookline again. 此链接已失效，请重新打开 Hookline。</p>
</html>
`;

/**
 * Takes the token out of the address at once, so that no copied link keeps it, gives it up for the cookie, and goes on
 * to the console. Without a token (somebody pressed "back") it just goes on: the cookie decides there.
 */
export const startPageScript = `(async () => {
  const token = location.hash.slice(1);
  history.replaceState(null, '', '${startPath}');
  const isIn = token === '' || (await fetch('${sessionPath}', { method: 'POST', headers: { 'X-Console': '1' }, body: token })).ok;
  if (isIn) location.replace('/');
  else document.getElementById('spent').hidden = false;
})();
`;
