// Forgetting: a visitor erases themselves; nothing of them is left in files or memory, and nobody else
// loses a word.
import assert from 'node:assert/strict';
import test from 'node:test';
import { scene, until } from './kit.mjs';

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
    assert.deepEqual((await stays.history()).items.map((m) => m.text), ['still-here-81c2']);
    await gone.says('a new person now');
    assert.deepEqual((await gone.history()).items.map((m) => m.text), ['a new person now']);
});
