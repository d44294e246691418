// A customer at a page with botframework-webchat, as it is on npm, in Chromium.
// Arguments: the page, the browser's program, a new folder for its profile.
// Commands, done as a person does them: say TEXT; press TITLE; fill TEXT, into
// the card.
import { chromium } from 'playwright-core';
import { obey, report } from './talk.mjs';

const [address, executablePath, profile] = process.argv.slice(2);

const browser = await chromium.launchPersistentContext(profile, {
  executablePath,
  args: [
    '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync',
  ],
});
const page = await browser.newPage();
page.on('pageerror', error => report({ error: `page: ${error.message}` }));
await page.exposeFunction('shown', page => report({ page }));
await page.addInitScript(watch);
await page.goto(address);

const offers = page.locator('.webchat__suggested-actions, .ac-adaptiveCard');

await obey({
  say: async text => {
    await page.getByLabel('Message input box').fill(text);
    await page.keyboard.press('Enter');
  },
  press: title => offers.getByRole('button', { name: title }).click(),
  fill: text => offers.getByRole('textbox').fill(text),
  reload: () => page.reload(),
});
await browser.close();

// watch runs in the page: it tells all that is shown whenever that changes.
function watch() {
  let last;
  const look = () => {
    const said = [...document.querySelectorAll('.webchat__basic-transcript__activity')].map(activity => {
      const text = activity.querySelector('.webchat__text-content')?.textContent ?? '';
      const own = activity.querySelector('.webchat__bubble--from-user') ? 'Kim: ' : '';
      const status = activity.querySelector('.webchat__activity-status')?.textContent ?? '';
      return own + text + (/send/i.test(status) ? ` (${status})` : '');
    });
    const news = [...document.querySelectorAll('#news li')].map(item => `<${item.textContent}>`);
    const page = { said, news };
    if (last !== JSON.stringify(page)) {
      last = JSON.stringify(page);
      window.shown(page);
    }
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
}
