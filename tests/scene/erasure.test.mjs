// Forgetting: a visitor erases themselves; nothing of them is left in files or memory, and nobody else
// loses a word.
import assert from 'node:assert/strict';
import test from 'node:test';
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { binary, scene, until } from './kit.mjs';

scene(test, 'a visitor is erased from files and memory, and others are not', async (t) => {
    const lethe = await t.lethe();
    const gone = lethe.visitor();
    const stays = lethe.visitor();
    gone.page = 'http://shop.example.com/page-of-canary-7f3a';
    await gone.says('canary-text-7f3a-one');
    await gone.says('canary-text-7f3a-two');
    await stays.says('still-here-81c2');
    const { code, status_url: url } = await gone.call('POST', '/erase', { confirm: 'erase' });
    assert.ok(url.endsWith(`/deletion?code=${code}`));
    await until('the erasure to be done', async () => Object.keys(await gone.call('GET', '/data')).length === 0);
    assert.deepEqual((await gone.history()).items, []);
    await until('the log to be emptied', () => lethe.filesWith('canary-text-7f3a').length === 0);
    for (const canary of ['canary-text-7f3a', 'page-of-canary-7f3a'])
        assert.equal(lethe.memoryHits(canary), 0, `${canary} is still in memory`);
    assert.deepEqual(await stays.texts(), ['still-here-81c2']);
    await gone.says('a new person now');
    assert.deepEqual(await gone.texts(), ['a new person now']);
});

scene(test, 'an agent erases a person; the receipt verifies, and a changed byte does not', async (t) => {
    const lethe = await t.lethe();
    const a = await lethe.claim();
    const v = lethe.visitor();
    await v.says('canary-text-55d1');
    const { person } = await a.sees('', 'all');
    const preview = await a.call('GET', `/people/${person.id}/erase`);
    assert.equal(preview.goes.find((g) => g.what === 'person').count, 1);
    assert.ok(preview.stays.every((s) => s.why.length > 20));
    const refused = await lethe.call('POST', `/api/v1/people/${person.id}/erase`, { body: { confirm: 'yes' }, cookie: a.cookie });
    assert.equal(refused.status, 422);
    const { erasure } = await a.call('POST', `/people/${person.id}/erase`, { confirm: 'erase' }, 202);
    const done = await until('the receipt', async () => {
        const state = await a.call('GET', `/erasures/${erasure}`);
        return state.state === 'erased' && state;
    });
    assert.deepEqual(await a.inbox(), []);
    await a.call('GET', `/people/${person.id}`, undefined, 404);
    const receipt = JSON.stringify(done.receipt);
    const check = async (text) => (await lethe.call('POST', '/receipt', { body: text })).text;
    assert.match(await check(receipt), /genuine/);
    const at = receipt.indexOf('"payload":"') + 30;
    const changed = receipt.slice(0, at) + (receipt[at] === 'A' ? 'B' : 'A') + receipt.slice(at + 1);
    assert.match(await check(changed), /was changed/);
    assert.match(await check('{}'), /no receipt/);
});

scene(test, 'erased by script, with the server running and without; the receipt is checked offline', async (t) => {
    const lethe = await t.lethe();
    const a = await lethe.claim();
    for (const running of [true, false]) {
        const v = lethe.visitor();
        v.page = `http://shop.example.com/script-${running}`;
        await v.says('canary-by-script');
        const { person } = await until('the person', async () => (await a.inbox()).find((c) => c.page === v.page));
        const held = JSON.parse(lethe.run('person', 'export', person.id, '--json'));
        assert.match(JSON.stringify(held), /canary-by-script/);
        if (!running) await lethe.stop();
        assert.throws(() => lethe.run('person', 'erase', person.id), /--yes/);
        const { state, receipt } = JSON.parse(lethe.run('person', 'erase', person.id, '--yes', '--json'));
        assert.equal(state, 'erased');
        const file = join(lethe.dir, 'receipt.json');
        writeFileSync(file, JSON.stringify(receipt));
        assert.match(execFileSync(binary, ['receipt', 'verify', file], { encoding: 'utf8' }), /Genuine/);
        writeFileSync(file, JSON.stringify({ ...receipt, payload: receipt.payload.replace(/^./, 'f') }));
        assert.equal(spawnSync(binary, ['receipt', 'verify', file]).status, 1);
        assert.deepEqual(lethe.filesWith('canary-by-script'), []);
    }
});
