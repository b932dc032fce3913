// What an attacker tries by hand: doors, origins, roles, other firms' ids, scripts in every text,
// bodies and frames that are no good. The server lives on, and its log knows none of it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import test from 'node:test';
import { WebSocket, binary, scene, until } from './kit.mjs';

const SCRIPT = '</script><script>alert(1)</script><img src=x onerror=alert(2)>';
const changing = (method) => !['get', 'head', 'options'].includes(method);
const filled = (path) => path.replace(/\{site\}/g, 'demo').replace(/\{[^}]+\}/g, 'cnv_0000000000001');

async function operations(lethe) {
    const { value } = await lethe.call('GET', '/api/v1/openapi.json', { expect: 200 });
    return Object.entries(value.paths).flatMap(([path, methods]) =>
        Object.entries(methods).filter(([, op]) => op.responses).map(([method, op]) => ({ path, method, op })));
}

const isPublic = ({ op }) => op.security.length === 0;
// What anybody may call: everything else needs somebody signed in.
const PUBLIC = /^\/(api\/v1\/(widget\/|webhooks?\/|openapi\.json|claim|start|login|logout$|password\/|invitations\/accept|live|alerts\/|stop)|webhooks?\/|deletion|stop|receipt)/;

async function alive(lethe) {
    assert.equal((await lethe.call('GET', '/healthz')).status, 200);
    assert.equal((await lethe.call('GET', '/readyz')).status, 200);
    const v = lethe.visitor();
    await v.says('still there?');
    assert.deepEqual(await v.texts(), ['still there?']);
}

scene(test, 'a wrong password a few times shuts the door for a while, and says 429', async (t) => {
    const lethe = await t.lethe();
    await lethe.claim();
    const tries = [];
    for (let i = 0; i < 15; i++)
        tries.push((await lethe.call('POST', '/api/v1/login', { body: { email: 'ada@example.com', password: `wrong number ${i}` } })).status);
    assert.equal(tries[0], 401);
    assert.equal(tries.at(-1), 429);
    assert.ok(tries.every((status) => [401, 429].includes(status)), tries.join());
    const shut = await lethe.call('POST', '/api/v1/login', { body: { email: 'ADA@example.com', password: 'correct horse battery' } });
    assert.equal(shut.status, 429);
    assert.ok(Number(shut.headers.get('retry-after')) > 0);
    const unknown = await lethe.call('POST', '/api/v1/login', { body: { email: 'nobody@example.com', password: 'whatever it is' } });
    assert.ok([401, 429].includes(unknown.status));
    const open = await until('the door to open again', async () => {
        const answer = await lethe.call('POST', '/api/v1/login', { body: { email: 'ada@example.com', password: 'correct horse battery' } });
        return answer.status === 200 && answer;
    }, 20000);
    assert.match(open.headers.get('set-cookie'), /^__Host-lethe=[^;]+; Path=\/; Secure; HttpOnly; SameSite=Lax/);
});

scene(test, 'no session, a foreign origin and a small token get nowhere on any route', async (t) => {
    const lethe = await t.lethe();
    const a = await lethe.claim();
    const { token } = await a.call('POST', '/tokens', { label: 'reads', scopes: ['read'] });
    const all = await operations(lethe);
    assert.ok(all.length > 40, `${all.length} operations`);
    let closed = 0, foreign = 0, small = 0;
    for (const operation of all) {
        const { path, method, op } = operation;
        const at = `${method} ${path}`;
        const body = op.requestBody ? '{}' : undefined;
        if (isPublic(operation)) {
            assert.match(path, PUBLIC, `${at} is open to anybody`);
            continue;
        }
        closed++;
        assert.equal((await lethe.call(method.toUpperCase(), filled(path), { body })).status, 401, at);
        if (!changing(method)) continue;
        const answer = await lethe.call(method.toUpperCase(), filled(path), { body, cookie: a.cookie, origin: 'http://evil.example.com' });
        assert.equal(answer.status, 403, `${at}: ${answer.text}`);
        const none = await lethe.call(method.toUpperCase(), filled(path), { body, cookie: a.cookie, origin: null });
        assert.equal(none.status, 403, `${at} without Origin`);
        foreign++;
        const weak = await lethe.call(method.toUpperCase(), filled(path), { body, token });
        assert.equal(weak.status, 403, `${at} with a token that may read`);
        small++;
    }
    assert.ok(closed > 30 && foreign > 10 && small > 10, `${closed} closed, ${foreign} by origin, ${small} by scope`);
    assert.equal((await lethe.call('GET', '/api/v1/me', { cookie: a.cookie })).status, 200, 'nothing of it signed her out');
});

async function secondFirm(lethe) {
    if (!execFileSync(binary, ['--help'], { encoding: 'utf8' }).includes('tenant add')) return null;
    const file = `${lethe.dir}/password`;
    writeFileSync(file, 'another horse battery\n', { mode: 0o600 });
    lethe.run('tenant', 'add', '--name', 'Other & Sons', '--owner-email', 'ada@other.example.com', '--password-file', file);
    return lethe.login('ada@other.example.com', 'another horse battery');
}

scene(test, "another firm's ids are not there", async (t) => {
    const lethe = await t.lethe();
    const a = await lethe.claim();
    const v = lethe.visitor();
    await v.says('hello');
    const c = await a.sees('', 'all');
    const other = await secondFirm(lethe);
    if (!other) return t.skip('`lethe tenant add` is not there or gives no link');
    const site = (await a.call('GET', '/sites')).items[0];
    const ids = { conversations: c.id, people: c.person.id, sites: site.id, users: a.user.id };
    const paths = [
        ['GET', `/conversations/${ids.conversations}`], ['GET', `/conversations/${ids.conversations}/messages`],
        ['PATCH', `/conversations/${ids.conversations}`, { status: 'closed' }],
        ['POST', `/conversations/${ids.conversations}/messages`, { client_id: 'x', text: 'hi' }],
        ['POST', `/conversations/${ids.conversations}/read`, { message: 'msg_0000000000001' }],
        ['GET', `/people/${ids.people}`], ['PATCH', `/people/${ids.people}`, {}],
        ['GET', `/people/${ids.people}/export`], ['GET', `/people/${ids.people}/erase`],
        ['POST', `/people/${ids.people}/erase`, { confirm: 'erase' }],
        ['GET', `/sites/${ids.sites}`], ['PATCH', `/users/${ids.users}`, {}], ['DELETE', `/users/${ids.users}`],
    ];
    for (const [method, path, body] of paths) {
        const answer = await lethe.call(method, `/api/v1${path}`, { body, cookie: other.cookie });
        assert.ok([404, 405].includes(answer.status), `${method} ${path}: ${answer.status} ${answer.text}`);
    }
    assert.deepEqual((await lethe.call('GET', '/api/v1/conversations?view=all', { cookie: other.cookie, expect: 200 })).value.items, []);
    assert.deepEqual(await v.texts(), ['hello']);
});

scene(test, 'scripts in every text come out as text', async (t) => {
    const lethe = await t.lethe();
    const a = await lethe.claim({ name: `Ada ${SCRIPT}`.slice(0, 100) });
    const site = (await a.call('GET', '/sites')).items[0];
    await a.call('PATCH', `/sites/${site.id}`, { name: SCRIPT, greeting: SCRIPT });
    const v = lethe.visitor();
    v.page = `http://shop.example.com/${SCRIPT}`;
    await v.says(SCRIPT);
    const c = await a.sees('');
    await a.says(c.id, SCRIPT);
    assert.deepEqual(await v.texts(), [SCRIPT]);
    for (const path of ['/widget/demo', '/chat/demo', `/widget/demo?lang=${encodeURIComponent(SCRIPT)}`, '/widget/demo?lang=%ff%fe', '/demo']) {
        const page = await lethe.call('GET', path, { expect: 200 });
        assert.match(page.headers.get('content-type'), /^text\/html; charset=utf-8/);
        assert.ok(!page.text.includes('<script>alert'), path);
        assert.ok(!page.text.includes('<img src=x'), path);
        assert.match(page.headers.get('content-security-policy'), /default-src 'none'; script-src 'self'/);
        assert.equal(page.headers.get('x-content-type-options'), 'nosniff');
    }
    const page = (await lethe.call('GET', '/widget/demo')).text;
    const config = JSON.parse(page.match(/<script[^>]*id="config"[^>]*>([\s\S]*?)<\/script>/)[1]);
    assert.equal(config.greeting, SCRIPT);
    for (const path of [`/api/v1/conversations/${c.id}/messages`, '/api/v1/conversations?view=all', `/api/v1/people/${c.person.id}/export`]) {
        const answer = await lethe.call('GET', path, { cookie: a.cookie, expect: 200 });
        assert.match(answer.headers.get('content-type'), /^application\/json/);
        assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
    }
    const receipt = await fetch(`${lethe.url}/receipt`, { method: 'POST', body: `receipt=${SCRIPT}`, headers: { 'content-type': 'text/plain' } });
    assert.ok(!(await receipt.text()).includes('<script>alert'));
});

scene(test, 'bodies that are no good get their answer and change nothing', async (t) => {
    const lethe = await t.lethe();
    const v = lethe.visitor();
    await v.says('before');
    const path = `${v.base}/messages`;
    const send = (body, extra = {}) => lethe.call('POST', path, { body, token: v.token, ...extra });
    const good = { client_id: randomUUID(), text: 'secret-canary-e51', page: v.page };
    const deep = `{"client_id":"x","text":${'['.repeat(5000)}${']'.repeat(5000)}}`;
    const cases = [
        [413, 'x'.repeat(70 * 1024)], [400, ''.padEnd(10, '{')], [400, '[]'], [400, '"secret-canary-e51"'], [400, 'nul'], [400, deep],
        [400, '{"client_id":"x","text":"a\\u0000b"}'], [400, '{"client_id":"x","text":"\\ud800"}'], [400, '{"client_id":"x","text":"\\udc00 secret-canary-e51"}'],
        [400, Buffer.from('{"client_id":"x","text":"\xff\xfe"}', 'latin1')], [400, '{"client_id":"x","client_id":"y","text":"twice"}'],
        [422, { ...good, colour: 'secret-canary-e51' }], [422, { text: 'no id' }], [422, { ...good, text: 7 }], [422, { ...good, text: 'x'.repeat(4001) }],
        [422, { ...good, client_id: '' }], [422, { ...good, client_id: 'x'.repeat(65) }], [422, { ...good, text: '  \n ' }],
    ];
    for (const [status, body] of cases) {
        const answer = await send(body);
        const shown = String(typeof body === 'object' && !Buffer.isBuffer(body) ? JSON.stringify(body) : body).slice(0, 60);
        const right = status === 400 ? [400, 413, 422] : [status];
        assert.ok(right.includes(answer.status), `${shown}: ${answer.status} ${answer.text}`);
        assert.match(answer.headers.get('content-type'), /^application\/problem\+json/);
        assert.ok(!answer.text.includes('secret-canary'), `${shown} is repeated: ${answer.text}`);
    }
    assert.match((await send({ ...good, colour: 'red' })).text, /colour/);
    assert.equal((await send(good, { token: undefined })).status, 401);
    assert.equal((await send(good, { token: `${v.token.slice(0, -1)}` })).status, 401);
    assert.equal((await send(good, { token: 'vu.YWRh.AAAA' })).status, 401);
    assert.equal((await lethe.call('POST', '/api/v1/widget/nowhere/messages', { body: good, token: v.token })).status, 404);
    assert.deepEqual(await v.texts(), ['before']);
    await alive(lethe);
    assert.ok(!lethe.log.includes('secret-canary'));
});

function raw(lethe, bytes) {
    return new Promise((done) => {
        let text = '';
        const socket = connect(lethe.port, '127.0.0.1', () => socket.write(bytes));
        socket.setTimeout(3000, () => socket.destroy());
        socket.on('data', (chunk) => (text += chunk.toString('latin1')));
        socket.on('error', () => {});
        socket.on('close', () => done(text));
    });
}

scene(test, 'paths, headers and request lines that try something', async (t) => {
    const lethe = await t.lethe();
    const head = 'Host: 127.0.0.1\r\nConnection: close\r\n\r\n';
    for (const path of ['/assets/../../etc/passwd', '/assets/%2e%2e/%2e%2e/etc/passwd', '/assets/..%2f..%2fetc/passwd', '//etc/passwd', '/assets/\\..\\x', '/app/%00', '/widget/..%2fdemo', '/widget/%0d%0aSet-Cookie:%20x=1']) {
        const text = await raw(lethe, `GET ${path} HTTP/1.1\r\n${head}`);
        assert.match(text, /^HTTP\/1\.1 (400|404|200)/, path);
        assert.ok(!text.includes('root:'), path);
        assert.ok(!/^set-cookie/im.test(text), path);
    }
    assert.match(await raw(lethe, `POST /receipt HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n${head}0\r\n\r\n`), /^HTTP\/1\.1 400/);
    assert.match(await raw(lethe, `GET / HTTP/1.1\r\nX: ${'y'.repeat(20000)}\r\n${head}`), /^HTTP\/1\.1 431/);
    assert.match(await raw(lethe, `GET /${'y'.repeat(9000)} HTTP/1.1\r\n${head}`), /^HTTP\/1\.1 414/);
    assert.match(await raw(lethe, 'secret-canary-77 nonsense\r\n\r\n'), /^HTTP\/1\.1 400/);
    await alive(lethe);
    assert.ok(!lethe.log.includes('canary') && !lethe.log.includes('passwd'));
});

function frame(opcode, payload, { masked = true, fin = true } = {}) {
    const body = Buffer.from(payload);
    const size = body.length < 126 ? Buffer.from([body.length | (masked ? 0x80 : 0)]) : Buffer.from([126 | (masked ? 0x80 : 0), body.length >> 8, body.length & 255]);
    const mask = masked ? Buffer.alloc(4) : Buffer.alloc(0);
    return Buffer.concat([Buffer.from([(fin ? 0x80 : 0) | opcode]), size, mask, body]);
}

scene(test, 'frames that are rubbish close their own socket and no other', async (t) => {
    const lethe = await t.lethe();
    const a = await lethe.claim();
    const desk = await a.live();
    const v = lethe.visitor();
    await v.says('hello');
    const good = await v.live(0);
    const upgrade = (path) => `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n`;
    const rubbish = [frame(1, 'secret-canary-9c'), frame(1, '[]'), frame(1, '{"type":"secret-canary-9c"}'), frame(2, 'x'), frame(1, 'x', { masked: false }), frame(0, 'x'),
        frame(3, 'x'), frame(9, 'x'.repeat(126)), frame(1, '\xff\xfe'), frame(8, 'x'), Buffer.from([0x81, 0xff, 0x7f, 255, 255, 255, 255, 255, 255, 255]), frame(1, '{"type":"hello","token":7}'),
        frame(1, '{"type":"hello","token":"va.x","after":"secret-canary-9c"}'), frame(1, '{"type":"hello","token":null,"after":-9e99}'), frame(1, '{"type":"viewing","conversation":"cnv_!"}')];
    for (const path of [`${v.base}/live`, '/api/v1/live'])
        for (const bytes of rubbish) {
            const text = await raw(lethe, Buffer.concat([Buffer.from(upgrade(path)), bytes, frame(8, Buffer.from([3, 232]))]));
            assert.match(text, /^HTTP\/1\.1 101/, text.slice(0, 60));
            assert.ok(!text.includes('"ready"'), `${path} ${bytes}`);
        }
    for (const hello of [{ type: 'hello', token: 'x'.repeat(7000) }, { type: 'hello', token: v.token.replace(/.$/, '') }, { type: 'hello', after: 1e18 }]) {
        const socket = new WebSocket(`${lethe.url.replace(/^http/, 'ws')}${v.base}/live`);
        socket.on('open', () => socket.send(JSON.stringify(hello)));
        const code = await new Promise((done) => socket.on('close', done));
        assert.equal(code, 4401);
    }
    const foreign = new WebSocket(`${lethe.url.replace(/^http/, 'ws')}/api/v1/live`, { headers: { cookie: a.cookie, origin: 'http://evil.example.com' } });
    assert.match((await new Promise((done) => foreign.on('error', done))).message, /403/);
    good.send({ type: 'hello', token: v.token });
    await good.closed;
    assert.equal(good.code, 1008, 'a second hello');
    await v.says('after all that');
    await desk.hears('the words', (f) => f.message?.text === 'after all that');
    await alive(lethe);
    assert.ok(!lethe.log.includes('canary'));
});
