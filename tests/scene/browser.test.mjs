// The story in a real browser: a stranger on a firm's website, the bot, and the desk.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { once } from 'node:events';
import test from 'node:test';
import { scene, until } from './kit.mjs';

const requireWeb = createRequire(new URL('../../web/package.json', import.meta.url));
const { chromium } = requireWeb('playwright-core');
const axe = readFileSync(requireWeb.resolve('axe-core/axe.min.js'), 'utf8');
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** A browser whose pages collect what went wrong in them. */
async function browse(t, body) {
    const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS });
    const problems = [];
    const open = async (options = {}) => {
        const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
        context.on('console', (m) => m.type() === 'error' && problems.push(m.text()));
        context.on('weberror', (e) => problems.push(String(e.error())));
        return context.newPage();
    };
    try {
        await body(open, problems);
    } finally {
        await browser.close();
    }
}

/** The firm's own website, on another origin, with a policy that allows our script and frame alone. */
async function website(lethe, body) {
    const policy = `default-src 'none'; script-src ${lethe.url}; frame-src ${lethe.url}`;
    const server = createServer((_, answer) => {
        answer.setHeader('content-type', 'text/html; charset=utf-8');
        answer.setHeader('content-security-policy', policy);
        answer.end(`<!doctype html><html lang="en"><title>Shop</title><h1>Shop</h1><script async src="${lethe.url}/widget.js" data-site="demo"></script>`);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
        await body(`http://127.0.0.1:${server.address().port}/tea`);
    } finally {
        server.closeAllConnections();
        server.close();
    }
}

/** Serious findings of axe in a page or frame. */
async function accessibility(target) {
    await target.evaluate(axe);
    const { violations } = await target.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
    return violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`);
}

const frameOf = (page) => until('the frame', () => page.frames().find((f) => f.url().includes('/widget/')));

async function openChat(page) {
    const { width, height } = page.viewportSize();
    await page.mouse.click(width - 43, height - 43);
    const frame = await frameOf(page);
    await frame.locator('textarea').waitFor();
    return frame;
}

scene(test, 'before the chat is opened: one request, no cookie, no storage', async (t) => {
    const lethe = await t.lethe();
    await website(lethe, (address) => browse(t, async (open, problems) => {
        const page = await open();
        const asked = [];
        page.on('request', (r) => r.url().startsWith(lethe.url) && asked.push(new URL(r.url()).pathname));
        await page.goto(address, { waitUntil: 'networkidle' });
        assert.deepEqual(asked, ['/widget.js']);
        assert.deepEqual(await page.context().cookies(), []);
        assert.deepEqual(await page.evaluate(() => [localStorage.length, sessionStorage.length]), [0, 0]);
        const frame = await openChat(page);
        assert.equal(await frame.evaluate(() => localStorage.length), 0, 'nothing is kept before the first word');
        await frame.locator('textarea').fill('where is my order?');
        await frame.locator('textarea').press('Enter');
        await frame.getByText('Which order number?').first().waitFor();
        assert.deepEqual(await accessibility(frame), []);
        assert.deepEqual(problems, []);
        await page.reload();
        const again = await openChat(page);
        await again.getByText('Which order number?').first().waitFor();
    }));
});

for (const look of [{ name: 'dark', colorScheme: 'dark' }, { name: 'right to left', lang: 'ar' }, { name: 'a phone', viewport: { width: 360, height: 640 } }])
    scene(test, `the chat is accessible: ${look.name}`, async (t) => {
        const lethe = await t.lethe();
        await browse(t, async (open, problems) => {
            const page = await open({ colorScheme: look.colorScheme, viewport: look.viewport ?? { width: 1280, height: 800 } });
            await page.goto(`${lethe.url}/chat/demo${look.lang ? `?lang=${look.lang}` : ''}`);
            await page.locator('textarea').fill('hello 👋 שלום');
            await page.locator('textarea').press('Enter');
            await page.getByText('hello 👋 שלום').first().waitFor();
            assert.deepEqual(await accessibility(page), []);
            assert.deepEqual(problems, []);
        });
    });

scene(test, 'from the claim link to an answer, in the browser', async (t) => {
    const lethe = await t.lethe();
    const v = lethe.visitor();
    await v.says('do you sell oolong?');
    await browse(t, async (open, problems) => {
        const page = await open();
        await page.goto(`${lethe.url}/claim#${lethe.claimTicket}`);
        const who = { firm: 'Fern & Kettle', name: 'Ada Example', email: 'ada@example.com', password: 'correct horse battery' };
        for (const [name, value] of Object.entries(who)) await page.locator(`input[name=${name}]`).fill(value);
        await page.locator('input[type=checkbox]').check();
        await page.locator('button[type=submit]').click();
        await page.waitForURL(/\/app\//);
        problems.length = 0; /* before signing in, "who am I" is answered 401 */
        await page.goto(`${lethe.url}/app/inbox`);
        await page.getByText('Visitor').first().waitFor();
        assert.deepEqual(await accessibility(page), []);
        await page.keyboard.press('j');
        await page.keyboard.press('Enter');
        await page.waitForURL(/cnv_/);
        await page.locator('#composer').waitFor();
        await page.keyboard.press('r');
        await page.locator('#composer:focus').waitFor();
        await page.keyboard.type('We do.');
        await page.keyboard.press('Enter');
        await v.hears('We do.');
        assert.deepEqual(await accessibility(page), []);
        await page.emulateMedia({ colorScheme: 'dark' });
        assert.deepEqual(await accessibility(page), []);
        assert.deepEqual(problems, []);
    });
});
