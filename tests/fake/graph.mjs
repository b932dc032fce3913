// A fake of the Facebook Graph API, v25.0: as much of it as a Messenger channel uses, strict about what
// it is sent, and as unreliable as told. It also plays the other side: people who write, echoes, receipts.
//
//   const graph = await start({ appSecret: 'app secret', appId: '4711',
//       pages: [{ id: '101', token: 'PAGE-TOKEN', name: 'Example Shop' }],
//       hooks: 'http://127.0.0.1:8080/hooks/meta' });
//   LETHE_META_GRAPH_URL = graph.url            // paths begin with /v25.0
//
//   graph.addPerson('2001', { first_name: 'Ada', last_name: 'Example' });
//   await graph.say('2001', 'Where is my parcel?');             // posts the webhook: {status, mid, …}
//   const sent = await graph.waitForSend('2001', 'Which order number?');
//   await graph.delivered('2001'); await graph.read('2001');
//   graph.behave('messages', { error: 'rate', times: 2 });      // see ERRORS in graph_check.mjs
//   graph.behave('messages', { drop: true });                   // accepted, then hung up without answer
//   graph.sentTo('2001'), graph.actions('2001'), graph.fieldsAsked('2001'), graph.doubles
//
// behave(place, step): place is messages | actions | profile | subscribed_apps | me | messenger_profile.
// step: { error: name | {code, error_subcode, message, status} } refused, with the provider's body
//       { status: 500 } no body · { reset: true } hung up before accepting
//       { drop: true } · { hang: true } · { garbage: true } accepted, but the answer is lost, never comes,
//       or is no JSON · { delay: ms } · { echo: false | 'twice' } · { times: n }
//
// From the command line: node tests/fake/graph.mjs --port 9000 --app-secret S --page 101:TOKEN:Name
//   --hooks URL; then POST /_control/say {"psid","text"}, /_control/behave {"place","step"},
//   GET /_control/sent
import { createHmac } from 'node:crypto';
import { Journal, Script, answerJson, main, serve, sleep } from './common.mjs';
import { ERRORS, checkSend } from './graph_check.mjs';
import { echoOf, envelope, fromPerson, newMid, sendWebhook, verify } from './graph_hooks.mjs';

const VERSION = 'v25.0';
const WINDOW_MS = 24 * 3600 * 1000;
const HUMAN_AGENT_MS = 7 * WINDOW_MS;
const FIELDS = ['id', 'first_name', 'last_name', 'profile_pic', 'locale', 'timezone', 'gender'];
const PIXEL = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAA' +
    'SUVORK5CYII=', 'base64');

const refuse = (code, message, error_subcode, status) => {
    throw { code, message, error_subcode, status };
};

class Graph {
    log = new Journal();      // every request: {method, path, query, body, status, error}
    sent = new Journal();     // every accepted message: {mid, psid, page, at, message, messaging_type, …}
    acted = new Journal();    // every sender_action: {psid, page, action}
    asked = new Journal();    // every profile call: {psid, fields}
    hooked = new Journal();   // every webhook posted: {status, body} or {failed}
    doubles = [];             // messages accepted although their metadata had been accepted before
    pages = new Map();
    people = new Map();
    logins = new Map();       // who signed in with Facebook: app-scoped id → [{ page, psid }]
    script = new Script();

    constructor(options) {
        Object.assign(this, {
            appSecret: 'app secret', appId: '4711', requireProof: true, autoEcho: true, learn: true,
            permissions: [...FIELDS], hooks: null }, options);
        this.pages = new Map((options.pages ?? []).map((page) => [page.id, {
            name: 'Example Page', fields: null, messengerProfile: {}, profileCalls: [], ...page }]));
    }

    /* People and their windows. */

    addPerson(psid, fields = {}) {
        const known = this.people.get(psid) ?? { lastInbound: 0 };
        this.people.set(psid, { ...known, fields: { ...known.fields, ...fields } });
        return psid;
    }

    /** The app-scoped id of somebody who signed in with Facebook. */
    addLogin(asid, psid, page = this.#firstPage()) {
        this.logins.set(asid, [...(this.logins.get(asid) ?? []), { page, psid }]);
        return asid;
    }

    /** signed_request of the deletion and deauthorize callbacks. change: members of the payload. */
    signedRequest(asid, { secret = this.appSecret, ...change } = {}) {
        const payload = Buffer.from(JSON.stringify({ algorithm: 'HMAC-SHA256',
            issued_at: Math.floor(Date.now() / 1000), user_id: asid, ...change })).toString('base64url');
        return `${createHmac('sha256', secret).update(payload).digest('base64url')}.${payload}`;
    }

    /** Opens the 24 hours window as if the person had written `ago` ms ago. */
    setLastInbound(psid, ago = 0) {
        this.addPerson(psid);
        this.people.get(psid).lastInbound = Date.now() - ago;
    }

    #learnFrom(body) {
        for (const entry of body?.entry ?? [])
            for (const event of entry.messaging ?? []) {
                if (event.message?.is_echo) this.addPerson(event.recipient.id);
                else if (event.sender?.id && (event.message || event.postback || event.reaction))
                    this.setLastInbound(event.sender.id);
            }
    }

    /* What a request must show. */

    authenticate(request, body) {
        const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
        const token = bearer ?? request.query.access_token ?? body?.access_token;
        const page = [...this.pages.values()].find((candidate) => token && candidate.token === token);
        if (!page) refuse(190, 'Invalid OAuth access token.', undefined, 401);
        const proof = request.query.appsecret_proof ?? body?.appsecret_proof;
        if (proof === undefined) {
            if (this.requireProof)
                refuse(100, 'API calls from the server require an appsecret_proof argument');
        } else if (proof !== createHmac('sha256', this.appSecret).update(token).digest('hex')) {
            refuse(100, 'Invalid appsecret_proof provided in the API argument');
        }
        return page;
    }

    /* The app's own token: "APP|SECRET". */
    authenticateApp(request) {
        const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
        if (token !== `${this.appId}|${this.appSecret}`) refuse(190, 'Invalid OAuth access token.', undefined, 401);
        if (request.query.appsecret_proof !== createHmac('sha256', this.appSecret).update(token).digest('hex'))
            refuse(100, 'Invalid appsecret_proof provided in the API argument');
        return null;
    }

    /* Calls. Each returns the JSON of a 200. */

    #accept(page, body) {
        const psid = body.recipient.id;
        const { recipient, access_token, appsecret_proof, ...rest } = body;
        const sent = { mid: newMid(), psid, page: page.id, at: Date.now(), ...rest };
        const { metadata } = body.message;
        if (metadata !== undefined && this.sent.items.some((before) => before.message.metadata === metadata))
            this.doubles.push(sent);
        return this.sent.add(sent);
    }

    #checkReach(body) {
        const person = this.people.get(body.recipient.id);
        if (!person) refuse(100, '(#100) No matching user found', 2018001);
        const age = Date.now() - person.lastInbound;
        const limit = body.messaging_type === 'MESSAGE_TAG' ? HUMAN_AGENT_MS : WINDOW_MS;
        if (body.message && body.messaging_type !== 'UTILITY' && age > limit)
            refuse(10, '(#10) This message is sent outside of allowed window.', 2018278);
    }

    send(page, body, step) {
        checkSend(body);
        this.#checkReach(body);
        if (body.sender_action) {
            this.acted.add({ psid: body.recipient.id, page: page.id, action: body.sender_action });
            return { recipient_id: body.recipient.id };
        }
        const sent = this.#accept(page, body);
        if (this.autoEcho && this.hooks && step.echo !== false)
            setImmediate(async () => {
                for (let i = step.echo === 'twice' ? 2 : 1; i > 0; i--)
                    await this.echo(sent).catch(() => {});
            });
        return { recipient_id: sent.psid, message_id: sent.mid };
    }

    profile(psid, request) {
        const fields = (request.query.fields ?? '').split(',').filter(Boolean);
        this.asked.add({ psid, fields });
        const person = this.people.get(psid);
        if (!person) refuse(100, 'Unsupported get request. Object does not exist', 33);
        for (const field of fields) {
            if (!FIELDS.includes(field))
                refuse(100, `(#100) Tried accessing nonexisting field (${field})`);
            if (!this.permissions.includes(field))
                refuse(10, `(#10) No permission for the field ${field}`);
        }
        const all = { profile_pic: `${this.url}/pictures/${psid}.png`, ...person.fields, id: psid };
        return Object.fromEntries([...fields, 'id'].filter((name) => all[name] !== undefined)
            .map((name) => [name, all[name]]));
    }

    subscribedApps(page, method, body, query) {
        if (method === 'POST') {
            const fields = body?.subscribed_fields ?? query.subscribed_fields;
            if (!fields?.length) refuse(100, '(#100) Param subscribed_fields must be set');
            page.fields = Array.isArray(fields) ? fields : fields.split(',');
            return { success: true };
        }
        if (method === 'DELETE') {
            page.fields = null;
            return { success: true };
        }
        return { data: page.fields
            ? [{ id: this.appId, name: 'Example App', subscribed_fields: page.fields }] : [] };
    }

    messengerProfile(page, method, body, query) {
        const now = Date.now();
        page.profileCalls = page.profileCalls.filter((at) => at > now - 600_000);
        if (page.profileCalls.length >= 10) refuse(613, '(#613) Calls to this api have exceeded the rate limit.');
        page.profileCalls.push(now);
        if (method === 'POST') Object.assign(page.messengerProfile, body);
        else if (method === 'DELETE') for (const name of body?.fields ?? []) delete page.messengerProfile[name];
        else {
            const names = (query.fields ?? '').split(',');
            return { data: [Object.fromEntries(
                Object.entries(page.messengerProfile).filter(([name]) => names.includes(name)))] };
        }
        return { result: 'success' };
    }

    /* One request. */

    #route(request) {
        const parts = request.path.split('/').slice(1);
        if (parts[0] !== VERSION) refuse(2635, `Only ${VERSION} is known here, not ${parts[0]}`);
        const [, node, edge] = parts;
        const known = edge ? `${edge}` : node === 'me' || this.pages.has(node) ? 'me' : 'profile';
        const methods = { messages: ['POST'], ids_for_pages: ['GET'], me: ['GET'], profile: ['GET'],
            subscribed_apps: ['GET', 'POST', 'DELETE'], messenger_profile: ['GET', 'POST', 'DELETE'] };
        if (parts.length > 3 || !methods[known]?.includes(request.method))
            refuse(2500, `Unknown path components: ${request.method} ${request.path}`);
        return { place: known, node };
    }

    #body(request) {
        if (!request.text) return undefined;
        if (!/^application\/json\b/.test(request.headers['content-type'] ?? ''))
            refuse(100, 'Content-Type must be application/json');
        try {
            return JSON.parse(request.text);
        } catch {
            return refuse(100, 'The body is no JSON');
        }
    }

    #call(place, node, page, request, body, step) {
        if (place === 'ids_for_pages')
            return { data: (this.logins.get(node) ?? []).map(({ page: id, psid }) => ({ id: psid, page: { id } })) };
        if (node !== 'me' && place !== 'profile' && node !== page.id)
            refuse(10, '(#10) The token is not for this page');
        switch (place) {
        case 'messages': return this.send(page, body ?? {}, step);
        case 'profile': return this.profile(node, request);
        case 'subscribed_apps': return this.subscribedApps(page, request.method, body, request.query);
        case 'messenger_profile': return this.messengerProfile(page, request.method, body, request.query);
        default: return { id: page.id, name: page.name };
        }
    }

    async handle(request, response) {
        const entry = { at: Date.now(), method: request.method, path: request.path, query: request.query };
        try {
            const { place, node } = this.#route(request);
            entry.body = this.#body(request);
            const page = place === 'ids_for_pages' ? this.authenticateApp(request) : this.authenticate(request, entry.body);
            const step = this.script.take(entry.body?.sender_action ? 'actions' : place);
            if (step.error) throw typeof step.error === 'string' ? named(step.error) : step.error;
            if (step.delay) await sleep(step.delay);
            if (step.status || step.reset) {
                entry.status = step.status ?? 'reset';
                if (step.reset) response.destroy();
                else response.writeHead(step.status).end();
            } else {
                const value = this.#call(place, node, page, request, entry.body, step);
                entry.status = finish(response, value, step);
            }
        } catch (error) {
            if (error instanceof Error) throw error;
            entry.status = error.status ?? 400;
            entry.error = error;
            answerJson(response, entry.status, errorBody(error), usage);
        }
        this.log.add(entry);
    }

    /* The other direction. */

    /** Posts a webhook body to Lethe, signed. options: { escape, sign, secret, url, headers, retries }. */
    async sendWebhook(body, options = {}) {
        if (this.learn) this.#learnFrom(typeof body === 'string' || Buffer.isBuffer(body) ? safeJson(body) : body);
        for (let left = options.retries ?? 0; ; left--) {
            try {
                const answer = await sendWebhook(body, { url: this.hooks, secret: this.appSecret, ...options });
                this.hooked.add({ status: answer.status, body });
                if (answer.status === 200 || left <= 0) return answer;
            } catch (error) {
                this.hooked.add({ failed: error.cause?.code ?? error.message, body });
                if (left <= 0) throw error;
            }
            await sleep(200);
        }
    }

    /** Any event from a person: fields as in { message: {…} }, { postback: {…} }, { reaction: {…} }. */
    event(psid, fields, { page = this.#firstPage(), timestamp = Date.now(), standby, ...options } = {}) {
        const body = envelope(page, [fromPerson(page, psid, fields, timestamp)], { standby });
        return this.sendWebhook(body, options);
    }

    async say(psid, text, { mid = newMid(), message = {}, ...options } = {}) {
        return { mid, ...await this.event(psid, { message: { mid, text, ...message } }, options) };
    }

    tapQuickReply(psid, title, payload, options = {}) {
        return this.say(psid, title, { ...options, message: { quick_reply: { payload } } });
    }

    async postback(psid, title, payload, { mid = newMid(), ...options } = {}) {
        return { mid, ...await this.event(psid, { postback: { mid, title, payload } }, options) };
    }

    /** The echo of a message this fake accepted. `app_id` another app's makes it look like its own. */
    echo(sent, { appId = this.appId, ...options } = {}) {
        return this.sendWebhook(envelope(sent.page, [echoOf(sent.page, sent, appId)]), { retries: 10, ...options });
    }

    /** A person at the page answered from the provider's own inbox. */
    pageSays(psid, text, { page = this.#firstPage(), appId = '26390220', mid = newMid(), ...options } = {}) {
        const sent = { mid, psid, page, at: Date.now(), message: { text } };
        return this.echo(sent, { appId, ...options });
    }

    delivered(psid, mids = this.sentTo(psid).map((sent) => sent.mid), options = {}) {
        return this.event(psid, { delivery: { mids, watermark: Date.now() } }, options);
    }

    read(psid, options = {}) {
        return this.event(psid, { read: { watermark: Date.now() } }, options);
    }

    verifyWebhook(token, url = this.hooks) {
        return verify(url, token);
    }

    /* What a test asks. */

    behave(place, step) {
        this.script.add(place, step);
    }

    sentTo(psid) {
        return this.sent.items.filter((sent) => sent.psid === psid);
    }

    actions(psid) {
        return this.acted.items.filter((acted) => acted.psid === psid).map((acted) => acted.action);
    }

    fieldsAsked(psid) {
        return [...new Set(this.asked.items.filter((call) => call.psid === psid).flatMap((call) => call.fields))];
    }

    /** The first message to psid whose text (or whole JSON, for cards) contains `part`. */
    waitForSend(psid, part = '', options = {}) {
        return this.sent.wait(
            (sent) => sent.psid === psid && (sent.message.text ?? JSON.stringify(sent.message)).includes(part),
            { what: `a message to ${psid} with "${part}"`, ...options });
    }

    unsubscribe(page = this.#firstPage()) {
        this.pages.get(page).fields = null;
    }

    #firstPage() {
        return this.pages.keys().next().value;
    }
}

const usage = { 'x-app-usage': '{"call_count":1,"total_cputime":1,"total_time":1}', 'facebook-api-version': VERSION };

function safeJson(body) {
    try {
        return JSON.parse(body);
    } catch {
        return undefined;
    }
}

function named(name) {
    if (!ERRORS[name]) throw new Error(`unknown error: ${name}`);
    return ERRORS[name];
}

function errorBody({ code, error_subcode, message = `(#${code}) as told` }) {
    const type = code === 190 ? 'OAuthException' : 'GraphMethodException';
    return { error: { message, type, code, ...(error_subcode && { error_subcode }), fbtrace_id: 'Afake' } };
}

/** Answers, or loses the answer; returns what the log says. */
function finish(response, value, step) {
    if (step.hang) return 'hang';
    if (step.drop) {
        response.destroy();
        return 'drop';
    }
    if (step.garbage) response.writeHead(200, { 'content-type': 'text/html' }).end('<html>oops');
    else answerJson(response, 200, value, usage);
    return step.garbage ? 'garbage' : 200;
}

async function control(graph, request, response) {
    const body = request.text ? JSON.parse(request.text) : {};
    switch (request.path) {
    case '/_control/say': {
        const { status, mid } = await graph.say(body.psid, body.text);
        return answerJson(response, 200, { status, mid });
    }
    case '/_control/behave':
        graph.behave(body.place, body.step);
        return answerJson(response, 200, {});
    case '/_control/sent':
        return answerJson(response, 200, graph.sent.items);
    default:
        return response.writeHead(404).end();
    }
}

export async function start({ port = 0, ...options } = {}) {
    const graph = new Graph(options);
    const server = await serve(Number(port), (request, response) => {
        if (request.path.startsWith('/_control/')) return control(graph, request, response);
        if (request.path.startsWith('/pictures/'))
            return response.writeHead(200, { 'content-type': 'image/png' }).end(PIXEL);
        return graph.handle(request, response);
    });
    return Object.assign(graph, server);
}

await main(import.meta, {
    port: { type: 'string', default: '0' },
    'app-secret': { type: 'string', default: 'app secret' },
    'app-id': { type: 'string', default: '4711' },
    page: { type: 'string', multiple: true, default: [] },
    hooks: { type: 'string' },
}, (values) => start({
    port: values.port,
    appSecret: values['app-secret'],
    appId: values['app-id'],
    hooks: values.hooks,
    pages: values.page.map((page) => {
        const [id, token, ...name] = page.split(':');
        return { id, token, name: name.join(':') || 'Example Page' };
    }),
}));
