// bench.mjs - the measuring part of tools/bench.
// usage: node tools/bench.mjs LETHE DIR SECONDS [NGINX]
import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import http from 'node:http';

const [lethe, dir, secondsText, nginx] = process.argv.slice(2);
const seconds = Number(secondsText);
const CONNECTIONS = 64;
const tick = 1e6 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' })); // µs

const rows = [];
const row = (what, value, unit) => rows.push([what, value, unit]);

/** µs of CPU that the processes have used. */
function cpu(pids) {
    return pids.reduce((sum, pid) => {
        const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
        return sum + (Number(fields[11]) + Number(fields[12])) * tick;
    }, 0);
}

function request(agent, url, body, token) {
    return new Promise((done, fail) => {
        const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
        if (token) headers.authorization = `Bearer ${token}`;
        const sent = http.request(url, { method: 'POST', agent, headers }, (answer) => {
            let text = '';
            answer.setEncoding('utf8');
            answer.on('data', (part) => (text += part));
            answer.on('end', () => (answer.statusCode === 200 ? done(text) : fail(new Error(`${answer.statusCode} ${text}`))));
        });
        sent.on('error', fail);
        sent.end(body);
    });
}

const message = () => JSON.stringify({ client_id: randomUUID(), text: `Where is my parcel? ${randomUUID()}`, page: 'https://shop.example.com/tea' });

/** Posts from 64 connections for `seconds`; gives what it came to. */
async function load(url, tokenOf, pids) {
    const times = [];
    const before = cpu(pids);
    const start = performance.now();
    await Promise.all(Array.from({ length: CONNECTIONS }, async (_, i) => {
        const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
        const token = await tokenOf(agent, i);
        while (performance.now() - start < seconds * 1000) {
            const at = performance.now();
            await request(agent, url, message(), token);
            times.push(performance.now() - at);
        }
        agent.destroy();
    }));
    const took = (performance.now() - start) / 1000;
    times.sort((a, b) => a - b);
    return {
        rate: times.length / took,
        cpu: (cpu(pids) - before) / times.length,
        p50: times[Math.floor(times.length * 0.5)],
        p99: times[Math.floor(times.length * 0.99)],
    };
}

function show(name, got) {
    row(`${name}: requests a second`, got.rate.toFixed(0), '');
    row(`${name}: CPU per request`, got.cpu.toFixed(0), 'µs');
    row(`${name}: p50 / p99`, `${got.p50.toFixed(1)} / ${got.p99.toFixed(1)}`, 'ms');
}

async function startLethe(data) {
    const env = { ...process.env, LETHE_LIMITS_VISITOR_RATE: '100000', LETHE_LOG_LEVEL: 'warn' };
    const at = performance.now();
    const child = spawn(lethe, ['serve', '--data', data, '--listen', '127.0.0.1:0'], { env, stdio: ['ignore', 'ignore', 'pipe'] });
    const exited = once(child, 'exit');
    let log = '';
    const base = await new Promise((done, fail) => {
        child.stderr.on('data', (chunk) => {
            log += chunk;
            const url = log.match(/Dashboard: +(\S+)\/app/)?.[1];
            if (url) done(url);
        });
        exited.then(() => fail(new Error(log)));
    });
    return { child, exited, base, ms: performance.now() - at };
}

async function measureLethe() {
    const data = `${dir}/data`;
    writeFileSync(`${dir}/password`, 'correct horse battery\n');
    let server = await startLethe(data);
    row('first start', server.ms.toFixed(0), 'ms');
    server.child.kill();
    await server.exited;
    const admin = (...words) => JSON.parse(execFileSync(lethe, [...words, '--data', data, '--json'], { encoding: 'utf8' }));
    admin('tenant', 'add', '--name', 'Fern & Kettle', '--owner-email', 'ada@example.com', '--password-file', `${dir}/password`);
    const site = admin('site', 'add', '--origin', 'https://shop.example.com');
    const key = site.site;

    server = await startLethe(data);
    row('second start', server.ms.toFixed(0), 'ms');
    row('memory right after start (RSS)', (Number(readFileSync(`/proc/${server.child.pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/)[1]) / 1024).toFixed(1), 'MiB');
    row('binary', (statSync(lethe).size / 1024 / 1024).toFixed(1), 'MiB');
    const widget = `${server.base}/api/v1/widget/${key}`;
    const token = async (agent) => JSON.parse(await request(agent, `${widget}/session`, '{}')).token;
    const got = await load(`${widget}/messages`, token, [server.child.pid]);
    row('memory after the load (RSS)', (Number(readFileSync(`/proc/${server.child.pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/)[1]) / 1024).toFixed(1), 'MiB');
    server.child.kill();
    await server.exited;
    show('Lethe, message stored', got);
    return got;
}

async function measureNginx() {
    const port = 20000 + (process.pid % 20000);
    mkdirSync(`${dir}/ng`);
    writeFileSync(`${dir}/ng/conf`, `worker_processes 2; daemon off; pid ${dir}/ng/pid; error_log ${dir}/ng/log;
events {} http { access_log off; keepalive_requests 10000000; ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((t) => `${t}_temp_path ${dir}/ng/${t};`).join(' ')}
server { listen 127.0.0.1:${port}; location / { return 200 "ok"; } } }`);
    const child = spawn(nginx, ['-c', `${dir}/ng/conf`, '-e', `${dir}/ng/log`], { stdio: 'ignore' });
    const exited = once(child, 'exit');
    await new Promise((done) => setTimeout(done, 500)); // nginx tells nobody when it is ready
    try {
        const workers = execFileSync('pgrep', ['-P', String(child.pid)], { encoding: 'utf8' }).trim().split('\n');
        const got = await load(`http://127.0.0.1:${port}/`, async () => null, workers);
        show('nginx, return 200', got);
        return got;
    } finally {
        child.kill();
        await exited;
    }
}

const ours = await measureLethe();
if (nginx) {
    const theirs = await measureNginx().catch((error) => row('nginx', `could not be measured: ${error.message.split('\n')[0]}`, ''));
    if (theirs?.rate) row('Lethe to nginx: CPU per request', (ours.cpu / theirs.cpu).toFixed(1), 'times');
}
for (const [what, value, unit] of rows) console.log(`${what.padEnd(36)} ${String(value).padStart(14)} ${unit}`);
