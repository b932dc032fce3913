// What breaks around the program: a second one, a wrong setting, kill -9, a full disk, a mail server
// that is down, a database that cuts the line, a vault that is missing. It says so, waits, goes on.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { start as startSmtp } from '../fake/smtp.mjs';
import { Lethe, binary, engine, scene, until } from './kit.mjs';

const wait = (ms) => new Promise((done) => setTimeout(done, ms));

/** Runs a server that is expected to end by itself; gives exit code and what it said. */
async function refuses(words, env = {}) {
    const child = spawn(binary, ['serve', ...words], { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk) => (said += chunk));
    const timer = setTimeout(() => child.kill('SIGKILL'), 15000);
    const [code] = await once(child, 'exit');
    clearTimeout(timer);
    return { code, said };
}

/** Says something until it is acknowledged, through refusals and cut connections. */
async function insists(visitor, text, done = () => false) {
    const body = { client_id: randomUUID(), text, page: visitor.page };
    for (;;) {
        try {
            const answer = await visitor.lethe.call('POST', `${visitor.base}/messages`, { body, token: visitor.token });
            if (answer.status === 200) return true;
            if (answer.status < 500 && answer.status !== 429) assert.fail(`${answer.status} ${answer.text}`);
        } catch (error) {
            if (error.code === 'ERR_ASSERTION') throw error;
        }
        if (done()) return false;
        await wait(25);
    }
}

async function crowd(lethe, n) {
    const visitors = Array.from({ length: n }, () => lethe.visitor());
    for (const visitor of visitors) await visitor.history();
    return visitors;
}

/** All of a visitor's own words, oldest first, page by page. */
async function whole(visitor) {
    const texts = [];
    let before = '';
    for (;;) {
        const { items } = await until('the page', async () => { // a reader's line may have been cut: 503 once
            const answer = await visitor.lethe.call('GET', `${visitor.base}/messages${before}`, { token: visitor.token });
            return answer.status === 200 && answer.value;
        });
        if (items.length === 0) return texts;
        texts.unshift(...items.filter((m) => m.author === 'person').map((m) => m.text));
        before = `?before=${items[0].id}`;
    }
}

scene(test, 'a second server on the same data folder or port says so and ends with 1', async (t) => {
    const lethe = await t.lethe();
    const folder = await refuses(['--data', lethe.data, '--listen', '127.0.0.1:0'], lethe.environment());
    assert.equal(folder.code, 1);
    assert.match(folder.said, /^lethe: .*Another Lethe process has this data folder open\.$/m);
    const elsewhere = join(lethe.dir, 'elsewhere');
    const vault = await refuses(['--data', elsewhere, '--vault', lethe.vault, '--listen', '127.0.0.1:0']);
    assert.equal(vault.code, 1);
    assert.match(vault.said, /^lethe: \S/m);
    const port = await refuses(['--data', join(lethe.dir, 'third'), '--listen', `127.0.0.1:${lethe.port}`]);
    assert.equal(port.code, 1);
    assert.match(port.said, /the address is in use\. Stop the other program, or choose another with --listen\./);
    await lethe.visitor().says('the first goes on');
});

test('a wrong setting is named with its file and line', { timeout: 60000 }, async () => {
    const dir = mkdtempSync(join(tmpdir(), 'lethe-scene-'));
    const file = join(dir, 'lethe.ini');
    const say = (text) => (writeFileSync(file, text), refuses(['--config', file, '--data', join(dir, 'data'), '--listen', '127.0.0.1:0']));
    try {
        const unknown = await say('[server]\n\ncolour = red\n');
        assert.ok(unknown.code > 0 && unknown.said.includes(file), unknown.said);
        assert.match(unknown.said, /there is no setting "colour" in \[server\].*\(line 3\)/);
        const odd = await say('[server]\nlisten\n');
        assert.ok(odd.code > 0 && odd.said.includes(file), odd.said);
        assert.match(odd.said, /line 2/);
        const level = await say('[log]\nlevel = loud\n');
        assert.ok(level.code > 0);
        assert.match(level.said, /log\.level must be debug, info, warn or error/);
        const rate = await say('[limits]\nvisitor_rate = many\n');
        assert.ok(rate.code > 0);
        assert.match(rate.said, /limits\.visitor_rate must be a number from 1 to 100000/);
        const none = await refuses(['--config', join(dir, 'nowhere.ini'), '--data', join(dir, 'data')]);
        assert.ok(none.code > 0);
        assert.match(none.said, /nowhere\.ini can't be read/);
        assert.ok(!existsSync(join(dir, 'data')), 'nothing was made');
        const word = await refuses(['--colour']);
        assert.ok(word.code > 0 && word.said.includes('--colour'), word.said);
    } finally {
        rmSync(dir, { recursive: true, force: true });
    }
});

scene(test, 'fifty restarts under load lose nothing that was acknowledged', async (t) => {
    const lethe = await t.lethe({ env: { LETHE_LIMITS_VISITOR_RATE: '10000' } });
    const visitors = await crowd(lethe, 2);
    let over = false;
    const said = visitors.map(() => 0);
    const talk = visitors.map(async (visitor, i) => {
        while (!over) if (await insists(visitor, `word ${said[i] + 1}`, () => false)) said[i]++;
    });
    const took = [];
    for (let i = 0; i < 50; i++) {
        await wait(40);
        assert.equal(await lethe.stop(), 0);
        const from = Date.now();
        await lethe.start();
        took.push(Date.now() - from);
    }
    over = true;
    await Promise.all(talk);
    t.diagnostic(`starts: ${took.sort((x, y) => x - y)[25]} ms in the middle, ${took.at(-1)} ms at most; ${said} words`);
    for (const [i, visitor] of visitors.entries())
        assert.deepEqual(await whole(visitor), Array.from({ length: said[i] }, (_, k) => `word ${k + 1}`));
});

scene(test, 'kill -9 ten times while four visitors write: each word once, in order', async (t) => {
    const lethe = await t.lethe({ env: { LETHE_LIMITS_VISITOR_RATE: '10000' } });
    const visitors = await crowd(lethe, 4);
    let over = false;
    const said = visitors.map(() => 0);
    const talk = visitors.map(async (visitor, i) => {
        while (!over) if (await insists(visitor, `word ${said[i] + 1}`)) said[i]++;
    });
    for (let i = 0; i < 10; i++) {
        const before = said.reduce((x, y) => x + y);
        await until('some words', () => said.reduce((x, y) => x + y) > before + 8);
        await lethe.kill();
        await lethe.start();
    }
    over = true;
    await Promise.all(talk);
    for (const [i, visitor] of visitors.entries())
        assert.deepEqual(await whole(visitor), Array.from({ length: said[i] }, (_, k) => `word ${k + 1}`));
});

scene(test, 'SIGTERM answers what is in flight', async (t) => {
    const lethe = await t.lethe({ env: { LETHE_LIMITS_VISITOR_RATE: '10000' } });
    const [visitor] = await crowd(lethe, 1);
    const flying = Array.from({ length: 30 }, (_, i) => lethe.call('POST', `${visitor.base}/messages`,
        { body: { client_id: randomUUID(), text: `word ${i}`, page: visitor.page }, token: visitor.token }).then(({ status }) => status, () => 0));
    await wait(5);
    assert.equal(await lethe.stop(), 0);
    const statuses = await Promise.all(flying);
    await lethe.start();
    const texts = await whole(visitor);
    statuses.forEach((status, i) => status === 200 && assert.ok(texts.includes(`word ${i}`), `word ${i} was acknowledged`));
    assert.equal(new Set(texts).size, texts.length);
});

function mountTiny(dir) {
    try {
        execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=96m', 'tmpfs', dir], { stdio: 'pipe' });
        return true;
    } catch {
        return false;
    }
}

test('a full disk: writes wait with 503, reads and erasure go on, and all goes on with room', { timeout: 120000 }, async (t) => {
    if (engine !== 'sqlite') return t.skip('the database has a disk of its own');
    const dir = mkdtempSync(join(tmpdir(), 'lethe-full-'));
    if (!mountTiny(dir)) {
        rmSync(dir, { recursive: true });
        return t.skip('NOT TESTED: mounting a small disk needs root');
    }
    const lethe = new Lethe();
    Object.assign(lethe, { dir, data: join(dir, 'data'), vault: join(dir, 'data-vault'), log: '', database: null, options: { env: { LETHE_LIMITS_VISITOR_RATE: '10000' } } });
    const filler = join(dir, 'filler');
    try {
        await lethe.start();
        const stays = lethe.visitor(), gone = lethe.visitor();
        await stays.says('before the flood');
        await gone.says('canary-full-3d');
        execFileSync('sh', ['-c', `dd if=/dev/zero of=${filler} bs=1M 2>/dev/null || true; dd if=/dev/zero of=${filler}2 bs=4k 2>/dev/null || true`]);
        const refused = await until('a write to be refused', async () => {
            const answer = await lethe.call('POST', `${stays.base}/messages`, { body: { client_id: randomUUID(), text: 'x'.repeat(3900), page: stays.page }, token: stays.token });
            return answer.status !== 200 && answer;
        }, 30000);
        assert.equal(refused.status, 503, refused.text);
        assert.ok(Number(refused.headers.get('retry-after')) > 0);
        assert.equal(refused.value.code, 'disk_full');
        assert.ok((await stays.texts()).includes('before the flood'));
        await gone.call('POST', '/erase', { confirm: 'erase' });
        await until('the erasure', async () => (await gone.texts()).length === 0, 20000);
        assert.ok((await stays.texts()).length >= 1);
        rmSync(filler);
        rmSync(`${filler}2`, { force: true });
        const from = Date.now();
        assert.ok(await insists(stays, 'after the flood', () => Date.now() - from > 60000));
        await until('the bot to answer again', async () => (await stays.history()).items.at(-1).author === 'bot', 40000);
        assert.equal(await lethe.stop(), 0);
        await lethe.start();
        assert.ok((await whole(stays)).includes('after the flood'));
    } finally {
        if (lethe.process?.exitCode === null && lethe.process.signalCode === null) await lethe.stop();
        execFileSync('umount', ['-l', dir]);
        rmSync(dir, { recursive: true, force: true });
    }
});

scene(test, 'mail waits for a server that is down, and a refused one is shown and sent again', async (t) => {
    const smtp = await startSmtp();
    t.after(() => smtp.close());
    await smtp.behave({ at: 'connect', drop: true });
    const lethe = await t.lethe({ env: { LETHE_MAIL_SMTP_URL: smtp.url, LETHE_MAIL_FROM: 'Lethe <alerts@example.com>' } });
    const a = await lethe.claim();
    const v = lethe.visitor();
    await v.says('hello');
    await v.wantsAPerson();
    await wait(1500);
    assert.equal(smtp.mails('ada@example.com').length, 0);
    await smtp.accept();
    await smtp.waitForMail('ada@example.com', '', { timeout: 30000 });
    await smtp.refuse('550 5.7.1 no');
    const other = lethe.visitor();
    await other.says('hello too');
    await other.wantsAPerson();
    const dead = await until('the dead job', async () => (await a.call('GET', '/jobs?state=dead')).items.find((job) => job.kind === 'mail'), 20000);
    await smtp.accept();
    const before = smtp.mails('ada@example.com').length;
    await lethe.call('POST', `/api/v1/jobs/${dead.id}/retry`, { cookie: a.cookie });
    await until('the mail after the retry', () => smtp.mails('ada@example.com').length > before, 20000);
    await until('nothing dead', async () => (await a.call('GET', '/jobs?state=dead')).items.length === 0);
});

scene(test, 'a database that cuts its lines: 503 for a moment, nothing lost', async (t) => {
    if (engine !== 'postgres') return t.skip('SQLite has no line to cut');
    const lethe = await t.lethe({ env: { LETHE_LIMITS_VISITOR_RATE: '10000' } });
    const visitors = await crowd(lethe, 4);
    let over = false;
    const said = visitors.map(() => 0);
    const talk = visitors.map(async (visitor, i) => {
        while (!over) if (await insists(visitor, `word ${said[i] + 1}`)) said[i]++;
    });
    const name = lethe.database.url.match(/dbname=(\S+)$/)[1];
    for (let i = 0; i < 10; i++) {
        const before = said.reduce((x, y) => x + y);
        await until('some words', () => said.reduce((x, y) => x + y) > before + 8, 20000);
        execFileSync('psql', ['-q', '-At', '-d', process.env.LETHE_TEST_PG, '-c', `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '${name}'`]);
    }
    over = true;
    await Promise.all(talk);
    for (const [i, visitor] of visitors.entries())
        assert.deepEqual(await whole(visitor), Array.from({ length: said[i] }, (_, k) => `word ${k + 1}`));
    await until('ready', async () => (await lethe.call('GET', '/readyz')).status === 200);
});

scene(test, 'data without its vault is not opened, and no new vault is made', async (t) => {
    const lethe = await t.lethe();
    await lethe.visitor().says('hello');
    await lethe.stop();
    renameSync(lethe.vault, `${lethe.vault}.away`);
    const { code, said } = await refuses(['--data', lethe.data, '--listen', '127.0.0.1:0'], lethe.environment());
    assert.equal(code, 1);
    assert.match(said, /^lethe: .*the vault is not there, and the data can't be read without it\. Put the folder back/m);
    assert.ok(!existsSync(lethe.vault), 'nothing was made');
    renameSync(`${lethe.vault}.away`, lethe.vault);
    await lethe.start();
    assert.equal(lethe.process.exitCode, null);
});
