// The desk: live, resumed after a cut, one speaker, notes that never leave.
import assert from 'node:assert/strict';
import test from 'node:test';
import { scene, until } from './kit.mjs';

scene(test, 'an agent sees a visitor live and answers; origin, page and presence show', async (t) => {
    const lethe = await t.lethe();
    const a = await lethe.claim();
    const desk = await a.live();
    const v = lethe.visitor();
    const socket = await v.live();
    await v.says('do you sell oolong?');
    const frame = await desk.hears('the words', (f) => f.message?.text === 'do you sell oolong?');
    assert.equal(frame.data.origin, 'http://shop.example.com');
    assert.equal(frame.data.page, 'http://shop.example.com/tea');
    await desk.hears('the visitor online', (f) => f.type === 'presence' && f.person === frame.data.person.id && f.online);
    await a.says(frame.conversation, 'We do.');
    const heard = await socket.hears('the answer', (f) => f.message?.text === 'We do.');
    assert.equal(heard.message.author, 'agent');
    assert.equal(heard.message.user.name, 'Ada Example');
    await socket.close();
    await desk.hears('the visitor offline', (f) => f.type === 'presence' && f.person === frame.data.person.id && !f.online);
    await desk.close();
});

scene(test, 'a desk that was cut gets what it missed, in order and once', async (t) => {
    const lethe = await t.lethe();
    const a = await lethe.claim();
    const desk = await a.live();
    const v = lethe.visitor();
    await v.says('word 0');
    await desk.hears('word 0', (f) => f.message?.text === 'word 0');
    const seen = Math.max(...desk.frames.map((f) => f.seq ?? 0));
    await desk.cut();
    for (let i = 1; i <= 30; i++) await v.says(`word ${i}`);
    const back = await a.live(seen);
    assert.equal(back.ready.reset, false);
    await back.hears('word 30', (f) => f.message?.text === 'word 30');
    const words = back.frames.filter((f) => f.kind === 'message' && f.message?.author === 'person').map((f) => f.message.text);
    assert.deepEqual(words, Array.from({ length: 30 }, (_, i) => `word ${i + 1}`));
    const numbers = back.frames.filter((f) => f.type === 'event').map((f) => f.seq);
    assert.deepEqual(numbers, [...numbers].sort((x, y) => x - y));
    assert.equal(new Set(numbers).size, numbers.length);
    await back.close();
});

scene(test, 'a note stays inside, and the same client id makes one message', async (t) => {
    const lethe = await t.lethe();
    const a = await lethe.claim();
    const v = lethe.visitor();
    await v.says('hello');
    const c = await until('the conversation', async () => (await a.inbox())[0]);
    await a.says(c.id, 'a note for us', { kind: 'note' });
    const first = await a.says(c.id, 'once', { client_id: 'x1' });
    const again = await a.says(c.id, 'once', { client_id: 'x1' });
    assert.equal(again.id, first.id);
    await v.hears('once');
    assert.deepEqual(await v.texts('agent'), ['once']);
    assert.equal((await a.messages(c.id)).filter((m) => m.kind === 'note').length, 1);
});

scene(test, 'assign, close, reopen by a new word', async (t) => {
    const lethe = await t.lethe();
    const a = await lethe.claim();
    const v = lethe.visitor();
    await v.says('hello');
    const c = await until('the conversation', async () => (await a.inbox('unassigned'))[0]);
    await a.call('PATCH', `/conversations/${c.id}`, { assignee: 'me' });
    assert.equal((await a.inbox('mine')).length, 1);
    await a.call('PATCH', `/conversations/${c.id}`, { status: 'closed' });
    assert.equal((await a.inbox()).length, 0);
    assert.equal((await a.inbox('closed')).length, 1);
    await v.says('one more thing');
    const [open] = await a.inbox();
    assert.equal(open.id, c.id);
    const events = (await a.messages(c.id)).filter((m) => m.kind === 'event').map((m) => m.event.type);
    assert.ok(events.includes('assigned') && events.includes('closed'));
});

scene(test, 'a stranger sees nothing', async (t) => {
    const lethe = await t.lethe();
    const a = await lethe.claim();
    const v = lethe.visitor();
    await v.says('hello');
    const c = await until('the conversation', async () => (await a.inbox())[0]);
    for (const path of ['/conversations', `/conversations/${c.id}`, '/me'])
        assert.equal((await lethe.call('GET', `/api/v1${path}`)).status, 401, path);
    const foreign = await lethe.call('PATCH', `/api/v1/conversations/${c.id}`, {
        body: { status: 'closed' }, cookie: a.cookie, origin: 'https://evil.example.com' });
    assert.equal(foreign.status, 403);
    assert.equal(foreign.value.code, 'wrong_origin');
    const other = lethe.visitor();
    assert.deepEqual((await other.history()).items, []);
});
