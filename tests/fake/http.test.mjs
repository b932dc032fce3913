import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { start } from './http.mjs';

let peer;
before(async () => { peer = await start(); });
after(() => peer.close());

test('it answers and records', async () => {
    peer.on('/weather', { json: { sky: 'clear' } });
    const waiting = peer.waitFor('/weather');
    const answer = await fetch(`${peer.url}/weather?city=Ulm`, { method: 'POST', body: '{"a":1}' });
    assert.deepEqual(await answer.json(), { sky: 'clear' });
    const request = await waiting;
    assert.equal(request.method, 'POST');
    assert.deepEqual(request.query, { city: 'Ulm' });
    assert.deepEqual(request.json, { a: 1 });
    assert.equal(peer.requests('/weather').length, 1);
});

test('behaviours are used up in order', async () => {
    peer.on('/x', { text: 'fine' });
    peer.behave('/x', { status: 500, times: 2 });
    peer.behave('/x', { status: 302, redirect: '/weather' });
    peer.behave('/x', { drop: true });
    assert.equal((await fetch(`${peer.url}/x`)).status, 500);
    assert.equal((await fetch(`${peer.url}/x`)).status, 500);
    const moved = await fetch(`${peer.url}/x`, { redirect: 'manual' });
    assert.equal(moved.headers.get('location'), '/weather');
    await assert.rejects(fetch(`${peer.url}/x`, { method: 'POST' }));
    assert.equal(await (await fetch(`${peer.url}/x`)).text(), 'fine');
});

test('a hanging answer ends with close', async () => {
    const other = await start();
    other.behave('/slow', { hang: true });
    const call = assert.rejects(fetch(`${other.url}/slow`, { method: 'POST' }));
    await other.waitFor('/slow');
    await other.close();
    await call;
});

test('waiting in vain says what was seen', async () => {
    await assert.rejects(peer.waitFor('/never', { timeout: 20 }), /waited 20 ms for a request to \/never/);
});
