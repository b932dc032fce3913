// Files: stored sealed, given only to those whom they concern, gone with the person.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { scene, until } from './kit.mjs';

const MIB = 1024 * 1024;
const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');

function picture(words, size = 200_000) {
    return Buffer.concat([PNG, Buffer.from(words), Buffer.alloc(size, 7), Buffer.from(words)]);
}

async function send(lethe, path, auth, bytes, name = 'label.png') {
    return lethe.call('POST', path, { body: bytes, ...auth, headers: { 'content-type': 'image/png', 'x-file-name': encodeURIComponent(name) } });
}

async function upload(v, bytes, name) {
    if (!v.token) await v.history();
    return send(v.lethe, `${v.base}/files`, { token: v.token }, bytes, name);
}

async function fetched(lethe, path, { token, cookie } = {}) {
    const answer = await fetch(lethe.url + path, { headers: { ...(token && { authorization: `Bearer ${token}` }), ...(cookie && { cookie }) } });
    return { status: answer.status, headers: answer.headers, bytes: Buffer.from(await answer.arrayBuffer()) };
}

function stored(lethe) {
    const dir = join(lethe.data, 'files');
    return readdirSync(dir).flatMap((folder) => readdirSync(join(dir, folder)));
}

scene(test, 'a visitor sends a picture, the agent gets the same bytes, and nobody else does', async (t) => {
    const lethe = await t.lethe();
    const a = await lethe.claim();
    const v = lethe.visitor();
    const other = lethe.visitor();
    const bytes = picture('canary-file-2c9e');
    const sent = await upload(v, bytes, '../../etc/Täg "1".png');
    assert.equal(sent.status, 200, sent.text);
    assert.deepEqual({ ...sent.value, id: undefined }, { id: undefined, type: 'image/png', name: 'Täg 1.png', size: bytes.length });
    const said = await v.call('POST', '/messages', { client_id: 'f', file: sent.value.id });
    const [mine] = said.attachments;
    assert.deepEqual({ ...mine, url: undefined }, { type: 'image', url: undefined, name: 'Täg 1.png', size: bytes.length });
    assert.equal(mine.url, `${v.base}/files/${sent.value.id}`);
    assert.equal((await v.history()).items.find((m) => m.id === said.id).attachments[0].url, mine.url);
    assert.deepEqual((await fetched(lethe, mine.url, { token: v.token })).bytes, bytes);

    const [conversation] = await a.inbox();
    const seen = (await a.messages(conversation.id)).find((m) => m.id === said.id).attachments[0];
    const got = await fetched(lethe, seen.url, { cookie: a.cookie });
    assert.deepEqual(got.bytes, bytes);
    assert.equal(got.headers.get('content-type'), 'image/png');
    assert.equal(got.headers.get('x-content-type-options'), 'nosniff');
    assert.equal(got.headers.get('cache-control'), 'no-store');
    assert.match(got.headers.get('content-security-policy'), /sandbox/);
    assert.equal(got.headers.get('content-disposition'), "inline; filename*=UTF-8''T%C3%A4g%201.png");

    await other.says('hello');
    assert.equal((await fetched(lethe, mine.url, { token: other.token })).status, 404);
    assert.equal((await fetched(lethe, seen.url)).status, 401);
    await other.call('POST', '/messages', { client_id: 'x', file: sent.value.id }, 422);
    assert.deepEqual(lethe.filesWith('canary-file-2c9e'), []);
    assert.deepEqual(lethe.filesWith('Täg 1.png'), []);
});

scene(test, 'an agent sends a file, and the visitor downloads it', async (t) => {
    const lethe = await t.lethe();
    const a = await lethe.claim();
    const v = lethe.visitor();
    await v.says('send me the manual');
    const [conversation] = await a.inbox();
    const bytes = Buffer.from('%PDF-1.7 the manual');
    const sent = await send(lethe, `/api/v1/files?conversation=${conversation.id}`, { cookie: a.cookie }, bytes, 'manual.pdf');
    assert.equal(sent.status, 200, sent.text);
    await a.says(conversation.id, 'Here it is.', { file: sent.value.id });
    const heard = await v.hears('Here it is.');
    assert.equal(heard.attachments[0].type, 'file');
    const got = await fetched(lethe, heard.attachments[0].url, { token: v.token });
    assert.deepEqual(got.bytes, bytes);
    assert.match(got.headers.get('content-disposition'), /^attachment/);
});

scene(test, 'what is too large, empty, or not what it says', async (t) => {
    const lethe = await t.lethe();
    const v = lethe.visitor();
    const large = await upload(v, Buffer.alloc(10 * MIB + 1));
    assert.equal(large.status, 413);
    assert.match(large.value.detail, /\w+ \w+.*\./);
    assert.equal((await upload(v, Buffer.alloc(0))).status, 422);
    assert.equal((await upload(v, Buffer.alloc(10 * MIB, 1), 'just.bin')).value.size, 10 * MIB);
    const evil = Buffer.from('<html><script>alert(1)</script></html>');
    const { value } = await upload(v, evil, 'cat.png');
    assert.equal(value.type, 'text/plain; charset=utf-8');
    const got = await fetched(lethe, `${v.base}/files/${value.id}`, { token: v.token });
    assert.equal(got.headers.get('content-type'), 'text/plain; charset=utf-8');
    assert.match(got.headers.get('content-disposition'), /^attachment/);
    assert.deepEqual(got.bytes, evil);
});

scene(test, 'an erased person\'s files are gone from the disk, and no others', async (t) => {
    const lethe = await t.lethe();
    const v = lethe.visitor();
    const stays = lethe.visitor();
    const one = (await upload(v, picture('canary-gone-71aa'))).value;
    await v.call('POST', '/messages', { client_id: 'f', file: one.id });
    const two = (await upload(v, picture('never sent'))).value;
    const kept = (await upload(stays, picture('stays'))).value;
    assert.deepEqual(stored(lethe).sort(), [one.id, two.id, kept.id].sort());
    const held = await v.call('GET', '/data');
    assert.deepEqual(held.data.file.map((f) => f.file_name), ['label.png', 'label.png']);
    await v.call('POST', '/erase', { confirm: 'erase' });
    await until('the files to be gone', () => stored(lethe).length === 1);
    assert.deepEqual(stored(lethe), [kept.id]);
    await until('the erasure to be done', async () => Object.keys(await v.call('GET', '/data')).length === 0);
    assert.equal((await fetched(lethe, `${v.base}/files/${one.id}`, { token: v.token })).status, 404);
    assert.equal((await fetched(lethe, `${stays.base}/files/${kept.id}`, { token: stays.token })).status, 200);
});

scene(test, 'after kill -9 every acknowledged file is there, and no bytes without a row', async (t) => {
    const lethe = await t.lethe();
    const v = lethe.visitor();
    await v.says('here come files');
    const bytes = picture('some words', 2 * MIB);
    const acknowledged = [];
    let down = false;
    const running = Array.from({ length: 4 }, async () => {
        while (!down) {
            const answer = await upload(v, bytes).catch(() => null);
            if (answer?.status === 200) acknowledged.push(answer.value.id);
        }
    });
    await until('some files to be stored', () => acknowledged.length >= 3);
    down = true;
    await lethe.kill();
    await Promise.all(running);
    // What a crash in between leaves: bytes that are whole but have no row, and unfinished ones.
    const folder = join(lethe.data, 'files', '01');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'fil_0000000000001'), 'sealed bytes whose row was never added');
    writeFileSync(join(folder, 'fil_0000000000001.new'), 'half');
    await lethe.start();
    const left = stored(lethe);
    assert.ok(!left.some((name) => name.includes('fil_0000000000001')), `left over: ${left}`);
    const held = (await v.call('GET', '/data')).data.file.length;
    assert.equal(left.length, held);
    for (const id of acknowledged) {
        const got = await fetched(lethe, `${v.base}/files/${id}`, { token: v.token });
        assert.deepEqual(got.bytes, bytes);
    }
});
