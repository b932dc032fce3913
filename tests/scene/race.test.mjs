// One speaker: the bot's turn, an agent's reply and a hand-back race; nobody speaks over anybody, nothing is
// lost, nothing comes twice, and every client sees the same.
import assert from 'node:assert/strict';
import test from 'node:test';
import { scene, until } from './kit.mjs';

const CONVERSATIONS = 10;
const ROUNDS = 100;

/** Walks the conversation in its order and fails where somebody speaks without the floor. */
function checkOneSpeaker(messages) {
    let agent = false;
    for (const m of messages) {
        if (m.kind === 'event' && m.event.type === 'floor_bot') agent = false;
        if (m.kind === 'event' && m.event.type === 'floor_agent') agent = true;
        if (m.kind === 'message' && m.author === 'agent') agent = true;
        if (m.kind === 'message' && m.author === 'bot') assert.ok(!agent, `the bot spoke over an agent: ${m.id}`);
    }
}

async function allMessages(a, conversation) {
    const pages = [];
    let before = '';
    do {
        const page = await a.call('GET', `/conversations/${conversation}/messages?limit=100${before}`);
        pages.unshift(...page.items);
        before = page.next ? `&before=${page.next}` : null;
    } while (before);
    return pages;
}

async function race(a, v, name) {
    await v.says(`${name} begins`);
    const c = await until('the conversation', async () => (await a.call('GET', '/conversations?view=all&limit=100')).items.find((x) => x.last_message && x.page.endsWith(name)));
    for (let i = 0; i < ROUNDS; i++) {
        await Promise.all([
            v.says(`${name} asks ${i}`, { client_id: `${name}-${i}` }),
            a.says(c.id, `${name} agent ${i}`, { client_id: `${name}-${i}` }),
            v.says(`${name} asks ${i}`, { client_id: `${name}-${i}` }),
            i % 3 === 0 ? a.call('PATCH', `/conversations/${c.id}`, { floor: 'bot' }) : null,
        ]);
        if (i % 3 !== 0) await a.call('PATCH', `/conversations/${c.id}`, { floor: 'bot' });
    }
    return c.id;
}

scene(test, 'bot, agent and hand-back race a thousand times: one speaker, nothing lost, nothing doubled', async (t) => {
    const lethe = await t.lethe({ env: { LETHE_LIMITS_VISITOR_RATE: '10000' } });
    const a = await lethe.claim();
    const desk = await a.live();
    const visitors = Array.from({ length: CONVERSATIONS }, (_, i) => Object.assign(lethe.visitor(), { page: `http://shop.example.com/race${i}` }));
    const ids = await Promise.all(visitors.map((v, i) => race(a, v, `race${i}`)));
    for (const [i, id] of ids.entries()) {
        const messages = await allMessages(a, id);
        checkOneSpeaker(messages);
        const texts = messages.map((m) => m.text);
        for (let k = 0; k < ROUNDS; k++) {
            assert.equal(texts.filter((x) => x === `race${i} asks ${k}`).length, 1, `asks ${k}`);
            assert.equal(texts.filter((x) => x === `race${i} agent ${k}`).length, 1, `agent ${k}`);
        }
    }
    const last = await a.live(0);
    await last.close();
    const seen = await until('the desk to have heard it all', () => {
        const heard = new Set(desk.frames.filter((f) => f.kind === 'message' && f.message?.kind === 'message' && f.message.author === 'person').map((f) => f.message.id));
        return heard.size >= CONVERSATIONS * (ROUNDS + 1) && heard;
    });
    assert.equal(seen.size, CONVERSATIONS * (ROUNDS + 1));
    await desk.close();
}, { timeout: 300000 });
