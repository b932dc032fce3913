// Messenger to an agent and back, against the fake Graph API.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { start as startGraph } from '../fake/graph.mjs';
import { fromPerson } from '../fake/graph_hooks.mjs';
import { scene, until } from './kit.mjs';

const PAGE = '101';
const TOKEN = 'PAGE-TOKEN-OF-THE-TEST';
const ADA = '2001';

/** A Lethe with one Page, connected to a fake of Meta. */
async function connected(t, options = {}) {
    const graph = await startGraph({ pages: [{ id: PAGE, token: TOKEN, name: 'Example Page' }], ...options });
    t.after(() => graph.close());
    const lethe = await t.lethe({
        env: {
            LETHE_META_APP_ID: graph.appId,
            LETHE_META_APP_SECRET: graph.appSecret,
            LETHE_META_VERIFY_TOKEN: 'a word',
            LETHE_META_GRAPH_URL: graph.url,
        },
    });
    graph.hooks = `${lethe.url}/hooks/meta`;
    const desk = await lethe.claim();
    writeFileSync(join(lethe.dir, 'token'), TOKEN);
    lethe.run('channel', 'add', 'messenger', '--page-id', PAGE, '--token-file', join(lethe.dir, 'token'), '--name', 'Example Page');
    graph.addPerson(ADA, { first_name: 'Ada', last_name: 'Example', locale: 'en_GB', gender: 'female', timezone: 1 });
    return { graph, lethe, desk };
}

const state = (desk, c, text, wanted, ms) => until(`"${text}" to be ${wanted}`, async () =>
    (await desk.messages(c)).find((m) => m.text === text && m.state === wanted), ms);

scene(test, 'the address is verified by its word alone', async (t) => {
    const { graph } = await connected(t);
    assert.deepEqual(await graph.verifyWebhook('a word').then(({ status, ok }) => [status, ok]), [200, true]);
    assert.equal((await graph.verifyWebhook('another word')).status, 403);
});

scene(test, 'a person writes, an agent answers, receipts come back', async (t) => {
    const { graph, desk } = await connected(t);
    assert.equal((await graph.say(ADA, 'Where is my parcel?')).status, 200);
    const c = await desk.sees('Where is my parcel?');
    assert.equal(c.channel.kind, 'messenger');
    await until('the profile', async () => (await desk.inbox())[0].person.name === 'Ada Example');
    await desk.says(c.id, 'Which order number?');
    const sent = await graph.waitForSend(ADA, 'Which order number?');
    assert.equal(sent.messaging_type, 'RESPONSE');
    await state(desk, c.id, 'Which order number?', 'sent');
    await graph.delivered(ADA);
    await state(desk, c.id, 'Which order number?', 'delivered');
    await graph.read(ADA);
    await state(desk, c.id, 'Which order number?', 'read');
    assert.equal((await desk.messages(c.id)).filter((m) => m.text === 'Which order number?').length, 1);
    assert.equal(graph.doubles.length, 0);
});

scene(test, 'the same message a hundred times is one row', async (t) => {
    const { graph, desk } = await connected(t);
    const answers = await Promise.all(Array.from({ length: 100 }, () => graph.say(ADA, 'once', { mid: 'm_one', timestamp: Date.now() - 5 })));
    assert.deepEqual([...new Set(answers.map((a) => a.status))], [200]);
    const c = await desk.sees('once');
    assert.equal((await desk.messages(c.id)).filter((m) => m.text === 'once').length, 1);
});

scene(test, 'what is not signed is refused and leaves nothing', async (t) => {
    const { graph, desk } = await connected(t);
    for (const sign of ['none', 'sha1', 'wrong', 'unprefixed'])
        assert.equal((await graph.say(ADA, 'forged', { sign })).status, 401, sign);
    assert.equal((await graph.say(ADA, 'forged', { secret: 'another secret' })).status, 401);
    assert.deepEqual(await desk.inbox(), []);
    for (const [escape, text] of [['ascii', 'gr\u00fc\u00df dich \u{1f622}'], ['slash', 'a/b <c> 5% d@example.com'], ['raw', 'na\u00efve']]) {
        assert.equal((await graph.say(ADA, text, { escape })).status, 200);
        await desk.sees(text);
    }
});

scene(test, 'an unknown Page is accepted and forgotten', async (t) => {
    const { graph, desk, lethe } = await connected(t);
    assert.equal((await graph.say(ADA, 'hello?', { page: '999' })).status, 200);
    assert.deepEqual(await desk.inbox(), []);
    await until('the log to say so', () => /hooks.unknown_page/.test(lethe.log));
});

scene(test, 'a reply from the Page\'s own inbox stands in the conversation and silences the bot', async (t) => {
    const { graph, desk } = await connected(t);
    await graph.say(ADA, 'anybody there?');
    const c = await desk.sees('anybody there?');
    await graph.pageSays(ADA, 'Yes, from the phone');
    const said = await until('the echo', async () => (await desk.messages(c.id)).find((m) => m.text === 'Yes, from the phone'));
    assert.equal(said.author, 'agent');
    assert.equal((await desk.call('GET', `/conversations/${c.id}`)).floor, 'agent');
});

scene(test, 'edits, reactions and deletions change the message that is there', async (t) => {
    const { graph, desk } = await connected(t);
    const { mid } = await graph.say(ADA, 'frist');
    const c = await desk.sees('frist');
    await graph.event(ADA, { message_edit: { mid, text: 'first', num_edit: '1' } });
    await until('the edit', async () => (await desk.messages(c.id))[0].text === 'first');
    await graph.event(ADA, { reaction: { reaction: 'love', emoji: '\u2764', action: 'react', mid } });
    await until('the reaction', async () => (await desk.messages(c.id))[0].reaction === '\u2764');
    await graph.event(ADA, { message: { mid, is_deleted: true } });
    const gone = await until('the deletion', async () => (await desk.messages(c.id)).find((m) => m.deleted_at));
    assert.equal(gone.text, undefined);
    assert.equal((await desk.messages(c.id)).length, 1);
});

scene(test, 'an answer that got lost is confirmed by the echo', async (t) => {
    const { graph, desk } = await connected(t);
    await graph.say(ADA, 'hello');
    const c = await desk.sees('hello');
    graph.behave('messages', { drop: true });
    await desk.says(c.id, 'lost and found');
    await state(desk, c.id, 'lost and found', 'sent');
    assert.equal(graph.sentTo(ADA).length, 1);
});

scene(test, 'without answer and echo nobody knows, and it is not sent again', async (t) => {
    const { graph, desk } = await connected(t, { autoEcho: false });
    await graph.say(ADA, 'hello');
    const c = await desk.sees('hello');
    graph.behave('messages', { drop: true });
    await desk.says(c.id, 'lost');
    await desk.says(c.id, 'behind it');
    const unknown = await state(desk, c.id, 'lost', 'unknown', 45000);
    assert.equal(unknown.reason, 'not_confirmed');
    await state(desk, c.id, 'behind it', 'sent');
    assert.deepEqual(graph.sentTo(ADA).map((s) => s.message.text), ['lost', 'behind it']);
    assert.equal(graph.doubles.length, 0);
});

scene(test, 'refusals say why; temporary ones are tried again', async (t) => {
    const { graph, desk } = await connected(t);
    await graph.say(ADA, 'hello');
    const c = await desk.sees('hello');
    for (const [error, reason] of [['window', 'window_closed'], ['not_reachable', 'unreachable'], ['bad_request', 'bad_request'], ['marketing_cap', 'too_often']]) {
        graph.behave('messages', { error });
        await desk.says(c.id, `refused by ${error}`);
        assert.equal((await state(desk, c.id, `refused by ${error}`, 'refused')).reason, reason);
    }
    graph.behave('messages', { error: 'temporary' });
    await desk.says(c.id, 'in the end');
    await state(desk, c.id, 'in the end', 'sent', 15000);
    graph.behave('messages', { error: 'token' });
    await desk.says(c.id, 'dead token');
    assert.equal((await state(desk, c.id, 'dead token', 'refused')).reason, 'token_dead');
    await desk.says(c.id, 'channel is off');
    assert.equal((await state(desk, c.id, 'channel is off', 'refused')).reason, 'channel_off');
});

scene(test, 'after a day the window is closed', async (t) => {
    const { graph, desk } = await connected(t);
    await graph.say(ADA, 'long ago', { timestamp: Date.now() - 25 * 3600 * 1000 });
    const c = await desk.sees('long ago');
    const answer = await desk.lethe.call('POST', `/api/v1/conversations/${c.id}/messages`, { cookie: desk.cookie, body: { client_id: 'x', text: 'too late' } });
    assert.deepEqual([answer.status, answer.value.code], [409, 'window_closed']);
    assert.deepEqual(graph.sentTo(ADA), []);
});

scene(test, 'a batch of a thousand people is stored before it is acknowledged', async (t) => {
    const { graph, desk, lethe } = await connected(t);
    const events = Array.from({ length: 1000 }, (_, i) =>
        fromPerson(PAGE, `3${String(i).padStart(4, '0')}`, { message: { mid: `m_${i}`, text: `word ${i}` } }));
    const body = { object: 'page', entry: [{ id: PAGE, time: Date.now(), messaging: events }] };
    const from = Date.now();
    assert.equal((await graph.sendWebhook(body)).status, 200);
    t.diagnostic(`1,000 events in ${Date.now() - from} ms`);
    assert.equal((await desk.call('GET', '/conversations/counts')).all, 1000);
    assert.equal((await graph.sendWebhook(body)).status, 200);
    assert.equal((await desk.call('GET', '/conversations/counts')).all, 1000);
    const lines = (await desk.call('GET', '/hooks?kind=message')).items;
    assert.deepEqual([...new Set(lines.map((l) => l.outcome))].sort(), ['duplicate', 'stored']);
    assert.deepEqual((await desk.call('GET', '/hooks?kind=message&outcome=ignored')).items, []);
    const printed = lethe.run('hooks', 'log', '--kind', 'message', '--channel', PAGE).trim().split('\n').map((line) => JSON.parse(line));
    assert.deepEqual(printed, lines);
});

scene(test, 'a Page whose subscription was lost is subscribed again, and the check says so', async (t) => {
    const { graph, desk } = await connected(t);
    const { items } = await desk.call('GET', '/channels');
    const channel = items.find((ch) => ch.kind === 'messenger');
    let { steps } = await desk.call('POST', `/channels/${channel.id}/check`, {});
    assert.deepEqual(steps.map((s) => [s.name, s.ok]), [['app', true], ['reach', true], ['token', true], ['permission', true], ['subscription', true], ['webhook', false]]);
    assert.ok(graph.pages.get(PAGE).fields.includes('messages'));
    graph.behave('subscribed_apps', { error: 'token' });
    ({ steps } = await desk.call('POST', `/channels/${channel.id}/check`, {}));
    assert.equal(steps.at(-1).name, 'token');
    assert.equal((await desk.call('GET', '/channels')).items.find((ch) => ch.id === channel.id).reason, 'token_dead');
    graph.behave('subscribed_apps', { garbage: true });
    ({ steps } = await desk.call('POST', `/channels/${channel.id}/check`, {}));
    assert.equal(steps.at(-1).name, 'reach');
    await desk.call('POST', `/channels/${channel.id}/check`, {});
    assert.equal((await desk.call('GET', '/channels')).items.find((ch) => ch.id === channel.id).state, 'on');
});

scene(test, 'Facebook asks for a deletion: the person is erased, and the page says so', async (t) => {
    const { graph, desk, lethe } = await connected(t);
    const post = (path, body) => lethe.call('POST', path, { body, headers: { 'content-type': 'application/x-www-form-urlencoded' } });
    await graph.say(ADA, 'remember me');
    await desk.sees('remember me');
    graph.addLogin('77001', ADA);
    const answer = await post('/hooks/meta/deletion', `signed_request=${encodeURIComponent(graph.signedRequest('77001'))}`);
    assert.equal(answer.status, 200);
    assert.deepEqual(Object.keys(answer.value).sort(), ['confirmation_code', 'url']);
    assert.match(answer.value.confirmation_code, /^[0-9a-z]{40}$/);
    const { pathname, search } = new URL(answer.value.url);
    await until('the page to say it is done', async () => (await lethe.call('GET', pathname + search)).text.includes('erased for good'), 20000);
    assert.deepEqual(await desk.inbox(), []);
    const stranger = await post('/hooks/meta/deletion', `signed_request=${graph.signedRequest('77002')}`);
    const page = new URL(stranger.value.url);
    await until('the page to say that nobody was found', async () => (await lethe.call('GET', page.pathname + page.search)).text.includes('Another way'));
    assert.equal((await lethe.call('GET', '/deletion?code=nonsense')).status, 404);
    for (const bad of [graph.signedRequest('1', { secret: 'x' }), graph.signedRequest('1', { algorithm: 'none' }), graph.signedRequest('1', { issued_at: 1700000000 }), 'a.b', ''])
        assert.equal((await post('/hooks/meta/deletion', `signed_request=${bad}`)).status, 401);
    assert.equal((await post('/hooks/meta/deauthorize', `signed_request=${graph.signedRequest('77001')}`)).status, 200);
    assert.equal((await post('/hooks/meta/deauthorize', `signed_request=${graph.signedRequest('0', { profile_id: PAGE })}`)).status, 200);
    assert.equal((await desk.call('GET', '/channels')).items.find((ch) => ch.kind === 'messenger').reason, 'deauthorized');
});

scene(test, 'without the app\'s secret no webhook is taken', async (t) => {
    const lethe = await t.lethe({ env: { LETHE_META_APP_SECRET: '' } });
    const body = '{}';
    const answer = await lethe.call('POST', '/hooks/meta', { body, headers: { 'x-hub-signature-256': `sha256=${createHmac('sha256', '').update(body).digest('hex')}` } });
    assert.equal(answer.status, 503);
    assert.ok(answer.headers.get('retry-after'));
    await until('the log to say so', () => /hooks.no_app_secret/.test(lethe.log));
});
