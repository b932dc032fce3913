// A visitor's words: stored once, sealed, still there after a crash.
import assert from 'node:assert/strict';
import test from 'node:test';
import { scene } from './kit.mjs';

scene(test, 'a visitor writes twice with one id and is stored once', async (t) => {
    const lethe = await t.lethe();
    const v = lethe.visitor();
    const first = await v.says('where is my parcel?', { client_id: 'one' });
    const again = await v.says('where is my parcel?', { client_id: 'one' });
    assert.equal(again.id, first.id);
    assert.deepEqual(await v.texts(), ['where is my parcel?']);
});

scene(test, 'a card number is masked before it is stored', async (t) => {
    const lethe = await t.lethe();
    const v = lethe.visitor();
    const said = await v.says('my card is 4111 1111 1111 1111, thanks');
    assert.equal(said.text, 'my card is **** **** **** 1111, thanks');
});

scene(test, 'what was acknowledged is there after kill -9', async (t) => {
    const lethe = await t.lethe();
    const v = lethe.visitor();
    for (let i = 0; i < 20; i++) await v.says(`word ${i}`);
    await lethe.kill();
    await lethe.start();
    const texts = await v.texts();
    assert.deepEqual(texts, Array.from({ length: 20 }, (_, i) => `word ${i}`));
});

scene(test, 'a socket that was cut hears what it missed, once', async (t) => {
    const lethe = await t.lethe();
    const v = lethe.visitor();
    await v.says('first');
    const socket = await v.live();
    await v.says('second');
    const seen = await socket.hears('second', (f) => f.message?.text === 'second');
    await socket.cut();
    await v.says('third');
    await v.says('fourth');
    const back = await v.live(seen.cseq);
    await back.hears('fourth', (f) => f.message?.text === 'fourth');
    const own = back.frames.filter((f) => f.message?.author === 'person').map((f) => f.message.text);
    assert.deepEqual(own, ['third', 'fourth']);
    await back.close();
});

scene(test, 'no text lies readable in the data folder', async (t) => {
    const lethe = await t.lethe();
    const v = lethe.visitor();
    v.page = 'http://shop.example.com/a-very-secret-page';
    await v.says('quite-a-secret-word');
    assert.deepEqual(lethe.filesWith('quite-a-secret-word'), []);
    assert.deepEqual(lethe.filesWith('a-very-secret-page'), []);
    await lethe.stop();
    assert.deepEqual(lethe.filesWith('quite-a-secret-word'), []);
    assert.doesNotMatch(lethe.log, /secret/);
});
