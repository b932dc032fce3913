// What works without scripts: a message left by e-mail, and the privacy notice.
import assert from 'node:assert/strict';
import test from 'node:test';
import { scene } from './kit.mjs';

const OFFLINE = '/api/v1/widget/demo/offline';

scene(test, 'a message left with an e-mail address reaches the desk as a call for help', async (t) => {
    const lethe = await t.lethe();
    const a = await lethe.claim();
    await lethe.call('POST', OFFLINE, { body: { email: 'ada@example.com', text: 'Call me about 4711, please' }, expect: 202 });
    const [c] = await a.inbox();
    const said = (await a.messages(c.id)).filter((m) => m.author === 'person' && m.text).map((m) => m.text);
    assert.deepEqual(said, ['Call me about 4711, please']);
    assert.equal((await a.call('GET', `/people/${c.person.id}`)).email, 'ada@example.com');
    await a.sees('', 'help');
    await lethe.call('POST', OFFLINE, { body: { email: 'ada@example.com', text: 'again' }, expect: 202 });
    assert.equal((await a.inbox()).length, 2, 'each is a stranger of its own');
    assert.deepEqual(lethe.filesWith('ada@example.com').filter((file) => file.includes('lethe.db')), []);
});

scene(test, 'a form without scripts gets a page that says what happens next', async (t) => {
    const lethe = await t.lethe();
    const a = await lethe.claim();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const form = (fields) => new URLSearchParams(fields).toString();
    const answer = await lethe.call('POST', OFFLINE, { body: form({ email: 'ada@example.com', text: 'ä & <b> + 1' }), headers, expect: 200 });
    assert.match(answer.text, /<html lang="en"/);
    assert.match(answer.text, /answer to your e-mail address/);
    const german = await lethe.call('POST', OFFLINE, { body: form({ email: 'ada@example.com', text: 'zwei' }), headers: { ...headers, 'accept-language': 'de-AT,de;q=0.9' } });
    assert.match(german.text, /Nachricht ist gespeichert/);
    const texts = await Promise.all((await a.inbox()).map(async (c) => (await a.messages(c.id)).find((m) => m.text && m.author === 'person').text));
    assert.deepEqual(texts.sort(), ['zwei', 'ä & <b> + 1']);
    for (const fields of [{ email: 'nobody', text: 'x' }, { email: 'ada@example.com', text: ' ' }, { text: 'x' }])
        assert.equal((await lethe.call('POST', OFFLINE, { body: form(fields), headers })).status, 422);
    assert.equal((await lethe.call('POST', OFFLINE.replace('demo', 'other'), { body: { email: 'ada@example.com', text: 'x' } })).status, 404);
});

scene(test, 'the notice says what this installation does, and no more', async (t) => {
    const lethe = await t.lethe({ env: { LETHE_PRIVACY_CONTACT: 'privacy@example.com' } });
    const a = await lethe.claim();
    await a.call('PUT', '/purposes', { fields: { first_name: 'Greet you <by name>', last_name: null } });
    const page = async (query = '', headers = {}) => (await lethe.call('GET', `/privacy${query}`, { headers, expect: 200 })).text;
    const firm = await page('?site=demo');
    assert.match(firm, /privacy@example\.com/);
    assert.match(firm, /first name\. Purpose: Greet you &lt;by name&gt;/);
    assert.doesNotMatch(firm, /last name/);
    assert.doesNotMatch(firm, /Meta Platforms/);
    assert.match(firm, /Version of this notice: \d{4}-\d\d-\d\d/);
    assert.match(firm, /is responsible for what you write here/);
    assert.equal(firm.match(/<ul>/g).length, firm.match(/<\/ul>/g).length);
    const german = await page('?site=demo', { 'accept-language': 'de' });
    assert.match(german, /<html lang="de"/);
    assert.match(german, /Aus Ihrem Profil: Vorname/);
    assert.match(await page(), /The firm with which you chat is responsible/);
    assert.equal((await lethe.call('GET', '/privacy?site=other')).status, 404);
    const frame = (await lethe.call('GET', '/widget/demo')).text;
    assert.match(frame, /"privacy_url":"\/privacy\?site=demo"/);
});
