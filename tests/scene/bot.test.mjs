// The bot answers, asks, and steps back when a person takes over.
import assert from 'node:assert/strict';
import test from 'node:test';
import * as smtp from '../fake/smtp.mjs';
import { scene, until } from './kit.mjs';

scene(test, 'the demo bot greets, asks for an order number and checks it', async (t) => {
    const lethe = await t.lethe();
    const v = lethe.visitor();
    await v.call('POST', '/start', { page: v.page }, 202);
    await v.hears('assistant of Fern & Kettle');
    await v.says('where is my order?');
    await v.hears('Which order number?');
    await v.says('blue');
    await v.hears('does not look like');
});

scene(test, 'a person takes over from the bot, and the firm gets a mail without a name or a word', async (t) => {
    const mail = await smtp.start({});
    try {
        const lethe = await t.lethe({ env: { LETHE_MAIL_SMTP_URL: mail.url, LETHE_MAIL_FROM: 'Lethe <alerts@example.com>' } });
        const a = await lethe.claim();
        const desk = await a.live();
        const v = lethe.visitor();
        await v.says('where is my parcel-canary?');
        await v.hears('Which order number?');
        await v.says('a human please');
        const c = await until('help to be wanted', async () => (await a.inbox('help'))[0]);
        await desk.hears('help wanted', (f) => f.data?.help_wanted_at);
        const letter = await mail.waitForMail('ada@example.com', c.id);
        const raw = JSON.stringify(letter);
        assert.doesNotMatch(raw, /parcel-canary|shop\.example\.com|per_/);
        assert.match(raw, /auto-generated/i);
        assert.match(raw, /unsubscribe\/usr_/);
        await a.says(c.id, 'Hello, this is Ada.');
        await v.hears('Hello, this is Ada.');
        const before = (await v.texts('bot')).length;
        await v.says('where is my order?');
        await a.sees('where is my order?');
        assert.equal((await v.texts('bot')).length, before, 'the bot spoke over a person');
        await a.call('PATCH', `/conversations/${c.id}`, { floor: 'bot' });
        await v.says('where is my order?');
        await until('the bot to speak again', async () => (await v.texts('bot')).length > before);
        await desk.close();
    } finally {
        await mail.close();
    }
});
