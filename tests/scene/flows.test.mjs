// Bots by the API: import, see what is wrong, publish, give to a website, talk.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { scene } from './kit.mjs';

const echo = () => JSON.parse(readFileSync(new URL('../../flows/echo.json', import.meta.url), 'utf8'));

scene(test, 'a flow is imported, published, given to a website and answers there', async (t) => {
    const lethe = await t.lethe();
    const a = await lethe.claim();
    const flow = await a.call('POST', '/flows', { name: 'Echo', document: echo() });
    assert.equal(flow.published, null);
    assert.equal(flow.versions.length, 1);
    const version = flow.versions[0].id;
    assert.deepEqual(await a.call('GET', `/flows/${flow.id}/versions/${version}`), echo());
    const live = await a.call('POST', `/flows/${flow.id}/publish`, { version });
    assert.equal(live.published, version);
    assert.ok(live.versions[0].published_at > 0);
    const next = await a.call('POST', `/flows/${flow.id}/versions`, { document: echo() });
    assert.deepEqual(next.versions.map((v) => v.number).sort(), [1, 2]);
    assert.equal(next.published, version);
    assert.ok((await a.call('GET', '/flows')).items.some((f) => f.id === flow.id));
    const site = (await a.call('GET', '/sites')).items[0];
    await a.call('PATCH', `/sites/${site.id}`, { flow: flow.id });
    const v = lethe.visitor(site.external);
    await v.says('word-for-the-echo');
    await v.hears('word-for-the-echo');
});

scene(test, 'a document with errors is named line by line, and nothing of it is kept', async (t) => {
    const lethe = await t.lethe();
    const a = await lethe.claim();
    const before = (await a.call('GET', '/flows')).items.length;
    const bad = echo();
    bad.nodes[0].next = 'nowhere';
    const refused = await lethe.call('POST', '/api/v1/flows', { body: { name: 'Bad', document: bad }, cookie: a.cookie });
    assert.equal(refused.status, 422, refused.text);
    assert.equal(refused.headers.get('content-type'), 'application/problem+json');
    assert.equal(refused.value.code, 'invalid');
    const problem = refused.value.problems.find((p) => p.severity === 'error');
    assert.equal(problem.node, bad.nodes[0].id);
    assert.equal(problem.field, 'next');
    assert.match(problem.text, /nowhere/);
    assert.equal((await a.call('GET', '/flows')).items.length, before);
    for (const document of [{}, { lethe_flow: 99 }])
        assert.equal((await lethe.call('POST', '/api/v1/flows', { body: { name: 'Bad', document }, cookie: a.cookie })).status, 422);
});

scene(test, 'a flow is imported by script, while the server runs and while it does not', async (t) => {
    const lethe = await t.lethe();
    const a = await lethe.claim();
    const file = new URL('../../flows/echo.json', import.meta.url).pathname;
    const tenant = (await a.call('GET', '/tenant')).id;
    const words = ['flow', 'import', file, '--tenant', tenant, '--publish', '--json'];
    const first = JSON.parse(lethe.run(...words));
    const again = JSON.parse(lethe.run(...words));
    assert.equal(again.flow, first.flow);
    const flow = (await a.call('GET', '/flows')).items.find((f) => f.id === first.flow);
    assert.equal(flow.name, 'Echo');
    assert.equal(flow.published, again.version);
    assert.equal(flow.versions.length, 2);
    await lethe.stop();
    assert.equal(JSON.parse(lethe.run(...words)).flow, first.flow);
    const bad = join(lethe.dir, 'bad.json');
    writeFileSync(bad, JSON.stringify({ ...echo(), nodes: [{ id: 'echo', type: 'say', text: 'x', next: 'nowhere' }] }));
    assert.throws(() => lethe.run('flow', 'import', bad, '--tenant', tenant), /nowhere/);
});
