// Sockets that must end, and what they count: no hello, a session that ended, two tabs of one person,
// the next conversation of the same visitor.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import test from 'node:test';
import { Live, WebSocket, scene, until } from './kit.mjs';

const wait = (ms) => new Promise((done) => setTimeout(done, ms));

scene(test, 'who says no hello is closed, who does stays', async (t) => {
    const lethe = await t.lethe();
    const a = await lethe.claim();
    const address = lethe.url.replace(/^http/, 'ws');
    const silent = [`${address}/api/v1/widget/demo/live`, `${address}/api/v1/live`].map((url) => new WebSocket(url));
    const closed = silent.map((socket) => once(socket, 'close'));
    const v = await lethe.visitor().live();
    const desk = await a.live();
    for (const [code] of await Promise.all(closed)) assert.equal(code, 1008);
    assert.equal(v.code, undefined);
    assert.equal(desk.code, undefined);
});

scene(test, 'a socket ends with the session or the token it was opened by', async (t) => {
    const lethe = await t.lethe();
    const a = await lethe.claim();
    const other = await lethe.login('ada@example.com', 'correct horse battery');
    const token = await a.call('POST', '/tokens', { label: 'desk', scopes: ['read'] });
    const desk = await a.live();
    const kept = await other.live();
    const robot = await Live.open(`${lethe.url}/api/v1/live`, { type: 'hello', token: token.token, after: null });
    const { items } = await a.call('GET', '/tokens');
    await a.call('DELETE', `/tokens/${items[0].id}`, undefined, 204);
    await lethe.call('POST', '/api/v1/logout', { body: {}, cookie: a.cookie });
    await until('both to be closed', () => desk.code && robot.code, 30000);
    assert.equal(desk.code, 4401);
    assert.equal(robot.code, 4401);
    assert.equal(kept.code, undefined);
});

scene(test, 'two tabs count as one person until the last one closes', async (t) => {
    const lethe = await t.lethe();
    const a = await lethe.claim();
    const desk = await a.live();
    const v = lethe.visitor();
    const first = await v.live();
    await v.says('hello');
    const { person } = await a.sees('', 'all');
    await desk.hears('the person online', (f) => f.type === 'presence' && f.person === person.id && f.online);
    const second = await v.live(0);
    await first.close();
    await wait(300);
    const shown = () => desk.frames.filter((f) => f.type === 'presence' && f.person === person.id).map((f) => f.online);
    assert.deepEqual(shown(), [true]);
    assert.equal((await a.call('GET', `/people/${person.id}`)).online, true);
    await second.close();
    await until('the person offline', () => shown().length === 2);
    assert.deepEqual(shown(), [true, false]);
    for (let i = 0; i < 20; i++) await (await v.live()).cut();
    await until('nobody online', async () => !(await a.call('GET', `/people/${person.id}`)).online);
});

scene(test, 'an open socket hears the answers of the next conversation too', async (t) => {
    const lethe = await t.lethe();
    const a = await lethe.claim();
    const v = lethe.visitor();
    const socket = await v.live();
    for (let i = 0; i < 10; i++) await v.says(`word ${i}`);
    const first = await a.sees('');
    await a.says(first.id, 'an answer in the first');
    await socket.hears('the first answer', (f) => f.message?.text === 'an answer in the first');
    await a.call('PATCH', `/conversations/${first.id}`, { status: 'closed' });
    await v.call('POST', '/start', { page: v.page }, 202);
    await v.says('me again');
    const next = await a.sees('');
    await a.says(next.id, 'an answer in the next');
    await socket.hears('the next answer', (f) => f.message?.text === 'an answer in the next');
});

scene(test, 'a flood of typing reaches nobody as a flood', async (t) => {
    const lethe = await t.lethe();
    const a = await lethe.claim();
    const desk = await a.live();
    const v = lethe.visitor();
    await v.says('hello');
    const socket = await v.live(0);
    for (let i = 0; i < 3000; i++) socket.send({ type: 'typing', on: i % 2 === 0 });
    await v.says('the last word');
    await desk.hears('the last word', (f) => f.message?.text === 'the last word');
    const typed = desk.frames.filter((f) => f.type === 'typing').length;
    assert.ok(typed >= 1 && typed <= 60, `${typed} frames`);
    assert.equal(desk.code, undefined);
});

scene(test, "an erased person's sockets close, and come back knowing nothing", async (t) => {
    const lethe = await t.lethe();
    const a = await lethe.claim();
    const v = lethe.visitor();
    const early = await v.live();
    await v.says('canary of the erased');
    const late = await v.live(0);
    const desk = await a.live();
    const { person } = await a.sees('', 'all');
    const seen = late.ready.cseq;
    assert.ok(seen > 0);
    await a.call('POST', `/people/${person.id}/erase`, { confirm: 'erase' }, 202);
    await Promise.all([early.closed, late.closed]);
    assert.deepEqual([early.code, late.code], [1000, 1000]);
    await desk.hears('the erasure', (f) => f.kind === 'erased' && f.object === person.id);
    await until('the data to be gone', async () => { // 410 while it is going
        const answer = await lethe.call('GET', `${v.base}/data`, { token: v.token });
        assert.ok([200, 410].includes(answer.status), answer.text);
        return answer.status === 200 && Object.keys(answer.value).length === 0;
    });
    const back = await v.live(seen);
    assert.equal(back.ready.cseq, 0);
    assert.equal(back.ready.reset, true, 'what the page still shows is not to be kept');
    assert.equal((await v.history(seen)).reset, true);
    assert.deepEqual((await v.history(seen)).items, []);
    assert.ok(!back.frames.some((f) => JSON.stringify(f).includes('canary')));
    await v.says('somebody new');
    await desk.hears('the new one', (f) => f.message?.text === 'somebody new' && f.data.person.id !== person.id);
});
