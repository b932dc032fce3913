// The other direction: webhooks as Meta posts them, signed over the bytes that go out.
import { createHmac, randomBytes } from 'node:crypto';

const unicode = (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** JSON as Meta writes it. 'ascii': \u00e4 for everything beyond ASCII; 'slash': also \/ \u003C \u0025
 *  \u0040, as older deliveries did; 'raw': plain UTF-8. */
export function encode(value, escape = 'ascii') {
    const text = JSON.stringify(value);
    if (escape === 'raw') return text;
    const ascii = text.replace(/[\u007f-\uffff]/g, unicode);
    if (escape === 'ascii') return ascii;
    if (escape !== 'slash') throw new Error(`unknown escape: ${escape}`);
    return ascii.replace(/\//g, '\\/').replace(/[<%@]/g,
        (c) => `\\u${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`);
}

/** Headers that sign `bytes`. sign: 'sha256' (what Meta does), 'sha1' (the legacy header alone), 'none',
 *  'wrong' (one hex digit off), 'unprefixed'. */
export function signature(bytes, secret, sign = 'sha256') {
    const hex = (algorithm) => createHmac(algorithm, secret).update(bytes).digest('hex');
    const good = hex('sha256');
    switch (sign) {
    case 'sha256': return { 'x-hub-signature-256': `sha256=${good}`, 'x-hub-signature': `sha1=${hex('sha1')}` };
    case 'sha1': return { 'x-hub-signature': `sha1=${hex('sha1')}` };
    case 'none': return {};
    case 'wrong': return { 'x-hub-signature-256': `sha256=${(good[0] === '0' ? '1' : '0') + good.slice(1)}` };
    case 'unprefixed': return { 'x-hub-signature-256': good };
    default: throw new Error(`unknown sign: ${sign}`);
    }
}

/** Signs and posts a webhook body: a value (written as `escape` says) or a string or Buffer (sent as it
 *  is). Resolves with { status, text, headers, raw }. */
export async function sendWebhook(body, { url, secret, escape, sign, headers = {} }) {
    const raw = typeof body === 'string' || Buffer.isBuffer(body)
        ? Buffer.from(body) : Buffer.from(encode(body, escape));
    const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...signature(raw, secret, sign), ...headers },
        body: raw,
    });
    return { status: response.status, text: await response.text(), headers: response.headers, raw };
}

/** The handshake of a new subscription. Resolves with { status, text, ok }. */
export async function verify(url, token, challenge = String(Math.floor(Math.random() * 1e10))) {
    const query = new URLSearchParams({
        'hub.mode': 'subscribe', 'hub.challenge': challenge, 'hub.verify_token': token });
    const response = await fetch(`${url}?${query}`);
    const text = await response.text();
    return { status: response.status, text, ok: response.status === 200 && text === challenge };
}

export const newMid = () => `m_${randomBytes(48).toString('base64url')}`;

/** An envelope of events for a page. */
export function envelope(page, events, { time = Date.now(), standby = false } = {}) {
    return { object: 'page', entry: [{ id: page, time, [standby ? 'standby' : 'messaging']: events }] };
}

/** One event from a person to a page. */
export function fromPerson(page, psid, fields, timestamp = Date.now()) {
    return { sender: { id: psid }, recipient: { id: page }, timestamp, ...fields };
}

/** The echo of a message that an app sent for the page. */
export function echoOf(page, sent, appId) {
    const { text, attachment, quick_replies, metadata } = sent.message;
    const message = { mid: sent.mid, is_echo: true, app_id: Number(appId) };
    if (text !== undefined) message.text = text;
    if (attachment !== undefined) message.attachments = [{ type: attachment.type, payload: attachment.payload }];
    if (quick_replies !== undefined) message.quick_replies = quick_replies;
    if (metadata !== undefined) message.metadata = metadata;
    return { sender: { id: page }, recipient: { id: sent.psid }, timestamp: sent.at, message };
}
