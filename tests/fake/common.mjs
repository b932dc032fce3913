// What the fakes share: a list one can wait on, an HTTP server that hands over whole requests, and
// the command line.
import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

/** A growing list. `wait` resolves with the first item, old or new, that the test accepts. */
export class Journal {
    items = [];
    #waiters = new Set();

    add(item) {
        this.items.push(item);
        for (const waiter of [...this.#waiters]) waiter(item);
        return item;
    }

    clear() {
        this.items.length = 0;
    }

    wait(accepts, { timeout = 30000, what = 'the expected item', from = 0 } = {}) {
        const found = this.items.slice(from).find(accepts);
        if (found) return Promise.resolve(found);
        return new Promise((resolve, reject) => {
            const end = (finish, value) => {
                clearTimeout(timer);
                this.#waiters.delete(look);
                finish(value);
            };
            const look = (item) => accepts(item) && end(resolve, item);
            const timer = setTimeout(
                () => end(reject, new Error(`waited ${timeout} ms for ${what}; seen: ` +
                    JSON.stringify(this.items.slice(-5)).slice(0, 2000))),
                timeout);
            this.#waiters.add(look);
        });
    }
}

/** Behaviours wait in line per place; each is used `times` times (default once). */
export class Script {
    #lines = new Map();

    add(place, step) {
        if (!this.#lines.has(place)) this.#lines.set(place, []);
        this.#lines.get(place).push({ ...step, times: step.times ?? 1 });
    }

    take(place) {
        const line = this.#lines.get(place);
        if (!line?.length) return {};
        const step = line[0];
        step.times -= 1;
        if (step.times <= 0) line.shift();
        return step;
    }

    clear() {
        this.#lines.clear();
    }
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function readBody(request) {
    const parts = [];
    for await (const part of request) parts.push(part);
    return Buffer.concat(parts);
}

/** Serves `handle({method, path, query, headers, body, text}, response)` on 127.0.0.1. */
export async function serve(port, handle) {
    const server = createServer(async (request, response) => {
        try {
            const url = new URL(request.url, 'http://fake');
            const body = await readBody(request);
            await handle({
                method: request.method,
                path: url.pathname,
                query: Object.fromEntries(url.searchParams),
                headers: request.headers,
                body,
                text: body.toString('utf8'),
            }, response);
        } catch (error) {
            if (!response.headersSent && !response.destroyed)
                response.writeHead(599, { 'content-type': 'text/plain' }).end(String(error.stack));
        }
    });
    await new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, '127.0.0.1', resolve);
    });
    return {
        port: server.address().port,
        url: `http://127.0.0.1:${server.address().port}`,
        close: () => new Promise((resolve) => {
            server.close(resolve);
            server.closeAllConnections();
        }),
    };
}

export function answerJson(response, status, value, headers = {}) {
    response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8', ...headers });
    response.end(JSON.stringify(value));
}

/** When the module at `meta` is the program: starts it with the options of the command line, prints
 *  its address as JSON, and ends with SIGINT, SIGTERM or the end of stdin's pipe. */
export async function main(meta, options, start) {
    if (!process.argv[1] || meta.url !== pathToFileURL(process.argv[1]).href) return;
    const { values } = parseArgs({ options });
    const fake = await start(values);
    console.log(JSON.stringify({ url: fake.url, port: fake.port }));
    const end = async () => {
        await fake.close();
        process.exit(0);
    };
    process.once('SIGINT', end);
    process.once('SIGTERM', end);
}
