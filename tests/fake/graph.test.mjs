import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, beforeEach, test } from 'node:test';
import { start as startHttp } from './http.mjs';
import { start } from './graph.mjs';
import { encode } from './graph_hooks.mjs';

const secret = 'app secret';
const proof = createHmac('sha256', secret).update('PAGE-TOKEN').digest('hex');
let graph;
let lethe;

before(async () => {
    lethe = await startHttp();
    graph = await start({
        appSecret: secret,
        pages: [{ id: '101', token: 'PAGE-TOKEN', name: 'Example Shop' }, { id: '102', token: 'OTHER' }],
        hooks: `${lethe.url}/hooks/meta`,
    });
});
after(async () => {
    await graph.close();
    await lethe.close();
});
beforeEach(() => {
    for (const journal of [graph.log, graph.sent, graph.acted, graph.asked, graph.hooked, lethe.log]) journal.clear();
    graph.doubles.length = 0;
    graph.script.clear();
    graph.autoEcho = false;
    graph.addPerson('2001', { first_name: 'Ada', last_name: 'Example', locale: 'de_DE', timezone: 1 });
    graph.setLastInbound('2001');
});

function post(path, body, { token = 'PAGE-TOKEN', query = { appsecret_proof: proof }, type = 'application/json' } = {}) {
    return fetch(`${graph.url}/v25.0/${path}?${new URLSearchParams(query)}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': type },
        body: typeof body === 'string' ? body : JSON.stringify(body),
    });
}

function get(path, query = {}) {
    return fetch(`${graph.url}/v25.0/${path}?${new URLSearchParams({
        access_token: 'PAGE-TOKEN', appsecret_proof: proof, ...query })}`);
}

const message = (fields = {}, more = {}) => ({
    messaging_type: 'RESPONSE', recipient: { id: '2001' }, message: { text: 'Hello', ...fields }, ...more });

async function errorOf(response) {
    const { error } = await response.json();
    assert.ok(error.message && error.type && error.fbtrace_id);
    return error.error_subcode ? `${error.code}/${error.error_subcode}` : `${error.code}`;
}

test('a good message is accepted and kept', async () => {
    const response = await post('101/messages', message({ metadata: 'msg_1' }));
    assert.equal(response.status, 200);
    const answer = await response.json();
    assert.equal(answer.recipient_id, '2001');
    assert.match(answer.message_id, /^m_/);
    const sent = await graph.waitForSend('2001', 'Hell');
    assert.equal(sent.mid, answer.message_id);
    assert.equal(sent.message.metadata, 'msg_1');
    assert.equal((await post('me/messages', message())).status, 200);
    assert.equal(graph.sentTo('2001').length, 2);
    assert.equal(graph.doubles.length, 0);
});

test('token and proof are checked', async () => {
    assert.equal(await errorOf(await post('101/messages', message(), { token: 'nope' })), '190');
    assert.equal(await errorOf(await post('101/messages', message(), { query: {} })), '100');
    assert.equal(await errorOf(await post('101/messages', message(), { query: { appsecret_proof: 'x' } })), '100');
    assert.equal(await errorOf(await post('102/messages', message())), '10');
    assert.equal(graph.sent.items.length, 0);
});

test('what the Send API refuses is refused', async () => {
    const reply = (title, payload = 'P') => ({ content_type: 'text', title, payload });
    const button = (title) => ({ type: 'postback', title, payload: 'P' });
    const template = (payload) => ({ text: undefined, attachment: { type: 'template', payload } });
    const card = (n) => ({ title: `card ${n}`, subtitle: 's', buttons: [button('b')] });
    const bad = [
        {}, { ...message(), messaging_type: undefined }, { ...message(), recipient: {} },
        message({ text: '' }), message({ text: 'x'.repeat(2000) }), message({ text: undefined }),
        message({ extra: 1 }), message({ metadata: 'x'.repeat(1000) }), message({}, { extra: 1 }),
        message({ quick_replies: [] }), message({ quick_replies: Array(14).fill(reply('a')) }),
        message({ quick_replies: [reply('x'.repeat(21))] }),
        message(template({ template_type: 'button', text: 't', buttons: Array(4).fill(button('b')) })),
        message(template({ template_type: 'button', text: 't', buttons: [button('x'.repeat(21))] })),
        message(template({ template_type: 'generic', elements: Array(11).fill(card(1)) })),
        message({}, { messaging_type: 'MESSAGE_TAG', tag: 'ACCOUNT_UPDATE' }),
        message({}, { sender_action: 'typing_on' }),
        { recipient: { id: '2001' }, sender_action: 'dance' },
        { ...message(), recipient: { id: '9999' } },
    ];
    for (const body of bad)
        assert.match(await errorOf(await post('101/messages', body)), /^100/, JSON.stringify(body).slice(0, 100));
    assert.equal(await errorOf(await post('101/messages', 'a=b', { type: 'application/x-www-form-urlencoded' })), '100');
    assert.equal(graph.sent.items.length, 0);
    const good = [
        message({ text: '\u00e4'.repeat(1999), metadata: 'x'.repeat(999) }),
        message({ quick_replies: Array(13).fill(reply('x'.repeat(20))) }),
        message(template({ template_type: 'button', text: 't', buttons: Array(3).fill(button('b')) })),
        message(template({ template_type: 'generic', elements: Array(10).fill(card(1)) })),
        message({ text: undefined, attachment: { type: 'image', payload: { url: 'https://example.com/a.png' } } }),
    ];
    for (const body of good) assert.equal((await post('101/messages', body)).status, 200);
});

test('the window closes after a day, for people after seven', async () => {
    graph.setLastInbound('2001', 25 * 3600 * 1000);
    assert.equal(await errorOf(await post('101/messages', message())), '10/2018278');
    const agent = message({}, { messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' });
    assert.equal((await post('101/messages', agent)).status, 200);
    graph.setLastInbound('2001', 8 * 24 * 3600 * 1000);
    assert.equal(await errorOf(await post('101/messages', agent)), '10/2018278');
});

test('sender actions are kept apart', async () => {
    const response = await post('101/messages', { recipient: { id: '2001' }, sender_action: 'typing_on' });
    assert.deepEqual(await response.json(), { recipient_id: '2001' });
    assert.deepEqual(graph.actions('2001'), ['typing_on']);
    assert.equal(graph.sent.items.length, 0);
});

test('it fails as told, in order', async () => {
    graph.behave('messages', { error: 'window' });
    graph.behave('messages', { error: { code: 551, error_subcode: 1545041 } });
    graph.behave('messages', { status: 500, times: 2 });
    graph.behave('messages', { garbage: true });
    assert.equal(await errorOf(await post('101/messages', message())), '10/2018278');
    assert.equal(await errorOf(await post('101/messages', message())), '551/1545041');
    for (let i = 0; i < 2; i++) {
        const response = await post('101/messages', message());
        assert.equal(response.status, 500);
        assert.equal(await response.text(), '');
    }
    assert.equal(graph.sent.items.length, 0);
    await assert.rejects((await post('101/messages', message())).json());
    assert.equal(graph.sent.items.length, 1);
});

test('a dropped answer counts as sent, a reset does not, and a double is noticed', async () => {
    graph.behave('messages', { reset: true });
    graph.behave('messages', { drop: true });
    await assert.rejects(post('101/messages', message({ metadata: 'msg_2' })));
    assert.equal(graph.sent.items.length, 0);
    await assert.rejects(post('101/messages', message({ metadata: 'msg_2' })));
    assert.equal(graph.sent.items.length, 1);
    await post('101/messages', message({ metadata: 'msg_2' }));
    assert.deepEqual(graph.doubles.map((sent) => sent.message.metadata), ['msg_2']);
    assert.deepEqual(graph.log.items.map((entry) => entry.status), ['reset', 'drop', 200]);
});

test('profiles answer what was asked for and permitted', async () => {
    const ada = await (await get('2001', { fields: 'first_name,last_name,profile_pic,locale' })).json();
    assert.deepEqual(ada, { first_name: 'Ada', last_name: 'Example', locale: 'de_DE', id: '2001',
        profile_pic: `${graph.url}/pictures/2001.png` });
    assert.deepEqual(graph.fieldsAsked('2001'), ['first_name', 'last_name', 'profile_pic', 'locale']);
    assert.equal((await fetch(ada.profile_pic)).headers.get('content-type'), 'image/png');
    assert.equal(await errorOf(await get('2001', { fields: 'email' })), '100');
    graph.permissions = ['first_name'];
    assert.equal(await errorOf(await get('2001', { fields: 'gender' })), '10');
    graph.permissions = ['first_name', 'last_name', 'profile_pic', 'locale', 'timezone', 'gender'];
    graph.behave('profile', { error: 'no_profile' });
    assert.equal(await errorOf(await get('2001', { fields: 'first_name' })), '100/2018218');
});

test('pages, subscriptions and the messenger profile', async () => {
    assert.deepEqual(await (await get('me', { fields: 'id,name' })).json(), { id: '101', name: 'Example Shop' });
    assert.deepEqual(await (await get('101/subscribed_apps')).json(), { data: [] });
    assert.deepEqual(await (await post('101/subscribed_apps', { subscribed_fields: ['messages'] })).json(), { success: true });
    const { data } = await (await get('101/subscribed_apps')).json();
    assert.deepEqual(data[0].subscribed_fields, ['messages']);
    graph.unsubscribe();
    assert.deepEqual(await (await get('101/subscribed_apps')).json(), { data: [] });
    assert.deepEqual(await (await post('me/messenger_profile', { get_started: { payload: 'GO' } })).json(), { result: 'success' });
    assert.deepEqual(await (await get('me/messenger_profile', { fields: 'get_started' })).json(),
        { data: [{ get_started: { payload: 'GO' } }] });
    for (let i = 0; i < 8; i++) await get('me/messenger_profile');
    assert.equal(await errorOf(await get('me/messenger_profile')), '613');
    assert.equal(await errorOf(await get('101/nonsense')), '2500');
    assert.equal(await errorOf(await fetch(`${graph.url}/v24.0/me`)), '2635');
});

test('webhooks are signed over the bytes that go out', async () => {
    const body = { text: '\u00e4 a/b <b> 5% @ \ud83d\ude00' };
    assert.equal(encode(body, 'raw'), JSON.stringify(body));
    assert.equal(encode(body, 'ascii'), '{"text":"\\u00e4 a/b <b> 5% @ \\ud83d\\ude00"}');
    assert.equal(encode(body, 'slash'),
        '{"text":"\\u00e4 a\\/b \\u003Cb> 5\\u0025 \\u0040 \\ud83d\\ude00"}');
    for (const escape of ['ascii', 'slash', 'raw']) {
        assert.equal((await graph.sendWebhook(body, { escape })).status, 200);
        const got = lethe.log.items.at(-1);
        assert.deepEqual(got.json, body);
        assert.equal(got.headers['x-hub-signature-256'],
            `sha256=${createHmac('sha256', secret).update(got.body).digest('hex')}`);
    }
    await graph.sendWebhook('not json', { sign: 'sha1' });
    assert.equal(lethe.log.items.at(-1).headers['x-hub-signature-256'], undefined);
    assert.match(lethe.log.items.at(-1).headers['x-hub-signature'], /^sha1=[0-9a-f]{40}$/);
    await graph.sendWebhook('x', { sign: 'none' });
    assert.equal(lethe.log.items.at(-1).headers['x-hub-signature'], undefined);
});

test('people write, and echoes and receipts come back', async () => {
    graph.autoEcho = true;
    const { mid, status } = await graph.say('2002', 'Hi');
    assert.equal(status, 200);
    const event = (request) => request.json.entry[0].messaging[0];
    assert.deepEqual(event(lethe.log.items[0]).message, { mid, text: 'Hi' });
    assert.deepEqual(event(lethe.log.items[0]).recipient, { id: '101' });
    const { message_id } = await (await post('101/messages', { ...message({ metadata: 'msg_3' }), recipient: { id: '2002' } })).json();
    const echo = event(await lethe.log.wait((request) => event(request).message?.is_echo));
    assert.deepEqual(echo.message, { mid: message_id, is_echo: true, app_id: 4711, text: 'Hello', metadata: 'msg_3' });
    assert.deepEqual([echo.sender.id, echo.recipient.id], ['101', '2002']);
    await graph.delivered('2002');
    assert.deepEqual(event(lethe.log.items.at(-1)).delivery.mids, [message_id]);
    await graph.read('2002');
    assert.ok(event(lethe.log.items.at(-1)).read.watermark >= echo.timestamp);
    await graph.pageSays('2002', 'I take over');
    assert.equal(event(lethe.log.items.at(-1)).message.app_id, 26390220);
    await graph.postback('2002', 'Start', 'GET_STARTED');
    assert.equal(event(lethe.log.items.at(-1)).postback.payload, 'GET_STARTED');
    await graph.tapQuickReply('2002', 'Yes', 'YES');
    assert.deepEqual(event(lethe.log.items.at(-1)).message.quick_reply, { payload: 'YES' });
});

test('an echo may come twice or never, and is repeated until it is taken', async () => {
    graph.autoEcho = true;
    lethe.behave('/hooks/meta', { status: 503 });
    graph.behave('messages', { echo: 'twice' });
    await post('101/messages', message());
    await lethe.log.wait(() => lethe.log.items.length === 3);
    assert.deepEqual(graph.hooked.items.map((hook) => hook.status), [503, 200]);
    graph.behave('messages', { echo: false });
    await post('101/messages', message({ metadata: 'silent' }));
    await post('101/messages', message({ metadata: 'heard' }));
    const isEcho = (name) => (request) => request.json.entry[0].messaging[0].message.metadata === name;
    await lethe.log.wait(isEcho('heard'));
    assert.equal(lethe.log.items.some(isEcho('silent')), false);
});

test('the handshake needs the exact challenge', async () => {
    lethe.on('/hooks/meta', { text: 'other' });
    assert.equal((await graph.verifyWebhook('token')).ok, false);
    assert.equal(lethe.log.items[0].query['hub.verify_token'], 'token');
    lethe.on('/hooks/meta', { json: {} });
});
