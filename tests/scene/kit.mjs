// kit.mjs - what the scenes share: a real Lethe on a fresh data folder, visitors, agents, a look into
// files and memory. LETHE_BUILD names the build folder, LETHE_TEST_ENGINE sqlite or postgres.
import assert from 'node:assert/strict';
import { spawn, execFileSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, openSync, readSync, closeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = new URL('../..', import.meta.url).pathname;
const requireWeb = createRequire(join(root, 'web/package.json'));
export const WebSocket = requireWeb('ws');
export const engine = process.env.LETHE_TEST_ENGINE ?? 'sqlite';
export const binary = resolve(root, process.env.LETHE_BUILD ?? 'build', 'lethe');

/** Waits until `look` gives something truthy; fails after `ms` with what was waited for. */
export async function until(what, look, ms = 30000) {
    const end = Date.now() + ms;
    for (;;) {
        const got = await look();
        if (got) return got;
        if (Date.now() > end) assert.fail(`waited ${ms} ms for ${what}`);
        await new Promise((done) => setTimeout(done, 20));
    }
}

function makeDatabase() {
    const admin = process.env.LETHE_TEST_PG;
    assert.ok(admin, 'LETHE_TEST_PG is not set: run by tools/test, or tools/pg-test run -- node --test …');
    const name = `scene_${randomBytes(6).toString('hex')}`;
    execFileSync('psql', ['-q', '-d', admin, '-c', `CREATE DATABASE ${name}`]);
    return {
        url: `${admin.replace(/\bdbname=\S+/, '')} dbname=${name}`,
        drop: () => execFileSync('psql', ['-q', '-d', admin, '-c', `DROP DATABASE ${name} WITH (FORCE)`]),
    };
}

/** A running server. `stop` drains, `kill` is kill -9; `start` again goes on with the same data. */
export class Lethe {
    spoken = new Set(); // what people said and are called: never in log or metrics

    static async start(options = {}) {
        const lethe = new Lethe();
        lethe.dir = mkdtempSync(join(tmpdir(), 'lethe-scene-'));
        lethe.data = join(lethe.dir, 'data');
        lethe.vault = join(lethe.dir, 'data-vault');
        lethe.options = options;
        lethe.log = '';
        lethe.database = engine === 'postgres' ? makeDatabase() : null;
        await lethe.start();
        return lethe;
    }

    environment() {
        const env = { ...process.env, LETHE_LIMITS_VISITOR_RATE: '1000', ...this.options.env };
        if (this.database) env.LETHE_DATABASE_URL = this.database.url;
        return env;
    }

    async start() {
        const listen = this.port ? `127.0.0.1:${this.port}` : '127.0.0.1:0';
        const words = ['serve', '--data', this.data, '--listen', listen];
        if (this.options.demo !== false) words.push('--demo');
        this.process = spawn(binary, words, { env: this.environment(), stdio: ['ignore', 'inherit', 'pipe'] });
        this.exited = once(this.process, 'exit');
        this.process.stderr.on('data', (chunk) => (this.log += chunk));
        let gone = false;
        this.exited.then(() => (gone = true));
        const from = this.log.length;
        await until('the server to start', () => {
            if (gone) assert.fail(`the server ended: ${this.log}`);
            return /Dashboard: +(\S+)\/app/.test(this.log.slice(from));
        }, 60000);
        const text = this.log.slice(from);
        this.url = text.match(/Dashboard: +(\S+)\/app/)[1];
        this.port = Number(new URL(this.url).port);
        this.claimTicket = text.match(/\/claim#(\S+)/)?.[1];
    }

    async stop() {
        if (this.process.exitCode === null) this.process.kill('SIGTERM');
        const [code] = await this.exited;
        return code;
    }

    async kill() {
        this.process.kill('SIGKILL');
        await this.exited;
    }

    /** Ends it, looks for what a log must not hold, and removes everything. */
    async end() {
        try {
            if (this.process.exitCode === null && this.process.signalCode === null) {
                const answer = await fetch(`${this.url}/metrics`).catch(() => null);
                if (answer?.ok) this.mustBeSilent('the metrics', await answer.text());
                await this.stop();
            }
            assert.doesNotMatch(this.log, /(Address|Leak|Thread|UndefinedBehavior)Sanitizer|runtime error:/, 'a sanitizer complained');
            this.mustBeSilent('the log', this.log.split('\n').filter((line) => line.startsWith('{')).join('\n'));
        } finally {
            if (this.process.exitCode === null && this.process.signalCode === null) this.process.kill('SIGKILL');
            this.database?.drop();
            rmSync(this.dir, { recursive: true, force: true });
        }
    }

    /** Remembers words that may stand in no log line; short ones would be found by accident. */
    hush(...words) {
        for (const word of words) if (typeof word === 'string' && word.length >= 8) this.spoken.add(word);
    }

    mustBeSilent(where, text) {
        for (const word of this.spoken) assert.ok(!text.includes(word), `${where}: holds "${word}"`);
        assert.doesNotMatch(text, /[\w.+-]+@[\w-]+\.\w+/, `${where}: holds an e-mail address`);
        assert.doesNotMatch(text, /\ba:[\w-]{6,}/, `${where}: holds a visitor's id`);
        assert.doesNotMatch(text, /\b\d{1,3}(\.\d{1,3}){3}\b/, `${where}: holds an IP address`);
    }

    /** Runs `lethe WORDS… --data …` and gives its stdout. */
    run(...words) {
        return execFileSync(binary, [...words, '--data', this.data], { env: this.environment(), encoding: 'utf8' });
    }

    async call(method, path, { body, token, cookie, origin = this.url, headers = {}, expect } = {}) {
        const answer = await fetch(this.url + path, {
            method,
            redirect: 'manual',
            headers: {
                ...(token ? { authorization: `Bearer ${token}` } : {}),
                ...(cookie ? { cookie } : {}),
                ...(origin && method !== 'GET' ? { origin } : {}),
                ...headers,
            },
            body: body === undefined ? undefined : typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
        });
        const text = await answer.text();
        const type = answer.headers.get('content-type') ?? '';
        const value = type.includes('json') && text ? JSON.parse(text) : text;
        if (expect !== undefined) assert.equal(answer.status, expect, `${method} ${path}: ${text}`);
        return { status: answer.status, headers: answer.headers, value, text };
    }

    /** Makes the first owner by the claim link, signed in. */
    async claim(extra = {}) {
        const who = { firm: 'Fern & Kettle', name: 'Ada Example', email: 'ada@example.com', password: 'correct horse battery', policy: 1, ...extra };
        this.hush(who.name, who.email, who.password, who.firm);
        const answer = await this.call('POST', '/api/v1/claim', { body: { ticket: this.claimTicket, ...who }, expect: 200 });
        return new Agent(this, answer, who);
    }

    async login(email, password) {
        this.hush(email, password);
        const answer = await this.call('POST', '/api/v1/login', { body: { email, password }, expect: 200 });
        return new Agent(this, answer, { email, password });
    }

    visitor(site = 'demo') {
        return new Visitor(this, site);
    }

    /** Files of the data folder that hold the bytes, in any of the usual encodings. */
    filesWith(text) {
        const needles = encodings(text);
        return allFiles(this.data).concat(allFiles(this.vault)).filter((file) => {
            const bytes = readFileSync(file);
            return needles.some((needle) => bytes.includes(needle));
        });
    }

    /** How often the text stands in the process's writable memory. Needs root. A sanitizer keeps freed
     *  memory as it was, to find its use: there is nothing to look for then. */
    memoryHits(text) {
        if (readFileSync(binary).includes('__asan_init')) return 0;
        return countInMemory(this.process.pid, encodings(text));
    }

    memoryKiB() {
        return Number(readFileSync(`/proc/${this.process.pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/)[1]);
    }
}

function encodings(text) {
    const utf8 = Buffer.from(text, 'utf8');
    const base64 = [0, 1, 2].map((shift) => {
        const whole = Buffer.concat([Buffer.alloc(shift), utf8]).toString('base64');
        return Buffer.from(whole.slice(shift ? 4 : 0, whole.length - 4), 'latin1');
    });
    return [utf8, Buffer.from(text, 'utf16le'), Buffer.from(utf8.toString('hex')), ...base64].filter((needle) => needle.length >= 8);
}

function allFiles(dir) {
    return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
        const path = join(dir, entry.name);
        return entry.isDirectory() ? allFiles(path) : statSync(path).isFile() ? [path] : [];
    });
}

function countInMemory(pid, needles) {
    const maps = readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n');
    const memory = openSync(`/proc/${pid}/mem`, 'r');
    let hits = 0;
    for (const line of maps) {
        const match = line.match(/^([0-9a-f]+)-([0-9a-f]+) rw/);
        if (!match) continue;
        const from = parseInt(match[1], 16);
        const bytes = Buffer.alloc(parseInt(match[2], 16) - from);
        try {
            readSync(memory, bytes, 0, bytes.length, from);
        } catch {
            continue; // a guard page or secret memory: not readable at all
        }
        for (const needle of needles) for (let at = bytes.indexOf(needle); at >= 0; at = bytes.indexOf(needle, at + 1)) hits++;
    }
    closeSync(memory);
    return hits;
}

/** A socket that keeps what it heard; `hears` waits for a frame. */
export class Live {
    static async open(url, hello, headers = {}) {
        const live = new Live();
        live.frames = [];
        live.socket = new WebSocket(url.replace(/^http/, 'ws'), { headers });
        live.socket.on('message', (data) => live.frames.push(JSON.parse(data)));
        live.closed = once(live.socket, 'close').then(([code]) => (live.code = code));
        await once(live.socket, 'open');
        live.send(hello);
        live.ready = await live.hears('ready', (frame) => frame.type === 'ready');
        return live;
    }

    send(frame) {
        this.socket.send(JSON.stringify(frame));
    }

    hears(what, test, ms) {
        return until(`a frame: ${what}`, () => {
            if (this.code) assert.fail(`the socket was closed with ${this.code} before: ${what}`);
            return this.frames.find(test);
        }, ms);
    }

    /** Cuts the connection without a word. */
    async cut() {
        this.socket.terminate();
        await this.closed;
    }

    async close() {
        this.socket.close();
        await this.closed;
    }
}

/** A visitor of the website, as the widget speaks for them. */
export class Visitor {
    constructor(lethe, site) {
        this.lethe = lethe;
        this.base = `/api/v1/widget/${site}`;
        this.page = 'http://shop.example.com/tea';
    }

    async call(method, path, body, expect = 200) {
        if (!this.token) {
            const session = await this.lethe.call('POST', `${this.base}/session`, { body: {}, expect: 200 });
            this.token = session.value.token;
        }
        return (await this.lethe.call(method, this.base + path, { body, token: this.token, expect })).value;
    }

    says(text, extra = {}) {
        this.lethe.hush(text);
        return this.call('POST', '/messages', { client_id: randomUUID(), text, page: this.page, ...extra });
    }

    async history(after = 0) {
        return this.call('GET', `/messages${after ? `?after=${after}` : ''}`);
    }

    /** The texts of the conversation by author: 'person', or what the firm said. */
    async texts(author = 'person') {
        return (await this.history()).items.filter((m) => m.author === author).map((m) => m.text);
    }

    wantsAPerson() {
        return this.call('POST', '/help', { page: this.page }, 202);
    }

    /** Waits until somebody of the firm has said it. */
    async hears(text, ms) {
        return until(`the visitor to hear "${text}"`, async () =>
            (await this.history()).items.find((m) => m.author !== 'person' && m.text?.includes(text)), ms);
    }

    async live(after = null) {
        if (!this.token) await this.call('GET', '/messages');
        return Live.open(`${this.lethe.url}${this.base}/live`, { type: 'hello', token: this.token, after });
    }
}

/** Somebody of the firm, signed in. */
export class Agent {
    constructor(lethe, answer, who) {
        this.lethe = lethe;
        this.who = who;
        this.cookie = answer.headers.get('set-cookie').split(';')[0];
        this.user = answer.value.user;
    }

    async call(method, path, body, expect = 200) {
        return (await this.lethe.call(method, `/api/v1${path}`, { body, cookie: this.cookie, expect })).value;
    }

    async inbox(view = 'all') {
        return (await this.call('GET', `/conversations?view=${view}`)).items;
    }

    /** Waits until a conversation of the view has this as its last words. */
    sees(text, view = 'all', ms) {
        return until(`the desk to see "${text}" in ${view}`, async () =>
            (await this.inbox(view)).find((c) => c.last_message?.text?.includes(text)), ms);
    }

    says(conversation, text, extra = {}) {
        this.lethe.hush(text);
        return this.call('POST', `/conversations/${conversation}/messages`, { client_id: randomUUID(), text, ...extra });
    }

    async messages(conversation) {
        return (await this.call('GET', `/conversations/${conversation}/messages?limit=100`)).items;
    }

    live(after = null) {
        return Live.open(`${this.lethe.url}/api/v1/live`, { type: 'hello', after }, { cookie: this.cookie, origin: this.lethe.url });
    }
}

/** scene('name', async (t) => …): a test that ends every Lethe it started with `t.lethe(…)`. */
export function scene(test, name, body, options = {}) {
    test(name, { timeout: 120000, ...options }, async (t) => {
        const started = [];
        t.lethe = async (opts) => {
            const lethe = await Lethe.start(opts);
            started.push(lethe);
            return lethe;
        };
        let failure = null;
        try {
            await body(t);
        } catch (error) {
            failure = error;
        }
        // What the scene itself found says more than what the end of a server then finds.
        for (const lethe of started) await lethe.end().catch((error) => (failure ??= error));
        if (failure) throw failure;
    });
}
