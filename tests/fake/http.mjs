// A plain HTTP endpoint for the HTTP nodes of flows. It records each request and answers as told.
//
//   const peer = await start();
//   peer.on('/weather', { json: { sky: 'clear' } });       // from now on
//   peer.behave('/weather', { status: 500, times: 2 });     // first, twice
//   peer.behave('/weather', { delay: 300 }); { drop: true }; { hang: true };
//   peer.behave('/weather', { redirect: '/elsewhere' });
//   const request = await peer.waitFor('/weather');         // {method, path, query, headers, text, json}
//
// From the command line: node tests/fake/http.mjs --port 9100
import { Journal, Script, main, serve, sleep } from './common.mjs';

function parsed(text) {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}

function reply(response, step) {
    const status = step.status ?? (step.redirect ? 302 : 200);
    const headers = { ...step.headers };
    if (step.redirect) headers.location = step.redirect;
    let body = step.text ?? '';
    if (step.json !== undefined) {
        headers['content-type'] ??= 'application/json';
        body = JSON.stringify(step.json);
    }
    response.writeHead(status, headers).end(body);
}

export async function start({ port = 0 } = {}) {
    const log = new Journal();
    const script = new Script();
    const standing = new Map();
    const server = await serve(Number(port), async (request, response) => {
        log.add({ ...request, json: parsed(request.text) });
        const step = { ...(standing.get(request.path) ?? { json: {} }), ...script.take(request.path) };
        if (step.delay) await sleep(step.delay);
        if (step.hang) return;
        if (step.drop) response.destroy();
        else reply(response, step);
    });
    return {
        ...server,
        log,
        /** Requests so far, of one path or all. */
        requests: (path) => log.items.filter((r) => path === undefined || r.path === path),
        on: (path, answer) => standing.set(path, answer),
        behave: (path, step) => script.add(path, step),
        waitFor: (path, options = {}) =>
            log.wait((r) => r.path === path, { what: `a request to ${path}`, ...options }),
    };
}

await main(import.meta, { port: { type: 'string', default: '0' } }, start);
